"""The faults of the emulator: which there are, and that each does what it says."""

import json
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import Any

import probing
import pytest
import samples
from plain_jsonschema import schema_errors
from probing import Asked

from contracts.clauses import Family
from contracts.emulator.app import Emulator
from contracts.emulator.credentials import Credentials
from contracts.emulator.faults import faults
from contracts.emulator.hooks import Answer, Fault
from contracts.emulator.store import DEFAULT_JOBS
from contracts.fragment import default_fragment

FRAGMENT = default_fragment()
GOOD = probing.good_headers(FRAGMENT)
FAULTS = faults(FRAGMENT)
JOBS = 100
SHOWING_JOBS = {"jobs": 40, "shelf": 13}
SHOWN_BY_MANY = ("pages/cut",)
NAMES = ("jobs", "shelf")
EVERY_FAULT = [
    (name, fault)
    for name in NAMES
    for fault in faults(samples.contract(name).fragment)
    # The shelf gives pages so small that conditions on its items take more of them to be met.
    if name == "jobs" or "@" not in fault
]


@cache
def known(name: str) -> Mapping[str, Fault]:
    return faults(samples.contract(name).fragment)


@cache
def asked(name: str) -> tuple[Asked, ...]:
    return tuple(probing.every_sort(samples.contract(name).fragment))


@cache
def honest(name: str, jobs: int) -> tuple[Emulator, list[Answer]]:
    """Give an emulator without a fault, and what it says."""
    emulator = Emulator(samples.contract(name).fragment, jobs=jobs)
    return emulator, [one.of(emulator) for one in asked(name)]


@pytest.mark.parametrize("name", NAMES)
def test_every_clause_has_a_fault_that_breaks_it(name: str) -> None:
    broken = {clause for fault in known(name).values() for clause in fault.clauses}

    assert broken == set(samples.contract(name).clauses)


def test_every_keyword_of_a_schema_has_a_fault_of_its_own() -> None:
    alone = {fault.clauses for fault in FAULTS.values() if len(fault.clauses) == 1}
    bodies = [clause for clause in samples.contract("jobs").clauses if clause.startswith(("200.", "4XX."))]

    assert [clause for clause in bodies if (clause,) not in alone] == []


@pytest.mark.parametrize("name", NAMES)
def test_faults_are_named_once_in_words_and_always_in_the_same_order(name: str) -> None:
    again = faults(samples.contract(name).fragment)

    assert list(again) == list(known(name))
    assert all(fault.id == fault_id and fault.summary for fault_id, fault in again.items())
    assert len({fault.summary for fault in again.values()}) == len(again)


def test_a_fault_has_the_family_of_its_first_clause_and_there_is_one_of_each() -> None:
    clauses = samples.contract("jobs").clauses

    assert {fault.family for fault in FAULTS.values()} == set(Family)
    assert all(clauses[fault.clauses[0]].family is fault.family for fault in FAULTS.values())


@pytest.mark.parametrize(("name", "fault"), EVERY_FAULT)
def test_a_fault_changes_what_the_emulator_says(name: str, fault: str) -> None:
    jobs = DEFAULT_JOBS if "@" in fault or fault in SHOWN_BY_MANY else SHOWING_JOBS[name]
    untouched, before = honest(name, jobs)
    emulator = Emulator(untouched.fragment, jobs=jobs, fault=known(name)[fault])
    # The items are made once for all faults.
    emulator.items = untouched.items

    assert any(one.of(emulator) != other for one, other in zip(asked(name), before, strict=True))


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if "@" not in fault])
def test_a_fault_is_gone_when_it_is_taken_away(fault: str) -> None:
    emulator = Emulator(FRAGMENT, jobs=JOBS, fault=FAULTS[fault])
    queries = ["per_page=5&page=2", "action_type=MOVE", "page=0", "per_page=1001"]
    for query in queries:
        Asked(query, GOOD).of(emulator)

    emulator.fault = None

    untouched = Emulator(FRAGMENT, jobs=JOBS)
    assert [Asked(query, GOOD).of(emulator) for query in queries] == [
        Asked(query, GOOD).of(untouched) for query in queries
    ]


def body(fault: str | None, query: str = "") -> Any:
    emulator = Emulator(FRAGMENT, jobs=JOBS, fault=FAULTS[fault] if fault else None)
    return json.loads(Asked(query, GOOD).of(emulator).body)


def ids(fault: str | None, query: str) -> list[str]:
    return [job["job_id"] for job in body(fault, query)["result"]]


def test_a_member_that_is_past_its_end_of_life_breaks_a_promise_until_then() -> None:
    fault = FAULTS["missing:200.result_info.total_count"]

    assert str(fault.until) == "2026-11-01"
    assert [other.id for other in FAULTS.values() if other.until] == [fault.id]


SCHEMA_FAULTS = {
    "missing:200.result[].created_at": "'created_at' is a required property",
    "enum/unknown:200.result[].status": "'DISCOVERING_UNDECLARED' is not one of ",
    "enum/case:200.result[].search_params.delivery_status": " is not one of ",
    "type/null:200.result[].created_at": "None is not of type 'string'",
    "type/fraction:200.result[].messages_failed": ".5 is not of type 'integer'",
    "type/string:200.result_info.count": "'9' is not of type 'integer'",
    "format/no-hyphens:200.result[].job_id": " is not a 'uuid'",
    "format/no-zone:200.result[].created_at": " is not a 'date-time'",
    "const/one-more:200.result_info.total_count": "0 was expected",
    "minimum:200.result_info.count": "-1 is less than the minimum of 0",
    "union/unknown:200.result[].action_params": " is not valid under any of the given schemas",
}


@pytest.mark.parametrize(("fault", "told"), SCHEMA_FAULTS.items())
def test_a_schema_fault_is_seen_by_a_validator_that_knows_nothing_of_it(fault: str, told: str) -> None:
    response = FRAGMENT.response(200)
    assert response
    assert response.body

    found = schema_errors(FRAGMENT, response.body, body(fault, "per_page=9"))

    assert found
    assert all(told in error for error in found)


WRITTEN = ("filter/", "pages/", "counts/", "echoes/", "equals/", "default/", "refuses")


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.startswith(WRITTEN)])
def test_a_fault_of_behaviour_leaves_the_schema_alone(fault: str) -> None:
    response = FRAGMENT.response(200)
    assert response
    assert response.body
    query = "per_page=7&page=2&status=FAILED"
    emulator = Emulator(FRAGMENT, jobs=JOBS, fault=FAULTS[fault])

    answer = Asked(query, GOOD).of(emulator)

    answered = FRAGMENT.response(answer.status)
    assert answered
    assert answered.body
    assert schema_errors(FRAGMENT, answered.body, json.loads(answer.body)) == []


def test_an_ignored_filter_leaves_the_other_in_force() -> None:
    query = "action_type=MOVE&status=FAILED&per_page=1000"

    found = body("filter/ignored:query.action_type", query)["result"]

    assert {job["action_type"] for job in found} == {"MOVE", "RELEASE"}
    assert {job["status"] for job in found} == {"FAILED"}


def test_filters_that_are_ored_let_in_what_one_of_them_lets_in() -> None:
    query = "action_type=MOVE&status=FAILED&per_page=1000"

    found = body("filter/or:query.action_type+status", query)["result"]

    assert all(job["action_type"] == "MOVE" or job["status"] == "FAILED" for job in found)
    assert {job["status"] for job in found} != {"FAILED"}
    assert {job["action_type"] for job in found} == {"MOVE", "RELEASE"}


def test_a_filter_of_the_first_page_only_lets_everything_in_after_it() -> None:
    fault = "filter/first-page-only:query.status"

    assert ids(fault, "status=FAILED&per_page=5") == ids(None, "status=FAILED&per_page=5")
    assert ids(fault, "status=FAILED&per_page=5&page=2") == ids(None, "per_page=5&page=2")


def test_a_leak_lets_in_a_few_that_do_not_match() -> None:
    found = body("filter/leaks:query.status", "status=FAILED&per_page=1000")["result"]

    wrong = [job for job in found if job["status"] != "FAILED"]
    assert 0 < len(wrong) < len(found) / 2


def test_pages_repeat_overlap_skip_and_drop_as_they_say() -> None:
    everything = ids(None, "per_page=1000")

    def pages(fault: str) -> list[list[str]]:
        return [ids(fault, f"per_page=30&page={page}") for page in (1, 2, 3, 4, 5)]

    assert [page[0] for page in pages("pages/repeats")[1:4]] == [everything[at] for at in (29, 59, 89)]
    assert all(left[-1] == right[0] for left, right in pairwise(pages("pages/overlap")[:4]))
    assert {one for page in pages("pages/overlap") for one in page} == set(everything)
    assert [one for page in pages("pages/skips") for one in page] == [
        one for at, one in enumerate(everything) if at not in (30, 60, 90)
    ]
    assert [len(page) for page in pages("pages/remainder-dropped")] == [30, 30, 30, 0, 0]
    assert [len(page) for page in pages("pages/last-item-lost")] == [30, 30, 30, 9, 0]
    assert [len(page) for page in pages("pages/too-large")] == [31, 31, 31, 7, 0]
    assert [len(page) for page in pages("pages/too-small")] == [29, 29, 29, 13, 0]
    assert pages("pages/from-zero")[0] == everything[30:60]


def test_past_the_end_the_first_or_the_last_page_comes_again() -> None:
    everything = ids(None, "per_page=1000")

    assert ids("pages/at-the-end-first", "per_page=30&page=5") == everything[:30]
    assert ids("pages/at-the-end-last", "per_page=30&page=5") == everything[90:]
    assert ids("pages/at-the-end-last", "per_page=30&page=4") == everything[90:]


def test_pages_are_cut_at_half_of_the_largest_size_and_say_that_they_are_not() -> None:
    emulator = Emulator(FRAGMENT, jobs=1_200, fault=FAULTS["pages/cut"])
    bodies = [json.loads(Asked(f"per_page=1000&page={page}", GOOD).of(emulator).body) for page in (1, 2, 3)]

    assert [len(one["result"]) for one in bodies] == [500, 500, 200]
    assert {one["result_info"]["per_page"] for one in bodies} == {1000}


@pytest.mark.parametrize(("page", "count"), [(1, JOBS), (2, 0), (3, JOBS), (1000, JOBS)])
def test_only_far_past_the_end_the_first_of_the_largest_pages_comes_again(page: int, count: int) -> None:
    assert len(ids("pages/past-the-end-first", f"per_page=1000&page={page}")) == count
    assert ids("pages/past-the-end-first", f"per_page=30&page={page + 9}") == []


@pytest.mark.parametrize("text", ["1001", "9" * 10_000])
def test_more_than_the_maximum_is_answered_as_the_maximum(text: str) -> None:
    found = body("accepts/maximum:query.per_page:maximum", f"per_page={text}")

    assert (found["result_info"]["per_page"], len(found["result"])) == (1000, JOBS)


@pytest.mark.parametrize("query", ["per_page=0", "per_page=01001", "per_page=1001&page=0", "per_page=x"])
def test_all_else_that_is_wrong_is_refused_as_before(query: str) -> None:
    assert body("accepts/maximum:query.per_page:maximum", query)["success"] is False


LAX = {
    "accepts/no-credentials": {},
    "accepts/partial-credentials:api_key": {"api_key": "x"},
    "accepts/wrong-credentials:api_key": {"api_email": "user@example.com", "api_key": "x"},
    "accepts/empty-credentials:api_token": {"api_token": ""},
    "accepts/no-permission": {"api_token": Credentials.of(FRAGMENT).unprivileged},
}


@pytest.mark.parametrize("fault", LAX)
def test_each_laxness_lets_in_one_sort_of_stranger_and_no_other(fault: str) -> None:
    emulator = Emulator(FRAGMENT, jobs=JOBS, fault=FAULTS[fault])

    let_in = [
        name
        for name, values in LAX.items()
        if Asked(headers=probing.headers_of(FRAGMENT, **values)).of(emulator).status == 200
    ]

    assert let_in == [fault]


def test_a_wrong_credential_is_let_in_only_if_it_looks_like_the_right_one() -> None:
    emulator = Emulator(FRAGMENT, jobs=JOBS, fault=FAULTS["accepts/same-form:api_token"])
    right = FRAGMENT.schemes["api_token"].example
    alike = f"{'B' if right[0] == 'A' else 'A'}{right[1:]}"

    statuses = [
        Asked(headers=probing.headers_of(FRAGMENT, api_token=token)).of(emulator).status
        for token in (right, alike, right[:-1], right.swapcase(), "0" * len(right))
    ]

    assert statuses == [200, 200, 401, 401, 401]


def test_a_refusal_in_words_comes_with_the_status_of_a_success() -> None:
    emulator = Emulator(FRAGMENT, jobs=JOBS, fault=FAULTS["success-status:query.per_page"])

    found = Asked("per_page=1001", GOOD).of(emulator)

    assert found.status == 200
    assert json.loads(found.body)["success"] is False


def test_a_refusal_of_more_than_one_parameter_keeps_its_status() -> None:
    emulator = Emulator(FRAGMENT, jobs=JOBS, fault=FAULTS["success-status:query.per_page"])

    found = Asked("per_page=1001&page=0", GOOD).of(emulator)

    assert found.status == 400


def test_a_name_stands_twice_with_the_same_value() -> None:
    emulator = Emulator(FRAGMENT, jobs=JOBS, fault=FAULTS["unique-names/first:200"])

    found = Asked("", GOOD).of(emulator)

    assert found.body.startswith(b'{"success":true,"success":true,')
    assert json.loads(found.body) == body(None)


def test_a_member_that_must_equal_another_may_go_missing_alone() -> None:
    assert known("shelf")["missing:200.books[].binding"].clauses == ("200.books[].binding:required",)


def test_faults_are_committed_on_the_cached_items_without_changing_them() -> None:
    emulator = Emulator(FRAGMENT, jobs=JOBS)
    before = Asked("per_page=1000", GOOD).of(emulator)
    for fault in FAULTS.values():
        if fault.touches_items:
            emulator.fault = fault
            Asked("per_page=1000&status=FAILED", GOOD).of(emulator)

    emulator.fault = None

    assert Asked("per_page=1000", GOOD).of(emulator) == before
