"""The ledger: observations in, verdicts out.

It is a sum of bounded size. Adding is associative and commutative, so that processes, machines and days
can be added up in any order and grouping.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

from contracts.announcements import HEADERS, Announced, announced
from contracts.clauses import Clause
from contracts.exchange import Exchange
from contracts.shapes import bounded

NO_ANSWER = "none"
"""Stands among the status codes for a request to which no answer came."""
MAX_EXEMPLARS = 5
MAX_FINDINGS = 3
MAX_TEXT = 300
ELAPSED_BOUNDS_MS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000)


class Verdict(StrEnum):
    """What a run says of a clause."""

    VERIFIED = "verified"
    VIOLATED = "violated"
    UNSTABLE = "unstable"
    UNOBSERVED = "unobserved"
    RETIRED = "retired"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken place: the JSON Pointer into the body (empty for the answer as a whole), what was promised,
    what came."""

    pointer: str
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class Observation:
    """What one exchange, or one series of them, says about one clause.

    `checked` places could have broken it, `broken` did, `unstable` did but not when looked at again; after
    its end of life the member was absent at `gone` places, and there at `still_sent`. `points` counts the
    coverage points seen, `shapes` the ways in which texts that have their format are written. `findings` are
    the first few broken places; `shown_by` is the exchange of a series that shows them.
    """

    clause: str
    checked: int = 0
    broken: int = 0
    unstable: int = 0
    gone: int = 0
    still_sent: int = 0
    points: Mapping[str, int] = field(default_factory=dict)
    shapes: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    shown_by: Exchange | None = None

    def scrubbed(self, scrub: Callable[[str], str]) -> "Observation":
        """Give it without the secrets that `scrub` takes out of texts."""
        findings = tuple(
            Finding(scrub(one.pointer), scrub(one.expected), scrub(one.actual)) for one in self.findings
        )
        return replace(self, findings=findings)


@lru_cache(maxsize=1024)
def kept(clause: str) -> Observation:
    """Say that a clause applied at one place and was kept there, as most observations do."""
    return Observation(clause, 1)


@dataclass(frozen=True, slots=True)
class Exemplar:
    """A finding with the exchange that showed it."""

    origin: str
    offset: int
    pointer: str
    expected: str
    actual: str
    request: str
    curl: str
    status: int

    def order(self) -> tuple[Any, ...]:
        """Give the key by which the smallest exemplars are kept."""
        place = (self.origin, self.offset, pointer_order(self.pointer))
        return (*place, self.expected, self.actual, self.request, self.curl, self.status)


def pointer_order(pointer: str) -> tuple[tuple[int, int, str], ...]:
    """Order JSON Pointers as a reader does: `/result/2` before `/result/10`."""
    tokens = pointer.split("/")
    return tuple((0, int(token), "") if token.isdecimal() else (1, 0, token) for token in tokens)


def first_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Give the few findings that an observation keeps."""
    return tuple(sorted(findings, key=lambda finding: pointer_order(finding.pointer))[:MAX_FINDINGS])


def clip(text: str, limit: int = MAX_TEXT) -> str:
    """Shorten a text so that nothing a server says can make the ledger large."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


@dataclass(slots=True)
class Tally:
    """All that was observed of one clause."""

    checked: int = 0
    broken: int = 0
    unstable: int = 0
    gone: int = 0
    still_sent: int = 0
    points: Counter[str] = field(default_factory=Counter)
    shapes: Counter[str] = field(default_factory=Counter)
    exemplars: tuple[Exemplar, ...] = ()

    def add(self, other: "Tally") -> None:
        """Add another tally of the same clause to this one."""
        self.see(other, other.exemplars)

    def see(self, seen: "Observation | Tally", exemplars: tuple[Exemplar, ...]) -> None:
        """Add what was observed of the clause, with the exemplars of its findings."""
        self.checked += seen.checked
        self.broken += seen.broken
        self.unstable += seen.unstable
        self.gone += seen.gone
        self.still_sent += seen.still_sent
        for point, count in seen.points.items():
            self.points[point] += count
        if seen.shapes:
            self.shapes.update(seen.shapes)
            self.shapes = bounded(self.shapes)
        if exemplars:
            together = sorted({*self.exemplars, *exemplars}, key=Exemplar.order)
            self.exemplars = tuple(together[:MAX_EXEMPLARS])

    def to_json(self) -> dict[str, Any]:
        """Give the tally as plain JSON data, the same for equal tallies."""
        return {
            "checked": self.checked,
            "broken": self.broken,
            "unstable": self.unstable,
            "gone": self.gone,
            "still_sent": self.still_sent,
            "points": dict(sorted(self.points.items())),
            "shapes": dict(sorted(self.shapes.items())),
            "exemplars": tuple(asdict(exemplar) for exemplar in self.exemplars),
        }

    def verdict(self, clause: Clause) -> Verdict:
        """Say what the tally means for its clause."""
        if self.broken:
            return Verdict.VIOLATED
        if self.unstable:
            return Verdict.UNSTABLE
        if self.checked:
            return Verdict.VERIFIED
        # Whoever may leave a member out does not break by sending it that it has to be there.
        is_over = self.gone or (self.still_sent and clause.keyword == "required")
        return Verdict.RETIRED if is_over else Verdict.UNOBSERVED

    def unseen(self, clause: Clause) -> list[str]:
        """Name the coverage points of the clause that were not seen, in its order."""
        return [point for point in clause.points if not self.points[point]]


class Ledger:
    """The sum of all observations of a run, or of several."""

    def __init__(self) -> None:
        self.tallies: dict[str, Tally] = {}
        self.statuses: Counter[str] = Counter()
        self.elapsed_ms: Counter[str] = Counter()
        self.announced = {name: Announced() for name in HEADERS}

    def tally(self, clause: str) -> Tally:
        """Give the tally of a clause, empty where nothing was observed of it."""
        return self.tallies.get(clause) or Tally()

    def places(self) -> dict[str, int]:
        """Give how many places told something of each clause so far."""
        return {
            clause: tally.checked + tally.unstable + tally.gone + tally.still_sent
            for clause, tally in self.tallies.items()
        }

    @property
    def requests(self) -> int:
        """The number of exchanges recorded."""
        return self.statuses.total()

    @property
    def answered(self) -> int:
        """The number of those to which an answer came."""
        return self.requests - self.statuses[NO_ANSWER]

    def record(self, exchange: Exchange, *, is_timed: bool = True) -> None:
        """Count an exchange, whatever it says about the clauses; how long it took only if that is known."""
        self.statuses[str(exchange.status) if exchange.status else NO_ANSWER] += 1
        if is_timed:
            bucket = bisect_left(ELAPSED_BOUNDS_MS, exchange.elapsed_ms)
            self.elapsed_ms[str((*ELAPSED_BOUNDS_MS, "more")[bucket])] += 1
        for name, seen in announced(exchange.headers).items():
            self.announced[name].add(seen)

    def add(self, observations: Iterable[Observation], exchange: Exchange) -> None:
        """Add what the exchange, or the series that it stands for, was observed to say."""
        for seen in observations:
            shown_by = seen.shown_by or exchange
            exemplars = tuple([_exemplar(finding, shown_by) for finding in seen.findings])
            self._see(seen, exemplars)

    def count(self, observations: Iterable[Observation]) -> None:
        """Add observations of exchanges that broke nothing."""
        for seen in observations:
            assert not seen.findings
            self._see(seen, ())

    def _see(self, seen: Observation, exemplars: tuple[Exemplar, ...]) -> None:
        tally = self.tallies.get(seen.clause)
        if tally is None:
            tally = self.tallies[seen.clause] = Tally()
        tally.see(seen, exemplars)

    def merge(self, other: "Ledger") -> None:
        """Add all that another ledger holds to this one."""
        for clause, tally in other.tallies.items():
            self.tallies.setdefault(clause, Tally()).add(tally)
        self.statuses.update(other.statuses)
        self.elapsed_ms.update(other.elapsed_ms)
        for name, seen in other.announced.items():
            self.announced[name].add(seen)

    def to_json(self) -> dict[str, Any]:
        """Give the ledger as plain JSON data, the same for equal ledgers."""
        return {
            "statuses": dict(sorted(self.statuses.items())),
            "elapsed_ms": dict(sorted(self.elapsed_ms.items())),
            "announced": {
                name: asdict(seen) | {"dates": dict(sorted(seen.dates.items()))}
                for name, seen in self.announced.items()
            },
            "tallies": {clause: tally.to_json() for clause, tally in sorted(self.tallies.items())},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Ledger":
        """Read back what `to_json` gave."""
        ledger = cls()
        ledger.statuses.update(data["statuses"])
        ledger.elapsed_ms.update(data["elapsed_ms"])
        for name, seen in data["announced"].items():
            ledger.announced[name] = Announced(**{**seen, "dates": Counter(seen["dates"])})
        for clause, tally in data["tallies"].items():
            exemplars = tuple(Exemplar(**exemplar) for exemplar in tally["exemplars"])
            counted = {name: Counter(tally[name]) for name in ("points", "shapes")}
            ledger.tallies[clause] = Tally(**{**tally, **counted, "exemplars": exemplars})
        return ledger


def _exemplar(finding: Finding, exchange: Exchange) -> Exemplar:
    return Exemplar(
        origin=exchange.origin,
        offset=exchange.offset,
        pointer=clip(finding.pointer),
        expected=clip(finding.expected),
        actual=clip(finding.actual),
        request=clip(exchange.request.line),
        curl=exchange.request.curl,
        status=exchange.status,
    )
