"""The two ways to read JSON: whatever the bytes, the quick one agrees with the exact one, or steps back."""

import json
from typing import Any

import orjson
import pytest
import samples
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.strict_json import MAX_NESTING, Parsed, _parse_exactly, _parse_plain, parse

PAGE = json.dumps(samples.full_body(samples.contract("jobs"))).encode()
HTML = b'{"a": "\\u003c1@example.com\\u003e", "b": "\\/"}'


def told(parsed: Parsed) -> tuple[str, bool, Any]:
    """Give what was read so that 5, 5.0, -0.0 and Decimal(5) differ, and members in another order."""
    return repr(parsed.value), parsed.has_value, parsed.flaws


def nested(opening: bytes, levels: int, closing: bytes) -> bytes:
    return opening * levels + b"1" + closing * levels


PLAIN = {
    "as orjson writes it": orjson.dumps(json.loads(PAGE)),
    "as json writes it": PAGE,
    "indented": json.dumps(json.loads(PAGE), indent=2).encode(),
    "with a newline behind": PAGE + b"\n",
    "escaped for HTML": HTML,
    "colons in strings": b'{"a:": ":::", "b": "::"}',
    "numbers written otherwise": b"[1E2, 5.0, -0, -0.0, 1e-400, 0.10]",
    "18 digits": b"[999999999999999999, -999999999999999999]",
    "the largest 64 bits as orjson writes it": b"18446744073709551615",
    "as deep as may be, arrays": nested(b"[", MAX_NESTING, b"]"),
    "as deep as may be, objects": nested(b'{"a":', MAX_NESTING, b"}"),
    "brackets in a string": b'"' + b"[" * 1_000 + b'"',
}
ODD = {
    "a name twice": b'{"a": 1, "a": 1}',
    "a name twice, once escaped": b'{"a": 1, "\\u0061": 2}',
    "a name twice, and an escaped colon": b'{"a": 1, "a": "\\u003a"}',
    "a name twice, and an escaped colon in capitals": b'{"a": 1, "a": "\\u003A"}',
    "a name twice, and colons in the lost value": b'{"a": "::", "a": ""}',
    "integer beyond 64 bits": b"[18446744073709551616]",
    "negative integer beyond 64 bits": b"-9223372036854775809",
    "integer beyond 64 bits, whole in a float": b"100000000000000000000",
    "integer beyond a float": b"1" * 400,
    "integer of 5,000 digits": b"1" * 5_000,
    "number beyond a float": b"1e400",
    "NaN": b"[NaN]",
    "lone surrogate": b'"\\ud800"',
    "lone low surrogate": b'["\\udc00\\ud800"]',
    "byte order mark": b"\xef\xbb\xbf{}",
    "not UTF-8": b'"\xff"',
    "surrogate in UTF-8": b'"\xed\xa0\x80"',
    "one array too deep": nested(b"[", MAX_NESTING + 1, b"]"),
    "one object too deep": nested(b'{"a":', MAX_NESTING + 1, b"}"),
    "brackets in strings that hide the depth": b'["]",' * 220 + b"1" + b',"["]' * 220,
    "cut": PAGE[:-1],
    "nothing": b"",
}


@pytest.mark.parametrize("body", PLAIN.values(), ids=PLAIN)
def test_a_plain_body_is_read_by_orjson_just_as_exactly(body: bytes) -> None:
    plain = _parse_plain(body)

    assert plain
    assert told(plain) == told(_parse_exactly(body)) == told(parse(body))


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_an_odd_body_is_left_to_the_exact_reading(body: bytes) -> None:
    assert _parse_plain(body) is None
    assert told(parse(body)) == told(_parse_exactly(body))


NUMBERS = st.from_regex(r"\A-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?\Z")
ESCAPES = st.sampled_from(
    [r"\u003a", r"\u003A", r"\u0061", r"\/", r"\n", r"\\", r"\"", r"\ud83d\ude00", ":", " "]
)
STRINGS = st.lists(ESCAPES | st.sampled_from("ab:[]{}é😀")).map(lambda parts: f'"{"".join(parts)}"')
SPACE = st.sampled_from(["", "", " ", "\n\t"])
NAMES = st.sampled_from(['"a"', '"b"', r'"\u0061"', '":"', r'"\u003a"', '""'])


def arrays(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(SPACE, st.lists(inner, max_size=3)).map(lambda it: f"[{f',{it[0]}'.join(it[1])}]")


def objects(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    member = st.tuples(NAMES, SPACE, inner).map(lambda it: f"{it[0]}:{it[1]}{it[2]}")
    return st.tuples(SPACE, st.lists(member, max_size=4)).map(lambda it: f"{{{f',{it[0]}'.join(it[1])}}}")


TEXTS = st.recursive(
    NUMBERS | STRINGS | st.sampled_from(["null", "true", "NaN", '"\\ud800"']),
    lambda inner: arrays(inner) | objects(inner),
    max_leaves=12,
)


@given(body=TEXTS.map(str.encode))
@example(b'{"a":1,"a":"\\u003a"}')
@example(b'{"a":[],"a":{},"b":1e+20,"c":100000000000000000000}')
def test_any_text_in_the_grammar_is_read_alike(body: bytes) -> None:
    plain = _parse_plain(body)

    assert plain is None or told(plain) == told(_parse_exactly(body))


PIECES = st.sampled_from(
    [b"", b'"', b"\\", b":", b",", b"{", b"}", b"[", b"]", b"0", b"9" * 20, b"-", b".5", b"e400", b"null"]
    + [b"\xff", b"\xef\xbb\xbf", b"\n", b"\0", b"\\u003a", b"\\ud800", b'"success": 1, ', b'"job_id": 1, ']
)


@given(data=st.data())
def test_a_page_with_pieces_put_in_or_cut_out_is_read_alike(data: st.DataObject) -> None:
    body = PAGE
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(body)))
        end = data.draw(st.integers(start, min(start + 8, len(body))))
        body = body[:start] + data.draw(PIECES) + body[end:]

    plain = _parse_plain(body)

    assert plain is None or told(plain) == told(_parse_exactly(body))


@given(body=st.binary())
def test_any_bytes_are_read_alike(body: bytes) -> None:
    plain = _parse_plain(body)

    assert plain is None or told(plain) == told(_parse_exactly(body))


@given(value=st.floats(allow_nan=False, allow_infinity=False), digits=st.integers(1, 30))
def test_any_float_is_read_to_the_same_bits(value: float, digits: int) -> None:
    for text in (repr(value), f"{value:.{digits}e}"):
        plain = _parse_plain(text.encode())

        assert plain is None or told(plain) == told(_parse_exactly(text.encode()))
