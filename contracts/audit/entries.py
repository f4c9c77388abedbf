"""Takes a HAR document apart into its entries, however long or deep it is.

What ijson has for that keeps the whole path of every level, so that a document of 200 KB can take 20 GB.
"""

from collections.abc import Iterator
from io import BufferedReader
from typing import Any

from contracts.audit.record import Unreadable
from contracts.audit.unpacking import Cut, Damaged
from contracts.errors import UsageError

MAX_DEPTH = 100
"""An entry that is nested deeper is not read; what HAR 1.2 says needs less than ten levels."""
_CHUNK_BYTES = 2**16
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_STEPS = {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}
"""What each event that is not of a single value does to the depth."""
_ENDS = ("end_map", "end_array")

Events = Iterator[tuple[str, Any]]
"""What a parser meets in a document, one after another: what it is, and its value."""


def entries(stream: BufferedReader) -> Iterator[Any]:
    """Yield what stands in `log.entries`, as parsed JSON or why it cannot be read; where the document is
    broken, or is no HAR, that is the last.

    Raises:
        UsageError: ijson is not installed.
    """
    try:
        import ijson
    except ImportError:
        raise UsageError("a recording is a HAR file", "install the project with the extra `audit`") from None
    # Bit by bit, or what stands before a damage would be lost with it.
    source = ijson.from_iter(iter(lambda: stream.read1(_CHUNK_BYTES), b""))
    try:
        if stream.peek(3).startswith(_BYTE_ORDER_MARK):
            stream.read(3)
        yield from _found(iter(ijson.basic_parse(source, use_float=True)))
    except ijson.JSONError:
        yield Unreadable("the document is cut or broken behind this place")
    except (Cut, Damaged) as why:
        yield Unreadable(str(why))


def _found(events: Events) -> Iterator[Any]:
    depth, names, has_entries = 0, ["", "", ""], False
    for event, value in events:
        if event == "map_key" and depth < len(names):
            names[depth] = value
        elif event == "start_array" and depth == 2 and names[1:] == ["log", "entries"]:
            has_entries = True
            yield from _items(events)
        else:
            depth += _STEPS.get(event, 0)
    if not has_entries:
        yield Unreadable("the document has no list log.entries, as HAR 1.2 has it")


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
        raise Unreadable(f"the entry is nested deeper than {MAX_DEPTH} levels")
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
