from typing import Any

import pytest
import samples

from contracts.emulator.altering import GONE, altered, everywhere, same
from contracts.location import Location

SHELF = samples.contract("shelf")
ROOT = SHELF.fragment.success.body
assert ROOT
BOOKS: list[dict[str, Any]] = [
    {"genre": "NOVEL", "cover": {"kind": "PAPER"}},
    {"genre": "POETRY", "cover": {"kind": "CLOTH", "colour": "RED"}},
]
BODY: dict[str, Any] = {"books": BOOKS, "sheet_info": {"held": 2}}


@pytest.mark.parametrize(
    ("at", "changed"),
    [
        (("sheet_info", "held"), {"books": BOOKS, "sheet_info": {"held": "x"}}),
        (("books",), {"books": "x", "sheet_info": {"held": 2}}),
        (("books", "[]", "genre"), BODY | {"books": [book | {"genre": "x"} for book in BOOKS]}),
        (
            ("books", "[]", "cover", "kind"),
            BODY | {"books": [b | {"cover": b["cover"] | {"kind": "x"}} for b in BOOKS]},
        ),
        (
            ("books", "[]", "cover", "/CLOTH", "colour"),
            BODY | {"books": [BOOKS[0], BOOKS[1] | {"cover": {"kind": "CLOTH", "colour": "x"}}]},
        ),
        (("books", "[]", "note"), BODY),
        ((), "x"),
    ],
    ids=["member", "array", "each item", "discriminator", "branch", "not there", "root"],
)
def test_every_place_that_is_there_is_changed_and_nothing_else(at: Location, changed: Any) -> None:
    assert ROOT
    assert altered(ROOT, at, BODY, lambda _: "x") == changed


def test_what_is_changed_stays_as_it_is_itself() -> None:
    assert ROOT
    before = repr(BODY)

    made = altered(ROOT, ("sheet_info", "held"), BODY, lambda value: value + 1)

    assert repr(BODY) == before
    assert made["books"] is BOOKS


def test_a_member_can_be_left_out() -> None:
    assert ROOT
    made = altered(ROOT, ("books", "[]", "genre"), BODY, lambda _: GONE)

    assert made["books"] == [{"cover": book["cover"]} for book in BOOKS]


def test_all_objects_and_all_scalars_can_be_changed() -> None:
    value = {"a": [1, {"b": None}]}

    assert everywhere(value, lambda members: members | {"c": 0}, same) == {
        "a": [1, {"b": None, "c": 0}],
        "c": 0,
    }
    assert everywhere(value, same, lambda one: one or 7) == {"a": [1, {"b": 7}]}
