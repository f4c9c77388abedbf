"""Reads JSON that was stored, perhaps by a stranger: only what every reader of JSON holds alike."""

import json
from typing import Any, TypeVar

_Number = TypeVar("_Number", int, float)
_MOST = 2**53 - 1
"""Beyond, readers of JSON disagree on numbers. Source: RFC 7493, section 2.2."""
_MOST_DIGITS = 20


class NotStored(ValueError):
    """A text is not JSON, or no such as this: `str()` says why."""


def loads(text: str) -> Any:
    """Give what a text holds; a byte order mark before it is passed over.

    Raises:
        NotStored: it is not JSON, or has a number that not every reader can hold.
    """
    try:
        return json.loads(
            text.removeprefix("\ufeff"), parse_constant=_constant, parse_int=_whole, parse_float=_number
        )
    except NotStored:
        raise
    except (ValueError, RecursionError):
        raise NotStored("it is not JSON") from None


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
