"""Redaction: nothing private is ever written down, and what is public is."""

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
from contracts.pseudonyms import MAX_LENGTH, of_number, of_text
from contracts.redaction import MAX_SHOWN, Redactor
from contracts.schema import Node
from contracts.scrubber import Scrubber

CANARY = "canary-Zx81"
MAIL = "canary@example.org"
TOKEN = "8M7wS6hCpXVc-DoRnPPY_UCWPgy8aea4"
KEY = b"a key that no test looks at, long"
SCRUBBER = Scrubber({TOKEN: "$TOKEN"})
REDACTOR = Redactor(KEY, scrubber=SCRUBBER)
OPEN = Redactor(KEY, shows_values=True, scrubber=SCRUBBER)


def node(name: str, at: Location) -> Node:
    found = samples.contract(name).node(at)
    assert found
    return found


STATUS = node("jobs", ("result", "[]", "status"))
COMMENT = node("jobs", ("result", "[]", "comment"))
BODY = samples.contract("jobs").fragment.success.body


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(None, "null", id="null"),
        pytest.param(True, "true", id="boolean"),
        pytest.param("PENDING", '"PENDING"', id="short text"),
        pytest.param("x" * MAX_SHOWN, f'"{"x" * MAX_SHOWN}"', id="longest text"),
        pytest.param("a\nb", '"a\\nb"', id="newline"),
        pytest.param(f"by {TOKEN}", '"by $TOKEN"', id="secret"),
        pytest.param(12, "12", id="integer"),
        pytest.param(1.5, "1.5", id="fraction"),
        pytest.param(Decimal("1.5e400"), "1.5E+400", id="decimal"),
        pytest.param([CANARY], "an array of 1", id="array"),
        pytest.param({"x": CANARY}, "an object of 1 member", id="object"),
        pytest.param({"x": CANARY, "y": 0}, "an object of 2 members", id="larger-object"),
    ],
)
def test_a_value_at_a_declared_place_is_shown_if_it_is_short_and_plain(value: Any, text: str) -> None:
    assert REDACTOR.shown(value, STATUS) == text


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("x" * (MAX_SHOWN + 1), id="long text"),
        pytest.param(MAIL, id="mail address"),
        pytest.param("a\u202eb", id="text that turns the line around"),
        pytest.param("\ud800", id="lone surrogate"),
        pytest.param(10**99, id="long integer"),
    ],
)
def test_a_pseudonym_stands_for_any_other_value_at_a_declared_place(value: str | int) -> None:
    told = REDACTOR.shown(value, STATUS)

    expected = json.dumps(of_text(value, KEY), ensure_ascii=False) if isinstance(value, str) else None
    assert told == f"{expected or of_number(value, KEY)} (pseudonym)"
    assert str(value) not in told


@pytest.mark.parametrize("place", [COMMENT, None], ids=["private", "undeclared"])
@pytest.mark.parametrize(
    "value",
    [CANARY, 4711, 47.11, Decimal("47.11"), 10**5000, [CANARY], {"x": CANARY}],
    ids=["text", "integer", "fraction", "decimal", "huge integer", "array", "object"],
)
def test_a_value_at_any_other_place_is_not_shown(value: Any, place: Node | None) -> None:
    text = REDACTOR.shown(value, place)

    assert CANARY not in text
    assert "4711" not in text.replace(".", "")


def test_equal_private_values_are_seen_to_be_equal_and_others_not() -> None:
    assert REDACTOR.shown(CANARY, COMMENT) == REDACTOR.shown(CANARY, None)
    assert REDACTOR.shown(CANARY, COMMENT) != REDACTOR.shown(f"{CANARY}!", COMMENT)
    assert REDACTOR.shown(CANARY, COMMENT) != Redactor(b"another key").shown(CANARY, COMMENT)


@given(value=st.text(min_size=MAX_LENGTH + 1))
def test_of_a_very_long_value_a_part_stands_and_its_length(value: str) -> None:
    told = REDACTOR.shown(value, COMMENT)

    assert told.endswith(f'… ({len(value)} characters)" (pseudonym)')
    assert len(json.loads(told.removesuffix(" (pseudonym)"))) < MAX_LENGTH + 30


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(MAIL, f'"{MAIL}"', id="mail address"),
        pytest.param(f"{TOKEN} of {MAIL}", f'"$TOKEN of {MAIL}"', id="secret"),
        pytest.param("a\u202eb", '"a\\u202eb"', id="text that turns the line around"),
        pytest.param("x" * 300, f'"{"x" * MAX_LENGTH}… (300 characters)"', id="very long text"),
        pytest.param(
            "x" * (MAX_LENGTH - 9) + TOKEN, f'"{"x" * (MAX_LENGTH - 9)}$TOKEN"', id="secret at the cut"
        ),
        pytest.param(4711, "4711", id="number"),
    ],
)
def test_values_are_shown_as_they_came_where_that_was_asked_for_but_no_secret(value: Any, text: str) -> None:
    assert OPEN.shown(value, COMMENT) == text
    assert OPEN.shown(value, None) == text


def test_the_account_is_a_pseudonym_even_where_values_are_shown() -> None:
    account = "023e105f4ecef8ad9ca31a8372d0c353"

    assert OPEN.account(account) == REDACTOR.account(account) != account


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param("text/html; charset=utf-8", "text/html; charset=utf-8", id="short"),
        pytest.param(f"text/{TOKEN}", "text/$TOKEN", id="secret"),
    ],
)
def test_the_value_of_a_known_header_is_shown_if_it_is_short_and_plain(value: str, text: str) -> None:
    assert REDACTOR.shown_header(value) == text


def test_the_value_of_a_known_header_with_a_mail_address_is_not_shown() -> None:
    assert REDACTOR.shown_header(MAIL) == f"{of_text(MAIL, KEY)} (pseudonym)"


@pytest.mark.parametrize(
    ("pointer", "is_shown"),
    [
        pytest.param("/result/0/status", True, id="declared"),
        pytest.param("/result/0/action_params/destination", True, id="declared in a branch"),
        pytest.param("/result/0/x_new", True, id="new member of a declared object"),
        pytest.param("/result/0/x_new/alice", False, id="below a new member"),
        pytest.param("/result/0/comment/alice", False, id="below a private member"),
        pytest.param("/result/0/Alice Smith", False, id="name of several words"),
        pytest.param(f"/result/0/{MAIL}", False, id="mail address"),
        pytest.param("/result/0/491701234567", False, id="name of digits"),
    ],
)
def test_a_pointer_names_what_a_declared_object_holds_and_nothing_below(pointer: str, is_shown: bool) -> None:
    told = REDACTOR.shown_pointer(pointer, BODY)

    assert (told == pointer) is is_shown
    assert told.count("/") == pointer.count("/")


def test_a_pseudonym_in_a_pointer_is_escaped() -> None:
    assert REDACTOR.shown_pointer("/a~1b~0/~1~0", BODY).endswith("/~1~0")


@pytest.mark.parametrize(
    ("pointer", "is_shown"), [("/result/0", True), ("/result/0/x_new", False)], ids=["declared", "undeclared"]
)
def test_a_repeated_name_is_shown_where_the_object_is_declared(pointer: str, is_shown: bool) -> None:
    told = REDACTOR.shown_detail('the name "alice" stands twice in one object', pointer, BODY)

    assert ("alice" in told) is is_shown
    assert told.endswith('" stands twice in one object')


def test_a_text_that_cannot_be_read_keeps_its_lines_and_tags() -> None:
    told = REDACTOR.shown_text(f"<p>{CANARY}</p>\n<b>", 200)

    assert CANARY not in told
    assert [line.count("<") for line in told.splitlines()] == [2, 1]


def test_a_text_that_is_shown_as_it_came_turns_nothing_around_and_tells_no_secret() -> None:
    assert OPEN.shown_text(f"\x1b[2J{TOKEN}\nb", 200) == "�[2J$TOKEN\nb"


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
    redacted = REDACTOR.redact(canary_body(each), each.fragment.success.body)

    assert CANARY not in json.dumps(redacted)


def test_a_redacted_body_keeps_its_structure_and_what_is_not_private(jobs: Contract) -> None:
    body = samples.full_body(jobs)
    body["result"][0]["comment"] = CANARY
    body["result"][0]["extra"] = 4711

    redacted = REDACTOR.redact(body, jobs.fragment.success.body)

    item = redacted["result"][0]
    assert item["comment"] == of_text(CANARY, KEY)
    assert item["extra"] == int(of_number(4711, KEY))
    assert item["status"] == "PENDING"
    assert item["action_params"] == {
        "type": "MOVE",
        "destination": "Inbox",
        "expected_disposition": "MALICIOUS",
    }
    assert redacted["result_info"] == body["result_info"] | {
        "next": of_text("Text", KEY),
        "previous": of_text("Text", KEY),
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
    assert CANARY not in json.dumps(REDACTOR.redact(body, jobs.fragment.success.body))


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

    redacted = REDACTOR.redact(body, jobs.fragment.success.body)

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
        pytest.param(
            "type: object, properties: {by: {type: string, enum: [me], x-source: docs}}",
            {"by": CANARY},
            id="object with a broken promise",
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

    assert CANARY not in recorded(about, body)
    assert CANARY not in json.dumps(REDACTOR.redact(body, about.fragment.success.body))


def test_a_private_value_is_not_shown_by_the_clause_on_another_that_equals_it(
    edited_contract: EditedContract,
) -> None:
    about = edited_contract(("x-equals: cover.kind", "x-equals: note"), ("enum: [PAPER, CLOTH], ", ""))
    body = samples.page(about, samples.book(1, binding="Text", note=CANARY))

    assert CANARY not in recorded(about, body)


@pytest.mark.parametrize("shows_values", [False, True])
def test_no_control_character_of_a_header_is_shown(shows_values):
    text = Redactor(KEY, shows_values).shown_header("text/x;\x1b[2J\x1b]8;;http://evil.example\x07")

    assert text.isprintable()
    assert "text/x" in text


@pytest.mark.parametrize(
    "text",
    [
        "a%40b.example",
        "a%2540b.example",
        "a&#64;b.example",
        "a&commat;b.example",
        "a\uff20b.example",
        "a%26%2364%3Bb",
        r"a\u0040b.example",
        r"a\x40b.example",
        "a=40b.example",
        "a%5Cu0040b.example",
    ],
)
def test_a_mail_address_in_another_writing_is_not_shown(text):
    assert text not in REDACTOR.shown(text, STATUS)
    assert text not in REDACTOR.shown_header(text)
