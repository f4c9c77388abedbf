"""The places at which an emulator can be made to deviate, and what is known there of the request.

A `Fault` overrides the hooks that it needs; a condition is a fault that passes on to another only now
and then. Which faults there are is told in `faults.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from contracts.emulator.arguments import Arguments, Refusal, Texts
from contracts.emulator.credentials import Caller
from contracts.emulator.store import Listing


class Gate(StrEnum):
    """What a request must pass, in this order, before its parameters are looked at."""

    ROUTE = "route"
    METHOD = "method"
    CREDENTIALS = "credentials"
    PATH = "path"
    TENANT = "tenant"
    PERMISSION = "permission"


@dataclass(frozen=True, slots=True)
class Call:
    """A request as far as it is understood. `number` counts the requests of an emulator from one.

    `query` is as it came; `path_texts` are the parameters in the path, None on an unknown route;
    `arguments`, `page` and `per_page` are known from the hook `filters` on.
    """

    number: int
    method: str
    path: bytes
    query: bytes
    caller: Caller = field(default_factory=Caller)
    path_texts: Mapping[str, str] | None = None
    arguments: Arguments = field(default_factory=dict)
    page: int = 1
    per_page: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands: its index in the store, its number on the page from 0, and the page's size."""

    index: int
    number: int
    size: int


@dataclass(frozen=True, slots=True)
class Answer:
    """An encoded answer. A content length that is not among the headers is added when it is sent."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """A deliberate violation. `clauses` are the ids of all the clauses that it breaks.

    Every hook gives back what it was given; one that deviates overrides it.
    """

    id: str = ""
    summary: str = ""
    clauses: tuple[str, ...] = ()

    def passes(self, call: Call, gate: Gate, refusal: Refusal | None) -> Refusal | None:
        """Judge again what a gate judged: None lets the request through."""
        return refusal

    def arguments(self, call: Call, texts: Texts, judged: Arguments | Refusal) -> Arguments | Refusal:
        """Judge the query parameters again."""
        return judged

    def filters(self, call: Call, chosen: Mapping[str, str]) -> Mapping[str, str]:
        """Change what is filtered by: texts by the name of the parameter."""
        return chosen

    def window(self, call: Call, listing: Listing, indexes: list[int]) -> list[int]:
        """Change which items of the listing stand on the page."""
        return indexes

    def item(self, call: Call, place: Place, item: Any) -> Any:
        """Change an item. It may be changed in place."""
        return item

    def body(self, call: Call, status: int, body: Any) -> Any:
        """Change the body before it is encoded. It may be changed in place."""
        return body

    def answer(self, call: Call, answer: Answer) -> Answer:
        """Change the answer before it is sent."""
        return answer
