"""Malformed values of the string formats, each made from a sound one, so that they differ as it does.

Data of the emulator: how a server gets a format wrong, not what any operation has.
"""

import re
from collections.abc import Callable, Mapping

Malform = Callable[[str], str]

_DATE_TIME = re.compile(
    r"(?P<date>[0-9-]+)[Tt](?P<clock>[0-9:]+)(?P<fraction>\.[0-9]+)?(?P<zone>[Zz]|[+-][0-9:]+)"
)


def _date_time(template: str) -> Malform:
    """Build what writes the parts of a date-time in another way."""

    def malform(value: str) -> str:
        found = _DATE_TIME.fullmatch(value)
        assert found
        return template.format(**{name: text or "" for name, text in found.groupdict().items()})

    return malform


MALFORMED: Mapping[str, Mapping[str, Malform]] = {
    "date-time": {
        "space": _date_time("{date} {clock}{fraction}{zone}"),
        "no-zone": _date_time("{date}T{clock}{fraction}"),
        "date-only": _date_time("{date}"),
        "no-colon-in-offset": _date_time("{date}T{clock}{fraction}+0000"),
        "comma": _date_time("{date}T{clock},5{zone}"),
        "empty-fraction": _date_time("{date}T{clock}.{zone}"),
        "newline": _date_time("{date}T{clock}{fraction}{zone}\n"),
        "month-13": lambda value: f"{value[:5]}13{value[7:]}",
        "day-30-of-february": lambda value: f"{value[:5]}02-30{value[10:]}",
        "hour-24": lambda value: f"{value[:11]}24{value[13:]}",
        "leap-second-at-noon": lambda value: f"{value[:11]}12:00:60Z",
        "unix-time": lambda value: "1764000000",
        "slashes": lambda value: value.replace("-", "/", 2),
        "empty": lambda value: "",
    },
    "uuid": {
        "no-hyphens": lambda value: value.replace("-", ""),
        "braces": lambda value: f"{{{value}}}",
        "urn": lambda value: f"urn:uuid:{value}",
        "too-short": lambda value: value[:-1],
        "too-long": lambda value: f"{value}0",
        "not-hexadecimal": lambda value: f"{value[:-1]}g",
        "hyphen-elsewhere": lambda value: f"{value[:7]}-{value[7]}{value[9:]}",
        "newline": lambda value: f"{value}\n",
    },
}
