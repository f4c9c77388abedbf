from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
import samples
from plain_jsonschema import DATE_TIME, moment, schema_errors, undeclared

from contracts.emulator.data import Items, columns
from contracts.emulator.store import DEFAULT_JOBS, Store
from contracts.fragment import Fragment, default_fragment
from contracts.schema import Node


def items_of(fragment: Fragment, count: int = DEFAULT_JOBS, seed: int = 0) -> list[Any]:
    items = Items(fragment, Store(columns(fragment), count, seed), seed)
    return [items.fresh(index) for index in range(count)]


def states(node: Node, value: Any) -> Iterator[tuple[str, str]]:
    """Yield what can be seen of a value: each member absent, null or there, each enum value, each branch."""
    place = ".".join(node.location)
    if isinstance(value, dict):
        branch = node.branches.get(value.get(node.discriminator, ""))
        for part in [node, branch] if branch else [node]:
            for name, child in part.properties.items():
                here = ".".join(child.location)
                yield here, "absent" if name not in value else "null" if value[name] is None else "there"
                if value.get(name) is not None:
                    yield from states(child, value[name])
    elif "enum" in node.keywords or isinstance(value, bool):
        yield place, str(value)


def promised_states(node: Node) -> Iterator[tuple[str, str]]:
    """Yield all that the schema allows to be seen."""
    for part in node.walk():
        place = ".".join(part.location)
        for value in part.keywords.get("enum", [True, False] if "boolean" in part.types else []):
            if value is not None:
                yield place, str(value)
        for name, child in part.properties.items():
            here = ".".join(child.location)
            yield here, "there"
            if name not in part.keywords.get("required", ()):
                yield here, "absent"
            if "null" in child.types:
                yield here, "null"


def item_node(fragment: Fragment) -> Node:
    assert fragment.pagination
    assert fragment.success.body
    return next(node for node in fragment.success.body.walk() if node.location == fragment.pagination.items)


@pytest.mark.parametrize("name", ["jobs", "shelf"])
def test_every_item_keeps_its_schema_and_has_no_member_beyond_it(name: str) -> None:
    fragment = samples.contract(name).fragment
    node = item_node(fragment)

    items = items_of(fragment, 500)

    assert [error for item in items for error in schema_errors(fragment, node, item)] == []
    assert [name for item in items for name in undeclared(node, item)] == []


@pytest.mark.parametrize("seed", [0, 1, 20261124])
def test_all_that_the_schema_allows_occurs_over_the_default_number_of_jobs(seed: int) -> None:
    fragment = default_fragment()
    node = item_node(fragment)

    seen = {state for item in items_of(fragment, seed=seed) for state in states(node, item)}

    assert set(promised_states(node)) - seen == set()


def test_members_that_must_be_equal_are_equal() -> None:
    jobs = items_of(default_fragment(), 300)
    books = items_of(samples.contract("shelf").fragment, 300)

    assert [job for job in jobs if job["action_params"]["type"] != job["action_type"]] == []
    assert [book for book in books if book["cover"]["kind"] != book["binding"]] == []
    assert {book["binding"] for book in books} == {"PAPER", "CLOTH"}


def test_every_date_time_of_an_item_is_later_than_all_of_the_next() -> None:
    def moments(item: Any) -> list[Any]:
        if isinstance(item, dict):
            return [found for value in item.values() for found in moments(value)]
        return [moment(item)] if isinstance(item, str) and DATE_TIME.fullmatch(item) else []

    def ordered(found: tuple[datetime, float]) -> datetime:
        return found[0] + timedelta(seconds=found[1])

    times = [[ordered(found) for found in moments(item)] for item in items_of(default_fragment(), 1000)]

    assert all(min(newer) > max(older) for newer, older in pairwise(times))


def test_date_times_come_in_all_shapes() -> None:
    texts = [job["created_at"] for job in items_of(default_fragment())]

    found = [DATE_TIME.fullmatch(text) for text in texts]
    digits = {len(shape[3] or ".") - 1 for shape in found if shape}
    zones = {shape[4] for shape in found if shape}

    assert digits == set(range(10))
    assert {"Z", "z", "+02:00", "-00:00", "+00:00", "-03:30"} <= zones
    assert any("t" in text for text in texts)


def test_no_two_items_have_the_same_identity() -> None:
    identities = [job["job_id"] for job in items_of(default_fragment(), 20_000)]

    assert len(set(identities)) == 20_000
    assert {UUID(identity).version for identity in identities} == {4}


def test_items_follow_from_the_seed_and_the_index_alone() -> None:
    fragment = default_fragment()

    assert items_of(fragment, 50, seed=3) == items_of(fragment, 100, seed=3)[:50]
    assert items_of(fragment, 50, seed=3) != items_of(fragment, 50, seed=4)


def test_a_kept_item_is_the_one_that_would_be_made_again() -> None:
    fragment = default_fragment()
    items = Items(fragment, Store(columns(fragment), 10, 0), 0)

    assert items.cached(7) == items.fresh(7)
    assert items.cached(7) is items.cached(7)
    assert items.fresh(7) is not items.fresh(7)


def test_an_enum_value_that_is_added_to_the_fragment_occurs(edited: Any) -> None:
    path = edited(("- SKIPPED", "- SKIPPED\n        - PAUSED"), of="jobs")

    seen = {job["status"] for job in items_of(Fragment(path), 500)}

    assert "PAUSED" in seen


def test_a_value_that_no_branch_of_the_union_fits_does_not_occur(edited: Any) -> None:
    path = edited(("enum: [MOVE, RELEASE]", "enum: [MOVE, RELEASE, COPY]"), of="jobs")

    seen = {job["action_type"] for job in items_of(Fragment(path), 500)}

    assert seen == {"MOVE", "RELEASE"}


def test_an_identity_that_is_no_uuid_is_unique_as_well(edited: Any) -> None:
    path = edited(("book_id: {type: string, format: uuid", "book_id: {type: integer, minimum: 5"))

    books = items_of(Fragment(path), 100)

    assert [book["book_id"] for book in books] == list(range(5, 105))
