"""Faults of bodies that follow from their schemas: each keyword gets the violations that it can have.

A value of the wrong type breaks the clause on the type and no other, a value of the right type the one
keyword it was made for.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from contracts.clauses import Clause
from contracts.clauses.ids import body_clause
from contracts.emulator.altering import GONE, Change
from contracts.emulator.arguments import broken_keywords
from contracts.emulator.faults.malformed import MALFORMED
from contracts.emulator.faults.subject import Subject
from contracts.emulator.hooks import Fault
from contracts.emulator.mixing import bits
from contracts.location import show
from contracts.operation import Response
from contracts.schema import NULL, Node

Way = tuple[str, str, Change]
"""How a value is changed: a word for the id, a word for people, and the change."""


def schema_faults(subject: Subject) -> Iterator[Fault | None]:
    """Yield the faults of every keyword of every body, in the order of the clauses."""
    for clause, response, node in subject.of_bodies():
        for way, told, change in _WAYS.get(clause.keyword, _no_ways)(subject, node):
            place = clause.id.rpartition(":")[0]
            yield subject.fault(
                f"{_NAMES.get(clause.keyword, clause.keyword)}{way and '/'}{way}:{place}",
                f"`{show(node.location) or 'the body'}` of a {response.status} answer {told}",
                (clause.id, *_broken_too(clause, response, node, change)),
                clause.sunset if change is _leave_out else None,
                **subject.altering(response, node.location, change),
            )


_NAMES = {"required": "missing", "oneOf": "union"}
"""The words of ids, where they are not the keywords."""


def _leave_out(value: Any) -> Any:
    return GONE


def _to(value: Any) -> Change:
    return lambda _: value


def _required(subject: Subject, node: Node) -> Iterator[Way]:
    yield "", "is missing", _leave_out


def _type(subject: Subject, node: Node) -> Iterator[Way]:
    kind = next((kind for kind in node.types if kind != NULL), NULL)
    for way, change in _OTHER_TYPES[kind].items():
        # Where all items were told apart by the same number, they would seem to be one.
        if way not in node.types and not (way == "boolean" and subject.is_identity(node)):
            yield way, f"is {way} instead", change


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


_OTHER_TYPES: Mapping[str, Mapping[str, Change]] = {
    "string": {"number": lambda value: bits(_text(value).encode()) >> 16, "null": _to(None)},
    "integer": {"string": json.dumps, "fraction": lambda value: (value or 0) + 0.5, "null": _to(None)},
    "number": {"string": json.dumps, "null": _to(None)},
    "boolean": {"number": lambda value: int(bool(value)), "string": json.dumps, "null": _to(None)},
    "object": {"array": lambda value: [value], "string": json.dumps, "null": _to(None)},
    "array": {"object": lambda value: {"items": value}, "string": json.dumps, "null": _to(None)},
    NULL: {"object": _to({}), "array": _to([]), "string": _to("")},
}


def _enum(subject: Subject, node: Node) -> Iterator[Way]:
    texts = [value for value in node.keywords["enum"] if isinstance(value, str)]
    if not texts:
        return
    unknown = max(texts, key=len) + "_UNDECLARED"
    yield "unknown", f"is {unknown}, which is not declared", _where_text(_to(unknown))
    yield "padded", "has a space at its end", _where_text(lambda value: f"{value} ")
    if not {text.swapcase() for text in texts} & set(texts):
        yield "case", "is written in the other case", _where_text(str.swapcase)


def _where_text(change: Callable[[str], Any]) -> Change:
    return lambda value: change(value) if isinstance(value, str) else value


def _const(subject: Subject, node: Node) -> Iterator[Way]:
    value = node.keywords["const"]
    if isinstance(value, bool):
        yield "", f"is {json.dumps(not value)}", _to(not value)
    elif isinstance(value, int):
        yield "one-more", f"is {value + 1}", _to(value + 1)
        yield "one-less", f"is {value - 1}", _to(value - 1)
    elif isinstance(value, str):
        yield "", f"is {value}x", _to(f"{value}x")


def _format(subject: Subject, node: Node) -> Iterator[Way]:
    for way, malform in MALFORMED.get(node.keywords["format"], {}).items():
        yield way, f"is malformed ({way.replace('-', ' ')})", _where_text(malform)


def _minimum(subject: Subject, node: Node) -> Iterator[Way]:
    yield "", "is below its minimum", _to(node.keywords["minimum"] - 1)


def _maximum(subject: Subject, node: Node) -> Iterator[Way]:
    yield "", "is above its maximum", _to(node.keywords["maximum"] + 1)


def _min_length(subject: Subject, node: Node) -> Iterator[Way]:
    yield "", "is too short", _where_text(lambda value: value[: node.keywords["minLength"] - 1])


def _max_length(subject: Subject, node: Node) -> Iterator[Way]:
    longer = node.keywords["maxLength"] + 1
    yield "", "is too long", _where_text(lambda value: value.ljust(longer, value[-1:] or "x"))


def _pattern(subject: Subject, node: Node) -> Iterator[Way]:
    fewest, most = node.keywords.get("minLength", 0), node.keywords.get("maxLength", 8)
    for text in ("x" * max(fewest, min(most, 8)), "7" * max(fewest, min(most, 8)), " " * max(fewest, 1)):
        if broken_keywords(node.keywords, text) == ["pattern"]:
            yield "", f"is {text!r}, which does not match", _where_text(_to(text))
            return


def _min_items(subject: Subject, node: Node) -> Iterator[Way]:
    yield "", "has too few items", lambda value: value[: node.keywords["minItems"] - 1]


def _max_items(subject: Subject, node: Node) -> Iterator[Way]:
    pagination = subject.fragment.pagination
    # Of the list itself, `pages.py` makes too much: its items are counted and told apart.
    if not pagination or node.location != pagination.items[:-1]:
        yield "", "has too many items", lambda value: value * (node.keywords["maxItems"] + 1)


def _union(subject: Subject, node: Node) -> Iterator[Way]:
    name = node.discriminator
    unknown = max(node.branches, key=len) + "_UNDECLARED"
    yield "unknown", f"has the {name} {unknown}", lambda value: {**value, name: unknown}
    yield "null", f"has the {name} null", lambda value: {**value, name: None}
    yield "missing", f"lacks {name}", lambda value: {key: value[key] for key in value if key != name}


def _no_ways(subject: Subject, node: Node) -> Iterator[Way]:
    return iter(())


_WAYS: Mapping[str, Callable[[Subject, Node], Iterator[Way]]] = {
    "required": _required,
    "type": _type,
    "enum": _enum,
    "const": _const,
    "format": _format,
    "minimum": _minimum,
    "maximum": _maximum,
    "minLength": _min_length,
    "maxLength": _max_length,
    "pattern": _pattern,
    "minItems": _min_items,
    "maxItems": _max_items,
    "oneOf": _union,
}


def _broken_too(clause: Clause, response: Response, node: Node, change: Change) -> list[str]:
    """Name the clauses beside its own that a text which is too short cannot but break."""
    if clause.keyword != "minLength":
        return []
    broken = broken_keywords(node.keywords, "x" * (node.keywords["minLength"] - 1))
    return [body_clause(response.status, node.location, keyword) for keyword in broken]
