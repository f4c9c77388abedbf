"""Lays records to the operation, and says who asked, without keeping a secret."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

from contracts.audit.record import Headers, Record, Unreadable
from contracts.contract import Contract
from contracts.exchange import Identity, Request
from contracts.fragment import Fragment
from contracts.operation import SecurityScheme
from contracts.paths import filled, texts_in

NOT_RECORDED = Identity(("not-recorded",))
"""Who asked where the recording does not tell, but somebody whom the server served."""
UNVOUCHED = "unvouched"
"""The defect of credentials of which nobody knows whether they are good: recorded ones, once refused."""

CREDENTIAL = "<credential>"
"""Stands for a credential that the contract does not know."""

_TELLING_PARTS = (
    *("auth", "token", "key", "secret", "session", "sig", "pass", "pwd", "cookie", "email"),
    *("jwt", "credential", "assertion"),
)
"""What the names of headers and parameters that may carry a credential have in them."""
_COOKIE = "cookie"
_COOKIES = (_COOKIE, "set-cookie")
_MAX_QUERY_FIELDS = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """A recorded request for the operation. `base_url` is what stood before its path, `texts` are the
    parameters of the path as they were sent; `request` is what the checks are told."""

    request: Request = field(repr=False)
    base_url: str = field(repr=False)
    texts: Mapping[str, str] = field(repr=False)


class Routes:
    """Finds the requests for the operation of a fragment among others.

    The path of the operation may stand alone, or after a base path that servers of it are known by.
    """

    def __init__(self, fragment: Fragment, base_paths: tuple[str, ...]) -> None:
        self._fragment = fragment
        template = fragment.path.split("/")
        self._templates = [
            [*base.rstrip("/").split("/"), *template[1:]] for base in dict.fromkeys(base_paths)
        ]
        self._length = len(template) - 1
        self._found = lru_cache(maxsize=1024)(self._find)

    def asked(self, record: Record) -> Asked | None:
        """Give what was asked for; None where it was something else than the operation.

        Raises:
            Unreadable: the URL of the record is none.
        """
        if record.method.upper() != self._fragment.method:
            return None
        where, _, query = record.url.partition("#")[0].partition("?")
        found = self._found(where)
        if found is None:
            return None
        base_url, texts = found
        try:
            pairs = tuple(parse_qsl(query, keep_blank_values=True, max_num_fields=_MAX_QUERY_FIELDS))
        except ValueError:
            raise Unreadable(f"its query has more than {_MAX_QUERY_FIELDS} parameters") from None
        path = self._fragment.path
        return Asked(Request(self._fragment.method, base_url, path, pairs), base_url, texts)

    def _find(self, url: str) -> tuple[str, dict[str, str]] | None:
        """Give the base URL and the texts of the path's parameters."""
        try:
            parts = urlsplit(url)
        except ValueError:
            raise Unreadable("its URL is none") from None
        segments = parts.path.split("/")
        for template in self._templates:
            texts = texts_in(segments, template)
            if texts is not None and all(texts.values()):
                host = parts.netloc.rpartition("@")[2]
                base = "/".join(segments[: -self._length])
                return (f"{parts.scheme}://{host}{base}" if host else base), texts
        return None


def identity(fragment: Fragment, headers: Headers | None, *, is_served: bool) -> Identity:
    """Say who asked, as far as headers tell: with which schemes, not with which credentials.

    They are good where the server gave what was asked for. Else nobody knows.
    """
    by_name = {name.lower(): value for name, value in headers or ()}
    schemes = tuple(
        name
        for name, scheme in fragment.schemes.items()
        if by_name.get(scheme.header.lower(), "").lower().startswith(scheme.prefix.lower() or "")
        and by_name.get(scheme.header.lower())
    )
    if is_served:
        return Identity(schemes) if schemes else NOT_RECORDED
    return Identity(schemes, UNVOUCHED)


def secrets(contract: Contract, record: Record, asked: Asked) -> dict[str, str]:
    """Give what of a record must never be written down, and what stands for each."""
    fragment, redactor = contract.fragment, contract.redactor
    names: dict[str, str] = {}
    for text in asked.texts.values():
        stands = redactor.account(text)
        names |= {text: stands, text.lower(): stands}
    declared = {parameter.name for parameter in fragment.query}
    for name, text in asked.request.query:
        if name not in declared and _is_telling(name):
            names[text] = redactor.account(text)
    schemes = {scheme.header.lower(): scheme for scheme in fragment.schemes.values()}
    for name, value in (*(record.request_headers or ()), *_cookies(record)):
        lowered = name.lower()
        if lowered in _COOKIES:
            names |= dict.fromkeys(_cookie_values(value, lowered), CREDENTIAL)
        elif lowered in schemes or _is_telling(lowered):
            names |= _credentials(value, schemes.get(lowered))
    userinfo = record.url.partition("://")[2].partition("/")[0].rpartition("@")[0]
    return names | dict.fromkeys(filter(None, userinfo.split(":", 1)), CREDENTIAL)


def shown(contract: Contract, asked: Asked, who: Identity) -> Request:
    """Give the request as it may be shown: pseudonyms for all that is not the contract's own."""
    fragment, redactor = contract.fragment, contract.redactor
    hiding = replace(redactor, shows_values=False)
    path = filled(fragment, {name: redactor.account(text) for name, text in asked.texts.items()})
    declared = {parameter.name: parameter.node for parameter in fragment.query}
    body = fragment.success.body
    query = tuple(
        (
            name if name in declared else redactor.shown_name(name, body),
            # What the contract does not know may be a credential, also where values are shown.
            str((redactor if name in declared else hiding).redact(text, declared.get(name))),
        )
        for name, text in asked.request.query
    )
    headers = tuple(
        (fragment.schemes[name].header, f"{fragment.schemes[name].prefix}${fragment.schemes[name].env}")
        for name in who.schemes
        if name in fragment.schemes
    )
    base_url = redactor.scrub(asked.base_url)
    return replace(
        asked.request,
        base_url=base_url,
        path=path,
        query=query,
        headers=headers,
        identity=who,
        has_pseudonyms=True,
    )


def _is_telling(name: str) -> bool:
    return any(part in name.lower() for part in _TELLING_PARTS)


def _cookies(record: Record) -> Headers:
    return tuple(header for header in record.response_headers or () if header[0].lower() in _COOKIES)


def _cookie_values(text: str, name: str) -> Iterator[str]:
    """Yield the values of the cookies in a header (RFC 6265 section 4), and none of attributes."""
    pairs = text.split(";") if name == _COOKIE else [text.partition(";")[0]]
    for pair in pairs:
        key, _, value = pair.partition("=")
        yield from {(value or key).strip(), (value or key).strip().strip('"')} - {""}


def _credentials(value: str, scheme: SecurityScheme | None) -> dict[str, str]:
    """Give the value of a header that may be a credential, and its words: `Bearer` and the token."""
    stands = f"${scheme.env}" if scheme else CREDENTIAL
    word, _, rest = value.partition(" ")
    return {text: stands for text in (rest.strip() if rest else word, value) if text}
