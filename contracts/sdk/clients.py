"""Tells what came of several kinds of client of one SDK once where they behave alike, else of each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from contracts.sdk.findings import Check, Finding

Answers = tuple[list[Check], list[Finding]]


def together(answers: Mapping[str, Answers]) -> Answers:
    """Give the rows and findings of all kinds of client, the usual one first.

    What another kind has in the same way is told once. What differs has the kind in its id and its words.
    """
    (usual, (checks, findings)), *others = answers.items()
    if not others:
        return checks, findings
    told_checks, told_findings = list(checks), list(findings)
    for kind, (its_checks, its_findings) in others:
        own = [one for one in its_findings if not _is_among(one, findings)]
        told_findings += [_of_kind(one, kind, findings) for one in own]
        told_checks += _rows_of_kind(its_checks, checks, kind, {one.id for one in own})
    for number, one in enumerate(findings):
        # Of a client that was not asked any more nothing is known.
        asked = [found for _, (rows, found) in others if _is_asked(one, checks, rows)]
        told_findings[number] = _of_usual(one, usual, asked)
    return told_checks, told_findings


def _is_asked(finding: Finding, usual: Sequence[Check], its: Sequence[Check]) -> bool:
    """Say whether another kind of client was asked something that led the usual one to the finding."""
    asked = {check.id for check in its}
    return any(check.id in asked for check in usual if finding.id in check.findings)


def _is_among(finding: Finding, others: Collection[Finding]) -> bool:
    key = (finding.id, finding.severity, finding.actual)
    return any((one.id, one.severity, one.actual) == key for one in others)


def _of_kind(finding: Finding, kind: str, usual: Collection[Finding]) -> Finding:
    is_both = any(one.id == finding.id for one in usual)
    words = f"{kind} client" if is_both else f"{kind} client only"
    return replace(finding, id=f"{finding.id}:{kind}", sentence=f"{finding.sentence} ({words})")


def _of_usual(finding: Finding, kind: str, others: Sequence[Collection[Finding]]) -> Finding:
    if all(_is_among(finding, found) for found in others):
        return finding
    is_both = any(one.id == finding.id for found in others for one in found)
    words = f"{kind} client" if is_both else f"{kind} client only"
    return replace(finding, sentence=f"{finding.sentence} ({words})")


def _rows_of_kind(its: Sequence[Check], usual: Sequence[Check], kind: str, own: set[str]) -> list[Check]:
    """Give the rows of a kind that differ from the usual one's, or that led to a finding of its own."""
    known = {check.id: check for check in usual}
    rows = []
    for check in its:
        other = known.get(check.id)
        is_alike = other and (other.outcome, other.detail) == (check.outcome, check.detail)
        if not is_alike or own & set(check.findings):
            findings = tuple(f"{one}:{kind}" if one in own else one for one in check.findings)
            title = f"{check.title} ({kind} client)"
            rows.append(replace(check, id=f"{check.id}:{kind}", title=title, findings=findings))
    return rows
