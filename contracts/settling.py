"""Judges several answers together: broken is only what still is when looked at again, for accounts move."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, takewhile
from typing import Any

from contracts.checks.walks import Walk
from contracts.contract import Contract, Reading
from contracts.exchange import Exchange
from contracts.ledger import Observation
from contracts.plan import Pairs
from contracts.walker import Walker

Subject = Walk | Reading
Judge = Callable[..., Iterable[Observation]]

MAX_LOOKS = 3
_MOVED_AT_MOST, _MOVED_OF = 3, 10
"""So many items of a list, or one in so many, may have been moved between two looks."""


class Settler:
    """Judges with fresh answers from `walker` and `ask`; what it finds goes to `note`.

    `unsettled` are the clauses that were broken once and could not be looked at again even once.
    """

    def __init__(
        self,
        contract: Contract,
        walker: Walker,
        ask: Callable[[Pairs], Reading],
        note: Callable[[list[Observation], Exchange], None],
    ) -> None:
        self._contract = contract
        self._walker = walker
        self._ask = ask
        self._note = note
        self.unsettled: set[str] = set()
        self._looks = 0

    def settle(self, judge: Judge, *subjects: Subject) -> None:
        """Judge several answers together; what is broken is looked at again with fresh answers.

        It is broken if it still is in the same way, and both looks saw the same items; and if it still is in
        any way, and the items they both saw came in another order, which no account that moves explains. Else
        what was seen is unstable.
        """
        first = list(self._contract.promised(judge(*subjects, contract=self._contract)))
        exchange = _last_exchange(subjects[-1])
        broken = _broken(first)
        confirmed: set[str] | None = None
        self._looks = 0
        try:
            confirmed = self._look_again(judge, subjects, broken) if broken else set()
        finally:
            # Noted even if the budget ends while looking again: what was broken once is never dropped.
            if confirmed is None and not self._looks:
                self.unsettled.update(broken)
            self._note(
                [seen if seen.clause in (confirmed or ()) else _unstable(seen) for seen in first], exchange
            )

    def _look_again(self, judge: Judge, subjects: tuple[Subject, ...], broken: dict[str, Any]) -> set[str]:
        """Name the clauses that are broken alike in two looks in a row at lists that did not move, or broken
        in two looks at lists without an order."""
        for _ in range(MAX_LOOKS):
            fresh = tuple(self._again(subject) for subject in subjects)
            self._looks += 1
            still = _broken(judge(*fresh, contract=self._contract))
            alike = {clause for clause, how in still.items() if broken.get(clause) == how}
            seen = list(zip(map(self._identities, subjects), map(self._identities, fresh), strict=True))
            if not still or (alike and all(before == after for before, after in seen)):
                return alike
            if any(is_reordered(before, after) for before, after in self._rows(subjects, fresh)):
                return still.keys() & broken.keys()
            subjects, broken = fresh, still
        return set()

    def _rows(
        self, subjects: Iterable[Subject], fresh: Iterable[Subject]
    ) -> Iterator[tuple[list[Any], list[Any]]]:
        """Give what two looks at each list saw in pages that were read in their order."""
        for before, after in zip(subjects, fresh, strict=True):
            if isinstance(before, Walk) and isinstance(after, Walk):
                yield before.row(self._contract), after.row(self._contract)

    def _identities(self, subject: Subject) -> list[Any]:
        if isinstance(subject, Walk):
            return subject.identities(self._contract)
        return self._contract.identities(subject)

    def _again(self, subject: Subject) -> Subject:
        if isinstance(subject, Walk):
            return self._walker.again(subject)
        return self._ask(subject.exchange.request.query)


def is_reordered(before: Sequence[Any], after: Sequence[Any]) -> bool:
    """Say whether two looks at a list show items in orders that it cannot have had because it moved.

    Items that arrive, vanish, or are seen twice leave the others in their order; a few may have been put at
    the head or at the end, as where what was changed last comes first.
    """
    places = {item: place for place, item in reversed(list(enumerate(before)))}
    common = [places[item] for item in dict.fromkeys(after) if item in places]
    at_most = max(_MOVED_AT_MOST, len(common) // _MOVED_OF)
    kept_end = _length_of_rise(common[::-1], falling=True)
    kept_head = _length_of_rise(common)
    return len(common) - max(kept_head, kept_end) > at_most


def _length_of_rise(places: Sequence[int], *, falling: bool = False) -> int:
    """Count how many places from the first on stand one above, or below, the other."""
    pairs = pairwise(places)
    rise = takewhile(lambda pair: (pair[0] > pair[1]) is falling, pairs)
    return min(len(places), 1 + sum(1 for _ in rise))


def _broken(observations: Iterable[Observation]) -> dict[str, Any]:
    """Give how each broken clause is broken: an account that moves breaks it otherwise each time."""
    return {seen.clause: (seen.broken, seen.findings) for seen in observations if seen.broken}


def _unstable(seen: Observation) -> Observation:
    return replace(seen, broken=0, unstable=seen.broken)


def _last_exchange(subject: Subject) -> Exchange:
    return subject.exchange if isinstance(subject, Reading) else subject.pages[-1].exchange
