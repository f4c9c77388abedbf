"""Compares two releases: what a customer will notice who changes from one to the other, worst first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from contracts.sdk.findings import Check, Finding, Outcome, Question, Severity
from contracts.sdk.gate import Judgement

_MOST_NAMED = 3
_NOTABLE_S, _NOTABLE_TIMES = 1.0, 3


class Kind(StrEnum):
    """What became of something between two releases, in the order in which it is told."""

    NEW = "new"
    WORSE = "changed"
    OTHERWISE = "behaves otherwise"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Change:
    """Something that a customer will notice. `severity` is None where the contract has no opinion on it;
    `was` and `is_now` are the two releases' own."""

    id: str
    question: str
    kind: Kind
    severity: Severity | None
    sentence: str
    was: str = ""
    is_now: str = ""


def changes(old: Judgement, new: Judgement) -> list[Change]:
    """Give what differs between two releases, breaking changes first."""
    found = [
        *_of_method(old, new),
        *_of_dependencies(old, new),
        *_of_findings(old, new),
        *_of_checks(old, new),
    ]
    order = {severity: place for place, severity in enumerate(Severity)}
    kinds = list(Kind)
    return sorted(
        found,
        key=lambda one: (
            one.kind is Kind.GONE,
            order.get(one.severity, len(order)) if one.severity else len(order),
            kinds.index(one.kind),
            one.id,
        ),
    )


def _of_method(old: Judgement, new: Judgement) -> Iterator[Change]:
    # Where a release has none, that is a finding.
    is_both = old.method and new.method and old.release.language == new.release.language
    if is_both and old.method != new.method:
        sentence = f"the method is {new.method}, where it was {old.method}"
        yield Change("method", "", Kind.WORSE, Severity.BREAKS, sentence, old.method, new.method)


def _of_dependencies(old: Judgement, new: Judgement) -> Iterator[Change]:
    """Yield what may be why two releases differ although the SDK itself does not."""
    if old.release.language != new.release.language:
        return
    before, after = old.release.dependencies, new.release.dependencies
    others = sorted(name for name in before.keys() & after.keys() if before[name] != after[name])
    if others:
        sentence = "what the package depends on has other versions, which may be why something differs"
        sides = (", ".join(f"{name} {side[name]}" for name in others) for side in (before, after))
        yield Change("dependencies", "", Kind.OTHERWISE, None, sentence, *sides)


def _of_findings(old: Judgement, new: Judgement) -> Iterator[Change]:
    for name in dict.fromkeys(finding.id for finding in (*new.findings, *old.findings)):
        was, is_now = _found(old, name), _found(new, name)
        # Of what the older one was not asked, since it ended early, nobody knows that it is new.
        is_sure = not old.ended_early or (is_now is not None and _is_asked(new, old, is_now))
        if is_now and not was and is_sure:
            yield _change(Kind.NEW, is_now, "", is_now.actual)
        elif was and not is_now and _is_asked(old, new, was):
            usual = _of_usual_only(was, new)
            yield _change(Kind.GONE, replace(was, sentence=f"{was.sentence}{usual}"), was.actual, "")
        elif was and is_now and was.actual != is_now.actual and _is_comparable(old, new, was.question):
            yield _change(Kind.WORSE, is_now, was.actual, is_now.actual)


def _kinds(judgement: Judgement) -> tuple[str, ...]:
    return judgement.introduction.clients if judgement.introduction else ()


def _found(judgement: Judgement, name: str) -> Finding | None:
    """Give the finding of that name; for one of another kind of client also that which all kinds have."""
    known = {finding.id: finding for finding in judgement.findings}
    if name in known:
        return known[name]
    _, _, kind = name.rpartition(":")
    base = known.get(name.removesuffix(f":{kind}"))
    is_of_kind = base and kind in _kinds(judgement)[1:] and _has(judgement, base.id, kind)
    return base if is_of_kind else None


def _has(judgement: Judgement, name: str, kind: str) -> bool:
    """Say whether another kind of client has a finding of the usual one: where it has not, a row of its own
    says so."""
    rows = {check.id: check for check in judgement.checks}
    own = [rows.get(f"{check.id}:{kind}") for check in judgement.checks if name in check.findings]
    return any(row is None or name in row.findings for row in own)


def _of_usual_only(was: Finding, new: Judgement) -> str:
    """Say of what is gone that another kind of client has it still."""
    usual, *others = _kinds(new) or ("",)
    left = {finding.id for finding in new.findings}
    is_left = any(f"{was.id}:{kind}" in left for kind in others)
    return f" ({usual} client)" if is_left and not was.sentence.endswith(" client only)") else ""


def _is_asked(one: Judgement, other: Judgement, finding: Finding) -> bool:
    """Say whether the other release was asked what led to the one's finding: else nobody knows that it has
    none."""
    asked = {check.id for check in other.checks}
    # What another kind of client does like the usual one has no row of its own.
    asked |= {f"{name}:{kind}" for name in asked for kind in _kinds(other)[1:]}
    return any(check.id in asked for check in one.checks if finding.id in check.findings)


def _is_comparable(old: Judgement, new: Judgement, question: str) -> bool:
    """Say whether what is told of a question can be laid side by side: languages write types differently."""
    return question != Question.DECLARES or old.release.language == new.release.language


def _change(kind: Kind, finding: Finding, was: str, is_now: str) -> Change:
    return Change(finding.id, finding.question, kind, finding.severity, finding.sentence, was, is_now)


def _of_checks(old: Judgement, new: Judgement) -> Iterator[Change]:
    """Yield what behaves otherwise although no finding says so."""
    before = {check.id: check for check in old.checks}
    told = _told_findings(old, new)
    for check in new.checks:
        was = before.get(check.id)
        is_other = was and _sides(was, check) and _is_comparable(old, new, check.question)
        if was and is_other and not told & {*was.findings, *check.findings}:
            yield _otherwise(was, check)


def _told_findings(old: Judgement, new: Judgement) -> set[str]:
    return {change.id for change in _of_findings(old, new)}


def _otherwise(was: Check, is_now: Check) -> Change:
    before, after = _sides(was, is_now) or ("", "")
    return Change(is_now.id, is_now.question, Kind.OTHERWISE, None, is_now.title, before, after)


def _sides(was: Check, is_now: Check) -> tuple[str, str] | None:
    """Say what came of a check in two releases, None where that is the same. Of cases only those count that
    both have: how many were asked is not what a customer notices."""
    if not (was.cases and is_now.cases):
        before, after = _words(was), _words(is_now)
        if _differ_notably(was.seconds, is_now.seconds):
            before, after = f"{before}, {was.seconds} s", f"{after}, {is_now.seconds} s"
        return (before, after) if before != after else None
    differing = [
        name for name, came in was.cases.items() if name in is_now.cases and is_now.cases[name] != came
    ]
    if not differing:
        return None
    return _cases(was, differing), _cases(is_now, differing)


def _differ_notably(one: float, other: float) -> bool:
    """Say whether a customer feels which of two times it took: chance makes SDKs wait up to twice as long."""
    return abs(one - other) >= _NOTABLE_S and max(one, other) >= _NOTABLE_TIMES * min(one, other)


def _cases(check: Check, names: list[str]) -> str:
    """Say what came of some cases, those together that ended alike."""
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(check.cases[name], []).append(name)
    told = []
    for came, those in alike.items():
        more = f" and {len(those) - _MOST_NAMED} more" if len(those) > _MOST_NAMED else ""
        told.append(f"{came} ({', '.join(those[:_MOST_NAMED])}{more})")
    return "; ".join(told)


def _words(check: Check) -> str:
    if check.outcome == Outcome.FACT and check.detail:
        return check.detail
    return f"{check.outcome}{f' ({check.detail})' if check.detail else ''}"


def by_release(judgements: list[Judgement]) -> Mapping[str, list[Change]]:
    """Give the changes from the reference to each other release, by the name of the latter."""
    reference = next((one for one in judgements if one.is_reference), None)
    if not reference:
        return {}
    return {one.release.name: changes(reference, one) for one in judgements if not one.is_reference}
