"""What an SDK declares, read from what its driver answers to `describe`.

How it comes is told in `../drivers/README.md`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from contracts.schema import NULL
from contracts.sdk.declares.model import Declared, Member, Method, union

_FORMATS = frozenset({"date-time", "date", "uuid"})
KIND_OF = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): NULL}
"""The kinds of values of Python, as JSON has them."""
_BOTH = {True, False}


def method(described: Mapping[str, Any]) -> Method | None:
    """Give the method that was described, None where the SDK has none for the operation."""
    if not described["call"]:
        return None
    return Method(
        call=described["call"],
        parameters={f"{entry['in']}.{entry['name']}": _member(entry) for entry in described["parameters"]},
        answer=_type(described["answer"]),
        expresses=frozenset(described["expresses"]),
    )


def _member(entry: Mapping[str, Any]) -> Member:
    return Member(
        type=_type(entry["type"]),
        is_required=entry["required"],
        is_marked_deprecated=entry.get("deprecated", False),
        is_null_for_absent=entry.get("absent", False),
    )


def _type(entry: Mapping[str, Any]) -> Declared:
    kind, text = entry["kind"], entry.get("text", "")
    if kind == "union":
        return union([_type(part) for part in entry["of"]], text)
    if kind == "any":
        return Declared(text=text)
    if kind == "literal":
        return _literal(entry["values"], text)
    if kind in _FORMATS:
        return Declared(frozenset({"string"}), format=kind, text=text)
    if kind == "array":
        return Declared(frozenset({kind}), items=_type(entry["items"]), text=text)
    if kind == "object":
        members = {name: _member(member) for name, member in entry["members"].items()}
        return Declared(frozenset({kind}), members=members, text=text)
    return Declared(frozenset({kind}), text=text)


def _literal(values: Sequence[Any], text: str) -> Declared:
    kinds = frozenset(KIND_OF[type(value)] for value in values)
    named = tuple(value for value in values if value is not None)
    # Both truth values are as good as no list of values.
    is_boolean = kinds - {NULL} == {"boolean"} and set(named) == _BOTH
    return Declared(kinds, () if is_boolean else named, text=text)
