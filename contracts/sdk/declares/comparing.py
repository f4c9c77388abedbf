"""Compares the types of an SDK with those that the contract promises, place by place and both ways.

What is found is data: `wording.py` says what it means for a customer.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from contracts.location import EACH, Location
from contracts.schema import NULL
from contracts.sdk.declares.model import DATE_TIME, NOTHING_SAID, Declared, Member, together


class Aspect(StrEnum):
    """In what a place is compared."""

    MEMBERS = "members"
    REQUIRED = "required"
    NULL = "null"
    KINDS = "kinds"
    VALUES = "values"
    FORMATS = "formats"
    SHAPES = "shapes"
    DEPRECATED = "deprecated"


class Difference(StrEnum):
    """How an SDK can differ from the contract; the name is part of the id of a finding."""

    LACKS = "lacks"
    ADDS_REQUIRED = "adds-required"
    ADDS = "adds"
    REQUIRED = "required"
    OPTIONAL = "optional"
    NEVER_NULL = "never-null"
    NULLABLE = "nullable"
    OTHER_KIND = "other-type"
    FRACTIONAL = "fractional"
    WIDER = "wider"
    UNTYPED = "untyped"
    LACKS_VALUE = "lacks-value"
    ADDS_VALUE = "adds-value"
    OPEN = "any-value"
    TEXT = "text"
    DAY = "day-only"
    OTHER_FORMAT = "other-format"
    LACKS_SHAPE = "lacks-shape"
    ADDS_SHAPE = "adds-shape"
    MERGED = "merged"
    STILL_THERE = "past-its-end"
    STILL_THERE_UNMARKED = "past-its-end-unmarked"
    UNMARKED = "deprecated-unmarked"
    MARKED = "deprecated-here-only"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One look at one place.

    `difference` is None where it is as promised. `subject` is the value or the shape that is missing, or too
    many. `promised` is the member whose end of life counts.
    """

    place: Location
    aspect: Aspect
    difference: Difference | None = None
    subject: str = ""
    promised: Member | None = None
    expected: Declared = NOTHING_SAID
    actual: Declared = NOTHING_SAID


class Comparer:
    """Compares types on a day, in a language whose types can tell the kinds and formats in `expresses` from
    others."""

    def __init__(self, expresses: frozenset[str], as_of: date) -> None:
        self._expresses = expresses
        self._as_of = as_of

    def members(
        self,
        expected: Mapping[str, Member],
        actual: Mapping[str, Member],
        at: Location = (),
        ignored: Collection[str] = (),
    ) -> Iterator[Comparison]:
        """Compare the members of two objects; those that are `ignored` may be there in addition."""
        for name, member in expected.items():
            if name in actual:
                yield from self._member(member, actual[name], (*at, name))
            elif self._is_past(member):
                yield Comparison((*at, name), Aspect.DEPRECATED)
            else:
                yield Comparison((*at, name), Aspect.MEMBERS, Difference.LACKS, "", member, member.type)
        for name in actual:
            if name in expected or name in ignored:
                continue
            difference = Difference.ADDS_REQUIRED if actual[name].is_required else Difference.ADDS
            yield Comparison((*at, name), Aspect.MEMBERS, difference, actual=actual[name].type)

    def _member(self, expected: Member, actual: Member, at: Location) -> Iterator[Comparison]:
        yield Comparison(at, Aspect.MEMBERS)
        requirement = None
        if expected.is_required != actual.is_required:
            requirement = Difference.REQUIRED if actual.is_required else Difference.OPTIONAL
        yield Comparison(at, Aspect.REQUIRED, requirement, "", expected, expected.type, actual.type)
        if expected.is_marked_deprecated:
            end = self._of_end(expected, actual)
            yield Comparison(at, Aspect.DEPRECATED, end, "", expected, expected.type, actual.type)
        elif actual.is_marked_deprecated:
            marked = Difference.MARKED
            yield Comparison(at, Aspect.DEPRECATED, marked, "", expected, expected.type, actual.type)
        yield from self.type(expected.type, actual.type, at, accepts_null=actual.is_null_for_absent)

    def _of_end(self, expected: Member, actual: Member) -> Difference | None:
        if self._is_past(expected):
            is_marked = actual.is_marked_deprecated
            return Difference.STILL_THERE if is_marked else Difference.STILL_THERE_UNMARKED
        return None if actual.is_marked_deprecated else Difference.UNMARKED

    def _is_past(self, member: Member) -> bool:
        return member.sunset is not None and member.sunset <= self._as_of

    def type(
        self, expected: Declared, actual: Declared, at: Location, *, accepts_null: bool = False
    ) -> Iterator[Comparison]:
        """Compare two types, and what is below them; `accepts_null` says that null means absence."""

        def look(aspect: Aspect, difference: Difference | None, subject: str = "") -> Comparison:
            return Comparison(at, aspect, difference, subject, None, expected, actual)

        kinds = self._kinds(expected, actual)
        if expected.kinds:
            yield look(Aspect.KINDS, kinds)
        if kinds in (Difference.OTHER_KIND, Difference.UNTYPED):
            # Whatever else could be said of it follows from this.
            return
        if expected.is_nullable and not actual.is_nullable:
            yield look(Aspect.NULL, Difference.NEVER_NULL)
        elif actual.is_nullable and not expected.is_nullable and not accepts_null:
            yield look(Aspect.NULL, Difference.NULLABLE)
        else:
            yield look(Aspect.NULL, None)
        for difference, subject in self._values(expected, actual):
            yield look(Aspect.VALUES, difference, subject)
        if expected.format in self._expresses or actual.format:
            yield look(Aspect.FORMATS, _format(expected.format, actual.format))
        yield from self._below(expected, actual, at)

    def _kinds(self, expected: Declared, actual: Declared) -> Difference | None:
        if not actual.kinds:
            return Difference.UNTYPED
        wanted, found = expected.kinds - {NULL}, actual.kinds - {NULL}
        is_fractional = "integer" in wanted - found and "number" in found
        # An integer is a number; a language without integers cannot say more.
        understood = found | ({"integer"} if "number" in found else set())
        if wanted - understood:
            return Difference.OTHER_KIND
        if is_fractional and "integer" in self._expresses:
            return Difference.FRACTIONAL
        surplus = found - wanted - ({"number"} if is_fractional else set())
        if "number" in wanted:
            surplus -= {"integer"}
        return Difference.WIDER if surplus and wanted else None

    def _values(self, expected: Declared, actual: Declared) -> Iterator[tuple[Difference | None, str]]:
        """Yield a look for each value; that a constant is declared by its kind alone is no difference."""
        if not actual.values:
            if len(expected.values) > 1:
                yield Difference.OPEN, ""
            return
        if not expected.values:
            if expected.kinds - {NULL}:
                yield Difference.LACKS_VALUE, "any other"
            return
        for value in expected.values:
            yield (None if _among(value, actual.values) else Difference.LACKS_VALUE), str(value)
        for value in actual.values:
            if not _among(value, expected.values):
                yield Difference.ADDS_VALUE, str(value)

    def _below(self, expected: Declared, actual: Declared, at: Location) -> Iterator[Comparison]:
        if expected.shapes:
            yield from self._shapes(expected, actual, at)
        elif expected.members and actual.shapes:
            # Told apart by the SDK alone: together they have to be what the contract has.
            yield from self.members(expected.members, together(actual.shapes), at)
        elif expected.members and not actual.members:
            yield Comparison(at, Aspect.KINDS, Difference.UNTYPED, "", None, expected, actual)
        elif expected.members:
            yield from self.members(expected.members, actual.members, at)
        if expected.items:
            yield from self.type(expected.items, actual.items or NOTHING_SAID, (*at, EACH))

    def _shapes(self, expected: Declared, actual: Declared, at: Location) -> Iterator[Comparison]:
        """Compare the objects that may stand at a place, each with the one that the SDK has for it."""
        told_by = expected.told_by
        candidates = actual.shapes or (actual,)
        if not any(candidate.members for candidate in candidates):
            yield Comparison(at, Aspect.KINDS, Difference.UNTYPED, "", None, expected, actual)
            return
        taken: list[Declared] = []
        for shape in expected.shapes:
            label = " ".join(shape.labels(told_by))
            found = _shape_for(label, candidates, told_by)
            if found is None:
                yield Comparison(at, Aspect.SHAPES, Difference.LACKS_SHAPE, label, None, expected, actual)
                continue
            is_shared = any(found is other for other in taken)
            taken.append(found)
            difference = Difference.MERGED if is_shared else None
            yield Comparison(at, Aspect.SHAPES, difference, label, None, expected, actual)
            yield from self._shape(expected, shape, found, (*at, f"/{label}"))
        for candidate in candidates:
            if not any(candidate is found for found in taken):
                subject = " ".join(candidate.labels(told_by)) or candidate.text
                yield Comparison(at, Aspect.SHAPES, Difference.ADDS_SHAPE, subject, None, expected, actual)

    def _shape(
        self, union: Declared, expected: Declared, actual: Declared, at: Location
    ) -> Iterator[Comparison]:
        """Compare one shape. An object that serves several has the members of all, and all their labels."""
        is_shared = len(actual.labels(union.told_by)) != 1
        others = {name for shape in union.shapes for name in shape.members if is_shared}
        optional = {name for name, member in actual.members.items() if not member.is_required}
        below = {
            name: member
            for name, member in expected.members.items()
            if name != union.told_by or name not in actual.members
        }
        for look in self.members(below, actual.members, at, {union.told_by, *(others & optional)}):
            if is_shared and look.difference is Difference.OPTIONAL:
                # It has to be, as another shape is without it.
                continue
            yield look


def _shape_for(label: str, candidates: tuple[Declared, ...], told_by: str) -> Declared | None:
    """Give the object that stands for a shape: the one with its label, or else one that may have any."""
    for candidate in candidates:
        if label in candidate.labels(told_by):
            return candidate
    unlabelled = (candidate for candidate in candidates if not candidate.labels(told_by))
    return next((candidate for candidate in unlabelled if told_by in candidate.members), None)


def _among(value: Any, values: tuple[Any, ...]) -> bool:
    """Say whether a JSON value is among others, where true is not 1."""
    return any(value == other and isinstance(value, bool) == isinstance(other, bool) for other in values)


def _format(expected: str, actual: str) -> Difference | None:
    if expected == actual:
        return None
    if expected == DATE_TIME:
        return Difference.DAY if actual else Difference.TEXT
    return Difference.OTHER_FORMAT
