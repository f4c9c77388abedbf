"""Strict reading of JSON: what each flaw is called, and what value is had in spite of it."""

import json
import math
import sys
import threading
from decimal import Decimal
from itertools import pairwise
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.strict_json import MAX_FLAWS, MAX_NESTING, Flaw, FlawKind, Parsed, _parse_exactly, parse

NONFINITE = {"NaN", "Infinity", "-Infinity"}
TOO_DEEP = Flaw(FlawKind.SYNTAX, "arrays and objects are nested too deep to read (200 levels at most)")


def kept(value: Any) -> Parsed:
    return Parsed(value, True, ())


def syntax(detail: str) -> Parsed:
    return Parsed(None, False, (Flaw(FlawKind.SYNTAX, detail),))


def truncated(size: int) -> Parsed:
    return syntax(f"the body ends before its value is complete at byte {size} (truncated)")


def cut_string(size: int) -> Parsed:
    return syntax(f"the body ends in the middle of a string at byte {size} (truncated)")


def twice(name: str, pointer: str) -> Flaw:
    return Flaw(FlawKind.DUPLICATE, f'the name "{name}" stands twice in one object', pointer)


# Bodies without a flaw.


@pytest.mark.parametrize(
    ("body", "value"),
    [
        pytest.param(b"{}", {}, id="object"),
        pytest.param(b"null", None, id="null"),
        pytest.param(b' \t\r\n{"a": [1, true]}\n', {"a": [1, True]}, id="white space around"),
        pytest.param('"é😀"'.encode(), "é😀", id="UTF-8"),
        pytest.param(b'"\xef\xbb\xbf"', "\ufeff", id="U+FEFF inside a string"),
        pytest.param(b'"\xef\xbf\xbd"', "\ufffd", id="U+FFFD sent as such"),
        pytest.param(rb'"\ud83d\ude00"', "😀", id="surrogate pair escaped"),
        pytest.param(rb'"\ud800"', "\ud800", id="lone surrogate escaped"),
        pytest.param(rb'"\u0000"', "\0", id="NUL escaped"),
        pytest.param(rb'"[\"{\\"', '["{\\', id="brackets and quotes in a string"),
        pytest.param(b'{"": 1}', {"": 1}, id="empty name"),
        pytest.param(b'[{"a": 1}, {"a": 2}]', [{"a": 1}, {"a": 2}], id="one name in two objects"),
    ],
)
def test_a_sound_body_has_a_value_and_no_flaw(body: bytes, value: Any) -> None:
    assert parse(body) == kept(value)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        pytest.param(b"-0", 0, id="minus nought"),
        pytest.param(b"18446744073709551616", 2**64, id="beyond 64 bits"),
        pytest.param(b"9" * 400, 10**400 - 1, id="400 digits"),
        pytest.param(b"9" * 10_000, Decimal("9" * 10_000), id="10,000 digits"),
        pytest.param(b"-" + b"9" * 10_000, Decimal("-" + "9" * 10_000), id="10,000 digits below nought"),
        pytest.param(b"1" + b"0" * 20_000, Decimal("1e20000"), id="20,000 noughts"),
        pytest.param(b"0.1", 0.1, id="fraction"),
        pytest.param(b"1.0", 1.0, id="fraction of nought"),
        pytest.param(b"1E+2", 100.0, id="exponent"),
        pytest.param(b"1e-400", 0.0, id="too small for a float"),
        pytest.param(b"1e-99999999999999999999", 0.0, id="too small for a Decimal"),
        pytest.param(b"1." + b"0" * 10_000, 1.0, id="10,000 digits of fraction"),
        pytest.param(b"1e400", 10**400, id="too large for a float, whole"),
        pytest.param(b"-15e399", -15 * 10**399, id="too small for a float, whole"),
        pytest.param(b"1.5e400", 15 * 10**399, id="whole by its exponent"),
        pytest.param(b"1" * 400 + b".50", Decimal("1" * 400 + ".5"), id="too large for a float, not whole"),
        pytest.param(b"1e4298", 10**4298, id="largest power of ten made an int"),
        pytest.param(b"1e4299", Decimal("1e4299"), id="power of ten too long to print as an int"),
        pytest.param(b"1e999999999", Decimal("1e999999999"), id="exponent of nine digits"),
        pytest.param(b"1e9999999999999999999", math.inf, id="too large for a Decimal"),
        pytest.param(b"-1e9999999999999999999", -math.inf, id="too large for a Decimal, below nought"),
    ],
)
def test_a_number_keeps_its_value(body: bytes, value: float | Decimal) -> None:
    parsed = parse(body)

    assert (parsed.value == value, type(parsed.value), parsed.flaws) == (True, type(value), ())


def test_a_shorter_limit_on_int_digits_changes_nothing() -> None:
    limit = sys.get_int_max_str_digits()

    sys.set_int_max_str_digits(sys.int_info.str_digits_check_threshold)
    try:
        parsed = parse(b"9" * 5_000)
    finally:
        sys.set_int_max_str_digits(limit)

    assert parsed.value == 10**5_000 - 1


def test_a_parsed_body_does_not_show_its_value() -> None:
    assert repr(parse(b'"secret"')) == "Parsed(has_value=True, flaws=())"


# Encoding.


def test_a_byte_order_mark_is_skipped_and_named() -> None:
    flaw = Flaw(FlawKind.ENCODING, "the body starts with a byte order mark")

    assert parse(b'\xef\xbb\xbf{"a": 1}') == Parsed({"a": 1}, True, (flaw,))


def test_a_byte_order_mark_counts_in_the_byte_of_a_syntax_flaw() -> None:
    assert parse(b"\xef\xbb\xbf[1 2]").flaws[1].detail.startswith("the body stops being JSON at byte 6: ")


@pytest.mark.parametrize(
    ("body", "value", "detail"),
    [
        pytest.param(b'["\xff", 1]', ["\ufffd", 1], "byte 0xff at offset 2 is not UTF-8", id="never a byte"),
        pytest.param(b'"\xc3"', "\ufffd", "byte 0xc3 at offset 1 is not UTF-8", id="cut character"),
        pytest.param(b'"\xc0\xaf"', "\ufffd" * 2, "byte 0xc0 at offset 1 is not UTF-8", id="overlong"),
        pytest.param(b'"\xed\xa0\x80"', "\ufffd" * 3, "byte 0xed at offset 1 is not UTF-8", id="surrogate"),
        pytest.param("é\xff".encode("latin-1").join([b'"'] * 2), "\ufffd" * 2, None, id="Latin-1"),
    ],
)
def test_what_is_not_utf_8_is_replaced_and_named(body: bytes, value: Any, detail: str | None) -> None:
    parsed = parse(body)

    assert (parsed.value, parsed.has_value) == (value, True)
    assert parsed.flaws == (Flaw(FlawKind.ENCODING, detail or "byte 0xe9 at offset 1 is not UTF-8"),)


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
def test_another_encoding_of_unicode_is_no_json(codec: str) -> None:
    parsed = parse('{"a": 1}'.encode(codec))

    assert (parsed.value, parsed.has_value) == (None, False)
    assert parsed.flaws[-1].kind is FlawKind.SYNTAX


# Grammar.


@pytest.mark.parametrize("body", [b"", b" \r\n\t"], ids=["nothing", "white space"])
def test_an_empty_body_is_called_empty(body: bytes) -> None:
    assert parse(body) == syntax("the body is empty")


@pytest.mark.parametrize("body", [b'"abc', b'["abc\\', b'{"a', rb'"\u12', rb'"\u1234', rb'"\ud83d\u', b'"[{'])
def test_a_body_cut_in_a_string_is_said_to_end_there(body: bytes) -> None:
    assert parse(body) == cut_string(len(body))


@pytest.mark.parametrize(
    "body",
    [b"[", b"{", b"[1", b"[1,", b"[1 ", b'{"a"', b'{"a":', b'{"a": ', b'{"a": 1,', b"[[1], {}", b'{"a": {}']
    + [b"[t", b"[tru", b"fals", b"nul", b"-", b"[-", b"1.", b"[1.5e", b"[1e+"],
)
def test_a_body_cut_anywhere_else_is_said_to_be_incomplete(body: bytes) -> None:
    assert parse(body) == truncated(len(body))


@pytest.mark.parametrize(
    ("body", "offset"),
    [
        pytest.param(b"1 2", 2, id="two values"),
        pytest.param(b"{}{}", 2, id="two objects"),
        pytest.param(b"1 -", 2, id="half a number behind the value"),
        pytest.param(b"[1 tru", 3, id="half a literal in place of a comma"),
        pytest.param(b'["a".', 4, id="half a fraction behind a string"),
        pytest.param(b"[u12", 1, id="half an escape outside a string"),
        pytest.param(b"\x0c", 0, id="form feed alone"),
        pytest.param(b"\xe2\x80\xa8", 0, id="U+2028 alone"),
        pytest.param(b'["\xc3\xa9" x]', 6, id="behind a character of two bytes"),
        pytest.param(b"\x0c1", 0, id="form feed before"),
        pytest.param(b"1\x0c", 1, id="form feed behind"),
        pytest.param(b"\xc2\xa01", 0, id="no-break space before"),
        pytest.param(b"1\xc2\xa0", 1, id="no-break space behind"),
        pytest.param(b"1\0", 1, id="NUL behind"),
        pytest.param(b"\0", 0, id="NUL alone"),
        pytest.param(b'"\0"', 1, id="NUL in a string"),
        pytest.param(b'"a\nb"', 2, id="newline in a string"),
        pytest.param(rb'"\x41"', 1, id="unknown escape"),
        pytest.param(rb'"\u12"', 2, id="short escape"),
        pytest.param("['\uff11']".encode(), 1, id="full-width digit"),
        pytest.param(b"'a'", 0, id="single quotes"),
        pytest.param(b"{a: 1}", 1, id="name without quotes"),
        pytest.param(b"{1: 1}", 1, id="number for a name"),
        pytest.param(b"+1", 0, id="plus sign"),
        pytest.param(b"01", 1, id="leading nought"),
        pytest.param(b".5", 0, id="no digit before the dot"),
        pytest.param(b"1.e3", 1, id="no digit after the dot"),
        pytest.param(b"0x1f", 1, id="hexadecimal"),
        pytest.param(b"1_000", 1, id="underscore in a number"),
        pytest.param(b"True", 0, id="Python's true"),
        pytest.param(b"nan", 0, id="nan in lower case"),
        pytest.param(b"-NaN", 0, id="NaN with a sign"),
        pytest.param(b"+Infinity", 0, id="Infinity with a plus sign"),
        pytest.param(b"/**/1", 0, id="comment"),
        pytest.param(b"[1}", 2, id="brackets that do not match"),
        pytest.param(b"]", 0, id="closing bracket alone"),
        pytest.param(b"<html>", 0, id="HTML"),
    ],
)
def test_a_body_outside_the_grammar_is_said_to_leave_it_at_a_byte(body: bytes, offset: int) -> None:
    parsed = parse(body)

    assert (parsed.value, parsed.has_value, len(parsed.flaws)) == (None, False, 1)
    assert parsed.flaws[0].detail.startswith(f"the body stops being JSON at byte {offset}: ")


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"1 2", "the body stops being JSON at byte 2: extra data"),
        (b'"a\nb"', "the body stops being JSON at byte 2: invalid control character"),
        (rb'"\u12"', r"the body stops being JSON at byte 2: invalid \uXXXX escape"),
        (b"[1 2]", "the body stops being JSON at byte 3: expecting ',' delimiter"),
    ],
    ids=["two values", "newline in a string", "short escape", "comma missing"],
)
def test_the_flaw_says_what_was_expected_in_the_words_of_the_json_module(body: bytes, detail: str) -> None:
    assert parse(body) == syntax(detail)


@pytest.mark.parametrize("body", [b"[1,]", b'{"a": 1,}', b"[,1]", b"[1,,2]"])
def test_a_comma_too_many_is_outside_the_grammar(body: bytes) -> None:
    parsed = parse(body)

    assert (parsed.has_value, [flaw.kind for flaw in parsed.flaws]) == (False, [FlawKind.SYNTAX])
    assert "truncated" not in parsed.flaws[0].detail


@pytest.mark.parametrize("name", sorted(NONFINITE))
def test_a_constant_of_javascript_is_named_and_becomes_a_float(name: str) -> None:
    parsed = parse(f"[{name}, {name}]".encode())

    assert [repr(each) for each in parsed.value] == [repr(float(name))] * 2
    assert parsed.flaws == (Flaw(FlawKind.SYNTAX, f"{name} is not a JSON number"),)


def test_each_constant_is_named_once_and_in_order() -> None:
    details = [flaw.detail for flaw in parse(b"[NaN, Infinity, NaN, -Infinity, Infinity]").flaws]

    assert details == [f"{name} is not a JSON number" for name in ("-Infinity", "Infinity", "NaN")]


# Nesting.


def nested(levels: int) -> bytes:
    return b'[{"a":' * (levels // 2) + b"[" * (levels % 2) + b"]" * (levels % 2) + b"}]" * (levels // 2)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" * MAX_NESTING + b"]" * MAX_NESTING, id="as deep as may be"),
        pytest.param(b'"' + b"[" * 100_000 + b'"', id="brackets in a string"),
        pytest.param(rb'"\"' + b"[" * 100_000 + b'"', id="brackets behind an escaped quote"),
        pytest.param(rb'["\\", "' + b"[" * 100_000 + b'"]', id="brackets behind an escaped backslash"),
    ],
)
def test_nesting_up_to_the_limit_and_brackets_in_strings_are_read(body: bytes) -> None:
    parsed = parse(body)

    assert (parsed.has_value, parsed.flaws) == (True, ())


def test_many_objects_side_by_side_are_not_deep() -> None:
    assert parse(b"[" + b"{}," * 100_000 + b"{}]") == kept([{}] * 100_001)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" * (MAX_NESTING + 1) + b"]" * (MAX_NESTING + 1), id="one level too many"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, id="100,000 arrays"),
        pytest.param(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, id="100,000 objects"),
        pytest.param(b"[" * 100_000, id="100,000 arrays never closed"),
        pytest.param(b'{"a":' * 100_000, id="100,000 objects never closed"),
        pytest.param(b'["\\"]",' * 100_000, id="100,000 arrays behind strings that look like their end"),
        pytest.param(nested(100_000), id="100,000 arrays and objects in turn"),
    ],
)
def test_nesting_beyond_the_limit_is_a_flaw_that_says_the_limit(body: bytes) -> None:
    assert parse(body) == Parsed(None, False, (TOO_DEEP,))


def test_nesting_is_read_on_the_smallest_stack_that_a_thread_can_have() -> None:
    bodies = [b"[" * MAX_NESTING + b"]" * MAX_NESTING, b"[" * 100_000, nested(100_000)]
    found: list[bool] = []
    former = threading.stack_size(256 * 1024)
    try:
        thread = threading.Thread(target=lambda: found.extend(parse(body).has_value for body in bodies))
        thread.start()
        thread.join()
    finally:
        threading.stack_size(former)

    assert found == [True, False, False]


def test_a_caller_who_has_used_up_his_stack_is_told_and_does_not_crash() -> None:
    body = b"[" * MAX_NESTING + b"]" * MAX_NESTING

    def parse_at(frames: int) -> Parsed:
        return parse_at(frames - 1) if frames else parse(body)

    def reached(frames: int) -> Parsed | None:
        try:
            return parse_at(frames)
        except RecursionError:
            return None

    found = [reached(frames) for frames in range(0, sys.getrecursionlimit(), 40)]

    assert found[0] == kept(json.loads(body))
    # Python 3.12 counts the levels of json apart from the frames of the caller: there, all are read.
    assert all(each is None or each.has_value or each.flaws == (TOO_DEEP,) for each in found)


# Names that stand twice.


@pytest.mark.parametrize(
    ("body", "value", "flaws"),
    [
        pytest.param(b'{"code": 1, "code": 2}', {"code": 2}, [twice("code", "")], id="at the root"),
        pytest.param(b'{"a": 1, "\\u0061": 2}', {"a": 2}, [twice("a", "")], id="once with an escape"),
        pytest.param(b'[0, {"a": 1, "a": 1}]', [0, {"a": 1}], [twice("a", "/1")], id="in an array"),
        pytest.param(
            b'{"a/b": {"m~n": {"x": 1, "x": 2}}}',
            {"a/b": {"m~n": {"x": 2}}},
            [twice("x", "/a~1b/m~0n")],
            id="under names that a pointer escapes",
        ),
        pytest.param(
            b'[{"b": 1, "a": 1, "a": 2, "b": 2}, {"a": 1, "a": 2}]',
            [{"b": 2, "a": 2}, {"a": 2}],
            [twice("b", "/0"), twice("a", "/0"), twice("a", "/1")],
            id="two names, two objects, in the order of the text",
        ),
        pytest.param(
            b'{"a": {"x": 1, "x": 2}, "a": 1}',
            {"a": 1},
            [twice("a", ""), twice("x", "/a")],
            id="inside a value that a duplicate put aside",
        ),
        pytest.param(
            b'{"": {"": 1, "": 2}}', {"": {"": 2}}, [twice("", "/")], id="empty name under an empty name"
        ),
        pytest.param(
            b'{"a": 1, "a": 1e400, "a": NaN, "a": "z"}',
            {"a": "z"},
            [
                Flaw(FlawKind.SYNTAX, "NaN is not a JSON number"),
                Flaw(FlawKind.DUPLICATE, 'the name "a" stands 4 times in one object', ""),
            ],
            id="four times, and another flaw",
        ),
    ],
)
def test_a_name_that_stands_twice_keeps_its_last_value_and_is_named(
    body: bytes, value: Any, flaws: list[Flaw]
) -> None:
    assert parse(body) == Parsed(value, True, tuple(flaws))


def test_flaws_are_named_up_to_a_number() -> None:
    parsed = parse(b"\xef\xbb\xbf[NaN," + b'{"a": 1, "a": 2},' * 50_000 + b'"\xff"]')

    assert len(parsed.flaws) == MAX_FLAWS
    assert len(parsed.value) == 50_002
    assert {flaw.kind for flaw in parsed.flaws} == set(FlawKind)


def test_a_long_name_is_cut_short_in_the_flaw_and_stays_whole_in_the_value() -> None:
    name = "n" * 5_000

    parsed = parse(f'{{"{name}": 1, "{name}": 2}}'.encode())

    assert parsed.value == {name: 2}
    assert parsed.flaws[0].detail == f'the name "{"n" * 59}..." stands twice in one object'


@pytest.mark.parametrize("name", ["\u202e", "\x1b[31m", "\ud800", "\n", "\u2028", "é"], ids=ascii)
def test_a_name_that_would_upset_a_terminal_is_shown_in_ascii(name: str) -> None:
    written = json.dumps(name)

    detail = parse(f"{{{written}: 1, {written}: 2}}".encode()).flaws[0].detail

    assert detail == f"the name {written} stands twice in one object"
    assert detail.isascii()
    assert detail.isprintable()


# Properties.

FLOATS = st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | st.integers() | FLOATS | st.text()
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=30)
LETTERS = st.sampled_from(
    ["[", "]", "{", "}", ",", ":", '"', "\\", "u", "d800", '"a"', "1", "-", ".", "e", "0", "tru", "true"]
    + ["null", "NaN", "-Infinity", " ", "\n", "\x0c", "\0", "é", "\ufeff", "\u2028", '{"a":1,"a":2}']
)


@settings(deadline=None)
@given(value=JSON, indent=st.sampled_from([None, 1]), is_ascii=st.booleans())
def test_what_json_writes_is_read_back_without_a_flaw(value: Any, indent: int | None, is_ascii: bool) -> None:
    body = json.dumps(value, indent=indent, ensure_ascii=is_ascii).encode()

    parsed = parse(body)

    assert parsed == kept(value)
    assert json.dumps(parsed.value) == json.dumps(value)


def is_well_told(flaw: Flaw) -> bool:
    return bool(flaw.detail) and (flaw.kind is FlawKind.DUPLICATE or not flaw.pointer)


@settings(deadline=None, max_examples=500)
@given(body=st.binary() | st.lists(LETTERS).map("".join).map(str.encode))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    parsed = parse(body)

    assert len(parsed.flaws) <= MAX_FLAWS
    assert all(map(is_well_told, parsed.flaws))
    assert parsed.has_value or parsed.flaws[-1].kind is FlawKind.SYNTAX
    assert parsed.has_value or parsed.value is None


@settings(deadline=None)
@given(value=JSON.filter(lambda value: isinstance(value, (list, dict))), data=st.data())
def test_a_body_cut_short_is_always_called_truncated(value: Any, data: st.DataObject) -> None:
    body = json.dumps(value).encode()
    cut = body[: data.draw(st.integers(1, len(body) - 1))]

    parsed = parse(cut)

    assert (parsed.has_value, len(parsed.flaws)) == (False, 1)
    assert parsed.flaws[0].detail.endswith(f" at byte {len(cut)} (truncated)")


@settings(deadline=None, max_examples=500)
@given(body=st.lists(LETTERS, min_size=1).map("".join).map(str.encode))
def test_no_flaw_and_a_value_is_what_orjson_says_too(body: bytes) -> None:
    """orjson keeps to RFC 8259, but lets a name stand twice and refuses a lone surrogate."""
    parsed = _parse_exactly(body)
    grammar = [flaw for flaw in parsed.flaws if flaw.kind is not FlawKind.DUPLICATE]

    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        assert grammar or "\\ud" in body.decode()
    else:
        assert (parsed.value, grammar) == (value, [])


@settings(deadline=None)
@given(junk=st.binary(max_size=40).map(lambda junk: bytes(byte | 0x80 for byte in junk)))
def test_the_byte_of_a_syntax_flaw_is_right_behind_any_wrong_utf_8(junk: bytes) -> None:
    body = b'["' + junk + b'" x]'

    detail = parse(body).flaws[-1].detail

    assert detail == f"the body stops being JSON at byte {len(body) - 2}: expecting ',' delimiter"


@settings(deadline=None)
@given(names=st.lists(st.sampled_from("abcd"), min_size=2, max_size=8))
def test_a_name_is_a_duplicate_exactly_when_it_stands_twice(names: list[str]) -> None:
    body = "{" + ",".join(f'"{name}": {index}' for index, name in enumerate(names)) + "}"

    parsed = parse(body.encode())

    assert parsed.value == {name: index for index, name in enumerate(names)}
    assert len(parsed.flaws) == len({name for name in names if names.count(name) > 1})
    assert all(flaw.pointer == "" for flaw in parsed.flaws)


@settings(deadline=None)
@given(value=st.text("XYZ", min_size=3, max_size=20), data=st.data())
def test_no_flaw_ever_quotes_a_value(value: str, data: st.DataObject) -> None:
    body = f'\ufeff{{"a": "{value}", "a": ["{value}", NaN, "é{value}"], "b": {{"a": "{value}"}}}}'.encode()
    at = data.draw(st.integers(0, len(body)))
    broken = body[:at] + data.draw(st.sampled_from([b"", b"\xff", b'"', b"\\", b"\n", b","])) + body[at:]

    details = " ".join(flaw.detail for flaw in parse(broken).flaws)

    assert not any(first + second in details for first, second in pairwise(value))
