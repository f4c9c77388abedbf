"""The contract as of a day, and how it reads an answer."""

import pytest
import samples

from contracts.contract import Contract
from contracts.exchange import Account
from contracts.strict_json import FlawKind


@pytest.mark.parametrize(
    ("status", "documented", "is_success", "is_refusal", "has_body"),
    [
        pytest.param(200, "200", True, False, True, id="success"),
        pytest.param(404, "4XX", False, True, True, id="refusal"),
        pytest.param(429, "429", False, False, False, id="throttled"),
        pytest.param(204, None, True, False, False, id="another success"),
        pytest.param(302, None, False, False, False, id="elsewhere"),
        pytest.param(503, None, False, False, False, id="server error"),
    ],
)
def test_an_answer_is_read_by_its_status(
    each: Contract, status: int, documented: str | None, is_success: bool, is_refusal: bool, has_body: bool
) -> None:
    reading = samples.answered(each, {}, status=status)

    assert (reading.response.status if reading.response else None) == documented
    assert (reading.is_success, reading.is_refusal) == (is_success, is_refusal)
    assert (reading.parsed is not None) == has_body
    assert reading.body == ({} if has_body else None)


def test_the_answer_to_a_head_request_has_no_body_to_judge(each: Contract) -> None:
    reading = samples.answered(each, b"", method="HEAD", is_documented=False)

    assert reading.parsed is None


def test_a_body_that_is_no_json_is_read_with_its_flaws(each: Contract) -> None:
    reading = samples.answered(each, b"<html>")

    assert reading.parsed
    assert [flaw.kind for flaw in reading.parsed.flaws] == [FlawKind.SYNTAX]
    assert reading.body is None
    assert each.items(reading) == []


def test_the_items_of_a_page_and_their_identities_are_found(jobs: Contract) -> None:
    body = samples.page(jobs, samples.job(2), samples.job(1), {"job_id": None}, samples.job(2))
    del body["result"][2]["job_id"]

    reading = samples.answered(jobs, body)

    assert jobs.items(reading) == body["result"]
    ids = [samples.job(number)["job_id"] for number in (2, 1, 2)]
    assert jobs.identities(reading) == ids


@pytest.mark.parametrize("status", [404, 429, 500])
def test_an_answer_that_is_no_success_has_no_items(each: Contract, status: int) -> None:
    reading = samples.answered(each, samples.full_body(each), status=status)

    assert each.items(reading) == []


@pytest.mark.parametrize("body", [None, 1, [], {"result": {}}, {"books": "ab"}, {"result": None}], ids=repr)
def test_a_body_of_another_shape_has_no_items(each: Contract, body: object) -> None:
    reading = samples.answered(each, b"null" if body is None else body)

    assert each.items(reading) == []


def test_a_node_is_found_by_its_place(shelf: Contract) -> None:
    found = shelf.node(("books", "[]", "genre"))

    assert found
    assert found.keywords["enum"] == ["NOVEL", "POETRY"]
    assert shelf.node(("books", "[]", "none")) is None


def test_only_answers_with_a_body_have_a_validator(each: Contract) -> None:
    assert list(each.validators) == ["200", "4XX"]


def test_the_clauses_are_the_same_on_every_day(each: Contract) -> None:
    before = Contract(each.fragment, samples.BEFORE)

    assert before.clauses == each.clauses
    assert (before.as_of, each.as_of) == (samples.BEFORE, samples.AS_OF)


def test_a_request_is_our_own_unless_it_says_otherwise(each: Contract) -> None:
    asked = samples.request(each)

    assert (asked.account, asked.is_documented) == (Account.OWN, True)
