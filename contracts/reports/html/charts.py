"""The geometry of the drawings: where bars, days and slices stand, in percent of the room they have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts.reports.html.words import VERDICTS

_ROOM = 100.0
_LEAST_WIDTH = 1.5
"""One broken promise of thousands is seen."""
_MARGIN = 12.0
"""So much is left free on either side of a line of days, so that what is written at its ends has room."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A piece of a bar: from `start`, `width` wide."""

    name: str
    amount: int
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a histogram: how many answers took longer than `above` and at most `at_most` ms, which is
    None for the last. `height` is in percent of the highest."""

    above: int
    at_most: int | None
    amount: int
    height: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """Where the end of life and the day of the run stand on a line."""

    sunset: float
    as_of: float

    @property
    def is_past(self) -> bool:
        """Whether the end of life is over."""
        return self.as_of > self.sunset


def share(amount: float, total: float) -> float:
    """Give how much of the room something takes."""
    return round(min(_ROOM, _ROOM * amount / total), 3) if total else 0.0


def slices(verdicts: Mapping[str, int], whole: int = 0) -> list[Slice]:
    """Give the pieces of a bar of verdicts, the worst first; where they do not make up the `whole`, room is
    left at its end."""
    amounts = {name: verdicts[name] for name in VERDICTS if verdicts.get(name)}
    total = max(whole, sum(amounts.values()))
    widths = {name: max(_LEAST_WIDTH, share(amount, total)) for name, amount in amounts.items()}
    if widths:
        # What the small ones are wider than their share, the widest gives.
        widths[max(widths, key=widths.__getitem__)] -= sum(widths.values()) - share(
            sum(amounts.values()), total
        )
    start, found = 0.0, []
    for name, width in widths.items():
        found.append(Slice(name, amounts[name], round(start, 3), round(width, 3)))
        start += width
    return found


def histogram(elapsed: Mapping[str, Any]) -> list[Column]:
    """Give the columns from the first to the last that is not empty."""
    bounds: Sequence[tuple[int | None, int]] = [*elapsed["at_most"], (None, elapsed["more"])]
    highest, above, columns = max(amount for _, amount in bounds), 0, []
    for bound, amount in bounds:
        columns.append(Column(above, bound, amount, share(amount, highest)))
        above = bound or above
    filled = [index for index, column in enumerate(columns) if column.amount]
    return columns[filled[0] : filled[-1] + 1] if filled else []


def towards(place: float) -> str:
    """Say whether what is written at a place starts there, finishes there, or stands around it."""
    return "start" if place < _ROOM / 3 else "finish" if place > _ROOM * 2 / 3 else "around"


def timelines(report: Mapping[str, Any]) -> list[Timeline | None]:
    """Give a line for each deprecated member, all on one scale; None where no end of life is known."""
    as_of = date.fromisoformat(report["as_of"])
    sunsets = [entry["sunset"] and date.fromisoformat(entry["sunset"]) for entry in report["deprecations"]]
    days = [as_of, *(sunset for sunset in sunsets if sunset)]
    first, span = min(days), max((max(days) - min(days)).days, 1)

    def place(day: date) -> float:
        return round(_MARGIN + (_ROOM - 2 * _MARGIN) * (day - first).days / span, 3)

    return [Timeline(place(sunset), place(as_of)) if sunset else None for sunset in sunsets]
