"""Finds what is to be read, here or behind an address, and opens it: plain, gzip or zstd."""

import io
import re
import sys
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO, cast

from contracts.audit import local, remote
from contracts.audit.unpacking import Cut, Damaged, Unpacked, is_zstd, trusted, unpacker
from contracts.errors import UsageError

STANDARD_INPUT = "-"
BUFFER_BYTES = 2**20
_BEGIN_BYTES = 200
_OTHER_PACKERS = {b"BZh": "bzip2", b"\xfd7z": "xz", b"PK\x03": "zip"}
"""Compressions that are not read, by the first three bytes."""
_COMPRESSED = (".gz", ".zst")


class Form(StrEnum):
    """What a recording is written in."""

    LINES = "lines"
    HAR = "har"
    CASSETTE = "cassette"


_FORMS = {
    ".jsonl": Form.LINES,
    ".ndjson": Form.LINES,
    ".har": Form.HAR,
    ".yaml": Form.CASSETTE,
    ".yml": Form.CASSETTE,
}
"""By the end of a file's name. In a folder, other files are passed over; one that is named is of lines."""
_JSON = ".json"
_JSON_CASSETTE = re.compile(rb'\s*\{\s*("version"\s*:\s*1\s*,\s*)?"interactions"\s*:\s*\[')

ENDINGS = (*_FORMS, _JSON, *_COMPRESSED)


@dataclass(frozen=True, slots=True)
class Input:
    """One recording. `origin` is what it was asked for by, as it may be shown; `size_bytes` is that of its
    file and `version` changes with it; of standard input nothing is known. `place` is where it is: a path, or
    an address, which may hold credentials. `is_stream` says that it can be read from its begin alone,
    `is_read_once` that it cannot be read again."""

    origin: str
    size_bytes: int = 0
    version: str = ""
    place: str = field(repr=False, default=STANDARD_INPUT)
    form: Form = Form.LINES
    is_stream: bool = False
    is_read_once: bool = False


def find(paths: Sequence[str]) -> list[Input]:
    """Give the recordings that paths name, each file once, in the order of their names.

    Raises:
        UsageError: one names none, or cannot be read, or takes a library that is not installed.
    """
    found: dict[Hashable, Input] = {}
    for path in paths:
        there = dict(reversed([*_named(path)]))
        if not there:
            shown = remote.shown(path) if remote.is_address(path) else path or "an empty argument"
            problem = f"{shown} names no recording"
            raise UsageError(problem, f"name files, folders with files {', '.join(_FORMS)}, or patterns")
        found = there | found
    inputs = sorted(found.values(), key=lambda one: one.place)
    for one in inputs:
        _refuse_what_cannot_be_read(one)
    return list(told_apart(inputs))


def _named(path: str) -> Iterator[tuple[Hashable, Input]]:
    """Yield recordings, each with what is the same under all names that it has."""
    if path == STANDARD_INPUT:
        yield path, Input(path, is_stream=True, is_read_once=True)
    elif remote.is_address(path):
        addresses = remote.find(path)
        yield from (
            (one, _behind(one)) for one in addresses if one == path or _is_recording(remote.shown(one))
        )
    elif path:
        names = sorted(local.named(path))
        yield from (_file(name) for name, is_inside in names if not is_inside or _is_recording(name))


def _refuse_what_cannot_be_read(one: Input) -> None:
    """Say before any work that a recording cannot be read.

    Raises:
        UsageError: it takes a library that is not installed, or is compressed in another way.
    """
    begin = _first_bytes(one)
    if packer := _OTHER_PACKERS.get(begin[:3]):
        problem = f"{one.origin} is compressed with {packer}, which is not read"
        raise UsageError(problem, "unpack it, or pipe what it says into an audit of -")
    needed = []
    is_json = one.form is Form.CASSETTE and _suffix(Path(one.origin)) == _JSON
    if is_json or one.form is Form.HAR:
        needed.append(("ijson", "one JSON document"))
    if is_zstd(begin) or (not begin and one.origin.lower().endswith(".zst")):
        needed.append(("zstandard", "compressed with zstd"))
    for library, what in needed:
        if find_spec(library) is None:
            raise UsageError(f"{one.origin} is {what}", "install the project with the extra `audit`")


def _first_bytes(one: Input) -> bytes:
    """Give the first four bytes of a file of this machine."""
    if not local.is_plain(one.place):
        return b""
    with source(one.place) as raw:
        return raw.read(4)


def told_apart(inputs: Iterable[Input]) -> Iterator[Input]:
    """Give those a number which differ only in what is not shown of their addresses."""
    times: Counter[str] = Counter()
    for one in inputs:
        times[one.origin] += 1
        number = times[one.origin]
        yield one if number == 1 else replace(one, origin=f"{one.origin} ({number})")


def _file(name: str) -> tuple[Hashable, Input]:
    try:
        size, version, itself = local.facts(name)
        is_once = not local.is_plain(name)
        form = _form(name, name)
    except OSError as error:
        problem = f"{name} cannot be read ({error.strerror})"
        raise UsageError(problem, "name files that can") from None
    return itself, Input(name, size, version, name, form, is_stream=is_once, is_read_once=is_once)


def _behind(address: str) -> Input:
    size, version, has_midst = remote.facts(address)
    shown = remote.shown(address)
    return Input(shown, size, version, address, _form(shown, address), is_stream=not has_midst)


def _form(name: str, place: str) -> Form:
    """Say what a recording is written in, by its name; in JSON may be lines or a cassette."""
    suffix = _suffix(Path(name))
    is_open = local.is_plain(place) or remote.is_address(place)
    if suffix == _JSON and is_open and _JSON_CASSETTE.match(_begin(place)):
        return Form.CASSETTE
    return _FORMS.get(suffix, Form.LINES)


def _begin(place: str) -> bytes:
    """Give how a recording begins."""
    with source(place) as raw:
        unpacks = unpacker(raw.peek(4)[:4])
        try:
            return (Unpacked(raw, unpacks) if unpacks else raw).read(_BEGIN_BYTES) or b""
        except (Cut, Damaged):
            return b""


def _is_recording(name: str) -> bool:
    suffix = _suffix(Path(name))
    return suffix in _FORMS or (
        suffix == _JSON and not remote.is_address(name) and _form(name, name) is Form.CASSETTE
    )


def _suffix(path: Path) -> str:
    """Give the end of a name, without that of a compression."""
    name = path.name.lower()
    for ending in _COMPRESSED:
        name = name.removesuffix(ending)
    return Path(name).suffix


def is_compressed(place: str) -> bool:
    """Say whether a file is compressed, by how it begins.

    Raises:
        OSError: it cannot be opened.
        UsageError: it takes a library to read it that is not installed.
    """
    with source(place, is_whole=False) as raw:
        return unpacker(raw.read(4)) is not None


@contextmanager
def source(place: str, *, is_whole: bool = True) -> Iterator[io.BufferedReader]:
    """Open what stands at a place, to read the whole from its begin or a part.

    Raises:
        OSError: it cannot be opened.
    """
    if place == STANDARD_INPUT:
        yield cast("io.BufferedReader", sys.stdin.buffer)
    elif remote.is_address(place):
        with remote.opened(place, is_whole=is_whole) as raw:
            yield io.BufferedReader(raw, BUFFER_BYTES)  # type: ignore[arg-type]
    else:
        with open(place, "rb", buffering=BUFFER_BYTES) as file:
            yield cast("io.BufferedReader", file)


@contextmanager
def opened(place: str) -> Iterator[tuple[io.BufferedReader, BinaryIO]]:
    """Open a stream: give what it says, and what that is read from. What was compressed raises `Cut` or
    `Damaged` where it is so; a file is read through before, so that nothing comes of what is damaged.

    Raises:
        OSError: it cannot be opened.
        UsageError: it takes a library to read it that is not installed.
    """
    with source(place) as raw:
        unpacks = unpacker(raw.peek(4)[:4])
        if unpacks is None:
            yield raw, raw
            return
        limit = sys.maxsize
        if local.is_plain(place):
            with source(place) as before:
                limit = trusted(before, unpacks)
        yield io.BufferedReader(Unpacked(raw, unpacks, limit), BUFFER_BYTES), raw
