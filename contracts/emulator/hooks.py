"""The places at which an emulator can be made to deviate, and what is known there of the request.

A `Deviation` overrides the hooks that it needs. It is a `Fault` where it breaks promises (`faults/`) or a
`Variant` where it keeps them all in an unusual way (`variants/`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from contracts.clauses import Family
from contracts.emulator.arguments import Arguments, Refusal, Texts
from contracts.emulator.credentials import Caller
from contracts.emulator.store import Listing, Store
from contracts.location import Location

Headers = tuple[tuple[bytes, bytes], ...]


class Gate(StrEnum):
    """What a request must pass, in this order, before its parameters are looked at."""

    ROUTE = "route"
    METHOD = "method"
    CREDENTIALS = "credentials"
    PATH = "path"
    TENANT = "tenant"
    PERMISSION = "permission"


class Tenancy(StrEnum):
    """Whose account a request names."""

    OWN = "own"
    OTHER = "other"
    NOBODYS = "nobody's"


@dataclass(frozen=True, slots=True)
class Call:
    """A request as far as it is understood. `number` counts the requests of an emulator from one.

    `query` is as it came, `texts` is what it says; `headers` are by name in lower case; `path_texts` are the
    parameters in the path, None on an unknown route. `arguments`, `page` and `per_page` hold where the
    parameters are allowed, and are final from the hook `listing` on.
    """

    number: int
    method: str
    path: bytes
    query: bytes
    texts: Texts = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    caller: Caller = field(default_factory=Caller)
    path_texts: Mapping[str, str] | None = None
    tenancy: Tenancy = Tenancy.OWN
    arguments: Arguments = field(default_factory=dict)
    page: int = 1
    per_page: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands: its index in the store, and whether the list ends with it."""

    index: int
    is_end: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """An encoded answer. A content length that is not among the headers is added when it is sent."""

    status: int
    headers: Headers
    body: bytes


PassesHook = Callable[[Call, Gate, Refusal | None], Refusal | None]
ArgumentsHook = Callable[[Call, Texts, Arguments | Refusal], Arguments | Refusal]
ListingHook = Callable[[Call, Mapping[Location, str], Store, Listing], Listing]
WindowHook = Callable[[Call, Listing, list[int]], list[int] | Refusal]
ItemHook = Callable[[Call, Place, Any], Any]
BodyHook = Callable[[Call, int, Any], Any]
AnswerHook = Callable[[Call, Answer], Answer]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Deviation:
    """Something that an emulator does otherwise. `id` names it, `summary` says what it is.

    It is asked at each of its hooks, and gives back what it was given last unless it deviates there: because
    a function was given for the hook, or because a subclass overrides it.
    """

    id: str = ""
    summary: str = ""
    on_passes: PassesHook | None = None
    on_arguments: ArgumentsHook | None = None
    on_listing: ListingHook | None = None
    on_window: WindowHook | None = None
    on_item: ItemHook | None = None
    on_body: BodyHook | None = None
    on_answer: AnswerHook | None = None

    @property
    def touches_gates(self) -> bool:
        """Whether the hook `passes` has to be asked."""
        return self.on_passes is not None or type(self).passes is not Deviation.passes

    @property
    def touches_items(self) -> bool:
        """Whether the hook `item` has to be asked."""
        return self.on_item is not None or type(self).item is not Deviation.item

    @property
    def touches_body(self) -> bool:
        """Whether the hook `body` has to be asked."""
        return self.on_body is not None or type(self).body is not Deviation.body

    def passes(self, call: Call, gate: Gate, refusal: Refusal | None) -> Refusal | None:
        """Judge again what a gate judged: None lets the request through."""
        return self.on_passes(call, gate, refusal) if self.on_passes else refusal

    def arguments(self, call: Call, texts: Texts, judged: Arguments | Refusal) -> Arguments | Refusal:
        """Judge the query parameters again."""
        return self.on_arguments(call, texts, judged) if self.on_arguments else judged

    def listing(self, call: Call, chosen: Mapping[Location, str], store: Store, listing: Listing) -> Listing:
        """Change the list that the pages are cut from; `chosen` are the texts that its members must have."""
        return self.on_listing(call, chosen, store, listing) if self.on_listing else listing

    def window(self, call: Call, listing: Listing, indexes: list[int]) -> list[int] | Refusal:
        """Change which items of the listing stand on the page, or refuse to give it."""
        return self.on_window(call, listing, indexes) if self.on_window else indexes

    def item(self, call: Call, place: Place, item: Any) -> Any:
        """Give another item in place of this one, which must stay as it is."""
        return self.on_item(call, place, item) if self.on_item else item

    def body(self, call: Call, status: int, body: Any) -> Any:
        """Change the body before it is encoded. All but its items may be changed in place."""
        return self.on_body(call, status, body) if self.on_body else body

    def answer(self, call: Call, answer: Answer) -> Answer:
        """Change the answer before it is sent."""
        return self.on_answer(call, answer) if self.on_answer else answer


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Fault(Deviation):
    """A deliberate violation. `clauses` are the ids of all the clauses that it breaks, `family` is that of
    the first.

    `until` is the day from which what it leaves out may be gone. A run may find the clauses of a fault that
    `is_intermittent` unstable instead of broken, since it is not there when they are looked at again.
    """

    clauses: tuple[str, ...] = ()
    family: Family = Family.SCHEMA
    until: date | None = None
    is_intermittent: bool = False
