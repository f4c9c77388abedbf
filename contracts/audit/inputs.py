"""Finds what is to be read, here or behind an address, and opens it: plain, gzip or zstd."""

import glob
import io
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, cast

from contracts.audit import remote
from contracts.audit.unpacking import Unpacked, trusted, unpacker
from contracts.errors import UsageError

STANDARD_INPUT = "-"
BUFFER_BYTES = 2**20
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


@dataclass(frozen=True, slots=True)
class Input:
    """One recording. `origin` is what it was asked for by, as it may be shown; `size_bytes` is that of its
    file and `version` changes with it; of standard input nothing is known. `place` is where it is: a path, or
    an address, which may hold credentials. `is_stream` says that it can be read from its begin alone."""

    origin: str
    size_bytes: int = 0
    version: str = ""
    place: str = field(repr=False, default=STANDARD_INPUT)
    is_stream: bool = False

    @property
    def form(self) -> Form:
        """What it is written in."""
        is_address = remote.is_address(self.place)
        return _FORMS.get(_suffix(Path(remote.shown(self.place) if is_address else self.origin)), Form.LINES)

    @property
    def is_standard_input(self) -> bool:
        """Whether it can be read once only."""
        return self.origin == STANDARD_INPUT


def find(paths: Sequence[str]) -> list[Input]:
    """Give the recordings that paths name, each once, in the order of their names.

    Raises:
        UsageError: one names none.
    """
    found: dict[str, Input] = {}
    for path in paths:
        there = list(_named(path))
        if not there:
            shown = remote.shown(path) if remote.is_address(path) else path
            problem = f"{shown} names no recording"
            raise UsageError(problem, f"name files, folders with files {', '.join(_FORMS)}, or patterns")
        found |= {one.place: one for one in there}
    return list(_told_apart(found[place] for place in sorted(found)))


def _named(path: str) -> Iterator[Input]:
    if path == STANDARD_INPUT:
        yield Input(path, is_stream=True)
    elif remote.is_address(path):
        addresses = remote.find(path)
        yield from (_behind(one) for one in addresses if one == path or _is_recording(remote.shown(one)))
    else:
        yield from _files(path)


def _told_apart(inputs: Iterable[Input]) -> Iterator[Input]:
    """Give those a number which differ only in what is not shown of their addresses."""
    times: Counter[str] = Counter()
    for one in inputs:
        times[one.origin] += 1
        number = times[one.origin]
        yield one if number == 1 else replace(one, origin=f"{one.origin} ({number})")


def _files(path: str) -> Iterator[Input]:
    names = [path] if Path(path).exists() else glob.glob(path, recursive=True)
    for name in names:
        if Path(name).is_dir():
            inside = (one for one in Path(name).rglob("*") if one.is_file() and _is_recording(one))
            yield from map(_input, map(str, inside))
        else:
            yield _input(name)


def _input(name: str) -> Input:
    try:
        with open(name, "rb"):
            known = Path(name).stat()
    except OSError as error:
        problem = f"{name} cannot be read ({error.strerror})"
        raise UsageError(problem, "name files that can") from None
    return Input(name, known.st_size, str(known.st_mtime_ns), name)


def _behind(address: str) -> Input:
    size, version, has_midst = remote.facts(address)
    return Input(remote.shown(address), size, version, address, is_stream=not has_midst)


def _is_recording(path: Path | str) -> bool:
    return _suffix(Path(path)) in _FORMS


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
        if place != STANDARD_INPUT and not remote.is_address(place):
            with source(place) as before:
                limit = trusted(before, unpacks)
        yield io.BufferedReader(Unpacked(raw, unpacks, limit), BUFFER_BYTES), raw
