"""Filters: only what matches comes, and all of it. Kept, broken, cannot tell."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import EditedContract, answered, book, contract, job, page, seen

from contracts.checks.filters import all_matching_items_come, only_matching_items_come
from contracts.checks.walks import Walk
from contracts.contract import Contract, Reading
from contracts.ledger import MAX_FINDINGS, Finding

ONLY, ALL = "query.status:x-filters/only-matching", "query.status:x-filters/all-matching"
FAILED = [("status", "FAILED")]


def test_items_that_match_are_kept(jobs: Contract) -> None:
    body = page(jobs, job(1, status="FAILED"), job(2, status="FAILED"))

    (found,) = only_matching_items_come(answered(jobs, body, FAILED), jobs)

    assert (found.clause, found.checked, found.broken, found.points) == (ONLY, 2, 0, {"FAILED": 2})


def test_an_item_that_does_not_match_is_broken_where_it_stands(jobs: Contract) -> None:
    body = page(jobs, job(1, status="FAILED"), job(2, status="PENDING"))

    (found,) = only_matching_items_come(answered(jobs, body, FAILED), jobs)

    assert (found.checked, found.broken) == (2, 1)
    assert found.findings == (Finding("/result/1/status", '"FAILED"', '"PENDING"'),)


def test_each_of_two_filters_is_judged(jobs: Contract) -> None:
    body = page(jobs, job(1, status="FAILED", action_type="RELEASE"))
    query = [*FAILED, ("action_type", "MOVE")]

    found = seen(only_matching_items_come(answered(jobs, body, query), jobs))

    assert found == {ONLY: (1, 0), "query.action_type:x-filters/only-matching": (1, 1)}


@pytest.mark.parametrize("value", ["failed", "ABORTED", None, 5, ["FAILED"]], ids=repr)
def test_a_value_that_nobody_can_ask_for_is_left_to_the_schema(jobs: Contract, value: Any) -> None:
    body = page(jobs, job(1, status=value))

    assert seen(only_matching_items_come(answered(jobs, body, FAILED), jobs)) == {ONLY: (0, 0)}


def test_an_item_with_a_value_that_can_stand_there_but_not_be_asked_for_does_not_match(
    edited_contract: EditedContract,
) -> None:
    only_novels = "          schema: {type: string, enum: [NOVEL], x-source: docs}\n"
    about = edited_contract(
        ('          schema:\n            $ref: "#/components/schemas/Genre"\n', only_novels)
    )
    clause = "query.genre:x-filters/only-matching"
    body = page(about, book(1, genre="NOVEL"), book(2, genre="POETRY"))

    found = seen(only_matching_items_come(answered(about, body, [("genre", "NOVEL")]), about))

    assert found == {clause: (2, 1)}


VALUES = st.sampled_from(["FAILED", "FAILED", "FAILED", "PENDING", "failed", None, 5, ["FAILED"]])


@given(values=st.lists(VALUES, max_size=3))
def test_a_page_is_told_of_as_its_items_are_one_by_one(values: list[Any]) -> None:
    about = contract("jobs")
    bodies = [page(about, job(1, status=value)) for value in values]
    whole = page(about, *(job(n, status=value) for n, value in enumerate(values)))

    (found,) = only_matching_items_come(answered(about, whole, FAILED), about)

    each = [next(iter(only_matching_items_come(answered(about, body, FAILED), about))) for body in bodies]
    assert (found.checked, found.broken) == (
        sum(one.checked for one in each),
        sum(one.broken for one in each),
    )
    assert found.points.get("FAILED", 0) == found.checked
    assert len(found.findings) == min(found.broken, MAX_FINDINGS)
    assert [one.pointer for one in found.findings] == [
        f"/result/{n}/status" for n, one in enumerate(each) if one.broken
    ]


@pytest.mark.parametrize(
    "query",
    [[], [("status", "")], [("status", "failed")], [*FAILED, ("status", "PENDING")]],
    ids=["no filter", "empty", "forbidden", "repeated"],
)
def test_without_one_allowed_value_nothing_can_be_told(jobs: Contract, query: list[tuple[str, str]]) -> None:
    body = page(jobs, job(1, status="PENDING"))

    assert seen(only_matching_items_come(answered(jobs, body, query), jobs)) == {}


def test_an_empty_page_tells_nothing_and_sees_nothing(jobs: Contract) -> None:
    (found,) = only_matching_items_come(answered(jobs, page(jobs), FAILED), jobs)

    assert (found.checked, found.broken, found.points) == (0, 0, {})


@pytest.mark.parametrize("status", [400, 429, 500])
def test_an_answer_that_is_no_success_tells_nothing(jobs: Contract, status: int) -> None:
    body = page(jobs, job(1, status="PENDING"))

    assert seen(only_matching_items_come(answered(jobs, body, FAILED, status), jobs)) == {}


@pytest.mark.parametrize(
    "schema",
    ["{type: string, x-source: docs}", "{type: integer, x-source: docs}"],
    ids=["free text", "integer"],
)
def test_a_filter_without_an_enum_can_be_broken(edited_contract: EditedContract, schema: str) -> None:
    is_text = "string" in schema
    about = edited_contract(
        ('schema:\n            $ref: "#/components/schemas/Genre"', f"schema: {schema}"),
        ('genre:\n          $ref: "#/components/schemas/Genre"', f"genre: {schema}"),
    )
    asked, right, wrong = ("Verse", "Verse", "Prose") if is_text else ("7", 7, 8)
    body = page(about, book(1, genre=right), book(2, genre=wrong))

    found = seen(only_matching_items_come(answered(about, body, [("genre", asked)]), about))

    assert found == {"query.genre:x-filters/only-matching": (2, 1)}


def walk(about: Contract, *items: dict[str, Any], is_complete: bool = True, **filters: str) -> Walk:
    pairs = tuple(filters.items())
    readings = (answered(about, page(about, *items), pairs), answered(about, page(about), pairs))
    return Walk(pairs, 20, readings, is_complete=is_complete)


EVERYTHING = (job(1, status="FAILED"), job(2, status="PENDING"), job(3, status="FAILED"))


def test_all_that_match_are_kept(jobs: Contract) -> None:
    filtered = walk(jobs, EVERYTHING[0], EVERYTHING[2], status="FAILED")

    (found,) = all_matching_items_come(walk(jobs, *EVERYTHING), filtered, jobs)

    assert (found.clause, found.checked, found.broken, found.points) == (ALL, 2, 0, {"FAILED": 2})


def test_one_that_matches_and_does_not_come_is_broken(jobs: Contract) -> None:
    filtered = walk(jobs, EVERYTHING[0], status="FAILED")

    (found,) = all_matching_items_come(walk(jobs, *EVERYTHING), filtered, jobs)

    assert (found.checked, found.broken, len(found.findings)) == (2, 1, 1)


def test_one_that_is_missing_is_named_with_the_requests_that_show_it(jobs: Contract) -> None:
    def ask(number: int, *items: dict[str, Any], **filters: str) -> Reading:
        return answered(jobs, page(jobs, *items), [*filters.items(), ("page", str(number))])

    failed = [job(number, status="FAILED") for number in range(5)]
    everything = Walk(
        (), 2, tuple(ask(at + 1, *failed[2 * at : 2 * at + 2]) for at in range(4)), is_complete=True
    )
    kept = (ask(1, *failed[:2], status="FAILED"), ask(2, failed[2], failed[4], status="FAILED"))
    filtered = Walk((("status", "FAILED"),), 2, (*kept, ask(3, status="FAILED")), is_complete=True)

    (found,) = all_matching_items_come(everything, filtered, jobs)

    came = everything.pages[1].exchange.request.line
    expected = f'the item "{failed[3]["job_id"]}", which came with {came}'
    assert found.findings == (Finding("", expected, "it did not come, on this page or another"),)
    assert found.shown_by == kept[1].exchange


def test_one_that_came_twice_is_missing_once(jobs: Contract) -> None:
    everything = walk(jobs, *EVERYTHING, *EVERYTHING)

    assert seen(all_matching_items_come(everything, walk(jobs, status="FAILED"), jobs)) == {ALL: (2, 2)}


def test_one_that_comes_only_with_the_filter_breaks_nothing(jobs: Contract) -> None:
    filtered = walk(jobs, *EVERYTHING, job(4, status="FAILED"), status="FAILED")

    assert seen(all_matching_items_come(walk(jobs, *EVERYTHING), filtered, jobs)) == {ALL: (2, 0)}


def test_a_value_that_no_item_has_tells_nothing(jobs: Contract) -> None:
    filtered = walk(jobs, status="SKIPPED")

    (found,) = all_matching_items_come(walk(jobs, *EVERYTHING), filtered, jobs)

    assert (found.checked, found.broken, found.points) == (0, 0, {})


@pytest.mark.parametrize(
    "complete", [(True, False), (False, True)], ids=["filtered cut short", "full cut short"]
)
def test_a_walk_that_was_cut_short_tells_nothing(jobs: Contract, complete: tuple[bool, bool]) -> None:
    everything = walk(jobs, *EVERYTHING, is_complete=complete[0])
    filtered = walk(jobs, is_complete=complete[1], status="FAILED")

    assert seen(all_matching_items_come(everything, filtered, jobs)) == {}


def test_with_two_filters_what_matches_both_is_expected_of_each(jobs: Contract) -> None:
    everything = walk(jobs, *EVERYTHING, job(5, status="FAILED", action_type="RELEASE"))

    found = seen(
        all_matching_items_come(everything, walk(jobs, action_type="RELEASE", status="FAILED"), jobs)
    )

    assert found == {"query.action_type:x-filters/all-matching": (1, 1), ALL: (1, 1)}


def test_the_shelf_is_judged_by_the_same_code(shelf: Contract) -> None:
    everything = walk(shelf, book(1, genre="NOVEL"), book(2, genre="POETRY"))

    missing = seen(all_matching_items_come(everything, walk(shelf, genre="POETRY"), shelf))
    wrong = seen(only_matching_items_come(everything.pages[0], shelf))

    assert missing == {"query.genre:x-filters/all-matching": (1, 1)}
    assert wrong == {}
