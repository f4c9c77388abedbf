"""Changes places of JSON values without touching the values themselves: they may be shared."""

from collections.abc import Callable
from typing import Any

from contracts.location import EACH, Location
from contracts.schema import Node

Change = Callable[[Any], Any]

GONE: Any = object()
"""What a change gives to leave a member out."""


def altered(node: Node, at: Location, value: Any, change: Change) -> Any:
    """Give a value of the schema `node` in which every place that `at` names is changed, where it is there.

    A step into a branch leads on only where the value selects that branch.
    """
    if not at:
        return change(value)
    step, rest = at[0], at[1:]
    if step.startswith("/"):
        is_selected = isinstance(value, dict) and value.get(node.discriminator) == step[1:]
        return altered(node.branches[step[1:]], rest, value, change) if is_selected else value
    if step == EACH:
        assert node.items
        items = node.items
        return [altered(items, rest, one, change) for one in value] if isinstance(value, list) else value
    if not isinstance(value, dict) or step not in value:
        return value
    # The last step needs no schema, so that it may name what only the branches of a union have.
    made = altered(node.properties[step], rest, value[step], change) if rest else change(value[step])
    if made is GONE:
        return {name: member for name, member in value.items() if name != step}
    return {**value, step: made}


def everywhere(value: Any, of_object: Change, of_scalar: Change) -> Any:
    """Give a value in which all objects and all scalars are changed, from the inside out."""
    if isinstance(value, dict):
        return of_object({name: everywhere(one, of_object, of_scalar) for name, one in value.items()})
    if isinstance(value, list):
        return [everywhere(one, of_object, of_scalar) for one in value]
    return of_scalar(value)


def same(value: Any) -> Any:
    """Give the value itself."""
    return value
