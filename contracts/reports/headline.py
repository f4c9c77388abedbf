"""What a run says of the contract as a whole, in one plain sentence."""

from collections.abc import Mapping
from typing import Any

from contracts.ledger import Verdict
from contracts.reports.compliance import Outcome


def headline(report: Mapping[str, Any]) -> str:
    """Say whether the contract is kept, or why that cannot be said."""
    sentence = report["outcome"]["sentence"]
    match Outcome(report["outcome"]["word"]):
        case Outcome.BROKEN:
            said = f"The contract is broken: {_of_all(report, Verdict.VIOLATED)} broken."
            return f"{said} The run ended early: {sentence}." if sentence else said
        case Outcome.INCOMPLETE:
            return f"Too little was seen to call the contract kept: {sentence or _unseen(report)}."
        case Outcome.UNTESTED:
            why = sentence or report["ended_early"]
            return f"The contract could not be tested: {why.removeprefix('could not test: ')}."
    if report["verdicts"][Verdict.WAIVED]:
        return f"The contract is broken only where that is waived: {_of_all(report, Verdict.WAIVED)} waived."
    return f"The contract is kept, as far as it was seen: {_of_all(report, Verdict.VERIFIED)} verified."


def _of_all(report: Mapping[str, Any], verdict: Verdict) -> str:
    count, total = report["verdicts"][verdict], len(report["clauses"])
    return f"{count} of {total} clause{'' if total == 1 else 's'} {'is' if count == 1 else 'are'}"


def _unseen(report: Mapping[str, Any]) -> str:
    points = sum(len(entry["unseen"]) for entry in report["clauses"])
    return f"{_of_all(report, Verdict.UNOBSERVED)} unobserved, and {points} coverage points were never seen"
