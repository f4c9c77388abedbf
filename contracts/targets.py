"""What is being judged, how it is reached, and what may be assumed of it."""

import os
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx

from contracts.errors import UsageError
from contracts.fragment import Fragment
from contracts.plan import LIVE_BUDGET

OTHER_ACCOUNT_ENV = "CONTRACT_OTHER_ACCOUNT_ID"
UNPRIVILEGED_ENV = "CONTRACT_UNPRIVILEGED_TOKEN"


@dataclass(frozen=True, slots=True)
class Secrets:
    """The values that must never be written down: one a security scheme, by name, and the accounts'."""

    schemes: Mapping[str, str] = field(repr=False)
    account: str = field(repr=False)
    other_account: str | None = field(repr=False, default=None)
    unprivileged: str | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Target:
    """A server to judge.

    `shown_url` is the base URL that a person uses to send a request again, `replay_hint` what has to be
    done before. `promises_complete_data` says that every coverage point is expected to be seen,
    `vouches_for_credentials` that the credentials are good, so that it is the server's fault if they are
    refused, `allows_unsafe_probes` that requests other than the operation's own may be sent, and random
    wrong ones. At most `max_requests` are sent in a run. `fault` and `variant` are those of the emulator.
    """

    kind: str
    base_url: str
    shown_url: str
    secrets: Secrets
    promises_complete_data: bool
    allows_unsafe_probes: bool
    max_requests: int
    replay_hint: str = ""
    vouches_for_credentials: bool = False
    fault: str | None = None
    variant: str | None = None


def promises_complete_data(kind: str, variant: str | None) -> bool:
    """Say whether every coverage point is expected to be seen of a target, which need not be there yet."""
    # An unusual account may lack what another shows.
    return kind == "emulator" and not variant


def live_target(
    fragment: Fragment, environment: Mapping[str, str] = os.environ, *, unsafe_probes: bool = False
) -> Target:
    """Give the target that the environment names.

    Raises:
        UsageError: the account or every complete set of credentials is missing, or the base URL is not
            one that credentials, or unsafe probes, may be sent to.
    """
    base_url = environment.get(fragment.server_env, fragment.server_url)
    _sendable(environment, fragment.server_env)
    _check_url(base_url, fragment.server_env)
    if unsafe_probes and _is_vendors(base_url, fragment.server_url):
        problem = "--unsafe-probes goes with a server of your own, and this one is the vendor's"
        raise UsageError(problem, f"leave it out, or name another server in {fragment.server_env}")
    schemes = {
        scheme.name: _sendable(environment, scheme.env)
        for scheme in fragment.schemes.values()
        if environment.get(scheme.env)
    }
    _check_presence(fragment, environment, schemes.keys())
    account = _account(fragment, environment)
    other = _sendable(environment, OTHER_ACCOUNT_ENV)
    unprivileged = _sendable(environment, UNPRIVILEGED_ENV)
    if other.casefold() == account.casefold() != "":
        raise UsageError(f"{OTHER_ACCOUNT_ENV} is our own account", "name one that is not, or leave it out")
    if unprivileged and unprivileged in schemes.values():
        raise UsageError(f"{UNPRIVILEGED_ENV} is our own credential", "name another, or leave it out")
    return Target(
        kind="live",
        base_url=base_url.rstrip("/"),
        shown_url=base_url.rstrip("/"),
        secrets=Secrets(schemes, account, other or None, unprivileged or None),
        promises_complete_data=promises_complete_data("live", None),
        allows_unsafe_probes=unsafe_probes,
        max_requests=LIVE_BUDGET,
    )


def _check_presence(fragment: Fragment, environment: Mapping[str, str], schemes: Set[str]) -> None:
    has_credentials = any(schemes >= set(names) for names in fragment.security)
    ways = [" and ".join(fragment.schemes[name].env for name in names) for names in fragment.security]
    tenant_env = fragment.tenant.env if fragment.tenant else None
    if tenant_env and not has_credentials and not environment.get(tenant_env):
        problem = "the environment names neither an account nor credentials for the live target"
        raise UsageError(problem, f"set {tenant_env}, and {' or '.join(ways)}")
    if not has_credentials:
        problem = "there are no credentials for the live target"
        raise UsageError(problem, f"set {' or '.join(ways)} in the environment")


def _sendable(environment: Mapping[str, str], name: str) -> str:
    """Give a value that can stand in a header (RFC 9110 section 5.5); the error does not show it."""
    value = environment.get(name, "")
    if not (value.isascii() and value.isprintable()) or value != value.strip():
        problem = f"{name} holds white space at an end, a line break, or characters beyond ASCII"
        raise UsageError(problem, "set it to the value alone")
    return value


def _account(fragment: Fragment, environment: Mapping[str, str]) -> str:
    tenant = fragment.tenant
    if not tenant:
        return ""
    assert tenant.env
    value = _sendable(environment, tenant.env)
    longest = tenant.node.keywords.get("maxLength", len(value))
    if not value or len(value) > longest:
        problem = f"{tenant.env} is {f'longer than {longest} characters' if value else 'not set'}"
        raise UsageError(problem, f"set it to the {tenant.name} that the live target is asked for")
    return value


def _check_url(base_url: str, variable: str) -> None:
    try:
        parts = urlsplit(base_url)
        # As a name of which no address can be asked for is refused when it is looked up.
        httpx.URL(base_url).raw_host.decode("ascii").encode("idna")
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except (ValueError, httpx.InvalidURL):
        is_url = False
    if not is_url or "@" in parts.netloc or not {"?", "#"}.isdisjoint(base_url):
        raise UsageError(
            f"{variable} is not a base URL", "write it as https://HOST/PATH, without credentials"
        )
    if parts.scheme == "http" and not is_loopback(base_url):
        raise UsageError(f"{variable} would send credentials in clear text", "use https")


def _is_vendors(base_url: str, server_url: str) -> bool:
    """Say whether a host is that of the vendor's server, or one beside it in the same domain."""
    host, vendors = ((urlsplit(url).hostname or "").rstrip(".") for url in (base_url, server_url))
    domain = ".".join(vendors.split(".")[-2:])
    return host == domain or host.endswith(f".{domain}")


def is_loopback(base_url: str) -> bool:
    """Say whether a base URL is that of a server on this machine."""
    host = urlsplit(base_url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
