"""Examples of a clause kept and broken, made from the fragment, for a person who asks what it means."""

import json
import re
from collections.abc import Callable
from typing import Any

from contracts import parameters
from contracts.clauses import Clause
from contracts.clauses.ids import body_clause
from contracts.fragment import Fragment
from contracts.ledger import clip
from contracts.schema import Node

_OF_TYPE: dict[str, Any] = {
    "string": "text",
    "integer": 1,
    "number": 1.5,
    "boolean": True,
    "array": [],
    "object": {},
    "null": None,
}
_OF_FORMAT = {
    "date-time": ("2026-11-24T09:30:00Z", "2026-11-24 09:30:00"),
    "uuid": ("182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e", "182bd5e56e1a4fe4a799aa6d9a6ab26e"),
}
_UNKNOWN = "UNDOCUMENTED"
_ODD_TEXTS = ("?", "7", "text", "Text", "")
_IN_WORDS = {
    "status": ("200", "500"),
    "content-type": ("Content-Type: application/json; charset=utf-8", "Content-Type: text/html"),
    "encoding": ("the bytes C3 A9 for é", "the byte E9 for é (Latin-1)"),
    "json": ('{"a": 1}', '{"a": NaN}, or a body that ends too early'),
    "unique-names": ('{"a": 1}', '{"a": 1, "a": 2}'),
    "default": ("the same items without it as with its default", "other items"),
    "x-filters/only-matching": ("only items that match", "one item that does not"),
    "x-filters/all-matching": ("every item that matches", "one of them is missing"),
    "x-counts": ("two items, and 2", "two items, and 3"),
    "x-echoes": ("the number that was asked for", "another number"),
    "x-equals": ("the same value twice", "two values"),
    "accepted": ("200", "400"),
}
_OF_PAGES = {
    "page-size": (
        "{few} items where {few} were asked for",
        "{more} items, or fewer than {few} although more follow",
    ),
    "no-repeats": ("page 2 goes on where page 1 ended", "page 2 begins with the last item of page 1"),
    "complete": ("the same items at {few} and at {many} a page", "one of them is in one of the lists only"),
    "same-order": ("the same order at {few} and at {many} a page", "two items have changed places"),
    "past-the-end": ("no items, or a 4XX", "the first page again"),
}
_REFUSED = ("a 4XX", "200")


def sample(node: Node) -> Any:
    """Give a value that the schema allows, with the members that are required and no others."""
    keywords = node.keywords
    if "const" in keywords:
        return keywords["const"]
    if "enum" in keywords:
        return keywords["enum"][0]
    if "format" in keywords:
        return _OF_FORMAT[keywords["format"]][0]
    if keywords.get("examples"):
        return keywords["examples"][0]
    kind = node.types[0] if node.types else "object"
    if kind == "object":
        return _sample_object(node)
    if kind == "array":
        return [sample(node.items)] * max(keywords.get("minItems", 1), 1) if node.items else []
    return max(_OF_TYPE[kind], keywords.get("minimum", 1)) if kind == "integer" else _OF_TYPE[kind]


def _sample_object(node: Node) -> dict[str, Any]:
    branch = next(iter(node.branches.values()), None)
    required = {name: sample(node.properties[name]) for name in node.keywords.get("required", ())}
    return {**(_sample_object(branch) if branch else {}), **required}


def spoiled(node: Node, keyword: str) -> Any:
    """Give a value that breaks `keyword` of the schema and nothing else.

    Raises:
        KeyError: the keyword is not one whose violation can be shown in a value.
    """
    keywords = node.keywords
    ways: dict[str, Callable[[], Any]] = {
        "type": lambda: next(value for name, value in _OF_TYPE.items() if _is_other(name, node)),
        "enum": lambda: _UNKNOWN,
        "const": lambda: not keywords["const"] if isinstance(keywords["const"], bool) else 7,
        "format": lambda: _OF_FORMAT[keywords["format"]][1],
        "minimum": lambda: keywords["minimum"] - 1,
        "maximum": lambda: keywords["maximum"] + 1,
        "minLength": lambda: "",
        "maxLength": lambda: "x" * (keywords["maxLength"] + 1),
        "pattern": lambda: next(
            (text for text in _ODD_TEXTS if not re.search(keywords["pattern"], text)), _UNKNOWN
        ),
        "minItems": list,
        "maxItems": lambda: [sample(node.items) if node.items else None] * (keywords["maxItems"] + 1),
        "oneOf": lambda: {node.discriminator: _UNKNOWN},
    }
    return ways[keyword]()


def _is_other(name: str, node: Node) -> bool:
    return name not in node.types and not (name == "integer" and "number" in node.types)


def examples(clause: Clause, fragment: Fragment) -> tuple[str, str]:
    """Give an example of the clause kept, and one of it broken."""
    response, _, _ = clause.id.partition(":")
    for documented in fragment.responses.values():
        if documented.body and response.split(".")[0] == documented.status:
            for node in documented.body.walk():
                found = _of_node(clause, node, documented.status)
                if found:
                    return found
    if clause.id.startswith(("query.", "path.")) and clause.keyword in parameters.REFUSABLE:
        return _of_parameter(clause, fragment)
    if clause.id.startswith("query.") and clause.keyword == "accepted":
        name = clause.id.partition(".")[2].partition(":")[0]
        return f"{name}={clause.points[0]}: 200", f"{name}={clause.points[0]}: 400"
    promise = clause.id.rpartition("/")[2]
    if promise in _OF_PAGES:
        return _of_pages(promise, fragment)
    return _IN_WORDS.get(clause.keyword) or _IN_WORDS.get(promise) or _REFUSED


def _of_pages(promise: str, fragment: Fragment) -> tuple[str, str]:
    assert fragment.pagination
    size = fragment.parameter(fragment.pagination.per_page)
    sizes = [parameters.value_of(size, text) for text in parameters.boundaries(size)]
    few = parameters.default(size) or sizes[0]
    kept, broken = (text.format(few=few, more=few + 1, many=sizes[-1]) for text in _OF_PAGES[promise])
    return kept, broken


def _of_node(clause: Clause, node: Node, status: str) -> tuple[str, str] | None:
    name = node.location[-1] if node.location else ""
    if clause.id == body_clause(status, node.location, "required"):
        return _member(name, sample(node)), "{}"
    if clause.id == body_clause(status, node.location, clause.keyword) and not clause.keyword.startswith(
        "x-"
    ):
        if clause.keyword in _IN_WORDS:
            return None
        return _member(name, sample(node)), _member(name, spoiled(node, clause.keyword))
    return None


def _of_parameter(clause: Clause, fragment: Fragment) -> tuple[str, str]:
    parameter = fragment.parameter(clause.id.partition(".")[2].partition(":")[0])
    if parameter.place == "path":
        longest = parameter.node.keywords["maxLength"]
        return f"{longest + 1} characters: a 4XX", f"{longest + 1} characters: 200"
    text = parameters.invalid_texts(parameter)[clause.keyword][0]
    return f"{parameter.name}={text}: a 4XX", f"{parameter.name}={text}: 200"


def _member(name: str, value: Any) -> str:
    text = clip(json.dumps(value, ensure_ascii=False))
    return f'{{"{name}": {text}}}' if name and not name.startswith(("[", "/")) else text
