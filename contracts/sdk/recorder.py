"""The server that an SDK under test talks to: it records every request as it came, and passes it on to an
emulator or, where a scenario has its own answer, gives that."""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Headers = tuple[tuple[str, str], ...]

_LOOPBACK = "127.0.0.1"
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"})
TIMEOUT_S = 60
"""So long an emulator may take, and an SDK in the midst of a request."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. One that `is_dropped` ends the connection in its place; one with `missing_bytes` ends
    it so many bytes before the end of the body that it announces."""

    status: int = 200
    headers: Headers = (("content-type", "application/json"),)
    body: bytes = b""
    is_dropped: bool = False
    missing_bytes: int = 0


Script = Callable[[int], Reply | None]
"""Gives what to answer to the n-th request of a scenario, counted from nought; None passes it on."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A request as it came over the wire, and what was answered. `target` is the path with the query;
    `at_s` says when, by a monotonic clock; `is_elsewhere` that it came to the other host."""

    method: str
    target: str
    headers: Headers = field(repr=False)
    at_s: float
    reply: Reply
    is_elsewhere: bool = False
    body: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> str | None:
        """Give the value of a header, whatever the case of its name."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class Recorder:
    """Serves on loopback under two names while the context lasts: its own, and another host's.

    `failure` says why a request of the scenario could not be passed on to the emulator, which is not the
    SDK's fault.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._recorded: list[Recorded] = []
        self._script: Script = _pass_on
        self._emulator = ("", 0)
        self.failure = ""
        self._servers = [_Server(self, is_elsewhere) for is_elsewhere in (False, True)]

    def __enter__(self) -> "Recorder":
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    @property
    def origin(self) -> str:
        """The URL of the server, without a path."""
        return f"http://{_LOOPBACK}:{self._servers[0].server_port}"

    @property
    def elsewhere(self) -> str:
        """The URL of the other host, without a path."""
        return f"http://localhost:{self._servers[1].server_port}"

    def start(self, emulator: tuple[str, int], script: Script | None = None) -> None:
        """Begin a scenario: what no script answers is passed on to the emulator at this host and port."""
        with self._lock:
            self._recorded = []
            self._script = script or _pass_on
            self._emulator = emulator
            self.failure = ""

    def taken(self) -> tuple[Recorded, ...]:
        """Give the requests of the scenario so far."""
        with self._lock:
            return tuple(self._recorded)

    def answer(
        self, method: str, target: str, headers: Headers, is_elsewhere: bool, body: bytes = b""
    ) -> Reply:
        """Answer a request and record both."""
        at_s = time.monotonic()
        with self._lock:
            number = len(self._recorded)
            reply = self._script(number) or self._asked(method, target, headers)
            self._recorded.append(Recorded(method, target, headers, at_s, reply, is_elsewhere, body))
        return reply

    def _asked(self, method: str, target: str, headers: Headers) -> Reply:
        try:
            return _asked(self._emulator, method, target, headers)
        except (OSError, HTTPException) as error:
            self.failure = f"the emulator does not answer ({getattr(error, 'strerror', None) or error})"
            return Reply(is_dropped=True)


def _pass_on(number: int) -> Reply | None:
    return None


def _asked(emulator: tuple[str, int], method: str, target: str, headers: Headers) -> Reply:
    """Ask the emulator; a request that it cannot be sent is answered as it would answer one."""
    connection = HTTPConnection(*emulator, timeout=TIMEOUT_S)
    try:
        if not _is_sent(connection, method, target, headers):
            return Reply(400)
        answer = connection.getresponse()
        kept = tuple((name, value) for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP)
        return Reply(answer.status, kept, answer.read())
    finally:
        connection.close()


def _is_sent(connection: HTTPConnection, method: str, target: str, headers: Headers) -> bool:
    """Send a request, and say whether that is possible."""
    try:
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            if name.lower() not in _HOP_BY_HOP:
                connection.putheader(name, value)
        connection.endheaders()
    except (HTTPException, ValueError):
        return False
    return True


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, recorder: Recorder, is_elsewhere: bool) -> None:
        self.recorder = recorder
        self.is_elsewhere = is_elsewhere
        super().__init__((_LOOPBACK, 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that has gone: it was killed, or given up on."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = TIMEOUT_S

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers, server = tuple(self.headers.items()), self.server
        reply = server.recorder.answer(self.command, self.path, headers, server.is_elsewhere, body)
        if not reply.is_dropped:
            self._write(reply)
        if reply.is_dropped or reply.missing_bytes:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    def _write(self, reply: Reply) -> None:
        self.send_response_only(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body) + reply.missing_bytes))
        self.end_headers()
        self.wfile.write(reply.body)
        self.wfile.flush()
