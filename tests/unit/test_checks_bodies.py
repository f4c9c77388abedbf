"""All checks together, on one answer: what they say of bodies, and what they never break."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import answered, broken, contract, full_body, job, page

from contracts.checks import CHECKS, observe
from contracts.checks.bodies import body_follows_its_schema
from contracts.checks.requests import has_allowed_parameters, is_ours, refusal_expected
from contracts.contract import Contract
from contracts.exchange import Account, Identity
from contracts.ledger import Observation


def test_a_sound_body_is_kept(each: Contract) -> None:
    found = list(body_follows_its_schema(answered(each), each))

    assert found
    assert {one.broken for one in found} == {0}


def test_a_body_that_breaks_its_schema_is_broken(jobs: Contract) -> None:
    body = page(jobs, job(1, status="ABORTED"))

    assert broken(answered(jobs, body), jobs) == {"200.result[].status:enum": ("/result/0/status",)}


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"<html>", 200), (b"", 404), (b"{}", 429), (b"{}", 500), (b"{}", 204)],
    ids=["no JSON", "empty", "nothing promised", "not documented", "no content"],
)
def test_a_body_that_cannot_be_read_or_is_not_promised_tells_nothing(
    each: Contract, body: bytes, status: int
) -> None:
    assert list(body_follows_its_schema(answered(each, body, status=status), each)) == []


def test_a_null_body_is_a_body(each: Contract) -> None:
    assert broken(answered(each, b"null", query=[("x", "1")]), each) == {"200:type": ("",)}


UNUSUAL: dict[str, dict[str, Any]] = {
    "more members": {"job": {"tags": ["a"], "": None}},
    "upper-case UUID": {"job": {"job_id": "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6"}},
    "nil UUID": {"job": {"job_id": "00000000-0000-0000-0000-000000000000"}},
    "lower-case date-time": {"job": {"created_at": "2026-11-23t10:00:00.123456789z"}},
    "offset": {"job": {"created_at": "2026-11-23T10:00:00-00:00"}},
    "null comment": {"job": {"comment": None, "completed_at": None}},
    "whole numbers with a point": {"job": {"messages_failed": 3.0}},
    "negative counters": {"job": {"messages_failed": -3}},
    "integer beyond 64 bits": {"job": {"messages_failed": 2**80}},
    "lone surrogate in a comment": {"job": {"comment": "\ud800"}},
    "empty search": {"job": {"search_params": {}}},
    "null in an enum that has it": {"job": {"search_params": {"message_action": None}}},
    "more headers": {"headers": (("Content-Type", "application/json; charset=UTF-8"), ("X-New", "1"))},
    "unknown parameter": {"query": [("brand_new", "1")]},
}


@pytest.mark.parametrize("answer", UNUSUAL.values(), ids=UNUSUAL)
def test_an_unusual_answer_that_is_allowed_breaks_nothing(jobs: Contract, answer: dict[str, Any]) -> None:
    body = page(jobs, job(1, **answer.get("job", {})))
    others = {name: value for name, value in answer.items() if name != "job"}

    assert broken(answered(jobs, body, **others), jobs) == {}


QUERIES = st.lists(
    st.tuples(
        st.sampled_from(["page", "per_page", "status", "action_type", "sheet", "genre", "x"]),
        st.sampled_from(["", "0", "1", "20", "1001", "FAILED", "NOVEL", "x"]),
    ),
    max_size=4,
)
IDENTITIES = st.sampled_from([Identity(()), Identity((), "no-credentials"), Identity(("api_token",))])


@given(
    name=st.sampled_from(["jobs", "shelf"]),
    query=QUERIES,
    identity=IDENTITIES,
    account=st.sampled_from(Account),
    status=st.sampled_from([200, 204, 302, 400, 404, 429, 500]),
    body=st.sampled_from([None, b"", b"null", b"[]", b"{}", b'{"result": [null, [], {}]}', b'{"books": 1}']),
)
def test_every_answer_to_every_request_is_judged_and_by_known_clauses_only(
    name: str, query: list[tuple[str, str]], identity: Identity, account: Account, status: int, body: Any
) -> None:
    about = contract(name)

    found = list(observe(answered(about, body, query, status, identity=identity, account=account), about))

    assert {one.clause for one in found} <= about.clauses.keys()
    assert all(0 <= one.broken <= one.checked for one in found)
    assert all(len(one.findings) <= 3 for one in found)


def test_checks_leave_the_answer_as_it_was(each: Contract) -> None:
    reading = answered(each)

    first = list(observe(reading, each))

    assert reading.body == full_body(each)
    assert list(observe(reading, each)) == first
    assert len(set(CHECKS)) == len(CHECKS)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, True),
        ({"identity": Identity(())}, False),
        ({"identity": Identity(("api_token",), "unprivileged", "api_token")}, False),
        ({"account": Account.INVENTED}, False),
        ({"is_documented": False}, False),
    ],
    ids=["ours", "no credentials", "unprivileged", "invented account", "another route"],
)
def test_a_request_is_ours_with_good_credentials_for_our_account(
    jobs: Contract, asked: dict[str, Any], expected: bool
) -> None:
    assert is_ours(answered(jobs, **asked)) is expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ([], True),
        ([("status", "FAILED")], True),
        ([("x", "")], True),
        ([("page", "")], False),
        ([("page", "0")], False),
    ],
    ids=["none", "allowed", "unknown", "open", "forbidden"],
)
def test_parameters_are_allowed_where_the_contract_says_so_of_each(
    jobs: Contract, query: list[tuple[str, str]], expected: bool
) -> None:
    assert has_allowed_parameters(answered(jobs, query=query), jobs) is expected


@pytest.mark.parametrize(("status", "pair"), [(404, (1, 0)), (200, (1, 1)), (429, (0, 0)), (500, (0, 0))])
def test_a_refusal_that_is_expected_is_kept_broken_or_cannot_be_told(
    jobs: Contract, status: int, pair: tuple[int, int]
) -> None:
    found: Observation = refusal_expected("x", answered(jobs, {}, status=status))

    assert (found.clause, found.checked, found.broken) == ("x", *pair)
