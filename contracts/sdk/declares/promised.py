"""What the fragment promises, as types."""

from datetime import date
from typing import Any

from contracts.contract import Contract
from contracts.operation import Parameter
from contracts.schema import Node
from contracts.sdk.declares.model import Declared, Member, Method

_KIND_OF = {bool: "boolean", int: "integer", float: "number", str: "string"}


def promised(contract: Contract) -> Method:
    """Give what a method for the operation would have to declare on the day of the contract."""
    fragment = contract.fragment
    body = fragment.success.body
    return Method(
        call=f"{fragment.method} {fragment.path}",
        parameters={_key(parameter): _parameter(parameter) for parameter in fragment.parameters},
        answer=declared(body, contract.as_of) if body else Declared(),
    )


def _key(parameter: Parameter) -> str:
    return f"{parameter.place}.{parameter.name}"


def _parameter(parameter: Parameter) -> Member:
    node = parameter.node
    return Member(
        type=declared(node, date.min),
        is_required=parameter.is_required,
        is_marked_deprecated=bool(node.keywords.get("deprecated")),
        sunset=node.sunset,
    )


def declared(node: Node, as_of: date) -> Declared:
    """Give the type of a place, in which what may be gone on the day `as_of` is optional."""
    values = tuple(value for value in _values(node) if value is not None)
    return Declared(
        kinds=frozenset(node.types) or _kinds(node, values),
        values=values,
        format=str(node.keywords.get("format", "")),
        members=_members(node, as_of),
        items=declared(node.items, as_of) if node.items else None,
        shapes=tuple(declared(branch, as_of) for branch in node.branches.values()),
        told_by=node.discriminator,
    )


def _values(node: Node) -> tuple[Any, ...]:
    if "const" in node.keywords:
        return (node.keywords["const"],)
    return tuple(node.keywords.get("enum", ()))


def _kinds(node: Node, values: tuple[Any, ...]) -> frozenset[str]:
    """Give the kinds where the schema does not name them."""
    if node.properties or node.branches:
        return frozenset({"object"})
    return frozenset(_KIND_OF[type(value)] for value in values)


def _members(node: Node, as_of: date) -> dict[str, Member]:
    required = node.required(as_of)
    return {
        name: Member(
            type=declared(child, as_of),
            is_required=name in required,
            is_marked_deprecated=bool(child.keywords.get("deprecated")),
            sunset=child.sunset,
        )
        for name, child in node.properties.items()
    }
