"""What the gate says of a release: a row for all that was tried, a finding for what customers should know.

Five questions are asked of a release; each has a module or package of its own beside this one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Question(StrEnum):
    """What is asked of a release."""

    DECLARES = "declares"
    SENDS = "sends"
    UNDERSTANDS = "understands"
    WALKS = "walks"
    FAILS_WELL = "fails-well"

    @property
    def heading(self) -> str:
        """What a table is about, and a question while it is asked."""
        return {"walks": "how it walks", "fails-well": "how it fails"}.get(
            self.value, f"what it {self.value}"
        )


class Severity(StrEnum):
    """What a finding means for a customer, worst first."""

    BREAKS = "breaks customers"
    LOSES = "loses data"
    MISLEADS = "misleads"
    COSMETIC = "cosmetic"

    @property
    def fails(self) -> bool:
        """Whether a finding of this kind stops a release, unless it is waived."""
        return self in (Severity.BREAKS, Severity.LOSES)


class Outcome(StrEnum):
    """What came of a check. A fact is neither promised by the contract nor forbidden by it."""

    AS_PROMISED = "as promised"
    DIFFERS = "differs"
    NOT_SUPPORTED = "not supported"
    FACT = "fact"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in which a release differs from the contract.

    `id` is the same in every release: `QUESTION:PLACE:WHAT`. `sentence` says what a customer sees, `place` is
    the id of a clause or the name of a parameter, `exchange` the request and the answer as plain data,
    redacted.
    """

    id: str
    question: str
    severity: Severity
    sentence: str
    place: str = ""
    expected: str = ""
    actual: str = ""
    exchange: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A row of a table: what was tried, and what came of it.

    `findings` are the ids of those that it led to; `detail` is the same whenever the release behaves so;
    `seconds` says how long it took, where that is part of the answer. A row of several `cases` has them by
    name, each with what came of it: how many there are may differ between releases that behave alike.
    `counts` are the numbers that the answer consists of, by name: where there are any, what is as promised
    can be so in many ways, and is told, too. `error` is the class of the error that the customer saw.
    """

    id: str
    question: str
    title: str
    outcome: str
    findings: tuple[str, ...] = ()
    detail: str = ""
    seconds: float = 0.0
    cases: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    error: str = ""
