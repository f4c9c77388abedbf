"""Says promises in words. The sentences follow from keywords; nothing here knows the operation."""

import json
from collections.abc import Mapping
from typing import Any

from contracts.operation import Parameter
from contracts.schema import Node
from contracts.words import counted

_TYPES = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "array": "an array",
    "object": "an object",
    "null": "null",
}
_FORMATS = {"date-time": "a date-time as RFC 3339 writes it", "uuid": "a UUID as RFC 9562 writes it"}

REFUSALS = {
    "no-credentials": "A request without credentials is refused with a 4XX",
    "partial-credentials": "A request with `{0}` but without what belongs to it is refused with a 4XX",
    "wrong-credentials": "A request with a wrong value for `{0}` is refused with a 4XX",
    "empty-credentials": "A request with an empty value for `{0}` is refused with a 4XX",
    "unknown-route": "A route that does not exist is refused with a 4XX",
    "other-methods": "Methods that the path does not have are refused with a 4XX",
}
PAGINATION = {
    "page-size": "A page holds as many items as `{per_page}` asks for, the last one perhaps fewer",
    "no-repeats": "No item comes twice when all pages are read",
    "complete": "All pages together hold the same items whatever `{per_page}` is",
    "same-order": "The items come in the same order whatever `{per_page}` is",
    "past-the-end": "A page past the end is empty or refused with a 4XX",
}
PROTOCOL = {
    "content-type": "A {0} answer has the content type {1}",
    "encoding": "A {0} answer is UTF-8 without a byte order mark (RFC 8259 section 8.1)",
    "json": "A {0} answer is JSON to the letter (RFC 8259)",
    "unique-names": "No object of a {0} answer has a name twice (RFC 7493 section 2.3)",
}
FILTERS = {
    "only-matching": "Asked for a value of `{0}`, only items whose `{1}` has it come",
    "all-matching": "Asked for a value of `{0}`, every item whose `{1}` has it comes",
}
TENANTS = {
    "other": "Somebody else's `{0}` is refused with a 4XX",
    "invented": "An invented `{0}` is refused with a 4XX",
}


def code(value: Any) -> str:
    """Write a JSON value the way JSON does."""
    return json.dumps(value, ensure_ascii=False)


def listed(values: list[Any] | tuple[Any, ...]) -> str:
    """Write values one after the other."""
    return ", ".join(str(value) if isinstance(value, str) else code(value) for value in values)


def either(types: tuple[str, ...]) -> str:
    """Write alternative JSON types."""
    return " or ".join(_TYPES[name] for name in types)


def schema_promise(place: str, keyword: str, node: Node) -> str:
    """Say what `keyword` of the schema `node` promises of `place`, or of the whole body if that is empty."""
    value: Any = node.keywords.get(keyword)
    branches = listed(tuple(node.branches))
    sentences: Mapping[str, str] = {
        "type": f"is {either(node.types)}",
        "enum": f"is one of {listed(value)}" if keyword == "enum" else "",
        "const": f"is always {code(value)}",
        "format": f"is {_FORMATS.get(str(value), str(value))}",
        "oneOf": f"has one of the shapes that its `{node.discriminator}` selects: {branches}",
        "x-counts": f"is the number of items of `{value}`",
        "x-echoes": f"repeats the `{value}` of the request, or its default",
        "x-equals": f"equals `{value}` beside it",
        **_bounds(value),
    }
    return f"{f'`{place}`' if place else 'The body'} {sentences[keyword]}"


def answer_with(status: str, place: str) -> str:
    """Name the answers that show what is promised of `place`, or of the whole body if that is empty."""
    return f"a {status} answer with {f'`{place}`' if place else 'a body'}"


def _bounds(value: Any) -> dict[str, str]:
    return {
        "minimum": f"is at least {value}",
        "maximum": f"is at most {value}",
        "minLength": f"has at least {_many(value, 'character')}",
        "maxLength": f"has at most {_many(value, 'character')}",
        "minItems": f"has at least {_many(value, 'item')}",
        "maxItems": f"has at most {_many(value, 'item')}",
        "pattern": f"matches {value}",
    }


def _many(value: Any, singular: str) -> str:
    return counted(value, singular) if isinstance(value, int) else ""


def required_promise(place: str, node: Node) -> str:
    """Say that a member is required, and until when."""
    return f"`{place}` is always there" + (f", until {node.sunset}" if node.sunset else "")


def refused_promise(parameter: Parameter, keyword: str) -> str:
    """Say that a value which breaks `keyword` of the parameter is refused."""
    node = parameter.node
    value = node.keywords[keyword]
    told = {
        "type": f"that is not {either(node.types)}",
        "enum": f"other than {listed(value)}" if keyword == "enum" else "",
        "minimum": f"below {value}",
        "maximum": f"above {value}",
        "maxLength": f"longer than {_many(value, 'character')}",
    }
    return f"A value of `{parameter.name}` {told[keyword]} is refused with a 4XX"
