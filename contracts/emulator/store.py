"""Holds the items without storing them: which index has which value of the members that filters look at.

The values follow a pattern that repeats, so the k-th item that matches is found by arithmetic, and a page
costs the same of a thousand items and of a million. What else an item holds is made in `data.py`.
"""

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, product, repeat
from typing import Any

from contracts.emulator.mixing import mix
from contracts.errors import UsageError
from contracts.location import Location

DEFAULT_JOBS = 2010
"""Enough for three pages of the largest size that the first fragment allows."""

MOST_JOBS = 100_000_000
"""Beyond it the oldest date-times would leave the calendar that RFC 3339 can write."""

DEFAULT_SEED = 0
_FEWEST_REPEATS, _REPEATS = 2, 5


def wire(value: Any) -> str:
    """Write a JSON value the way it is asked for in a query."""
    return value if isinstance(value, str) else json.dumps(value)


class Listing:
    """The items that a choice of filter values selects, newest first: of those from the index `first` on,
    below `stop`, the ones that stand at the `offsets` of a pattern of `period` items."""

    def __init__(self, period: int, offsets: Sequence[int], stop: int, first: int = 0) -> None:
        self._period = period
        self._offsets = offsets
        self._before = 0
        self._before = self.rank(first)
        self.count = max(self.rank(stop), 0)

    def __getitem__(self, number: int) -> int:
        """Give the index of the item that stands at place `number`, counted from 0."""
        rounds, place = divmod(self._before + number, len(self._offsets))
        return rounds * self._period + self._offsets[place]

    def rank(self, index: int) -> int:
        """Give the number of items that stand before the one at `index`, whether or not it is listed."""
        rounds, rest = divmod(index, self._period)
        return rounds * len(self._offsets) + bisect_left(self._offsets, rest) - self._before

    def window(self, first: int, size: int) -> list[int]:
        """Give the indexes of up to `size` items from the place `first` on."""
        offsets, places = self._offsets, len(self._offsets)
        numbers = range(self._before + first, self._before + min(first + size, self.count))
        return [number // places * self._period + offsets[number % places] for number in numbers]


class Store:
    """`count` items in which the members `columns` take their values in a pattern that `seed` shuffles.

    Every combination of values occurs in the pattern, some more often than others. Index 0 is the newest.

    Raises:
        UsageError: `count` is negative or above `MOST_JOBS`.
    """

    def __init__(self, columns: Mapping[Location, Sequence[Any]], count: int, seed: int) -> None:
        if not 0 <= count <= MOST_JOBS:
            raise UsageError(f"{count} jobs cannot be held", f"choose a number from 0 to {MOST_JOBS}")
        self.count = count
        self._columns = {member: place for place, member in enumerate(columns)}
        self._pattern = _shuffled(columns, seed)
        # What is remembered stays small: callers choose among the values of the contract.
        self._selected: dict[tuple[tuple[Location, str], ...], tuple[list[int], Listing]] = {}

    @property
    def period(self) -> int:
        """The number of items after which the pattern of values begins anew."""
        return len(self._pattern)

    def value(self, member: Location, index: int) -> Any:
        """Give the value that the `member` of the item at `index` has."""
        return self._pattern[index % len(self._pattern)][self._columns[member]]

    def select(self, chosen: Mapping[Location, str]) -> Listing:
        """Give the items whose members have the values `chosen`, each as it is written in a query."""
        return self._select(chosen)[1]

    def at(self, offsets: Sequence[int]) -> Listing:
        """Give the items that stand at some offsets of the pattern, which are in order."""
        return Listing(self.period, offsets, self.count)

    def offsets(self, chosen: Mapping[Location, str]) -> list[int]:
        """Give the offsets in the pattern at which the members have the values `chosen`."""
        return self._select(chosen)[0]

    def _select(self, chosen: Mapping[Location, str]) -> tuple[list[int], Listing]:
        key = tuple(sorted(chosen.items()))
        if key not in self._selected:
            offsets = [place for place in range(self.period) if self.has(place, chosen)]
            self._selected[key] = offsets, self.at(offsets)
        return self._selected[key]

    def has(self, index: int, chosen: Mapping[Location, str]) -> bool:
        """Say whether the members of the item at `index` have the values `chosen`."""
        return all(wire(self.value(member, index)) == text for member, text in chosen.items())


def _shuffled(columns: Mapping[Location, Sequence[Any]], seed: int) -> list[tuple[Any, ...]]:
    start = mix(seed)
    rows = list(chain.from_iterable(_repeated(product(*columns.values()), start)))
    order = sorted(range(len(rows)), key=lambda place: mix(start ^ place))
    return [rows[place] for place in order]


def _repeated(rows: Iterator[tuple[Any, ...]], start: int) -> Iterator[Iterator[tuple[Any, ...]]]:
    for number, row in enumerate(rows):
        yield repeat(row, _FEWEST_REPEATS + mix(start + number) % _REPEATS)
