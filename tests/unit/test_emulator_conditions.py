"""Faults under a condition come there and nowhere else."""

import json
from collections import defaultdict
from typing import Any

import probing
import pytest
from probing import Asked

from contracts.clauses import Family
from contracts.emulator.app import Emulator
from contracts.emulator.faults import faults
from contracts.emulator.faults.conditions import Condition, conditional
from contracts.emulator.hooks import Fault
from contracts.emulator.store import DEFAULT_JOBS
from contracts.fragment import default_fragment

FRAGMENT = default_fragment()
GOOD = probing.good_headers(FRAGMENT)
FAULTS = faults(FRAGMENT)
CONDITIONAL = {name: fault for name, fault in FAULTS.items() if "@" in name}
EMULATOR = Emulator(FRAGMENT)


def bodies(fault: Fault | None, *queries: str, way: int = 0) -> list[Any]:
    emulator = Emulator(FRAGMENT, fault=fault)
    emulator.items = EMULATOR.items
    headers = probing.good_headers(FRAGMENT, way)
    return [json.loads(Asked(query, headers).of(emulator).body) for query in queries]


def of_family(family: Family, condition: str) -> Fault:
    return next(
        fault
        for name, fault in CONDITIONAL.items()
        if fault.family is family and name.endswith(f"@{condition}")
    )


def test_each_condition_comes_over_a_fault_of_every_family_that_can_be_seen_there() -> None:
    found = defaultdict(set)
    for name, fault in CONDITIONAL.items():
        found[name.partition("@")[2]].add(fault.family.value)

    of_items = {"schema", "enum", "format"}
    of_pages = of_items | {"deprecation", "envelope", "protocol"}
    assert found == {
        "page-3": of_pages | {"filter", "pagination"},
        "per_page=1000": of_pages | {"filter", "pagination"},
        "action_type=MOVE": {"pagination"},
        "action_type=MOVE,status=PENDING": of_pages | {"filter"},
        "last-item": of_items | {"filter"},
        "1-in-100": of_items | {"filter", "deprecation"},
        "status-is-SKIPPED": of_items | {"filter", "deprecation"},
        "api_email+api_key": of_pages | {"error", "authentication"},
        "every-25th": of_pages | {"error", "filter", "pagination"},
    }


@pytest.mark.parametrize("name", CONDITIONAL)
def test_a_conditional_fault_breaks_what_the_fault_itself_breaks(name: str) -> None:
    fault = FAULTS[name.partition("@")[0]]

    assert CONDITIONAL[name].clauses == fault.clauses
    assert CONDITIONAL[name].summary.startswith(f"{fault.summary}, ")
    assert CONDITIONAL[name].is_intermittent == name.endswith("@every-25th")


WHERE = {
    "page-3": ("per_page=1000&page=3", "per_page=1000&page=2"),
    "per_page=1000": ("per_page=1000", "per_page=999"),
    "action_type=MOVE,status=PENDING": ("action_type=MOVE&status=PENDING", "action_type=MOVE&status=FAILED"),
}


@pytest.mark.parametrize("family", [Family.SCHEMA, Family.ENUM, Family.FORMAT])
@pytest.mark.parametrize("condition", WHERE)
def test_a_condition_on_requests_holds_for_some_and_not_for_others(condition: str, family: Family) -> None:
    there, elsewhere = WHERE[condition]

    found = bodies(of_family(family, condition), there, elsewhere)

    before = bodies(None, there, elsewhere)
    assert found[0] != before[0]
    assert found[1] == before[1]


def changed(fault: Fault, query: str) -> list[int]:
    """Give the numbers of the jobs on a page that a fault changes."""
    (found,), (before,) = bodies(fault, query), bodies(None, query)
    pairs = zip(found["result"], before["result"], strict=True)
    return [number for number, (one, other) in enumerate(pairs) if one != other]


@pytest.mark.parametrize("family", [Family.SCHEMA, Family.ENUM, Family.FORMAT])
def test_the_last_item_of_the_last_page_alone_is_changed(family: Family) -> None:
    fault = of_family(family, "last-item")

    assert changed(fault, "per_page=1000&page=3") == [DEFAULT_JOBS % 1000 - 1]
    assert changed(fault, "per_page=1000&page=2") == []


def test_one_item_in_a_hundred_is_changed_wherever_it_stands() -> None:
    fault = of_family(Family.SCHEMA, "1-in-100")

    found = changed(fault, "per_page=1000")

    assert 3 <= len(found) <= 25
    assert [number for number in found if number < 500] == changed(fault, "per_page=500")


def test_only_jobs_with_one_value_are_changed() -> None:
    fault = of_family(Family.FORMAT, "status-is-SKIPPED")

    found = changed(fault, "per_page=1000")

    (before,) = bodies(None, "per_page=1000")
    assert found == [number for number, job in enumerate(before["result"]) if job["status"] == "SKIPPED"]


def test_only_who_comes_with_the_other_credentials_sees_the_fault() -> None:
    fault = of_family(Family.ENVELOPE, "api_email+api_key")

    assert bodies(fault, "") == bodies(None, "")
    assert bodies(fault, "", way=1) != bodies(None, "", way=1)


def test_every_25th_request_sees_the_fault() -> None:
    fault = of_family(Family.ENVELOPE, "every-25th")
    (before,) = bodies(None, "")

    found = bodies(fault, *[""] * 51)

    assert [number for number, one in enumerate(found, 1) if one != before] == [25, 50]


def test_a_condition_holds_for_every_hook_of_a_fault() -> None:
    fault = FAULTS["accepts/no-credentials"]
    emulator = Emulator(
        FRAGMENT, fault=conditional(fault, Condition("never", "never", lambda *_: True, lambda _: False))
    )

    assert Asked().of(emulator).status == 401
