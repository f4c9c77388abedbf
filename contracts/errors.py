"""Every error the library raises on purpose; a broken promise is data, not an error.

::

    ContractsError
    ├── FragmentError        the fragment is unusable
    ├── UsageError           the command line or the environment is wrong
    └── CouldNotTest         the run ended before it could judge
        ├── TargetUnreachable
        ├── CredentialsRefused
        ├── Throttled
        └── BudgetExhausted
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contracts.exchange import Exchange


class ContractsError(Exception):
    """Any error a person using the suite is meant to read: `str()` says what, where and what to do."""


@dataclass
class FragmentError(ContractsError):
    """The fragment cannot be used. `line` counts from one; 0 stands for the file as a whole."""

    file: str
    line: int
    problem: str
    advice: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.problem}; {self.advice}"


@dataclass
class UsageError(ContractsError):
    """The command line or the environment asks for something that cannot be done."""

    problem: str
    advice: str

    def __str__(self) -> str:
        return f"{self.problem}; {self.advice}"


@dataclass
class CouldNotTest(ContractsError):
    """The run ended before it could judge the target: neither kept nor broken."""

    problem: str
    advice: str

    def __str__(self) -> str:
        return f"could not test: {self.problem}; {self.advice}"


@dataclass
class TargetUnreachable(CouldNotTest):
    """No answer came from the target.

    `exchange` stands for the request where the server itself may be at fault: if it answers others, it is.
    """

    exchange: "Exchange | None" = None


class CredentialsRefused(CouldNotTest):
    """The target refused the credentials it was meant to accept."""


class Throttled(CouldNotTest):
    """The target asks for more patience than a run has."""


class BudgetExhausted(CouldNotTest):
    """All requests that the run may send have been sent."""
