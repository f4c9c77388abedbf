"""Composes what a probe asks for: once for the wire, with the credentials, and once to be shown, without.

The only place where credentials meet a request.
"""

from collections.abc import Iterator
from urllib.parse import quote, urlencode

from contracts.errors import UsageError
from contracts.exchange import UNPRIVILEGED, Account, Identity, Request
from contracts.fragment import Fragment
from contracts.guard import Guard
from contracts.operation import SecurityScheme
from contracts.paths import filled
from contracts.plan import Probe
from contracts.targets import OTHER_ACCOUNT_ENV, UNPRIVILEGED_ENV, Target
from contracts.wrong_credentials import wrong_name, wrong_value


class Composer:
    """Composes requests to one target."""

    def __init__(self, target: Target, fragment: Fragment) -> None:
        self._target = target
        self._fragment = fragment

    def url(self, probe: Probe) -> str:
        """Give the whole URL, for the wire only: it names an account.

        Raises:
            UsageError: the environment does not name that account.
        """
        return self._address(probe) + (f"?{urlencode(probe.query, quote_via=quote)}" if probe.query else "")

    def headers(self, probe: Probe) -> dict[str, str]:
        """Give the headers that carry the credentials, for the wire only.

        Raises:
            UsageError: the environment does not hold all of them.
        """
        return dict(self._headers(probe))

    def guard(self) -> Guard:
        """Give what keeps requests from leaving that the target must not be sent."""
        accounts = [Account.OWN, Account.OVERLONG]
        accounts += [Account.OTHER] if self._target.secrets.other_account else []
        urls = [self._address(Probe(Identity(()), account=account)) for account in accounts]
        is_free = self._target.allows_unsafe_probes
        names = [parameter.name for parameter in self._fragment.query]
        return Guard(self._target.base_url, self._fragment.method, None if is_free else urls, names)

    def _address(self, probe: Probe) -> str:
        return self._target.base_url + self._path(probe, quote(self._account(probe.account), safe=""))

    def request(self, probe: Probe) -> Request:
        """Give the request as it may be shown: with variables in place of everything secret."""
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
        tenant = self._fragment.tenant
        return filled(self._fragment, {tenant.name: account} if tenant else {}) + probe.route_suffix

    def _account(self, account: Account) -> str:
        secrets, tenant = self._target.secrets, self._fragment.tenant
        longest = tenant.node.keywords.get("maxLength") if tenant else None
        length = int(longest or len(secrets.account))
        if account is Account.OVERLONG:
            return "0" * (length + 1)
        if account is Account.INVENTED:
            invented = (character * length for character in "0123")
            return next(value for value in invented if value not in (secrets.account, secrets.other_account))
        return _set(secrets.other_account, OTHER_ACCOUNT_ENV) if account is Account.OTHER else secrets.account

    def _headers(self, probe: Probe, *, shown: bool = False) -> Iterator[tuple[str, str]]:
        """Yield the headers that carry the credentials; where `shown`, with variables in their place."""
        identity, secrets = probe.identity, self._target.secrets
        for name in identity.schemes:
            scheme = self._fragment.schemes[name]
            defect = identity.defect if name == identity.scheme else ""
            if defect == "empty-credentials":
                value = ""
            elif defect == UNPRIVILEGED:
                value = f"${UNPRIVILEGED_ENV}" if shown else _set(secrets.unprivileged, UNPRIVILEGED_ENV)
            elif defect == "wrong-credentials":
                value = wrong_name(scheme.env) if shown else wrong_value(self._secret(scheme))
            else:
                value = f"${scheme.env}" if shown else self._secret(scheme)
            # White space at the end of a header's value is not part of it (RFC 9110 section 5.5).
            yield scheme.header, f"{scheme.prefix}{value}".rstrip()

    def _secret(self, scheme: SecurityScheme) -> str:
        return _set(self._target.secrets.schemes.get(scheme.name), scheme.env)


def _set(value: str | None, variable: str) -> str:
    """Give what the environment holds: an empty value in its place would be refused, and say nothing."""
    if value:
        return value
    raise UsageError(f"the request needs {variable}, which is not set", f"set {variable}")
