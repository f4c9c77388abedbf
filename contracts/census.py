"""Counts how often each clause on a body applied, and which coverage points were seen.

The counting is compiled from the schema once, into one small function a place. It judges nothing: what
is broken is for `validation.py` to say.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from contracts.clauses import ABSENT, body_clause
from contracts.clauses.wording import listed
from contracts.location import Location
from contracts.operation import Response
from contracts.schema import ASSERTIONS, RULES, Node

Counter = Callable[[Any], None]

_KINDS = ((str, "string"), (bool, "boolean"), (int, "integer"), (list, "array"), (dict, "object"))
_BY_KIND: dict[type, tuple[str, ...]] = {
    str: ("minLength", "maxLength", "pattern", "format"),
    list: ("minItems", "maxItems"),
    **dict.fromkeys((int, float, Decimal), ("minimum", "maximum")),
}
"""Which keywords look at values of which Python type."""


@dataclass(slots=True)
class Count:
    """What was counted of one clause in one body."""

    clause: str
    checked: int = 0
    gone: int = 0
    points: dict[str, int] = field(default_factory=dict)

    def see(self, point: str) -> None:
        """Count a coverage point."""
        self.points[point] = self.points.get(point, 0) + 1


def json_type(value: Any) -> str:
    """Name the JSON Schema type of a value; a number without a fraction is an integer."""
    for kind, name in _KINDS:
        if isinstance(value, kind):
            return name
    if isinstance(value, float | Decimal):
        is_whole = value.is_integer() if isinstance(value, float) else value == value.to_integral_value()
        return "integer" if is_whole else "number"
    return "null"


class Census:
    """Counts bodies of one documented answer as of a day."""

    def __init__(self, response: Response, as_of: date) -> None:
        assert response.body
        self._status = response.status
        self._as_of = as_of
        self._counts: dict[str, Count] = {}
        self._visit = self._compile(response.body)

    def count(self, body: Any) -> list[Count]:
        """Give a count for each clause that applied at least once."""
        for count in self._counts.values():
            count.checked, count.gone, count.points = 0, 0, {}
        self._visit(body)
        return [count for count in self._counts.values() if count.checked or count.gone or count.points]

    def _of(self, at: Location, keyword: str) -> Count:
        clause = body_clause(self._status, at, keyword)
        return self._counts.setdefault(clause, Count(clause))

    def _compile(self, node: Node) -> Counter:
        of_type = self._of(node.location, "type") if "type" in node.keywords else None
        parts = [self._values(node), self._members(node), self._items(node), self._union(node)]
        active = [part for part in parts if part]
        types = node.types

        def visit(value: Any) -> None:
            kind = json_type(value)
            if of_type:
                of_type.checked += 1
                if kind == "integer" and kind not in types:
                    kind = "number"
                if kind not in types:
                    return
                of_type.see(kind)
            for part in active:
                part(value)

        return visit

    def _values(self, node: Node) -> Counter | None:
        """Count the keywords that look at the value itself."""
        always = [self._of(node.location, key) for key in ("const",) if key in node.keywords]
        of_enum = self._of(node.location, "enum") if "enum" in node.keywords else None
        points = {listed([value]) for value in node.keywords.get("enum", ())}
        by_kind = {
            kind: [self._of(node.location, key) for key in keys if key in node.keywords]
            for kind, keys in _BY_KIND.items()
        }
        if not (always or of_enum or any(by_kind.values())):
            return None

        def visit(value: Any) -> None:
            for count in (*always, *by_kind.get(type(value), ())):
                count.checked += 1
            if of_enum:
                of_enum.checked += 1
                point = listed([value]) if isinstance(value, str | int | float) else ""
                if point in points:
                    of_enum.see(point)

        return visit

    def _members(self, node: Node) -> Counter | None:
        if not node.properties:
            return None
        visits = [
            (name, self._compile(child), self._presence(node, name, child))
            for name, child in node.properties.items()
            if name != node.selector
        ]

        def visit(value: Any) -> None:
            if isinstance(value, dict):
                for name, count_member, count_presence in visits:
                    count_presence(name in value)
                    if name in value:
                        count_member(value[name])

        return visit

    def _presence(self, node: Node, name: str, child: Node) -> Callable[[bool], None]:
        """Count that a member was there, or was not: as required, as optional, or as retired."""
        is_required = name in node.keywords.get("required", ())
        of_required = self._of(child.location, "required") if is_required else None
        of_type = self._of(child.location, "type") if "type" in child.keywords and not is_required else None
        is_over = child.sunset is not None and child.sunset <= self._as_of
        retirable = [
            self._of(child.location, key)
            for key in (*(("required",) if is_required else ()), *child.keywords)
            if is_over and key in ASSERTIONS | RULES
        ]

        def visit(is_present: bool) -> None:
            if of_required and (is_present or not is_over):
                of_required.checked += 1
            if not is_present:
                if of_type:
                    of_type.see(ABSENT)
                for count in retirable:
                    count.gone += 1

        return visit

    def _items(self, node: Node) -> Counter | None:
        if not node.items:
            return None
        count_item = self._compile(node.items)

        def visit(value: Any) -> None:
            for item in value if isinstance(value, list) else ():
                count_item(item)

        return visit

    def _union(self, node: Node) -> Counter | None:
        if not node.branches:
            return None
        of_union = self._of(node.location, "oneOf")
        visits = {name: self._compile(branch) for name, branch in node.branches.items()}

        def visit(value: Any) -> None:
            if isinstance(value, dict):
                of_union.checked += 1
                selector = value.get(node.discriminator)
                if isinstance(selector, str) and selector in visits:
                    of_union.see(selector)
                    visits[selector](value)

        return visit
