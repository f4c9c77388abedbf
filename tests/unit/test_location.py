"""Locations: read, written, and found in instances."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.location import Location, find, owned_values, parse, show, values, values_in

NAMES = st.from_regex(r"\A[A-Za-z_$@][A-Za-z0-9_$@-]*\Z")
LOCATIONS = st.lists(st.tuples(NAMES, st.integers(0, 2)), min_size=1, max_size=4).map(
    lambda steps: tuple(step for name, depth in steps for step in (name, *["[]"] * depth))
)


@given(LOCATIONS)
def test_what_is_written_reads_back(location: Location) -> None:
    assert parse(show(location)) == location


@pytest.mark.parametrize(
    ("location", "text"),
    [
        pytest.param((), "", id="root"),
        pytest.param(("result", "[]", "status"), "result[].status", id="member of items"),
        pytest.param(("a", "[]", "[]"), "a[][]", id="items of items"),
        pytest.param(("[]", "a"), "[].a", id="root is an array"),
        pytest.param(("p", "/MOVE", "to"), "p/MOVE.to", id="member of a branch"),
    ],
)
def test_a_location_is_written_as_clause_ids_have_it(location: Location, text: str) -> None:
    assert show(location) == text


@pytest.mark.parametrize("text", ["", ".", "a.", ".a", "a..b", "[]", "a[", "a[0]", "a b", "a/b", "é", "1a"])
def test_a_text_that_is_no_location_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a location"):
        parse(text)


@pytest.mark.parametrize(
    ("instance", "location", "places"),
    [
        pytest.param({"a": 1}, (), [("", {"a": 1})], id="root"),
        pytest.param({"a": None}, ("a",), [("/a", None)], id="null is there"),
        pytest.param({}, ("a",), [], id="absent"),
        pytest.param(
            {"a": [{"b": 1}, {}, {"b": 2}]}, ("a", "[]", "b"), [("/a/0/b", 1), ("/a/2/b", 2)], id="items"
        ),
        pytest.param({"a": {"0": 1}}, ("a", "[]"), [], id="object is no array"),
        pytest.param({"a": "bc"}, ("a", "[]"), [], id="string is no array"),
        pytest.param(["a"], ("a",), [], id="array is no object"),
        pytest.param({"x$@": [[7]]}, ("x$@", "[]", "[]"), [("/x$@/0/0", 7)], id="nested arrays"),
    ],
)
def test_the_places_that_are_there_are_found(
    instance: object, location: Location, places: list[tuple[str, object]]
) -> None:
    assert list(find(instance, location)) == places
    assert values(instance, location) == [value for _, value in places]


STEPS = st.sampled_from(["a", "b", "[]"])
INSTANCES = st.recursive(
    st.none() | st.integers() | st.sampled_from(["a", 0.5, Decimal(1), True]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=20,
)


@given(instances=st.lists(INSTANCES, max_size=3), location=st.lists(STEPS, max_size=3).map(tuple))
def test_values_are_found_in_the_order_of_the_places_and_each_with_its_owner(
    instances: list[object], location: Location
) -> None:
    owned = owned_values(instances, location)

    assert owned == [(each, value) for each in instances for _, value in find(each, location)]
    assert values_in(instances, location) == [value for _, value in owned]


@given(instance=INSTANCES, location=st.lists(STEPS, max_size=4).map(tuple))
def test_a_pointer_leads_to_the_value_it_comes_with(instance: Any, location: Location) -> None:
    for pointer, value in find(instance, location, "/start"):
        here = instance
        for token in pointer.split("/")[2:]:
            here = here[int(token) if isinstance(here, list) else token]

        assert here is value
