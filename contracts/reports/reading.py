"""Reads a record back: `compliance.json` of this version of the format, or of an older one."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from contracts.errors import UsageError
from contracts.exit_status import EXIT_BROKEN, EXIT_COULD_NOT_TEST, EXIT_KEPT
from contracts.ledger import Ledger, Verdict
from contracts.reports import stored
from contracts.reports.compliance import (
    FORMAT,
    VERSION,
    WOULD_SHOW,
    Outcome,
    count_verdicts,
    elapsed,
    outcome,
)
from contracts.reports.headline import is_partial

_OLDEST = 1
_NOT_BROKEN = (Verdict.VERIFIED, Verdict.UNOBSERVED, Verdict.RETIRED)


def read(path: Path) -> dict[str, Any]:
    """Give the report that a file holds, in the form of the present version.

    Raises:
        UsageError: the file cannot be read, or holds no record, or one of a newer version.
    """
    try:
        report = stored.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror})", "check the path") from None
    except stored.NotStored as error:
        raise _no_record(path, str(error)) from None
    except UnicodeDecodeError:
        raise _no_record(path, "it is not UTF-8") from None
    if not isinstance(report, dict) or report.get("format") != FORMAT:
        raise _no_record(path, f'it has no member "format" that says {FORMAT}')
    version = report.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < _OLDEST:
        raise _no_record(path, "its version is not a number that was ever written")
    if version > VERSION:
        problem = f"{path} is a record of version {version}, and this suite reads up to {VERSION}"
        raise UsageError(problem, "read it with the suite that wrote it, or a newer one")
    return _valid(_upgraded(report, path) if version < VERSION else report, path)


@cache
def schema() -> dict[str, Any]:
    """Give the JSON Schema of the record."""
    text = resources.files(__package__).joinpath("compliance.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _valid(report: dict[str, Any], path: Path) -> dict[str, Any]:
    problem = stored.problem(report, schema())
    if problem:
        raise _no_record(path, problem)
    return _consistent(report, path)


def _consistent(report: dict[str, Any], path: Path) -> dict[str, Any]:
    """Refuse a record that denies itself: whose sums or outcome are not those of its clauses, that ended
    before it began, or that waives a clause without a waiver."""
    if report["verdicts"] != count_verdicts(report["clauses"]):
        raise _no_record(path, "$.verdicts: these are not the verdicts of its clauses")
    said, verdicts = report["outcome"], [Verdict(entry["verdict"]) for entry in report["clauses"]]
    if said["word"] != outcome(said["exit_status"], verdicts):
        raise _no_record(path, "$.outcome: this is not what its clauses and its exit status say")
    if said["word"] == Outcome.BROKEN and said["exit_status"] != EXIT_BROKEN:
        told = f"a run that breaks the contract ends with {EXIT_BROKEN}, not with {said['exit_status']}"
        raise _no_record(path, f"$.outcome.exit_status: {told}")
    if said["word"] == Outcome.KEPT:
        _refuse_groundless(report, path)
    if any(entry["broken"] and entry["verdict"] in _NOT_BROKEN for entry in report["clauses"]):
        raise _no_record(path, "$.clauses: one was broken somewhere, and is not called so")
    if datetime.fromisoformat(report["finished"]) < datetime.fromisoformat(report["started"]):
        raise _no_record(path, "$.finished: this is before it started")
    if any(entry["verdict"] == Verdict.WAIVED and not entry["waiver"] for entry in report["clauses"]):
        raise _no_record(path, "$.clauses: one is waived, and nothing says by whom")
    return report


def _refuse_groundless(report: Mapping[str, Any], path: Path) -> None:
    """Refuse a record that calls kept what was not judged to the end, or not at all.

    A run of some clauses may have seen nothing of them, which it says.
    """
    if report["ended_early"]:
        raise _no_record(path, "$.outcome: a run that ended early cannot call the contract kept")
    if not is_partial(report) and report["verdicts"][Verdict.UNOBSERVED] == len(report["clauses"]):
        raise _no_record(path, "$.outcome: a run that saw nothing cannot call the contract kept")


def _no_record(path: Path, problem: str) -> UsageError:
    return UsageError(f"{path} is not a record of a run: {problem}", "give the compliance.json of a run")


def _upgraded(report: dict[str, Any], path: Path) -> dict[str, Any]:
    """Give a record of version 1 as one of the present version; what it does not say is empty."""
    try:
        return _from_version_1(report)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _no_record(path, f"a member is missing, or not what it should be ({error!r})") from None


def _from_version_1(report: dict[str, Any]) -> dict[str, Any]:
    requests = dict(report["requests"])
    took = Ledger()
    took.elapsed_ms.update(requests.pop("by_elapsed_ms"))
    verdicts = [Verdict(entry["verdict"]) for entry in report["clauses"]]
    status = EXIT_COULD_NOT_TEST if report["ended_early"] else EXIT_KEPT
    status = EXIT_BROKEN if Verdict.VIOLATED in verdicts else status
    return report | {
        "version": VERSION,
        "suite": report["suite"] | {"python": ""},
        "ci": None,
        "fragment": report["fragment"] | {"version": "", "operation": "", "documentation": ""},
        "target": report["target"] | {"replay_hint": "", "fault": None, "variant": None},
        "outcome": {
            "word": outcome(status, verdicts).value,
            "exit_status": status,
            "sentence": report["ended_early"],
        },
        "requests": requests,
        "elapsed_ms": elapsed(took),
        "parts": [],
        "sensitivity": None,
        "clauses": [_entry_from_version_1(entry) for entry in report["clauses"]],
        "exchanges": [],
    }


def _entry_from_version_1(entry: dict[str, Any]) -> dict[str, Any]:
    unknown: dict[str, Any] = {
        "pointer": "",
        "excerpt": "",
        "shown_by": entry["reason"].partition(WOULD_SHOW)[2],
        "sunset": None,
        "shapes": {},
        "proven_by": [],
    }
    exemplars = [exemplar | {"exchange": None} for exemplar in entry["exemplars"]]
    return entry | unknown | {"keyword": entry["id"].rpartition(":")[2], "exemplars": exemplars}
