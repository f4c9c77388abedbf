"""Finds what is to be read, and opens it: plain, gzip or zstd, whatever it is called."""

import glob
import gzip
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from contracts.errors import UsageError

STANDARD_INPUT = "-"
BUFFER_BYTES = 2**20
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
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
    """One recording. `origin` is what it was asked for by, `size_bytes` and `changed_ns` are those of its
    file; of standard input nothing is known."""

    origin: str
    size_bytes: int = 0
    changed_ns: int = 0

    @property
    def form(self) -> Form:
        """What it is written in."""
        return _FORMS.get(_suffix(Path(self.origin)), Form.LINES)

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
        there = [Input(path)] if path == STANDARD_INPUT else list(_files(path))
        if not there:
            problem = f"{path} names no recording"
            raise UsageError(problem, f"name files, folders with files {', '.join(_FORMS)}, or patterns")
        found |= {one.origin: one for one in there}
    return [found[origin] for origin in sorted(found)]


def _files(path: str) -> Iterator[Input]:
    names = [path] if Path(path).exists() else glob.glob(path, recursive=True)
    for name in names:
        if Path(name).is_dir():
            inside = (one for one in Path(name).rglob("*") if one.is_file() and _suffix(one) in _FORMS)
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
    return Input(name, known.st_size, known.st_mtime_ns)


def _suffix(path: Path) -> str:
    """Give the end of a name, without that of a compression."""
    name = path.name.lower()
    for ending in _COMPRESSED:
        name = name.removesuffix(ending)
    return Path(name).suffix


def is_compressed(path: str) -> bool:
    """Say whether a file is compressed, by how it begins."""
    with open(path, "rb") as file:
        return file.read(4).startswith((_GZIP, _ZSTD))


@contextmanager
def opened(origin: str) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """Open a stream: give what it says, and what that is read from.

    Raises:
        OSError: it cannot be opened.
        UsageError: it takes a library to read it that is not installed.
    """
    is_standard = origin == STANDARD_INPUT
    with nullcontext(sys.stdin.buffer) if is_standard else open(origin, "rb", buffering=BUFFER_BYTES) as raw:
        assert isinstance(raw, io.BufferedReader)
        begin = raw.peek(4)[:4]
        if begin.startswith(_GZIP):
            yield gzip.GzipFile(fileobj=raw), raw  # type: ignore[misc]
        else:
            yield (_zstd(raw) if begin.startswith(_ZSTD) else raw), raw


def _zstd(raw: BinaryIO) -> BinaryIO:
    try:
        import zstandard
    except ImportError:
        problem = "a recording is compressed with zstd"
        raise UsageError(problem, "install the project with the extra `audit`") from None
    reader = zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
    return io.BufferedReader(reader, BUFFER_BYTES)
