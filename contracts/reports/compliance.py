"""`compliance.json`: the verdict and the evidence for every clause, versioned, the source of all reports."""

import json
import os
import tempfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from contracts import __version__
from contracts.baseline import NO_BASELINE, Baseline, State, state
from contracts.clauses import Clause
from contracts.contract import Contract
from contracts.ledger import Ledger, Tally, Verdict
from contracts.reports.deprecations import announced, deprecations
from contracts.schedule import parts_for
from contracts.targets import Target

FORMAT = "contract-compliance"
VERSION = 1


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What is to be known of a run beside its ledger. `selected` are the ids of the clauses judged;
    `cut_short` says of each group of traffic that was not sent in full why; `requests_digest` is equal for
    runs that sent the same requests, `account`, a pseudonym, for runs under one key that asked for the same;
    `unsettled` are the clauses that were broken once and could not be looked at again, `sent` counts the
    requests, those that were sent again among them, `throttled` counts the answers that asked to slow down,
    `waited_s` adds up the waits but for those that kept the pace; `baseline` holds the waivers that count."""

    target: Target
    started: datetime
    finished: datetime
    selected: tuple[str, ...]
    cut_short: Mapping[str, str]
    requests_digest: str
    ended_early: str = ""
    unsettled: frozenset[str] = frozenset()
    sent: int = 0
    throttled: int = 0
    waited_s: float = 0.0
    baseline: Baseline = NO_BASELINE
    account: str = ""


def compliance(contract: Contract, ledger: Ledger, facts: RunFacts) -> dict[str, Any]:
    """Give the report of a run as plain JSON data."""
    judged = [(contract.clauses[id_], ledger.tally(id_)) for id_ in facts.selected]
    verdicts = {clause.id: facts.baseline.verdict(clause, tally) for clause, tally in judged}
    waivers = _waivers(facts, verdicts)
    entries = [
        _entry(clause, tally, verdicts[clause.id], facts) | {"waiver": waivers.get(clause.id)}
        for clause, tally in judged
    ]
    return {
        "format": FORMAT,
        "version": VERSION,
        "suite": {"version": __version__},
        "fragment": {
            "title": contract.fragment.title,
            "file": contract.fragment.file,
            "sha256": contract.fragment.digest,
            "clauses": len(contract.clauses),
        },
        "target": {
            "kind": facts.target.kind,
            "base_url": facts.target.shown_url,
            "account": facts.account,
        },
        "shows_values": contract.redactor.shows_values,
        "as_of": contract.as_of.isoformat(),
        "started": facts.started.isoformat(timespec="seconds"),
        "finished": facts.finished.isoformat(timespec="seconds"),
        "seconds": round((facts.finished - facts.started).total_seconds(), 3),
        "ended_early": facts.ended_early,
        "cut_short": dict(facts.cut_short),
        "requests": {
            "sent": facts.sent or ledger.requests,
            "answered": ledger.requests,
            "limit": facts.target.max_requests,
            "throttled": facts.throttled,
            "waited_s": round(facts.waited_s, 1),
            "sha256": facts.requests_digest,
            "by_status": dict(sorted(ledger.statuses.items())),
            "by_elapsed_ms": dict(ledger.elapsed_ms),
        },
        "verdicts": count_verdicts(entries),
        "families": {
            family: count_verdicts(entry for entry in entries if entry["family"] == family)
            for family in dict.fromkeys(entry["family"] for entry in entries)
        },
        "baseline": list(waivers.values()),
        "deprecations": list(deprecations(contract, ledger, verdicts)),
        "announced": announced(ledger),
        "clauses": entries,
    }


def count_verdicts(entries: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Count the clauses of a report by verdict, with all verdicts named."""
    verdicts = [entry["verdict"] for entry in entries]
    return {verdict.value: verdicts.count(verdict.value) for verdict in Verdict}


def _waivers(facts: RunFacts, verdicts: Mapping[str, Verdict]) -> dict[str, dict[str, Any]]:
    """Give the waivers of the baseline by clause id, each with what the run says of it."""
    found = {}
    for waiver in facts.baseline.waivers.values():
        said = state(verdicts.get(waiver.clause))
        if said is State.NOT_NEEDED and facts.ended_early:
            # What was to come could still have broken the clause.
            said = State.NOT_SEEN
        expires = waiver.expires.isoformat()
        place = {"file": facts.baseline.file, "line": waiver.line}
        found[waiver.clause] = place | asdict(waiver) | {"expires": expires, "state": said.value}
    return found


def _entry(clause: Clause, tally: Tally, verdict: Verdict, facts: RunFacts) -> dict[str, Any]:
    return {
        "id": clause.id,
        "family": clause.family.value,
        "source": clause.source,
        "line": clause.line,
        "promise": clause.promise,
        "description": clause.description,
        "verdict": verdict.value,
        "reason": reason(clause, verdict, facts.cut_short, facts.unsettled),
        "checked": tally.checked,
        "broken": tally.broken,
        "unstable": tally.unstable,
        "gone": tally.gone,
        "points": {point: tally.points[point] for point in clause.points},
        "unseen": tally.unseen(clause),
        "exemplars": [asdict(exemplar) for exemplar in tally.exemplars],
    }


def reason(
    clause: Clause, verdict: Verdict, cut_short: Collection[str], unsettled: Collection[str] = ()
) -> str:
    """Say why a clause could not be called kept or broken; empty where it could.

    `cut_short` names the parts of the traffic that were not sent in full, `unsettled` the clauses that could
    not be looked at again.
    """
    if verdict is Verdict.UNOBSERVED:
        cut = [part for part in parts_for(clause) if part in cut_short]
        why = f", and the budget ended during {' and '.join(cut)}" if cut else ""
        return f"not seen{why}; what would show it: {clause.shown_by}"
    if verdict is Verdict.RETIRED:
        return f"past its end of life ({clause.sunset}) and gone"
    if verdict is Verdict.UNSTABLE and clause.id in unsettled:
        return "broken once, and the run ended before it could be looked at again"
    if verdict is Verdict.UNSTABLE:
        return "broken once, and not in the same way when looked at again"
    return ""


def write(report: Mapping[str, Any], folder: Path) -> Path:
    """Write the report as `compliance.json` in `folder`, whole or not at all, readable by the owner only.

    Raises:
        OSError: the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "compliance.json"
    handle, name = tempfile.mkstemp(dir=folder, prefix=".compliance-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(report, file, indent=1, ensure_ascii=True)
            file.write("\n")
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path
