"""What Allure is told of a run; allure-pytest writes a result for each test.

Beside the results stand files for Allure's own reports: the environment, who ran it, the categories that
results fall into, and the configuration of Allure 3, which takes its categories from there.
Source: allurereport.org/docs, "How it works" and "Allure 3, Configure".
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import allure
import pytest
from allure_commons.model2 import Status, StatusDetails

from contracts.atomic import write
from contracts.clauses import Clause
from contracts.fragment import Fragment
from contracts.ledger import Tally, Verdict
from contracts.reports.ci import source_url
from contracts.reports.headline import as_of, headline
from contracts.reports.visible import visible
from contracts.schedule import PURPOSES, parts_for
from contracts.words import counted

CONFIGURATION = "allurerc.json"
_SEVERITY = {
    "docs": allure.severity_level.CRITICAL,
    "openapi": allure.severity_level.NORMAL,
    "convention": allure.severity_level.MINOR,
}
_VERDICT = "verdict"
_TRAFFIC = "traffic"
_BROKEN = r"Failed: \S+ is broken: "
_NOT_SEEN = r"Failed: \S+: (?:not|never) seen"
_COULD_NOT_TEST = "Could not test"
_CATEGORIES = (
    ("Broken promise", ["failed"], rf"^(?:{_BROKEN})"),
    ("Waived", ["skipped"], r"^XFAIL broken, and waived until "),
    ("Unstable", ["passed"], r"^unstable: "),
    ("Not seen", ["failed", "skipped"], rf"^(?:Skipped: unobserved: |{_NOT_SEEN})"),
    ("Past its end of life", ["skipped"], r"^Skipped: retired: "),
    ("Not sent", ["skipped"], r"^Skipped: (?:cut short: |nothing in this part )"),
    (_COULD_NOT_TEST, ["failed"], rf"^(?!{_BROKEN}|{_NOT_SEEN})"),
    (_COULD_NOT_TEST, ["broken", "unknown"], ""),
)
"""Name, statuses and how a message begins, if that matters: whatever is not simply passed falls into one, and
no other."""
_EXECUTORS = {"GitHub Actions": "github", "GitLab CI": "gitlab"}
_HIDDEN_LABELS = ("host", "thread", "framework", "language", "package", "parentSuite", "suite", "tag")


@contextmanager
def about_clause(clause: Clause, fragment: Fragment, parameter: str, title: str) -> Iterator[None]:
    """Label the running test, of which the clause is a parameter, with promise, family and source."""
    place = f"{fragment.file}:{clause.line}"
    # The title says it already; histories are told apart by it all the same.
    allure.dynamic.parameter(parameter, clause, mode=allure.parameter_mode.HIDDEN)
    allure.dynamic.story(clause.promise)
    allure.dynamic.severity(_SEVERITY[clause.source])
    allure.dynamic.label("source", clause.source)
    allure.dynamic.link(fragment.documentation_url, name="Documentation")
    if url := source_url(os.environ, fragment.file, clause.line):
        allure.dynamic.link(url, name=place)
    told = f"{clause.promise}.\n\n{clause.description}\n\n{place}, rests on: {clause.source}. Judged by: "
    with _about(clause.family.value, fragment, title, f"{told}{clause.shown_by}."):
        yield


def about_part(part: str, fragment: Fragment) -> AbstractContextManager[None]:
    """Label the running test with the part of the traffic that it sends."""
    return _about(_TRAFFIC, fragment, f"send {part}", f"To {PURPOSES[part]}.")


@contextmanager
def _about(feature: str, fragment: Fragment, title: str, description: str) -> Iterator[None]:
    allure.dynamic.epic(fragment.title)
    allure.dynamic.feature(feature)
    yield
    # At the end, for allure-pytest writes the name and docstring of the function over them before the test.
    allure.dynamic.title(title)
    allure.dynamic.description(description)


def tell(clause: Clause, verdict: Verdict, tally: Tally, witnesses: Iterable[tuple[str, str]]) -> None:
    """Tell in the running test what was seen of its clause.

    `witnesses` are request lines and the transcripts of their exchanges.
    """
    allure.dynamic.label(_VERDICT, verdict.value)
    with allure.step(f"send what shows it: {', '.join(parts_for(clause))}"):
        pass
    with allure.step(f"look at {counted(tally.checked, 'place')}: {tally.broken:,} broken"):
        for exemplar in tally.exemplars:
            place = exemplar.pointer or "the answer as a whole"
            with allure.step(
                f"{exemplar.status}, {place}: expected {exemplar.expected}, got {exemplar.actual}"
            ):
                attach("curl", exemplar.curl)
    for line, text in witnesses:
        attach(line, text)


def could_not_test(config: pytest.Config, sentence: str) -> None:
    """Call the running test broken, for pytest makes no report of a test in which it is told to end."""
    if running := _running(config):
        running.status, running.statusDetails = Status.BROKEN, StatusDetails(message=sentence)


def call_unstable(config: pytest.Config, why: str) -> None:
    """Say of the running test, which passed, that its clause was not kept each time."""
    if running := _running(config):
        running.statusDetails = StatusDetails(message=f"unstable: {why}", flaky=True)


def _running(config: pytest.Config) -> Any:
    listener = config.pluginmanager.get_plugin("allure_listener")
    return listener and listener.allure_logger.get_test(None)


def attach(name: str, text: str) -> None:
    """Attach a text to the running test."""
    allure.attach(text, name, allure.attachment_type.TEXT)


def write_facts(report: Mapping[str, Any], results: Path) -> None:
    """Write what Allure is told of the run as a whole beside the results.

    Raises:
        OSError: the folder cannot be written to.
    """
    results.mkdir(parents=True, exist_ok=True)
    write(_properties(_environment(report)), results / "environment.properties")
    write(json.dumps(_categories(), indent=1), results / "categories.json")
    write(json.dumps(_configuration(report, results), indent=1), results / CONFIGURATION)
    if report["ci"]:
        write(json.dumps(_executor(report["ci"]), indent=1), results / "executor.json")


def _environment(report: Mapping[str, Any]) -> dict[str, str]:
    return {
        "Outcome": headline(report),
        "Target": report["target"]["kind"],
        "Base URL": report["target"]["base_url"],
        "As of": as_of(report),
        "Requests": str(report["requests"]["answered"]),
        "Fragment": report["fragment"]["file"],
        "Fragment SHA-256": report["fragment"]["sha256"],
        "Suite": report["suite"]["version"],
        "Python": report["suite"]["python"],
    }


def _properties(facts: Mapping[str, str]) -> str:
    """Write a Java properties file, in which a space ends a name, and a backslash escapes."""
    lines = (
        f"{name.replace(' ', chr(92) + ' ')}={visible(value, '').replace(chr(92), chr(92) * 2)}\n"
        for name, value in facts.items()
    )
    return "".join(lines)


def _categories() -> list[dict[str, Any]]:
    """Give the categories as both Allure 2, which has a pattern match the whole message, and Allure 3 read
    them."""
    return [
        {"name": name, "matchedStatuses": statuses}
        | ({"messageRegex": rf"{beginning}[\s\S]*"} if beginning else {})
        for name, statuses, beginning in _CATEGORIES
    ]


def _configuration(report: Mapping[str, Any], results: Path) -> dict[str, Any]:
    return {
        "name": f"Contract of {report['fragment']['title']}",
        "historyPath": str(results.parent / "allure-history.jsonl"),
        "hideLabels": list(_HIDDEN_LABELS),
        "plugins": {"awesome": {"options": {"singleFile": True, "groupBy": ["feature"]}}},
        "categories": [one | {"groupBy": [{"label": "feature"}]} for one in _categories()],
    }


def _executor(job: Mapping[str, str]) -> dict[str, Any]:
    number = {"buildOrder": int(job["number"])} if job["number"].isdecimal() else {}
    return number | {
        "name": job["name"],
        "type": _EXECUTORS.get(job["name"], ""),
        "buildName": f"{job['job']} #{job['number']}".strip(),
        "buildUrl": job["url"],
    }
