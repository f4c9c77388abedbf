"""Streams as parsers of documents get them: bit by bit, and not without end between two items."""

from io import BufferedReader

from contracts.audit.unpacking import Cut, Damaged

MAX_ITEM_BYTES = 128 * 2**20
"""So much is read without an item coming to its end: a parser holds all of a text, and it may be one."""
_CHUNK_BYTES = 2**16


class TooLong(Exception):
    """An item takes more than is read of one."""

    def __str__(self) -> str:
        return f"more than {MAX_ITEM_BYTES} bytes stand here in one piece; what is behind them is not read"


BROKEN = (Cut, Damaged, TooLong)
"""What reading raises; each says what to tell of it."""


class Bits:
    """A stream that gives what there is, so that what stands before a damage is not lost with it."""

    def __init__(self, stream: BufferedReader) -> None:
        self._stream = stream
        self._size = 0

    def read(self, size: int = _CHUNK_BYTES) -> bytes:
        """Give some bytes, none at the end."""
        part = self._stream.read1(size)
        self._size += len(part)
        if self._size > MAX_ITEM_BYTES:
            raise TooLong
        return part

    def end_item(self) -> None:
        """Say that an item came to its end."""
        self._size = 0
