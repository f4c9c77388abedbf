"""What is said of how an SDK reads whole lists, from what it returned."""

from dataclasses import replace
from typing import Any

import pytest
import samples
from recorded_bench import RecordedBench, attempt, error, honest, request

from contracts.sdk.bench import Call
from contracts.sdk.findings import Outcome, Question, Severity
from contracts.sdk.notes import Notes
from contracts.sdk.replies import EMPTY
from contracts.sdk.walks import Walk, note_walk

WALK = Walk("many", "3 items", 3)
WANTED = ["a", "b", "c"]


def walked(
    walk: Walk, identities: Any, raised: Any = None, limit: int = 9
) -> tuple[str, str, dict[str, Severity]]:
    bench = RecordedBench(samples.contract("jobs"), honest)
    notes = Notes(Question.WALKS, bench)
    came = attempt(request(bench, Call()), raised=raised, identities=identities)
    note_walk(notes, walk, came, WANTED, 9)
    (check,) = notes.checks
    return check.outcome, check.detail, {one.id.partition(":")[2]: one.severity for one in notes.findings}


def test_a_list_that_comes_whole_is_as_promised() -> None:
    assert walked(WALK, WANTED) == (Outcome.AS_PROMISED, "3 items, 0 lost, 0 twice, 1 request", {})


@pytest.mark.parametrize(
    ("identities", "what"), [(["a", "c"], "many:lost"), (["a", "b", "b", "c"], "many:twice")]
)
def test_items_that_are_lost_or_come_twice_lose_data(identities: Any, what: str) -> None:
    outcome, _, findings = walked(WALK, identities)

    assert outcome == Outcome.DIFFERS
    assert findings == {what: Severity.LOSES}


def test_an_error_in_the_middle_breaks_customers_beside_what_is_lost() -> None:
    _, detail, findings = walked(WALK, ["a"], error(status=500))

    assert findings == {"many:raises": Severity.BREAKS, "many:lost": Severity.LOSES}
    assert detail == "1 item, 2 lost, 0 twice, 1 request, raises ApiError with status 500"


def test_items_that_come_twice_since_others_arrived_are_a_fact() -> None:
    moving = replace(WALK, moves=True)

    assert walked(moving, ["a", "a", "b", "c"])[::2] == (Outcome.FACT, {})
    assert walked(moving, ["a", "c"])[2] == {"many:lost": Severity.LOSES}


def test_of_a_server_that_repeats_itself_it_is_told_how_long_the_sdk_went_on() -> None:
    endless = replace(WALK, bounded=True)

    told = "9 items, 0 lost, 8 twice, 1 request, does not notice that pages repeat"
    assert walked(endless, ["a"] * 9) == (Outcome.FACT, told, {})
    assert walked(endless, WANTED)[1] == "3 items, 0 lost, 0 twice, 1 request"


MIDWAY = replace(WALK, what="empty-midway", midway=EMPTY)


@pytest.mark.parametrize(
    ("identities", "raised", "found"),
    [
        (["a"], error(status=200), {}),
        (WANTED, None, {}),
        (["a"], None, {"empty-midway:lost": Severity.LOSES}),
        (["a"], error(is_own=False), {"empty-midway:foreign-error": Severity.MISLEADS}),
        (["a", "a", "b", "c"], None, {"empty-midway:twice": Severity.LOSES}),
    ],
    ids=["an error", "asked again", "a silent end", "another's error", "a page given twice"],
)
def test_a_list_that_breaks_off_midway_loses_data_unless_an_error_says_so(
    identities: Any, raised: Any, found: dict[str, Severity]
) -> None:
    assert walked(MIDWAY, identities, raised)[2] == found


def test_only_the_second_page_is_answered_otherwise() -> None:
    assert [MIDWAY.script(number) for number in range(3)] == [None, EMPTY, None]
    assert WALK.script(1) is None


def test_a_walk_tells_its_numbers_and_its_error() -> None:
    bench = RecordedBench(samples.contract("jobs"), honest)
    notes = Notes(Question.WALKS, bench)

    note_walk(notes, WALK, attempt(request(bench, Call()), raised=error(), identities=["a", "a"]), WANTED, 9)

    (check,) = notes.checks
    assert check.counts == {"items": 2, "lost": 2, "twice": 1, "requests": 1}
    assert check.error == "ApiError"
