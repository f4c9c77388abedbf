"""`compliance.json`: the verdict and the evidence for every clause, versioned, the source of all reports."""

import platform
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from contracts import __version__
from contracts.baseline import NO_BASELINE, Baseline, State, state
from contracts.clauses import Clause
from contracts.contract import Contract
from contracts.exit_status import EXIT_BROKEN, EXIT_KEPT, EXIT_TOO_LITTLE
from contracts.ledger import ELAPSED_BOUNDS_MS, Exemplar, Ledger, Tally, Verdict
from contracts.reports.deprecations import announced, deprecations
from contracts.reports.exchanges import exchange_id
from contracts.reports.sensitivity import figures, measured
from contracts.schedule import PURPOSES, parts_for

if TYPE_CHECKING:
    # Who only reads records does not pay for the client and the emulator.
    from contracts.targets import Target
    from contracts.traffic import Spent

FORMAT = "contract-compliance"
VERSION = 2
WOULD_SHOW = "; what would show it: "
"""In a reason this stands before what would show a clause that was not seen."""
INTERRUPTED = "interrupted"
"""With this word begins why a run ended early that somebody ended."""
UNWRITTEN = "could not test: what the run found could not be written"
"""With this a session ends whose record, or a part of it, there was no room for."""


class Outcome(StrEnum):
    """What a run says of the contract as a whole."""

    KEPT = "kept"
    BROKEN = "broken"
    INCOMPLETE = "incomplete"
    """Nothing is broken, but too little was seen to say more."""
    UNTESTED = "untested"
    """The target could not be judged, or not to the end."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What is to be known of a run beside its ledger. `selected` are the ids of the clauses judged;
    `cut_short` says of each group of traffic that was not sent in full why; `requests_digest` is equal for
    runs that sent the same requests, `account`, a pseudonym, for runs under one key that asked for the same;
    `unsettled` are the clauses that were broken once and could not be looked at again, `sent` counts the
    requests, those that were sent again among them, `throttled` counts the answers that asked to slow down,
    `waited_s` adds up the waits but for those that kept the pace; `baseline` holds the waivers that count;
    `exit_status` and `sentence` are what the session ends with; `parts` says what each part of the traffic
    took; `exchanges` are those of the exemplars, as `exchanges.py` records them; `ci` names the job; `beyond`
    says of clauses that nothing of the kind that was judged can show why it cannot."""

    target: "Target"
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
    exit_status: int = EXIT_KEPT
    sentence: str = ""
    parts: Mapping[str, "Spent"] = field(default_factory=dict)
    exchanges: Sequence[Mapping[str, Any]] = ()
    ci: Mapping[str, str] | None = None
    beyond: Mapping[str, str] = field(default_factory=dict)


def compliance(contract: Contract, ledger: Ledger, facts: RunFacts) -> dict[str, Any]:
    """Give the report of a run as plain JSON data."""
    judged = [(contract.clauses[id_], ledger.tally(id_)) for id_ in facts.selected]
    verdicts = {clause.id: facts.baseline.verdict(clause, tally) for clause, tally in judged}
    waivers = _waivers(facts, verdicts)
    sensitivity = measured(contract.fragment.digest)
    proofs = sensitivity["clauses"] if sensitivity else {}
    seconds = _seconds(facts)
    entries = [
        _entry(contract, clause, tally, verdicts[clause.id], facts)
        | {"proven_by": proofs.get(clause.id, []), "waiver": waivers.get(clause.id)}
        | ({"seconds": round(seconds[clause.id], 6)} if facts.parts else {})
        for clause, tally in judged
    ]
    return {
        "format": FORMAT,
        "version": VERSION,
        "suite": {"version": __version__, "python": platform.python_version()},
        "ci": dict(facts.ci) if facts.ci else None,
        "fragment": _fragment(contract),
        "target": _target(facts),
        "outcome": {
            "word": outcome(facts.exit_status, verdicts.values()).value,
            "exit_status": facts.exit_status,
            "sentence": facts.sentence,
        },
        "shows_values": contract.redactor.shows_values,
        "as_of": contract.as_of.isoformat(),
        "started": facts.started.isoformat(timespec="seconds"),
        "finished": facts.finished.isoformat(timespec="seconds"),
        "seconds": round((facts.finished - facts.started).total_seconds(), 3),
        "ended_early": facts.ended_early,
        "cut_short": dict(facts.cut_short),
        "requests": _requests(ledger, facts),
        "elapsed_ms": elapsed(ledger),
        "parts": _parts(facts),
        "verdicts": count_verdicts(entries),
        "families": {
            family: count_verdicts(entry for entry in entries if entry["family"] == family)
            for family in dict.fromkeys(entry["family"] for entry in entries)
        },
        "baseline": list(waivers.values()),
        "deprecations": list(deprecations(contract, ledger, verdicts)),
        "announced": announced(ledger),
        "sensitivity": figures(sensitivity) if sensitivity else None,
        "clauses": entries,
        "exchanges": list(facts.exchanges),
    }


def _fragment(contract: Contract) -> dict[str, Any]:
    return {
        "title": contract.fragment.title,
        "version": contract.fragment.version,
        "operation": f"{contract.fragment.method} {contract.fragment.path}",
        "documentation": contract.fragment.documentation_url,
        "file": contract.fragment.file,
        "sha256": contract.fragment.digest,
        "clauses": len(contract.clauses),
    }


def _target(facts: RunFacts) -> dict[str, Any]:
    return {
        "kind": facts.target.kind,
        "base_url": facts.target.shown_url,
        "account": facts.account,
        "replay_hint": facts.target.replay_hint,
        "fault": facts.target.fault,
        "variant": facts.target.variant,
    }


def _requests(ledger: Ledger, facts: RunFacts) -> dict[str, Any]:
    return {
        "sent": facts.sent or ledger.requests,
        "answered": ledger.answered,
        "limit": facts.target.max_requests,
        "throttled": facts.throttled,
        "waited_s": round(facts.waited_s, 1),
        "sha256": facts.requests_digest,
        "by_status": dict(sorted(ledger.statuses.items())),
    }


def _parts(facts: RunFacts) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "purpose": PURPOSES[name],
            "requests": spent.requests,
            "seconds": round(spent.seconds, 3),
            "cut_short": facts.cut_short.get(name, "" if spent.is_whole else _unfinished(facts)),
        }
        for name, spent in facts.parts.items()
    ]


def _seconds(facts: RunFacts) -> Counter[str]:
    """Split the seconds of each part of the traffic evenly among the selected clauses judged from it."""
    shares: Counter[str] = Counter()
    for spent in facts.parts.values():
        judged = spent.clauses.intersection(facts.selected)
        shares.update(dict.fromkeys(judged, spent.seconds / max(len(judged), 1)))
    return shares


def outcome(exit_status: int, verdicts: Iterable[Verdict]) -> Outcome:
    """Say what a session that ends with this status says of the contract."""
    if Verdict.VIOLATED in verdicts:
        return Outcome.BROKEN
    if exit_status == EXIT_KEPT:
        return Outcome.KEPT
    return Outcome.INCOMPLETE if exit_status in (EXIT_BROKEN, EXIT_TOO_LITTLE) else Outcome.UNTESTED


def _unfinished(facts: RunFacts) -> str:
    return facts.ended_early or "the run ended during it"


def elapsed(ledger: Ledger) -> dict[str, Any]:
    """Give how long answers took: how many at most so long, and the bounds that halves of them, and 95 in
    100, keep; null where that is beyond the last bound, or nothing was answered."""
    buckets = [[bound, ledger.elapsed_ms[str(bound)]] for bound in ELAPSED_BOUNDS_MS]
    return {
        "at_most": buckets,
        "more": ledger.elapsed_ms["more"],
        "median": _percentile(ledger, 50),
        "p95": _percentile(ledger, 95),
    }


def _percentile(ledger: Ledger, percent: int) -> int | None:
    total, below = ledger.elapsed_ms.total(), 0
    for bound in ELAPSED_BOUNDS_MS:
        below += ledger.elapsed_ms[str(bound)]
        if total and below * 100 >= percent * total:
            return bound
    return None


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


def _entry(
    contract: Contract, clause: Clause, tally: Tally, verdict: Verdict, facts: RunFacts
) -> dict[str, Any]:
    known = {exchange["id"] for exchange in facts.exchanges}
    exemplars = [asdict(exemplar) | {"exchange": _shown_by(exemplar, known)} for exemplar in tally.exemplars]
    return {
        "id": clause.id,
        "family": clause.family.value,
        "keyword": clause.keyword,
        "source": clause.source,
        "line": clause.line,
        "pointer": clause.pointer,
        "excerpt": contract.fragment.excerpt(clause.line),
        "promise": clause.promise,
        "description": clause.description,
        "shown_by": "" if clause.id in facts.beyond else clause.shown_by,
        "sunset": clause.sunset.isoformat() if clause.sunset else None,
        "verdict": verdict.value,
        "reason": _beyond(clause, verdict, facts)
        or reason(clause, tally, verdict, facts.cut_short, facts.unsettled),
        "checked": tally.checked,
        "broken": tally.broken,
        "unstable": tally.unstable,
        "gone": tally.gone,
        "still_sent": tally.still_sent,
        "points": {point: tally.points[point] for point in clause.points},
        "unseen": tally.unseen(clause),
        "shapes": dict(sorted(tally.shapes.items())),
        "exemplars": exemplars,
    }


def _shown_by(exemplar: Exemplar, known: Collection[str]) -> str | None:
    """Name the exchange of an exemplar, if the report has it."""
    name = exchange_id(exemplar.origin, exemplar.offset)
    return name if name in known else None


def reason(
    clause: Clause,
    tally: Tally,
    verdict: Verdict,
    cut_short: Mapping[str, str],
    unsettled: Collection[str] = (),
) -> str:
    """Say why a clause could not be called kept or broken; empty where it could.

    `cut_short` says of each part of the traffic that was not sent in full why, `unsettled` names the clauses
    that could not be looked at again.
    """
    if verdict is Verdict.UNOBSERVED:
        cut = [part for part in parts_for(clause) if part in cut_short]
        why = "".join(f", and {part} was cut short: {cut_short[part]}" for part in cut)
        return f"not seen{why}{WOULD_SHOW}{clause.shown_by}"
    if verdict is Verdict.RETIRED:
        return f"past its end of life ({clause.sunset}), and {_since_its_end(clause, tally)}"
    if verdict is Verdict.UNSTABLE and clause.id in unsettled:
        return "broken once, and the run ended before it could be looked at again"
    if verdict is Verdict.UNSTABLE:
        return "broken once, and not in the same way when looked at again"
    return ""


def _beyond(clause: Clause, verdict: Verdict, facts: RunFacts) -> str:
    """Say why a clause was not seen that could not be."""
    is_beyond = verdict is Verdict.UNOBSERVED and clause.id in facts.beyond
    return f"not seen, and {facts.beyond[clause.id]}" if is_beyond else ""


def _since_its_end(clause: Clause, tally: Tally) -> str:
    """Say what became of a member of which a clause no longer promises anything."""
    if not tally.still_sent or clause.keyword != "required":
        return "left out, as announced"
    where = "sent at some places and left out at others" if tally.gone else "still sent"
    return f"can no longer be broken: it is {where}, which is allowed"
