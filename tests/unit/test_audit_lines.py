"""Our own format of recordings."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from jsonschema import Draft202012Validator

from contracts.audit import lines
from contracts.audit.record import Record, Unreadable

FULL = Record(
    method="GET",
    url="https://api.example/things?page=1",
    status=200,
    request_headers=(("Accept", "*/*"), ("accept", "text/html")),
    response_headers=(("content-type", "application/json"),),
    body=b'{"a": 1, "a": 2}',
    is_whole=True,
    time=datetime(2026, 9, 1, 10, tzinfo=UTC),
    elapsed_ms=12.5,
)
BARE = Record("GET", "/things", 0)
ODD = Record("GET", "/things", 200, body=b"caf\xe9 \xff\x00")


@pytest.mark.parametrize("record", [FULL, BARE, ODD], ids=["full", "bare", "odd bytes"])
def test_what_is_written_is_read_back_to_the_byte_and_follows_the_schema(record):
    line = lines.write(record)

    assert lines.read(line) == record
    assert line.count(b"\n") == 1
    assert list(Draft202012Validator(lines.schema()).iter_errors(json.loads(line))) == []


def test_the_schema_is_one():
    Draft202012Validator.check_schema(lines.schema())


def test_a_body_that_is_cut_short_is_none():
    value = json.loads(lines.write(FULL))
    value["response"]["body_cut"] = True

    assert lines.read(json.dumps(value).encode()).body is None


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"secret-secret", "the line is not JSON"),
        (b'{"exchange": 1, "request": {}, "response": {"status": 200}}', "required"),
        (b'{"exchange": 2, "request": {"method": "GET", "url": "/"}, "response": {"status": 200}}', "const"),
        (
            b'{"exchange": 1, "request": {"method": "GET", "url": "/"}, "response": {"status": "secret"}}',
            "type",
        ),
        (
            b'{"exchange": 1, "request": {"method": "GET", "url": "/"}, '
            b'"response": {"status": 200, "body": "", "body_base64": ""}}',
            "not",
        ),
        (
            b'{"exchange": 1, "request": {"method": "GET", "url": "/"}, '
            b'"response": {"status": 200, "body_base64": "secret!"}}',
            "base64",
        ),
    ],
)
def test_what_is_not_of_the_format_is_unreadable_and_is_not_quoted(line, why):
    with pytest.raises(Unreadable, match=why) as caught:
        lines.read(line)

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-09-01t10:00:00.5z", datetime(2026, 9, 1, 10, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-06-30T23:59:60Z", datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)),
        ("2026-07-01T01:59:60.25+02:00", datetime(2026, 6, 30, 23, 59, 59, 250_000, tzinfo=UTC)),
        ("2026-09-01T10:00:00", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_a_record_is_read_whatever_its_time_is(text, moment):
    value = json.loads(lines.write(FULL))
    value["time"] = text

    assert lines.read(json.dumps(value).encode()) == replace(FULL, time=moment)


@pytest.mark.parametrize(
    ("text", "elapsed_ms"), [("7", 7.0), ("0", 0.0), ("1e308", None), (str(2**63), None), ("null", None)]
)
def test_a_time_that_no_answer_takes_is_not_told_as_one(text, elapsed_ms):
    line = lines.write(FULL).replace(b"12.5", text.encode())

    assert lines.read(line) == replace(FULL, elapsed_ms=elapsed_ms)
