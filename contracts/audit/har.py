"""HAR 1.2, what browsers and proxies record: one JSON document, read entry by entry with ijson.

haralyzer reads the whole document before the first entry, and adds pages and timings that nobody asks for.
Source: http://www.softwareishard.com/blog/har-12-spec/
"""

from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from http import HTTPStatus
from io import BufferedReader
from typing import Any
from urllib.parse import urlencode

from contracts.audit.bodies import says_changed
from contracts.audit.entries import entries
from contracts.audit.record import (
    NO_ANSWER,
    Headers,
    Record,
    Unreadable,
    characters,
    moment,
    number,
    status,
)
from contracts.redaction import PSEUDONYM
from contracts.reports.exchanges import NOT_SHOWN
from contracts.reports.har import IN_PART

_PATH = ("log", "entries")
_MISSING = "the document has no list log.entries, as HAR 1.2 has it"
_CHROMES_OWN = "non-authoritative-reason"


def records(stream: BufferedReader) -> Iterator[Record | Unreadable]:
    """Read the entries; where the document is broken, or is no HAR, that is the last.

    Raises:
        UsageError: ijson is not installed.
    """
    for entry in entries(stream, _PATH, _MISSING):
        yield entry if isinstance(entry, Unreadable) else _record(entry)


def _record(entry: Any) -> Record | Unreadable:
    try:
        request, response = entry["request"], entry["response"]
        body, is_exact = _body(response.get("content") or {})
        return Record(
            method=characters(request["method"]),
            url=_url(request),
            status=NO_ANSWER if _is_of_browser(entry, response) else status(response["status"]),
            request_headers=_headers(request),
            response_headers=_response_headers(response),
            body=body,
            is_whole=body is not None and response["content"].get("size") == len(body),
            has_exact_bytes=is_exact,
            time=moment(entry.get("startedDateTime")),
            elapsed_ms=number(entry.get("time")),
        )
    except Unreadable as why:
        return why
    except (KeyError, TypeError, ValueError, AttributeError):
        return Unreadable("the entry is not as HAR 1.2 has it")


def _is_of_browser(entry: Any, response: Any) -> bool:
    """Say whether an answer is none of the server: from a cache, a service worker, or made by Chrome itself
    where it goes to https unasked."""
    is_at_hand = entry.get("_fromCache") or response.get("_fetchedViaServiceWorker")
    return bool(is_at_hand) or (
        response["status"] == HTTPStatus.TEMPORARY_REDIRECT
        and any(name.lower() == _CHROMES_OWN for name, _ in _headers(response) or ())
    )


def _url(request: Any) -> str:
    """Give the URL, with the parameters that stand beside it where it has none."""
    url, beside = request["url"].partition("#")[0], request.get("queryString")
    if "?" not in url and beside:
        url += "?" + urlencode([(one["name"], one["value"]) for one in beside])
    return characters(url)


def _headers(side: Any) -> Headers | None:
    """Give the headers; recorders that leave them out write none."""
    return (
        tuple((characters(one["name"]), characters(one["value"])) for one in side.get("headers") or ())
        or None
    )


def _response_headers(response: Any) -> Headers | None:
    """Give those headers of an answer that were recorded as they came.

    What a run of ours would not tell is none of them; and where HAR tells the size of a body itself, its
    transfer's length says nothing more.
    """
    has_size = bool((response.get("content") or {}).get("size"))
    return (
        tuple(
            (name, value)
            for name, value in _headers(response) or ()
            if value != NOT_SHOWN
            and not value.endswith(PSEUDONYM)
            and not (has_size and name.lower() == "content-length")
        )
        or None
    )


def _body(content: Any) -> tuple[bytes | None, bool]:
    """Give the body, None where it was left out or cut, and whether it was recorded as bytes."""
    text, comment = content.get("text"), str(content.get("comment") or "")
    if not text or comment.startswith(IN_PART) or says_changed(comment):
        return None, False
    try:
        is_exact = content.get("encoding") == "base64"
        body = b64decode("".join(text.split()), validate=True) if is_exact else text.encode()
    except (Error, UnicodeEncodeError):
        raise Unreadable("its body is not what its encoding says") from None
    return (None if (number(content.get("size")) or 0) > len(body) else body), is_exact
