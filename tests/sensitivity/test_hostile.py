"""The suite judges servers that keep no rule: in bounded time and memory, with the right status and words.

A case is a behaviour of `hostile_server.py` and how the run ends. Most runs judge a few clauses on a few
requests, for what counts is how a request fares.
"""

import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import hostile_server as hostile
import pytest
import trustme
from hostile_server import (
    MIB,
    Behaviour,
    altered,
    bare,
    body,
    during,
    first,
    interrupt_and_never_answer,
    made,
    misbehaving,
    status,
)
from independent_server import Service
from suite import Ended, Interruption, judge

MOST_BYTES = 1024 * MIB
AT_ONCE = 6
SHORT_S = 2
ENVELOPE = "200: or 200.success: or responses:status"


@dataclass(frozen=True)
class Case:
    """How a run against a behaviour ends: its status, the clauses that are broken, those that are unstable,
    and words of its last line."""

    behaviour: Behaviour
    status: int
    violated: tuple[str, ...] = ()
    unstable: tuple[str, ...] = ()
    says: str = ""
    select: str = ENVELOPE
    requests: int = 7
    kind: type[Service] = Service
    timeout_s: float = 20


class NeverEnds(Service):
    """Says that there is another page, whatever was asked for, and that it holds the same jobs."""

    def listing(self, filters, page, per_page):
        whole = super().listing(filters, 1, per_page)
        return whole | {"result_info": whole["result_info"] | {"next": f"cursor-{page}"}}


class SaysNext(Service):
    """Sends a cursor with every page, even with the last one."""

    def listing(self, filters, page, per_page):
        whole = super().listing(filters, page, per_page)
        return whole | {"result_info": whole["result_info"] | {"next": f"cursor-{page}"}}


def with_text(text: str) -> Behaviour:
    """Answer honestly, but for the beginning of the body."""
    return altered(lambda honest: f"{{{text},".encode() + honest[1:])


def of_length(size: int) -> Iterator[bytes]:
    """Yield a JSON string of so many bytes."""
    yield b'"'
    yield from (b"a" * MIB for _ in range(size // MIB - 1))
    yield b"a" * (MIB - 2) + b'"'


def members(number: int) -> Iterator[bytes]:
    """Yield an object of so many members."""
    yield b'{"":0'
    for start in range(0, number - 1, 1000):
        yield b"".join(b',"m%d":0' % place for place in range(start, min(start + 1000, number - 1)))
    yield b"}"


def items(number: int) -> Iterator[bytes]:
    """Yield a body whose result holds so many numbers."""
    yield b'{"success":true,"errors":[],"messages":[],"result":[0'
    yield from (b",0" * 1000 for _ in range(number // 1000))
    yield b"]}"


GONE = {
    "reset-at-once": hostile.reset_at_once,
    "reset-mid-body": hostile.reset_mid_body,
    "hang-up-mid-body": hostile.hang_up_mid_body,
    "hang-up-mid-chunk": hostile.hang_up_mid_chunk,
    "never-answers": hostile.never_answer,
    "one-byte-at-a-time": hostile.one_byte_at_a_time,
    "headers-without-end": hostile.headers_without_end,
    "ten-megabytes-of-headers": hostile.ten_megabytes_of_headers,
    "interim-answers-without-end": hostile.interim_answers_without_end,
    "length-too-long": hostile.length_too_long,
    "two-lengths": hostile.two_lengths,
    "not-http": hostile.not_http,
    "502": status(502),
    "503": status(503, content=b"<html>maintenance</html>"),
    "504": status(504, "Retry-After: 0"),
}
WORDS = {
    "reset-at-once": "the connection broke (ReadError)",
    "reset-mid-body": "the connection broke (ReadError)",
    "never-answers": "check the address and the network, or allow more with --timeout",
    "one-byte-at-a-time": "no whole answer came in 2 s",
    "headers-without-end": "no whole answer came in 2 s",
    "interim-answers-without-end": "no whole answer came in 2 s",
    "502": "the server is not available (502)",
    "503": "the server is not available (503)",
    "504": "the server is not available (504)",
}
NOT_HTTP = "the connection ended early, or what came is not HTTP"
SLOW = ("never-answers", "one-byte-at-a-time", "headers-without-end", "interim-answers-without-end")
FLAWS = {
    "empty": b"",
    "html": b"<html><body>Just a moment...</body></html>",
    "truncated-json": b'{"success": true, "errors": [',
    "100000-levels": b"[" * 100_000 + b"]" * 100_000,
    "a-million-levels-of-objects": b'{"a":' * 1_000_000,
}
CASES = {
    **{
        name: Case(behaviour, 7, says=WORDS.get(name, NOT_HTTP), timeout_s=SHORT_S if name in SLOW else 20)
        for name, behaviour in GONE.items()
    },
    **{
        f"{name}-that-passes": Case(
            first(behaviour), 0, unstable=("responses:status",), timeout_s=SHORT_S if name in SLOW else 20
        )
        for name, behaviour in GONE.items()
    },
    "chunks-without-end": Case(hostile.chunks_without_end, 7, says="the answer is larger than 32 MiB"),
    "body-without-end": Case(hostile.body_without_end, 7, says="the answer is larger than 32 MiB"),
    "gzip-bomb": Case(hostile.gzip_bomb, 7, says="the answer is larger than 32 MiB"),
    "nested-gzip-bomb": Case(hostile.nested_gzip_bomb, 7, says="the answer is larger than 32 MiB"),
    "a-million-gzip-members": Case(hostile.a_million_gzip_members, 1, ("200:json",), requests=2),
    "gzip-that-is-not": Case(hostile.gzip_that_is_not, 1, ("200:json",)),
    "unknown-coding": Case(hostile.unknown_coding, 1, ("200:json",)),
    "interim-answers-first": Case(hostile.interim_answers_first, 0),
    "length-too-short": Case(hostile.length_too_short, 1, ("200:json",)),
    "chunked-with-a-length": Case(hostile.chunked_with_a_length, 0),
    "garbage-after-the-body": Case(hostile.garbage_after_the_body, 0),
    "hang-up-before-reading": Case(hostile.hang_up_before_reading, 0),
    "http-1.0": Case(hostile.http_1_0, 0),
    "drops-kept-connections": Case(hostile.drop_kept_connections, 0, requests=20),
    "resets-kept-connections": Case(hostile.reset_kept_connections, 0, requests=20),
    "drops-kept-connections-at-random": Case(hostile.drop_kept_connections_at_random, 0, requests=60),
    **{f"{name}-body": Case(body(content), 1, ("200:json",)) for name, content in FLAWS.items()},
    "html-as-html": Case(body(FLAWS["html"], media="text/html"), 1, ("200:content-type", "200:json")),
    "204": Case(bare(204), 1, ("responses:status",)),
    "205": Case(status(205), 1, ("responses:status",)),
    "500": Case(status(500, content=b"oops"), 1, ("responses:status",)),
    "status-999": Case(status(999), 1, ("responses:status",)),
    "duplicate-keys": Case(with_text('"success": false'), 1, ("200:unique-names",)),
    "nan": Case(with_text('"x": NaN'), 1, ("200:json",)),
    "a-400-digit-integer": Case(with_text(f'"x": {"9" * 400}, "y": 1e400, "z": 1e{"9" * 400}'), 0),
    "a-400-digit-count": Case(
        altered(lambda honest: honest.replace(b'"count": 5', b'"count": ' + b"9" * 400)),
        1,
        ("200.result_info.count:x-counts",),
        select="result_info.count",
    ),
    "a-100000-digit-integer": Case(with_text(f'"x": {"9" * 100_000}'), 0),
    "lone-surrogates": Case(with_text(r'"\udc00\ud800": "\ud800"'), 0),
    "lone-surrogates-where-a-value-is-shown": Case(
        altered(lambda honest: honest.replace(b'"status": "', rb'"status": "\ud800')),
        1,
        ("200.result[].status:enum",),
        select="status:enum and 200",
    ),
    "invalid-utf-8": Case(altered(lambda honest: honest + b"\xff"), 1, ("200:encoding", "200:json")),
    "bom": Case(altered(lambda honest: b"\xef\xbb\xbf" + honest), 1, ("200:encoding",)),
    "utf-16": Case(altered(lambda honest: honest.decode().encode("utf-16")), 1, ("200:encoding", "200:json")),
    "a-string-of-32-mib": Case(made(lambda: of_length(32 * MIB)), 1, ("200:type",), requests=2),
    "a-string-of-more": Case(made(lambda: of_length(33 * MIB)), 7, says="larger than 32 MiB"),
    "a-million-members": Case(
        made(lambda: members(1_000_000)), 1, ("200.success:required",), requests=2, timeout_s=20
    ),
    "two-million-items": Case(
        made(lambda: items(2_000_000)),
        1,
        ("200.result[]:type",),
        select="200.result[]:type",
        requests=2,
    ),
    "redirect-loop": Case(status(302, "Location: ?again"), 1, ("responses:status",)),
    "redirect-to-nowhere": Case(status(307, "Location: http://[::bad:/\x7f"), 1, ("responses:status",)),
    "cookies": Case(hostile.set_cookies, 0, select="security:no-credentials", requests=20),
    "retry-after-999999999": Case(status(429, "Retry-After: 999999999"), 7, says="999999999 s"),
    "retry-after-the-year-9999": Case(
        status(429, "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT"), 7, says="not to come back for"
    ),
    "503-for-a-day": Case(status(503, "Retry-After: 86400"), 7, says="not to come back for 86400 s"),
    "retry-after-junk": Case(status(429, "Retry-After: soon \xff"), 7, says="5 times in a row"),
    "retry-after-a-date-that-overflows": Case(first(status(429, "Retry-After: 0 JAN 0 0:3000000000 GMT")), 0),
    "retry-after-seconds": Case(first(status(429, "Retry-After: 1"), 2), 0),
    "retry-after-date-gone-by": Case(first(status(429, "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT"), 2), 0),
    "rate-limit-used-up": Case(
        lambda caller: caller.answer_honestly('RateLimit: "default";r=0;t=1'), 0, requests=3
    ),
    "older-rate-limit-used-up": Case(
        lambda caller: caller.answer_honestly("RateLimit-Remaining: 0", "RateLimit-Reset: 1"), 0, requests=3
    ),
    "rate-limit-junk": Case(
        lambda caller: caller.answer_honestly("RateLimit: ;;r=0;t=x,,\xff", "RateLimit-Reset: -1"), 0
    ),
    "a-cursor-that-never-ends": Case(
        lambda caller: caller.answer_honestly(), 0, kind=SaysNext, select="x-pagination", requests=60
    ),
    "pages-that-repeat-for-ever": Case(
        lambda caller: caller.answer_honestly(),
        1,
        ("x-pagination/no-repeats",),
        kind=NeverEnds,
        select="x-pagination/no-repeats",
        requests=60,
    ),
}


def judge_case(folder: Path, case: Case) -> Ended:
    """Run the suite as a case has it."""
    options = ("-k", case.select, "--timeout", str(case.timeout_s), "--max-requests", str(case.requests))
    with misbehaving(case.behaviour, case.kind) as server:
        ended = judge(folder, server.base_url, *options)
    assert server.crashes == []
    return ended


@pytest.fixture(scope="session")
def outcome_of(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Ended]]:
    """Give what tells how the run of a case ended; several run at a time, and only those selected."""
    selected = {item.callspec.id for item in request.session.items if hasattr(item, "callspec")}
    pool = ThreadPoolExecutor(AT_ONCE)
    runs: dict[str, Future[Ended]] = {
        name: pool.submit(judge_case, tmp_path_factory.mktemp("run"), case)
        for name, case in CASES.items()
        if name in selected
    }
    yield lambda name: runs[name].result()
    pool.shutdown(cancel_futures=True)


def assert_dignified(ended: Ended) -> None:
    """Assert what holds however a server behaves."""
    assert "Traceback" not in ended.printed
    assert "INTERNALERROR" not in ended.printed
    assert '  File "' not in ended.printed
    assert "message is not shown" not in ended.printed
    assert ended.leaks == []
    assert ended.peak_bytes < MOST_BYTES
    assert ended.report


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_server_is_judged_or_given_up(outcome_of, name):
    case = CASES[name]

    ended = outcome_of(name)

    assert_dignified(ended)
    assert (ended.status, ended.clauses("violated")) == (case.status, list(case.violated)), ended.printed
    assert ended.clauses("unstable") == list(case.unstable)
    assert case.says in ended.last_line


def test_a_port_where_nobody_listens_is_said_to_be_so_at_once(tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))

        ended = judge(tmp_path, f"http://127.0.0.1:{unused.getsockname()[1]}/client/v4")

    assert_dignified(ended)
    assert ended.status == 7
    assert "no connection came about" in ended.last_line
    assert "times in a row" not in ended.last_line


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_another_host_is_told_nothing_by_a_redirect(tmp_path, code):
    with misbehaving(status(200)) as other:
        to_other = status(code, f"Location: {other.base_url}/accounts/x")
        with misbehaving(to_other) as server:
            ended = judge(tmp_path, server.base_url, "-k", ENVELOPE, "--max-requests", "4")

    assert other.connections == []
    assert_dignified(ended)
    assert ended.status == 1
    assert ended.clauses("violated") == ["responses:status"]


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Give an authority that nobody knows."""
    return trustme.CA()


@pytest.fixture
def context(authority: trustme.CA) -> ssl.SSLContext:
    """Give TLS for a server with a certificate of that authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def test_a_certificate_that_is_not_trusted_is_not_sent_a_request(tmp_path, context):
    with misbehaving(lambda caller: caller.answer_honestly(), context=context) as server:
        ended = judge(tmp_path, server.base_url, "-k", ENVELOPE, "--max-requests", "4")

    assert server.requests == []
    assert_dignified(ended)
    assert ended.status == 7
    assert "the certificate of the server is not trusted" in ended.last_line
    assert "SSL_CERT_FILE" in ended.last_line


def test_a_certificate_is_trusted_whose_authority_the_environment_names(tmp_path, context, authority):
    bundle = tmp_path / "bundle.pem"
    authority.cert_pem.write_to_path(bundle)

    with misbehaving(lambda caller: caller.answer_honestly(), context=context) as server:
        options = ("-k", ENVELOPE, "--max-requests", "4")
        ended = judge(tmp_path, server.base_url, *options, SSL_CERT_FILE=str(bundle))

    assert_dignified(ended)
    assert ended.status == 0


def say_it_in_the_clear(caller: hostile.Caller) -> None:
    """Answer without the encryption that was agreed upon."""
    with socket.socket(fileno=caller.socket.detach()) as bare_socket:
        bare_socket.sendall(hostile.head("Content-Length: 0"))
    caller.hang_up()


def test_an_answer_that_is_not_encrypted_as_agreed_is_none(tmp_path, context, authority):
    bundle = tmp_path / "bundle.pem"
    authority.cert_pem.write_to_path(bundle)

    with misbehaving(say_it_in_the_clear, context=context) as server:
        ended = judge(tmp_path, server.base_url, "-k", ENVELOPE, SSL_CERT_FILE=str(bundle))

    assert_dignified(ended)
    assert ended.status == 7
    assert "the connection broke" in ended.last_line


def refuse_whatever_comes(listener: socket.socket) -> None:
    """Answer as servers do that are spoken to with TLS and do not speak it."""
    with suppress(OSError):
        while True:
            connection = listener.accept()[0]
            connection.recv(4096)
            connection.sendall(hostile.head("Content-Length: 0", status=400))
            connection.close()


def test_a_server_without_tls_where_tls_is_expected_could_not_be_tested(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=refuse_whatever_comes, args=(listener,), daemon=True).start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/client/v4"

        ended = judge(tmp_path, url, "-k", ENVELOPE)

    assert_dignified(ended)
    assert ended.status == 7
    assert "no connection came about" in ended.last_line


@pytest.mark.parametrize(
    "variable",
    [{"SSL_CERT_FILE": "/nowhere.pem"}, {"HTTPS_PROXY": "gopher://me:secret-of-the-proxy@localhost:1"}],
)
def test_an_environment_that_cannot_be_used_is_wrong_usage(tmp_path, variable):
    ended = judge(tmp_path, "https://127.0.0.1:1/client/v4", "-k", ENVELOPE, **variable)

    assert_dignified(ended)
    assert ended.status == 4
    assert next(iter(variable)) in ended.last_line
    assert "secret-of-the-proxy" not in ended.printed


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
@pytest.mark.parametrize("moment", ["wait", "request"])
def test_an_interrupted_run_says_so_and_leaves_a_record(tmp_path, number, moment):
    interruption = Interruption(number)
    misbehaviour = {
        "wait": status(429, "Retry-After: 60"),
        "request": partial(interrupt_and_never_answer, interruption),
    }[moment]

    with misbehaving(during(interruption, misbehaviour)) as server:
        ended = judge(tmp_path, server.base_url, "-k", ENVELOPE, interruption=interruption)

    assert_dignified(ended)
    assert ended.status == 7
    assert "interrupted" in ended.last_line
    assert ended.report["ended_early"] == ended.last_line.removeprefix("contract: ")
    assert ended.report["requests"]["answered"] == 1
