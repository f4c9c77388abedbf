"""The string formats of the contract: RFC 3339 ``date-time`` and RFC 9562 ``uuid``.

One exact checker each, which has the last word wherever a value is refused, so that no two validators of
the project can disagree about one. What to say of such a value is the business of validation.
"""

import re
from calendar import isleap
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jsonschema import FormatChecker

__all__ = ["FORMATS", "PATTERNS", "format_checker", "is_date_time", "is_uuid"]

_MINUTES_PER_DAY = 24 * 60
_DAYS_IN_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

# [0-9] and not \d, which takes the digits of every script.
_DATE_TIME = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>0[1-9]|1[0-2])-(?P<day>[0-9]{2})"
    r"[Tt](?P<hour>[01][0-9]|2[0-3]):(?P<minute>[0-5][0-9]):(?P<second>[0-5][0-9]|60)(?:\.[0-9]+)?"
    r"(?:[Zz]|(?P<sign>[+-])(?P<offset_hour>[01][0-9]|2[0-3]):(?P<offset_minute>[0-5][0-9]))"
)
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_DAY_OF_ANY_YEAR = (
    r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_LEAP_YEAR = r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_PLAIN_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
_ZONE = r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"

PATTERNS: Mapping[str, str] = {
    "date-time": rf"^(?:[0-9]{{4}}-{_DAY_OF_ANY_YEAR}|{_LEAP_YEAR}-02-29)[Tt]{_PLAIN_TIME}{_ZONE}$",
    "uuid": rf"^{_UUID.pattern}$",
}
"""For validators to which a call into Python is dear: patterns of JSON Schema that match no text which the
checker of that name refuses, and every text that it takes, except one with a leap second."""


def is_date_time(value: str) -> bool:
    """Tell whether the text is a ``date-time``.

    A leap second is taken on the last day of any UTC month, whether or not one was ever announced for it:
    a list of those announced would be out of date one day.

    Raises: nothing.
    Source: RFC 3339 sections 5.6 (grammar) and 5.7 (days of a month, leap seconds); appendix C (leap years).
    """
    match = _DATE_TIME.fullmatch(value)
    if match is None:
        return False
    day, last = int(match["day"]), _last_day(int(match["year"]), int(match["month"]))
    return 1 <= day <= last and (match["second"] != "60" or _is_leap_minute(match, day, last))


def is_uuid(value: str) -> bool:
    """Tell whether the text is a UUID, of any version and variant, nil and max among them.

    Raises: nothing.
    Source: RFC 9562 section 4 (grammar), sections 5.9 and 5.10 (nil, max).
    """
    return _UUID.fullmatch(value) is not None


FORMATS: Mapping[str, Callable[[str], bool]] = {"date-time": is_date_time, "uuid": is_uuid}


def format_checker() -> "FormatChecker":
    """Make a checker for jsonschema that knows the formats of FORMATS and no other.

    Raises: nothing.
    Source: JSON Schema 2020-12 validation, section 7.2.1 (a format applies to strings, all else passes).
    """
    from jsonschema import FormatChecker

    checker = FormatChecker(formats=())
    for name, is_format in FORMATS.items():
        checker.checks(name)(_passing_non_strings(is_format))
    return checker


def _passing_non_strings(is_format: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda instance: not isinstance(instance, str) or is_format(instance)


def _last_day(year: int, month: int) -> int:
    return 29 if month == 2 and isleap(year) else _DAYS_IN_MONTH[month - 1]


def _is_leap_minute(match: re.Match[str], day: int, last: int) -> bool:
    """Tell whether the minute is, in UTC, the last one of a month.

    Raises: nothing.
    Source: RFC 3339 section 5.7 and appendix D.
    """
    local = int(match["hour"]) * 60 + int(match["minute"])
    days, minute = divmod(local - _offset_minutes(match), _MINUTES_PER_DAY)
    # Day 0 is the last of the month before: no date needs to be built, so none can be out of range.
    return minute == _MINUTES_PER_DAY - 1 and day + days in (0, last)


def _offset_minutes(match: re.Match[str]) -> int:
    if match["sign"] is None:
        return 0
    offset = int(match["offset_hour"]) * 60 + int(match["offset_minute"])
    return -offset if match["sign"] == "-" else offset
