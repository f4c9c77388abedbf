"""Tells what came of several kinds of client of one SDK once where they behave alike, else of each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from contracts.sdk.findings import Check, Finding, Severity

Answers = tuple[list[Check], list[Finding]]


def together(answers: Mapping[str, Answers]) -> Answers:
    """Give the rows and findings of all kinds of client, the usual one first.

    What another kind has, too, is told together with the usual one, and keeps its id, also where it has it in
    another way. What only another kind has, has the kind in its id and its words.
    """
    (usual, (checks, findings)), *others = answers.items()
    if not others:
        return checks, findings
    known = {one.id for one in findings}
    told_checks = list(checks)
    told_findings = [_of_usual(one, usual, checks, dict(others)) for one in findings]
    for kind, (its_checks, its_findings) in others:
        own = [one for one in its_findings if one.id not in known]
        told_findings += [_of_kind(one, kind) for one in own]
        told_checks += _rows_of_kind(its_checks, checks, kind, {one.id for one in own})
    return told_checks, told_findings


def _of_kind(finding: Finding, kind: str) -> Finding:
    return replace(finding, id=f"{finding.id}:{kind}", sentence=f"{finding.sentence} ({kind} client only)")


def _of_usual(finding: Finding, usual: str, rows: Sequence[Check], others: Mapping[str, Answers]) -> Finding:
    """Tell a finding of the usual kind together with what the others have of it."""
    # Of a client that was not asked any more nothing is known.
    asked = {kind: found for kind, (its, found) in others.items() if _is_asked(finding, rows, its)}
    same = {kind: one for kind, found in asked.items() for one in found if one.id == finding.id}
    alike = {usual: finding, **same}
    severity = min((one.severity for one in alike.values()), key=list(Severity).index)
    sentence = _sides({kind: one.sentence for kind, one in alike.items()})
    actual = _sides({kind: one.actual for kind, one in alike.items()})
    if len(same) < len(asked):
        sentence += f" ({' and '.join(alike)} client{'' if same else ' only'})"
    return replace(finding, severity=severity, sentence=sentence, actual=actual)


def _sides(texts: Mapping[str, str]) -> str:
    """Write what is said of each kind, once where it is the same."""
    different = set(texts.values())
    if len(different) == 1:
        return different.pop()
    return "; ".join(f"{text} ({kind} client)" for kind, text in texts.items())


def _is_asked(finding: Finding, usual: Sequence[Check], its: Sequence[Check]) -> bool:
    """Say whether another kind of client was asked something that led the usual one to the finding."""
    asked = {check.id for check in its}
    return any(check.id in asked for check in usual if finding.id in check.findings)


def _rows_of_kind(its: Sequence[Check], usual: Sequence[Check], kind: str, own: set[str]) -> list[Check]:
    """Give the rows of a kind that differ from the usual one's, or that led to a finding of its own."""
    known = {check.id: check for check in usual}
    rows = []
    for check in its:
        other = known.get(check.id)
        came = check.outcome, check.detail, check.findings
        if not other or (other.outcome, other.detail, other.findings) != came:
            findings = tuple(f"{one}:{kind}" if one in own else one for one in check.findings)
            title = f"{check.title} ({kind} client)"
            rows.append(replace(check, id=f"{check.id}:{kind}", title=title, findings=findings))
    return rows
