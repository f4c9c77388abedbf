"""What the page says in words of its own: of verdicts, sources, outcomes and waivers."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from contracts.baseline import State
from contracts.ledger import Verdict
from contracts.reports.compliance import INTERRUPTED, Outcome
from contracts.reports.headline import is_interrupted, is_partial, judged, ways

VERDICTS: Mapping[str, tuple[str, str]] = {
    Verdict.VIOLATED: ("broken", "An answer was seen that breaks the promise."),
    Verdict.UNSTABLE: ("unstable", "Broken once, but not when looked at again, for accounts move."),
    Verdict.WAIVED: ("waived", "Broken, and accepted until a day by somebody who is named."),
    Verdict.UNOBSERVED: ("not seen", "Nothing in this run could tell."),
    Verdict.RETIRED: ("retired", "Past its end of life and gone, as announced."),
    Verdict.VERIFIED: ("kept", "Seen, in a way that could have failed, and kept."),
}
"""A word for each verdict, and what it means, the worst first."""

SOURCES: Mapping[str, str] = {
    "docs": "the vendor's API reference",
    "openapi": "the vendor's published OpenAPI document",
    "convention": "what the vendor's API does everywhere, though it is not written down",
}

TITLES: Mapping[str, str] = {
    Outcome.KEPT: "The contract is kept",
    Outcome.BROKEN: "The contract is broken",
    Outcome.INCOMPLETE: "Too little was seen to judge the contract",
    Outcome.UNTESTED: "The contract could not be tested",
}

_INTERRUPTED = "The run was interrupted"

STATES: Mapping[str, str] = {
    State.IN_USE: "in use: the promise is broken, and the run does not fail for it",
    State.EXPIRED: "expired: the promise is broken, and the run fails for it again",
    State.NOT_NEEDED: "not needed any more: nothing that was seen breaks the promise",
    State.NOT_SEEN: "nothing can be said: the promise was not judged",
}

TARGETS: Mapping[str, str] = {
    "emulator": "the emulator that comes with the suite",
    "live": "a live server",
    "recording": "recorded traffic",
    "unknown": "a target that there is not",
}


def title(report: Mapping[str, Any]) -> str:
    """Say what a run says of the contract as a whole, and no more than it has seen."""
    told, verdicts = TITLES[report["outcome"]["word"]], report["verdicts"]
    if _is_cut_off(report):
        return _INTERRUPTED if is_interrupted(report) else f"{told} to the end"
    if report["outcome"]["word"] != Outcome.KEPT:
        return told
    if is_partial(report):
        how = "broken only where that is waived" if verdicts[Verdict.WAIVED] else "kept"
        return f"{judged(report, 'promise')}, and {how}{_as_far(report)}"
    if verdicts[Verdict.WAIVED]:
        return "The contract is broken only where that is waived"
    return f"{told}{_as_far(report)}"


def look(report: Mapping[str, Any]) -> str:
    """Give the outcome that a page looks like: that a few promises are kept is no reason to be at ease."""
    word = str(report["outcome"]["word"])
    return Outcome.INCOMPLETE.value if word == Outcome.KEPT and is_partial(report) else word


def sentence(report: Mapping[str, Any]) -> str:
    """Give what a session ends with, without what the title says already."""
    said = str(report["outcome"]["sentence"])
    if report["outcome"]["word"] == Outcome.UNTESTED:
        said = said.removeprefix("could not test: ").removeprefix(INTERRUPTED).removeprefix("; ")
    return f"{said[:1].upper()}{said[1:]}{'' if said.endswith('.') else '.'}" if said else ""


def number(value: float) -> str:
    """Write a number for people."""
    return f"{value:,}"


def sent(report: Mapping[str, Any]) -> str:
    """Say what was sent, and to what; an audit sends nothing."""
    if "recording" in report:
        return (
            f"{count(report['recording']['read'], 'recorded exchange was', 'recorded exchanges were')} read"
        )
    amount, target = report["requests"]["sent"], TARGETS[report["target"]["kind"]]
    return f"{count(amount, 'request was', 'requests were') if amount else 'nothing was'} sent to {target}"


def target(report: Mapping[str, Any]) -> str:
    """Say what was judged; an emulator that was told to misbehave is no other's witness."""
    told = "".join(f", with the {kind} {name}" for kind, name in ways(report).items())
    return f"{TARGETS[report['target']['kind']]}{told}"


def count(amount: int, singular: str, plural: str = "") -> str:
    """Write an amount of something."""
    return f"{number(amount)} {singular if amount == 1 else plural or f'{singular}s'}"


def duration(milliseconds: float | None) -> str:
    """Write a time as short as its size allows."""
    if milliseconds is None:
        return "beyond measure"
    return f"{milliseconds:g} ms" if milliseconds < 1000 else f"{milliseconds / 1000:g} s"


def moment(text: str) -> str:
    """Write a date-time of the record."""
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def day(text: str) -> str:
    """Write a date of the record."""
    found = date.fromisoformat(text)
    return f"{found.day} {found:%B %Y}"


def short_day(text: str) -> str:
    """Write the day of a date-time of the record, where there is little room."""
    found = datetime.fromisoformat(text).astimezone(UTC)
    return f"{found.day} {found:%b}"


def verdict(name: str) -> str:
    """Give the word for a verdict."""
    return VERDICTS[name][0]


def told(report: Mapping[str, Any]) -> str:
    """Say in one sentence what became of the promises."""
    verdicts, total = report["verdicts"], len(report["clauses"])
    if verdicts[Verdict.VERIFIED] == total and total and report["outcome"]["word"] == Outcome.KEPT:
        if is_partial(report):
            rest = count(report["fragment"]["clauses"] - total, "other promise")
            return f"What was selected was put to the test, and kept. Of the {rest} this run says nothing."
        if total == 1:
            return "The one promise that this run is about was put to the test, and was kept."
        return f"All {count(total, 'promise')} were put to the test, and every one was kept."
    said = {
        Verdict.VIOLATED: "{} broken",
        Verdict.UNSTABLE: "{} broken once but not again",
        Verdict.WAIVED: "{} broken but accepted for now",
        Verdict.VERIFIED: "{} kept",
        Verdict.UNOBSERVED: "{} not seen",
        Verdict.RETIRED: "{} retired",
    }
    parts = [text.format(number(verdicts[name])) for name, text in said.items() if verdicts[name]]
    amounts = f"{_promises(report)}: {', '.join(parts) or 'none was judged'}"
    if not _is_cut_off(report):
        return f"Of {amounts}."
    sent = count(report["requests"]["sent"], "request")
    return f"After {sent}, before the contract was judged to the end. Until then, of {amounts}."


def _promises(report: Mapping[str, Any]) -> str:
    total = len(report["clauses"])
    if not is_partial(report):
        return count(total, "promise")
    return f"the {number(total)} that were selected of {count(report['fragment']['clauses'], 'promise')}"


def _as_far(report: Mapping[str, Any]) -> str:
    """Say so where not all was seen, or not the same each time."""
    verdicts = report["verdicts"]
    return ", as far as it was seen" if verdicts[Verdict.UNOBSERVED] or verdicts[Verdict.UNSTABLE] else ""


def _is_cut_off(report: Mapping[str, Any]) -> bool:
    """Say whether a run that says nothing of the contract as a whole had begun to judge it."""
    is_untested = report["outcome"]["word"] == Outcome.UNTESTED
    return is_untested and (is_interrupted(report) or report["requests"]["answered"] > 0)
