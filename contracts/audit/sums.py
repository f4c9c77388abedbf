"""The sum of an audit: a ledger for each day, the evidence, and what was passed over or could not be read.

As with ledgers, adding is associative and commutative, and the sum is of bounded size: the same comes out
however the work was cut.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from contracts.audit.callers import Callers
from contracts.exchange import Exchange
from contracts.ledger import Ledger, Observation

MAX_DAYS = 400
"""The last so many days are told apart; what is older is in the sum alone."""
MAX_UNREADABLE = 5
"""So many places of records that could not be read are named, the first of all."""

UNDATED = ""
"""The day of exchanges whose time was not recorded."""

Place = tuple[str, int]
"""Where an exchange stands: its origin and its offset there."""


class Sum:
    """What was observed of the records added so far.

    `ledger` holds it all once `settle` was called, `days` the same by day, without exemplars;
    `answers_broken` counts the answers that broke each clause, `evidence` holds the exchanges of the
    exemplars as `reports/exchanges.py` records them, `callers` who was sent which value last. `untelling`
    counts answers that HTTP or something in between gave.
    """

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.days: dict[str, Ledger] = {}
        self.answers_broken: Counter[str] = Counter()
        self.evidence: dict[Place, dict[str, Any]] = {}
        self.callers = Callers()
        self.read = 0
        self.passed_over = 0
        self.untelling = 0
        self.unreadable = 0
        self.unreadable_places: list[tuple[str, int, str]] = []
        self._open: dict[str, Ledger] = {}
        self._texts_of_days: dict[str, str] = {}
        self._texts_of_evidence: dict[Place, str] = {}

    def see(
        self, day: str, observations: Iterable[Observation], exchange: Exchange, *, is_timed: bool
    ) -> Ledger:
        """Count an exchange and add what it was observed to say; give the ledger of its day so far."""
        ledger = self._open_ledger(day)
        ledger.record(exchange, is_timed=is_timed)
        ledger.add(observations, exchange)
        return ledger

    def count(self, day: str, observations: Iterable[Observation]) -> None:
        """Add observations of exchanges that were counted already, and broke nothing."""
        self._open_ledger(day).count(observations)

    def _open_ledger(self, day: str) -> Ledger:
        ledger = self._open.get(day)
        if ledger is None:
            ledger = self._open[day] = Ledger()
        return ledger

    def miss(self, origin: str, offset: int, why: str) -> None:
        """Count a record that cannot be read."""
        self.unreadable += 1
        self._name([(origin, offset, why)])

    def settle(self) -> None:
        """Bring what was seen since into the ledger and the days, and let go of what is too much."""
        for day, ledger in self._open.items():
            self.ledger.merge(ledger)
            for tally in ledger.tallies.values():
                tally.exemplars = ()
            self._add_day(day, ledger)
        self._open = {}
        self.callers.settle()
        self._let_go()

    def add(self, other: "Sum") -> None:
        """Add another sum that is settled to this one, which is so as well."""
        self.ledger.merge(other.ledger)
        for day, ledger in other.days.items():
            self._add_day(day, ledger)
        self.answers_broken.update(other.answers_broken)
        self.evidence.update(other.evidence)
        self.callers.add(other.callers)
        self.read += other.read
        self.passed_over += other.passed_over
        self.untelling += other.untelling
        self.unreadable += other.unreadable
        self._name(other.unreadable_places)
        self._let_go()

    @property
    def older(self) -> int:
        """The number of exchanges that are older than the days told apart."""
        return self.ledger.requests - sum(ledger.requests for ledger in self.days.values())

    def to_json(self) -> str:
        """Write a settled sum as JSON.

        It is written after every piece, most of it as it was before: what did not change is kept as text.
        """
        for day, ledger in self.days.items():
            if day not in self._texts_of_days:
                self._texts_of_days[day] = json.dumps(ledger.to_json())
        for place, record in self.evidence.items():
            if place not in self._texts_of_evidence:
                self._texts_of_evidence[place] = json.dumps([*place, record])
        rest = {
            "ledger": self.ledger.to_json(),
            "answers_broken": self.answers_broken,
            "callers": self.callers.told(),
            "counts": [self.read, self.passed_over, self.untelling, self.unreadable],
            "unreadable_places": self.unreadable_places,
        }
        days = ", ".join(f"{json.dumps(day)}: {self._texts_of_days[day]}" for day in self.days)
        evidence = ", ".join(self._texts_of_evidence[place] for place in self.evidence)
        return f'{{"days": {{{days}}}, "evidence": [{evidence}], {json.dumps(rest)[1:]}'

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Sum":
        """Read back what `to_json` gave."""
        found = cls()
        found.ledger = Ledger.from_json(data["ledger"])
        found.days = {day: Ledger.from_json(ledger) for day, ledger in data["days"].items()}
        found.answers_broken.update(data["answers_broken"])
        found.callers = Callers.from_told(data["callers"])
        found.evidence = {(origin, offset): record for origin, offset, record in data["evidence"]}
        found.read, found.passed_over, found.untelling, found.unreadable = data["counts"]
        found.unreadable_places = [(origin, offset, why) for origin, offset, why in data["unreadable_places"]]
        return found

    def _add_day(self, day: str, ledger: Ledger) -> None:
        self.days.setdefault(day, Ledger()).merge(ledger)
        self._texts_of_days.pop(day, None)

    def _name(self, places: Iterable[tuple[str, int, str]]) -> None:
        self.unreadable_places = sorted([*self.unreadable_places, *places])[:MAX_UNREADABLE]

    def _let_go(self) -> None:
        dated = sorted(day for day in self.days if day != UNDATED)
        for day in dated[:-MAX_DAYS]:
            del self.days[day]
        shown = {
            (exemplar.origin, exemplar.offset)
            for tally in self.ledger.tallies.values()
            for exemplar in tally.exemplars
        }
        self.evidence = {place: record for place, record in self.evidence.items() if place in shown}
