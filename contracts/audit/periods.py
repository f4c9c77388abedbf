"""What exchanges of different days are judged by: one contract for all days between two ends of life."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from contracts.audit.sums import UNDATED
from contracts.contract import Contract
from contracts.sound_bodies import SoundBodies


@dataclass(slots=True)
class Period:
    """The contract of some days, and the bodies that it was seen to allow."""

    contract: Contract
    sound: SoundBodies = field(init=False)

    def __post_init__(self) -> None:
        self.sound = SoundBodies(self.contract)


class Periods:
    """Gives what judges the exchanges of a day: a given contract, or `by_day` the one that held on it.

    Of a day it counts only which ends of life have passed, so that there are few contracts; each is made
    when the first exchange of its days comes.
    """

    def __init__(self, contract: Contract, *, by_day: bool) -> None:
        self._given = Period(contract)
        self._by_day = by_day
        self._ends = [day.isoformat() for day in contract.fragment.sunsets]
        self._begun = {self._index(contract.as_of.isoformat()): self._given}

    def of(self, day: str) -> Period:
        """Give what judges the exchanges of a day, as of the sum of an audit."""
        if not self._by_day or day == UNDATED:
            return self._given
        index = self._index(day)
        return self._begun.get(index) or self._begin(index)

    @property
    def begun(self) -> Iterable[Period]:
        """All that judged something so far."""
        return self._begun.values()

    def _index(self, day: str) -> int:
        return bisect_right(self._ends, day)

    def _begin(self, index: int) -> Period:
        given = self._given.contract
        first = date.fromisoformat(self._ends[index - 1]) if index else date.min
        period = self._begun[index] = Period(Contract(given.fragment, first, given.redactor))
        return period
