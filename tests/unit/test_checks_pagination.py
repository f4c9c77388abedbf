"""Pages: what one holds, and what all of them hold together. Kept, broken, cannot tell."""

from typing import Any

import pytest
import samples
from samples import EditedContract, answered, book, job, page, seen

from contracts.checks import observe
from contracts.checks.pagination import (
    no_item_comes_twice,
    nothing_comes_after_the_end,
    nothing_comes_past_the_end,
    order_does_not_depend_on_size,
    page_size_is_kept,
    pages_are_full,
    pages_hold_the_whole_list,
)
from contracts.checks.walks import Walk
from contracts.contract import Contract, Reading
from contracts.ledger import Finding

SIZE, REPEATS = "x-pagination/page-size", "x-pagination/no-repeats"
COMPLETE, ORDER = "x-pagination/complete", "x-pagination/same-order"
END = "x-pagination/past-the-end"


def sized(about: Contract, count: int, *texts: str, status: int = 200) -> Reading:
    return answered(
        about, page(about, *map(job, range(count))), [("per_page", text) for text in texts], status
    )


@pytest.mark.parametrize(
    ("count", "texts", "found"),
    [
        pytest.param(2, ["2"], (1, 0), id="full page"),
        pytest.param(3, ["2"], (1, 1), id="one too many"),
        pytest.param(20, [], (1, 0), id="full page of the default size"),
        pytest.param(21, [], (1, 1), id="more than the default"),
        pytest.param(1, ["2"], None, id="page that is not full"),
        pytest.param(0, ["1"], None, id="empty page"),
        pytest.param(3, ["0"], None, id="size that is not allowed"),
        pytest.param(3, [""], None, id="empty size"),
        pytest.param(3, ["1", "2"], None, id="repeated size"),
    ],
)
def test_a_page_holds_as_many_items_as_were_asked_for(
    jobs: Contract, count: int, texts: list[str], found: tuple[int, int] | None
) -> None:
    assert seen(page_size_is_kept(sized(jobs, count, *texts), jobs)) == ({SIZE: found} if found else {})


def test_too_many_items_are_told_in_numbers(jobs: Contract) -> None:
    (found,) = page_size_is_kept(sized(jobs, 3, "2"), jobs)

    assert found.findings == (Finding("", "at most 2 items", "3 items"),)


@pytest.mark.parametrize("status", [400, 429, 500])
def test_an_answer_that_is_no_success_has_no_page(jobs: Contract, status: int) -> None:
    assert seen(page_size_is_kept(sized(jobs, 3, "2", status=status), jobs)) == {}


def walk(about: Contract, size: int, *pages: list[int], is_complete: bool = True, **more: Any) -> Walk:
    """Make a walk that read jobs, or books, of these numbers."""
    one = job if "result" in samples.full_body(about) else book
    names = about.fragment.pagination
    assert names
    readings = tuple(
        answered(about, page(about, *map(one, numbers)), [(names.per_page, str(size)), (names.page, str(at))])
        for at, numbers in enumerate((*pages, []), 1)
    )
    return Walk((), size, readings, is_complete=is_complete, **more)


@pytest.mark.parametrize(
    ("pages", "found"),
    [
        pytest.param([[1, 2], [3]], None, id="only the last is not full"),
        pytest.param([[1, 2], [3, 4]], None, id="all full"),
        pytest.param([[1], [2, 3]], (1, 1), id="one before the last is not full"),
        pytest.param([[1], [2], [3]], (2, 2), id="none is full"),
        pytest.param([[], [1, 2]], (1, 1), id="an empty one before the last"),
        pytest.param([[1, 2], [3], [1, 2]], None, id="the first again past the end"),
        pytest.param([[1, 2], [3], [3]], None, id="the last again past the end"),
        pytest.param([[]], None, id="no item"),
    ],
)
def test_a_page_that_more_items_follow_is_full(
    jobs: Contract, pages: list[list[int]], found: tuple[int, int] | None
) -> None:
    assert seen(pages_are_full(walk(jobs, 2, *pages), jobs)) == ({SIZE: found} if found else {})


def test_a_page_that_is_not_full_is_shown_with_the_request_that_gives_more(jobs: Contract) -> None:
    short, more = (answered(jobs, page(jobs, job(number)), [("page", str(number))]) for number in (1, 2))

    (found,) = pages_are_full(Walk((), 2, (short, more)), jobs)

    expected = f'2 items, for more follow: "{job(2)["job_id"]}" came with {more.exchange.request.line}'
    assert found.shown_by == short.exchange
    assert found.findings == (Finding("", expected, "1 item"),)


@pytest.mark.parametrize("status", [400, 429, 500])
def test_a_page_that_did_not_come_is_not_called_short(jobs: Contract, status: int) -> None:
    refused, more = sized(jobs, 0, status=status), answered(jobs, page(jobs, job(1)))

    assert seen(pages_are_full(Walk((), 2, (refused, more)), jobs)) == {}


def test_what_a_filter_should_have_kept_out_does_not_follow_a_page(jobs: Contract) -> None:
    filters = (("status", "FAILED"),)
    short = answered(jobs, page(jobs, job(1, status="FAILED")), filters)
    stray = answered(jobs, page(jobs, job(2, status="PENDING")), filters)

    assert seen(pages_are_full(Walk(filters, 2, (short, stray)), jobs)) == {}


@pytest.mark.parametrize(
    ("pages", "found"),
    [
        pytest.param([[1, 2], [3]], (3, 0), id="each once"),
        pytest.param([[1, 2], [2, 3]], (4, 1), id="one again on the next page"),
        pytest.param([[1, 2], [1, 2], [1, 2]], (6, 4), id="the same page thrice"),
        pytest.param([[1, 2]], None, id="one page"),
        pytest.param([[]], None, id="no page"),
    ],
)
def test_no_item_comes_twice_over_several_pages(
    jobs: Contract, pages: list[list[int]], found: tuple[int, int] | None
) -> None:
    assert seen(no_item_comes_twice(walk(jobs, 2, *pages), jobs)) == ({REPEATS: found} if found else {})


def test_an_item_that_comes_twice_on_one_page_is_broken(jobs: Contract) -> None:
    assert seen(no_item_comes_twice(walk(jobs, 20, [1, 1]), jobs)) == {REPEATS: (2, 1)}


def test_an_item_that_comes_twice_is_named_by_its_identity_if_that_is_not_private(jobs: Contract) -> None:
    (found,) = no_item_comes_twice(walk(jobs, 1, [7], [7]), jobs)

    (finding,) = found.findings
    assert finding.expected == "no item twice"
    assert finding.actual.startswith(
        f'1 of 2 again, first "{samples.job(7)["job_id"]}", which came with GET '
    )


@pytest.mark.parametrize(
    ("left", "right", "found"),
    [
        pytest.param([[1, 2], [3]], [[1], [2], [3]], (3, 0), id="the same"),
        pytest.param([[1, 2], [3]], [[1], [2]], (3, 1), id="one missing in the second"),
        pytest.param([[1, 2]], [[1], [2], [3]], (3, 1), id="one missing in the first"),
        pytest.param([[1]], [[1]], None, id="all on one page of either size"),
        pytest.param([[]], [[]], None, id="nothing at all"),
    ],
)
def test_all_pages_hold_the_same_items_at_every_size(
    jobs: Contract, left: list[list[int]], right: list[list[int]], found: tuple[int, int] | None
) -> None:
    observed = pages_hold_the_whole_list(walk(jobs, 2, *left), walk(jobs, 1, *right), jobs)

    assert seen(observed) == ({COMPLETE: found} if found else {})


@pytest.mark.parametrize(
    "right",
    [{"size": 1, "is_complete": False}, {"size": 2}],
    ids=["cut short", "of the same size"],
)
def test_a_walk_that_cannot_be_compared_tells_nothing_of_completeness(
    jobs: Contract, right: dict[str, Any]
) -> None:
    size = right.pop("size")

    observed = pages_hold_the_whole_list(walk(jobs, 2, [1, 2], [3]), walk(jobs, size, [1], **right), jobs)

    assert seen(observed) == {}


@pytest.mark.parametrize(
    ("left", "right", "found"),
    [
        pytest.param([[1, 2], [3]], [[1], [2], [3]], (3, 0), id="the same"),
        pytest.param([[1, 2], [3]], [[2], [1], [3]], (3, 2), id="two exchanged"),
        pytest.param([[1, 2], [3]], [[1], [3]], (2, 0), id="what both have is in order"),
        pytest.param([[1, 2], [2, 3]], [[1], [2], [3]], (3, 0), id="one twice"),
        pytest.param([[1, 2]], [[1], [9]], None, id="only one in both"),
        pytest.param([[]], [[]], None, id="nothing at all"),
    ],
)
def test_the_order_is_the_same_at_every_size(
    jobs: Contract, left: list[list[int]], right: list[list[int]], found: tuple[int, int] | None
) -> None:
    observed = order_does_not_depend_on_size(
        walk(jobs, 2, *left), walk(jobs, 1, *right, is_complete=False), jobs
    )

    assert seen(observed) == ({ORDER: found} if found else {})


def test_two_walks_of_the_same_size_tell_nothing_of_order(jobs: Contract) -> None:
    observed = order_does_not_depend_on_size(walk(jobs, 2, [1, 2]), walk(jobs, 2, [2, 1]), jobs)

    assert seen(observed) == {}


def line(walk: Walk, number: int) -> str:
    return walk.pages[number - 1].exchange.request.line


@pytest.mark.parametrize("is_swapped", [False, True], ids=["in the second list", "in the first list"])
def test_what_is_not_complete_is_named_with_the_requests_that_show_it(
    jobs: Contract, is_swapped: bool
) -> None:
    whole, part = walk(jobs, 3, [1, 2, 3], [4]), walk(jobs, 2, [1, 2], [4])
    left, right = (part, whole) if is_swapped else (whole, part)

    (found,) = pages_hold_the_whole_list(left, right, jobs)

    assert found.shown_by == part.pages[0].exchange
    (finding,) = found.findings
    assert finding.expected == f"the same items at {left.per_page} and at {right.per_page} a page"
    assert finding.actual == (
        f'1 item is in one of the lists only: "{job(3)["job_id"]}" did not come, on this page or another, '
        f"but with {line(whole, 1)}"
    )


@pytest.mark.parametrize(
    ("left", "right", "pair", "also_before", "also_after"),
    [
        pytest.param([[1, 2, 3]], [[2, 1], [3]], (1, 2), "", "", id="on one page each"),
        pytest.param([[1, 2, 3]], [[1, 3], [2]], (2, 3), "", ", which came with page=2", id="over two"),
        pytest.param([[1], [2]], [[2, 1]], (1, 2), " and page=2", "", id="over two of the first"),
        pytest.param(
            [[1, 2], [4, 3]], [[3, 1], [2, 4]], (4, 3), "", ", which came with page=2", id="the nearest"
        ),
    ],
)
def test_what_stands_elsewhere_is_named_with_the_requests_that_show_it(
    jobs: Contract,
    left: list[list[int]],
    right: list[list[int]],
    pair: tuple[int, int],
    also_before: str,
    also_after: str,
) -> None:
    first, second = walk(jobs, 3, *left), walk(jobs, 2, *right)

    (found,) = order_does_not_depend_on_size(first, second, jobs)

    one, other = (f'"{job(number)["job_id"]}"' for number in pair)
    at = next(number for number, numbers in enumerate(left, 1) if pair[0] in numbers)
    assert found.shown_by == second.pages[0].exchange
    (finding,) = found.findings
    told = "the same order at 3 and at 2 a page"
    assert finding.expected == f"{told}: {one} before {other}, as with {line(first, at)}{also_before}"
    assert finding.actual == f"{found.broken} items stand elsewhere: {other} before {one}{also_after}"


@pytest.mark.parametrize(
    ("count", "status", "found"),
    [
        pytest.param(0, 200, (1, 0), id="empty"),
        pytest.param(1, 200, (1, 1), id="an item"),
        pytest.param(0, 400, (1, 0), id="refused"),
        pytest.param(0, 404, (1, 0), id="not found"),
        pytest.param(0, 429, None, id="throttled"),
        pytest.param(0, 500, None, id="server error"),
    ],
)
def test_a_page_past_the_end_is_empty_or_refused(
    jobs: Contract, count: int, status: int, found: tuple[int, int] | None
) -> None:
    observed = nothing_comes_past_the_end(walk(jobs, 2, [1]), sized(jobs, count, status=status), jobs)

    assert seen(observed) == ({END: found} if found else {})


def test_a_page_past_the_end_of_an_empty_list_shows_nothing(jobs: Contract) -> None:
    assert not list(nothing_comes_past_the_end(walk(jobs, 2, []), sized(jobs, 0), jobs))


def test_an_answer_without_a_list_shows_nothing_of_the_end(jobs: Contract) -> None:
    past = answered(jobs, page(jobs) | {"result": None})

    assert not list(nothing_comes_past_the_end(walk(jobs, 2, [1]), past, jobs))


def paged(about: Contract, number: int, *jobs: int) -> Reading:
    return answered(about, page(about, *map(job, jobs)), [("page", str(number))])


@pytest.mark.parametrize(
    ("came", "told"),
    [
        pytest.param([1, 2], "2 items, first {first}, just as with {line}", id="the first page"),
        pytest.param([1], "1 item, first {first}, which came with {line} too", id="a part of it"),
        pytest.param([9], "1 item, first {new}", id="something new"),
    ],
)
def test_what_comes_past_the_end_is_named(jobs: Contract, came: list[int], told: str) -> None:
    pages = paged(jobs, 1, 1, 2), paged(jobs, 2, 3), paged(jobs, 3)

    (found,) = nothing_comes_past_the_end(Walk((), 2, pages, is_complete=True), paged(jobs, 9, *came), jobs)

    (finding,) = found.findings
    line = pages[0].exchange.request.line
    first, new = (f'"{job(number)["job_id"]}"' for number in (1, 9))
    assert finding.actual == told.format(first=first, new=new, line=line)


def test_items_past_the_end_that_have_no_identity_are_counted(jobs: Contract) -> None:
    past = answered(jobs, page(jobs, {"job_id": None}))

    (found,) = nothing_comes_past_the_end(walk(jobs, 2, [1]), past, jobs)

    assert found.findings[0].actual == "1 item"


def test_a_walk_that_ends_with_items_that_came_before_breaks_the_end(jobs: Contract) -> None:
    pages = paged(jobs, 1, 1, 2), paged(jobs, 2, 3), paged(jobs, 3, 3)

    assert seen(nothing_comes_after_the_end(Walk((), 2, pages, is_complete=True), jobs)) == {END: (1, 1)}


@pytest.mark.parametrize(("last", "is_complete"), [([], True), ([1], False)], ids=["nothing", "cut short"])
def test_a_walk_that_ends_with_nothing_or_before_the_end_tells_nothing_of_it(
    jobs: Contract, last: list[int], is_complete: bool
) -> None:
    ended = Walk((), 2, (paged(jobs, 1, 1), paged(jobs, 2, *last)), is_complete=is_complete)

    assert seen(nothing_comes_after_the_end(ended, jobs)) == {}


def test_items_without_an_identity_are_left_out_of_a_walk(jobs: Contract) -> None:
    body = page(jobs, job(1), {"job_id": None}, {"job_id": ["x"]})

    assert Walk((), 20, (answered(jobs, body),)).identities(jobs) == [job(1)["job_id"]]


def test_the_shelf_is_judged_by_the_same_code(shelf: Contract) -> None:
    left, right = walk(shelf, 2, [1, 2], [2]), walk(shelf, 1, [2], [1], [3])

    found = {
        **seen(no_item_comes_twice(left, shelf)),
        **seen(pages_hold_the_whole_list(left, right, shelf)),
        **seen(order_does_not_depend_on_size(left, right, shelf)),
        **seen(page_size_is_kept(answered(shelf, page(shelf, *map(book, range(3)))), shelf)),
    }

    assert found == {REPEATS: (3, 1), COMPLETE: (3, 1), ORDER: (2, 2), SIZE: (1, 1)}
    assert seen(pages_are_full(walk(shelf, 2, [1], [2]), shelf)) == {SIZE: (1, 1)}


def test_what_a_fragment_does_not_promise_is_not_judged(edited_contract: EditedContract) -> None:
    promises = (
        "promises: {page-size: docs, no-repeats: docs, complete: docs, same-order: docs, past-the-end: docs}"
    )
    about = edited_contract(
        (promises, "promises: {}"), ("promises: {only-matching: docs, all-matching: docs}", "promises: {}")
    )
    reading = answered(about, page(about, *map(book, range(3))), [("genre", "NOVEL"), ("sheet_size", "2")])

    named = {one.clause for one in observe(reading, about)}
    named |= {one.clause for one in about.promised(no_item_comes_twice(walk(about, 1, [1], [1]), about))}

    assert named <= about.clauses.keys()
