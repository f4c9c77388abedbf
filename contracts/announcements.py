"""What a server announces of an end of life: the headers `Deprecation` (RFC 9745) and `Sunset` (RFC 8594).

They are counted, not judged: the contract promises neither. Of a value that is no date nothing is kept, as
a server may echo a credential there.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate

MAX_DATES = 5
"""So many different dates are kept of a header, the earliest, as these can be added up in any order."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_HTTP_DATE = len("Wednesday, 06-Nov-94 08:49:37 GMT")
_WEEKDAY = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Mon|Tue|Wed|Thu|Fri|Sat|Sun")
_BARE_ITEM = "|".join(
    (
        r"@?-?[0-9]{1,15}",
        r"-?[0-9]{1,12}\.[0-9]{1,3}",
        r'"(?:[ !#-\[\]-~]|\\["\\])*"',
        r"[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*",
        r":[A-Za-z0-9+/=]*:",
        r"\?[01]",
        r'%"(?:[ !#$&-~]|%[0-9a-f]{2})*"',
    )
)
_DATE_ITEM = re.compile(
    rf"@(?P<seconds>-?[0-9]{{1,15}})(?:; *[a-z*][a-z0-9_.*-]*(?:=(?:{_BARE_ITEM}))?)*", re.ASCII
)


def structured_date(text: str) -> datetime | None:
    """Read a Date of the structured fields; None where the text is none, or lies beyond the year 9999.

    Parameters are allowed, and mean nothing. Source: RFC 9651 sections 3.3.7 and 4.2, RFC 9745 section 2.1.
    """
    found = _DATE_ITEM.fullmatch(text)
    try:
        return _EPOCH + timedelta(seconds=int(found["seconds"])) if found else None
    except OverflowError:
        return None


def http_date(text: str) -> datetime | None:
    """Read an HTTP-date in any of its three forms, from the year 100 on; None where the text is none.

    The day of the week need not be that of the date: in RFC 8594's own example it is not.
    Source: RFC 9110 section 5.6.7, RFC 8594 section 3.
    """
    # Python has no leap seconds, HTTP has.
    text = text.replace(" 23:59:60", " 23:59:59")
    weekday = _WEEKDAY.match(text) if len(text) <= _LONGEST_HTTP_DATE else None
    fields = parsedate(text) if weekday else None
    if not weekday or not fields:
        return None
    try:
        moment = datetime(*fields[:6], tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    # What Python reads is far more than what HTTP allows.
    return moment if text[weekday.end() :] in _after_weekday(moment, weekday[0]) else None


def _after_weekday(moment: datetime, weekday: str) -> tuple[str, ...]:
    if weekday.endswith("day"):
        return (f"{moment:, %d-%b-%y %H:%M:%S} GMT",)
    return format_datetime(moment, usegmt=True)[3:], moment.ctime()[3:]


HEADERS: Mapping[str, Callable[[str], datetime | None]] = {
    "deprecation": structured_date,
    "sunset": http_date,
}


@dataclass(slots=True)
class Announced:
    """How many answers had a header, in how many it was no date, and how many gave each of the dates kept."""

    answers: int = 0
    malformed: int = 0
    dates: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Announced") -> None:
        """Add another count of the same header to this one."""
        self.answers += other.answers
        self.malformed += other.malformed
        together = self.dates + other.dates
        self.dates = Counter({date: together[date] for date in sorted(together)[:MAX_DATES]})

    @property
    def other_dates(self) -> int:
        """The number of answers with a date that is not among those kept."""
        return self.answers - self.malformed - self.dates.total()


def announced(headers: Iterable[tuple[str, str]]) -> dict[str, Announced]:
    """Give what the headers of one answer announce, by the name of each header that is there."""
    texts: dict[str, list[str]] = {}
    for name, value in headers:
        if name.lower() in HEADERS:
            texts.setdefault(name.lower(), []).append(value.strip(" \t"))
    found = {}
    for name, values in texts.items():
        # Several lines are one value, which then is no single date (RFC 9110 section 5.3).
        moment = HEADERS[name](", ".join(values))
        dates = Counter([moment.isoformat().replace("+00:00", "Z")] if moment else [])
        found[name] = Announced(1, 0 if moment else 1, dates)
    return found
