"""Strict reading of a response body as JSON: RFC 8259, and RFC 7493 for unique names.

Every flaw is named, and a value is still given wherever one can be had, so that other checks can go on.
What the value means, and whether a flaw breaks a promise, is judged elsewhere.

Nearly every body is plain, and orjson reads it. Whatever orjson refuses, forgives or rounds, or might, is
read by the json module, which can be told to keep what it meets; so can all that has a flaw.
"""

import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Context, Decimal
from enum import StrEnum
from itertools import accumulate, islice
from math import isfinite
from typing import Any

import orjson

from contracts.yaml_source import escape

__all__ = ["MAX_FLAWS", "MAX_NESTING", "Flaw", "FlawKind", "Parsed", "parse"]

# Far below what any interpreter, thread or later walk over the value can bear.
MAX_NESTING = 200
MAX_FLAWS = 20

_MAX_QUOTED = 64
_MAX_WHOLE_DIGITS = 4_300
_ESCAPE = re.compile(r"\\.")
_NO_BRACKETS = re.compile(r"[^][{}]+")
_BRACKET_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}
_EMPTY = "is empty"
_CUT_ESCAPE = re.compile(r"(?<=\\)u[0-9A-Fa-f]{0,4}\Z")
_CUT_AFTER_VALUE = re.compile(r"(?:(?<=[0-9])(?:\.|[eE][-+]?))?\Z")
_CUT_VALUE = re.compile(r"(?:-|t(?:ru?)?|f(?:a(?:ls?)?)?|n(?:ul?)?)?\Z")
# orjson refuses to write more levels than it counts itself. Under so many of ours, that is MAX_NESTING.
_LEVELS_WRITTEN = 254
_HOLDING_LEVELS = _LEVELS_WRITTEN - MAX_NESTING
_ESCAPED_COLONS = (rb"\u003a", rb"\u003A")
_DIGITS_AS_NOUGHTS = bytes.maketrans(b"123456789", b"0" * 9)
_DIGITS_OF_ANY_64_BITS = 18
# Traps nothing: what Decimal cannot hold comes back as NaN, whatever the caller's own context says.
_UNTRAPPED = Context(traps=[])


class FlawKind(StrEnum):
    """What is flawed: encoding (RFC 8259 section 8.1), grammar (section 2), unique names (section 4)."""

    ENCODING = "encoding"
    SYNTAX = "syntax"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with a body; the pointer is that of the object with the duplicated name."""

    kind: FlawKind
    detail: str
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The value of a body, None where it has none, and what is wrong with the body. `is_cut` says that it is
    none, but could go on to be one: that it is empty, or breaks off."""

    # Not shown: it may be private, and Python refuses to print an int of more than 4,300 digits.
    value: Any = field(repr=False)
    has_value: bool
    flaws: tuple[Flaw, ...]
    is_cut: bool = field(default=False, repr=False, compare=False)


def parse(body: bytes) -> Parsed:
    """Read a body as one JSON value, and name its flaws, MAX_FLAWS at most.

    Numbers are exact. An integer of more than 4,300 digits, and a number too large for a float unless it is
    whole and shorter, is a Decimal; with an exponent too large even for that, an infinity. Of a duplicated
    name the last value counts.

    Raises: nothing, whatever the bytes.
    Source: RFC 8259 sections 2 to 9 (section 9 allows a limit on nesting); RFC 7493 section 2.3.
    """
    return _parse_plain(body) or _parse_exactly(body)


def _parse_plain(body: bytes) -> Parsed | None:
    """Read a body with orjson, if beyond doubt it has no flaw and orjson changes none of its values."""
    try:
        value = held = orjson.loads(body)
        for _ in range(_HOLDING_LEVELS):
            held = [held]
        written = orjson.dumps(held)[_HOLDING_LEVELS:-_HOLDING_LEVELS]
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None
    is_kept = written == body.strip() or (
        _has_names_once(body, written) and not has_digits_in_a_row(body, _DIGITS_OF_ANY_64_BITS + 1)
    )
    return Parsed(value, True, ()) if is_kept else None


def _has_names_once(body: bytes, written: bytes) -> bool:
    """Say whether no name stands twice, from the value as orjson writes it back.

    Each member has a colon, and of a name that stands twice orjson keeps the last member alone. Colons in
    strings are kept one by one, unless they were escaped.
    """
    has_escaped_colon = b"\\" in body and any(colon in body for colon in _ESCAPED_COLONS)
    return not has_escaped_colon and body.count(b":") == written.count(b":")


def has_digits_in_a_row(text: bytes, count: int) -> bool:
    """Say whether so many digits stand one after another anywhere in a text."""
    return b"0" * count in text.translate(_DIGITS_AS_NOUGHTS)


def _parse_exactly(body: bytes) -> Parsed:
    """Read a body whatever it holds, and name its flaws."""
    text, flaws = _decode(body)
    is_cut = False
    try:
        value, more = _read(text)
    except json.JSONDecodeError as error:
        how = _cut(error)
        is_cut = bool(how)
        flaws.append(Flaw(FlawKind.SYNTAX, _syntax_detail(how, error, body)))
    except RecursionError:
        # Raised by Python 3.11 too, where the caller has left less than MAX_NESTING of its stack.
        detail = f"arrays and objects are nested too deep to read ({MAX_NESTING} levels at most)"
        flaws.append(Flaw(FlawKind.SYNTAX, detail))
    else:
        return Parsed(value, True, tuple([*flaws, *more][:MAX_FLAWS]))
    return Parsed(None, False, tuple(flaws), is_cut)


def _decode(body: bytes) -> tuple[str, list[Flaw]]:
    """Give the text and the flaws of its encoding: a byte order mark, the first wrong byte."""
    details = []
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        details.append(f"byte 0x{body[error.start]:02x} at offset {error.start} is not UTF-8")
        text = body.decode(errors="replace")
    if text.startswith("\ufeff"):
        details.append("the body starts with a byte order mark")
        # White space in its place, so that positions in the text stay what they are.
        text = " " + text[1:]
    return text, [Flaw(FlawKind.ENCODING, detail) for detail in details]


def _read(text: str) -> tuple[Any, list[Flaw]]:
    """Give the value and the flaws that leave it one.

    Raises: JSONDecodeError outside the grammar, RecursionError for nesting too deep.
    """
    if _nesting(text) > MAX_NESTING:
        raise RecursionError
    constants: set[str] = set()
    repeated_names = 0

    def constant(name: str) -> float:
        constants.add(name)
        return float(name)

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated_names
        found = dict(pairs)
        repeated_names += len(pairs) - len(found)
        return found

    value = json.loads(
        text, object_pairs_hook=members, parse_int=_integer, parse_float=_number, parse_constant=constant
    )
    flaws = [Flaw(FlawKind.SYNTAX, f"{name} is not a JSON number") for name in sorted(constants)]
    return value, flaws + (list(islice(_duplicates(text), MAX_FLAWS)) if repeated_names else [])


def _nesting(text: str) -> int:
    """Count the levels without recursion; exact as far as the text keeps to the grammar."""
    outside_strings = "".join(_ESCAPE.sub("", text).split('"')[::2])
    brackets = _NO_BRACKETS.sub("", outside_strings)
    return max(accumulate(map(_BRACKET_STEPS.__getitem__, brackets), initial=0))


def _integer(digits: str) -> int | Decimal:
    """Read an integer; one of more digits than Python writes becomes a Decimal, which is no less exact."""
    try:
        return int(digits)
    except ValueError:
        return Decimal(digits)


def _number(text: str) -> float | Decimal:
    """Read a number with a fraction or an exponent (RFC 8259 section 6), exactly if a float overflows."""
    nearest = float(text)
    if isfinite(nearest):
        return nearest
    exact = Decimal(text, _UNTRAPPED)
    if not exact.is_finite():
        return nearest
    is_short = exact.adjusted() + 1 < _MAX_WHOLE_DIGITS
    return int(exact) if is_short and exact == exact.to_integral_value() else exact


class _Members(list[tuple[str, Any]]):
    """The members of an object as they stand in the text, repeated names and all."""


def _duplicates(text: str) -> Iterator[Flaw]:
    """Find each name that stands twice in one object, escapes resolved (RFC 7493 section 2.3)."""
    root = json.loads(text, object_pairs_hook=_Members, parse_int=str, parse_float=str)
    # A path is (path of the parent, token): pointers are made only for the few objects that need one.
    pending: list[tuple[Any, Any]] = [((), root)]
    while pending:
        path, node = pending.pop()
        children: list[tuple[Any, Any]] = node if isinstance(node, _Members) else list(enumerate(node))
        for name, count in Counter(token for token, _ in children).items():
            if count > 1:
                yield Flaw(FlawKind.DUPLICATE, _duplicate_detail(name, count), _pointer(path))
        pending += [((path, token), child) for token, child in reversed(children) if isinstance(child, list)]


def _duplicate_detail(name: str, count: int) -> str:
    quoted = json.dumps(name)  # ASCII only: a name may hold anything, and the clause is printed.
    shown = quoted if len(quoted) <= _MAX_QUOTED else quoted[: _MAX_QUOTED - 4] + '..."'
    return f"the name {shown} stands {'twice' if count == 2 else f'{count} times'} in one object"


def _pointer(path: Any) -> str:
    """Write a path as a JSON Pointer (RFC 6901 section 3)."""
    if not path:
        return ""
    parent, token = path
    return f"{_pointer(parent)}/{escape(str(token))}"


def _cut(error: json.JSONDecodeError) -> str:
    """Say how a text ends that could go on to be JSON; nothing of another."""
    if not error.doc.strip(" \t\n\r"):
        return _EMPTY
    if error.msg.startswith("Unterminated string") or _CUT_ESCAPE.match(error.doc, error.pos):
        return "ends in the middle of a string"
    cut = _CUT_VALUE if error.msg == "Expecting value" else _CUT_AFTER_VALUE
    return "ends before its value is complete" if cut.match(error.doc, error.pos) else ""


def _syntax_detail(cut: str, error: json.JSONDecodeError, body: bytes) -> str:
    if cut:
        return f"the body {cut}" if cut == _EMPTY else f"the body {cut} at byte {len(body)} (truncated)"
    # Some versions of Python quote the body behind a colon.
    reason = error.msg.partition(":")[0].removesuffix(" at")
    place = f"at byte {_byte_offset(body, error.pos)}"
    return f"the body stops being JSON {place}: {reason[:1].lower()}{reason[1:]}"


def _byte_offset(body: bytes, position: int) -> int:
    """Find where a character of the decoded text starts, replaced characters counted as decoding did."""
    sizes = range(len(body) + 1)
    return bisect_right(sizes, position, key=lambda size: len(body[:size].decode(errors="replace"))) - 1
