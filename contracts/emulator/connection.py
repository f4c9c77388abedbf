"""One connection to the emulator: uvicorn's, with another answer to what is not HTTP."""

import asyncio
import http
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from contracts.emulator.app import Emulator

_VERSIONS = ("1.0", "1.1")


class Connection(HttpToolsProtocol):
    """Answers what is not HTTP as the contract has it, where uvicorn would answer plain text, and only after
    the requests before it."""

    _is_malformed = False
    _has_ended = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection."""
        is_old = _emulator(self.config).variant.is_http_1_0
        super().connection_made(_OldTransport(transport) if is_old else transport)  # type: ignore[arg-type]

    def eof_received(self) -> bool:  # type: ignore[override]
        """Keep a connection that the client has closed on its side while it waits for answers."""
        self._has_ended = True
        return not self._is_idle

    def on_headers_complete(self) -> None:
        """Refuse what the parser takes although it is none.

        Source: RFC 9112 sections 2.3 and 3.2 (a version, and one host in HTTP/1.1).
        """
        version = self.parser.get_http_version()
        has_host = any(name == b"host" for name, _ in self.headers)
        if version not in _VERSIONS or (version == "1.1" and not has_host):
            raise ValueError("not HTTP")
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Do what had to wait for the answers."""
        super().on_response_complete()
        if not self._is_idle or self.transport.is_closing():
            return
        if self._is_malformed:
            self._refuse()
        elif self._has_ended:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP, as soon as all before it is answered."""
        self._is_malformed = True
        if self.cycle and self.cycle.more_body and not self.pipeline:
            # What is malformed is the rest of the request that is being answered.
            self.cycle.disconnected = True
            self._refuse()
        elif self._is_idle:
            self._refuse()

    @property
    def _is_idle(self) -> bool:
        """Whether all requests were answered that came so far."""
        return not self.pipeline and (self.cycle is None or self.cycle.response_complete)

    def _refuse(self) -> None:
        answer = _emulator(self.config).malformed()
        reason = http.HTTPStatus(answer.status).phrase.encode()
        lines = [b"HTTP/1.1 %d %s" % (answer.status, reason)]
        lines += [b"%s: %s" % header for header in (*answer.headers, (b"connection", b"close"))]
        self.transport.write(b"\r\n".join(lines) + b"\r\n\r\n" + answer.body)
        self.transport.close()


class _OldTransport:
    """A transport over which answers go as HTTP/1.0, which uvicorn does not write."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write what the server writes, with another version before a status."""
        old, new = b"HTTP/1.1 ", b"HTTP/1.0 "
        self._transport.write(new + data[len(old) :] if data.startswith(old) else data)


def _emulator(config: uvicorn.Config) -> Emulator:
    assert isinstance(config.app, Emulator)
    return config.app
