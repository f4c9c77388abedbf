"""Status codes, content types and the letter of JSON: kept, broken, cannot tell."""

import json
from dataclasses import replace

import pytest
import samples
from samples import EditedContract, answered, seen

from contracts.checks.protocol import (
    body_is_strict_json,
    content_type_is_documented,
    status_is_documented,
)
from contracts.contract import Contract
from contracts.ledger import Finding

HTML = b"<html><body>Try again</body></html>"


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 405, 418, 429, 499])
def test_a_documented_status_is_kept(each: Contract, status: int) -> None:
    assert seen(status_is_documented(answered(each, {}, status=status), each)) == {"responses:status": (1, 0)}


@pytest.mark.parametrize("status", [201, 204, 301, 304, 500, 502, 503])
def test_any_other_status_is_broken(each: Contract, status: int) -> None:
    (found,) = status_is_documented(answered(each, {}, status=status), each)

    finding = Finding("", "one of the status codes 200, 429, 4XX", str(status))
    assert (found.checked, found.broken, found.findings) == (1, 1, (finding,))


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "Application/JSON",
        'application/json ; charset="utf-8"; v=1',
    ],
)
def test_a_content_type_is_kept_whatever_its_parameters_and_case(each: Contract, content_type: str) -> None:
    reading = answered(each, headers=(("Content-Type", content_type),))

    assert seen(content_type_is_documented(reading, each)) == {"200:content-type": (1, 0)}


@pytest.mark.parametrize("status", [200, 404])
@pytest.mark.parametrize(
    "content_type", ["text/html", "application/problem+json", "text/json", "", "application"]
)
def test_another_content_type_is_broken(each: Contract, content_type: str, status: int) -> None:
    reading = answered(each, status=status, headers=(("content-type", content_type),))

    clause = "200:content-type" if status == 200 else "4XX:content-type"
    assert seen(content_type_is_documented(reading, each)) == {clause: (1, 1)}


def test_no_content_type_is_broken(each: Contract) -> None:
    (found,) = content_type_is_documented(answered(each, headers=()), each)

    assert found.findings == (Finding("", "application/json", "no content type"),)


@pytest.mark.parametrize("status", [204, 302, 429, 500], ids=str)
def test_nothing_is_said_of_a_body_of_which_nothing_is_promised(each: Contract, status: int) -> None:
    reading = answered(each, HTML, status=status, headers=(("content-type", "text/html"),))

    assert [*content_type_is_documented(reading, each), *body_is_strict_json(reading, each)] == []


def test_html_on_429_breaks_nothing(each: Contract) -> None:
    reading = answered(each, HTML, status=429, headers=(("content-type", "text/html"),))

    assert samples.broken(reading, each) == {}


def test_html_on_another_4xx_breaks_the_envelope(each: Contract) -> None:
    reading = answered(each, HTML, status=403, headers=(("content-type", "text/html"),), query=[("x", "1")])

    assert samples.broken(reading, each) == {"4XX:content-type": ("",), "4XX:json": ("",)}


def test_html_on_429_breaks_nothing_where_the_fragment_does_not_name_429(
    edited_contract: EditedContract,
) -> None:
    contract = edited_contract(('        "429":\n          description: Later, please.\n', ""))
    reading = answered(contract, HTML, status=429, headers=(("content-type", "text/html"),))

    assert samples.broken(reading, contract) == {}


def test_json_to_the_letter_is_kept(each: Contract) -> None:
    assert seen(body_is_strict_json(answered(each), each)) == {
        "200:encoding": (1, 0),
        "200:json": (1, 0),
        "200:unique-names": (1, 0),
    }


BODIES = {
    "byte order mark": (b"\xef\xbb\xbf{}", "encoding", ""),
    "wrong byte": (b'{"a": "\xff"}', "encoding", ""),
    "not a number": (b'{"a": NaN}', "json", ""),
    "trailing comma": (b'{"a": 1,}', "json", ""),
    "truncated": (b'{"a": 1', "json", ""),
    "empty": (b"", "json", ""),
    "name twice": (b'{"a": {"b": 1, "b": 1}}', "unique-names", "/a"),
    "name twice, escaped": (b'{"b": 1, "\\u0062": 1}', "unique-names", ""),
}


@pytest.mark.parametrize(("body", "keyword", "pointer"), BODIES.values(), ids=BODIES)
def test_a_flaw_of_the_body_breaks_its_clause_and_no_other(
    each: Contract, body: bytes, keyword: str, pointer: str
) -> None:
    found = {one.clause: one for one in body_is_strict_json(answered(each, body), each) if one.broken}

    assert list(found) == [f"200:{keyword}"]
    assert [finding.pointer for finding in found[f"200:{keyword}"].findings] == [pointer]


def test_many_flaws_are_one_broken_place() -> None:
    about = samples.contract("jobs")
    body = b'{"a": [' + b",".join([b'{"b": 1, "b": 1}'] * 9) + b"]}"

    found = {one.clause: one for one in body_is_strict_json(answered(about, body), about)}["200:unique-names"]

    assert (found.checked, found.broken, len(found.findings)) == (1, 1, 3)


def test_names_are_not_judged_in_what_is_no_json(each: Contract) -> None:
    assert "200:unique-names" not in seen(body_is_strict_json(answered(each, b'{"a": 1, "a": '), each))


def test_json_that_is_not_coded_as_its_header_says_is_none(each: Contract) -> None:
    exchange = replace(answered(each).exchange, is_coded=True)

    found = list(body_is_strict_json(each.read(exchange), each))

    assert [(one.clause, one.broken) for one in found] == [("200:json", 1)]


def test_white_space_and_escapes_are_kept(each: Contract) -> None:
    body = ("\r\n\t " + json.dumps(samples.full_body(each), indent=3).replace("/", "\\/") + "\n").encode()

    assert samples.broken(answered(each, body), each) == {}
