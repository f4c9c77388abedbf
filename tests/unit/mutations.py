"""Sound bodies, each changed at one place so that it breaks one clause there."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import samples

from contracts.clauses.ids import body_clause
from contracts.contract import Contract
from contracts.location import Location, find
from contracts.schema import Node

WRONG_TYPE: dict[str, Any] = {
    "string": 7, "integer": "0", "number": "0", "boolean": "true", "array": {}, "object": [], "null": {},
}  # fmt: skip


@dataclass(frozen=True)
class Mutation:
    """A sound body changed at one place so that it breaks one clause there."""

    contract: str
    status: str
    clause: str
    pointer: str
    body: Any


def mutations(name: str) -> Iterator[Mutation]:
    """Yield one for each clause that JSON Schema judges."""
    about = samples.contract(name)
    for status, response in about.fragment.responses.items():
        for node in response.body.walk() if response.body else ():
            for keyword in node.keywords:
                if body_clause(status, node.location, keyword) in about.clauses and keyword in BREAK:
                    yield mutate(about, name, status, node, node.location, keyword)
            if node.branches:
                yield mutate(about, name, status, node, node.location, "oneOf")
            for member in node.keywords.get("required", ()):
                if body_clause(status, (*node.location, member), "required") in about.clauses:
                    yield mutate(about, name, status, node, (*node.location, member), "required")


BREAK: dict[str, Callable[[Node, Any], Any]] = {
    "type": lambda node, value: WRONG_TYPE[node.types[0]],
    "const": lambda node, value: (not value) if isinstance(value, bool) else 7,
    "enum": lambda node, value: "NO SUCH VALUE",
    "format": lambda node, value: f"{value} ",
    "minimum": lambda node, value: node.keywords["minimum"] - 1,
    "maximum": lambda node, value: node.keywords["maximum"] + 0.5,
    "minLength": lambda node, value: "",
    "maxLength": lambda node, value: "T" * (node.keywords["maxLength"] + 1),
    "pattern": lambda node, value: "text",
    "minItems": lambda node, value: [],
    "maxItems": lambda node, value: [samples.instance(node.items, "PAPER") for _ in range(9)],
    "oneOf": lambda node, value: {**value, node.discriminator: "NEITHER"},
}
"""How a value is changed to break a keyword and, as far as can be, no other."""

ALSO = {
    "200.books[].title:minLength": {"200.books[].title:pattern": ("/books/1/title",)},
    "200.books:maxItems": {
        "200.sheet_info.held:x-counts": ("/sheet_info/held",),
        "x-pagination/page-size": ("",),
    },
}
"""What cannot but break along: an empty string matches no pattern that wants a character."""


def mutate(about: Contract, name: str, status: str, node: Node, at: Location, keyword: str) -> Mutation:
    body = deepcopy(samples.full_body(about, status))
    clause = body_clause(status, at, keyword)
    plain = tuple(step for step in at if not step.startswith("/"))
    if keyword == "required":
        places = [(p, v) for p, v in find(body, plain[:-1]) if plain[-1] in v]
        pointer, owner = places[-1]
        del owner[plain[-1]]
        return Mutation(name, status, clause, pointer, body)
    pointer, value = list(find(body, plain))[-1]
    return Mutation(name, status, clause, pointer, put(body, pointer, BREAK[keyword](node, value)))


def put(body: Any, pointer: str, value: Any) -> Any:
    """Give the body with another value at a pointer."""
    if not pointer:
        return value
    *path, last = pointer.split("/")[1:]
    owner = body
    for token in path:
        owner = owner[int(token) if isinstance(owner, list) else token]
    owner[int(last) if isinstance(owner, list) else last] = value
    return body
