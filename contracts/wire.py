"""Sends one request and reads its answer whole, within limits of time and size: the only user of httpx.

What is sent, how often and when is decided in `client.py` and `patience.py`.
"""

import asyncio
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter

import httpx

from contracts import __version__, decoding
from contracts.guard import Guard
from contracts.patience import DEFAULT_TIMEOUT_S

MAX_BODY_BYTES = 32 * 2**20
"""Of a body as it comes over the wire, and again without its content codings."""
_CONNECT_TIMEOUT_S = 10.0
_READ_TIMEOUT_S = 30.0
_LOGGERS = ("httpx", "httpcore")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, its content codings undone."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    elapsed_ms: float

    @property
    def by_name(self) -> dict[str, str]:
        """The headers, their names in lower case; of several with one name the last."""
        return {name.lower(): value for name, value in self.headers}


@dataclass(frozen=True, slots=True)
class NoAnswer(Exception):
    """No whole answer came, or none of the server's own.

    `is_passing` says that another try may do better; `is_unheard` that not even a connection came about.
    `headers` are those of what came instead.
    """

    problem: str
    advice: str = "check the address and the network, then run again"
    is_passing: bool = True
    is_unheard: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


class Wire:
    """A connection to one server. Use it as a context manager.

    Redirects are not followed. `trust_env` lets the usual variables name proxies and CA bundles.
    An answer must have come whole after `timeout_s` seconds, however slowly it trickles: httpx alone only
    limits the time between two bytes, which is why there is an event loop underneath.
    """

    def __init__(self, guard: Guard, *, trust_env: bool, timeout_s: float = DEFAULT_TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._runner = asyncio.Runner()

        async def look(request: httpx.Request) -> None:
            guard(request)

        self._http = httpx.AsyncClient(
            follow_redirects=False,
            timeout=httpx.Timeout(
                min(timeout_s, _READ_TIMEOUT_S), connect=min(timeout_s, _CONNECT_TIMEOUT_S)
            ),
            trust_env=trust_env,
            event_hooks={"request": [look]},
            headers={
                "Accept": "application/json",
                "Accept-Encoding": decoding.ACCEPTED,
                "User-Agent": f"bulk-jobs-contract/{__version__}",
            },
        )
        for name in _LOGGERS:
            # They would log addresses, which name an account, and headers, which may echo a credential.
            logging.getLogger(name).setLevel(logging.WARNING)

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._http.aclose())
        self._runner.close()

    def send(self, method: str, url: str, headers: Mapping[str, str]) -> Answer:
        """Send a request once and give the answer.

        Raises:
            NoAnswer: none came, or one that is too slow, too large or not HTTP.
            UsageError: the guard refuses the request.
        """
        request = self._http.build_request(method, url, headers=headers)
        try:
            return self._runner.run(self._send(request))
        except TimeoutError:
            raise NoAnswer(f"no whole answer came in {self._timeout_s:g} s", _SLOW) from None
        except httpx.TimeoutException as error:
            is_unheard = isinstance(error, httpx.ConnectTimeout)
            raise NoAnswer("the server was silent for too long", _SLOW, is_unheard=is_unheard) from None
        except httpx.ConnectError as error:
            raise _unconnected(error) from None
        except (httpx.TransportError, decoding.TooLarge) as error:
            raise _unreadable(error) from None

    async def _send(self, request: httpx.Request) -> Answer:
        started = perf_counter()
        async with asyncio.timeout(self._timeout_s):
            response = await self._http.send(request, stream=True)
            try:
                raw = await _read(response)
            finally:
                await response.aclose()
        elapsed_ms = (perf_counter() - started) * 1000
        headers = tuple(response.headers.multi_items())
        body = decoding.decode(raw, response.headers.get("content-encoding", ""), MAX_BODY_BYTES)
        return Answer(response.status_code, headers, body, elapsed_ms)


_SLOW = "check the address and the network, or allow more with --timeout, then run again"


async def _read(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
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


def _unreadable(error: Exception) -> NoAnswer:
    if isinstance(error, decoding.TooLarge):
        problem = f"the answer is larger than {MAX_BODY_BYTES // 2**20} MiB"
        return NoAnswer(problem, "nothing of that size is read; look at the server", is_passing=False)
    if isinstance(error, httpx.RemoteProtocolError):
        return NoAnswer("the connection ended early, or what came is not HTTP")
    return NoAnswer(f"the connection broke ({type(error).__name__})")
