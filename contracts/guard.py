"""The last look at a request before it leaves: on a live target only the documented operation may.

It looks at the request that httpx is about to send, not at what a test or a generator meant to ask for.
"""

from collections.abc import Collection

import httpx

from contracts.errors import UsageError


class Guard:
    """Refuses requests that must not leave; used as a request hook of an httpx client.

    `urls` are those, without their query, that may be asked for with `method`, and with no other parameters
    than those `names`; None lets any request through that goes to the origin of `base_url`, for a server of
    one's own.
    """

    def __init__(
        self, base_url: str, method: str, urls: Collection[str] | None, names: Collection[str] = ()
    ) -> None:
        self._base = httpx.URL(base_url)
        self._method = method
        self._names = frozenset(names)
        self._paths = None if urls is None else {_path(httpx.URL(url)) for url in urls}

    def __call__(self, request: httpx.Request) -> None:
        """Look at a request.

        Raises:
            UsageError: it must not be sent. The message does not quote it: its URL names an account.
        """
        url = request.url
        if (url.scheme, url.host, url.port) != (self._base.scheme, self._base.host, self._base.port):
            raise UsageError("a request to another host than the target's was about to be sent", _ADVICE)
        if self._paths is None:
            return
        if request.method != self._method:
            problem = f"a {request.method} request must not be sent to a live target"
            raise UsageError(problem, _ADVICE_ON_UNSAFE)
        if _path(url) not in self._paths:
            problem = "a request for another path or account must not be sent to a live target"
            raise UsageError(problem, _ADVICE_ON_UNSAFE)
        if not self._names.issuperset(url.params):
            problem = "a request with a parameter that is not documented must not be sent to a live target"
            raise UsageError(problem, _ADVICE_ON_UNSAFE)


def _path(url: httpx.URL) -> bytes:
    """Give the path as it goes over the wire, without the query."""
    return url.raw_path.partition(b"?")[0]


_ADVICE = "run it against the emulator"
_ADVICE_ON_UNSAFE = f"{_ADVICE}, or a server of your own with --unsafe-probes"
