"""Cuts recordings into pieces, each of which is judged by itself, and reads the records of a piece.

A plain file of lines is cut by ranges of its bytes: a line belongs to the piece in which it begins. What is
compressed, or comes on standard input, is one stream; it is read here and handed on piece by piece. A record
stands at the same offset either way: that of its line in what the stream says.
"""

import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from contracts.audit import cassettes, har, lines
from contracts.audit.inputs import BUFFER_BYTES, Form, Input, is_compressed, opened, source
from contracts.audit.record import Record, Unreadable
from contracts.audit.unpacking import Cut, Damaged

PIECE_BYTES = 16 * 2**20
MAX_LINE_BYTES = 64 * 2**20
"""A longer line is not read; it is more than any answer that is judged."""

Found = tuple[int, Record | Unreadable]
"""A record, or why there is none, and its offset."""
GONE = "the file cannot be read any more"
SHORTER = "the file ends here, and was longer when the audit began"
_UNKNOWN = sys.maxsize
"""The end of a stream."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a recording: its lines that begin from `start` on and before `end`.

    `data` holds them where they were read already, `problem` says why nothing can be read at `start`.
    `read_bytes` are those of the file that it took. `place` is where the recording is, as `Input` has it.
    """

    origin: str
    start: int
    end: int
    read_bytes: int
    data: bytes | None = field(repr=False, default=None)
    problem: str = ""
    form: Form = Form.LINES
    place: str = field(repr=False, default="")

    @property
    def name(self) -> str:
        """What stands for the piece among those that are done."""
        return f"{self.origin}:{self.start}{'!' if self.problem else ''}"


def cut(one: Input, piece_bytes: int) -> Iterator[Piece]:
    """Cut a recording into pieces of about so many bytes; what is no lines stays whole."""
    if one.form is not Form.LINES:
        yield Piece(one.origin, 0, one.size_bytes, one.size_bytes, form=one.form, place=one.place)
        return
    try:
        is_stream = one.is_stream or is_compressed(one.place)
    except OSError:
        yield Piece(one.origin, 0, 0, one.size_bytes, problem=GONE)
        return
    if is_stream:
        yield from _stream(one, piece_bytes)
        return
    for start in range(0, one.size_bytes, piece_bytes):
        end = min(start + piece_bytes, one.size_bytes)
        yield Piece(one.origin, start, end, end - start, place=one.place)


def records(piece: Piece) -> Iterator[Found]:
    """Read the records of a piece."""
    if piece.problem:
        yield piece.start, Unreadable(piece.problem)
        return
    try:
        if piece.form is not Form.LINES:
            yield from _whole(piece)
            return
        for offset, line in _lines(piece):
            if isinstance(line, Unreadable) or line.strip():
                yield offset, _record(line)
    except OSError:
        yield piece.start, Unreadable(GONE)


def _whole(piece: Piece) -> Iterator[Found]:
    """Read the records of a recording that cannot be cut; their offsets are their numbers, from 0 on."""
    read = har.records if piece.form is Form.HAR else cassettes.records
    with opened(piece.place) as (stream, _):
        yield from enumerate(read(stream))


def _record(line: bytes | Unreadable) -> Record | Unreadable:
    try:
        return line if isinstance(line, Unreadable) else lines.read(line)
    except Unreadable as why:
        return why


def _stream(one: Input, piece_bytes: int) -> Iterator[Piece]:
    """Read a stream piece by piece; what is broken in it ends it."""
    try:
        with opened(one.place) as (stream, raw):
            yield from _grouped(one.origin, stream, raw, piece_bytes)
    except OSError:
        yield Piece(one.origin, 0, 0, one.size_bytes, problem=GONE)


def _grouped(origin: str, stream: BinaryIO, raw: BinaryIO, piece_bytes: int) -> Iterator[Piece]:
    held: list[bytes] = []
    start = end = told = 0
    for at, line in _whole_lines(stream):
        is_line = isinstance(line, bytes)
        if held and (not is_line or end - start >= piece_bytes):
            before, told = told, _position(raw, end)
            yield Piece(origin, start, end, told - before, b"".join(held))
            held = []
        if isinstance(line, bytes):
            start = start if held else at
            held.append(line)
            end = at + len(line)
        else:
            yield Piece(origin, at, at + 1, 0, problem=str(line))
    if held:
        yield Piece(origin, start, end, _position(raw, end) - told, b"".join(held))


def _whole_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | Unreadable]]:
    """Yield the lines of a stream and, where it is broken, last of all that it is."""
    end = 0
    try:
        for at, line in _bounded(stream, 0, _UNKNOWN):
            yield at, line
            end = at + (len(line) if isinstance(line, bytes) else 1)
    except (Cut, Damaged) as why:
        yield end, Unreadable(str(why))
    except OSError:
        yield end, Unreadable(GONE)


def _position(raw: BinaryIO, end: int) -> int:
    """Say how much of its file a stream has taken; a pipe does not tell."""
    return raw.tell() if raw.seekable() else end


def _lines(piece: Piece) -> Iterator[tuple[int, bytes | Unreadable]]:
    if piece.data is not None:
        yield from _bounded(io.BytesIO(piece.data), piece.start, piece.end)
        return
    with source(piece.place, is_whole=False) as file:
        start = piece.start
        if start:
            # The line that reaches into the piece belongs to the one before.
            file.seek(start - 1)
            start = start - 1 + _skip_line(file)
        yield from _bounded(file, start, piece.end)


def _bounded(file: BinaryIO, at: int, end: int) -> Iterator[tuple[int, bytes | Unreadable]]:
    """Yield the lines that begin before the end, and, where that is known and not reached, that it is not."""
    while at < end:
        line = file.readline(MAX_LINE_BYTES)
        if not line:
            if end != _UNKNOWN:
                yield at, Unreadable(SHORTER)
            return
        size = len(line)
        if size == MAX_LINE_BYTES and not line.endswith(b"\n"):
            size += _skip_line(file)
            yield at, Unreadable(f"the line is longer than {MAX_LINE_BYTES} bytes")
        else:
            yield at, line
        at += size


def _skip_line(file: BinaryIO) -> int:
    """Read to the end of a line, and give how much that was."""
    size = 0
    while part := file.readline(BUFFER_BYTES):
        size += len(part)
        if part.endswith(b"\n"):
            break
    return size
