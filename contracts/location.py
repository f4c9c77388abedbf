"""Names places in a JSON document, for every instance at once: `result[].action_params/MOVE.type`.

Steps are joined by dots. `[]` is every item of an array, `/NAME` the branch of a union whose
discriminator has that value. JSON Pointers (RFC 6901) name one place in one instance.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from contracts.yaml_source import escape

Location = tuple[str, ...]
"""Steps from the root: a member name, `[]`, or `/NAME`."""

EACH = "[]"
MAX_KEPT = 1024
"""So many locations are kept as they were read or written; a fragment has hundreds."""
NAME = re.compile(r"[A-Za-z_$@][A-Za-z0-9_$@-]*")
_STEP = re.compile(rf"(?P<name>{NAME.pattern})(?P<each>(\[\])*)")


@lru_cache(maxsize=MAX_KEPT)
def parse(text: str) -> Location:
    """Read a location without branches, as `x-` keywords write it.

    Raises:
        ValueError: the text is not names, each perhaps followed by `[]`, joined by dots.
    """
    steps: list[str] = []
    for part in text.split("."):
        found = _STEP.fullmatch(part)
        if not found:
            raise ValueError(f"{text!r} is not a location such as `list[].name`")
        steps += [found["name"], *[EACH] * (len(found["each"]) // 2)]
    return tuple(steps)


@lru_cache(maxsize=MAX_KEPT)
def show(location: Location) -> str:
    """Write a location the way clause ids have it."""
    text = ""
    for step in location:
        text += step if step == EACH or step.startswith("/") or not text else f".{step}"
    return text


def find(instance: Any, location: Location, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Give (JSON Pointer, value) for each place of `instance` that `location` names and that is there."""
    places = [(pointer, instance)]
    for step in location:
        if step == EACH:
            places = [
                (f"{at}/{index}", item)
                for at, value in places
                if isinstance(value, list)
                for index, item in enumerate(value)
            ]
        else:
            token = f"/{escape(step)}"
            places = [
                (at + token, value[step]) for at, value in places if isinstance(value, dict) and step in value
            ]
    return iter(places)


def values(instance: Any, location: Location) -> list[Any]:
    """Give the values that `find` finds, for much less where nobody asks for their pointers."""
    return values_in([instance], location)


def values_in(instances: list[Any], location: Location) -> list[Any]:
    """Give the values that `find` finds in each instance, in order."""
    found = instances
    for step in location:
        if step == EACH:
            found = [item for value in found if isinstance(value, list) for item in value]
        else:
            found = _members(found, step)
    return found


def _members(instances: list[Any], name: str) -> list[Any]:
    try:
        # As nearly always, all of them are objects and have it.
        return [value[name] for value in instances]
    except (KeyError, TypeError):
        return [value[name] for value in instances if isinstance(value, dict) and name in value]


def owned_values(instances: Iterable[Any], location: Location) -> list[tuple[Any, Any]]:
    """Give (instance, value) for each value that `find` finds in each instance, in order."""
    owned = [(instance, instance) for instance in instances]
    for step in location:
        if step == EACH:
            owned = [(owner, item) for owner, value in owned if isinstance(value, list) for item in value]
        else:
            owned = [
                (owner, value[step]) for owner, value in owned if isinstance(value, dict) and step in value
            ]
    return owned
