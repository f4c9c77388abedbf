"""The census counts by columns; here it is told value by value, and both count the same."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import samples
from hypothesis import assume, given
from hypothesis import strategies as st
from mutations import Mutation, mutations
from odd_bodies import JSON, PLACES, OddBody, odd_bodies

from contracts.census import Census, json_type
from contracts.clauses import ABSENT
from contracts.clauses.ids import body_clause
from contracts.clauses.wording import listed
from contracts.contract import Contract
from contracts.location import Location
from contracts.schema import ASSERTIONS, RULES, Node

BY_TYPE = {
    "string": ("minLength", "maxLength", "pattern", "format"),
    "array": ("minItems", "maxItems"),
    "integer": ("minimum", "maximum"),
    "number": ("minimum", "maximum"),
}
CHECKED, GONE, STILL_SENT = "checked", "gone", "still sent"
Event = tuple[Location, str, str]
"""One thing to count: the place and keyword of a clause, and one of these words or a coverage point."""


class Reference:
    """Tells what there is to count, one value at a time."""

    def __init__(self, about: Contract) -> None:
        self.as_of = about.as_of

    def events(self, node: Node, value: Any) -> Iterator[Event]:
        kind = json_type(value)
        if node.types:
            yield node.location, "type", CHECKED
            if kind == "integer" and kind not in node.types:
                kind = "number"
            if kind not in node.types:
                return
            yield node.location, "type", f"point {kind}"
        for keyword in {"const", "enum", *BY_TYPE.get(kind, ())} & node.keywords.keys():
            yield node.location, keyword, CHECKED
        told = listed([value]) if isinstance(value, str | int | float) else None
        if told in [listed([each]) for each in node.keywords.get("enum", ())]:
            yield node.location, "enum", f"point {told}"
        if isinstance(value, dict):
            yield from self.members(node, value)
            yield from self.union(node, value)
        if isinstance(value, list) and node.items:
            for item in value:
                yield from self.events(node.items, item)

    def members(self, node: Node, value: dict[str, Any]) -> Iterator[Event]:
        for name, child in node.properties.items():
            if name != node.selector:
                yield from self.presence(node, name, child, name in value)
                if name in value:
                    yield from self.events(child, value[name])

    def presence(self, node: Node, name: str, child: Node, is_present: bool) -> Iterator[Event]:
        is_required = name in node.keywords.get("required", ())
        is_over = child.sunset is not None and child.sunset <= self.as_of
        if is_required and not is_over:
            yield child.location, "required", CHECKED
        if child.types and not is_required and not is_present:
            yield child.location, "type", f"point {ABSENT}"
        for keyword in (*(["required"] if is_required else []), *child.keywords):
            if is_over and keyword in ASSERTIONS | RULES:
                yield child.location, keyword, STILL_SENT if is_present else GONE

    def union(self, node: Node, value: dict[str, Any]) -> Iterator[Event]:
        if node.branches:
            yield node.location, "oneOf", CHECKED
            selector = value.get(node.discriminator)
            if isinstance(selector, str) and selector in node.branches:
                yield node.location, "oneOf", f"point {selector}"
                yield from self.events(node.branches[selector], value)


def varied(node: Node, value: Any, draw: st.DrawFn) -> Any:
    """Draw another instance of a schema from one: other values of enums, null, optional members left out."""
    if node.types and "null" in node.types and draw(st.booleans()):
        return None
    if "enum" in node.keywords:
        return draw(st.sampled_from(node.keywords["enum"]))
    if isinstance(value, dict):
        branch = node.branches.get(value.get(node.discriminator), node)
        required = branch.keywords.get("required", ())
        return {
            name: member if name == branch.selector else varied(branch.properties[name], member, draw)
            for name, member in value.items()
            if name in required or name == branch.selector or draw(st.booleans())
        }
    if isinstance(value, list) and node.items:
        return [varied(node.items, item, draw) for item in value * draw(st.integers(0, 2))]
    return value


@st.composite
def valid_bodies(draw: st.DrawFn) -> tuple[str, str, list[Any]]:
    """Draw (contract, status, bodies that are known to be valid)."""
    name, status = draw(st.sampled_from(sorted(PLACES)))
    about = samples.contract(name)
    root = about.fragment.responses[status].body
    assert root
    full = samples.full_body(about, status)
    bodies = [varied(root, full, draw) for _ in range(draw(st.integers(1, 3)))]
    assume(all(map(about.validators[status].is_surely_valid, bodies)))
    return name, status, bodies


def expected(about: Contract, status: str, body: Any) -> Counter[tuple[str, str]]:
    root = about.fragment.responses[status].body
    assert root
    events = Reference(about).events(root, body)
    return Counter((body_clause(status, place, keyword), what) for place, keyword, what in events)


def counted(about: Contract, status: str, *bodies: Any, of_valid: bool = False) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    census = Census(about.fragment.responses[status], about.as_of, of_valid=of_valid)
    for count in census.count(list(bodies)):
        found[count.clause, CHECKED] += count.checked
        found[count.clause, GONE] += count.gone
        found[count.clause, STILL_SENT] += count.still_sent
        for point, times in count.points.items():
            assert times
            found[count.clause, f"point {point}"] += times
    return +found


@given(odd=odd_bodies())
def test_columns_count_what_values_do_in_an_odd_body(odd: OddBody) -> None:
    about = samples.contract(odd.contract)

    assert counted(about, odd.status, odd.body) == expected(about, odd.status, odd.body)


@given(drawn=valid_bodies())
def test_bodies_that_are_known_to_be_valid_are_counted_alike_and_together(drawn: Any) -> None:
    name, status, bodies = drawn
    about = samples.contract(name)

    whole = sum((expected(about, status, body) for body in bodies), Counter())
    assert counted(about, status, *bodies) == counted(about, status, *bodies, of_valid=True) == whole


@given(body=JSON)
def test_columns_count_what_values_do_in_anything(body: Any) -> None:
    for name, status in PLACES:
        about = samples.contract(name)

        assert counted(about, status, body) == expected(about, status, body)


@pytest.mark.parametrize("day", [samples.BEFORE, samples.AS_OF], ids=["before the sunset", "after it"])
@pytest.mark.parametrize(
    "mutation", [*mutations("jobs"), *mutations("shelf")], ids=lambda one: f"{one.contract} {one.clause}"
)
def test_columns_count_what_values_do_in_a_body_with_one_thing_wrong(mutation: Mutation, day: Any) -> None:
    about = samples.contract(mutation.contract, day)

    assert counted(about, mutation.status, mutation.body) == expected(about, mutation.status, mutation.body)
