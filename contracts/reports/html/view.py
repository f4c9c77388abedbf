"""Arranges what a record says in the order in which a page tells it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from contracts.ledger import Verdict
from contracts.reports.compliance import WOULD_SHOW
from contracts.yaml_source import unescape

Entry = Mapping[str, Any]

_SHOW_EVIDENCE = (Verdict.VIOLATED, Verdict.UNSTABLE, Verdict.WAIVED)
"""The verdicts with evidence, in the order of the page."""

IN_PRINT = 3
"""So many clauses of each verdict have their evidence in print, and so many their days."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What one answer shows of a broken promise: the `places` in it, and the exchange, unless that stands
    with an earlier clause, whose id is `with_clause` then."""

    request: str
    curl: str
    status: int
    places: Sequence[Entry]
    exchange: Entry | None
    with_clause: str
    needles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Card:
    """A clause with all evidence that the record has."""

    clause: Entry
    shown: Sequence[Shown]


@dataclass(frozen=True, slots=True)
class Unseen:
    """Clauses that were not seen for one reason."""

    would_show: str
    why: str
    clauses: Sequence[Entry]


def cards(report: Entry) -> dict[str, list[Card]]:
    """Give the clauses that evidence speaks against, by verdict; each exchange stands with the first that
    needs it."""
    exchanges = {exchange["id"]: exchange for exchange in report["exchanges"]}
    homes: dict[str, str] = {}
    return {
        verdict.value: [
            Card(clause, tuple(_shown(clause, exchanges, homes)))
            for clause in report["clauses"]
            if clause["verdict"] == verdict
        ]
        for verdict in _SHOW_EVIDENCE
    }


def _shown(clause: Entry, exchanges: Mapping[str, Entry], homes: dict[str, str]) -> Iterator[Shown]:
    """Yield the answers that show a clause broken, and note with which clause each exchange stands."""
    for _, group in groupby(clause["exemplars"], key=lambda one: (one["origin"], one["offset"])):
        places = list(group)
        first, name = places[0], places[0]["exchange"]
        home = homes.setdefault(name, clause["id"]) if name else clause["id"]
        yield Shown(
            request=first["request"],
            curl=first["curl"],
            status=first["status"],
            places=places,
            exchange=exchanges.get(name) if home == clause["id"] else None,
            with_clause="" if home == clause["id"] else home,
            needles=frozenset(_needle(place) for place in places if "/" in place["pointer"]),
        )


def _needle(place: Entry) -> str:
    """Give how a broken member reads in a body that is written as JSON."""
    name = unescape(place["pointer"].rpartition("/")[2])
    return place["actual"] if name.isdecimal() else f'"{name}": {place["actual"]}'


def unseen(report: Entry) -> list[Unseen]:
    """Give the clauses that could not be seen, by what would show them, the most of them first."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    for clause in report["clauses"]:
        if clause["verdict"] == Verdict.UNOBSERVED:
            why = clause["reason"].removesuffix(f"{WOULD_SHOW}{clause['shown_by']}")
            groups.setdefault((clause["shown_by"], why), []).append(clause)
    found = [Unseen(*reason, clauses) for reason, clauses in groups.items()]
    return sorted(found, key=lambda group: -len(group.clauses))


def half_seen(report: Entry) -> list[Entry]:
    """Give the clauses that were kept wherever they were seen, though not every case of them came."""
    return [
        clause for clause in report["clauses"] if clause["verdict"] == Verdict.VERIFIED and clause["unseen"]
    ]


def listing(report: Entry, *, keyword: str, member: str) -> list[Entry]:
    """Give the clauses on a keyword that tell in one of their members how often what came."""
    return [clause for clause in report["clauses"] if clause["keyword"] == keyword and clause[member]]


def unproven(report: Entry) -> list[Entry]:
    """Give the clauses of which it was never shown that the suite notices when they are broken."""
    return [clause for clause in report["clauses"] if not clause["proven_by"]]


def values(report: Entry, member: str) -> list[str]:
    """Give the different values that clauses have in a member, in their order."""
    return list(dict.fromkeys(clause[member] for clause in report["clauses"]))
