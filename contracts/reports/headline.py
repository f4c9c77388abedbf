"""What a run says of the contract as a whole, in words for people. Every form takes them from here."""

from collections.abc import Callable, Mapping
from typing import Any

from contracts.ledger import Verdict
from contracts.reports import releases
from contracts.reports.compliance import INTERRUPTED, UNWRITTEN, Outcome
from contracts.words import counted

_WORDS: Mapping[Verdict, str] = {
    Verdict.VIOLATED: "broken",
    Verdict.UNSTABLE: "broken once but not again",
    Verdict.WAIVED: "broken but accepted for now",
    Verdict.VERIFIED: "kept",
    Verdict.UNOBSERVED: "not seen",
    Verdict.RETIRED: "retired",
}
"""What became of a promise, the worst first."""


def headline(report: Mapping[str, Any]) -> str:
    """Say whether the contract is kept, or why that cannot be said, and what became of its promises."""
    because = why(report)
    if not because:
        return f"{title(report)}. {told(report)}"
    if report["outcome"]["word"] == Outcome.BROKEN:
        return f"{title(report)}, and {because}. {told(report)}"
    return f"{title(report)}: {because}. {told(report)}"


def title_beside(report: Mapping[str, Any], sdk: Mapping[str, Any] | None) -> str:
    """Say what a run says of the contract as a whole, and what nobody should miss of releases beside it."""
    return "; ".join(filter(None, (title(report), releases.title(sdk) if sdk else "")))


def title(report: Mapping[str, Any]) -> str:
    """Say what a run says of the contract as a whole, and no more than it has seen; not a whole sentence."""
    word = Outcome(report["outcome"]["word"])
    if word is Outcome.BROKEN:
        return "The contract is broken"
    if word is Outcome.UNTESTED:
        return _title_of_untested(report)
    if is_partial(report) and report["clauses"]:
        return _title_of_some(report, word)
    if _is_retired(report):
        return "All that the contract promises is past its end of life"
    if has_tested_nothing(report) and report["clauses"]:
        return "Nothing was seen that could tell whether the contract is kept"
    if word is Outcome.INCOMPLETE:
        return f"Too little was seen to call the contract {_called(report)}"
    return f"The contract is {_how(report)}"


def told(report: Mapping[str, Any]) -> str:
    """Say in a sentence or two what became of the promises."""
    selected, total = len(report["clauses"]), int(report["fragment"]["clauses"])
    if not selected:
        return f"Of the {counted(total, 'promise')} this run says nothing."
    rest = f"Of the other {total - selected:,} this run says nothing." if selected < total else ""
    return " ".join(filter(None, (_told_of_selected(report), rest)))


def why(report: Mapping[str, Any]) -> str:
    """Say why a run could say no more of the contract, as part of a sentence; empty where it could."""
    sentence, early = report["outcome"]["sentence"], report["ended_early"]
    match Outcome(report["outcome"]["word"]):
        case Outcome.BROKEN if early:
            ended = "was interrupted; " if is_interrupted(report) else "could not go on: "
            said = f"the run {ended}{_bare(early)}".removesuffix("; ")
        case Outcome.BROKEN:
            said = _bare(sentence)
        case Outcome.INCOMPLETE:
            said = sentence or _never_came(report)
        case Outcome.UNTESTED:
            said = _bare(sentence or early)
        case _:
            said = ""
    return str(said).removesuffix(".")


def evidence(report: Mapping[str, Any], day: Callable[[str], str] = str) -> str:
    """Say on how many requests a run was judged or, for an audit, on how many recorded answers of which days,
    which are written by `day`."""
    if "recording" not in report:
        return counted(report["requests"]["answered"], "request")
    said, times = counted(report["requests"]["answered"], "recorded answer"), report["days"]
    if times["days"]:
        first, last = (day(times["days"][at]["day"]) for at in (0, -1))
        said += f" of {first}" if first == last else f" from {first} to {last}"
    others = {"without a time": times["undated"], "older": times["older"]}
    told_of = ", ".join(f"{amount:,} {word}" for word, amount in others.items() if amount)
    return f"{said} ({told_of})" if told_of else said


def as_of(report: Mapping[str, Any], day: Callable[[str], str] = str) -> str:
    """Say as of which day a run was judged, or, for an audit that took for each answer its own, that it did.

    Days are written by `day`.
    """
    known = day(report["as_of"])
    if not ("recording" in report and report["recording"].get("by_day") and report["days"]["days"]):
        return known
    undated = report["days"]["undated"]
    return f"the day of each answer{f' ({known} for {undated:,} without a time)' if undated else ''}"


def seriousness(report: Mapping[str, Any], sdk: Mapping[str, Any] | None = None) -> Outcome:
    """Give the outcome as which a run is to be shown: what is kept only in part, only where it was looked
    at again, or but for what is waived, is no reason to be at ease; nor is a release told beside it that is
    stopped, or not judged to the end."""
    word, verdicts = Outcome(report["outcome"]["word"]), report["verdicts"]
    is_doubtful = (
        is_partial(report)
        or has_tested_nothing(report)
        or verdicts[Verdict.WAIVED] > 0
        or verdicts[Verdict.UNSTABLE] > 0
        or (sdk is not None and releases.title(sdk) != "")
    )
    return Outcome.INCOMPLETE if word is Outcome.KEPT and is_doubtful else word


def is_partial(report: Mapping[str, Any]) -> bool:
    """Say whether a run judged only some of the clauses that there are, and so says nothing of the rest."""
    return len(report["clauses"]) < int(report["fragment"]["clauses"])


def tested(report: Mapping[str, Any]) -> int:
    """Give of how many clauses a run saw what could have broken them."""
    verdicts = report["verdicts"]
    return len(report["clauses"]) - int(verdicts[Verdict.UNOBSERVED]) - int(verdicts[Verdict.RETIRED])


def has_tested_nothing(report: Mapping[str, Any]) -> bool:
    """Say whether a run saw nothing that could have broken any clause."""
    return not tested(report)


def ways(report: Mapping[str, Any]) -> dict[str, str]:
    """Give the fault and the variant that an emulator was told to have, as far as it was."""
    target = report["target"]
    return {kind: target[kind] for kind in ("fault", "variant") if target.get(kind)}


def is_interrupted(report: Mapping[str, Any]) -> bool:
    """Say whether somebody ended a run before it was over."""
    return str(report["ended_early"]).startswith(INTERRUPTED)


def _title_of_untested(report: Mapping[str, Any]) -> str:
    if is_interrupted(report):
        return "The run was interrupted"
    if _is_unwritten(report):
        return "The record of the run is not whole"
    return f"The contract could not be tested{'' if has_tested_nothing(report) else ' to the end'}"


def _is_unwritten(report: Mapping[str, Any]) -> bool:
    """Say whether a run came to its end, and only what it found could not be written."""
    return UNWRITTEN in report["outcome"]["sentence"] and not report["ended_early"]


def _title_of_some(report: Mapping[str, Any], word: Outcome) -> str:
    amount = len(report["clauses"])
    were, them, they_are = ("was", "it", "it is") if amount == 1 else ("were", "them", "they are")
    said = f"Only {amount:,} of the {counted(report['fragment']['clauses'], 'promise')} {were} selected"
    if _is_retired(report):
        return f"{said}, and {they_are} past {'its' if amount == 1 else 'their'} end of life"
    if _has_seen_nothing(report):
        return f"{said}, and nothing was seen of {them}"
    if has_tested_nothing(report):
        return f"{said}, and nothing was seen that could tell whether {they_are} kept"
    if word is Outcome.INCOMPLETE:
        return f"{said}, and too little was seen to call {them} {_called(report)}"
    return f"{said}, and {they_are} {_how(report)}"


def _has_seen_nothing(report: Mapping[str, Any]) -> bool:
    return len(report["clauses"]) == int(report["verdicts"][Verdict.UNOBSERVED])


def _is_retired(report: Mapping[str, Any]) -> bool:
    """Say whether there are clauses, and all of them are past their end of life."""
    return 0 < len(report["clauses"]) == int(report["verdicts"][Verdict.RETIRED])


def _how(report: Mapping[str, Any]) -> str:
    """Say how a contract is kept, and so where not all was seen, or not the same each time."""
    verdicts = report["verdicts"]
    is_unsure = verdicts[Verdict.UNOBSERVED] or verdicts[Verdict.UNSTABLE]
    return f"{_called(report)}, as far as could be seen" if is_unsure else _called(report)


def _called(report: Mapping[str, Any]) -> str:
    return "broken only where that is waived" if report["verdicts"][Verdict.WAIVED] else "kept"


def _told_of_selected(report: Mapping[str, Any]) -> str:
    amount, verdicts = len(report["clauses"]), report["verdicts"]
    became = ", ".join(f"{verdicts[name]:,} {word}" for name, word in _WORDS.items() if verdicts[name])
    if _has_seen_nothing(report):
        return "No promise was put to the test."
    if _is_cut_off(report):
        return f"The run ended after {_sent(report)}; until then, of {_selected(report)}: {became}."
    if verdicts[Verdict.VERIFIED] < amount or report["outcome"]["word"] != Outcome.KEPT:
        return f"Of {_selected(report)}: {became}."
    if is_partial(report):
        # The title says it.
        return ""
    if amount == 1:
        return "The one promise that there is was put to the test, and was kept."
    return f"All {counted(amount, 'promise')} were put to the test, and every one was kept."


def _selected(report: Mapping[str, Any]) -> str:
    amount = len(report["clauses"])
    promises = counted(amount, "promise")
    if not is_partial(report):
        return promises
    if report["outcome"]["word"] in (Outcome.KEPT, Outcome.INCOMPLETE):
        return "this one" if amount == 1 else f"these {amount:,}"
    return f"the {promises} that {'was' if amount == 1 else 'were'} selected"


def _is_cut_off(report: Mapping[str, Any]) -> bool:
    """Say whether a run that did not come to its end had begun to ask."""
    is_untested = report["outcome"]["word"] == Outcome.UNTESTED and not _is_unwritten(report)
    return (is_untested or bool(report["ended_early"])) and report["requests"]["sent"] > 0


def _sent(report: Mapping[str, Any]) -> str:
    if "recording" in report:
        return counted(report["recording"]["read"], "recorded exchange")
    return counted(report["requests"]["sent"], "request")


def _bare(sentence: str) -> str:
    """Leave out of a sentence that a session ends with what a title says already."""
    return sentence.removeprefix("could not test: ").removeprefix(INTERRUPTED).removeprefix("; ")


def _never_came(report: Mapping[str, Any]) -> str:
    """Say what is missing where a server is known to have data for all that the contract names."""
    # A value that came wrong, which is waived, may be the one that was not seen.
    missing = sum(len(one["unseen"]) for one in report["clauses"] if one["verdict"] != Verdict.WAIVED)
    if not missing:
        return "this server has data for every promise, and not every one was seen"
    cases = counted(missing, "of these cases", "of these cases")
    return f"this server has data for every case that the contract names, and {cases} never came"
