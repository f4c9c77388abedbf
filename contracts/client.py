"""Sends requests: the only place where credentials meet the wire, and where the budget is counted."""

from collections.abc import Iterator
from urllib.parse import quote, urlencode

import httpx

from contracts import __version__
from contracts.errors import BudgetExhausted, TargetUnreachable
from contracts.exchange import Account, Exchange, Identity, Request
from contracts.fragment import Fragment
from contracts.guard import Guard
from contracts.plan import Probe
from contracts.scrubber import Scrubber
from contracts.secrecy import secret_names
from contracts.targets import OTHER_ACCOUNT_ENV, UNPRIVILEGED_ENV, Target

TIMEOUT_S = 30
_WRONG_VALUE = "0" * 40


class Client:
    """Sends probes to a target and gives exchanges, which hold no secret.

    Use it as a context manager.
    """

    def __init__(self, target: Target, fragment: Fragment) -> None:
        self._target = target
        self._fragment = fragment
        self._sent = 0
        self._scrubber = Scrubber(secret_names(target.secrets, fragment))
        self._http = httpx.Client(
            follow_redirects=False,
            timeout=TIMEOUT_S,
            trust_env=target.kind == "live",
            event_hooks={"request": [self._guard()]},
            headers={"Accept": "application/json", "User-Agent": f"bulk-jobs-contract/{__version__}"},
        )

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    @property
    def remaining(self) -> int:
        """The number of requests that the run may still send."""
        return self._target.max_requests - self._sent

    def send(self, probe: Probe, origin: str) -> Exchange:
        """Send a probe once.

        Raises:
            UsageError: the target must not be sent such a request.
            BudgetExhausted: no more requests may be sent.
            TargetUnreachable: no answer came.
        """
        request = self._request(probe)
        if self.remaining < 1:
            problem = f"all {self._target.max_requests} requests of the run were sent"
            raise BudgetExhausted(problem, "raise the budget, or select fewer clauses")
        self._sent += 1
        try:
            response = self._http.request(
                probe.method,
                self._url(probe) + _query(probe),
                headers=dict(self._headers(probe)),
            )
        except httpx.RequestError as error:
            problem = f"no readable answer came from {self._target.base_url} ({type(error).__name__})"
            raise TargetUnreachable(problem, "check the address and the network, then run again") from None
        return Exchange(
            request=request,
            status=response.status_code,
            headers=tuple(response.headers.multi_items()),
            body=response.content,
            elapsed_ms=response.elapsed.total_seconds() * 1000,
            origin=origin,
            offset=self._sent,
        )

    def scrub(self, text: str) -> str:
        """Replace each secret in a text, as a server may echo one, by the variable that holds it."""
        return self._scrubber.scrub(text)

    def _guard(self) -> Guard:
        accounts = [Account.OWN, Account.OVERLONG]
        accounts += [Account.OTHER] if self._target.secrets.other_account else []
        urls = [self._url(Probe(Identity(()), account=account)) for account in accounts]
        is_free = self._target.allows_unsafe_probes
        return Guard(self._target.base_url, self._fragment.method, None if is_free else urls)

    def _url(self, probe: Probe) -> str:
        return self._target.base_url + self._path(probe, quote(self._account(probe.account), safe=""))

    def _request(self, probe: Probe) -> Request:
        tenant = self._fragment.tenant
        shown = {
            Account.OWN: f"${tenant.env}" if tenant else "",
            Account.OTHER: f"${OTHER_ACCOUNT_ENV}",
        }.get(probe.account) or self._account(probe.account)
        return Request(
            method=probe.method,
            base_url=self._target.shown_url,
            path=self._path(probe, shown),
            query=probe.query,
            headers=tuple(self._headers(probe, shown=True)),
            identity=probe.identity,
            account=probe.account,
            is_documented=probe.method == self._fragment.method and not probe.route_suffix,
        )

    def _path(self, probe: Probe, account: str) -> str:
        path = self._fragment.path
        for parameter in self._fragment.parameters:
            if parameter.place == "path":
                value = (
                    account if parameter.tenant else quote(str(parameter.node.keywords.get("example", "")))
                )
                path = path.replace(f"{{{parameter.name}}}", value)
        return path + probe.route_suffix

    def _account(self, account: Account) -> str:
        secrets, tenant = self._target.secrets, self._fragment.tenant
        longest = tenant.node.keywords.get("maxLength", 32) if tenant else 32
        if account is Account.OVERLONG:
            return "0" * (longest + 1)
        if account is Account.INVENTED:
            invented = (character * longest for character in "0123")
            return next(value for value in invented if value not in (secrets.account, secrets.other_account))
        return (secrets.other_account or "") if account is Account.OTHER else secrets.account

    def _headers(self, probe: Probe, *, shown: bool = False) -> Iterator[tuple[str, str]]:
        """Yield the headers that carry the credentials; where `shown`, with variables in their place."""
        identity, secrets = probe.identity, self._target.secrets
        unprivileged = f"${UNPRIVILEGED_ENV}" if shown else secrets.unprivileged or ""
        for name in identity.schemes:
            scheme = self._fragment.schemes[name]
            value = f"${scheme.env}" if shown else secrets.schemes.get(name, "")
            if name == identity.scheme:
                value = {
                    "wrong-credentials": _WRONG_VALUE,
                    "empty-credentials": "",
                    "partial-credentials": value,
                }.get(identity.defect, unprivileged)
            # White space at the end of a header's value is not part of it (RFC 9110 section 5.5).
            yield scheme.header, f"{scheme.prefix}{value}".rstrip()


def _query(probe: Probe) -> str:
    return f"?{urlencode(probe.query, quote_via=quote)}" if probe.query else ""
