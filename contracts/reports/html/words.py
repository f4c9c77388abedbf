"""What the page says in words of its own: of verdicts, sources, targets and waivers."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from contracts.baseline import State
from contracts.ledger import Verdict
from contracts.reports import headline
from contracts.reports.headline import ways
from contracts.words import counted

VERDICTS: Mapping[str, tuple[str, str]] = {
    Verdict.VIOLATED: ("broken", "An answer was seen that breaks the promise."),
    Verdict.UNSTABLE: ("unstable", "Broken, but not in the same way when looked at or sent again."),
    Verdict.WAIVED: ("waived", "Broken, and accepted until a day by somebody who is named."),
    Verdict.UNOBSERVED: ("not seen", "Nothing in this run could tell."),
    Verdict.RETIRED: ("retired", "Past its end of life: left out, as announced, or no longer to be broken."),
    Verdict.VERIFIED: ("kept", "Seen, in a way that could have failed, and kept."),
}
"""A word for each verdict, and what it means, the worst first."""

SOURCES: Mapping[str, str] = {
    "docs": "the vendor's API reference",
    "openapi": "the vendor's published OpenAPI document",
    "convention": "what the vendor's API does everywhere, though it is not written down",
}

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


def number(value: float) -> str:
    """Write a number for people."""
    return f"{value:,}"


def sent(report: Mapping[str, Any]) -> str:
    """Say what was sent, and to what; an audit sends nothing."""
    if "recording" in report:
        return (
            f"{counted(report['recording']['read'], 'recorded exchange was', 'recorded exchanges were')} read"
        )
    amount, target = report["requests"]["sent"], TARGETS[report["target"]["kind"]]
    return f"{counted(amount, 'request was', 'requests were') if amount else 'nothing was'} sent to {target}"


def tested(report: Mapping[str, Any]) -> str:
    """Say how many promises the answers could have broken, and of how many that there are."""
    amount = headline.tested(report)
    whole = counted(report["fragment"]["clauses"], "such promise")
    if not amount:
        return "no such promise"
    return f"all {whole}" if amount == report["fragment"]["clauses"] else f"{number(amount)} of the {whole}"


def target(report: Mapping[str, Any]) -> str:
    """Say what was judged; an emulator that was told to misbehave is no other's witness."""
    told = "".join(f", with the {kind} {name}" for kind, name in ways(report).items())
    return f"{TARGETS[report['target']['kind']]}{told}"


def duration(milliseconds: float | None) -> str:
    """Write a time as short as its size allows."""
    if milliseconds is None:
        return "beyond measure"
    return f"{milliseconds:g} ms" if milliseconds < 1000 else f"{milliseconds / 1000:g} s"


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
