"""Says what a difference in types means for a customer: how bad it is, and in one sentence what they see.

A server that keeps the contract is taken for granted: what an SDK declares beyond it, such a server does not
send, and refuses. Whether the SDK or the contract is the older one, nobody can tell from here.
"""

from collections.abc import Mapping

from contracts.clauses.wording import listed
from contracts.sdk.declares.comparing import Difference
from contracts.sdk.declares.model import Declared, Side
from contracts.sdk.findings import Severity

_Words = tuple[Severity, str]

_REQUEST: Mapping[Difference, _Words] = {
    Difference.LACKS: (Severity.BREAKS, "{place} cannot be given: the method has no such parameter"),
    Difference.ADDS_REQUIRED: (Severity.BREAKS, "{place} has to be given, though the contract has none"),
    Difference.ADDS: (Severity.MISLEADS, "{place} can be given, though the contract has no such parameter"),
    Difference.REQUIRED: (
        Severity.BREAKS,
        "{place} has to be given, though the contract lets it be left out",
    ),
    Difference.OPTIONAL: (Severity.MISLEADS, "{place} may be left out, though the contract requires it"),
    Difference.NEVER_NULL: (Severity.BREAKS, "{place} cannot be null, though the contract allows it"),
    Difference.NULLABLE: (Severity.MISLEADS, "{place} may be null, which the contract does not allow"),
    Difference.OTHER_KIND: (Severity.BREAKS, "{place} takes {actual}, and the contract wants {expected}"),
    Difference.FRACTIONAL: (Severity.MISLEADS, "{place} takes fractions, and the contract only integers"),
    Difference.WIDER: (Severity.MISLEADS, "{place} takes {actual}, and the contract only {expected}"),
    Difference.UNTYPED: (Severity.COSMETIC, "{place} takes anything: no type checker finds a wrong value"),
    Difference.LACKS_VALUE: (Severity.BREAKS, "{place} cannot be {subject}: no typed code can ask for it"),
    Difference.ADDS_VALUE: (Severity.MISLEADS, "{place} may be {subject}, which the contract refuses"),
    Difference.OPEN: (Severity.COSMETIC, "{place} takes any value: no type checker finds a misspelt one"),
    Difference.TEXT: (Severity.COSMETIC, "{place} is given as text: no type checker finds a wrong date"),
    Difference.DAY: (Severity.LOSES, "{place} is given as a day: its time is lost"),
    Difference.OTHER_FORMAT: (Severity.BREAKS, "{place} takes only {actual}, and the contract any text"),
    Difference.STILL_THERE: (
        Severity.COSMETIC,
        "{place} can still be given after its end of life ({sunset})",
    ),
    Difference.STILL_THERE_UNMARKED: (
        Severity.MISLEADS,
        "{place} can still be given after its end of life ({sunset}), and nothing says that it is deprecated",
    ),
}
_ANSWER: Mapping[Difference, _Words] = {
    Difference.LACKS: (Severity.LOSES, "{place} comes, but is not declared: no typed code can read it"),
    Difference.ADDS_REQUIRED: (
        Severity.BREAKS,
        "{place} is declared as always there, and the contract does not promise it: where it does not come, "
        "code that relies on its type finds nothing",
    ),
    Difference.ADDS: (
        Severity.MISLEADS,
        "{place} is declared, and the contract does not promise it: it may never come",
    ),
    Difference.REQUIRED: (
        Severity.BREAKS,
        "{place} is declared as always there, and may be missing: code that relies on its type finds nothing",
    ),
    Difference.OPTIONAL: (
        Severity.COSMETIC,
        "{place} is declared as optional, though it is always there: typed code has to check in vain",
    ),
    Difference.NEVER_NULL: (
        Severity.BREAKS,
        "{place} is declared as never null, and may be: code that the type checker accepts fails",
    ),
    Difference.NULLABLE: (
        Severity.COSMETIC,
        "{place} is declared as null at times, which the contract rules out: typed code has to check in vain",
    ),
    Difference.OTHER_KIND: (Severity.BREAKS, "{place} is declared as {actual}, and is {expected}"),
    Difference.FRACTIONAL: (
        Severity.MISLEADS,
        "{place} is declared as a number with fractions, and is an integer: large ones lose digits",
    ),
    Difference.WIDER: (Severity.COSMETIC, "{place} is declared as {actual}, and the contract has {expected}"),
    Difference.UNTYPED: (Severity.COSMETIC, "{place} is declared as anything: no type checker helps with it"),
    Difference.LACKS_VALUE: (
        Severity.BREAKS,
        "{place} may be {subject}, which its type does not have: code that handles all declared values "
        "misses it",
    ),
    Difference.ADDS_VALUE: (
        Severity.COSMETIC,
        "{place} is declared to be {subject} at times, a value that the contract does not have",
    ),
    Difference.OPEN: (
        Severity.COSMETIC,
        "{place} is declared as any value: its type does not tell which come",
    ),
    Difference.TEXT: (Severity.COSMETIC, "{place} is declared as text, though it is a date-time"),
    Difference.DAY: (Severity.LOSES, "{place} is declared as a day, and is a date-time: its time is lost"),
    Difference.OTHER_FORMAT: (Severity.BREAKS, "{place} is declared as {actual}, and may be any text"),
    Difference.LACKS_SHAPE: (
        Severity.BREAKS,
        "{place} may be the {subject} shape, which its type does not have: code that handles all declared "
        "shapes misses it",
    ),
    Difference.ADDS_SHAPE: (
        Severity.COSMETIC,
        "{place} is declared to have the {subject} shape at times, which the contract does not have",
    ),
    Difference.MERGED: (
        Severity.COSMETIC,
        "{place} has one type for several shapes: no type checker tells the {subject} shape from others",
    ),
    Difference.STILL_THERE: (
        Severity.COSMETIC,
        "{place} is still declared, as deprecated, after its end of life ({sunset})",
    ),
    Difference.STILL_THERE_UNMARKED: (
        Severity.MISLEADS,
        "{place} is still declared after its end of life ({sunset}), and nothing says that it is deprecated",
    ),
    Difference.UNMARKED: (Severity.MISLEADS, "nothing says that {place} is deprecated"),
    Difference.MARKED: (
        Severity.MISLEADS,
        "{place} is called deprecated, and the contract does not say so: customers may do without what works",
    ),
}
_OF_DEPRECATION = {
    Difference.STILL_THERE: ("not declared", "declared, as deprecated"),
    Difference.STILL_THERE_UNMARKED: ("not declared", "declared, not as deprecated"),
    Difference.UNMARKED: ("declared as deprecated", "declared, not as deprecated"),
    Difference.MARKED: ("declared, not as deprecated", "declared as deprecated"),
}
_BY_SIDE = {Side.REQUEST: _REQUEST, Side.ANSWER: _ANSWER}
_ARTICLES = {"integer": "an integer", "array": "an array", "object": "an object", "null": "null"}
NOT_DECLARED, NOT_PROMISED = "not declared", "not in the contract"


def words(side: Side, difference: Difference) -> _Words:
    """Give the severity of a difference, and its sentence with places to fill."""
    return _BY_SIDE[side].get(difference) or _ANSWER[difference]


def sides(difference: Difference, expected: Declared, actual: Declared) -> tuple[str, str]:
    """Write what the contract has and what the SDK has, the latter as its language writes it."""
    if difference in _OF_DEPRECATION:
        return _OF_DEPRECATION[difference]
    if difference is Difference.LACKS:
        return told(expected), NOT_DECLARED
    shown = actual.text or told(actual)
    is_added = difference in (Difference.ADDS, Difference.ADDS_REQUIRED)
    return (NOT_PROMISED if is_added else told(expected)), shown


def told(declared: Declared) -> str:
    """Write a type in the words of JSON, as a reader of either language knows them."""
    if declared.values:
        return f"{'always' if declared.is_constant else 'one of'} {listed(declared.values)}"
    kinds = [_ARTICLES.get(kind, f"a {kind}") for kind in sorted(declared.kinds)]
    named = " or ".join(kinds) if kinds else "anything"
    return f"{named} ({declared.format})" if declared.format else named
