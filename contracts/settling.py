"""Judges several answers together: broken is only what still is when looked at again, for accounts move."""

from collections.abc import Callable, Iterable
from dataclasses import replace
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

        It is broken if it still is in the same way, and both looks saw the same items: else the account
        moved, and what was seen is unstable.
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
        """Name the clauses that are broken alike in two looks in a row at lists that did not move."""
        for _ in range(MAX_LOOKS):
            fresh = tuple(self._again(subject) for subject in subjects)
            self._looks += 1
            still = _broken(judge(*fresh, contract=self._contract))
            alike = {clause for clause, how in still.items() if broken.get(clause) == how}
            is_same = list(map(self._identities, fresh)) == list(map(self._identities, subjects))
            if not still or (alike and is_same):
                return alike
            subjects, broken = fresh, still
        return set()

    def _identities(self, subject: Subject) -> list[Any]:
        if isinstance(subject, Walk):
            return subject.identities(self._contract)
        return self._contract.identities(subject)

    def _again(self, subject: Subject) -> Subject:
        if isinstance(subject, Walk):
            return self._walker.again(subject)
        return self._ask(subject.exchange.request.query)


def _broken(observations: Iterable[Observation]) -> dict[str, Any]:
    """Give how each broken clause is broken: an account that moves breaks it otherwise each time."""
    return {seen.clause: (seen.broken, seen.findings) for seen in observations if seen.broken}


def _unstable(seen: Observation) -> Observation:
    return replace(seen, broken=0, unstable=seen.broken)


def _last_exchange(subject: Subject) -> Exchange:
    return subject.exchange if isinstance(subject, Reading) else subject.pages[-1].exchange
