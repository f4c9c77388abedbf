"""A record as the test cases that CI systems know: a clause is a case, and nothing else is.

Where a run says too little of the contract, the clauses that it could not judge are errors, for a CI system
may read nothing but cases, and must not show such a run as a good one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from contracts.baseline import State
from contracts.exit_status import EXIT_BROKEN
from contracts.ledger import Verdict
from contracts.reports.compliance import Outcome
from contracts.reports.headline import headline
from contracts.reports.terminal import broken_entry, expired_entry, waived_entry
from contracts.words import counted

RUN = "run"
_UNSURE = (Outcome.INCOMPLETE, Outcome.UNTESTED)


class Status(StrEnum):
    """How a test case ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    ERROR = "error"
    """The run, not the contract, is to blame."""


@dataclass(frozen=True, slots=True)
class Case:
    """A test case. `suite` is the family of a clause; `message` says in a line why it did not pass, or not at
    once, `details` the same in full; `facts` are what else is to be known of it."""

    suite: str
    name: str
    status: Status
    seconds: float = 0.0
    is_flaky: bool = False
    message: str = ""
    details: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    line: int | None = None


def cases(report: Mapping[str, Any]) -> Iterator[Case]:
    """Yield a test case for each clause of a record, in the order of the fragment.

    Only where a run of no clause says too little, a case stands for the run itself, or nothing would.
    """
    doubtful, said = _doubtful(report), headline(report)
    for entry in report["clauses"]:
        case = _of_clause(entry, report)
        yield _not_judged(case, entry, said) if entry["id"] in doubtful else case
    if not report["clauses"] and _says_too_little(report):
        yield Case(RUN, RUN, Status.ERROR, message=said)


def _says_too_little(report: Mapping[str, Any]) -> bool:
    return report["outcome"]["word"] in _UNSURE or bool(report["ended_early"])


def _doubtful(report: Mapping[str, Any]) -> set[str]:
    """Give the clauses of which a run says too little: all, if it names none."""
    if not _says_too_little(report):
        return set()
    outcome, entries = report["outcome"], report["clauses"]
    # Nothing is broken, and yet it failed: on the emulator every coverage point has to be seen.
    wants_points = outcome["word"] == Outcome.INCOMPLETE and outcome["exit_status"] == EXIT_BROKEN
    found = {
        entry["id"]
        for entry in entries
        if entry["verdict"] in (Verdict.UNOBSERVED, Verdict.UNSTABLE)
        or (wants_points and entry["unseen"] and entry["verdict"] != Verdict.WAIVED)
    }
    is_named = found or outcome["word"] not in _UNSURE
    return found if is_named else {entry["id"] for entry in entries}


def _not_judged(case: Case, entry: Mapping[str, Any], said: str) -> Case:
    unseen = f"never seen: {', '.join(entry['unseen'])}" if entry["unseen"] else ""
    why = f"{entry['verdict']}: {entry['reason']}" if entry["reason"] else unseen
    return replace(case, status=Status.ERROR, is_flaky=False, message=f"{said} {why}".strip())


def _of_clause(entry: Mapping[str, Any], report: Mapping[str, Any]) -> Case:
    verdict, waiver = Verdict(entry["verdict"]), entry["waiver"]
    facts = {
        "verdict": verdict.value,
        "source": entry["source"],
        "promise": entry["promise"],
        "place": f"{report['fragment']['file']}:{entry['line']}",
        "seen": f"{counted(entry['checked'], 'place')}, {entry['broken']:,} of them broken",
    }
    facts |= {"never seen": ", ".join(entry["unseen"])} if entry["unseen"] else {}
    status, message, details = Status.PASSED, entry["reason"], ""
    if verdict is Verdict.VIOLATED:
        status, message = Status.FAILED, f"{entry['id']} is broken: {entry['promise']}"
        details = broken_entry(entry, report["fragment"]["file"], report["target"]["replay_hint"])
        if waiver and waiver["state"] == State.EXPIRED:
            details = f"{details}\n{expired_entry(waiver)}"
    elif verdict is Verdict.WAIVED:
        status, message = Status.SKIPPED, waived_entry(waiver)
    elif verdict in (Verdict.UNOBSERVED, Verdict.RETIRED):
        status, message = Status.SKIPPED, f"{verdict}: {entry['reason']}"
    is_flaky = verdict is Verdict.UNSTABLE
    # Of an audit nothing is known: the same recording makes the same record, however long it took.
    seconds = entry.get("seconds", 0.0)
    return Case(
        entry["family"], entry["id"], status, seconds, is_flaky, message, details, facts, entry["line"]
    )
