"""The census: how often each clause applied, and which points were seen."""

from decimal import Decimal
from typing import Any

import pytest
from samples import AS_OF, BEFORE, contract, full_body, job, page

from contracts.census import Census, Count, json_type
from contracts.contract import Contract


def counted(about: Contract, body: Any) -> dict[str, Count]:
    return {count.clause: count for count in Census(about.fragment.success, about.as_of).count([body])}


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "null"),
        (True, "boolean"),
        ("", "string"),
        ([], "array"),
        ({}, "object"),
        (0, "integer"),
        (10**5000, "integer"),
        (1.0, "integer"),
        (-0.0, "integer"),
        (0.5, "number"),
        (float("inf"), "number"),
        (float("nan"), "number"),
        (Decimal("0.5"), "number"),
    ],
    ids=[
        "null",
        "true",
        "text",
        "array",
        "object",
        "zero",
        "huge",
        "1.0",
        "-0.0",
        "0.5",
        "inf",
        "nan",
        "decimal",
    ],
)
def test_a_value_has_the_type_that_json_schema_gives_it(value: Any, kind: str) -> None:
    assert json_type(value) == kind


def test_each_value_of_an_enum_is_a_point_and_null_is_none(jobs: Contract) -> None:
    actions = ["MOVED", None, "PREVIEW", "MOVED"]
    items = (job(n, search_params={"message_action": action}) for n, action in enumerate(actions))

    found = counted(jobs, page(jobs, *items))

    assert found["200.result[].search_params.message_action:enum"].points == {"MOVED": 2, "PREVIEW": 1}
    assert found["200.result[].search_params.message_action:enum"].checked == 4
    assert found["200.result[].search_params.message_action:type"].points == {"string": 3, "null": 1}


def test_each_branch_of_a_union_is_a_point_and_only_its_own_clauses_apply(each: Contract) -> None:
    found = counted(each, full_body(each))

    unions = {clause: count.points for clause, count in found.items() if clause.endswith(":oneOf")}
    inside = {clause: count.checked for clause, count in found.items() if "/" in clause}
    assert list(unions.values()) in ([{"MOVE": 1, "RELEASE": 1}], [{"PAPER": 1, "CLOTH": 1}])
    assert set(inside.values()) == {1}


@pytest.mark.parametrize(
    ("day", "checked", "still_sent"), [(BEFORE, 1, 0), (AS_OF, 0, 1)], ids=["before the sunset", "after it"]
)
@pytest.mark.parametrize("of_valid", [False, True], ids=["any", "valid"])
def test_that_a_member_is_there_after_its_sunset_is_nothing_that_could_have_failed(
    day: Any, checked: int, still_sent: int, of_valid: bool
) -> None:
    about = contract("shelf", day)
    census = Census(about.fragment.success, day, of_valid=of_valid)

    found = {count.clause: count for count in census.count([full_body(about)])}

    one, other = (found[f"200.sheet_info.grand_total:{keyword}"] for keyword in ("required", "const"))
    assert (one.checked, one.gone, one.still_sent) == (checked, 0, still_sent)
    assert (other.checked, other.gone, other.still_sent) == (1, 0, still_sent)


@pytest.mark.parametrize(
    ("day", "checked", "gone"), [(BEFORE, 1, 0), (AS_OF, 0, 1)], ids=["before the sunset", "after it"]
)
def test_an_absent_member_is_gone_only_after_its_sunset(day: Any, checked: int, gone: int) -> None:
    about = contract("shelf", day)
    body = full_body(about)
    del body["sheet_info"]["grand_total"]

    found = counted(about, body)

    one = found.get("200.sheet_info.grand_total:required", Count(""))
    assert (one.checked, one.gone) == (checked, gone)


def test_a_count_starts_anew_with_each_body(each: Contract) -> None:
    census = Census(each.fragment.success, each.as_of)

    first = [(count.clause, count.checked, dict(count.points)) for count in census.count([full_body(each)])]
    second = [(count.clause, count.checked, dict(count.points)) for count in census.count([full_body(each)])]

    assert first == second


@pytest.mark.parametrize("body", [None, 1, "x", [], {}, {"result": [1, None, {"status": []}]}], ids=repr)
def test_any_body_can_be_counted(each: Contract, body: Any) -> None:
    found = counted(each, body)

    assert found["200:type"].checked == 1
    assert found.keys() <= each.clauses.keys()
