"""An exchange as it may be shown: what was sent, what came, with nothing in it that is private or secret.

`recorded` gives it as plain data, which every report is made from, `transcript` as text for people.
"""

import json
from collections.abc import Collection, Mapping
from itertools import islice
from typing import Any

from contracts.announcements import HEADERS
from contracts.contract import Contract
from contracts.exchange import Exchange, Request
from contracts.redaction import Gap
from contracts.yaml_source import unescape

MAX_BODY = 20_000
"""So many characters are told of a body."""
MAX_UNREAD = 2_000
"""So many are told of one that cannot be read."""
MAX_ITEMS = 3
"""An array keeps its first few items, and those on the way to a broken place."""

_MAX_MEMBERS = 2 * MAX_BODY // len('\n "": 0,')
"""No more of an object fit into so much."""

_HEADERS_SHOWN = frozenset(
    (
        "content-type",
        "content-length",
        "content-encoding",
        "date",
        "retry-after",
        "allow",
    )
)


NOT_SHOWN = "<not shown>"
"""Stands for the value of a header whose meaning is not known."""


def exchange_id(origin: str, offset: int) -> str:
    """Give the name under which an exchange stands in a report."""
    return f"{origin}/{offset}"


def recorded(exchange: Exchange, contract: Contract, pointers: Collection[str] = ()) -> dict[str, Any]:
    """Write an exchange down as plain JSON data.

    Of headers whose meaning is not known only the names are told, of the body only what `redaction.py` lets
    through, and of long arrays only the first items and those at `pointers` (JSON Pointers into the body).
    """
    request = exchange.request
    note, body = _body(exchange, contract, pointers)
    return {
        "id": exchange_id(exchange.origin, exchange.offset),
        "request": _sent(request),
        "response": {
            "status": exchange.status,
            "headers": [[name, shown_header(name, value, contract)] for name, value in exchange.headers],
            "size_bytes": len(exchange.body),
            "note": note,
            "body": body,
        },
        "elapsed_ms": round(exchange.elapsed_ms, 1),
        "setbacks": list(exchange.setbacks),
    }


def transcript(record: Mapping[str, Any]) -> str:
    """Write a recorded exchange as text for people."""
    request, response = record["request"], record["response"]
    sent = [request["curl"], "", request["line"]]
    sent += [f"{name}: {value}" for name, value in request["headers"]]
    came = [str(response["status"]), *(f"{name}: {value}" for name, value in response["headers"])]
    return "\n".join([*sent, "", *came, "", f"<{response['note']}>", response["body"]]).rstrip("\n")


def _sent(request: Request) -> dict[str, Any]:
    identity = request.identity
    return {
        "method": request.method,
        "url": f"{request.base_url}{request.line.partition(' ')[2]}",
        "line": request.line,
        "path": request.path,
        "query": [list(pair) for pair in request.query],
        "headers": [list(header) for header in request.headers],
        "curl": request.curl,
        "identity": {
            "schemes": list(identity.schemes),
            "defect": identity.defect,
            "scheme": identity.scheme,
        },
        "account": request.account.value,
        "is_documented": request.is_documented,
    }


def shown_header(name: str, value: str, contract: Contract) -> str:
    """Give what is told of the value of a response header."""
    known = name.lower()
    if known in HEADERS:
        return str(HEADERS[known](value) or NOT_SHOWN)
    return contract.redactor.shown_header(value) if known in _HEADERS_SHOWN else NOT_SHOWN


def _body(exchange: Exchange, contract: Contract, pointers: Collection[str]) -> tuple[str, str]:
    """Give how what is told of a body is to be read, and what is told of it."""
    if not exchange.body:
        return "no body", ""
    redactor, reading = contract.redactor, contract.read(exchange)
    is_whole = bool(reading.parsed and reading.parsed.has_value and reading.response)
    stands = "as they came" if redactor.shows_values else "pseudonyms where they are private or undeclared"
    note = f"{len(exchange.body)} bytes{'' if is_whole else ', not read as JSON'}; values are {stands}"
    if not (reading.parsed and reading.parsed.has_value and reading.response):
        return note, redactor.shown_text(exchange.body.decode(errors="replace"), MAX_UNREAD)
    ways = [tuple(map(unescape, pointer.split("/")[1:])) for pointer in pointers]
    redacted = redactor.redact(_pruned(reading.body, ways), reading.response.body)
    text = json.dumps(redacted, indent=1, ensure_ascii=True)
    # Scrubbed before it is cut: half a secret would not be found.
    text = redactor.scrub(text[: 2 * MAX_BODY])
    return note, text if len(text) <= MAX_BODY else f"{text[:MAX_BODY]}\n<cut>"


def _pruned(value: Any, ways: list[tuple[str, ...]]) -> Any:
    """Leave out the items of arrays that are neither among the first nor on one of the ways into it, and
    the members of objects that would be cut anyway."""
    if isinstance(value, dict):
        fitting = islice(value.items(), _MAX_MEMBERS)
        return {name: _pruned(member, _beyond(name, ways)) for name, member in fitting}
    if not isinstance(value, list):
        return value
    wanted = {int(way[0]) for way in ways if way and way[0].isdecimal()}
    kept: list[Any] = []
    left_out = 0
    for index, item in enumerate(value):
        if index >= MAX_ITEMS and index not in wanted:
            left_out += 1
            continue
        kept += [Gap(left_out)] if left_out else []
        left_out = 0
        kept.append(_pruned(item, _beyond(str(index), ways)))
    return kept + ([Gap(left_out)] if left_out else [])


def _beyond(token: str, ways: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return [way[1:] for way in ways if way and way[0] == token]
