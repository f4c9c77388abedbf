"""Sends one request and reads its answer whole, within limits of time and size; httpx sends here only.

What is sent, how often and when is decided in `client.py` and `patience.py`.
"""

import logging
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from socket import socket
from time import perf_counter
from typing import Any

import httpx

from contracts import __version__, decoding
from contracts.deadline import Deadline
from contracts.errors import UsageError
from contracts.guard import Guard
from contracts.patience import DEFAULT_TIMEOUT_S

MAX_BODY_BYTES = 32 * 2**20
"""Of a body as it comes over the wire, and again without its content codings."""
_CONNECT_TIMEOUT_S = 10.0
_LOGGERS = ("httpx", "httpcore")
_OPENED = (".connect_tcp.complete", ".start_tls.complete")


@dataclass(frozen=True, slots=True)
class Timing:
    """What the time of one request went into, in milliseconds; `connect_ms` is None on a connection that was
    open already, and has `tls_ms` in it, which is None without TLS."""

    blocked_ms: float
    connect_ms: float | None
    tls_ms: float | None
    send_ms: float
    wait_ms: float
    receive_ms: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, its content codings undone, unless `is_coded` says that they could not be."""

    status: int
    # Not shown: both are private until they are redacted.
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)
    elapsed_ms: float
    http_version: str = ""
    timing: Timing | None = None
    is_coded: bool = False

    @property
    def by_name(self) -> dict[str, str]:
        """The headers, their names in lower case; of several with one name the last."""
        return {name.lower(): value for name, value in self.headers}


@dataclass(frozen=True, slots=True)
class NoAnswer(Exception):
    """No whole answer came, or none of the server's own.

    `is_passing` says that another try may do better; `is_unheard` that not even a connection came about;
    `is_stale` that an earlier answer's connection was used again and had been closed, as servers do at any
    time (RFC 9112 section 9.5), so that nothing is known of the server but that. `is_its_own_fault` says that
    a server which answers others has failed on this request. `status` and `headers` are those of what came
    instead, if anything did.
    """

    problem: str
    advice: str = "check the address and the network, then run again"
    is_passing: bool = True
    is_unheard: bool = False
    is_stale: bool = False
    is_its_own_fault: bool = False
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)


class _NoCookies(httpx.Cookies):
    """Holds none, and does not look for any in an answer."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Take no cookie from an answer."""


class _Client(httpx.Client):
    """Keeps no cookies: with one a server could recognise who sends no credentials."""

    _none = _NoCookies()

    @property
    def cookies(self) -> httpx.Cookies:
        """Give those that are sent: none."""
        return self._none

    @cookies.setter
    def cookies(self, cookies: object) -> None:
        """Take none."""


class _Trace:
    """How far one request came, and when, as httpcore traces it; `on_connection` is told what it opens."""

    def __init__(self, on_connection: Callable[[socket], None]) -> None:
        self._events: dict[str, float] = {}
        self._on_connection = on_connection

    def __call__(self, event: str, told: Mapping[str, Any]) -> None:
        self._events.setdefault(event, perf_counter())
        if event.endswith(_OPENED):
            self._on_connection(told["return_value"].get_extra_info("socket"))

    @property
    def is_stale(self) -> bool:
        """Whether no connection was made for the request, and no head of an answer came on the old one."""
        made = ("connection.connect_tcp.started", "http11.receive_response_headers.complete")
        return self._events.keys().isdisjoint(made)

    @property
    def is_unconnected(self) -> bool:
        """Whether a connection was begun that has not come about."""
        steps = ("connection.connect_tcp", "connection.start_tls")
        return any(
            f"{step}.started" in self._events and f"{step}.complete" not in self._events for step in steps
        )

    def timing(self, started: float, ended: float) -> Timing | None:
        """Say what the time between two moments went into, None where that is not known."""
        sending, sent, heard = (
            self._events.get(f"http11.{event}")
            for event in (
                "send_request_headers.started",
                "send_request_body.complete",
                "receive_response_headers.complete",
            )
        )
        if sending is None or sent is None or heard is None:
            return None
        tls_ms = self._between_ms("connection.start_tls")
        connect_ms = self._between_ms("connection.connect_tcp")
        connect_ms = connect_ms if connect_ms is None else connect_ms + (tls_ms or 0.0)
        return Timing(
            blocked_ms=max((sending - started) * 1000 - (connect_ms or 0.0), 0.0),
            connect_ms=connect_ms,
            tls_ms=tls_ms,
            send_ms=(sent - sending) * 1000,
            wait_ms=max(heard - sent, 0.0) * 1000,
            receive_ms=(ended - heard) * 1000,
        )

    def _between_ms(self, event: str) -> float | None:
        started, complete = (self._events.get(f"{event}.{end}") for end in ("started", "complete"))
        return None if started is None or complete is None else (complete - started) * 1000


class Wire:
    """A connection to one server. Use it as a context manager.

    Redirects are not followed, cookies not kept. `trust_env` lets the usual variables name proxies and CA
    bundles. An answer must have come whole after `timeout_s` seconds, however slowly it trickles: httpx alone
    only limits the time between two bytes.

    Raises:
        UsageError: the variables name a proxy or a CA bundle that cannot be used.
    """

    def __init__(self, guard: Guard, *, trust_env: bool, timeout_s: float = DEFAULT_TIMEOUT_S) -> None:
        try:
            self._http = _client(guard, trust_env, timeout_s)
        except (OSError, ValueError, ImportError, httpx.InvalidURL):
            # What is wrong is not quoted: a proxy's address may hold a password.
            problem = "a proxy or a CA bundle that the environment names cannot be used"
            advice = "correct HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, SSL_CERT_FILE or SSL_CERT_DIR"
            raise UsageError(problem, advice) from None
        self._deadline = Deadline(timeout_s)
        for name in _LOGGERS:
            # They would log addresses, which name an account, and headers, which may echo a credential.
            logging.getLogger(name).setLevel(logging.WARNING)

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()
        self._deadline.close()

    def send(self, method: str, url: str, headers: Mapping[str, str]) -> Answer:
        """Send a request once and give the answer.

        Raises:
            NoAnswer: none came, or one that is too slow, too large or not HTTP.
            UsageError: the guard refuses the request.
        """
        trace = _Trace(self._deadline.watch)
        request = self._http.build_request(method, url, headers=headers, extensions={"trace": trace})
        try:
            with self._deadline:
                return self._send(request, trace)
        except TimeoutError:
            problem = f"no whole answer came in {self._deadline.limit_s:g} s"
            raise NoAnswer(problem, _SLOW, is_unheard=trace.is_unconnected) from None
        except httpx.TimeoutException as error:
            is_unheard = isinstance(error, httpx.ConnectTimeout)
            raise NoAnswer("the server was silent for too long", _SLOW, is_unheard=is_unheard) from None
        except httpx.ConnectError as error:
            raise _unconnected(error) from None
        except decoding.TooLarge:
            problem = f"the answer is larger than {MAX_BODY_BYTES // 2**20} MiB"
            advice = "nothing of that size is read; look at the server"
            raise NoAnswer(problem, advice, is_passing=False) from None
        except (httpx.TransportError, ssl.SSLError) as error:
            is_fault = isinstance(error, httpx.RemoteProtocolError | httpx.ReadError)
            problem = _what_broke(error)
            raise NoAnswer(problem, is_stale=trace.is_stale, is_its_own_fault=is_fault) from None

    def _send(self, request: httpx.Request, trace: _Trace) -> Answer:
        started = perf_counter()
        response = self._http.send(request, stream=True)
        try:
            raw = _read(response)
        finally:
            response.close()
        ended = perf_counter()
        elapsed_ms = (ended - started) * 1000
        headers = response.extensions["headers"]
        said = response.headers.get("content-encoding", "")
        body = decoding.decode(raw, said, MAX_BODY_BYTES)
        is_coded = bool(raw) and body is raw and bool(decoding.names(said))
        version, timing = response.http_version, trace.timing(started, ended)
        return Answer(response.status_code, headers, body, elapsed_ms, version, timing, is_coded)


_SLOW = "check the address and the network, or allow more with --timeout, then run again"


def _client(guard: Guard, trust_env: bool, timeout_s: float) -> httpx.Client:
    def unfollow(response: httpx.Response) -> None:
        # httpx reads where a redirect leads even if it is not to follow it, and fails where it cannot.
        response.extensions["headers"] = tuple(response.headers.multi_items())
        response.headers.pop("location", None)

    return _Client(
        follow_redirects=False,
        timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, _CONNECT_TIMEOUT_S)),
        trust_env=trust_env,
        # The emulator has no TLS, and to read whom to trust takes time: there it is nobody.
        verify=True if trust_env else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        # Without TLS only this machine is spoken to, and never by way of another.
        mounts={"http://": None},
        event_hooks={"request": [guard], "response": [unfollow]},
        headers={
            "Accept": "application/json",
            "Accept-Encoding": decoding.ACCEPTED,
            "User-Agent": f"bulk-jobs-contract/{__version__}",
        },
    )


def _read(response: httpx.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise decoding.TooLarge
    return bytes(body)


def _unconnected(error: httpx.ConnectError) -> NoAnswer:
    cause: BaseException | None = error
    while cause and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        problem = f"the certificate of the server is not trusted ({cause.verify_message})"
        advice = "name the bundle of its authority in SSL_CERT_FILE, then run again"
        return NoAnswer(problem, advice, is_passing=False, is_unheard=True)
    return NoAnswer("no connection came about", is_unheard=True)


def _what_broke(error: Exception) -> str:
    if isinstance(error, httpx.RemoteProtocolError):
        return "the connection ended early, or what came is not HTTP"
    return f"the connection broke ({type(error).__name__})"
