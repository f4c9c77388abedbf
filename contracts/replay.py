"""Sends again what showed a broken clause, under the same guard as everything else, and judges it anew."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

import httpx

from contracts.checks import observe
from contracts.contract import Contract
from contracts.errors import UsageError
from contracts.exchange import Account, Identity
from contracts.fragment import Fragment
from contracts.ledger import Observation, Verdict
from contracts.plan import Probe
from contracts.run import Run, RunOptions, open_run
from contracts.secrecy import redactor_for
from contracts.words import counted

REPLAY = "0-replay"
KINDS = ("emulator", "live")
_SEGMENT = re.compile(r"[A-Za-z0-9_-]+")
"""Of a path, behind that of the operation."""
_AS_IT_WAS = "replay the record as the run left it, with the suite that wrote it"


@dataclass(frozen=True, slots=True)
class Replayed:
    """Whether a clause is still broken (None: nothing that came could tell), and a sentence on it."""

    is_broken: bool | None
    sentence: str


def replay(
    report: Mapping[str, Any], clause_id: str, fragment: Fragment, *, unsafe_probes: bool = False
) -> Replayed:
    """Send the exchange by which a record shows a clause broken, as of the day of the record.

    Where one answer alone does not tell, or the record lacks the exchange, all is sent that the clause needs.
    `unsafe_probes` lets a live server of one's own be sent what only such a one may be sent.

    Raises:
        UsageError: the record does not show the clause broken, or is of another server than the environment
            names, or of a clause that the contract no longer has, or the target must not be sent such a
            request.
        CouldNotTest: the target does not answer, or refuses the credentials.
    """
    entry = _broken_entry(report, clause_id)
    target = report["target"]
    if target["kind"] not in KINDS:
        raise UsageError(
            f"the record is of a {target['kind']}, for which nothing was sent", "run the suite itself"
        )
    redactor = redactor_for(fragment, target["kind"], shows_values=False)
    contract = Contract(fragment, date.fromisoformat(report["as_of"]), redactor)
    if clause_id not in contract.clauses:
        problem = f"the contract has no clause {clause_id!r} any more"
        raise UsageError(problem, "replay with the suite that wrote the record")
    options = RunOptions(
        target["kind"], fault=target["fault"], variant=target["variant"], unsafe_probes=unsafe_probes
    )
    with open_run(contract, options) as run:
        _refuse_other_server(run, target["base_url"])
        run.bring(["access"])
        recorded = _recorded(report, entry)
        return (_sent_again(run, recorded, clause_id) if recorded else None) or _judged(run, clause_id)


def _broken_entry(report: Mapping[str, Any], clause_id: str) -> Mapping[str, Any]:
    broken: dict[str, Mapping[str, Any]] = {
        entry["id"]: entry for entry in report["clauses"] if entry["exemplars"]
    }
    if clause_id in broken:
        return broken[clause_id]
    near = get_close_matches(clause_id, broken, n=3, cutoff=0.4)
    shown = ", ".join(near or list(broken)[:3])
    advice = f"it shows {shown}{' and others' if len(broken) > 3 else ''}" if broken else "it shows none"
    raise UsageError(f"the record does not show {clause_id!r} broken", advice)


def _refuse_other_server(run: Run, base_url: str) -> None:
    if run.target.kind == "live" and run.target.shown_url != base_url:
        problem = f"the record is of {base_url}, and the environment names {run.target.shown_url}"
        raise UsageError(problem, f"set {run.contract.fragment.server_env}")


def _recorded(report: Mapping[str, Any], entry: Mapping[str, Any]) -> Mapping[str, Any] | None:
    by_id = {exchange["id"]: exchange for exchange in report["exchanges"]}
    names = (exemplar["exchange"] for exemplar in entry["exemplars"])
    return next((by_id[name] for name in names if name in by_id), None)


def _sent_again(run: Run, recorded: Mapping[str, Any], clause_id: str) -> Replayed | None:
    """Send a recorded exchange; None where its answer alone says nothing of the clause."""
    probe = _probe(recorded["request"], run.contract.fragment)
    try:
        exchange = run.traffic.client.send(probe, REPLAY)
    except (UnicodeEncodeError, httpx.InvalidURL):
        raise UsageError("the recorded request has what no URL can have", _AS_IT_WAS) from None
    for seen in observe(run.contract.read(exchange), run.contract):
        if seen.clause == clause_id and (seen.broken or seen.checked):
            told = f"{clause_id} is {_seen_again(seen)} ({exchange.request.line})"
            return Replayed(bool(seen.broken), run.traffic.client.scrub(told))
    return None


def _seen_again(seen: Observation) -> str:
    """Say what one answer shows of a clause."""
    places = counted(seen.checked, "place")
    if not seen.broken:
        return f"not broken this time, kept at {places}"
    said = f"still broken, at {seen.broken:,} of {places}"
    for finding in seen.findings[:1]:
        said += f": {finding.pointer or 'the answer'}: {finding.actual}"
    return said


def _judged(run: Run, clause_id: str) -> Replayed:
    """Judge a clause by all the traffic that it needs."""
    verdict, _ = run.judge(run.contract.clauses[clause_id])
    how = f"judged anew with {counted(run.traffic.client.sent, 'request')}, as one answer does not tell"
    if verdict in (Verdict.VERIFIED, Verdict.RETIRED):
        return Replayed(False, f"{clause_id} is not broken any more ({how})")
    if verdict is Verdict.VIOLATED:
        return Replayed(True, f"{clause_id} is still broken ({how})")
    return Replayed(None, f"{clause_id} is {verdict}: nothing can be said of it now ({how})")


def _probe(request: Mapping[str, Any], fragment: Fragment) -> Probe:
    """Give what a recorded request asked for.

    Raises:
        UsageError: no run asks for such a thing: the record was changed, or is of another contract.
    """
    identity = request["identity"]
    beyond = request["path"].split("/")[len(fragment.path.split("/")) :]
    odd = [name for name in identity["schemes"] if name not in fragment.schemes]
    odd += [segment for segment in beyond if not _SEGMENT.fullmatch(segment)]
    if odd:
        problem = f"the recorded request has {odd[0]!r}, which no run sends"
        raise UsageError(problem, _AS_IT_WAS)
    return Probe(
        identity=Identity(tuple(identity["schemes"]), identity["defect"], identity["scheme"]),
        query=tuple((name, text) for name, text in request["query"]),
        account=Account(request["account"]),
        method=request["method"],
        route_suffix="".join(f"/{segment}" for segment in beyond),
    )
