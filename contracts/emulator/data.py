"""Makes values that a schema allows, in all the forms that it allows, from random bits.

`Makers` turns a schema into a function once; `Items` makes the items of the list with it. Which values
the filtered members have is told by `store.py`, how an answer is put together in `envelope.py`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any

from contracts.emulator.mixing import bits, drawing, mix
from contracts.emulator.scalars import Make, by_index, scalar
from contracts.emulator.store import Store
from contracts.emulator.writing import written
from contracts.fragment import Fragment
from contracts.location import Location, parse, show
from contracts.operation import Pagination
from contracts.schema import NULL, Node

Nodes = Mapping[Location, Node]
Finish = Callable[[int, Any], Any]

_STATES = 8
_ABSENT_OF_STATES = 3
_NULL_OF_STATES = 2
_FILLED_ARRAYS = (0,) * 11 + (1,) * 3 + (2,) * 2
_CACHED_ITEMS = 4096


class Presence(StrEnum):
    """How members come that need not be there, or may be null."""

    MIXED = "mixed"
    PRESENT = "present"
    NULL = "null"
    ABSENT = "absent"


class Makers:
    """Builds the functions that make values of schemas.

    The places `fixed` are always there, and made by the functions given for them.
    """

    def __init__(self, fixed: Mapping[Location, Make], presence: Presence = Presence.MIXED) -> None:
        self._fixed = fixed
        self._presence = presence

    def of(self, node: Node) -> Make:
        """Build the function that makes values of the schema `node`."""
        if node.location in self._fixed:
            return self._fixed[node.location]
        if "const" in node.keywords:
            return _always(node.keywords["const"])
        if "enum" in node.keywords:
            return _one_of(_choices(node))
        if node.branches:
            return self._union(node)
        if node.properties:
            return self._object(node)
        if node.items:
            return self._array(node, node.items)
        kinds = [kind for kind in node.types if kind != NULL] or list(node.types) or ["string"]
        return _either([scalar(kind, node) for kind in kinds])

    def _object(self, node: Node) -> Make:
        members = [
            (name, *self._limits(node, name), self.of(child)) for name, child in node.properties.items()
        ]
        draws = drawing(len(members))

        def make(draw: int, index: int) -> Any:
            made = {}
            for own, (name, absent, null, make_member) in zip(draws(draw), members, strict=True):
                state = own % _STATES
                if state >= null:
                    made[name] = make_member(own // _STATES, index)
                elif state >= absent:
                    made[name] = None
            return made

        return make

    def _limits(self, node: Node, name: str) -> tuple[int, int]:
        """Give the states below which the member is left out, and below which it is null."""
        child = node.properties[name]
        is_forced = any(place[: len(child.location)] == child.location for place in self._fixed)
        is_optional = name not in node.keywords.get("required", ()) and not is_forced
        is_nullable = NULL in child.types and child.types != (NULL,) and not is_forced
        of_states = {
            Presence.MIXED: (_ABSENT_OF_STATES, _NULL_OF_STATES),
            Presence.PRESENT: (0, 0),
            Presence.NULL: (0, _STATES),
            Presence.ABSENT: (_STATES, 0),
        }
        absent, null = of_states[self._presence]
        return absent * is_optional, absent * is_optional + null * is_nullable

    def _union(self, node: Node) -> Make:
        branches = {value: self.of(branch) for value, branch in node.branches.items()}
        own = self._object(node)
        select = self._fixed.get((*node.location, node.discriminator), _one_of(list(branches)))

        def make(draw: int, index: int) -> Any:
            return {**own(draw, index), **branches[select(draw, index)](mix(draw), index)}

        return make

    def _array(self, node: Node, items: Node) -> Make:
        fewest, most = node.keywords.get("minItems", 0), node.keywords.get("maxItems", _FILLED_ARRAYS[-1])
        make_item = self.of(items)

        def make(draw: int, index: int) -> Any:
            count = max(fewest, min(most, _FILLED_ARRAYS[draw % len(_FILLED_ARRAYS)]))
            return [make_item(mix(draw + number), index) for number in range(count)]

        return make


class Items:
    """Makes the items of the list; empty where the fragment has no list.

    Each is made once, and then `finish` is asked for what to make of it, given its index. `cached` gives the
    item at an index, `written` what stands for it in bodies that nobody looks into.
    """

    def __init__(
        self,
        fragment: Fragment,
        store: Store,
        seed: int,
        presence: Presence = Presence.MIXED,
        finish: Finish | None = None,
    ) -> None:
        self._start = mix(seed)
        self._finish = finish
        self.cached = lru_cache(_CACHED_ITEMS)(self.fresh)
        self.written = lru_cache(_CACHED_ITEMS)(lambda index: written(self.fresh(index)))
        pagination, body = fragment.pagination, fragment.success.body
        if pagination and body:
            fixed = dict(self._fixed(fragment, pagination, store))
            self._make = Makers(fixed, presence).of(_nodes(fragment)[pagination.items])

    def fresh(self, index: int) -> Any:
        """Make the item at `index`; it belongs to the caller, unlike that of `cached`."""
        item = self._make(mix(self._start ^ index), index)
        return self._finish(index, item) if self._finish else item

    def _fixed(
        self, fragment: Fragment, pagination: Pagination, store: Store
    ) -> Iterator[tuple[Location, Make]]:
        nodes = _nodes(fragment)
        identity = (*pagination.items, *pagination.identity)
        yield identity, by_index(nodes[identity], self._start)
        equals = dict(_equals(fragment))
        for here, there in equals.items():
            salt = bits(show(here).encode()) ^ self._start
            choices = _agreed(nodes, equals, here)
            make = _same_for_item(_one_of(choices) if choices else Makers({}).of(nodes[here]), salt)
            yield from ((here, make), (there, make))
        for member in columns(fragment):
            make = _stored(store, member)
            place = (*pagination.items, *member)
            yield place, make
            yield from ((there, make) for here, there in equals.items() if here == place)
            yield from ((here, make) for here, there in equals.items() if there == place)


def columns(fragment: Fragment) -> Mapping[Location, Sequence[Any]]:
    """Give the members that filters look at, relative to an item, and the values that they take."""
    pagination = fragment.pagination
    if not pagination:
        return {}
    nodes, equals = _nodes(fragment), dict(_equals(fragment))
    return {
        parameter.filter.member: _agreed(nodes, equals, (*pagination.items, *parameter.filter.member))
        or _choices(parameter.node)
        for parameter in fragment.query
        if parameter.filter
    }


def _nodes(fragment: Fragment) -> Nodes:
    body = fragment.success.body
    return {node.location: node for node in body.walk()} if body else {}


def _equals(fragment: Fragment) -> Iterator[tuple[Location, Location]]:
    for node in _nodes(fragment).values():
        if "x-equals" in node.keywords:
            yield node.location, (*node.location[:-1], *parse(node.keywords["x-equals"]))


def _agreed(nodes: Nodes, equals: Mapping[Location, Location], place: Location) -> list[Any]:
    """Give the values that a place may have where another, perhaps of a union, must have the same.

    A value of one that the other forbids can stand in no valid item.
    """
    choices = _choices(nodes[place])
    other = equals.get(place)
    if other and other in nodes:
        allowed = _choices(nodes[other]) or choices
    elif other and other[:-1] in nodes:
        allowed = list(nodes[other[:-1]].branches)
    else:
        return choices
    return [value for value in choices if value in allowed] or allowed


def _choices(node: Node) -> list[Any]:
    keywords = node.keywords
    if "boolean" in node.types:
        return [True, False]
    found = [keywords["const"]] if "const" in keywords else keywords.get("enum", keywords.get("examples", ()))
    return [value for value in found if value is not None]


def _always(value: Any) -> Make:
    return lambda draw, index: value


def _one_of(values: Sequence[Any]) -> Make:
    if not values:
        return _always(None)
    return lambda draw, index: values[draw % len(values)]


def _either(makes: Sequence[Make]) -> Make:
    if len(makes) == 1:
        return makes[0]
    return lambda draw, index: makes[draw % len(makes)](draw // len(makes), index)


def _stored(store: Store, member: Location) -> Make:
    return lambda draw, index: store.value(member, index)


def _same_for_item(make: Make, salt: int) -> Make:
    return lambda draw, index: make(mix(salt ^ index), index)
