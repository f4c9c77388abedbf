"""Schemas as trees in which every place has one node of its own, and the keywords they are made of.

How a tree is made from the fragment is told in `expansion.py`, what it promises in `clauses/`, whether
that is kept in `validation.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts.location import EACH, Location, values
from contracts.yaml_source import escape

ASSERTIONS = frozenset(
    "type const enum format minimum maximum minLength maxLength pattern minItems maxItems required".split()
)
RULES = frozenset({"x-counts", "x-echoes", "x-equals"})
STRUCTURE = frozenset({"$ref", "properties", "items", "oneOf", "discriminator"})
_NOTES = frozenset("description default example examples deprecated readOnly".split())
_MARKS = frozenset({"x-source", "x-sunset", "x-private"})
KEYWORDS = ASSERTIONS | RULES | STRUCTURE | _NOTES | _MARKS
PROMISES = ASSERTIONS | RULES | {"oneOf", "default"}
SOURCES = ("docs", "openapi", "convention")
NULL = "null"


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A schema at one place of a body or at a parameter.

    `keywords` holds the schema's own keywords with references followed, `origins` the JSON Pointer into
    the fragment of each, `sources` what each promise rests on. `branches` maps each value of the
    `discriminator` to the branch of the union that it selects; a branch has in `selector` the name of the
    member that selects it.
    """

    location: Location
    keywords: Mapping[str, Any]
    origins: Mapping[str, str]
    sources: Mapping[str, str]
    properties: Mapping[str, "Node"]
    items: "Node | None"
    branches: Mapping[str, "Node"]
    discriminator: str
    selector: str = ""

    @property
    def types(self) -> tuple[str, ...]:
        """The names of the JSON types that are allowed here; empty where any is."""
        declared = self.keywords.get("type", ())
        return (declared,) if isinstance(declared, str) else tuple(declared)

    @property
    def sunset(self) -> date | None:
        """The day from which the member may be gone (`x-sunset`)."""
        text = self.keywords.get("x-sunset")
        return date.fromisoformat(text) if text else None

    def children(self) -> Iterator["Node"]:
        """Yield the nodes right below this one, in the order of the fragment."""
        yield from self.properties.values()
        if self.items:
            yield self.items
        yield from self.branches.values()

    def walk(self) -> Iterator["Node"]:
        """Yield this node and all below it, parents first."""
        yield self
        for child in self.children():
            yield from child.walk()

    def at(self, location: Location) -> "Node | None":
        """Give the node that stands at `location` below this one, in whichever branch; None if none does."""
        if not location:
            return self
        step, rest = location[0], location[1:]
        child = self.items if step == EACH else self.branches.get(step[1:]) or self.properties.get(step)
        if child is not None:
            return child.at(rest)
        below = (branch.at(location) for branch in self.branches.values())
        return next((found for found in below if found), None)

    def find(self, location: Location, instance: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
        """Yield (JSON Pointer, value) for each place of an instance of this schema that `location` names.

        A step into a branch leads on only where the instance selects that branch.
        """
        if not location:
            yield pointer, instance
            return
        step, rest = location[0], location[1:]
        if step.startswith("/"):
            if isinstance(instance, dict) and instance.get(self.discriminator) == step[1:]:
                yield from self.branches[step[1:]].find(rest, instance, pointer)
        elif step == EACH:
            for index, item in enumerate(instance if isinstance(instance, list) and self.items else ()):
                assert self.items
                yield from self.items.find(rest, item, f"{pointer}/{index}")
        elif isinstance(instance, dict) and step in instance:
            yield from self.properties[step].find(rest, instance[step], f"{pointer}/{escape(step)}")

    def values(self, location: Location, instance: Any) -> list[Any]:
        """Give the values that `find` finds, for much less where none stands in a branch of a union."""
        if any(step.startswith("/") for step in location):
            return [value for _, value in self.find(location, instance)]
        return values(instance, location)

    def required(self, as_of: date) -> list[str]:
        """Name the members that must be there on the day `as_of`."""
        return [name for name in self.keywords.get("required", ()) if not self._is_retired(name, as_of)]

    def json_schema(self, as_of: date) -> dict[str, Any]:
        """Give the plain JSON Schema 2020-12 that holds on the day `as_of`, without references.

        The branches of a union stand in the order of `branches`.
        """
        plain = {name: value for name, value in self.keywords.items() if name in ASSERTIONS}
        if "required" in plain:
            plain["required"] = self.required(as_of)
        if self.properties:
            plain["properties"] = {name: node.json_schema(as_of) for name, node in self.properties.items()}
        if self.items:
            plain["items"] = self.items.json_schema(as_of)
        if self.branches:
            plain["oneOf"] = [node.json_schema(as_of) for node in self.branches.values()]
        return plain

    def _is_retired(self, name: str, as_of: date) -> bool:
        sunset = self.properties[name].sunset
        return sunset is not None and sunset <= as_of
