"""What GitHub Actions is told at the end of a run: annotations on the fragment, and the summary of the job.

Source: "Workflow commands for GitHub Actions"; the escapes are those of actions/toolkit, `command.ts`.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from contracts.ledger import Verdict
from contracts.reports.compliance import Outcome
from contracts.reports.headline import headline
from contracts.reports.markdown import markdown
from contracts.reports.markdown_text import prose
from contracts.reports.terminal import broken_entry
from contracts.reports.visible import visible

MAX_ANNOTATIONS = 10
"""GitHub shows no more errors of one step."""
MAX_MESSAGE = 4_000
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})

Report = Mapping[str, Any]


def annotations(report: Report | None, sentence: str) -> Iterator[str]:
    """Yield the workflow commands that annotate the lines of the broken clauses.

    What the run says as a whole comes first where it tells too little, or the `sentence` that it ended with
    if that is another. There is no report of a run that did not begin.
    """
    if report and _is_told_by_report(report, sentence):
        sentence = headline(report)
    if sentence:
        yield _error(sentence, title="contract")
    entries = report["clauses"] if report else ()
    broken = [entry for entry in entries if entry["verdict"] == Verdict.VIOLATED]
    room = MAX_ANNOTATIONS - bool(sentence)
    shown = broken if len(broken) <= room else broken[: room - 1]
    for entry in shown:
        yield _of_clause(entry, report or {})
    if shown != broken:
        yield _error(
            f"{len(broken) - len(shown)} more clauses are broken, see compliance.md", title="contract"
        )


def add_summary(report: Report | None, sentence: str, path: Path) -> None:
    """Append the record to the file of job summaries.

    Raises:
        OSError: it cannot be written to.
    """
    text = markdown(report) if report else f"## ⚠️ {prose(sentence)}\n"
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        file.write(f"{text}\n")


def is_here(environment: Mapping[str, str]) -> bool:
    """Say whether there is anything to tell GitHub Actions."""
    return any(environment.get(name) for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"))


def told(report: Report | None, sentence: str, environment: Mapping[str, str]) -> list[str]:
    """Tell GitHub Actions, if the environment says that this is a job of it, and give the lines to print."""
    if not report and not sentence:
        return []
    lines = list(annotations(report, sentence)) if environment.get("GITHUB_ACTIONS") == "true" else []
    if summary := environment.get("GITHUB_STEP_SUMMARY"):
        try:
            add_summary(report, sentence, Path(summary))
        except OSError as error:
            lines.append(f"contract: the summary of the job could not be written ({error.strerror})")
    return lines


def _is_told_by_report(report: Report, sentence: str) -> bool:
    """Say whether a run tells too little, and its report says all that the sentence it ended with does."""
    outcome = report["outcome"]
    return sentence == outcome["sentence"] and (sentence != "" or outcome["word"] == Outcome.INCOMPLETE)


def _of_clause(entry: Mapping[str, Any], report: Report) -> str:
    file = report["fragment"]["file"]
    message = broken_entry(entry, file, report["target"]["replay_hint"])
    return _error(message, file=file, line=str(entry["line"]), title=f"{entry['id']} is broken")


def _error(message: str, **properties: str) -> str:
    told_of = ",".join(f"{name}={visible(value).translate(_PROPERTY)}" for name, value in properties.items())
    return f"::error {told_of}::{visible(message)[:MAX_MESSAGE].translate(_DATA)}"
