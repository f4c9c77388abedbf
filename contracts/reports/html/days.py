"""Lays the answers of an audit out over time: what was broken when, and when each value was last seen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from contracts.reports.html.charts import share

Entry = Mapping[str, Any]

MAX_COLUMNS = 60
"""More days than that share columns."""
MAX_LINES = 40
"""So many broken clauses are drawn, those that are broken most."""
_LEAST_HEIGHT = 6.0
"""What happened at all is seen."""


@dataclass(frozen=True, slots=True)
class Column:
    """One day, or a few in a row: what was looked at and what of it was broken, and where the bar stands, in
    percent of the room."""

    first: date
    last: date
    amount: int
    broken: int
    start: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Line:
    """A clause that was broken, from `first` to `last`."""

    clause: Entry
    first: date
    last: date
    columns: Sequence[Column]


@dataclass(frozen=True, slots=True)
class Callers:
    """Who was sent a value last: pairs of a name and a day, empty where none is known, and whether there were
    others before."""

    kind: str
    last: Sequence[Sequence[str]]
    more: bool


@dataclass(frozen=True, slots=True)
class Value:
    """A value that a clause names: from when to when it was seen, None where on no day told apart, `is_seen`
    at all, how many days before the last of all, at how many places on which days, and by whom."""

    name: str
    is_seen: bool
    first: date | None = None
    last: date | None = None
    days_ago: int = 0
    columns: Sequence[Column] = ()
    callers: Sequence[Callers] = ()


@dataclass(frozen=True, slots=True)
class OverTime:
    """What the days of a record say. A bar stands for `days_each`; `left_out` counts the broken clauses that
    are not drawn."""

    first: date
    last: date
    days_each: int
    answers: Sequence[Column]
    lines: Sequence[Line]
    left_out: int
    values: Sequence[tuple[Entry, Sequence[Value]]]


class _Axis:
    """The days from the first to the last, in columns of equally many."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, last
        self._days = (last - first).days + 1
        self.days_each = -(-self._days // MAX_COLUMNS)

    def place(self, day: date) -> float:
        """Give where a day begins."""
        return share((day - self.first).days, self._days)

    def width(self, days: int) -> float:
        """Give the room that so many days take."""
        return share(days, self._days)

    def columns(self, counts: Iterable[tuple[date, int, int]], *, is_ratio: bool) -> list[Column]:
        """Add counts up by column; the bars are as high as what is broken of each, or as the most of all."""
        sums: dict[int, tuple[int, int]] = {}
        for day, amount, broken in counts:
            index = (day - self.first).days // self.days_each
            before = sums.get(index, (0, 0))
            sums[index] = before[0] + amount, before[1] + broken
        highest = max((amount for amount, _ in sums.values()), default=0)
        return [
            self._column(index, amount, broken, share(broken, amount) if is_ratio else share(amount, highest))
            for index, (amount, broken) in sorted(sums.items())
        ]

    def _column(self, index: int, amount: int, broken: int, height: float) -> Column:
        first = self.first + timedelta(days=index * self.days_each)
        # No day beyond the last is counted to: there may be none.
        last = first + min(timedelta(days=self.days_each - 1), self.last - first)
        return Column(
            first,
            last,
            amount,
            broken,
            start=self.place(first),
            width=self.width((last - first).days + 1),
            height=max(height, _LEAST_HEIGHT) if height else 0.0,
        )


def over_time(report: Entry) -> OverTime | None:
    """Give the answers over time; None where the record knows of none."""
    told = report.get("days")
    if not told or not told["days"]:
        return None
    days = [(date.fromisoformat(one["day"]), one) for one in told["days"]]
    axis = _Axis(days[0][0], days[-1][0])
    broken = sorted(
        (clause for clause in report["clauses"] if clause["id"] in told["broken"]),
        key=lambda clause: -clause["broken"],
    )
    return OverTime(
        first=axis.first,
        last=axis.last,
        days_each=axis.days_each,
        answers=axis.columns(((day, one["answers"], 0) for day, one in days), is_ratio=False),
        lines=[_line(clause, told["broken"][clause["id"]], days, axis) for clause in broken[:MAX_LINES]],
        left_out=len(broken[MAX_LINES:]),
        values=[
            (clause, [_value(clause, name, told, days, axis) for name in clause["points"]])
            for clause in report["clauses"]
            if clause["keyword"] == "enum" and clause["points"]
        ],
    )


def _line(clause: Entry, span: Sequence[str], days: Sequence[tuple[date, Entry]], axis: _Axis) -> Line:
    counts = ((day, *one["clauses"].get(clause["id"], (0, 0))) for day, one in days)
    columns = axis.columns(
        ((day, checked, broken) for day, checked, broken in counts if checked), is_ratio=True
    )
    first, last = map(date.fromisoformat, span)
    return Line(clause, first, last, columns)


def _value(clause: Entry, name: str, told: Entry, days: Sequence[tuple[date, Entry]], axis: _Axis) -> Value:
    id_, is_seen = clause["id"], clause["points"][name] > 0
    callers = [
        Callers(kind, said["last"], said["more"])
        for kind, said in told.get("callers", {}).get(id_, {}).get(name, {}).items()
    ]
    span = told["points"].get(id_, {}).get(name)
    if not span:
        return Value(name, is_seen, callers=callers)
    first, last = map(date.fromisoformat, span)
    counts = ((day, one.get("values", {}).get(id_, {}).get(name, 0)) for day, one in days)
    columns = axis.columns(((day, times, 0) for day, times in counts if times), is_ratio=False)
    return Value(name, is_seen, first, last, (axis.last - last).days, columns, callers)
