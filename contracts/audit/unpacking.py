"""Unpacks gzip and zstd bit by bit, and tells where what came is not the whole, or damaged."""

import io
import sys
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO

from contracts.errors import UsageError

CHUNK_BYTES = 1024
"""So much is unpacked at once: a block of zstd of 4 bytes may become 128 KB."""
_BUFFER_BYTES = 2**20
_GZIP_WINDOW = 31
"""What zlib calls gzip, with its header and its checksum."""


class Cut(Exception):
    """A compressed stream ends before its end."""

    def __str__(self) -> str:
        return "the stream is cut behind this place"


class Damaged(Exception):
    """A compressed stream is not as it was written."""

    def __str__(self) -> str:
        return "the stream is damaged at or before this place"


Unpacker = Callable[[], Any]
"""Makes what unpacks one stream of those that stand one behind the other, as `zlib.decompressobj` does."""


def unpacker(begin: bytes) -> Unpacker | None:
    """Give what unpacks a recording, by its first four bytes; None where it is not compressed.

    Raises:
        UsageError: it takes a library that is not installed.
    """
    if begin.startswith(b"\x1f\x8b"):
        return lambda: zlib.decompressobj(_GZIP_WINDOW)
    if not is_zstd(begin):
        return None
    try:
        import zstandard
    except ImportError:
        problem = "a recording is compressed with zstd"
        raise UsageError(problem, "install the project with the extra `audit`") from None
    unpacks: Unpacker = zstandard.ZstdDecompressor().decompressobj
    return unpacks


def is_zstd(begin: bytes) -> bool:
    """Say whether a recording is compressed with zstd, by its first four bytes."""
    # Parallel writers begin with a frame that is to be skipped (RFC 8878 section 3.1.2).
    is_skippable = begin[1:4] == b"\x2a\x4d\x18" and begin[0] & 0xF0 == 0x50
    return begin == b"\x28\xb5\x2f\xfd" or is_skippable


class Unpacked(io.RawIOBase):
    """What compressed streams say that stand one behind the other.

    Reading raises `Cut` or `Damaged` after all that came before was given, but no more than `trusted` bytes.
    """

    def __init__(self, packed: BinaryIO, unpacker: Unpacker, trusted: int = sys.maxsize) -> None:
        self._packed = packed
        self._unpacker = unpacker
        self._trusted = trusted
        self._current: Any = None
        self._rest = self._held = b""
        self._size = 0
        self.sound_bytes = 0
        """So many bytes the streams gave that were whole and as they were written."""

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer as far as there is something to fill it with, and say how far."""
        while not self._held:
            if self._size >= self._trusted:
                raise Damaged
            packed = self._next()
            if not packed:
                return 0
            self._held = self._unpack(packed)[: self._trusted - self._size]
            self._size += len(self._held)
            self._end_of_stream()
        view = memoryview(buffer).cast("B")
        size = min(len(view), len(self._held))
        view[:size], self._held = self._held[:size], self._held[size:]
        return size

    def _next(self) -> bytes:
        """Give what is to be unpacked next, nothing at the end of the last stream."""
        packed, self._rest = self._rest, b""
        while not packed and (packed := self._packed.read(CHUNK_BYTES)) and not self._current:
            # gzip on tapes and disks is filled up with zeros.
            packed = packed.lstrip(b"\0")
        if not packed and self._current:
            raise Cut
        return packed

    def _unpack(self, packed: bytes) -> bytes:
        self._current = self._current or self._unpacker()
        try:
            unpacked: bytes = self._current.decompress(packed)
        except Exception:  # Each library has its own.
            raise Damaged from None
        return unpacked

    def _end_of_stream(self) -> None:
        if self._current.eof:
            self._rest, self._current = self._current.unused_data.lstrip(b"\0"), None
            self.sound_bytes = self._size


def trusted(packed: BinaryIO, unpacker: Unpacker) -> int:
    """Say how many bytes of what compressed streams say may be believed: none of the first that is damaged,
    since a checksum stands behind what it is of. All that comes out of one that is cut is as it was written.
    """
    unpacked = Unpacked(packed, unpacker)
    try:
        while unpacked.read(_BUFFER_BYTES):
            pass
    except Damaged:
        return unpacked.sound_bytes
    except Cut:
        pass
    return sys.maxsize
