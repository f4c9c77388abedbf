"""`sdk.json`: what was found of every release, versioned; `sdk.schema.json` here is its schema."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from contracts import __version__, atomic
from contracts.baseline import Baseline, State
from contracts.contract import Contract
from contracts.sdk.comparing import by_release
from contracts.sdk.findings import Finding, Outcome, Question, Severity
from contracts.sdk.gate import Judgement
from contracts.sdk.releases import is_language

FORMAT = "contract-sdk"
VERSION = 1
FILE = "sdk.json"
SCHEMA = Path(__file__).parent / "sdk.schema.json"


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What is to be known of a run beside its judgements; `ended_early` says why it did not end by itself."""

    started: datetime
    finished: datetime
    baseline: Baseline
    ended_early: str = ""


def record(contract: Contract, judgements: Sequence[Judgement], facts: RunFacts) -> dict[str, Any]:
    """Give the record of a run as plain JSON data."""
    fragment = contract.fragment
    return {
        "format": FORMAT,
        "version": VERSION,
        "suite": {"version": __version__},
        "fragment": {
            "title": fragment.title,
            "file": fragment.file,
            "sha256": fragment.digest,
            "clauses": len(contract.clauses),
        },
        "as_of": contract.as_of.isoformat(),
        "started": facts.started.isoformat(timespec="seconds"),
        "finished": facts.finished.isoformat(timespec="seconds"),
        "seconds": round((facts.finished - facts.started).total_seconds(), 1),
        "ended_early": facts.ended_early,
        "fails_on": [severity.value for severity in Severity if severity.fails],
        "releases": [_release(judgement, facts.baseline) for judgement in judgements],
        "comparisons": [
            {"release": name, "changes": [asdict(change) for change in changes]}
            for name, changes in by_release(list(judgements)).items()
        ],
        "baseline": _waivers(judgements, facts),
    }


def key(judgement: Judgement, finding: Finding) -> str:
    """Give the name under which a baseline waives a finding, the same for every version of a package."""
    return f"{judgement.release.language}:{judgement.release.package} {finding.id}"


def is_key(name: str) -> bool:
    """Say whether a name is one that a finding could have in a baseline."""
    package, _, finding = name.partition(" ")
    language, _, distribution = package.partition(":")
    question, _, place = finding.partition(":")
    return is_language(language) and bool(distribution) and question in list(Question) and bool(place)


def is_waived(judgement: Judgement, finding: Finding, baseline: Baseline) -> bool:
    """Say whether a finding that would stop a release is accepted on the day that counts."""
    waiver = baseline.waivers.get(key(judgement, finding))
    return finding.severity.fails and waiver is not None and baseline.as_of <= waiver.expires


def stopping(judgements: Sequence[Judgement], baseline: Baseline) -> list[tuple[Judgement, Finding]]:
    """Give the findings that stop a release: those that are grave, not waived, and not of the reference."""
    return [
        (judgement, finding)
        for judgement in judgements
        for finding in judgement.findings
        if not judgement.is_reference
        and finding.severity.fails
        and not is_waived(judgement, finding, baseline)
    ]


def _release(judgement: Judgement, baseline: Baseline) -> dict[str, Any]:
    release, introduction = judgement.release, judgement.introduction
    findings = sorted(judgement.findings, key=lambda one: list(Severity).index(one.severity))
    return {
        "name": release.name,
        "language": str(release.language),
        "package": release.package,
        "version": release.version,
        "is_reference": judgement.is_reference,
        "dependencies": dict(sorted(release.dependencies.items())),
        "runtime": introduction.runtime if introduction else "",
        "modes": list(introduction.modes) if introduction else [],
        "method": judgement.method,
        "seconds": round(judgement.seconds, 1),
        "ended_early": judgement.ended_early,
        "outcomes": {question.value: _outcomes(judgement, question) for question in Question},
        "severities": {
            severity.value: sum(finding.severity is severity for finding in findings) for severity in Severity
        },
        "checks": [asdict(check) for check in judgement.checks],
        "findings": [
            asdict(finding)
            | {"key": key(judgement, finding), "is_waived": is_waived(judgement, finding, baseline)}
            for finding in findings
        ],
    }


def _outcomes(judgement: Judgement, question: Question) -> dict[str, int]:
    outcomes = [check.outcome for check in judgement.checks if check.question == question]
    return {outcome.value: outcomes.count(outcome) for outcome in Outcome}


def _waivers(judgements: Sequence[Judgement], facts: RunFacts) -> list[dict[str, Any]]:
    """Give the waivers, each with what the run says of it."""
    return [
        {
            "finding": waiver.clause,
            "reason": waiver.reason,
            "owner": waiver.owner,
            "expires": waiver.expires.isoformat(),
            "file": facts.baseline.file,
            "line": waiver.line,
            "state": _state(waiver.clause, judgements, facts).value,
        }
        for waiver in facts.baseline.waivers.values()
    ]


def _state(name: str, judgements: Sequence[Judgement], facts: RunFacts) -> State:
    found = [
        finding
        for judgement in judgements
        for finding in judgement.findings
        if key(judgement, finding) == name
    ]
    # What stops no release needs no waiver.
    if any(finding.severity.fails for finding in found):
        is_current = facts.baseline.as_of <= facts.baseline.waivers[name].expires
        return State.IN_USE if is_current else State.EXPIRED
    package = name.partition(" ")[0]
    judged = [one for one in judgements if f"{one.release.language}:{one.release.package}" == package]
    # Where the operation is missing, nothing was asked that could have shown it.
    is_sure = judged and not facts.ended_early and all(one.method and not one.ended_early for one in judged)
    return State.NOT_NEEDED if is_sure else State.NOT_SEEN


def write(report: Mapping[str, Any], folder: Path) -> Path:
    """Write the record as `FILE` in `folder`, whole or not at all.

    Raises:
        OSError: the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    atomic.write(json.dumps(report, indent=1) + "\n", path)
    return path
