"""Gives the types that an SDK declares at a place of the answer, so that what comes there can be held against
them. `declared.py` puts alternatives together; here each stays one, as any of them may come."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contracts.location import EACH, Location
from contracts.schema import Node
from contracts.sdk.declares.declared import KIND_OF

Type = Mapping[str, Any]

_ANY: Type = {"kind": "any"}
_ALSO = {"number": "integer", "date": "date-time", "uuid": "string"}
"""Kinds of values that are of another kind, too: in most languages a date-time is a date with more to it, and
the protocol has no value for a uuid."""
_UNNAMED = frozenset({"null", "other"})
"""Values of which nothing can be said: null is a question of its own, what is no JSON has none."""


def kinds_at(answer: Type, location: Location, root: Node) -> frozenset[str]:
    """Name the kinds that the type of an answer declares at a place of the schema `root`; none where it says
    nothing."""
    found = list(_alternatives(answer))
    for number, step in enumerate(location):
        if step.startswith("/"):
            union = root.at(location[:number])
            found = [one for one in found if not union or _may_be(one, union.discriminator, step[1:])]
        else:
            found = [part for one in found for part in _below(one, step)]
    kinds = frozenset(kind for one in found for kind in _kinds(one))
    return frozenset() if "any" in kinds else kinds


def is_among(kind: str, kinds: frozenset[str]) -> bool:
    """Say whether a value of a kind, as a driver tells values, may stand where these kinds are declared."""
    return kind in _UNNAMED or kind in kinds | {_ALSO[one] for one in kinds & _ALSO.keys()}


def _alternatives(told: Type) -> Iterator[Type]:
    if told["kind"] == "union":
        for part in told["of"]:
            yield from _alternatives(part)
    else:
        yield told


def _below(told: Type, step: str) -> Iterator[Type]:
    """Yield what a type lets stand one step below; an object may have more members than it declares."""
    if told["kind"] == "any":
        yield told
    elif told["kind"] == "array" and step == EACH:
        yield from _alternatives(told["items"])
    elif told["kind"] == "object" and step != EACH:
        yield from _alternatives(told["members"].get(step, {"type": _ANY})["type"])


def _may_be(told: Type, told_by: str, label: str) -> bool:
    """Say whether a type may be the shape of a union that has the label in the member `told_by`."""
    member = told.get("members", {}).get(told_by)
    labels: Sequence[Type] = list(_alternatives(member["type"])) if member else [_ANY]
    return any(one["kind"] != "literal" or label in one["values"] for one in labels)


def _kinds(told: Type) -> Iterator[str]:
    if told["kind"] == "literal":
        yield from (KIND_OF[type(value)] for value in told["values"])
    else:
        yield told["kind"]
