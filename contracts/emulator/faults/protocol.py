"""Faults of the letter: status codes, content types, encoding, JSON."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from contracts.clauses.ids import STATUS_CLAUSE, protocol_clause
from contracts.emulator.faults.subject import Subject
from contracts.emulator.hooks import Answer, AnswerHook, Call, Fault
from contracts.operation import Response

Rewrite = Callable[[bytes], bytes]

_EXTRA = b'"x_extra"'


def _begun_with(member: bytes) -> Rewrite:
    """Build what puts a member before all others of an object that has some."""
    return lambda body: b"{" + member + b"," + body[1:]


_BODIES: dict[str, dict[str, tuple[str, Rewrite]]] = {
    "encoding": {
        "latin-1": ("has a byte that is not UTF-8", _begun_with(_EXTRA + b':"caf\xe9"')),
        "byte-order-mark": ("begins with a byte order mark", lambda body: b"\xef\xbb\xbf" + body),
        "surrogate": ("has half a surrogate pair as bytes", _begun_with(_EXTRA + b':"\xed\xa0\xbd"')),
    },
    "json": {
        "empty": ("is empty", lambda body: b""),
        "truncated": ("ends too early", lambda body: body[:-1]),
        "not-a-number": ("has the number NaN", _begun_with(_EXTRA + b":NaN")),
        "trailing-comma": ("has a comma before its last brace", lambda body: body[:-1] + b",}"),
        "twice": ("stands twice", lambda body: body + body),
        "html": ("is a page for people", lambda body: b"<!DOCTYPE html><title>Error</title>"),
        "control-character": ("has a raw line break in a string", _begun_with(_EXTRA + b':"a\nb"')),
        "leading-zero": ("has a number with a leading zero", _begun_with(_EXTRA + b":007")),
    },
}
_CONTENT_TYPES = {
    "html": "text/html",
    "text": "text/plain; charset=utf-8",
    "problem": "application/problem+json",
}
_STATUSES = {"server-error": 500, "created": 201, "redirect": 302}


def protocol_faults(subject: Subject) -> Iterator[Fault | None]:
    """Yield the faults of every documented answer that has a body."""
    for response in subject.fragment.responses.values():
        if response.body:
            yield from _statuses(subject, response)
            yield from _content_types(subject, response)
            yield from _bodies(subject, response)


def _statuses(subject: Subject, response: Response) -> Iterator[Fault | None]:
    for way, status in _STATUSES.items():
        # An answer that seems to succeed lets in what is refused, which is another promise.
        is_told = subject.fragment.response(status) or (status < 300 and response is not subject.success)
        if not is_told:
            yield subject.fault(
                f"status/{way}:{response.status}",
                f"A {response.status} answer comes with the status {status}",
                (STATUS_CLAUSE,),
                on_answer=_when(subject, response, partial(_with_status, status=status)),
            )


def _with_status(answer: Answer, status: int) -> Answer:
    return replace(answer, status=status)


def _content_types(subject: Subject, response: Response) -> Iterator[Fault | None]:
    clause = (protocol_clause(response.status, "content-type"),)
    for way, media_type in _CONTENT_TYPES.items():
        if not media_type.startswith(response.media_type):
            yield subject.fault(
                f"content-type/{way}:{response.status}",
                f"A {response.status} answer comes as {media_type}",
                clause,
                on_answer=_when(subject, response, _typed(((b"content-type", media_type.encode()),))),
            )
    yield subject.fault(
        f"content-type/none:{response.status}",
        f"A {response.status} answer does not say what it is",
        clause,
        on_answer=_when(subject, response, _typed(())),
    )


def _typed(instead: tuple[tuple[bytes, bytes], ...]) -> Callable[[Answer], Answer]:
    def change(answer: Answer) -> Answer:
        others = tuple(header for header in answer.headers if header[0] != b"content-type")
        return replace(answer, headers=(*instead, *others))

    return change


def _bodies(subject: Subject, response: Response) -> Iterator[Fault | None]:
    for keyword, ways in _BODIES.items():
        for way, (told, rewrite) in ways.items():
            yield _rewritten(subject, response, f"{keyword}/{way}", told, (keyword,), rewrite)
    yield _rewritten(
        subject,
        response,
        "encoding/utf-16",
        "is UTF-16",
        ("encoding", "json"),
        lambda body: body.decode().encode("utf-16"),
    )
    yield _rewritten(
        subject, response, "unique-names/first", "has its first member twice", ("unique-names",), _first_twice
    )
    yield _rewritten(
        subject,
        response,
        "unique-names/nested",
        "has an object with a name twice, once escaped",
        ("unique-names",),
        _begun_with(_EXTRA + b':[{"a":1,"\\u0061":2}]'),
    )


def _rewritten(
    subject: Subject, response: Response, way: str, told: str, keywords: tuple[str, ...], rewrite: Rewrite
) -> Fault | None:
    return subject.fault(
        f"{way}:{response.status}",
        f"The body of a {response.status} answer {told}",
        tuple(protocol_clause(response.status, keyword) for keyword in keywords),
        on_answer=_when(subject, response, lambda answer: replace(answer, body=rewrite(answer.body))),
    )


def _first_twice(body: bytes) -> bytes:
    members = list(json.loads(body).items())
    return _begun_with(json.dumps(dict(members[:1]), separators=(",", ":")).encode()[1:-1])(body)


def _when(subject: Subject, response: Response, change: Callable[[Answer], Answer]) -> AnswerHook:
    """Change the answers of one kind."""

    def changed(call: Call, answer: Answer) -> Answer:
        answered = subject.fragment.response(answer.status)
        is_one = answered is not None and answered.status == response.status
        return change(answer) if is_one else answer

    return changed
