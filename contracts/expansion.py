"""Expands the schemas of the fragment: follows references, and refuses what the suite does not understand.

A component that is referred to from two places becomes two nodes, since it promises something of each.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import jsonschema_rs

from contracts import location
from contracts.days import read_day
from contracts.errors import FragmentError
from contracts.formats import FORMATS
from contracts.location import EACH, Location
from contracts.schema import ASSERTIONS, KEYWORDS, PROMISES, SOURCES, STRUCTURE, Node
from contracts.yaml_source import YamlSource, escape, unescape


def expand(source: YamlSource, pointer: str, at: Location) -> Node:
    """Build the tree of the schema at `pointer` of the fragment, for the place `at`.

    Raises:
        FragmentError: a keyword is unknown or misused, a reference dangles or goes in a circle.
    """
    return _Expansion(source).node(pointer, at, ())


def look_up(source: YamlSource, reference: str, pointer: str) -> Any:
    """Give what the local `reference` (`#/…`) that stands at `pointer` names.

    Raises:
        FragmentError: it names nothing in this file.
    """
    value = source.data
    try:
        if not isinstance(reference, str) or not reference.startswith("#/"):
            raise KeyError(reference)
        for token in reference[2:].split("/"):
            value = value[int(token) if isinstance(value, list) else unescape(token)]
    except (KeyError, IndexError, ValueError, TypeError):
        raise source.refuse(pointer, f"$ref {reference!r} names nothing", "correct the reference") from None
    return value


class _Expansion:
    def __init__(self, source: YamlSource) -> None:
        self._source = source
        self._private: set[Location] = set()

    def node(self, pointer: str, at: Location, trail: tuple[str, ...], selector: str = "") -> Node:
        chain = self._chain(pointer, trail)
        keywords, origins, sources = self._own_keywords(chain)
        if keywords.get("x-private") or at[:-1] in self._private:
            # What stands below a private place is private, too.
            keywords["x-private"] = True
            self._private.add(at)
        trail = (*trail, *chain)
        branches, discriminator = self._branches(keywords, origins, at, trail)
        node = Node(
            location=at,
            keywords={name: value for name, value in keywords.items() if name not in STRUCTURE},
            origins=origins,
            sources=sources,
            properties=self._properties(keywords, origins, at, trail),
            items=self.node(origins["items"], (*at, EACH), trail) if "items" in keywords else None,
            branches=branches,
            discriminator=discriminator,
            selector=selector,
        )
        self._check(node, pointer)
        return node

    def _chain(self, pointer: str, trail: tuple[str, ...]) -> list[str]:
        """Follow references from `pointer`; give every schema passed, the last without a reference."""
        chain: list[str] = []
        while True:
            if pointer in trail or pointer in chain:
                raise self._refuse(pointer, "the schema contains itself", "recursion is not supported")
            chain.append(pointer)
            schema = look_up(self._source, "#" + pointer, pointer)
            self._check_names(schema, pointer)
            if "$ref" not in schema:
                return chain
            look_up(self._source, schema["$ref"], f"{pointer}/$ref")
            pointer = schema["$ref"][1:]

    def _own_keywords(self, chain: list[str]) -> tuple[dict[str, Any], dict[str, str], dict[str, str]]:
        keywords: dict[str, Any] = {}
        origins: dict[str, str] = {}
        sources: dict[str, str] = {}
        for pointer in reversed(chain):
            schema = look_up(self._source, "#" + pointer, pointer)
            own = {name: f"{pointer}/{escape(name)}" for name in schema if name != "$ref"}
            for name in own.keys() & keywords.keys() & (ASSERTIONS | STRUCTURE):
                raise self._refuse(own[name], f"{name} stands beside a $ref that has it too", "keep one")
            keywords.update({name: schema[name] for name in own})
            origins.update(own)
            sources.update(self._sources(schema, own))
        return keywords, origins, sources

    def _check_names(self, schema: Any, pointer: str) -> None:
        if not isinstance(schema, dict):
            raise self._refuse(pointer, "a schema is not an object", "write it as a mapping of keywords")
        for name in schema:
            if name not in KEYWORDS:
                known = ", ".join(sorted(KEYWORDS))
                problem = f"the keyword {name!r} is not understood"
                raise self._refuse(f"{pointer}/{escape(name)}", problem, f"use one of: {known}")

    def _sources(self, schema: dict[str, Any], origins: Mapping[str, str]) -> dict[str, str]:
        declared = schema.get("x-source", {})
        promises = [name for name in schema if name in PROMISES]
        if not isinstance(declared, str | dict):
            problem = "x-source is neither a word nor a map"
            raise self._refuse(origins["x-source"], problem, f"use one of {SOURCES}")
        if isinstance(declared, str):
            declared = dict.fromkeys(promises, declared)
        for name, value in declared.items():
            if value not in SOURCES:
                raise self._refuse(origins["x-source"], f"{value!r} is no source", f"use one of {SOURCES}")
            if name not in promises:
                raise self._refuse(
                    origins["x-source"], f"x-source names {name!r}, which is not here", "remove it"
                )
        return dict(declared)

    def _properties(
        self, keywords: Mapping[str, Any], origins: Mapping[str, str], at: Location, trail: tuple[str, ...]
    ) -> dict[str, Node]:
        nodes = {}
        for name in keywords.get("properties", {}):
            pointer = f"{origins['properties']}/{escape(name)}"
            if not location.NAME.fullmatch(name):
                raise self._refuse(
                    pointer, f"the member name {name!r} is not supported", "use letters and digits"
                )
            nodes[name] = self.node(pointer, (*at, name), trail)
        return nodes

    def _branches(
        self, keywords: Mapping[str, Any], origins: Mapping[str, str], at: Location, trail: tuple[str, ...]
    ) -> tuple[dict[str, Node], str]:
        if "oneOf" not in keywords:
            return {}, ""
        discriminator = keywords.get("discriminator")
        name = discriminator.get("propertyName") if isinstance(discriminator, dict) else None
        if not isinstance(name, str) or not isinstance(keywords["oneOf"], list):
            advice = "list the shapes, and name the property that selects one"
            raise self._refuse(origins["oneOf"], "oneOf has no discriminator", advice)
        nodes = {}
        for index in range(len(keywords["oneOf"])):
            pointer = f"{origins['oneOf']}/{index}"
            value = self._selector(pointer, name, trail)
            if value in nodes:
                raise self._refuse(pointer, f"another branch has {value!r} as its {name}, too", "correct one")
            nodes[value] = self.node(pointer, (*at, f"/{value}"), trail, name)
        return nodes, name

    def _selector(self, pointer: str, name: str, trail: tuple[str, ...]) -> str:
        """Give the value of the discriminator `name` that selects the branch at `pointer`."""
        keywords, origins, _ = self._own_keywords(self._chain(pointer, trail))
        value = None
        if name in keywords.get("properties", {}):
            member = self._chain(f"{origins['properties']}/{escape(name)}", trail)
            value = self._own_keywords(member)[0].get("const")
        if not isinstance(value, str) or name not in keywords.get("required", ()):
            raise self._refuse(pointer, f"the branch does not require {name} as a const", "say which it is")
        return value

    def _check(self, node: Node, pointer: str) -> None:
        plain = {name: value for name, value in node.keywords.items() if name in ASSERTIONS}
        # Of regular expressions only jsonschema says whether they are any.
        if "pattern" in plain or not jsonschema_rs.meta.is_valid(plain):
            self._check_with_jsonschema(plain, node, pointer)
        for name in node.keywords.get("required", ()):
            if name not in node.properties:
                problem = f"{name!r} is required but not declared"
                raise self._refuse(node.origins["required"], problem, "declare it under properties")
        self._check_values(node)

    def _check_with_jsonschema(self, plain: dict[str, Any], node: Node, pointer: str) -> None:
        # Imported here, as everywhere: it takes long, and has seldom anything to say.
        import jsonschema

        try:
            jsonschema.Draft202012Validator.check_schema(plain)
        except jsonschema.SchemaError as error:
            at = node.origins.get(str(next(iter(error.path), "")), pointer)
            raise self._refuse(at, f"is not JSON Schema: {error.message}", "correct the value") from None

    def _check_values(self, node: Node) -> None:
        if node.keywords.get("format", "date-time") not in FORMATS:
            problem = f"no checker for the format {node.keywords['format']!r}"
            raise self._refuse(node.origins["format"], problem, f"use one of {sorted(FORMATS)}")
        if "x-sunset" in node.keywords and not _is_sunset(node):
            problem = "x-sunset is not a date (YYYY-MM-DD) of a deprecated schema"
            raise self._refuse(
                node.origins["x-sunset"], problem, "correct the date or add `deprecated: true`"
            )
        self._check_types(node)

    def _check_types(self, node: Node) -> None:
        strict = _type_validator(node.types)
        enum = node.keywords.get("enum", ())
        values = [("enum", f"/{index}", value) for index, value in enumerate(enum)]
        single = [name for name in ("const", "default") if name in node.keywords]
        values += [(name, "", node.keywords[name]) for name in single]
        for keyword, below, value in values:
            pointer = node.origins[keyword] + below
            if not strict(value):
                problem = f"the {keyword} value {value!r} is not of type {' or '.join(node.types)}"
                raise self._refuse(pointer, problem, "correct the value or the type")

    def _refuse(self, pointer: str, problem: str, advice: str) -> FragmentError:
        return self._source.refuse(pointer, problem, advice)


@cache
def _type_validator(types: tuple[str, ...]) -> Callable[[Any], bool]:
    validator = jsonschema_rs.Draft202012Validator({"type": list(types)} if types else True)

    def is_valid(value: Any) -> bool:
        try:
            return validator.is_valid(value)
        except ValueError:
            # YAML has values that JSON has not.
            return False

    return is_valid


def _is_sunset(node: Node) -> bool:
    text = node.keywords["x-sunset"]
    return isinstance(text, str) and bool(read_day(text)) and node.keywords.get("deprecated") is True
