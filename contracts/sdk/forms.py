"""The forms in which a server may, or must not, answer: bodies, each of them special at one place.

For every place of a successful answer there is a plain body, and one a form; whether the contract allows a
form is not guessed here but asked of the validators.
"""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from contracts.contract import Contract
from contracts.examples import sample, spoiled
from contracts.location import EACH, Location, show
from contracts.schema import NULL, PROMISES, RULES, Node

PLAIN_DATE_TIME = "2026-11-24T09:30:00Z"
DATE_TIMES = {
    "offset": "2026-11-24T09:30:00+05:45",
    "negative-offset": "2026-11-24T09:30:00-03:30",
    "unknown-offset": "2026-11-24T09:30:00-00:00",
    "lower-case": "2026-11-24t09:30:00z",
    "one-digit": "2026-11-24T09:30:00.5Z",
    "milliseconds": "2026-11-24T09:30:00.123Z",
    "microseconds": "2026-11-24T09:30:00.123456Z",
    "nanoseconds": "2026-11-24T09:30:00.123456789Z",
    "leap-day": "2024-02-29T12:00:00Z",
    "leap-second": "2016-12-31T23:59:60Z",
    "year-9999": "9999-12-31T23:59:59Z",
}
"""The shapes of a date-time that RFC 3339 allows."""
INTEGERS = {"2^31": 2**31, "2^53+1": 2**53 + 1, "2^63-1": 2**63 - 1, "-2^31-1": -(2**31) - 1}
"""Integers that a type of 32 bits, a double, and one of 64 bits just cannot or can hold."""
TEXTS = {"empty": "", "beyond-ascii": 'Ωж漢 \U0001d11e "\\/\n\u2028'}
EXTRA, UNKNOWN = "x_added", "X_ADDED_LATER"
_IN_WORDS = {
    "none": "an empty array",
    "two": "two items",
    "null": "null",
    "absent": "nothing",
    "extra-member": "a member that is new",
    "unknown-value": "a value that is new",
    "unknown-branch": "a shape that is new",
}
_WORDS = ("text", "Text", "TEXT", "7")
_SPOILING = PROMISES - RULES - {"default", "required"}


@dataclass(frozen=True, slots=True)
class Form:
    """A body that is special at one place, in a way that has a name within its `group`.

    `is_newer` says that it is what a newer server may send: the contract does not allow it, and does not
    forbid that it will."""

    location: Location
    group: str
    name: str
    body: Any
    value: Any
    is_allowed: bool
    is_absent: bool = False
    is_newer: bool = False

    @property
    def place(self) -> str:
        """The place as clause ids have it."""
        return show(self.location)

    @property
    def told(self) -> str:
        """What the server answers with, in words."""
        in_words = {
            "values": f"the value {self.name}",
            "branches": f"the {self.name} shape",
            "date-times": f"the date-time {self.value} ({self.name})",
            "texts": f"a text ({self.name})",
            "integers": f"the integer {self.value} ({self.name})",
        }
        return in_words.get(self.group) or _IN_WORDS[self.name]


def full(node: Node) -> Any:
    """Give a value that the schema allows with every member there."""
    if node.branches:
        own = {name: full(child) for name, child in node.properties.items()}
        return own | full(next(iter(node.branches.values())))
    if node.properties:
        return {name: full(child) for name, child in node.properties.items()}
    if node.items:
        return [full(node.items)]
    if "pattern" in node.keywords:
        return next((text for text in _WORDS if re.search(node.keywords["pattern"], text)), sample(node))
    return PLAIN_DATE_TIME if node.keywords.get("format") == "date-time" else sample(node)


class Forms:
    """Makes the forms of the successful answer of a contract."""

    def __init__(self, contract: Contract) -> None:
        response = contract.fragment.success
        assert response.body
        self._root = response.body
        self._validator = contract.validators[response.status]
        self._equals = {
            node.location: (*node.location[:-1], *node.keywords["x-equals"].split("."))
            for node in self._root.walk()
            if "x-equals" in node.keywords
        }
        self.plain = self._agreed(full(self._root))

    def all(self) -> Iterator[Form]:
        """Yield every form, place by place in the order of the fragment."""
        for node in self._root.walk():
            if node.location and node.location[-1] != EACH and not node.location[-1].startswith("/"):
                yield from self._allowed(node)
                yield from self._forbidden(node)
            yield from self._newer(node)

    def base(self, location: Location) -> Any:
        """Give the plain body that has the place: of its branches those that lead there."""
        body = deepcopy(self.plain)
        for index, step in enumerate(location):
            if step.startswith("/"):
                union = self._root.at(location[:index])
                assert union
                self._put(body, location[:index], full(union.branches[step[1:]]))
        return self._agreed(body)

    def _allowed(self, node: Node) -> Iterator[Form]:
        keywords = node.keywords
        yield from (self._form(node, "values", str(value), value) for value in _values(keywords))
        for name, branch in node.branches.items():
            yield self._form(node, "branches", name, full(branch))
        if keywords.get("format") == "date-time":
            for name, text in DATE_TIMES.items():
                yield self._form(node, "date-times", name, text)
        elif keywords.get("format") == "uuid":
            yield self._form(node, "texts", "capitals", str(sample(node)).upper())
        elif "string" in node.types and "enum" not in keywords and "const" not in keywords:
            for name, text in TEXTS.items():
                yield self._form(node, "texts", name, text)
        elif "integer" in node.types and "const" not in keywords:
            for name, number in INTEGERS.items():
                if number >= keywords.get("minimum", number):
                    yield self._form(node, "integers", name, number)
        yield from self._shapes(node)

    def _shapes(self, node: Node) -> Iterator[Form]:
        """Yield the forms that say of what kind a value is, or whether it is there."""
        if node.items:
            yield self._form(node, "arrays", "none", [])
            yield self._form(node, "arrays", "two", [full(node.items)] * 2)
        if NULL in node.types:
            yield self._form(node, "null", "null", None)
        yield self._form(node, "absent", "absent", None, is_absent=True)

    def _forbidden(self, node: Node) -> Iterator[Form]:
        for keyword in (*node.keywords, *(["oneOf"] if node.branches else [])):
            if keyword in _SPOILING and not node.selector:
                form = self._form(node, "forbidden", keyword, spoiled(node, keyword))
                if not form.is_allowed:
                    yield form
        if NULL not in node.types:
            yield self._form(node, "forbidden", "null", None)

    def _newer(self, node: Node) -> Iterator[Form]:
        if node.properties and not node.selector:
            location = (*node.location, EXTRA)
            yield self._special(location, "newer", "extra-member", {"added": [1, "text"]}, is_newer=True)
        if "enum" in node.keywords:
            yield self._special(node.location, "newer", "unknown-value", UNKNOWN, is_newer=True)
        if node.branches:
            value = full(node) | {node.discriminator: UNKNOWN}
            yield self._special(node.location, "newer", "unknown-branch", value, is_newer=True)

    def _form(self, node: Node, group: str, name: str, value: Any, *, is_absent: bool = False) -> Form:
        return self._special(node.location, group, name, value, is_absent=is_absent)

    def _special(
        self,
        location: Location,
        group: str,
        name: str,
        value: Any,
        *,
        is_absent: bool = False,
        is_newer: bool = False,
    ) -> Form:
        body = self.base(location)
        self._put(body, location, value, is_absent=is_absent)
        if not is_absent and not is_newer:
            self._agree_with(body, location, value)
        is_allowed = self._validator.is_valid(body)
        return Form(location, group, name, body, value, is_allowed and not is_newer, is_absent, is_newer)

    def _put(self, body: Any, location: Location, value: Any, *, is_absent: bool = False) -> None:
        owner = body
        *way, last = [step for step in location if not step.startswith("/")]
        for step in way:
            owner = owner[0] if step == EACH else owner[step]
        if is_absent:
            owner.pop(last, None)
        else:
            owner[last] = deepcopy(value)

    def _agreed(self, body: Any) -> Any:
        """Let the members that repeat another's value do so."""
        for here, there in self._equals.items():
            self._put(body, here, _value_at(body, there))
        return body

    def _agree_with(self, body: Any, location: Location, value: Any) -> None:
        """Let what must agree with a changed place agree, where the contract allows that."""
        for here, there in self._equals.items():
            union = self._root.at(there[:-1])
            if here == location and union and value in union.branches:
                self._put(body, there[:-1], full(union.branches[value]))
            elif location == there[:-1] and isinstance(value, dict):
                self._put(body, here, value.get(there[-1]))


def _values(keywords: Mapping[str, Any]) -> list[Any]:
    """Give the values that a schema names, or a boolean has; null has a form of its own."""
    if "const" in keywords:
        return [keywords["const"]]
    named = [True, False] if keywords.get("type") == "boolean" else keywords.get("enum", [])
    return [value for value in named if value is not None]


def _value_at(body: Any, location: Location) -> Any:
    for step in location:
        body = body[0] if step == EACH else body[step]
    return body
