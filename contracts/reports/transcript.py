"""An exchange as text for people: what was sent, what came, with nothing in it that is private."""

import json
from collections.abc import Iterator

from contracts.announcements import HEADERS
from contracts.contract import Contract
from contracts.exchange import Exchange

MAX_LENGTH = 20_000
MAX_UNREAD = 2_000
"""So many characters are told of a body that cannot be read."""

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
        came.append(f"{name}: {_shown(name.lower(), value, contract)}")
    text = "\n".join([*sent, "", *came, "", *_body(exchange, contract)])
    # Scrubbed before it is cut: half a secret would not be found.
    text = contract.redactor.scrub(text[: 2 * MAX_LENGTH])
    return text if len(text) <= MAX_LENGTH else f"{text[:MAX_LENGTH]}\n<cut>"


def _shown(name: str, value: str, contract: Contract) -> str:
    if name in HEADERS:
        return str(HEADERS[name](value) or "<not shown>")
    return contract.redactor.shown_header(value) if name in _HEADERS_SHOWN else "<not shown>"


def _body(exchange: Exchange, contract: Contract) -> Iterator[str]:
    """Yield what is told of a body, and before it how that is to be read."""
    if not exchange.body:
        yield "<no body>"
        return
    redactor, reading = contract.redactor, contract.read(exchange)
    is_whole = bool(reading.parsed and reading.parsed.has_value and reading.response)
    stands = "as they came" if redactor.shows_values else "pseudonyms where they are private or undeclared"
    yield f"<{len(exchange.body)} bytes{'' if is_whole else ', not read as JSON'}; values are {stands}>"
    if reading.parsed and reading.parsed.has_value and reading.response:
        redacted = redactor.redact(reading.body, reading.response.body)
        yield json.dumps(redacted, indent=1, ensure_ascii=True)
    else:
        yield redactor.shown_text(exchange.body.decode(errors="replace"), MAX_UNREAD)
