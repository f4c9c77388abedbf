"""`exchanges.har`: all that went over the wire, as HAR 1.2, redacted as everything else; written by harfile.

Bodies are told of the exchanges that the record shows; of the others only size and media type. Requests that
were sent again are one entry, whose comment says what came before.
"""

import io
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from harfile import Content, Creator, HarFile, Record, Request, Response, Timings

from contracts import __version__
from contracts.contract import Contract
from contracts.exchange import Exchange
from contracts.reports.exchanges import exchange_id, shown_header

Sent = tuple[datetime, Exchange, int]
"""When an answer was there, the exchange without its body, and the size of the body in bytes."""


def har(
    sent: Iterable[Sent],
    contract: Contract,
    shown: Mapping[str, Mapping[str, Any]],
    scrub: Callable[[str], str],
) -> str:
    """Give the text of the file; `shown` are the exchanges of the record by id, `scrub` takes secrets out."""
    file = io.StringIO()
    with HarFile(file, creator=Creator(name="bulk-jobs-contract", version=__version__)) as writer:
        for ended, exchange, size in sent:
            record = shown.get(exchange_id(exchange.origin, exchange.offset))
            headers = [
                Record(name=scrub(name), value=scrub(shown_header(name, value, contract)))
                for name, value in exchange.headers
            ]
            writer.add_entry(
                startedDateTime=datetime.fromtimestamp(
                    ended.timestamp() - exchange.elapsed_ms / 1000, tz=ended.tzinfo
                ),
                time=exchange.elapsed_ms,
                request=_request(exchange),
                response=_response(exchange, headers, size, record),
                timings=Timings(send=0, wait=exchange.elapsed_ms, receive=0),
                comment="; ".join(("sent as " + str(exchange.request.identity), *exchange.setbacks)),
            )
    return file.getvalue()


def _request(exchange: Exchange) -> Request:
    request = exchange.request
    return Request(
        method=request.method,
        url=f"{request.base_url}{request.line.partition(' ')[2]}",
        httpVersion="HTTP/1.1",
        headers=[Record(name=name, value=value) for name, value in request.headers],
        queryString=[Record(name=name, value=value) for name, value in request.query],
        bodySize=0,
    )


def _response(
    exchange: Exchange, headers: list[Record], size: int, record: Mapping[str, Any] | None
) -> Response:
    by_name = {header.name.lower(): header.value for header in headers}
    told = record["response"] if record else {"body": None, "note": "not kept: nothing was found in it"}
    return Response(
        status=exchange.status,
        statusText="",
        httpVersion="HTTP/1.1",
        headers=headers,
        content=Content(
            size=size,
            mimeType=by_name.get("content-type", ""),
            text=told["body"],
            comment=told["note"],
        ),
        redirectURL="",
        bodySize=size,
    )
