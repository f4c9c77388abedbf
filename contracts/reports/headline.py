"""What a run says of the contract as a whole, in one plain sentence."""

from collections.abc import Mapping
from typing import Any

from contracts.ledger import Verdict
from contracts.reports.compliance import INTERRUPTED, Outcome


def headline(report: Mapping[str, Any]) -> str:
    """Say whether the contract is kept, or why that cannot be said."""
    sentence = report["outcome"]["sentence"]
    match Outcome(report["outcome"]["word"]):
        case Outcome.BROKEN:
            said = f"The contract is broken: {_of_all(report, Verdict.VIOLATED)} broken."
            early = f"The run ended early, after {_requests(report)}: {sentence}."
            return f"{said} {early}" if sentence else said
        case Outcome.INCOMPLETE:
            return f"Too little was seen to call the contract kept: {sentence or _unseen(report)}."
        case Outcome.UNTESTED:
            return _untested(report, (sentence or report["ended_early"]).removeprefix("could not test: "))
    if report["verdicts"][Verdict.WAIVED]:
        return f"The contract is broken only where that is waived: {_of_all(report, Verdict.WAIVED)} waived."
    return f"The contract is kept, as far as it was seen: {_of_all(report, Verdict.VERIFIED)} verified."


def is_interrupted(report: Mapping[str, Any]) -> bool:
    """Say whether somebody ended a run before it was over."""
    return str(report["ended_early"]).startswith(INTERRUPTED)


def _untested(report: Mapping[str, Any], why: str) -> str:
    if is_interrupted(report):
        advice = why.removeprefix(INTERRUPTED).removeprefix("; ")
        said = f"The run was interrupted after {_requests(report)}{f': {advice}' if advice else ''}."
    elif report["requests"]["answered"]:
        said = f"The contract could not be tested to the end, only with {_requests(report)}: {why}."
    else:
        return f"The contract could not be tested: {why}."
    verdicts = ", ".join(f"{count} {name}" for name, count in report["verdicts"].items() if count)
    clauses = counted(len(report["clauses"]), "clause")
    return f"{said} Until then, of {clauses}: {verdicts or 'none judged'}."


def counted(amount: int, noun: str) -> str:
    """Write an amount of something."""
    return f"{amount} {noun}{'' if amount == 1 else 's'}"


def _requests(report: Mapping[str, Any]) -> str:
    return counted(report["requests"]["sent"], "request")


def _of_all(report: Mapping[str, Any], verdict: Verdict) -> str:
    count, clauses = report["verdicts"][verdict], counted(len(report["clauses"]), "clause")
    return f"{count} of {clauses} {'is' if count == 1 else 'are'}"


def _unseen(report: Mapping[str, Any]) -> str:
    points = counted(sum(len(entry["unseen"]) for entry in report["clauses"]), "coverage point")
    return f"{_of_all(report, Verdict.UNOBSERVED)} unobserved, and {points} never seen"
