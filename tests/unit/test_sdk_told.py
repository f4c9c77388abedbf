"""What an SDK made of a value, beside what the server sent."""

from typing import Any

import pytest

from contracts.sdk.told import Loss, at, losses

KEPT = [
    (None, {"null": True}),
    (True, {"boolean": True}),
    (12, {"integer": "12"}),
    (12, {"number": "12.0"}),
    ("text", {"string": "text"}),
    ("2026-11-24T09:30:00Z", {"string": "2026-11-24T09:30:00Z"}),
    ("2026-11-24T09:30:00Z", {"date-time": "2026-11-24T09:30:00+00:00"}),
    ("2026-11-24t09:30:00.5+05:45", {"date-time": "2026-11-24T03:45:00.500000+00:00"}),
    ("2026-11-24T09:30:00.1230000Z", {"date-time": "2026-11-24T09:30:00.123000+00:00"}),
    ([1], {"array": [{"integer": "1"}]}),
    ({"a": 1}, {"object": {"a": {"integer": "1"}, "b": {"null": True}}, "class": "Added"}),
]
LOST = [
    (None, {"string": ""}),
    (True, {"integer": "1"}),
    (2**53 + 1, {"integer": str(2**53)}),
    (1, {"string": "1"}),
    ("text", {"null": True}),
    ("2026-11-24T09:30:00Z", {"date-time": "2026-11-24T10:30:00+00:00"}),
    ([1, 2], {"array": [{"integer": "1"}]}),
    ({"a": 1}, {"object": {}, "class": ""}),
    ({"a": 1}, {"string": "a"}),
]


@pytest.mark.parametrize(("sent", "told"), KEPT)
def test_a_value_that_came_through_is_no_loss(sent: Any, told: Any) -> None:
    assert list(losses(sent, told)) == []


@pytest.mark.parametrize(("sent", "told"), LOST)
def test_a_value_that_became_another_is_a_loss(sent: Any, told: Any) -> None:
    found = list(losses(sent, told))

    assert len(found) == 1
    assert not found[0].is_small


@pytest.mark.parametrize(
    ("sent", "told", "is_gone"),
    [
        (2**53 + 1, {"integer": str(2**53)}, False),
        ("2026-11-24T09:30:00Z", {"date-time": "2026-11-24T10:30:00+00:00"}, False),
        ("text", {"null": True}, True),
        ("text", None, True),
        ([1, 2], {"array": [{"integer": "1"}]}, True),
        ([1], {"array": [{"integer": "1"}, {"integer": "1"}]}, False),
        ({"a": 1}, {"string": "a"}, True),
    ],
)
def test_another_value_is_told_from_none(sent: Any, told: Any, is_gone: bool) -> None:
    (found,) = losses(sent, told)

    assert found.is_gone == is_gone


def test_what_is_below_a_microsecond_is_a_small_loss() -> None:
    told = {"date-time": "2026-11-24T09:30:00.123456+00:00"}

    (found,) = losses("2026-11-24T09:30:00.123456789Z", told)

    assert found.is_small


def test_a_loss_is_told_with_its_place() -> None:
    told = {"object": {"list": {"array": [{"object": {}, "class": ""}]}}, "class": ""}

    assert list(losses({"list": [{"name": "x"}]}, told)) == [
        Loss("list[].name", "'x'", "nothing", is_gone=True)
    ]


def test_a_place_is_found_in_what_was_told() -> None:
    told = {"object": {"list": {"array": [{"object": {"name": {"string": "x"}}, "class": ""}]}}, "class": ""}

    assert at(told, ("list", "[]", "/BRANCH", "name")) == {"string": "x"}
    assert at(told, ("list", "[]", "other")) is None
