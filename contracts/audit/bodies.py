"""Says what of a recorded body was the server's: recorders leave out, cut, decode and black out.

What a recorder did must not be laid to the server, and what the server did must not be laid to the recorder:
each rule here asks for a sign that only a recorder leaves, and none holds where the recording says that the
body is all that came.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from contracts import strict_json
from contracts.audit.record import Record
from contracts.contract import Reading
from contracts.decoding import TooLarge, decode
from contracts.ledger import Observation
from contracts.strict_json import Parsed
from contracts.yaml_source import unescape

MAX_BYTES = 64 * 2**20
"""A compressed body that becomes larger is not judged."""
_CODED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
"""So begin gzip, zstd and zlib, and no JSON."""
_MAX_MARK_LENGTH = 100
_DONE = "(?:redacted|filtered|masked|scrubbed|saniti[sz]ed|omitted|removed|hidden|truncated|suppressed)"
_WORDS = r"(?:\w+[ _-]){0,3}"
_CHANGED = re.compile(rf"\b{_DONE}\b", re.IGNORECASE)
_BLACKED_OUT = re.compile(rf"\*{{3,}}|redacted|[\[<({{*]+\s*{_WORDS}{_DONE}\s*[\]>)}}*]+", re.IGNORECASE)
"""What stands for a value that a recorder took out. Other plain words a server may send."""
_INSTEAD = re.compile(rf"\*{{3,}}|[\[<({{*]*\s*{_WORDS}{_DONE}\s*[\]>)}}*]*", re.IGNORECASE)
"""What stands for a whole body that a recorder took out."""
_END = re.compile(
    r"(?:\.{3}|…)\s*[\[<(]?[\w ,+]{0,60}[\]>)]?\s*\Z|"
    r"[\[<(][\w ,.+]{0,60}truncated[\w ,.+]{0,60}[\]>)]\s*\Z",
    re.IGNORECASE,
)
"""What recorders put where they cut a body."""


@dataclass(frozen=True, slots=True)
class Body:
    """A body without its content codings; `is_all` says that it surely is all that the server sent."""

    data: bytes = field(repr=False)
    is_all: bool = False


def body_of(record: Record) -> Body | None:
    """Give the body that a record holds; None where it surely is not whole, or cannot be decoded."""
    body = record.body
    if body is None:
        return None
    codings = record.response_header("content-encoding")
    if codings:
        return _decoded(body, codings)
    if body.startswith(_CODED):
        # Which coding it has was not recorded, and whether the server said it.
        return _decoded(body, "gzip")
    length = record.response_header("content-length") or ""
    is_length = length.isascii() and length.isdecimal() and len(length) < 20
    if is_length and len(body) < int(length):
        return None
    return Body(body, record.is_whole or (is_length and len(body) == int(length)))


def is_told(record: Record, body: Body, parsed: Parsed) -> bool:
    """Say whether a body, once read, shows what the server sent, or may be what a recorder left of it."""
    if body.is_all or (parsed.has_value and not isinstance(parsed.value, str)):
        return True
    data = body.data
    if not record.response_headers and not _is_text(data):
        # Some codings begin as anything does.
        return False
    text = data.decode(errors="replace").strip()
    is_mark = len(text) <= _MAX_MARK_LENGTH and _INSTEAD.fullmatch(text.strip('"'))
    return not (is_mark or parsed.is_cut or _is_cut_with_a_mark(text))


def says_changed(comment: str) -> bool:
    """Say whether a recorder's words on a body tell that it is not as the server sent it."""
    return _CHANGED.search(comment) is not None


def without_blacked_out(reading: Reading, observations: Iterable[Observation]) -> Iterator[Observation]:
    """Leave out what is broken only because a recorder took the values out that stood there."""
    for seen in observations:
        # Which branch of a union an object is of is told by one of its members.
        is_union = seen.clause.endswith(":oneOf")
        places = (_at(reading.body, one.pointer) for one in seen.findings if one.pointer)
        is_out = [_is_blacked_out(one) or (is_union and _has_blacked_out(one)) for one in places]
        if not is_out or len(is_out) < len(seen.findings) or not all(is_out):
            yield seen


def _decoded(body: bytes, codings: str) -> Body | None:
    """Undo content codings, where the recorder did not; a body that then is not JSON may be still coded."""
    try:
        decoded = decode(body, codings, MAX_BYTES)
    except TooLarge:
        return None
    # What can be decoded is whole: each coding says where it ends.
    if decoded is not body:
        return Body(decoded, is_all=True)
    return Body(body) if strict_json.parse(body).has_value else None


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_cut_with_a_mark(text: str) -> bool:
    mark = _END.search(text, max(len(text) - _MAX_MARK_LENGTH, 0))
    return mark is not None and strict_json.parse(text[: mark.start()].encode()).is_cut


def _at(value: Any, pointer: str) -> Any:
    """Give what stands at a place of a body, None where nothing does."""
    for token in map(unescape, pointer.split("/")[1:]):
        if isinstance(value, list):
            value = value[int(token)] if token.isdecimal() and int(token) < len(value) else None
        else:
            value = value.get(token) if isinstance(value, dict) else None
    return value


def _is_blacked_out(value: Any) -> bool:
    is_short = isinstance(value, str) and len(value) <= _MAX_MARK_LENGTH
    return is_short and bool(_BLACKED_OUT.fullmatch(value.strip()))


def _has_blacked_out(value: Any) -> bool:
    return isinstance(value, dict) and any(map(_is_blacked_out, value.values()))
