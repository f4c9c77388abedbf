"""One connection to the emulator: HTTP/1 as it comes, parsed by httptools, and answered in order.

A general server would make a task and a handful of messages of each request, which cost more than the answer
does; and what it does with odd bytes is what this emulator has to decide by itself.
"""

import asyncio
import http
import time
from collections import deque
from collections.abc import MutableSet
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache

import httptools

from contracts.emulator.app import Emulator
from contracts.emulator.hooks import Answer
from contracts.emulator.remembering import remembering

_VERSIONS = ("1.0", "1.1")
_WITHOUT_BODY = (204, 304)
_ROOM_BYTES = 2**13


@dataclass(frozen=True, slots=True)
class _Request:
    """The head of a request, as it came."""

    method: str
    path: bytes
    query: bytes
    headers: list[tuple[bytes, bytes]]
    is_last: bool
    """Whether the client wants the connection closed after the answer, or speaks a version that has it so."""
    takes_chunks: bool


class Connection(asyncio.BufferedProtocol):
    """Answers the requests on one connection by an emulator, and what is not HTTP as the contract has it.

    It is one of `connections` while it lasts. A request is answered as soon as its head is there; the body is
    not waited for.
    """

    def __init__(self, emulator: Emulator, connections: MutableSet["Connection"]) -> None:
        self._emulator = emulator
        self._connections = connections
        self._parser = httptools.HttpRequestParser(self)
        # asyncio would take a quarter of a megabyte for each piece, which costs half of what an answer does.
        self._room = memoryview(bytearray(_ROOM_BYTES))
        self._waiting: deque[_Request] = deque()
        self._is_busy = False
        self._is_malformed = False
        self._has_ended = False
        self._is_over = False
        self._is_in_body = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a connection."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._is_over = True
        self._connections.discard(self)

    def abort(self) -> None:
        """Hang up at once."""
        self._transport.abort()

    def get_buffer(self, sizehint: int) -> memoryview:
        """Give the room for what comes."""
        return self._room

    def buffer_updated(self, nbytes: int) -> None:
        """Read what came, and answer what is there of requests."""
        rest = self._room[:nbytes]
        while rest and not (self._is_malformed or self._is_over):
            try:
                self._parser.feed_data(rest)
                break
            except httptools.HttpParserUpgrade as upgrade:
                # No other protocol is spoken, so what follows is HTTP still (RFC 9110 section 7.8).
                rest = rest[upgrade.args[0] :]
            except httptools.HttpParserError:
                self._is_malformed = True
                if self._is_in_body and self._waiting:
                    # What is malformed is the rest of this very request.
                    self._waiting.pop()
        self._proceed()

    def eof_received(self) -> bool:
        """Keep a connection that the client has closed on its side while it waits for answers."""
        self._has_ended = True
        return bool(self._waiting or self._is_busy)

    def pause_writing(self) -> None:
        """Wait until the client has read more of the answers."""
        self._is_busy = True

    def resume_writing(self) -> None:
        """Go on."""
        self._is_busy = False
        self._proceed()

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._target = b""
        self._headers: list[tuple[bytes, bytes]] = []

    def on_url(self, piece: bytes) -> None:
        """Take a piece of the target."""
        self._target += piece

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Take a request, or refuse what the parser takes although it is none.

        Source: RFC 9112 sections 2.3 and 3.2 (a version, and one host in HTTP/1.1).
        """
        version = self._parser.get_http_version()
        is_old = version != "1.1"
        if version not in _VERSIONS or not (is_old or b"host" in dict(self._headers)):
            raise ValueError("not HTTP")
        url = _parsed(self._target)
        method = self._parser.get_method().decode("ascii")
        is_last = is_old or not self._parser.should_keep_alive()
        request = _Request(method, url.path or b"/", url.query or b"", self._headers, is_last, not is_old)
        self._waiting.append(request)
        self._is_in_body = True

    def on_message_complete(self) -> None:
        """End a request."""
        self._is_in_body = False

    def _proceed(self) -> None:
        """Answer what waits, in order, while the client reads and nothing takes its time."""
        while self._waiting and not (self._is_busy or self._is_over):
            self._answer(self._waiting.popleft())
        if self._is_over:
            return
        if self._waiting or self._is_busy:
            self._transport.pause_reading()
            return
        self._transport.resume_reading()
        if self._is_malformed:
            self._write(_NO_REQUEST, self._emulator.malformed())
        elif self._has_ended:
            self._hang_up()

    def _answer(self, request: _Request) -> None:
        answer = self._emulator.answer(request.method, request.path, request.query, request.headers)
        delay_s = self._emulator.variant.delay_s
        if not delay_s:
            self._write(request, answer)
            return

        def finish() -> None:
            self._is_busy = False
            if not self._is_over:
                self._write(request, answer)
                self._proceed()

        self._is_busy = True
        asyncio.get_running_loop().call_later(delay_s, finish)

    def _write(self, request: _Request, answer: Answer) -> None:
        variant = self._emulator.variant
        has_body = request.method != "HEAD" and answer.status not in _WITHOUT_BODY
        names = dict(answer.headers)
        is_chunked = has_body and b"content-length" not in names and request.takes_chunks
        is_last = request.is_last or variant.is_http_1_0 or names.get(b"connection") == b"close"
        pieces = [_status_line(answer.status, variant.is_http_1_0), b"date: ", _date(int(time.time()))]
        for name, value in answer.headers:
            pieces += (b"\r\n", name, b": ", value)
        if is_last and b"connection" not in names:
            pieces.append(b"\r\nconnection: close")
        if is_chunked:
            pieces.append(b"\r\ntransfer-encoding: chunked")
        pieces.append(b"\r\n\r\n")
        if is_chunked:
            pieces += (b"%x\r\n%b\r\n" % (len(part), part) for part in variant.parts(answer.body) if part)
            pieces.append(b"0\r\n\r\n")
        elif has_body:
            pieces.append(answer.body)
        self._transport.write(b"".join(pieces))
        if is_last:
            self._hang_up()

    def _hang_up(self) -> None:
        self._is_over = True
        self._transport.close()


_NO_REQUEST = _Request("", b"", b"", [], is_last=True, takes_chunks=False)
_parsed = remembering(httptools.parse_url)


@lru_cache
def _status_line(status: int, is_http_1_0: bool) -> bytes:
    version = b"1.0" if is_http_1_0 else b"1.1"
    known = http.HTTPStatus.__members__.values()
    phrase = http.HTTPStatus(status).phrase if status in known else ""
    return b"HTTP/%b %d %b\r\n" % (version, status, phrase.encode())


@lru_cache(maxsize=1)
def _date(second: int) -> bytes:
    return formatdate(second, usegmt=True).encode()
