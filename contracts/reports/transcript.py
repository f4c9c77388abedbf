"""An exchange as text for people: what was sent, what came, with nothing in it that is private."""

import json

from contracts.announcements import HEADERS
from contracts.contract import Contract
from contracts.exchange import Exchange
from contracts.redaction import redact

MAX_LENGTH = 20_000

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


def transcript(exchange: Exchange, contract: Contract) -> str:
    """Write an exchange down: of headers whose meaning is not known only the names, of the body only what
    `redaction.py` lets through."""
    sent = [exchange.request.curl, "", exchange.request.line]
    sent += [f"{name}: {value}" for name, value in exchange.request.headers]
    came = [str(exchange.status)]
    for name, value in exchange.headers:
        came.append(f"{name}: {value if _is_shown(name.lower(), value) else '<not shown>'}")
    reading = contract.read(exchange)
    if reading.parsed and reading.parsed.has_value and reading.response:
        body = json.dumps(redact(reading.body, reading.response.body), indent=1, ensure_ascii=True)
    else:
        body = f"<a body of {len(exchange.body)} bytes>"
    text = "\n".join([*sent, "", *came, "", body])
    return text if len(text) <= MAX_LENGTH else f"{text[:MAX_LENGTH]}\n<cut>"


def _is_shown(name: str, value: str) -> bool:
    if name in HEADERS:
        return HEADERS[name](value) is not None
    return name in _HEADERS_SHOWN
