"""`junit.xml`: the record as CI systems read it, a test case a clause.

It keeps to the XML Schema of Jenkins' xunit plugin, the strictest reader in the field. That schema knows no
properties of a single case, so these stand in its output, in a notation that readers know.
Source: junit-10.xsd; "Properties" in github.com/testmoapp/junitxml.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from contracts.reports.cases import Case, Status, cases
from contracts.reports.headline import as_of, headline
from contracts.reports.visible import visible
from contracts.words import counted

NAME = "contract"


def junit(report: Mapping[str, Any]) -> str:
    """Give the record as JUnit XML."""
    root = ET.Element("testsuites")
    started = datetime.fromisoformat(report["started"]).strftime("%Y-%m-%dT%H:%M:%S")
    totals: Counter[str] = Counter()
    for suite, found in _by_suite(report):
        counts = _counts(found)
        totals.update(counts)
        spent = _seconds(sum(case.seconds for case in found))
        element = _element(root, "testsuite", name=suite, timestamp=started, time=spent)
        element.attrib |= {name: str(count) for name, count in counts.items()}
        properties = _element(element, "properties")
        for name, value in _properties(report).items():
            _element(properties, "property", name=name, value=value)
        for case in found:
            _add(element, case)
        if counts["errors"]:
            _element(element, "system-err").text = visible(headline(report))
    root.attrib |= {"name": NAME, "time": _seconds(report["seconds"])}
    root.attrib |= {name: str(totals[name]) for name in ("tests", "failures", "errors")}
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _by_suite(report: Mapping[str, Any]) -> Iterator[tuple[str, list[Case]]]:
    """Yield the suites: the families in the order of the record."""
    suites: dict[str, list[Case]] = {family: [] for family in report["families"]}
    for case in cases(report):
        suites.setdefault(case.suite, []).append(case)
    yield from suites.items()


def _properties(report: Mapping[str, Any]) -> dict[str, str]:
    return {
        "suite": report["suite"]["version"],
        "fragment": report["fragment"]["file"],
        "fragment.sha256": report["fragment"]["sha256"],
        "target": report["target"]["kind"],
        "target.base_url": report["target"]["base_url"],
        "as_of": as_of(report),
        "outcome": report["outcome"]["word"],
        "outcome.told": headline(report),
        **{f"traffic.{part['name']}": _spent(part) for part in report["parts"]},
    }


def _spent(part: Mapping[str, Any]) -> str:
    """Say what a part of the traffic took, which is nothing that can fail."""
    cut = f", cut short: {part['cut_short']}" if part["cut_short"] else ""
    return f"{counted(part['requests'], 'request')}, {_seconds(part['seconds'])} s{cut}"


def _counts(found: list[Case]) -> dict[str, int]:
    statuses = [case.status for case in found]
    return {
        "tests": len(found),
        "failures": statuses.count(Status.FAILED),
        "errors": statuses.count(Status.ERROR),
        "skipped": statuses.count(Status.SKIPPED),
    }


def _add(suite: ET.Element, case: Case) -> None:
    classname = f"{NAME}.{case.suite}"
    element = _element(suite, "testcase", classname=classname, name=case.name, time=_seconds(case.seconds))
    tag = {Status.FAILED: "failure", Status.ERROR: "error", Status.SKIPPED: "skipped"}.get(case.status)
    if case.is_flaky:
        tag = "flakyFailure"
    if tag:
        kind = case.facts.get("verdict", case.status.value)
        _element(element, tag, type=kind, message=case.message).text = visible(case.details) or None
    told = "\n".join(f"[[PROPERTY|{name}={visible(value, '')}]]" for name, value in case.facts.items())
    if told:
        _element(element, "system-out").text = told


def _element(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, tag, {name: visible(value, "") for name, value in attributes.items()})


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"
