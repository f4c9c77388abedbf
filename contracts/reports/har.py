"""`exchanges.har`: an HTTP Archive of all that went over the wire, in the order in which it was sent.

A request that was sent again, as it was throttled or got no answer, is in it each time; one that was under
way when the run was interrupted is not. Of bodies it has those of the exchanges that `compliance.json` holds:
whole where they say the same without what is private, else in part, as they stand there.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from io import StringIO
from itertools import islice
from typing import Any

import harfile

from contracts import __version__
from contracts.announcements import HEADERS
from contracts.client import Sent
from contracts.contract import Contract
from contracts.exchange import Request
from contracts.ledger import clip
from contracts.reports import retelling
from contracts.reports.exchanges import shown_header
from contracts.wire import NoAnswer, Timing

MAX_ENTRIES = 5_000
"""So many requests are kept of a run, the first."""
IN_PART = "in part: "
"""So begins the comment on a body that must not be judged again."""
_HEADERS_REMEMBERED = 64
_COMMENT = (
    "Variables stand for credentials and accounts. Of bodies only those are here that compliance.json has. "
    "Request headers that every request has (Accept, Accept-Encoding, User-Agent) are left out."
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept of one request and what came: no body, and of headers what may be told."""

    number: int
    started: datetime
    elapsed_ms: float
    request: Request
    status: int
    headers: tuple[tuple[str, str], ...]
    size_bytes: int = 0
    http_version: str = ""
    timing: Timing | None = None
    problem: str = ""


class WireLog:
    """Keeps what went over the wire, within limits; `scrub` takes secrets out of texts."""

    def __init__(self, contract: Contract, scrub: Callable[[str], str]) -> None:
        self.entries: list[Entry] = []
        self.left_out = 0
        self._contract = contract
        self._scrub = scrub
        # Most headers say the same in every answer.
        self._header = lru_cache(_HEADERS_REMEMBERED)(self._told_header)

    def add(self, sent: Sent) -> None:
        """Keep what may be told of a request and what came."""
        if len(self.entries) >= MAX_ENTRIES:
            self.left_out += 1
            return
        came = sent.came
        kept = Entry(
            number=sent.number,
            started=sent.started,
            elapsed_ms=sent.elapsed_ms,
            request=sent.request,
            status=came.status,
            headers=self._headers(came.headers.items() if isinstance(came, NoAnswer) else came.headers),
        )
        if isinstance(came, NoAnswer):
            kept = replace(kept, problem=self._scrub(came.problem))
        else:
            size, version = len(came.body), came.http_version
            kept = replace(kept, size_bytes=size, http_version=version, timing=came.timing)
        self.entries.append(kept)

    def _headers(self, headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        return tuple(self._header(*header) for header in islice(headers, retelling.MAX_HEADERS))

    def _told_header(self, name: str, value: str) -> tuple[str, str]:
        return clip(self._scrub(name)), self._scrub(self._shown(name, value))

    def _shown(self, name: str, value: str) -> str:
        told = retelling.announcement(name, value) if name.lower() in HEADERS else ""
        return told or shown_header(name, value, self._contract)


def har(log: WireLog, report: Mapping[str, Any], bodies: Mapping[int, bytes]) -> str:
    """Give the text of the archive; `bodies` are whole ones, by the number of their request.

    Source: HTTP Archive (HAR) 1.2.
    """
    recorded = {int(one["id"].rpartition("/")[2]): one for one in report["exchanges"]}
    more = f" {log.left_out} requests more were sent." if log.left_out else ""
    text = StringIO()
    creator = harfile.Creator("bulk-jobs-contract", __version__)
    with harfile.HarFile.open(text, creator=creator, comment=f"{_COMMENT}{more}") as file:
        for entry in log.entries:
            _add(file, entry, recorded.get(entry.number), bodies.get(entry.number))
    return text.getvalue() + "\n"


def _add(file: harfile.HarFile, entry: Entry, record: Mapping[str, Any] | None, body: bytes | None) -> None:
    timings = _timings(entry)
    file.add_entry(
        startedDateTime=entry.started,
        time=round(sum(max(part, 0) for part in _parts(timings)), 3),
        request=_request(entry.request),
        response=_response(entry, _content(entry, record, body)),
        timings=timings,
        comment=entry.problem or (f"exchange {record['id']} of compliance.json" if record else ""),
    )


def _request(request: Request) -> harfile.Request:
    return harfile.Request(
        method=request.method,
        url=f"{request.base_url}{request.line.partition(' ')[2]}",
        httpVersion="HTTP/1.1",
        headers=[harfile.Record(name, value) for name, value in request.headers],
        queryString=[harfile.Record(name, value) for name, value in request.query],
        bodySize=0,
    )


def _content(entry: Entry, record: Mapping[str, Any] | None, body: bytes | None) -> harfile.Content:
    by_name = {name.lower(): value for name, value in entry.headers}
    content = harfile.Content(size=entry.size_bytes, mimeType=by_name.get("content-type", ""))
    if record and body:
        # Its size is that of the text which stands here, the note tells that of what came.
        content.size, content.text, content.comment = len(body), body.decode(), record["response"]["note"]
    elif record:
        content.text, content.comment = record["response"]["body"], IN_PART + record["response"]["note"]
    elif entry.size_bytes:
        content.comment = "the body is not kept: compliance.json does not need it"
    return content


def _response(entry: Entry, content: harfile.Content) -> harfile.Response:
    known = {status.value for status in HTTPStatus}
    return harfile.Response(
        status=entry.status,
        statusText=HTTPStatus(entry.status).phrase if entry.status in known else "",
        httpVersion=entry.http_version,
        headers=[harfile.Record(name, value) for name, value in entry.headers],
        content=content,
    )


def _timings(entry: Entry) -> harfile.Timings:
    timing = entry.timing
    if timing is None:
        return harfile.Timings(send=0, wait=round(entry.elapsed_ms, 3), receive=0)
    return harfile.Timings(
        blocked=round(timing.blocked_ms, 3),
        connect=-1 if timing.connect_ms is None else round(timing.connect_ms, 3),
        ssl=-1 if timing.tls_ms is None else round(timing.tls_ms, 3),
        send=round(timing.send_ms, 3),
        wait=round(timing.wait_ms, 3),
        receive=round(timing.receive_ms, 3),
    )


def _parts(timings: harfile.Timings) -> tuple[float, ...]:
    """Give what adds up to the whole time; that of TLS is part of connecting."""
    return timings.blocked, timings.connect, timings.send, timings.wait, timings.receive
