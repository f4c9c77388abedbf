"""Says why a body is refused: a compiled validator says where, jsonschema what, at these places only.

Left to itself, jsonschema looks at every place of a body, which takes a hundred times as long.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property, reduce
from itertools import islice
from operator import getitem
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from contracts.census import json_type
from contracts.formats import PATTERNS, format_checker

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

MAX_EXPLAINED = 50_000
"""So many broken places of one body are explained: more than an honest page has, and few enough that a
hostile one takes seconds, not hours."""

MAX_PLACES = 200_000
"""Several times what the largest honest page has."""

Path = tuple[str | int, ...]


def _is_integer(_: Any, value: Any) -> bool:
    return json_type(value) == "integer"


@cache
def _compiled(pattern: str) -> Any:
    return jsonschema_rs.Draft202012Validator({"pattern": pattern})


def _matches(_: Any, pattern: str, instance: Any, __: Any) -> Iterator["ValidationError"]:
    """Judge a text as the fast path does, by ECMA-262: in Python `$` allows a line break behind the end.

    Source: JSON Schema Core 2020-12, section 6.4.
    """
    import jsonschema

    if isinstance(instance, str) and not _has_match(pattern, instance):
        yield jsonschema.ValidationError(f"{instance!r} does not match {pattern!r}")


def _has_match(pattern: str, text: str) -> bool:
    try:
        return bool(_compiled(pattern).is_valid(text))
    except ValueError:
        # Half a surrogate pair is nothing that the fast path reads.
        return re.search(pattern, text) is not None


@cache
def _exact_kind() -> Any:
    """Give the kind of validator that takes a Decimal without a fraction for the integer that it is, and that
    reads patterns as the fast path does."""
    # Imported here: it takes long, and most runs have nothing to explain.
    import jsonschema

    return jsonschema.validators.extend(  # type: ignore[no-untyped-call]
        jsonschema.Draft202012Validator,
        validators={"pattern": _matches},
        type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer),
    )


class Validator:
    """Judges instances against a schema whose formats are those of `formats.py`.

    The fast path may refuse what the schema allows, never the other way round: whatever it refuses, or
    cannot read, is judged by jsonschema.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema
        self._fast = jsonschema_rs.Draft202012Validator(_in_patterns(schema))
        self._parts: dict[Path, Any] = {}

    @cached_property
    def _exact(self) -> Any:
        return _exact_kind()(self._schema, format_checker=format_checker())

    def is_valid(self, instance: Any) -> bool:
        """Say whether the schema allows the instance."""
        return self.is_surely_valid(instance) or bool(self._exact.is_valid(instance))

    def is_surely_valid(self, instance: Any) -> bool:
        """Say whether the fast path allows the instance."""
        try:
            return self._fast.is_valid(instance)
        except (ValueError, TypeError, OverflowError):
            return False

    def errors(self, instance: Any) -> Iterator["ValidationError"]:
        """Yield what jsonschema says of each broken place, `MAX_EXPLAINED` of them at most."""
        return islice(self._errors(instance), MAX_EXPLAINED)

    def _errors(self, instance: Any) -> Iterator["ValidationError"]:
        if _is_huge(instance):
            # The compiled validator would make all errors at once, each with a copy of what is wrong.
            yield from self._exact.iter_errors(instance)
            return
        try:
            refused = islice(self._fast.iter_errors(instance), MAX_EXPLAINED)
            places = dict.fromkeys((tuple(one.instance_path), _keyword(one.schema_path)) for one in refused)
        except (ValueError, TypeError, OverflowError):
            yield from self._exact.iter_errors(instance)
            return
        for at, keyword in places:
            for error in self._part(keyword).iter_errors(reduce(getitem, at, instance)):
                error.relative_path.extendleft(reversed(at))
                error.relative_schema_path.extendleft(reversed(keyword[:-1]))
                yield error

    def _part(self, keyword: Path) -> Any:
        """Give a validator of the one keyword that stands at this path of the schema."""
        if keyword not in self._parts:
            value = reduce(getitem, keyword, self._schema)  # type: ignore[arg-type]
            self._parts[keyword] = self._exact.evolve(schema={keyword[-1]: value})
        return self._parts[keyword]


def _is_huge(instance: Any) -> bool:
    """Say whether an instance has more places than can all be refused at once."""
    pending, places = [instance], 0
    while pending and places <= MAX_PLACES:
        value = pending.pop()
        if isinstance(value, dict | list):
            places += len(value)
            pending.extend(value.values() if isinstance(value, dict) else value)
    return places > MAX_PLACES


_FORMAT_PATH = ("allOf", 0, "pattern")


def _in_patterns(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Give the schema with the pattern of each format in its place; it may allow less."""
    plain = {name: value for name, value in schema.items() if name != "format"}
    if "format" in schema:
        plain["allOf"] = [{"pattern": PATTERNS[schema["format"]]}]
    if "properties" in schema:
        plain["properties"] = {name: _in_patterns(child) for name, child in schema["properties"].items()}
    if "items" in schema:
        plain["items"] = _in_patterns(schema["items"])
    if "oneOf" in schema:
        plain["oneOf"] = [_in_patterns(branch) for branch in schema["oneOf"]]
    return plain


def _keyword(path: list[str | int]) -> Path:
    """Give the path of a keyword in the schema for that in the one with patterns."""
    found = tuple(path)
    return (*found[:-3], "format") if found[-3:] == _FORMAT_PATH else found
