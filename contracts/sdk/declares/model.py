"""What types let customers send and read, in the words of JSON, whatever language they are written in.

The fragment's promises become such types in `promised.py`, those of an SDK in `declared.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from contracts.schema import NULL

DATE_TIME = "date-time"


class Side(StrEnum):
    """Whether a type is that of what is sent or of what is answered."""

    REQUEST = "request"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Declared:
    """The JSON that a type lets stand at a place.

    `kinds` are names of JSON types, none where the type says nothing. `values` are the only ones that are
    allowed, none where any is. `shapes` are the objects that may stand here where there are several, told
    apart by the member `told_by`. `text` is the type as its language writes it.
    """

    kinds: frozenset[str] = frozenset()
    values: tuple[Any, ...] = ()
    format: str = ""
    members: Mapping[str, "Member"] = field(default_factory=dict)
    items: "Declared | None" = None
    shapes: tuple["Declared", ...] = ()
    told_by: str = ""
    text: str = ""

    @property
    def is_nullable(self) -> bool:
        """Whether null may stand here."""
        return NULL in self.kinds

    @property
    def is_constant(self) -> bool:
        """Whether there is but one value, so that nothing is learned from it."""
        return len(self.values) == 1

    def labels(self, told_by: str) -> tuple[str, ...]:
        """Give the values of the member that tells this shape from others, none where it may have any."""
        member = self.members.get(told_by)
        return tuple(str(value) for value in member.type.values) if member else ()


NOTHING_SAID = Declared()


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object, or a parameter.

    `is_required` says that it is always there, or must be given. `is_marked_deprecated` says that whoever
    reads the declaration is told so. `is_null_for_absent` says that null stands for a member that is not
    there, as Python's None does. From the day `sunset` on the member may be gone.
    """

    type: Declared
    is_required: bool
    is_marked_deprecated: bool = False
    is_null_for_absent: bool = False
    sunset: date | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """What customers call for the operation.

    `call` is how they write it. `parameters` are by place and name: `query.page`. `expresses` are the kinds
    and formats that types of the language can tell from others: `integer` from `number`, `date-time` from
    `string`.
    """

    call: str
    parameters: Mapping[str, Member]
    answer: Declared
    expresses: frozenset[str] = frozenset({"integer", DATE_TIME})


def union(parts: Sequence[Declared], text: str = "") -> Declared:
    """Put alternatives together: values are the only ones where each alternative names its own."""
    if any(not part.kinds for part in parts):
        return Declared(text=text)
    said = [part for part in parts if part.kinds != {NULL}]
    has_values = all(part.values for part in said)
    objects: list[Declared] = []
    for part in said:
        shapes = part.shapes or ((part,) if part.members else ())
        objects += [shape for shape in shapes if shape not in objects]
    formats = {part.format for part in said}
    items = [part.items for part in said if part.items]
    return Declared(
        kinds=frozenset().union(*(part.kinds for part in parts)),
        values=tuple(dict.fromkeys(value for part in said for value in part.values)) if has_values else (),
        format=formats.pop() if len(formats) == 1 else "",
        members=objects[0].members if len(objects) == 1 else {},
        items=union(items) if items else None,
        shapes=tuple(objects) if len(objects) > 1 else (),
        text=text,
    )


def together(shapes: Sequence[Declared]) -> dict[str, Member]:
    """Give the members that a value of any of the shapes may have; what all have may be required."""
    names = dict.fromkeys(name for shape in shapes for name in shape.members)
    found = {name: [shape.members[name] for shape in shapes if name in shape.members] for name in names}
    return {
        name: Member(
            type=union([member.type for member in members], members[0].type.text),
            is_required=len(members) == len(shapes) and all(member.is_required for member in members),
            is_marked_deprecated=any(member.is_marked_deprecated for member in members),
            is_null_for_absent=all(member.is_null_for_absent for member in members),
        )
        for name, members in found.items()
    }
