"""A server that keeps no rule: raw bytes over a real socket, some of them honest.

A behaviour is a function that is given a `Caller` for each request and writes what it likes. The connection
stays open after it, unless it raises `HangUp`.
"""

import gzip
import json
import random
import socketserver
import ssl
import struct
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from itertools import count
from socket import SO_LINGER, SOL_SOCKET, socket
from typing import Any, NoReturn

from independent_server import TOKEN, Manners, Service
from suite import Interruption

MIB = 2**20


class HangUp(Exception):
    """The connection is closed."""


@dataclass
class Caller:
    """Whoever sent the request with this number: the first of all is 1, `turn` counts on this connection."""

    socket: socket
    service: Service
    stopped: threading.Event
    method: str
    target: str
    headers: Message
    number: int
    turn: int

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.socket.sendall(data)

    def answer(self, body: bytes, *headers: str, status: int = 200) -> None:
        """Send an answer that is whole."""
        self.send(head(*headers, f"Content-Length: {len(body)}", status=status) + body)

    def honest(self) -> bytes:
        """Give the body of a 200 that keeps the contract."""
        return as_json(self.service.answer(self.method, self.target, self.headers)[1])

    def answer_honestly(self, *headers: str) -> None:
        """Send what a server that keeps the contract would."""
        status, body = self.service.answer(self.method, self.target, self.headers)
        self.answer(as_json(body), *headers, status=status)

    def hang_up(self) -> NoReturn:
        """Close the connection."""
        raise HangUp

    def reset(self) -> NoReturn:
        """Break the connection, so that even what was sent may be lost."""
        self.socket.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        raise HangUp

    def say_nothing(self) -> NoReturn:
        """Wait until the other side gives up."""
        while self.socket.recv(4096):
            pass
        raise HangUp

    def trickle(self, data: Iterator[bytes], every_s: float = 0.25) -> None:
        """Send some bytes now and then."""
        for part in data:
            self.send(part)
            if self.stopped.wait(every_s):
                return


Behaviour = Callable[[Caller], None]


def head(*headers: str, status: int = 200, version: str = "1.1", media: str = "application/json") -> bytes:
    """Give a status line and headers."""
    lines = (f"HTTP/{version} {status} Whatever", f"Content-Type: {media}", *headers)
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1") + b"\r\n"


def as_json(value: Any) -> bytes:
    """Give a value as a body."""
    return json.dumps(value).encode()


def for_ever(data: bytes) -> Iterator[bytes]:
    """Yield the same bytes without end."""
    return (data for _ in count())


def gzip_bomb_of(size: int, times: int = 1) -> bytes:
    """Give the beginning of a gzip stream that becomes so many zeros, compressed several times."""
    zipper = zlib.compressobj(9, wbits=31)
    first, again = (zipper.compress(bytes(MIB)) + zipper.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    bomb = first + again * (size // MIB - 1)
    for _ in range(times - 1):
        bomb = gzip.compress(bomb)
    return bomb


# What a server may do on its first request or on every one.


def first(behaviour: Behaviour, times: int = 1) -> Behaviour:
    """Misbehave on the first requests only."""
    return lambda caller: behaviour(caller) if caller.number <= times else caller.answer_honestly()


def reset_at_once(caller: Caller) -> None:
    caller.reset()


def reset_mid_body(caller: Caller) -> None:
    body = caller.honest()
    caller.send(head(f"Content-Length: {len(body)}") + body[: len(body) // 2])
    caller.reset()


def hang_up_mid_body(caller: Caller) -> None:
    body = caller.honest()
    caller.send(head(f"Content-Length: {len(body)}") + body[: len(body) // 2])
    caller.hang_up()


def hang_up_mid_chunk(caller: Caller) -> None:
    caller.send(head("Transfer-Encoding: chunked") + b'ff\r\n{"success":')
    caller.hang_up()


def never_answer(caller: Caller) -> None:
    caller.say_nothing()


def one_byte_at_a_time(caller: Caller) -> None:
    body = caller.honest()
    caller.send(head(f"Content-Length: {len(body)}"))
    caller.trickle(bytes([byte]) for byte in body)


def headers_without_end(caller: Caller) -> None:
    caller.send(b"HTTP/1.1 200 OK\r\nX-A: ")
    caller.trickle(for_ever(b"a"))


def ten_megabytes_of_headers(caller: Caller) -> None:
    caller.send(b"HTTP/1.1 200 OK\r\n")
    for _ in range(10):
        caller.send(b"X-A: " + b"a" * MIB + b"\r\n")
    caller.send(b"\r\n")


def chunks_without_end(caller: Caller) -> None:
    caller.send(head("Transfer-Encoding: chunked"))
    for chunk in for_ever(b"10000\r\n" + b" " * 2**16 + b"\r\n"):
        caller.send(chunk)


def body_without_end(caller: Caller) -> None:
    caller.send(head("Connection: close"))
    for part in for_ever(b" " * 2**16):
        caller.send(part)


def interim_answers_without_end(caller: Caller) -> None:
    for part in for_ever(b"HTTP/1.1 100 Continue\r\n\r\n" * 100):
        caller.send(part)


def interim_answers_first(caller: Caller) -> None:
    caller.send(b"HTTP/1.1 100 Continue\r\n\r\n" + b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 50)
    caller.answer_honestly()


def gzip_bomb(caller: Caller) -> None:
    caller.answer(gzip_bomb_of(4096 * MIB), "Content-Encoding: gzip")


def nested_gzip_bomb(caller: Caller) -> None:
    caller.answer(gzip_bomb_of(16384 * MIB, times=2), "Content-Encoding: gzip, gzip")


def a_million_gzip_members(caller: Caller) -> None:
    caller.answer(gzip.compress(b"") * 1_000_000, "Content-Encoding: gzip")


def gzip_that_is_not(caller: Caller) -> None:
    caller.answer(caller.honest(), "Content-Encoding: gzip")


def unknown_coding(caller: Caller) -> None:
    caller.answer(b"\x28\xb5\x2f\xfd whatever", "Content-Encoding: zstd")


def length_too_long(caller: Caller) -> None:
    body = caller.honest()
    caller.send(head(f"Content-Length: {len(body) + 100}") + body)
    caller.hang_up()


def length_too_short(caller: Caller) -> None:
    body = caller.honest()
    caller.send(head(f"Content-Length: {len(body) - 10}") + body)


def two_lengths(caller: Caller) -> None:
    body = caller.honest()
    caller.send(head("Content-Length: 5", f"Content-Length: {len(body)}") + body)


def chunked_with_a_length(caller: Caller) -> None:
    body = caller.honest()
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    caller.send(head("Transfer-Encoding: chunked", "Content-Length: 3") + chunked)


def garbage_after_the_body(caller: Caller) -> None:
    body = caller.honest()
    caller.send(head(f"Content-Length: {len(body)}") + body + b"\0garbage\r\n\r\n" * 20)


def hang_up_before_reading(caller: Caller) -> None:
    caller.answer_honestly("Connection: close")
    caller.hang_up()


def not_http(caller: Caller) -> None:
    caller.send(b"220 mail.harbour.example ESMTP\r\n")
    caller.hang_up()


def http_1_0(caller: Caller) -> None:
    status, body = caller.service.answer(caller.method, caller.target, caller.headers)
    caller.send(head(status=status, version="1.0") + as_json(body))
    caller.hang_up()


def drop_kept_connections(caller: Caller) -> None:
    """Close a connection when a second request comes, without a word, as servers do that restart."""
    if caller.turn > 1:
        caller.hang_up()
    caller.answer_honestly()


def reset_kept_connections(caller: Caller) -> None:
    if caller.turn > 1:
        caller.reset()
    caller.answer_honestly()


def drop_kept_connections_at_random(caller: Caller) -> None:
    caller.answer_honestly()
    if random.Random(caller.number).random() < 0.3:
        caller.hang_up()


def set_cookies(caller: Caller) -> None:
    """Hand a session out, and from then on let in whoever shows it, without credentials."""
    if caller.headers["Cookie"]:
        del caller.headers["Authorization"]
        caller.headers["Authorization"] = f"Bearer {TOKEN}"
    caller.answer_honestly("Set-Cookie: session=1; Path=/")


def body(content: bytes, *headers: str, media: str = "application/json") -> Behaviour:
    """Answer 200 with this body whatever is asked."""
    answer = head(f"Content-Length: {len(content)}", *headers, media=media) + content
    return lambda caller: caller.send(answer)


def made(content: Callable[[], Iterator[bytes]]) -> Behaviour:
    """Answer 200 with a body too large to keep."""

    def behave(caller: Caller) -> None:
        caller.send(head("Connection: close"))
        for part in content():
            caller.send(part)
        caller.hang_up()

    return behave


def altered(alter: Callable[[bytes], bytes]) -> Behaviour:
    """Answer with what an honest body was turned into."""
    return lambda caller: caller.answer(alter(caller.honest()))


def status(code: int, *headers: str, content: bytes = b"") -> Behaviour:
    """Answer with a status of one's own."""
    return lambda caller: caller.answer(content, *headers, status=code)


def bare(code: int) -> Behaviour:
    """Answer with a status that has no body."""
    return lambda caller: caller.send(f"HTTP/1.1 {code} Whatever\r\n\r\n".encode())


@dataclass(frozen=True)
class Address:
    """Where the server is reached, and how often it was."""

    base_url: str
    connections: list[Any]
    requests: list[str]
    crashes: list[BaseException]


class _Door(socketserver.BaseRequestHandler):
    server: "_House"

    def handle(self) -> None:
        self.server.connections.append(self.client_address)
        connection = self.server.dressed(self.request)
        try:
            with connection.makefile("rb") as file:
                for turn in count(1):
                    self.serve(connection, file, turn)
        except (HangUp, ConnectionError, EOFError):
            pass
        finally:
            connection.close()

    def serve(self, connection: socket, file: Any, turn: int) -> None:
        line = file.readline()
        if not line:
            raise EOFError
        lines = list(iter(file.readline, b"\r\n"))
        method, target, _ = line.decode("latin-1").split(" ")
        headers = BytesParser().parsebytes(b"".join(lines), headersonly=True)
        server = self.server
        with server.lock:
            server.requests.append(target)
            number = len(server.requests)
        server.behaviour(
            Caller(connection, server.service, server.stopped, method, target, headers, number, turn)
        )


class _House(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, behaviour: Behaviour, service: Service, context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.behaviour, self.service, self.context = behaviour, service, context
        self.stopped, self.lock = threading.Event(), threading.Lock()
        self.connections: list[Any] = []
        self.requests: list[str] = []
        self.crashes: list[BaseException] = []

    def dressed(self, connection: socket) -> socket:
        """Give the connection with TLS around it, where that is spoken."""
        return self.context.wrap_socket(connection, server_side=True) if self.context else connection

    def handle_error(self, *_: object) -> None:
        """Keep a crash of the server, which a client that hangs up, or does not trust it, is not."""
        error = sys.exception()
        if error and not isinstance(error, OSError):
            self.crashes.append(error)


@contextmanager
def misbehaving(
    behaviour: Behaviour, kind: type[Service] = Service, context: ssl.SSLContext | None = None
) -> Iterator[Address]:
    """Serve on a free port of loopback until the block is left."""
    house = _House(behaviour, kind(Manners(jobs=5)), context)
    thread = threading.Thread(target=house.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        scheme = "https" if context else "http"
        base_url = f"{scheme}://127.0.0.1:{house.server_address[1]}/client/v4"
        yield Address(base_url, house.connections, house.requests, house.crashes)
    finally:
        house.stopped.set()
        house.shutdown()
        house.server_close()
        thread.join()


def during(interruption: Interruption, behaviour: Behaviour) -> Behaviour:
    """Behave so, and interrupt the suite when it asks for the second time."""

    def behave(caller: Caller) -> None:
        if caller.number == 1:
            caller.answer_honestly()
            return
        try:
            behaviour(caller)
        finally:
            interruption.happened.set()

    return behave


def interrupt_and_never_answer(interruption: Interruption, caller: Caller) -> None:
    interruption.happened.set()
    caller.say_nothing()
