"""An answer told whole and without what is private, for `python -m contracts audit` to judge again.

What stands for a private value has its shape, but not always all that a check looks at: nothing is told of a
body in which the checks would not find again what they found in the answer itself.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from email.utils import format_datetime
from itertools import islice

from contracts.announcements import HEADERS
from contracts.checks import observe
from contracts.contract import Contract, Reading
from contracts.exchange import Exchange
from contracts.reports.exchanges import NOT_SHOWN, shown_header

Scrub = Callable[[str], str]
MAX_HEADERS = 50
MAX_BODIES_BYTES = 2 * 2**20
"""So much is told of the bodies of an archive."""
_OF_THE_TRANSFER = ("content-length", "content-encoding", "transfer-encoding")
"""What does not hold of a body that is told without its codings, and with other words."""
_Said = list[tuple[str, int, int, list[tuple[str, int]]]]


def body(exchange: Exchange, contract: Contract, scrub: Scrub) -> bytes | None:
    """Give a body with what stands for private values; None where it would say something else."""
    reading = contract.read(exchange)
    told = _told(reading, contract, scrub)
    again = contract.read(replace(exchange, body=told))
    return told if _said(again, contract) == _said(reading, contract) else None


def bodies(exchanges: Iterable[Exchange], contract: Contract, scrub: Scrub) -> dict[int, bytes]:
    """Give the bodies of exchanges by their offsets, as many as there is room for."""
    found: dict[int, bytes] = {}
    room_bytes = MAX_BODIES_BYTES
    for exchange in exchanges:
        told = body(exchange, contract, scrub) if len(exchange.body) <= room_bytes else None
        if told:
            found[exchange.offset] = told
            room_bytes -= len(told)
    return found


def headers(
    pairs: Iterable[tuple[str, str]], contract: Contract, scrub: Scrub
) -> tuple[tuple[str, str], ...]:
    """Give the headers of an answer that may be told as they came, but for those of its transfer."""
    return tuple(_headers(pairs, contract, scrub))


def announcement(name: str, value: str) -> str:
    """Write the date that a header announces as the header has it; empty where it is no date."""
    moment = HEADERS[name.lower()](value)
    if moment is None:
        return ""
    is_structured = name.lower() == "deprecation"
    return f"@{int(moment.timestamp())}" if is_structured else format_datetime(moment, usegmt=True)


def _headers(pairs: Iterable[tuple[str, str]], contract: Contract, scrub: Scrub) -> Iterator[tuple[str, str]]:
    for name, value in islice(pairs, MAX_HEADERS):
        if name.lower() in HEADERS:
            if told := announcement(name, value):
                yield name, told
        elif name.lower() not in _OF_THE_TRANSFER and _is_shown(name, value, contract, scrub):
            yield scrub(name), value


def _is_shown(name: str, value: str, contract: Contract, scrub: Scrub) -> bool:
    """Say whether a header is told as it came; it may have come as what stands for one that is not."""
    return scrub(shown_header(name, value, contract)) == value != NOT_SHOWN


def _told(reading: Reading, contract: Contract, scrub: Scrub) -> bytes:
    redactor, came = contract.redactor, reading.exchange.body
    if reading.parsed and reading.parsed.has_value and reading.response:
        value = redactor.redact(reading.body, reading.response.body)
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    else:
        text = redactor.shown_text(came.decode(errors="replace"), len(came))
    return scrub(redactor.scrub(text)).encode(errors="replace")


def _said(reading: Reading, contract: Contract) -> _Said:
    """Give what the checks find, without the values in which they find it."""
    return [
        (seen.clause, seen.checked, seen.broken, sorted(seen.points.items()))
        for seen in observe(reading, contract)
    ]
