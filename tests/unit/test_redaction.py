"""Redaction: nothing private is ever written down."""

import json
from decimal import Decimal
from typing import Any

import pytest
import samples
from hypothesis import given
from hypothesis import strategies as st
from samples import EditedContract

from contracts.checks import observe
from contracts.contract import Contract
from contracts.ledger import Ledger
from contracts.location import Location, find
from contracts.redaction import MAX_SHOWN, redact, shape, shown
from contracts.schema import Node

CANARY = "canary-Zx81"
MAIL = "canary@example.org"


def node(name: str, at: Location) -> Node:
    found = samples.contract(name).node(at)
    assert found
    return found


STATUS = node("jobs", ("result", "[]", "status"))
COMMENT = node("jobs", ("result", "[]", "comment"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(None, "null", id="null"),
        pytest.param(True, "true", id="boolean"),
        pytest.param("PENDING", '"PENDING"', id="short text"),
        pytest.param("x" * MAX_SHOWN, f'"{"x" * MAX_SHOWN}"', id="longest text"),
        pytest.param("x" * (MAX_SHOWN + 1), f"a string of {MAX_SHOWN + 1} characters", id="long text"),
        pytest.param(MAIL, f"a string of {len(MAIL)} characters", id="mail address"),
        pytest.param("a\u202eb", "a string of 3 characters", id="text that turns the line around"),
        pytest.param("\ud800", "a string of 1 characters", id="lone surrogate"),
        pytest.param("a\nb", '"a\\nb"', id="newline"),
        pytest.param(12, "12", id="integer"),
        pytest.param(1.5, "1.5", id="fraction"),
        pytest.param(Decimal("1.5e400"), "1.5E+400", id="decimal"),
        pytest.param(10**99, "a number of 100 characters", id="long integer"),
        pytest.param([CANARY], "an array of 1", id="array"),
        pytest.param({"x": CANARY}, "an object of 1 members", id="object"),
    ],
)
def test_a_value_at_a_declared_place_is_shown_if_it_is_short_and_plain(value: Any, text: str) -> None:
    assert shown(value, STATUS) == text


@pytest.mark.parametrize("place", [COMMENT, None], ids=["private", "undeclared"])
@pytest.mark.parametrize(
    "value",
    [CANARY, 4711, 47.11, Decimal("47.11"), 10**5000, [CANARY], {"x": CANARY}],
    ids=["text", "integer", "fraction", "decimal", "huge integer", "array", "object"],
)
def test_of_a_value_at_any_other_place_only_the_shape_is_told(value: Any, place: Node | None) -> None:
    text = shown(value, place)

    assert CANARY not in text
    assert "47" not in text


@given(value=st.text(min_size=3) | st.integers(min_value=100))
def test_the_shape_of_a_value_says_type_and_size_only(value: str | int) -> None:
    told = shape(value)

    size = len(str(value))
    kind = "string" if isinstance(value, str) else "number"
    assert told == f"a {kind} of {size} characters"


def private_places(name: str) -> list[Location]:
    root = samples.contract(name).fragment.success.body
    assert root
    return [each.location for each in root.walk() if each.keywords.get("x-private")]


def canary_body(about: Contract) -> Any:
    """Put a canary at every private place and in members that the contract does not name."""
    body = samples.full_body(about)
    name = "jobs" if "result" in body else "shelf"
    for at in private_places(name):
        for _, owner in find(body, at[:-1]):
            owner[at[-1]] = f"{CANARY} {at[-1]}"
    for item in body[next(iter(set(body) & {"result", "books"}))]:
        item["unheard_of"] = {"who": CANARY, "all": [CANARY, 1]}
    return body


def test_no_canary_survives_redaction(each: Contract) -> None:
    redacted = redact(canary_body(each), each.fragment.success.body)

    assert CANARY not in json.dumps(redacted)


def test_a_redacted_body_keeps_its_structure_and_what_is_not_private(jobs: Contract) -> None:
    body = samples.full_body(jobs)
    body["result"][0]["comment"] = CANARY
    body["result"][0]["extra"] = 4711

    redacted = redact(body, jobs.fragment.success.body)

    item = redacted["result"][0]
    assert item["comment"] == f"<a string of {len(CANARY)} characters>"
    assert item["extra"] == "<a number of 4 characters>"
    assert item["status"] == "PENDING"
    assert item["action_params"] == {
        "type": "MOVE",
        "destination": "Inbox",
        "expected_disposition": "MALICIOUS",
    }
    assert redacted["result_info"] == body["result_info"] | {
        "next": "<a string of 4 characters>",
        "previous": "<a string of 4 characters>",
    }


@pytest.mark.parametrize("value", [[CANARY], {"who": CANARY}, 4711.5, [[{"who": [CANARY]}]]], ids=repr)
def test_a_private_value_of_a_wrong_type_is_not_shown(jobs: Contract, value: Any) -> None:
    body = samples.full_body(jobs)
    for at in private_places("jobs"):
        for _, owner in find(body, at[:-1]):
            owner[at[-1]] = value

    ledger = recorded(jobs, body)

    assert CANARY not in ledger
    assert "4711" not in ledger
    assert CANARY not in json.dumps(redact(body, jobs.fragment.success.body))


def recorded(about: Contract, body: Any) -> str:
    """Give all that the ledger keeps of an answer, as text."""
    reading = samples.answered(about, body)
    ledger = Ledger()
    ledger.record(reading.exchange)
    ledger.add(observe(reading, about), reading.exchange)
    return json.dumps(ledger.to_json())


@pytest.mark.parametrize("member", ["status", "created_at", "job_id", "action_type"])
@pytest.mark.parametrize("value", [MAIL, f"{CANARY} " * 20], ids=["mail address", "long text"])
def test_a_mail_address_or_long_text_at_a_public_place_does_not_reach_the_ledger(
    jobs: Contract, member: str, value: str
) -> None:
    body = samples.page(jobs, samples.job(1, **{member: value}))

    kept = recorded(jobs, body)

    assert MAIL not in kept
    assert CANARY not in kept


def test_a_mail_address_as_the_name_of_a_member_is_not_shown(jobs: Contract) -> None:
    body = samples.page(jobs, samples.job(1, by_recipient={MAIL: 3}))

    redacted = redact(body, jobs.fragment.success.body)

    assert MAIL not in json.dumps(redacted)


def test_a_mail_address_as_a_repeated_name_does_not_reach_the_ledger(jobs: Contract) -> None:
    body = json.dumps(samples.full_body(jobs))[:-1] + f', "x": {{"{MAIL}": 1, "{MAIL}": 2}}}}'

    assert MAIL not in recorded(jobs, body.encode())


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        pytest.param("type: array, items: {type: string, x-source: docs}", [CANARY], id="array"),
        pytest.param(
            "type: object, properties: {by: {type: string, x-source: docs}}", {"by": CANARY}, id="object"
        ),
    ],
)
def test_what_stands_below_a_private_place_is_private(
    edited_contract: EditedContract, schema: str, value: Any
) -> None:
    about = edited_contract(
        ('note: {type: [string, "null"], x-private: true', f"note: {{{schema}, x-private: true")
    )
    body = samples.page(about, samples.book(1, note=value))

    assert CANARY not in json.dumps(redact(body, about.fragment.success.body))


def test_a_private_value_is_not_shown_by_the_clause_on_another_that_equals_it(
    edited_contract: EditedContract,
) -> None:
    about = edited_contract(("x-equals: cover.kind", "x-equals: note"), ("enum: [PAPER, CLOTH], ", ""))
    body = samples.page(about, samples.book(1, binding="Text", note=CANARY))

    assert CANARY not in recorded(about, body)
