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
            if report["ended_early"]:
                return f"{said} The run ended early, after {_requests(report)}: {sentence}."
            return f"{said} {sentence[:1].upper()}{sentence[1:]}." if sentence else said
        case Outcome.INCOMPLETE:
            return f"Too little was seen to call the contract kept: {sentence or _unseen(report)}."
        case Outcome.UNTESTED:
            return _untested(report, (sentence or report["ended_early"]).removeprefix("could not test: "))
    decides = Verdict.WAIVED if report["verdicts"][Verdict.WAIVED] else Verdict.VERIFIED
    if is_partial(report):
        how = "broken only where that is waived" if decides is Verdict.WAIVED else "kept as far as seen"
        return f"{judged(report, 'clause')}, and {how}: {report['verdicts'][decides]} {decides}."
    how = "broken only where that is waived" if decides is Verdict.WAIVED else "kept, as far as it was seen"
    return f"The contract is {how}: {_of_all(report, decides)} {decides}."


def is_partial(report: Mapping[str, Any]) -> bool:
    """Say whether a run judged only some of the clauses that there are, and so says nothing of the rest."""
    return len(report["clauses"]) < int(report["fragment"]["clauses"])


def judged(report: Mapping[str, Any], noun: str) -> str:
    """Say how many clauses a run judged, and of how many; they are called by the noun."""
    amount, whole = len(report["clauses"]), counted(report["fragment"]["clauses"], noun)
    return f"{amount} of the {whole} {'was' if amount == 1 else 'were'} judged"


def ways(report: Mapping[str, Any]) -> dict[str, str]:
    """Give the fault and the variant that an emulator was told to have, as far as it was."""
    target = report["target"]
    return {kind: target[kind] for kind in ("fault", "variant") if target.get(kind)}


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
    return f"{said} Until then, of {_all(report)}: {verdicts or 'none judged'}."


def counted(amount: int, noun: str) -> str:
    """Write an amount of something."""
    return f"{amount} {noun}{'' if amount == 1 else 's'}"


def _requests(report: Mapping[str, Any]) -> str:
    return counted(report["requests"]["sent"], "request")


def _of_all(report: Mapping[str, Any], verdict: Verdict) -> str:
    count = report["verdicts"][verdict]
    return f"{count} of {_all(report)} {'is' if count == 1 else 'are'}"


def _all(report: Mapping[str, Any]) -> str:
    amount = len(report["clauses"])
    if not is_partial(report):
        return counted(amount, "clause")
    return f"the {amount} that were selected of {counted(report['fragment']['clauses'], 'clause')}"


def _unseen(report: Mapping[str, Any]) -> str:
    points = counted(sum(len(entry["unseen"]) for entry in report["clauses"]), "coverage point")
    return f"{_of_all(report, Verdict.UNOBSERVED)} unobserved, and {points} never seen"
