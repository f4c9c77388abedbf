"""Members that say something about others: kept, broken, cannot tell."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import EditedContract, answered, book, broken, contract, full_body, job, page, seen

from contracts.checks.envelope import _are_equal, counts_are_right, members_are_equal, parameters_are_echoed
from contracts.contract import Contract
from contracts.ledger import Finding
from contracts.location import owned_values

COUNT, ECHO = "200.result_info.count:x-counts", "200.result_info.per_page:x-echoes"
EQUAL = "200.result[].action_type:x-equals"


@pytest.mark.parametrize("size", [0, 1, 2])
def test_a_right_count_is_kept(jobs: Contract, size: int) -> None:
    reading = answered(jobs, page(jobs, *map(job, range(size))))

    assert seen(counts_are_right(reading, jobs)) == {COUNT: (1, 0)}


@pytest.mark.parametrize("count", [0, 1, 3, 2_000])
def test_a_wrong_count_is_broken(jobs: Contract, count: int) -> None:
    reading = answered(jobs, page(jobs, job(1), job(2), count=count))

    (found,) = counts_are_right(reading, jobs)

    finding = Finding("/result_info/count", "2, the number of items of result", str(count))
    assert (found.clause, found.checked, found.broken) == (COUNT, 1, 1)
    assert found.findings == (finding,)


@pytest.mark.parametrize("count", ["2", None, True, -1, 2.5, [2]], ids=repr)
def test_a_count_that_breaks_its_own_schema_is_left_to_it(jobs: Contract, count: Any) -> None:
    reading = answered(jobs, page(jobs, job(1), job(2), count=count))

    assert seen(counts_are_right(reading, jobs)) == {}


def test_a_wrong_count_with_a_point_is_broken_too(jobs: Contract) -> None:
    reading = answered(jobs, page(jobs, job(1), count=7.0))

    assert seen(counts_are_right(reading, jobs)) == {COUNT: (1, 1)}


def test_a_right_count_with_a_point_is_not_broken(jobs: Contract) -> None:
    assert broken(answered(jobs, page(jobs, job(1), count=1.0)), jobs) == {}


@pytest.mark.parametrize("result", [None, {}, "ab", 2], ids=repr)
def test_a_count_of_what_is_no_array_cannot_be_told(jobs: Contract, result: Any) -> None:
    reading = answered(jobs, full_body(jobs) | {"result": result})

    assert seen(counts_are_right(reading, jobs)) == {}


@pytest.mark.parametrize(
    ("query", "size"),
    [([], 20), ([("per_page", "1000")], 1000), ([("per_page", "1"), ("page", "3")], 1)],
    ids=["default", "asked for", "with a page"],
)
def test_the_size_of_the_request_comes_back(jobs: Contract, query: list[tuple[str, str]], size: int) -> None:
    kept = answered(jobs, page(jobs, per_page=size), query)
    wrong = answered(jobs, page(jobs, per_page=size + 1), query)

    assert seen(parameters_are_echoed(kept, jobs)) == {ECHO: (1, 0)}
    assert seen(parameters_are_echoed(wrong, jobs)) == {ECHO: (1, 1)}


@pytest.mark.parametrize(
    "texts", [[""], ["20", "30"], ["020"], ["0"], ["1001"], ["many"]],
    ids=["empty", "repeated", "leading zero", "below", "above", "word"],
)  # fmt: skip
def test_what_comes_back_for_a_size_that_is_not_allowed_is_left_open(
    jobs: Contract, texts: list[str]
) -> None:
    reading = answered(jobs, page(jobs, per_page=7), [("per_page", text) for text in texts])

    assert seen(parameters_are_echoed(reading, jobs)) == {}


@pytest.mark.parametrize("size", ["20", None, -1], ids=repr)
def test_an_echo_that_breaks_its_own_schema_is_left_to_it(jobs: Contract, size: Any) -> None:
    assert seen(parameters_are_echoed(answered(jobs, page(jobs, per_page=size)), jobs)) == {}


def test_an_echo_without_parameter_and_default_cannot_be_told(edited_contract: EditedContract) -> None:
    about = edited_contract(("maximum: 5, default: 2,", "maximum: 5,"))
    reading = answered(about, page(about, size=3))

    assert not any(one.broken for one in parameters_are_echoed(reading, about))


def test_a_text_can_be_echoed(edited_contract: EditedContract) -> None:
    size = "size: {type: integer, minimum: 0, x-echoes: sheet_size, x-source: docs}"
    about = edited_contract((size, "size: {type: string, x-echoes: genre, x-source: docs}"))

    kept = answered(about, page(about, size="NOVEL"), [("genre", "NOVEL")])
    wrong = answered(about, page(about, size="POETRY"), [("genre", "NOVEL")])

    assert seen(parameters_are_echoed(kept, about)) == {"200.sheet_info.size:x-echoes": (1, 0)}
    assert seen(parameters_are_echoed(wrong, about)) == {"200.sheet_info.size:x-echoes": (1, 1)}


def test_members_that_agree_are_kept(jobs: Contract) -> None:
    assert seen(members_are_equal(answered(jobs), jobs)) == {EQUAL: (2, 0)}


SIDES = st.fixed_dictionaries(
    {}, optional={"a": st.sampled_from([1, None]), "b": st.lists(st.sampled_from([1, None]), max_size=2)}
)


@given(owners=st.lists(SIDES | st.none(), max_size=3), other=st.sampled_from([("a",), ("b",), ("b", "[]")]))
def test_members_are_equal_only_where_each_owner_has_the_same_at_both(owners: Any, other: Any) -> None:
    each = [owned_values([owner], ("a",)) == owned_values([owner], other) for owner in owners]

    assert _are_equal(owners, ("a",), other) == all(each)


def test_members_that_differ_are_broken_where_they_stand(jobs: Contract) -> None:
    body = page(jobs, job(1), job(2, action_type="RELEASE"))

    (found,) = members_are_equal(answered(jobs, body), jobs)

    finding = Finding("/result/1/action_type", '"MOVE", that of action_params.type', '"RELEASE"')
    assert (found.clause, found.checked, found.broken) == (EQUAL, 2, 1)
    assert found.findings == (finding,)


@pytest.mark.parametrize(
    "changes",
    [
        {"action_type": "COPY"},
        {"action_type": None},
        {"action_params": {"type": "COPY"}},
        {"action_params": 1},
    ],
    ids=["unknown value", "null", "unknown branch", "no object"],
)
def test_a_member_that_breaks_its_own_schema_breaks_no_equality(
    jobs: Contract, changes: dict[str, Any]
) -> None:
    found = broken(answered(jobs, page(jobs, job(1, **changes))), jobs)

    assert EQUAL not in found
    assert len(found) == 1


def test_an_empty_page_tells_nothing_of_equality(jobs: Contract) -> None:
    assert seen(members_are_equal(answered(jobs, page(jobs)), jobs)) == {EQUAL: (0, 0)}


def test_members_within_a_branch_are_compared(edited_contract: EditedContract) -> None:
    colour = "colour: {type: string, enum: [RED, GREEN], x-source: docs}"
    about = edited_contract(
        (colour, f"{colour}\n        lining: {{type: string, x-equals: colour, x-source: docs}}")
    )
    body = full_body(about)
    body["books"][1]["cover"]["lining"] = "GREEN"

    found = broken(answered(about, body), about)

    assert found == {"200.books[].cover/CLOTH.lining:x-equals": ("/books/1/cover/lining",)}


CHECKS: list[Callable[..., Any]] = [counts_are_right, parameters_are_echoed, members_are_equal]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("status", [404, 429, 500])
def test_an_answer_that_holds_no_page_tells_nothing(
    each: Contract, check: Callable[..., Any], status: int
) -> None:
    assert seen(check(answered(each, full_body(each), status=status), each)) == {}


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'"x"', b"{"], ids=repr)
def test_a_body_without_the_members_tells_nothing(
    each: Contract, check: Callable[..., Any], body: bytes
) -> None:
    assert set(seen(check(answered(each, body), each)).values()) <= {(0, 0)}


def test_the_shelf_is_judged_by_the_same_code() -> None:
    shelf = contract("shelf")
    body = page(shelf, book(1, binding="CLOTH"), held=4, size=1)

    assert broken(answered(shelf, body, [("sheet_size", "5")]), shelf) == {
        "200.sheet_info.held:x-counts": ("/sheet_info/held",),
        "200.sheet_info.size:x-echoes": ("/sheet_info/size",),
        "200.books[].binding:x-equals": ("/books/0/binding",),
    }
