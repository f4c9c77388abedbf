"""Undoes the content codings of a body without ever making more of it than a limit allows.

httpx undoes them too, but without a limit: a few kilobytes can become gigabytes.
"""

import zlib
from collections.abc import Iterator

ACCEPTED = "gzip, deflate"
"""What is asked for with `Accept-Encoding`, and all that is understood (RFC 9110 section 8.4.1)."""
_MAX_CODINGS = 3
_BLOCK_BYTES = 4096
_GZIP_OR_ZLIB = 47
_RAW_DEFLATE = -15


class TooLarge(Exception):
    """More came out than the limit allows."""


def decode(body: bytes, content_encoding: str, limit_bytes: int) -> bytes:
    """Give the body without its codings; as it came, where they cannot be undone or are not understood.

    Raises:
        TooLarge: more than `limit_bytes` come out.
    Source: RFC 9110 section 8.4: the codings stand in the order in which they were applied.
    """
    codings = names(content_encoding)
    if len(codings) > _MAX_CODINGS or not {"gzip", "x-gzip", "deflate"}.issuperset(codings):
        return body
    decoded = body
    try:
        for coding in reversed(codings):
            decoded = b"".join(_inflate(decoded, coding, limit_bytes))
    except zlib.error:
        return body
    return decoded


def names(content_encoding: str) -> list[str]:
    """Name the codings that a body has by its header, in small letters; `identity` is none."""
    codings = [coding.strip().lower() for coding in content_encoding.split(",")]
    return [coding for coding in codings if coding not in ("", "identity")]


def _inflate(body: bytes, coding: str, limit_bytes: int) -> Iterator[bytes]:
    """Yield the members of a compressed body, which has several where files were joined (RFC 1952 2.2)."""
    left, at = limit_bytes, 0
    while at < len(body):
        stream = zlib.decompressobj(_window(body[at : at + 2], coding))
        while not stream.eof:
            # In blocks: zlib copies what follows a member, and there may be a million members.
            block = body[at : at + _BLOCK_BYTES]
            if not block:
                raise zlib.error("the compressed body ends too early")
            # One byte more than allowed tells that there is more.
            part = stream.decompress(block, left + 1)
            if len(part) > left:
                raise TooLarge
            left -= len(part)
            at += len(block) - len(stream.unused_data)
            yield part


def _window(body: bytes, coding: str) -> int:
    """Tell raw deflate, which many servers send, from zlib, which `deflate` means (RFC 9110 8.4.1.2)."""
    is_zlib = len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2]) % 31 == 0
    return _RAW_DEFLATE if coding == "deflate" and not is_zlib else _GZIP_OR_ZLIB
