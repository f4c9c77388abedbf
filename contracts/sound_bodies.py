"""Counts the evidence of bodies in which nothing is broken, many at once.

Counting costs a few calls a place of the schema, however many values stand there; most answers are short.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from contracts.contract import Contract, Reading
from contracts.ledger import Observation

MAX_HELD_BYTES = 2**20
"""So much JSON is held; as values it takes several times the memory."""


class SoundBodies:
    """Holds bodies that break nothing of their schemas, by the day on which they came or whatever else they
    are to be counted by."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._held: dict[tuple[str, str], list[Any]] = defaultdict(list)
        self._held_bytes = 0

    @property
    def is_full(self) -> bool:
        """Whether what is held should be counted now."""
        return self._held_bytes >= MAX_HELD_BYTES

    def take(self, reading: Reading, day: str = "") -> bool:
        """Hold the body of the operation's answer if its schema surely allows it; say whether that is so."""
        response, parsed = reading.response, reading.parsed
        if not response or not parsed or not parsed.has_value:
            return False
        if not reading.exchange.request.is_documented:
            return False
        if not self._contract.validators[response.status].is_surely_valid(parsed.value):
            return False
        self._held[day, response.status].append(parsed.value)
        self._held_bytes += len(reading.exchange.body)
        return True

    def counted(self) -> Iterator[tuple[str, list[Observation]]]:
        """Yield (day, what was observed) of all that is held, and let go of it."""
        for (day, status), bodies in self._held.items():
            observed = self._contract.validators[status].count(bodies)
            yield day, list(self._contract.promised(observed))
        self._held.clear()
        self._held_bytes = 0
