"""Tells what an audit found: the record that all reports are made from, and the lines of a terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.audit.sums import UNDATED, Sum
from contracts.clauses import Takes
from contracts.contract import Contract
from contracts.reports import compliance
from contracts.reports.terminal import what_showed_it
from contracts.reports.visible import visible
from contracts.words import counted

_MAX_NAMED = 4
_MAX_IN_FULL = 5
_BEYOND = {
    Takes.SERIES: "it: it takes several answers that belong together",
    Takes.REASON: "it kept: it does not tell why a request was refused",
    Takes.STRANGER: "it: it does not tell whose an account is, or which credentials are good",
    Takes.DETOUR: "it: what was sent to other routes, or with other methods, is passed over",
}
"""What recorded traffic cannot show of a clause, and why."""


def report(
    contract: Contract, seen: Sum, facts: compliance.RunFacts, files: int, *, by_day: bool
) -> dict[str, Any]:
    """Give the record of an audit as plain JSON data; `by_day` as in the terms of an audit."""
    return compliance.compliance(contract, seen.ledger, facts) | {
        "recording": {
            "files": files,
            "by_day": by_day,
            "read": seen.read,
            "passed_over": seen.passed_over,
            "untelling": seen.untelling,
            "unreadable": seen.unreadable,
            "unreadable_places": [list(place) for place in seen.unreadable_places],
            "answers_broken": dict(sorted(seen.answers_broken.items())),
        },
        "days": days(contract, seen),
    }


def beyond(contract: Contract) -> dict[str, str]:
    """Say of the clauses that no recording can show why it cannot."""
    return {
        clause.id: f"recorded traffic cannot show {_BEYOND[clause.takes]}"
        for clause in contract.clauses.values()
        if clause.takes in _BEYOND
    }


def days(contract: Contract, seen: Sum) -> dict[str, Any]:
    """Give the answers over time, and who was sent which value last."""
    enums = {clause.id for clause in contract.clauses.values() if clause.keyword == "enum" and clause.points}
    dated = sorted((day, ledger) for day, ledger in seen.days.items() if day != UNDATED)
    broken: dict[str, list[str]] = {}
    points: dict[str, dict[str, list[str]]] = {}
    for day, ledger in dated:
        for clause, tally in sorted(ledger.tallies.items()):
            if tally.broken:
                broken.setdefault(clause, [day, day])[1] = day
            for point in sorted(point for point, times in tally.points.items() if times):
                points.setdefault(clause, {}).setdefault(point, [day, day])[1] = day
    undated = seen.days[UNDATED].requests if UNDATED in seen.days else 0
    return {
        "days": [
            {
                "day": day,
                "answers": ledger.requests,
                "clauses": {
                    clause: [tally.checked, tally.broken] for clause, tally in sorted(ledger.tallies.items())
                },
                "values": {
                    clause: {point: times for point, times in sorted(tally.points.items()) if times}
                    for clause, tally in sorted(ledger.tallies.items())
                    if clause in enums
                },
            }
            for day, ledger in dated
        ],
        "undated": undated,
        "older": seen.older,
        "broken": dict(sorted(broken.items())),
        "points": dict(sorted(points.items())),
        "callers": seen.callers.told(),
    }


def told(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines that only an audit has."""
    recording, days = report["recording"], report["days"]
    for origin, offset, why in recording["unreadable_places"]:
        yield f"unreadable: {origin} at {offset}: {why}"
    yield (
        f"{counted(recording['read'], 'exchange')} in {counted(recording['files'], 'recording')}: "
        f"{recording['passed_over']:,} of other operations, "
        f"{recording['untelling']:,} that tell nothing of it; "
        f"{counted(recording['unreadable'], 'record')} could not be read"
    )
    entries = {entry["id"]: entry for entry in report["clauses"]}
    for number, (clause, answers) in enumerate(recording["answers_broken"].items()):
        first, last = days["broken"].get(clause, ("", ""))
        when = f"first on {first}, last on {last}" if first else "on none of the days told apart"
        yield f"broken: {clause}: by {counted(answers, 'answer')}, {when}"
        if number < _MAX_IN_FULL:
            yield from _in_full(entries[clause], report["fragment"]["file"])
    for entry in report["clauses"]:
        if entry["checked"] and entry["unseen"]:
            names = ", ".join(entry["unseen"][:_MAX_NAMED])
            more = len(entry["unseen"]) - _MAX_NAMED
            yield f"never seen: {entry['id']}: {names}{f' and {more} more' if more > 0 else ''}"


def _in_full(entry: Mapping[str, Any], file: str) -> Iterator[str]:
    yield f"  promised  {file}:{entry['line']}: {entry['promise']}"
    for exemplar in entry["exemplars"][:1]:
        yield f"  recorded  in {visible(exemplar['origin'])} at {exemplar['offset']}"
    yield from what_showed_it(entry, "")


def nothing_of_it(contract: Contract, seen: Sum) -> str:
    """Say that no exchange was of the operation, and what may be the cause; empty where one was."""
    if seen.ledger.requests:
        return ""
    if not seen.read:
        return "no exchange could be read, so nothing was judged"
    fragment = contract.fragment
    none = "the only exchange was not" if seen.read == 1 else f"none of {seen.read:,} exchanges was"
    return (
        f"{none} of {fragment.method} {fragment.path}; if they went through a gateway with a base path of "
        f"its own, name its base URL in {fragment.server_env}"
    )
