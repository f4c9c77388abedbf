"""Members that a strict mode requires beyond the contract, learnt from what it says of an answer."""

from typing import Any

import pytest

from contracts.sdk.additions import added_to, additions, place_of
from contracts.sdk.bench import Attempt, Problem, Raised

BODY = {"success": True, "result": [{"id": "x", "count": 7}, {"id": "y", "count": 8}]}
PLACE = ("result", "[]", "skipped")


def refused(*problems: Problem) -> Attempt:
    return Attempt((), 0.0, raised=Raised("Invalid", ("Invalid",), True, 200, "invalid", problems))


def strict(body: Any) -> Attempt:
    """Read as an SDK whose type has an integer more, and takes true for one."""
    for number, item in enumerate(body["result"]):
        place = ("result", str(number), "skipped")
        if "skipped" not in item:
            return refused(Problem(place, True, "Field required"))
        if not isinstance(item["skipped"], int):
            return refused(Problem((*place, "int"), False, "should be an integer"))
    told = {
        "array": [{"object": {"skipped": {"integer": str(int(item["skipped"]))}}} for item in body["result"]]
    }
    return Attempt((), 0.0, returned={"object": {"result": told}})


def test_a_member_that_is_required_is_added_with_a_value_of_the_answer_that_comes_back_as_it_is() -> None:
    added = additions(BODY, strict(BODY), strict)

    assert added == {PLACE: 7}
    assert strict(added_to(BODY, added)).raised is None


def test_a_member_is_added_wherever_the_object_is_that_has_it_and_nowhere_else() -> None:
    assert added_to({"result": [{}, {"skipped": 1}]}, {PLACE: 7}) == {
        "result": [{"skipped": 7}, {"skipped": 1}]
    }
    assert added_to({"result": []}, {PLACE: 7}) == {"result": []}
    assert added_to({"result": None}, {PLACE: 7}) == {"result": None}


@pytest.mark.parametrize(
    "attempt",
    [
        refused(),
        refused(Problem(("result", "0", "id"), False, "should be an integer")),
        refused(Problem(("result", "0", "skipped"), True, "Field required")),
    ],
    ids=["nothing is said", "something else is wrong", "no value is taken"],
)
def test_what_no_addition_mends_is_given_up(attempt: Attempt) -> None:
    assert additions(BODY, attempt, lambda body: attempt) is None


def test_a_place_is_told_without_what_the_sdk_says_of_its_types() -> None:
    problem = Problem(("result", "1", "Variant", "skipped"), True, "Field required")

    assert place_of(problem, BODY) == PLACE
    assert place_of(Problem(("result", "1", "count", "int"), False, "no"), BODY) == ("result", "[]", "count")
