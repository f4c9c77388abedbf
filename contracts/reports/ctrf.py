"""`ctrf.json`: the record in the Common Test Report Format, a test a clause. Source: ctrf.io."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from contracts.reports.cases import Case, Status, cases
from contracts.reports.compliance import Outcome
from contracts.reports.headline import as_of, headline, seriousness
from contracts.reports.visible import visible_texts

SPEC_VERSION = "0.0.0"
_TOOL = "contract suite"
_STATUS = {
    Status.PASSED: "passed",
    Status.FAILED: "failed",
    Status.SKIPPED: "skipped",
    Status.ERROR: "other",
}


def ctrf(report: Mapping[str, Any]) -> str:
    """Give the record as CTRF."""
    tests = [_test(case, report) for case in cases(report)]
    run = {
        "reportFormat": "CTRF",
        "specVersion": SPEC_VERSION,
        # The same for the same record, so that rendering it again makes the same file.
        "reportId": str(uuid5(NAMESPACE_URL, json.dumps(report, sort_keys=True))),
        "timestamp": report["finished"],
        "generatedBy": f"{_TOOL} {report['suite']['version']}",
        "results": {
            "tool": {"name": _TOOL, "version": report["suite"]["version"]},
            "summary": _summary(report, tests),
            "tests": tests,
            "environment": _environment(report),
        },
    }
    return json.dumps(visible_texts(run), indent=1) + "\n"


def _summary(report: Mapping[str, Any], tests: list[dict[str, Any]]) -> dict[str, Any]:
    by_status = Counter(test["status"] for test in tests)
    return {
        "tests": len(tests),
        **{status: by_status[status] for status in ("passed", "failed", "skipped", "pending", "other")},
        "flaky": sum(test.get("flaky", False) for test in tests),
        "suites": len({test["suite"][-1] for test in tests}),
        "start": _unix_ms(report["started"]),
        "stop": _unix_ms(report["finished"]),
        "duration": round(report["seconds"] * 1000),
        "extra": {"verdicts": report["verdicts"], "outcome": report["outcome"]},
    }


def _test(case: Case, report: Mapping[str, Any]) -> dict[str, Any]:
    test: dict[str, Any] = {
        "testId": case.name if case.line else f"{case.suite}:{case.name}",
        "name": case.name,
        "status": _STATUS[case.status],
        "duration": round(case.seconds * 1000),
        "suite": [report["fragment"]["title"], case.suite],
        "type": "contract",
        "rawStatus": case.facts.get("verdict", case.status.value),
    }
    if case.facts:
        test["labels"] = dict(case.facts)
    if case.is_flaky:
        test["flaky"] = True
    if case.line:
        test |= {"filePath": report["fragment"]["file"], "line": case.line}
    texts = {"message": case.message, "trace": case.details}
    return test | {name: text for name, text in texts.items() if text}


def _environment(report: Mapping[str, Any]) -> dict[str, Any]:
    target, fragment = report["target"], report["fragment"]
    facts: dict[str, Any] = {
        "appName": fragment["title"],
        **({"appVersion": fragment["version"]} if fragment["version"] else {}),
        "testEnvironment": target["kind"],
        "healthy": seriousness(report) is Outcome.KEPT,
        "extra": {
            "base_url": target["base_url"],
            "fragment_sha256": fragment["sha256"],
            "as_of": as_of(report),
            "python": report["suite"]["python"],
            "told": headline(report),
            "ended_early": report["ended_early"],
            # What was sent is nothing that can fail, and so no test.
            "parts": report["parts"],
        },
    }
    if job := report["ci"]:
        facts |= {"buildName": job["job"], "buildUrl": job["url"], "commit": job["revision"]}
        facts |= {"buildNumber": int(job["number"])} if job["number"].isdecimal() else {}
    return facts


def _unix_ms(instant: str) -> int:
    return round(datetime.fromisoformat(instant).timestamp() * 1000)
