"""Makes findings of differences, and rows of a table of all that was compared."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from contracts.clauses.ids import body_clause
from contracts.contract import Contract
from contracts.location import Location, show
from contracts.sdk.declares import wording
from contracts.sdk.declares.comparing import Aspect, Comparer, Comparison, Difference
from contracts.sdk.declares.model import Declared, Member, Method, Side
from contracts.sdk.findings import Check, Finding, Outcome, Question, Severity

_KEYWORDS = {
    Aspect.MEMBERS: ("required", "type"),
    Aspect.REQUIRED: ("required",),
    Aspect.NULL: ("type",),
    Aspect.KINDS: ("type",),
    Aspect.VALUES: ("enum", "const"),
    Aspect.FORMATS: ("format",),
    Aspect.SHAPES: ("oneOf",),
    Aspect.DEPRECATED: ("const", "required", "type"),
}
_TITLES = {
    Aspect.MEMBERS: "which there are",
    Aspect.REQUIRED: "required or optional",
    Aspect.NULL: "null or never",
    Aspect.KINDS: "types",
    Aspect.VALUES: "values",
    Aspect.FORMATS: "formats",
    Aspect.SHAPES: "shapes of unions",
    Aspect.DEPRECATED: "deprecations",
}
_SUBJECTS = {Side.REQUEST: "parameters", Side.ANSWER: "members of the answer"}
_NAMED = {
    Difference.LACKS_VALUE: "lacks-{}",
    Difference.ADDS_VALUE: "adds-{}",
    Difference.LACKS_SHAPE: "lacks-shape-{}",
    Difference.ADDS_SHAPE: "adds-shape-{}",
    Difference.MERGED: "merged-{}",
}
MAX_NAMED = 3
"""So many places that differ in the same way are named in a row of the table."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """A comparison and the finding that it is, if any: where, and what differs there."""

    aspect: Aspect
    finding: Finding | None
    where: str = ""
    what: str = ""


def judge(method: Method, promised: Method, contract: Contract) -> tuple[list[Check], list[Finding]]:
    """Compare a method with what is promised; give the rows of the table and what differs, worst first."""
    comparer = Comparer(method.expresses, contract.as_of)
    answer = _aligned(method.answer, promised.answer, contract)
    looks = {
        Side.REQUEST: comparer.members(promised.parameters, method.parameters),
        Side.ANSWER: comparer.type(promised.answer, answer, ()),
    }
    checks: list[Check] = []
    findings: dict[str, Finding] = {}
    for side, comparisons in looks.items():
        judged = [_judged(comparison, side, contract) for comparison in comparisons]
        checks += _rows(judged, side)
        findings |= {entry.finding.id: entry.finding for entry in judged if entry.finding}
    return checks, sorted(findings.values(), key=lambda finding: list(Severity).index(finding.severity))


def _aligned(actual: Declared, promised: Declared, contract: Contract) -> Declared:
    """Give what is answered as the whole body, where an SDK gives but the list that is in it."""
    pagination = contract.fragment.pagination
    if not pagination or actual.kinds != {"array"} or actual.kinds == promised.kinds:
        return actual
    for name in reversed(pagination.items[:-1]):
        actual = Declared(frozenset({"object"}), members={name: Member(actual, is_required=True)})
    return actual


def _judged(comparison: Comparison, side: Side, contract: Contract) -> _Judged:
    difference, shown = comparison.difference, _shown(comparison.place, side)
    if difference is None:
        return _Judged(comparison.aspect, None, shown)
    place = _place(comparison.place, side, contract)
    severity, sentence = wording.words(side, difference)
    if difference is Difference.LACKS and side is Side.ANSWER and not _matters(comparison, contract):
        severity = Severity.COSMETIC
    expected, actual = wording.sides(difference, comparison.expected, comparison.actual)
    sunset = comparison.promised.sunset if comparison.promised else None
    what = _NAMED.get(difference, str(difference)).format(comparison.subject.replace(" ", "-"))
    finding = Finding(
        id=f"{Question.DECLARES}:{place}:{what}",
        question=Question.DECLARES,
        severity=severity,
        sentence=sentence.format(
            place=f"`{shown}`",
            subject=comparison.subject,
            expected=expected,
            actual=wording.told(comparison.actual),
            sunset=sunset,
        ),
        place=_clause(comparison, place, contract),
        expected=expected,
        actual=actual,
    )
    return _Judged(comparison.aspect, finding, shown, what)


def _shown(at: Location, side: Side) -> str:
    """Write a place as those know it who read the documentation."""
    return show(at).partition(".")[2] if side is Side.REQUEST else show(at) or "the answer"


def _matters(comparison: Comparison, contract: Contract) -> bool:
    """Say whether a customer misses the place: it is what was asked for, and not what comes along with it."""
    pagination = contract.fragment.pagination
    if comparison.expected.is_constant or not pagination:
        return not comparison.expected.is_constant
    shared = min(len(pagination.items), len(comparison.place))
    return comparison.place[:shared] == pagination.items[:shared]


def _place(at: Location, side: Side, contract: Contract) -> str:
    if side is Side.REQUEST:
        return show(at)
    return body_clause(contract.fragment.success.status, at, "").removesuffix(":")


def _clause(comparison: Comparison, place: str, contract: Contract) -> str:
    """Give the clause that a difference is about, or its place where there is none."""
    ids = (f"{place}:{keyword}" for keyword in _KEYWORDS[comparison.aspect])
    return next((clause for clause in ids if clause in contract.clauses), place)


def _rows(judged: Iterable[_Judged], side: Side) -> Iterator[Check]:
    by_aspect: dict[Aspect, list[_Judged]] = {}
    for entry in judged:
        by_aspect.setdefault(entry.aspect, []).append(entry)
    for aspect in Aspect:
        if aspect in by_aspect:
            yield _row(by_aspect[aspect], side, aspect)


def _row(judged: list[_Judged], side: Side, aspect: Aspect) -> Check:
    differing = [entry for entry in judged if entry.finding]
    by_what: dict[str, list[str]] = {}
    for entry in differing:
        by_what.setdefault(entry.what, []).append(entry.where)
    named = [f"{what}: {_some(places)}" for what, places in by_what.items()]
    return Check(
        id=f"{Question.DECLARES}:{side}:{aspect}",
        question=Question.DECLARES,
        title=f"{_SUBJECTS[side]}: {_TITLES[aspect]}",
        outcome=Outcome.DIFFERS if differing else Outcome.AS_PROMISED,
        findings=tuple(dict.fromkeys(entry.finding.id for entry in differing if entry.finding)),
        detail="; ".join((f"{len(judged) - len(differing)} of {len(judged)} alike", *named)),
        cases=_cases(judged),
    )


def _cases(judged: list[_Judged]) -> dict[str, str]:
    """Give what differs at each place, which is nothing at most."""
    found: dict[str, list[str]] = {}
    for entry in judged:
        found.setdefault(entry.where, []).extend([entry.what] if entry.what else [])
    return {where: ", ".join(what) or str(Outcome.AS_PROMISED) for where, what in found.items()}


def _some(places: list[str]) -> str:
    more = f" and {len(places) - MAX_NAMED} more" if len(places) > MAX_NAMED else ""
    return ", ".join(places[:MAX_NAMED]) + more
