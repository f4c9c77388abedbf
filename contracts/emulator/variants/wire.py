"""Variants of how answers travel: headers, codings, versions of HTTP, time."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time
from email.utils import format_datetime

from contracts.emulator.arguments import Refusal
from contracts.emulator.hooks import Answer, AnswerHook, Call, Gate
from contracts.emulator.variants.model import Variant
from contracts.fragment import THROTTLED, Fragment
from contracts.operation import RateLimit

_DELAY_S = 0.02
_ONE_THROTTLED_IN = 60
_CLOSES = ((b"connection", b"close"),)
_CODINGS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "deflate": zlib.compress}


def wire_variants(fragment: Fragment) -> Iterator[Variant]:
    """Yield the variants of headers, then those of transport."""
    yield from _content_types()
    yield from _more_headers(fragment)
    yield from _codings()
    yield from _connections()
    yield Variant(
        id="throttled",
        summary=f"Every {_ONE_THROTTLED_IN}th request is put off with a {THROTTLED} in plain text",
        on_answer=_throttled,
    )
    yield Variant(
        id="head-answered",
        summary="HEAD is answered like the operation itself, without a body",
        on_passes=_head_passes,
    )


def _content_types() -> Iterator[Variant]:
    yield Variant(
        id="charset",
        summary="The content type has a parameter",
        on_answer=_typed_as(lambda media_type: media_type + b"; charset=utf-8"),
    )
    yield Variant(
        id="odd-content-type",
        summary="The content type is written in capitals, with a quoted parameter",
        on_answer=_typed_as(lambda media_type: media_type.upper() + b' ; Charset="UTF-8"'),
    )


def _typed_as(write: Callable[[bytes], bytes]) -> AnswerHook:
    def change(call: Call, answer: Answer) -> Answer:
        headers = [(name, write(text) if name == b"content-type" else text) for name, text in answer.headers]
        return replace(answer, headers=tuple(headers))

    return change


def _more_headers(fragment: Fragment) -> Iterator[Variant]:
    ends = [datetime.combine(day, time(), UTC) for day in fragment.sunsets]
    if ends:
        told = (
            (b"deprecation", f"@{int(min(ends).timestamp())}".encode()),
            (b"sunset", format_datetime(max(ends), usegmt=True).encode()),
        )
        yield Variant(
            id="end-of-life-headers",
            summary="Headers tell of the end of life (RFC 9745, RFC 8594)",
            on_answer=lambda call, answer: replace(answer, headers=(*answer.headers, *told)),
        )
    limit = fragment.rate_limit or RateLimit(requests=2, seconds=1)
    left = f'"default";r={limit.requests - 1};t={limit.seconds}'
    others = ((b"set-cookie", b"a=1"), (b"set-cookie", b"b=2"), (b"ratelimit", left.encode()))
    yield Variant(
        id="more-headers",
        summary="Answers set two cookies and say how many requests are left",
        on_answer=lambda call, answer: replace(answer, headers=(*answer.headers, *others)),
    )


def _codings() -> Iterator[Variant]:
    for name, compress in _CODINGS.items():
        yield Variant(
            id=name,
            summary=f"Answers are compressed with {name} where the client takes it",
            on_answer=_compressed(name, compress),
        )


def _compressed(coding: str, compress: Callable[[bytes], bytes]) -> AnswerHook:
    more = ((b"content-encoding", coding.encode()), (b"vary", b"accept-encoding"))

    def change(call: Call, answer: Answer) -> Answer:
        if coding not in call.headers.get("accept-encoding", ""):
            return answer
        return replace(answer, headers=(*answer.headers, *more), body=compress(answer.body))

    return change


def _connections() -> Iterator[Variant]:
    yield Variant(id="chunked", summary="Answers come in chunks, without a length", is_chunked=True)
    yield Variant(
        id="connection-closed",
        summary="The connection is closed after each answer",
        on_answer=lambda call, answer: replace(answer, headers=(*answer.headers, *_CLOSES)),
    )
    yield Variant(
        id="http-1.0",
        summary="Answers are HTTP/1.0",
        is_http_1_0=True,
        on_answer=lambda call, answer: replace(answer, headers=(*answer.headers, *_CLOSES)),
    )
    yield Variant(id="slow", summary=f"Each answer takes {_DELAY_S} s longer", delay_s=_DELAY_S)


def _throttled(call: Call, answer: Answer) -> Answer:
    if call.number % _ONE_THROTTLED_IN:
        return answer
    headers = ((b"content-type", b"text/plain"), (b"retry-after", b"1"))
    return Answer(THROTTLED, headers, b"error code: 1015")


def _head_passes(call: Call, gate: Gate, refusal: Refusal | None) -> Refusal | None:
    return None if gate is Gate.METHOD and call.method == "HEAD" else refusal
