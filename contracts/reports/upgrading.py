"""Makes a record of version 1 one of version 2; what the older one does not say stays empty."""

from collections.abc import Mapping
from typing import Any

from contracts.exit_status import EXIT_BROKEN, EXIT_COULD_NOT_TEST, EXIT_KEPT
from contracts.ledger import ELAPSED_BOUNDS_MS, Ledger, Verdict
from contracts.reports.compliance import elapsed, outcome

_NOT_SAID = "a record of version 1 does not say how its session ended; this follows from the verdicts"


def upgraded(report: Mapping[str, Any]) -> dict[str, Any]:
    """Give a report of version 1 as version 2 has it."""
    requests = dict(report["requests"])
    ledger = Ledger()
    ledger.elapsed_ms.update(requests.pop("by_elapsed_ms"))
    assert set(ledger.elapsed_ms) <= {*map(str, ELAPSED_BOUNDS_MS), "more"}
    return {
        **report,
        "version": 2,
        "suite": {**report["suite"], "python": ""},
        "ci": None,
        "fragment": {"version": "", "operation": "", "documentation": "", **report["fragment"]},
        "target": {**report["target"], "replay_hint": ""},
        "outcome": _outcome(report),
        "requests": requests,
        "elapsed_ms": elapsed(ledger),
        "parts": [],
        "sensitivity": None,
        "clauses": [_clause(entry) for entry in report["clauses"]],
        "exchanges": [],
    }


def _outcome(report: Mapping[str, Any]) -> dict[str, Any]:
    verdicts = [Verdict(entry["verdict"]) for entry in report["clauses"]]
    status = EXIT_COULD_NOT_TEST if report["ended_early"] else EXIT_KEPT
    status = EXIT_BROKEN if Verdict.VIOLATED in verdicts else status
    return {"word": outcome(status, verdicts).value, "exit_status": status, "sentence": _NOT_SAID}


def _clause(entry: Mapping[str, Any]) -> dict[str, Any]:
    added: dict[str, Any] = {
        "pointer": "",
        "excerpt": "",
        "shown_by": "",
        "sunset": None,
        "shapes": {},
        "proven_by": [],
    }
    return {
        **entry,
        **added,
        "keyword": entry["id"].rpartition(":")[2],
        "exemplars": [{**exemplar, "exchange": None} for exemplar in entry["exemplars"]],
    }
