import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
import samples
from test_emulator_data import schema_errors

from contracts.clauses import derive
from contracts.emulator.app import Emulator
from contracts.emulator.credentials import Credentials
from contracts.emulator.faults import faults
from contracts.emulator.hooks import Call, Fault
from contracts.fragment import Fragment, default_fragment

FRAGMENT = default_fragment()
CREDENTIALS = Credentials.of(FRAGMENT)
PATH = f"/accounts/{CREDENTIALS.own_account}/email-security/investigate/bulk".encode()
TOKEN = ((b"authorization", b"Bearer " + CREDENTIALS.values["api_token"].encode()),)
JOBS = 100
FAULTS = faults(FRAGMENT)


@dataclass(frozen=True)
class Got:
    status: int
    content_type: bytes
    text: str
    body: Any

    @property
    def ids(self) -> list[str]:
        return [job["job_id"] for job in self.body["result"]]


def ask(emulator: Emulator, query: str = "", headers: tuple[tuple[bytes, bytes], ...] = TOKEN) -> Got:
    answer = emulator.answer("GET", PATH, query.encode(), headers)
    assert int(dict(answer.headers)[b"content-length"]) == len(answer.body)
    content_type = dict(answer.headers)[b"content-type"]
    return Got(answer.status, content_type, answer.body.decode(), json.loads(answer.body))


def with_fault(name: str) -> Emulator:
    return Emulator(FRAGMENT, jobs=JOBS, fault=FAULTS[name])


HONEST = Emulator(FRAGMENT, jobs=JOBS)


def test_there_is_a_fault_of_every_family_in_a_stable_order() -> None:
    families = {derive(FRAGMENT)[clause].family for fault in FAULTS.values() for clause in fault.clauses}

    assert list(FAULTS) == [
        "missing-member",
        "unknown-enum-value",
        "space-in-date-time",
        "deprecated-not-zero",
        "count-off-by-one",
        "filter-ignored",
        "page-repeats-item",
        "no-credentials-accepted",
        "refusal-says-success",
        "wrong-content-type",
        "duplicate-name",
        "maximum-not-enforced",
    ]
    assert len(families) == 10


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_names_clauses_of_the_fragment_and_says_what_it_does(fault: Fault) -> None:
    assert fault.clauses
    assert set(fault.clauses) <= derive(FRAGMENT).keys()
    assert fault.summary


def broken_by_schema(got: Got) -> list[str]:
    response = FRAGMENT.response(got.status)
    assert response
    assert response.body
    return schema_errors(FRAGMENT, response.body, got.body)


SCHEMA_FAULTS = {
    "missing-member": ["$.result[4]: 'created_at' is a required property"],
    "unknown-enum-value": ["$.result[0].status: 'DISCOVERING_UNDECLARED' is not one of "],
    "space-in-date-time": [f"$.result[{number}].created_at: " for number in range(5)],
    "deprecated-not-zero": ["$.result_info.total_count: 0 was expected"],
    "refusal-says-success": ["$.success: False was expected"],
}


@pytest.mark.parametrize("name", SCHEMA_FAULTS)
def test_a_schema_fault_breaks_its_one_promise_and_no_other(name: str) -> None:
    query = "page=0" if name == "refusal-says-success" else "per_page=5&page=2"

    found = broken_by_schema(ask(with_fault(name), query))

    assert broken_by_schema(ask(HONEST, query)) == []
    assert len(found) == len(SCHEMA_FAULTS[name])
    assert all(error.startswith(start) for error, start in zip(found, SCHEMA_FAULTS[name], strict=True))


@pytest.mark.parametrize("name", [name for name in FAULTS if name not in SCHEMA_FAULTS])
@pytest.mark.parametrize("query", ["per_page=5&page=2", "page=0"])
def test_another_fault_leaves_the_schema_alone(name: str, query: str) -> None:
    assert broken_by_schema(ask(with_fault(name), query)) == []


def test_the_count_is_one_too_high() -> None:
    info = ask(with_fault("count-off-by-one"), "per_page=5").body["result_info"]

    assert (info["count"], ask(HONEST, "per_page=5").body["result_info"]["count"]) == (6, 5)


def test_only_the_first_filter_is_ignored() -> None:
    query = "action_type=MOVE&status=FAILED&per_page=1000"

    got, honest = ask(with_fault("filter-ignored"), query), ask(HONEST, query)

    assert {job["action_type"] for job in got.body["result"]} == {"MOVE", "RELEASE"}
    assert {job["status"] for job in got.body["result"]} == {"FAILED"}
    assert {job["action_type"] for job in honest.body["result"]} == {"MOVE"}


def test_a_page_begins_with_the_last_item_of_the_page_before() -> None:
    emulator = with_fault("page-repeats-item")
    pages = [ask(HONEST, f"per_page=7&page={page}").ids for page in range(1, 17)]

    found = [ask(emulator, f"per_page=7&page={page}").ids for page in range(1, 17)]

    assert found[0] == pages[0]
    assert found[1:15] == [[before[-1], *page[1:]] for before, page in pairwise(pages[:15])]
    assert found[15] == pages[15] == []


def test_a_page_of_a_filtered_list_repeats_an_item_of_that_list() -> None:
    query = "status=FAILED&per_page=1&page={}"

    found = [ask(with_fault("page-repeats-item"), query.format(page)).ids for page in (1, 2, 3)]

    honest = [ask(HONEST, query.format(page)).ids for page in (1, 2, 3)]
    assert found == [honest[0], honest[0], honest[1]]


def test_a_request_without_credentials_is_answered_and_others_are_refused_as_before() -> None:
    emulator = with_fault("no-credentials-accepted")
    partial, wrong = ((b"x-auth-key", b"x"),), ((b"authorization", b"Bearer x"),)

    statuses = [ask(emulator, headers=headers).status for headers in ((), partial, wrong)]

    assert statuses == [200, 401, 401]
    assert ask(emulator, headers=()).ids == ask(HONEST).ids
    assert ask(HONEST, headers=()).status == 401


def test_a_page_comes_as_html_and_a_refusal_does_not() -> None:
    emulator = with_fault("wrong-content-type")

    assert ask(emulator).content_type == b"text/html"
    assert ask(emulator, "page=0").content_type == b"application/json"
    assert ask(HONEST).content_type == b"application/json"


def test_the_first_name_stands_twice() -> None:
    got, honest = ask(with_fault("duplicate-name")), ask(HONEST)

    assert got.text.startswith('{"success":true,"success":true,')
    assert got.body == honest.body
    assert ask(with_fault("duplicate-name"), "page=0").text == ask(HONEST, "page=0").text


@pytest.mark.parametrize("text", ["1001", "9" * 10_000])
def test_more_than_the_maximum_is_answered_as_the_maximum(text: str) -> None:
    got = ask(with_fault("maximum-not-enforced"), f"per_page={text}")

    assert (got.status, got.body["result_info"]["per_page"], len(got.ids)) == (200, 1000, JOBS)
    assert ask(HONEST, f"per_page={text}").status == 400


@pytest.mark.parametrize("query", ["per_page=0", "per_page=01001", "per_page=1001&page=0", "per_page=x"])
def test_all_else_that_is_wrong_is_refused_as_before(query: str) -> None:
    assert ask(with_fault("maximum-not-enforced"), query).status == 400


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_gone_when_it_is_taken_away(name: str) -> None:
    emulator = with_fault(name)
    queries = ["per_page=5&page=2", "action_type=MOVE", "page=0", "per_page=1001"]
    for query in queries:
        ask(emulator, query)

    emulator.fault = None

    assert [ask(emulator, query) for query in queries] == [ask(HONEST, query) for query in queries]


def test_a_condition_is_added_by_wrapping() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class OnPage(Fault):
        fault: Fault
        page: int

        def body(self, call: Call, status: int, body: Any) -> Any:
            return self.fault.body(call, status, body) if call.page == self.page else body

    emulator = Emulator(FRAGMENT, jobs=JOBS, fault=OnPage(fault=FAULTS["deprecated-not-zero"], page=3))

    totals = [ask(emulator, f"page={page}").body["result_info"]["total_count"] for page in (1, 2, 3, 4)]

    assert totals == [0, 0, 7, 0]


def test_requests_are_counted() -> None:
    numbers = []

    class Counted(Fault):
        __slots__ = ()

        def body(self, call: Call, status: int, body: Any) -> Any:
            numbers.append(call.number)
            return body

    emulator = Emulator(FRAGMENT, jobs=JOBS, fault=Counted())
    for query in ("", "page=0", "page=2"):
        ask(emulator, query)

    assert numbers == [1, 2, 3]


def test_another_fragment_gets_the_faults_that_it_lends_itself_to() -> None:
    shelf = samples.contract("shelf")

    found = faults(shelf.fragment)

    assert list(found) == [name for name in FAULTS if name != "refusal-says-success"]
    assert all(set(fault.clauses) <= shelf.clauses.keys() for fault in found.values())
    assert found["missing-member"].clauses == ("200.books[].bought_at:required",)


def test_a_member_that_must_equal_another_may_go_missing_alone(edited: Callable[..., Any]) -> None:
    fragment = Fragment(
        edited(("required: [book_id, genre, bought_at, binding", "required: [genre, binding"))
    )

    assert faults(fragment)["missing-member"].clauses == ("200.books[].binding:required",)
