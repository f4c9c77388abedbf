"""Counts how often each clause on a body applied, and which coverage points were seen.

The counting is compiled from the schema once, into one small function a place. Each is given all values
that stand at its place at once, a column, and so costs a few calls a place and not a few a value. It judges
nothing: what is broken is for `validation.py` to say.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import chain
from types import NoneType
from typing import Any

import orjson

from contracts.clauses import ABSENT
from contracts.clauses.ids import body_clause
from contracts.clauses.wording import listed
from contracts.formats import FORMATS
from contracts.location import Location
from contracts.operation import Response
from contracts.schema import ASSERTIONS, NULL, RULES, Node
from contracts.shapes import SHAPES

Column = Sequence[Any]
"""The values that stand at one place of a body."""
Visit = Callable[[Column], None]

_TYPES = {str: "string", bool: "boolean", int: "integer", list: "array", dict: "object", NoneType: "null"}
"""The JSON type of all values of a class; that of a float or a Decimal depends on the value."""
_CLASSES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("minLength", "maxLength", "pattern", "format"), (str,)),
    **dict.fromkeys(("minItems", "maxItems"), (list,)),
    **dict.fromkeys(("minimum", "maximum"), (int, float, Decimal)),
}
"""Which keywords look only at values of some classes."""
_OF_TYPE: dict[str, tuple[type, ...]] = {
    **{name: (kind,) for kind, name in _TYPES.items()},
    **dict.fromkeys(("integer", "number"), _CLASSES["minimum"]),
}
"""The classes of the values of a type."""


@dataclass(slots=True)
class Count:
    """What was counted of one clause in one body."""

    clause: str
    checked: int = 0
    gone: int = 0
    still_sent: int = 0
    points: dict[str, int] = field(default_factory=dict)
    shapes: Mapping[str, int] = field(default_factory=dict)

    def see(self, point: str, times: int) -> None:
        """Count a coverage point, once or more."""
        self.points[point] = self.points.get(point, 0) + times


def json_type(value: Any) -> str:
    """Name the JSON Schema type of a value; a number without a fraction is an integer."""
    for kind, name in _TYPES.items():
        if isinstance(value, kind):
            return name
    is_whole = value.is_integer() if isinstance(value, float) else value == value.to_integral_value()
    return "integer" if is_whole else "number"


def _json_types(column: Column) -> dict[str, int]:
    """Count the values of each JSON type, in the order in which the types come."""
    classes = list(map(type, column))
    kinds = dict.fromkeys(classes)
    if kinds.keys() <= _TYPES.keys():
        return {_TYPES[kind]: classes.count(kind) for kind in kinds}
    return Counter(map(json_type, column))


class Census:
    """Counts bodies of one documented answer as of a day; many at once cost less than one by one.

    `of_valid` says that all of them will be known to be valid, which saves looking at each value for what
    its schema tells of it already.
    """

    def __init__(self, response: Response, as_of: date, *, of_valid: bool = False) -> None:
        assert response.body
        self._status = response.status
        self._as_of = as_of
        self._of_valid = of_valid
        self._counts: dict[str, Count] = {}
        self._visit = self._compile(response.body)

    def count(self, bodies: Column) -> list[Count]:
        """Give a count for each clause that applied at least once."""
        for count in self._counts.values():
            count.checked, count.gone, count.still_sent, count.points, count.shapes = 0, 0, 0, {}, {}
        self._visit(bodies)
        counts = self._counts.values()
        return [one for one in counts if one.checked or one.gone or one.still_sent or one.points]

    def _of(self, at: Location, keyword: str) -> Count:
        clause = body_clause(self._status, at, keyword)
        return self._counts.setdefault(clause, Count(clause))

    def _known(self, node: Node) -> tuple[type, ...]:
        """Give the classes which the values of a node are known to have where they are not null; none where
        they have to be asked."""
        named = [name for name in node.types if name != NULL]
        return _OF_TYPE[named[0]] if self._of_valid and len(named) == 1 else ()

    def _compile(self, node: Node) -> Visit:
        fitting = self._typing(node)
        counting = (self._asserted, self._enum, self._shapes, self._members, self._items, self._union)
        active = [made for part in counting if (made := part(node))]

        def visit(column: Column) -> None:
            if fitting:
                column = fitting(column)
            if column:
                for part in active:
                    part(column)

        return visit

    def _typing(self, node: Node) -> Callable[[Column], Column] | None:
        """Count the values of each type, and give those that the other keywords look at."""
        if "type" not in node.keywords:
            return None
        of_type = self._of(node.location, "type")
        if not self._known(node):
            return lambda column: _typed(column, node.types, of_type)
        is_nullable, (name, *_) = NULL in node.types, (name for name in node.types if name != NULL)
        of_null = self._of_each(node)

        def fitting(column: Column) -> Column:
            values = [value for value in column if value is not None] if is_nullable else column
            of_type.checked += len(column)
            if values:
                of_type.see(name, len(values))
            if nulls := len(column) - len(values):
                of_type.see(NULL, nulls)
                for count in of_null:
                    count.checked += nulls
            return values

        return fitting

    def _of_each(self, node: Node) -> list[Count]:
        """Give the counts of the keywords that look at values of all types."""
        return [self._of(node.location, key) for key in ("const", "enum") if key in node.keywords]

    def _asserted(self, node: Node) -> Visit | None:
        """Count how many of the values each keyword looks at."""
        known = self._known(node)
        of_each = self._of_each(node)
        of_some = []
        for keyword, classes in _CLASSES.items():
            if keyword in node.keywords:
                count = self._of(node.location, keyword)
                if known == classes:
                    of_each.append(count)
                elif not known:
                    of_some.append((count, classes))
        if not (of_each or of_some):
            return None

        def visit(column: Column) -> None:
            for count in of_each:
                count.checked += len(column)
            if of_some:
                found = list(map(type, column))
                for count, classes in of_some:
                    count.checked += sum(map(found.count, classes))

        return visit

    def _enum(self, node: Node) -> Visit | None:
        """Count which of the values that are named there are."""
        if "enum" not in node.keywords:
            return None
        of_enum = self._of(node.location, "enum")
        points = {listed([value]) for value in node.keywords["enum"]}
        texts_of = Counter if self._known(node) == (str,) else _texts

        def visit(column: Column) -> None:
            for point, times in texts_of(column).items():
                if point in points:
                    of_enum.see(point, times)

        return visit

    def _shapes(self, node: Node) -> Visit | None:
        """Count how the valid ones of the texts are written, where there are several ways to."""
        name = node.keywords.get("format", "")
        if name not in SHAPES:
            return None
        of_format, shapes_of, has_format = self._of(node.location, "format"), SHAPES[name], FORMATS[name]
        texts_of = self._picker(node, str)

        def visit(column: Column) -> None:
            texts = texts_of(column)
            if not self._of_valid:
                texts = list(filter(has_format, texts))
            if texts:
                of_format.shapes = shapes_of(texts)

        return visit

    def _members(self, node: Node) -> Visit | None:
        if not node.properties:
            return None
        visits = [
            (
                self._member_picker(node, _as_read(name)),
                self._compile(child),
                self._presence(node, name, child),
            )
            for name, child in node.properties.items()
            if name != node.selector
        ]
        objects_of = self._picker(node, dict)

        def visit(column: Column) -> None:
            objects = objects_of(column)
            for members_of, count_members, count_presence in visits:
                members = members_of(objects)
                count_presence(len(members), len(objects) - len(members))
                if members:
                    count_members(members)

        return visit

    def _member_picker(self, node: Node, name: str) -> Callable[[Column], Column]:
        """Give what picks the values of a member out of objects."""
        if not self._of_valid or name not in node.required(self._as_of):
            return lambda objects: [value[name] for value in objects if name in value]
        if self._is_only_numbered(node.properties[name]):
            return lambda objects: range(len(objects))
        return lambda objects: [value[name] for value in objects]

    def _is_only_numbered(self, node: Node) -> bool:
        """Say whether nothing is asked of the values of a node but how many there are."""
        asked = node.properties or node.items or node.branches or "enum" in node.keywords
        is_shaped = node.keywords.get("format", "") in SHAPES
        return bool(self._known(node)) and NULL not in node.types and not asked and not is_shaped

    def _presence(self, node: Node, name: str, child: Node) -> Callable[[int, int], None]:
        """Count how often a member was there, and was not: as required, as optional, or as retired."""
        is_required = name in node.keywords.get("required", ())
        of_required = self._of(child.location, "required") if is_required else None
        of_type = self._of(child.location, "type") if "type" in child.keywords and not is_required else None
        is_over = child.sunset is not None and child.sunset <= self._as_of
        retirable = [
            self._of(child.location, key)
            for key in (*(("required",) if is_required else ()), *child.keywords)
            if is_over and key in ASSERTIONS | RULES
        ]

        def visit(present: int, absent: int) -> None:
            if of_required and not is_over:
                of_required.checked += present + absent
            if absent and of_type:
                of_type.see(ABSENT, absent)
            for count in retirable:
                count.gone += absent
                count.still_sent += present

        return visit

    def _items(self, node: Node) -> Visit | None:
        if not node.items:
            return None
        count_items = self._compile(node.items)
        arrays_of = self._picker(node, list)

        def visit(column: Column) -> None:
            items = list(chain.from_iterable(arrays_of(column)))
            if items:
                count_items(items)

        return visit

    def _union(self, node: Node) -> Visit | None:
        if not node.branches:
            return None
        of_union = self._of(node.location, "oneOf")
        visits = {name: self._compile(branch) for name, branch in node.branches.items()}
        discriminator = _as_read(node.discriminator)
        objects_of = self._picker(node, dict)

        def visit(column: Column) -> None:
            selected: dict[str, list[Any]] = defaultdict(list)
            objects = objects_of(column)
            of_union.checked += len(objects)
            for value in objects:
                selector = value.get(discriminator)
                if isinstance(selector, str) and selector in visits:
                    selected[selector].append(value)
            for name, objects in selected.items():
                of_union.see(name, len(objects))
                visits[name](objects)

        return visit

    def _picker(self, node: Node, kind: type) -> Callable[[Column], Column]:
        """Give what picks the values of a class out of a column."""
        if self._known(node) == (kind,):
            return lambda column: column
        return lambda column: _of_class(column, kind)


def _as_read(name: str) -> str:
    """Give the very object that a name is in what orjson reads: it is found faster in an object."""
    return str(next(iter(orjson.loads(orjson.dumps({name: None})))))


def _typed(column: Column, types: tuple[str, ...], of_type: Count) -> Column:
    """Count the values of each type that is allowed, and give these values."""
    of_type.checked += len(column)
    is_number = "number" in types and "integer" not in types
    fitting = 0
    for kind, times in _json_types(column).items():
        name = "number" if is_number and kind == "integer" else kind
        if name in types:
            of_type.see(name, times)
            fitting += times
    if fitting == len(column):
        return column
    allowed = {*types, "integer"} if is_number else set(types)
    return [value for value in column if json_type(value) in allowed]


def _texts(column: Column) -> Counter[str]:
    """Count the values as coverage points name them; arrays, objects, null and Decimals are none."""
    strings = _of_class(column, str)
    texts = Counter(strings)
    if len(strings) < len(column):
        texts.update(listed([value]) for value in column if isinstance(value, int | float))
    return texts


def _of_class(column: Column, kind: type) -> Column:
    # Most columns hold nothing else, which is seen faster than picked.
    is_all = list(map(type, column)).count(kind) == len(column)
    return column if is_all else [value for value in column if isinstance(value, kind)]
