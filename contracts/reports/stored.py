"""Reads JSON that was stored, perhaps by a stranger: only what every reader of JSON holds alike."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from contracts.days import read_day
from contracts.formats import format_checker, is_date_time

if TYPE_CHECKING:
    from jsonschema import FormatChecker

MAX_PROBLEM = 200
_Number = TypeVar("_Number", int, float)
_MOST = 2**53 - 1
"""Beyond, readers of JSON disagree on numbers. Source: RFC 7493, section 2.2."""
_MOST_DIGITS = 20


class NotStored(ValueError):
    """A text is not JSON, or no such as this: `str()` says why."""


def loads(text: str) -> Any:
    """Give what a text holds; a byte order mark before it is passed over.

    Raises:
        NotStored: it is not JSON, or has a number that not every reader can hold, or an object with a name
            twice, of which readers take the one or the other.
    """
    try:
        return json.loads(
            text.removeprefix("\ufeff"),
            parse_constant=_constant,
            parse_int=_whole,
            parse_float=_number,
            object_pairs_hook=_object,
        )
    except NotStored:
        raise
    except (ValueError, RecursionError):
        raise NotStored("it is not JSON") from None


def problem(value: Any, schema: Mapping[str, Any]) -> str:
    """Say where and why a value is not as a schema has it; nothing where it is."""
    # Imported here: a run that reads no record does not pay for it.
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    error = best_match(Draft202012Validator(schema, format_checker=_formats()).iter_errors(value))
    if error is None:
        return ""
    message = error.message if len(error.message) <= MAX_PROBLEM else f"{error.message[:MAX_PROBLEM]}…"
    return f"{error.json_path}: {message}"


def _formats() -> "FormatChecker":
    """Give what checks the days and moments of a record, which reports count with."""
    checker = format_checker()
    checker.checks("date", raises=ValueError)(_is_day)
    checker.checks("date-time", raises=(ValueError, OverflowError))(_is_moment)
    return checker


def _is_day(value: Any) -> bool:
    return not isinstance(value, str) or read_day(value) is not None


def _is_moment(value: Any) -> bool:
    if not isinstance(value, str):
        return True
    # A leap second, and what lies outside the calendar in UTC, are date-times, but none that Python can hold.
    return is_date_time(value) and bool(datetime.fromisoformat(value).astimezone(UTC))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotStored("an object in it has two members of one name")
    return found


def _constant(text: str) -> None:
    raise NotStored(f"it is not JSON, which has no {text}")


def _whole(text: str) -> int:
    # As many digits as show that it is too large; thousands of them Python refuses to read.
    return _held(int(text[:_MOST_DIGITS]))


def _number(text: str) -> float:
    return _held(float(text))


def _held(number: _Number) -> _Number:
    if not -_MOST <= number <= _MOST:
        raise NotStored("a number in it is beyond what every reader of JSON holds")
    return number
