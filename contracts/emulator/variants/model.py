"""What a variant is: an unusual way to keep every promise."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts.emulator.data import Finish, Presence
from contracts.emulator.hooks import Deviation
from contracts.emulator.store import DEFAULT_JOBS
from contracts.emulator.writing import compact
from contracts.location import Location

_CHUNK_BYTES = 1000


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Variant(Deviation):
    """An unusual but conformant emulator.

    It holds `jobs` items, all of one kind where it `has_one_kind`; in the `items`, and in the `envelope`
    around them, what is optional comes as said. `finish` makes the last of each item, once. Bodies are
    written by `encode`, and sent after `delay_s` seconds, in chunks or over an old HTTP where it says so.
    It is conformant `since` that day, if not always.
    """

    jobs: int = DEFAULT_JOBS
    has_one_kind: bool = False
    items: Presence = Presence.MIXED
    envelope: Presence = Presence.MIXED
    finish: Finish | None = None
    encode: Callable[[Any], bytes] = compact
    delay_s: float = 0.0
    is_chunked: bool = False
    is_http_1_0: bool = False
    since: date | None = None

    def columns(self, columns: Mapping[Location, Sequence[Any]]) -> Mapping[Location, Sequence[Any]]:
        """Give the values that occur, of those that the contract has for each filtered member."""
        return {member: values[:1] if self.has_one_kind else values for member, values in columns.items()}

    def parts(self, body: bytes) -> Iterator[bytes]:
        """Yield the pieces in which a body is sent."""
        size = _CHUNK_BYTES if self.is_chunked else max(len(body), 1)
        for start in range(0, max(len(body), 1), size):
            yield body[start : start + size]
