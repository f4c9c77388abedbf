"""Judges a request that an SDK sent: by what the customer asked for, and by the clauses of the contract."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from contracts.checks import observe
from contracts.contract import Contract
from contracts.exchange import Account, Exchange, Identity, Request
from contracts.fragment import Fragment
from contracts.paths import texts_in
from contracts.sdk.recorder import Recorded

ORIGIN = "sdk"


@dataclass(frozen=True, slots=True)
class Difference:
    """In what a request is another than was asked for. `place` is what it is about: the method, the path, a
    parameter or a header."""

    place: str
    expected: str
    actual: str


def differences(
    request: Recorded,
    fragment: Fragment,
    arguments: Mapping[str, Any],
    credentials: Mapping[str, str],
) -> Iterator[Difference]:
    """Yield in what a request differs from a call of the operation with these arguments and credentials."""
    if request.method != fragment.method:
        yield Difference("method", fragment.method, request.method)
    path, _, query = request.target.partition("?")
    yield from _of_path(path, fragment, arguments)
    yield from _of_query(query, fragment, arguments)
    yield from _of_credentials(request, fragment, credentials)


def path_texts(path: str, fragment: Fragment, encoding: str = "utf-8") -> dict[str, str] | None:
    """Give the parameters in a path, None where it is not that of the operation. They belong in UTF-8."""
    return texts_in(path.split("/"), f"{fragment.prefix}{fragment.path}".split("/"), encoding)


def text_of(value: Any) -> str:
    """Write an argument as it stands on the wire (RFC 6570 form style)."""
    return str(value)


def _of_path(path: str, fragment: Fragment, arguments: Mapping[str, Any]) -> Iterator[Difference]:
    texts = path_texts(path, fragment)
    names = [parameter.name for parameter in fragment.parameters if parameter.place == "path"]
    if texts is None:
        yield Difference("path", f"{fragment.prefix}{fragment.path}", path)
        return
    for name in names:
        if texts[name] != text_of(arguments[name]):
            yield Difference(name, text_of(arguments[name]), texts[name])


def _of_query(query: str, fragment: Fragment, arguments: Mapping[str, Any]) -> Iterator[Difference]:
    sent = parse_qsl(query, keep_blank_values=True)
    names = [parameter.name for parameter in fragment.query]
    for name in dict.fromkeys([*names, *(name for name, _ in sent)]):
        wanted = [text_of(arguments[name])] if name in arguments else []
        found = [text for key, text in sent if key == name]
        if wanted != found:
            yield Difference(name, _pairs(name, wanted), _pairs(name, found))


def _pairs(name: str, texts: list[str]) -> str:
    return "&".join(f"{name}={text}" for text in texts) or f"no {name}"


def _of_credentials(
    request: Recorded, fragment: Fragment, credentials: Mapping[str, str]
) -> Iterator[Difference]:
    for name, scheme in fragment.schemes.items():
        wanted = f"{scheme.prefix}{credentials[name]}" if name in credentials else None
        found = request.header(scheme.header)
        if wanted != found:
            yield Difference(scheme.header, _header(scheme.header, wanted), _header(scheme.header, found))


def _header(name: str, value: str | None) -> str:
    return f"no {name}" if value is None else f"{name}: {value}"


def broken_clauses(
    request: Recorded, contract: Contract, schemes: tuple[str, ...]
) -> Iterator[tuple[str, str, str]]:
    """Yield (clause, expected, actual) for each clause that the request and its answer together break.

    The emulator keeps its promises, so that a broken one here is a request that it could not take for what
    the contract allows.
    """
    path, _, query = request.target.partition("?")
    shown = Request(
        request.method,
        "",
        path.removeprefix(contract.fragment.prefix),
        tuple(parse_qsl(query, keep_blank_values=True)),
        identity=Identity(schemes),
        account=Account.OWN,
        is_documented=path_texts(path, contract.fragment) is not None,
    )
    reply = request.reply
    exchange = Exchange(shown, reply.status, reply.headers, reply.body, 0.0, ORIGIN, 0)
    for seen in observe(contract.read(exchange), contract):
        for finding in seen.findings:
            yield seen.clause, finding.expected, finding.actual
