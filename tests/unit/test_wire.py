"""One request over a real socket: what came back, or why nothing did."""

import gzip
import logging
import os
import signal
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from socket import SO_LINGER, SOL_SOCKET, create_server, socket
from struct import pack

import pytest
import trustme

from contracts.errors import UsageError
from contracts.guard import Guard
from contracts.wire import MAX_BODY_BYTES, NoAnswer, Wire

Peer = Callable[[socket, int], None]
"""Given a connection on which a request has come, and how many came before on any."""

HEAD = b"HTTP/1.1 200 OK\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@contextmanager
def peer(behave: Peer, context: ssl.SSLContext | None = None) -> Iterator[tuple[str, list[bytes]]]:
    """Listen on loopback and behave so to each request; give the URL and the heads that came."""
    heads: list[bytes] = []

    def serve(accepted: socket) -> None:
        with context.wrap_socket(accepted, server_side=True) if context else accepted as connection:
            while head := _head(connection):
                heads.append(head)
                behave(connection, len(heads) - 1)

    def listen() -> None:
        while True:
            try:
                connection = listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=_quietly, args=(serve, connection), daemon=True).start()

    with create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=listen, daemon=True).start()
        yield f"{'https' if context else 'http'}://127.0.0.1:{listener.getsockname()[1]}/x", heads


def _head(connection: socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        more = connection.recv(4096)
        if not more:
            return b""
        head += more
    return head


def _quietly(serve: Callable[[socket], None], connection: socket) -> None:
    try:
        serve(connection)
    except OSError:  # Closed, by either side.
        return


def wire_to(url: str, *, trust_env: bool = False, timeout_s: float = 5.0) -> Wire:
    return Wire(Guard(url, "GET", [url]), trust_env=trust_env, timeout_s=timeout_s)


def saying(*parts: bytes) -> Peer:
    """Send these bytes and close."""

    def behave(connection: socket, _: int) -> None:
        for part in parts:
            connection.sendall(part)
        connection.close()

    return behave


def resetting(connection: socket, _: int) -> None:
    connection.setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))
    connection.close()


def silent(connection: socket, _: int) -> None:
    connection.recv(1)


def trickling(connection: socket, _: int) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    connection.settimeout(0.05)
    while True:
        connection.sendall(b"a")
        try:
            connection.recv(1)
        except TimeoutError:
            continue


def trickling_a_body_without_end(connection: socket, before: int) -> None:
    connection.sendall(HEAD)
    trickling(connection, before)


def pulling_the_alarm(connection: socket, _: int) -> None:
    """Send the process a signal of which a test has made what Ctrl-C does, and answer nothing."""
    os.kill(os.getpid(), signal.SIGALRM)
    connection.recv(1)


def pulling_the_alarm_first(connection: socket, before: int) -> None:
    if before:
        connection.sendall(OK)
    else:
        pulling_the_alarm(connection, before)


def test_an_answer_is_given_with_its_codings_undone() -> None:
    zipped = gzip.compress(b'{"a": 1}')
    said = b"HTTP/1.1 203 Fine\r\nContent-Encoding: gzip\r\nX-Two: 1\r\nX-Two: 2\r\n\r\n" + zipped

    with peer(saying(said)) as (url, _), wire_to(url) as wire:
        answer = wire.send("GET", url, {})

    assert (answer.status, answer.body) == (203, b'{"a": 1}')
    assert answer.headers == (("content-encoding", "gzip"), ("x-two", "1"), ("x-two", "2"))
    assert answer.by_name == {"content-encoding": "gzip", "x-two": "2"}
    assert answer.elapsed_ms > 0


@pytest.mark.parametrize("said", ["gzip", "deflate", "br", "identity, gzip", "gzip, gzip, gzip, gzip"])
def test_a_body_that_is_not_coded_as_its_header_says_is_told_to_be_coded(said: str) -> None:
    answer = f"HTTP/1.1 200 OK\r\nContent-Encoding: {said}\r\n\r\n{{}}".encode()

    with peer(saying(answer)) as (url, _), wire_to(url) as wire:
        came = wire.send("GET", url, {})

    assert (came.body, came.is_coded) == (b"{}", True)


@pytest.mark.parametrize("said", ["", "identity", ",", "gzip"])
def test_a_body_without_codings_or_nothing_at_all_is_not_coded(said: str) -> None:
    body = "" if said == "gzip" else "{}"
    answer = f"HTTP/1.1 200 OK\r\nContent-Encoding: {said}\r\n\r\n{body}".encode()

    with peer(saying(answer)) as (url, _), wire_to(url) as wire:
        assert not wire.send("GET", url, {}).is_coded


@pytest.mark.parametrize(
    ("behave", "problem", "is_passing"),
    [
        (saying(), "the connection ended early, or what came is not HTTP", True),
        (saying(b"SSH-2.0-x\r\n"), "the connection ended early, or what came is not HTTP", True),
        (saying(OK[:-1]), "the connection ended early, or what came is not HTTP", True),
        (
            saying(b"HTTP/1.1 200 OK\r\nA: " + b"a" * 200_000),
            "the connection ended early, or what came is not HTTP",
            True,
        ),
        (resetting, "the connection broke (ReadError)", True),
        (trickling, "no whole answer came in 0.5 s", True),
        (trickling_a_body_without_end, "no whole answer came in 0.5 s", True),
        (
            saying(b"HTTP/1.1 200 OK\r\n\r\n", bytes(MAX_BODY_BYTES + 1)),
            "the answer is larger than 32 MiB",
            False,
        ),
    ],
    ids=[
        "nothing",
        "not-http",
        "cut-short",
        "large-head",
        "reset",
        "trickling",
        "trickling-body",
        "large-body",
    ],
)
def test_no_answer_says_what_came_instead(behave: Peer, problem: str, is_passing: bool) -> None:
    timeout_s = 0.5 if behave in (trickling, trickling_a_body_without_end) else 20.0

    with (
        peer(behave) as (url, _),
        wire_to(url, timeout_s=timeout_s) as wire,
        pytest.raises(NoAnswer) as raised,
    ):
        wire.send("GET", url, {})

    failure = raised.value
    assert (failure.problem, failure.is_passing) == (problem, is_passing)
    assert not failure.is_unheard
    assert not failure.is_stale


def test_a_server_that_trickles_over_tls_is_given_up_in_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))

    with (
        peer(trickling, context) as (url, heads),
        wire_to(url, trust_env=True, timeout_s=0.5) as wire,
        pytest.raises(NoAnswer, match=r"no whole answer came in 0\.5 s"),
    ):
        wire.send("GET", url, {})
    assert len(heads) == 1


def test_a_silent_server_is_given_up_in_time() -> None:
    with peer(silent) as (url, _), wire_to(url, timeout_s=0.2) as wire, pytest.raises(NoAnswer) as raised:
        wire.send("GET", url, {})

    assert raised.value.problem in ("the server was silent for too long", "no whole answer came in 0.2 s")
    assert "--timeout" in raised.value.advice


def test_nobody_listening_is_unheard() -> None:
    with socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/x"

        with wire_to(url) as wire, pytest.raises(NoAnswer) as raised:
            wire.send("GET", url, {})

    assert raised.value == NoAnswer("no connection came about", is_unheard=True)


@pytest.mark.skipif(sys.platform != "linux", reason="others let more wait than a listener asks for")
def test_a_host_that_takes_no_connection_is_unheard() -> None:
    with ExitStack() as opened:
        full = opened.enter_context(socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(4):
            waiting = opened.enter_context(socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}/x"

        with wire_to(url, timeout_s=0.2) as wire, pytest.raises(NoAnswer) as raised:
            wire.send("GET", url, {})

    assert raised.value.is_unheard


def test_as_much_as_the_limit_is_read() -> None:
    with peer(saying(HEAD, bytes(MAX_BODY_BYTES))) as (url, _), wire_to(url, timeout_s=30) as wire:
        answer = wire.send("GET", url, {})

    assert len(answer.body) == MAX_BODY_BYTES


def test_the_limit_holds_for_what_is_decoded_too() -> None:
    bomb = gzip.compress(bytes(MAX_BODY_BYTES + 1))
    said = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"

    with peer(saying(said, bomb)) as (url, _), wire_to(url) as wire, pytest.raises(NoAnswer, match="32 MiB"):
        wire.send("GET", url, {})


def closing_the_second(connection: socket, before: int) -> None:
    if before == 1:
        connection.close()
    else:
        connection.sendall(OK)


def resetting_the_second(connection: socket, before: int) -> None:
    if before == 1:
        resetting(connection, before)
    connection.sendall(OK)


@pytest.mark.parametrize("behave", [closing_the_second, resetting_the_second], ids=["closed", "reset"])
def test_a_connection_that_is_closed_when_it_is_used_again_is_stale(behave: Peer) -> None:
    with peer(behave) as (url, heads), wire_to(url) as wire:
        wire.send("GET", url, {})

        with pytest.raises(NoAnswer) as raised:
            wire.send("GET", url, {})
        answer = wire.send("GET", url, {})

    assert raised.value.is_stale
    assert answer.body == b"{}"
    assert len(heads) == 3


def cutting_the_second_short(connection: socket, before: int) -> None:
    connection.sendall(OK if before == 0 else OK[:-1])
    if before:
        connection.close()


def test_an_answer_cut_short_is_not_stale_even_if_the_connection_was_used_before() -> None:
    with peer(cutting_the_second_short) as (url, _), wire_to(url) as wire:
        wire.send("GET", url, {})

        with pytest.raises(NoAnswer) as raised:
            wire.send("GET", url, {})

    assert not raised.value.is_stale


@pytest.mark.parametrize("location", ["http://elsewhere.example/", "http://[::bad", "//", "\x80"])
def test_a_redirect_is_an_answer_wherever_it_leads(location: str) -> None:
    said = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\n\r\n".encode("latin-1")

    with peer(saying(said)) as (url, heads), wire_to(url) as wire:
        answer = wire.send("GET", url, {})

    assert answer.status == 302
    assert answer.by_name["location"] == location
    assert len(heads) == 1


def test_no_cookie_is_sent_back() -> None:
    said = b"HTTP/1.1 200 OK\r\nSet-Cookie: session=1; Path=/\r\nContent-Length: 2\r\n\r\n{}"

    with peer(lambda connection, _: connection.sendall(said)) as (url, heads), wire_to(url) as wire:
        wire.send("GET", url, {})
        wire.send("GET", url, {})

    assert [b"cookie" in head.lower() for head in heads] == [False, False]


def test_what_the_guard_refuses_is_not_sent() -> None:
    with peer(saying(OK)) as (url, heads), wire_to(url) as wire, pytest.raises(UsageError):
        wire.send("POST", url, {})

    assert heads == []


@pytest.mark.parametrize("trust_env", [True, False], ids=["live", "emulator"])
def test_without_tls_no_proxy_is_sent_what_is_meant_for_this_machine(
    monkeypatch: pytest.MonkeyPatch, trust_env: bool
) -> None:
    with peer(saying(OK)) as (url, direct), peer(saying(OK)) as (proxy, proxied):
        for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HTTP_PROXY", proxy)
        monkeypatch.setenv("http_proxy", proxy)

        with wire_to(url, trust_env=trust_env) as wire:
            wire.send("GET", url, {})

    assert (len(direct), len(proxied)) == (1, 0)


@pytest.mark.parametrize("trust_env", [True, False], ids=["live", "emulator"])
def test_with_tls_a_proxy_of_the_environment_is_asked_for_a_tunnel_to_a_live_target_only(
    monkeypatch: pytest.MonkeyPatch, trust_env: bool
) -> None:
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    with peer(saying(refusal)) as (proxy, proxied):
        for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        monkeypatch.setenv("https_proxy", proxy)
        url = "https://127.0.0.1:9"

        with wire_to(url, trust_env=trust_env) as wire, pytest.raises(NoAnswer):
            wire.send("GET", url, {"Authorization": "Bearer of-the-target"})

    assert [head.split(b"\r\n")[0] for head in proxied] == ([b"CONNECT 127.0.0.1:9 HTTP/1.1"] * trust_env)
    assert not [head for head in proxied if b"of-the-target" in head]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HTTPS_PROXY", "gopher://me:password@localhost:1"),
        ("HTTPS_PROXY", "http://me:password@localhost:port"),
        ("SSL_CERT_FILE", "/nowhere/bundle.pem"),
        ("SSL_CERT_FILE", __file__),
    ],
    ids=["proxy-of-another-kind", "proxy-without-a-port", "no-bundle", "not-a-bundle"],
)
def test_an_environment_that_cannot_be_used_is_wrong_usage_and_not_quoted(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(UsageError) as raised:
        wire_to("https://localhost/x", trust_env=True)

    assert variable in str(raised.value)
    assert "password" not in str(raised.value)


def test_nothing_is_logged_of_a_request(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), peer(saying(OK)) as (url, _), wire_to(url) as wire:
        wire.send("GET", url, {"Authorization": "Bearer of-a-secret"})

    assert [
        record for record in caplog.records if record.name.partition(".")[0] in ("httpx", "httpcore")
    ] == []


def test_a_signal_ends_a_request_that_waits() -> None:
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        with peer(pulling_the_alarm) as (url, _), wire_to(url) as wire, pytest.raises(KeyboardInterrupt):
            wire.send("GET", url, {})
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_connection_that_an_interrupted_request_waited_on_is_not_used_again() -> None:
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        with peer(pulling_the_alarm_first) as (url, _), wire_to(url) as wire:
            with pytest.raises(KeyboardInterrupt):
                wire.send("GET", url, {})
            answer = wire.send("GET", url, {})
    finally:
        signal.signal(signal.SIGALRM, before)

    assert answer.body == b"{}"
    assert answer.timing
    assert answer.timing.connect_ms is not None
