"""What is allowed is accepted, what is forbidden refused, a default applied: kept, broken, cannot tell."""

from typing import Any

import pytest
import samples
from samples import answered, broken, job, page, seen

from contracts.checks.parameters import (
    allowed_values_are_accepted,
    default_is_applied,
    forbidden_values_are_refused,
)
from contracts.contract import Contract, Reading
from contracts.exchange import Account, Identity
from contracts.ledger import Finding

Query = list[tuple[str, str]]
NOT_OURS: dict[str, dict[str, Any]] = {
    "no credentials": {"identity": Identity(())},
    "wrong credentials": {"identity": Identity(("api_token",), "wrong-credentials", "api_token")},
    "another account": {"account": Account.OTHER},
    "another route": {"is_documented": False},
}
OPEN = {
    "empty": [("status", "")],
    "empty number": [("per_page", "")],
    "repeated": [("status", "FAILED"), ("status", "FAILED")],
    "repeated and different": [("per_page", "1"), ("per_page", "2000")],
    "plus": [("page", "+1")],
    "leading zero": [("page", "01")],
    "with a point": [("page", "1.0")],
    "page past any float": [("page", "9" * 400)],
}


@pytest.mark.parametrize(
    ("query", "promise"),
    [
        ([("status", "FAILED")], "query.status:accepted"),
        ([("per_page", "1000")], "query.per_page:accepted"),
        ([("page", "1")], "query.page:accepted"),
        ([("status", "FAILED"), ("per_page", "1")], "query:accepted"),
    ],
    ids=["filter", "size", "page", "together"],
)
def test_an_allowed_value_is_accepted_or_broken(jobs: Contract, query: Query, promise: str) -> None:
    kept = allowed_values_are_accepted(answered(jobs, query=query), jobs)
    (refused,) = allowed_values_are_accepted(answered(jobs, query=query, status=400), jobs)

    assert seen(kept) == {promise: (1, 0)}
    assert (refused.clause, refused.broken) == (promise, 1)
    assert refused.findings == (Finding("", "200", "400"),)


def test_only_an_accepted_value_is_a_point_seen(jobs: Contract) -> None:
    (kept,) = allowed_values_are_accepted(answered(jobs, query=[("status", "FAILED")]), jobs)
    (refused,) = allowed_values_are_accepted(answered(jobs, query=[("status", "FAILED")], status=400), jobs)

    assert (kept.points, refused.points) == ({"FAILED": 1}, {})


@pytest.mark.parametrize("status", [302, 429, 500, 503])
@pytest.mark.parametrize(
    "query", [[("status", "FAILED")], [("status", "NONE")]], ids=["allowed", "forbidden"]
)
def test_an_answer_that_neither_gives_nor_refuses_tells_nothing(
    jobs: Contract, query: Query, status: int
) -> None:
    reading = answered(jobs, {}, query, status)

    assert seen(allowed_values_are_accepted(reading, jobs)) == {}
    assert seen(forbidden_values_are_refused(reading, jobs)) == {}


@pytest.mark.parametrize("changes", NOT_OURS.values(), ids=NOT_OURS)
@pytest.mark.parametrize("status", [200, 403])
def test_a_request_that_is_not_ours_tells_nothing(
    jobs: Contract, changes: dict[str, Any], status: int
) -> None:
    allowed = answered(jobs, query=[("status", "FAILED")], status=status, **changes)
    forbidden = answered(jobs, query=[("status", "NONE")], status=status, **changes)

    assert seen(allowed_values_are_accepted(allowed, jobs)) == {}
    assert seen(forbidden_values_are_refused(forbidden, jobs)) == {}


@pytest.mark.parametrize("query", OPEN.values(), ids=OPEN)
@pytest.mark.parametrize("status", [200, 400, 414, 422, 429])
def test_what_the_contract_leaves_open_breaks_nothing(jobs: Contract, query: Query, status: int) -> None:
    body = page(jobs) if status == 200 else None

    assert broken(answered(jobs, body, query, status), jobs) == {}


@pytest.mark.parametrize(
    "query",
    [[("page", "1")], [("per_page", "1"), ("status", "FAILED")]],
    ids=["one documented parameter", "two of them"],
)
@pytest.mark.parametrize("name", ["x", "", "STATUS"])
def test_a_parameter_that_is_not_documented_may_be_what_is_refused(
    jobs: Contract, query: Query, name: str
) -> None:
    accepted = answered(jobs, query=[*query, (name, "1")])
    refused = answered(jobs, query=[*query, (name, "1")], status=400)
    forbidden = answered(jobs, query=[("per_page", "0"), (name, "1")], status=400)

    assert list(seen(allowed_values_are_accepted(accepted, jobs)).values()) == [(1, 0)]
    assert seen(allowed_values_are_accepted(refused, jobs)) == {}
    assert seen(forbidden_values_are_refused(forbidden, jobs)) == {}


def test_a_forbidden_value_is_let_in_whatever_stands_beside_it(jobs: Contract) -> None:
    reading = answered(jobs, page(jobs), [("per_page", "0"), ("x", "1")])

    assert broken(reading, jobs).keys() >= {"query.per_page:minimum"}


@pytest.mark.parametrize(
    "size", [[], [("per_page", "1")], [("status", "FAILED")]], ids=["alone", "sized", "filtered"]
)
@pytest.mark.parametrize("status", [400, 404, 416])
def test_a_page_past_the_end_may_be_refused(jobs: Contract, size: Query, status: int) -> None:
    assert broken(answered(jobs, query=[("page", "2"), *size], status=status), jobs) == {}


def test_the_first_page_may_not_be_refused(each: Contract) -> None:
    pagination = each.fragment.pagination
    assert pagination
    reading = answered(each, query=[(pagination.page, "1")], status=404)

    assert broken(reading, each) == {f"query.{pagination.page}:accepted": ("",)}


@pytest.mark.parametrize(
    ("query", "clauses"),
    [
        ([("status", "NONE")], ["query.status:enum"]),
        ([("status", "failed")], ["query.status:enum"]),
        ([("per_page", "0")], ["query.per_page:minimum"]),
        ([("per_page", "1001")], ["query.per_page:maximum"]),
        ([("page", "first")], ["query.page:type"]),
        ([("page", "0"), ("status", "NONE")], ["query.page:minimum", "query.status:enum"]),
        ([("page", "0"), ("status", "")], ["query.page:minimum"]),
    ],
    ids=lambda value: "&".join(f"{k}={v}" for k, v in value) if isinstance(value[0], tuple) else "",
)
def test_an_answer_to_a_forbidden_value_is_broken(jobs: Contract, query: Query, clauses: list[str]) -> None:
    found = seen(forbidden_values_are_refused(answered(jobs, query=query), jobs))

    assert found == dict.fromkeys(clauses, (1, 1))


def test_a_refusal_in_words_is_laid_to_no_one_of_several_forbidden_values(jobs: Contract) -> None:
    refusal = {"success": False, "result": None}
    one, two = [("per_page", "0")], [("per_page", "0"), ("status", "NONE")]

    of_one = seen(forbidden_values_are_refused(answered(jobs, refusal, one), jobs))
    of_two = seen(forbidden_values_are_refused(answered(jobs, refusal, two), jobs))

    assert of_one == {"query.per_page:minimum": (1, 1)}
    assert of_two == {}


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_refusal_of_one_forbidden_value_is_kept(jobs: Contract, status: int) -> None:
    reading = answered(jobs, query=[("per_page", "0"), ("status", "FAILED")], status=status)

    assert seen(forbidden_values_are_refused(reading, jobs)) == {"query.per_page:minimum": (1, 0)}


@pytest.mark.parametrize(
    "other", [("status", "NONE"), ("status", "")], ids=["another forbidden value", "a value left open"]
)
def test_a_refusal_that_may_have_another_reason_tells_nothing(jobs: Contract, other: tuple[str, str]) -> None:
    reading = answered(jobs, query=[("per_page", "0"), other], status=400)

    assert seen(forbidden_values_are_refused(reading, jobs)) == {}


def full(about: Contract, first: int, **asked: Any) -> Reading:
    """Read a page of twenty jobs, the first with the number given."""
    return answered(about, page(about, *map(job, range(first, first + 20))), **asked)


@pytest.mark.parametrize("name", ["page", "per_page"])
def test_a_default_that_gives_the_same_items_is_kept_and_another_is_broken(jobs: Contract, name: str) -> None:
    parameter = jobs.fragment.parameter(name)

    kept = default_is_applied(full(jobs, 0), full(jobs, 0), parameter, jobs)
    wrong = default_is_applied(full(jobs, 5), full(jobs, 0), parameter, jobs)

    assert seen(kept) == {f"query.{name}:default": (1, 0)}
    assert seen(wrong) == {f"query.{name}:default": (1, 1)}


@pytest.mark.parametrize(
    ("came", "told"),
    [
        pytest.param([0], '1 item, not "{1}"', id="one is missing"),
        pytest.param([0, 1, 2], '3 items, "{2}" among them', id="one too many"),
        pytest.param([1, 0], '2 items in another order, "{1}" in the place of "{0}"', id="another order"),
    ],
)
def test_a_default_that_is_not_applied_is_told_with_an_item_and_the_other_request(
    jobs: Contract, came: list[int], told: str
) -> None:
    explicit = answered(jobs, page(jobs, job(0), job(1)), [("per_page", "20")])
    without = answered(jobs, page(jobs, *map(job, came)))

    (found,) = default_is_applied(explicit, without, jobs.fragment.parameter("per_page"), jobs)

    actual = told.format(*(job(number)["job_id"] for number in range(3)))
    assert found.findings == (Finding("", f"the 2 items of {explicit.exchange.request.line}", actual),)


def test_an_empty_page_tells_nothing_of_a_default(jobs: Contract) -> None:
    empty = answered(jobs, page(jobs))

    assert seen(default_is_applied(empty, empty, jobs.fragment.parameter("per_page"), jobs)) == {}


@pytest.mark.parametrize("status", [429, 500, 503])
@pytest.mark.parametrize("is_first", [True, False], ids=["the first answer", "the second answer"])
def test_an_answer_without_a_page_tells_nothing_of_a_default(
    jobs: Contract, status: int, is_first: bool
) -> None:
    good, bad = full(jobs, 0), answered(jobs, {}, status=status)
    pair = (bad, good) if is_first else (good, bad)

    assert seen(default_is_applied(*pair, jobs.fragment.parameter("per_page"), jobs)) == {}


def test_the_shelf_is_judged_by_the_same_code(shelf: Contract) -> None:
    readings = [
        answered(shelf, query=[("genre", "OPERA")]),
        answered(shelf, query=[("sheet_size", "6")]),
        answered(shelf, query=[("sheet_size", "5")], status=400),
    ]

    assert [broken(reading, shelf) for reading in readings] == [
        {"query.genre:enum": ("",)},
        {"query.sheet_size:maximum": ("",)},
        {"query.sheet_size:accepted": ("",)},
    ]
    assert samples.contract("shelf").clauses.keys() >= {"query.genre:enum", "query.sheet_size:maximum"}
