"""Takes a JSON document apart into the items of one list in it, however long or deep it is.

What ijson has for that keeps the whole path of every level, so that a document of 200 KB can take 20 GB.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from io import BufferedReader
from typing import Any, NamedTuple

from contracts.audit.bits import BROKEN, Bits
from contracts.audit.record import Unreadable
from contracts.errors import UsageError
from contracts.strict_json import has_digits_in_a_row

MAX_DEPTH = 100
"""An item that is nested deeper is not read; HAR 1.2 and cassettes need less than ten levels."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_STEPS = {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}
"""What each event that is not of a single value does to the depth."""
_ENDS = ("end_map", "end_array")

Events = Iterator[tuple[str, Any]]
"""What a parser meets in a document, one after another: what it is, and its value."""


def entries(stream: BufferedReader, path: Sequence[str], missing: str) -> Iterator[Any]:
    """Yield the items of the list to which names lead, as parsed JSON, or why one cannot be read; numbers
    that are not whole are Decimals, since not all that can be written are floats. Where the document is
    broken, that is the last, and so is `missing` where there is no such list.

    Raises:
        UsageError: ijson is not installed.
    """
    try:
        import ijson
    except ImportError:
        raise UsageError(
            "a recording is one JSON document", "install the project with the extra `audit`"
        ) from None
    bits = Bits(stream)
    numbers = _Numbers(bits)
    try:
        if stream.peek(3).startswith(_BYTE_ORDER_MARK):
            stream.read(3)
        for item in _found(iter(ijson.basic_parse(numbers)), path, missing):
            bits.end_item()
            yield item
    except (*BROKEN, _TooManyDigits) as why:
        yield Unreadable(str(why))
    # An exponent may be larger than Python reads.
    except (ijson.JSONError, ArithmeticError):
        yield Unreadable("the document is cut or broken behind this place")


class _TooManyDigits(Exception):
    """An integer is longer than Python reads."""

    def __str__(self) -> str:
        return "an integer of too many digits stands here; what is behind it is not read"


class _Place(NamedTuple):
    """Where in a document something stands: in a text, and behind a backslash in it."""

    in_text: bool = False
    is_escaped: bool = False

    def behind(self, part: bytes) -> "_Place":
        """Give the place behind what follows."""
        if not part:
            return self
        text = part[self.is_escaped :].replace(rb"\\", b"")
        quotes = text.count(b'"') - text.count(rb"\"")
        return _Place(self.in_text ^ bool(quotes % 2), text.endswith(b"\\"))


class _Numbers:
    """Bits without an integer of more digits than Python reads, of which the parser in C takes harm."""

    def __init__(self, bits: Bits) -> None:
        self._bits = bits
        self._most = sys.get_int_max_str_digits()
        self._integer = re.compile(rb"[:\[,\s]-?[0-9]{%d}" % (self._most + 1))
        # A document may be a number.
        self._before, self._place = b" ", _Place()
        self._is_met = False

    def read(self, size: int) -> bytes:
        """Give some bytes, none at the end, up to such an integer.

        Raises:
            _TooManyDigits: it is met.
        """
        if self._is_met:
            raise _TooManyDigits
        part, before = self._bits.read(size), self._before
        if not self._most:
            # Python was told to read all.
            return part
        both = before + part
        met = self._met(both)
        kept = max(len(both) - 2 * self._most, 0)
        self._before, self._place = both[kept:], self._place.behind(both[:kept])
        if met is None:
            return part
        self._is_met = True
        if met < len(before):
            raise _TooManyDigits
        return part[: met + 1 - len(before)]

    def _met(self, both: bytes) -> int | None:
        """Give what stands before the first such integer; the digits of a text are none."""
        # Digits alone are found sooner, and are hardly ever there.
        if not has_digits_in_a_row(both, self._most + 1):
            return None
        place, seen = self._place, 0
        for found in self._integer.finditer(both):
            place, seen = place.behind(both[seen : found.start()]), found.start()
            if not place.in_text:
                return seen
        return None


def _found(events: Events, path: Sequence[str], missing: str) -> Iterator[Any]:
    depth, names, is_found = 0, [""] * len(path), False
    for event, value in events:
        if event == "map_key" and depth <= len(path):
            names[depth - 1] = value
        elif event == "start_array" and depth == len(path) and names == [*path]:
            is_found = True
            yield from _items(events)
        else:
            depth += _STEPS.get(event, 0)
    if not is_found:
        yield Unreadable(missing)


def _items(events: Events) -> Iterator[Any]:
    """Yield the items of a list that has begun, up to its end."""
    for event, value in events:
        if event == "end_array":
            return
        try:
            yield _made(event, events, 1) if event in _STEPS else value
        except Unreadable as why:
            yield why


def _made(begin: str, events: Events, depth: int) -> Any:
    """Give the object or list that has begun.

    Raises:
        Unreadable: it is too deep; what is left of the outermost is passed over.
    """
    if depth > MAX_DEPTH:
        _pass_over(events, depth)
        raise Unreadable(f"it is nested deeper than {MAX_DEPTH} levels")
    items: list[Any] = []
    members: dict[str, Any] = {}
    is_object, name = begin == "start_map", ""
    for event, value in events:
        if event == "map_key":
            name = value
            continue
        if event in _ENDS:
            break
        item = _made(event, events, depth + 1) if event in _STEPS else value
        if is_object:
            members[name] = item
        else:
            items.append(item)
    return members if is_object else items


def _pass_over(events: Events, depth: int) -> None:
    for event, _ in events:
        depth += _STEPS.get(event, 0)
        if not depth:
            return
