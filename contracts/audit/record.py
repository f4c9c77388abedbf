"""A record: one exchange as a recording has it, with its secrets, and without what was not recorded."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

_LEAP_SECOND = re.compile("(T[0-9]{2}:[0-9]{2}):60")

NO_ANSWER = 0
"""The status where none came, or none of the server."""
MAX_STATUS = 999
MAX_NUMBER = 2**53
"""No size and no time is larger; a Decimal may be, beyond all that is safe to count with."""
Headers = tuple[tuple[str, str], ...]


class Unreadable(Exception):
    """A record cannot be read; the message does not quote it."""


@dataclass(frozen=True, slots=True)
class Record:
    """One exchange of a recording. None stands for what was not recorded; a `status` of 0 says that no answer
    came. `body` is None too where less than the whole was recorded; `is_whole` says that the recording tells
    that this is all that came. `has_exact_bytes` says that it has not been read as text on the way, so that
    its encoding can be judged.

    Nothing of it is part of the repr: it holds credentials, and mail.
    """

    method: str = field(repr=False)
    url: str = field(repr=False)
    status: int
    request_headers: Headers | None = field(repr=False, default=None)
    response_headers: Headers | None = field(repr=False, default=None)
    body: bytes | None = field(repr=False, default=None)
    is_whole: bool = False
    has_exact_bytes: bool = True
    time: datetime | None = None
    elapsed_ms: float | None = None

    def response_header(self, name: str) -> str | None:
        """Give the value of a header of the answer, whatever the case of its name."""
        return _value(self.response_headers, name)

    def request_header(self, name: str) -> str | None:
        """Give the value of a header of the request, whatever the case of its name."""
        return _value(self.request_headers, name)


def _value(headers: Headers | None, name: str) -> str | None:
    return next((value for key, value in headers or () if key.lower() == name), None)


def moment(value: Any) -> datetime | None:
    """Read a time with its offset from UTC; None where the value tells no moment, or lacks the offset."""
    try:
        # RFC 3339 has small letters, and a leap second, for which Python has no time.
        read = datetime.fromisoformat(_LEAP_SECOND.sub(r"\1:59", value.upper()))
        read.astimezone(UTC)
    except (AttributeError, ValueError, OverflowError):
        return None
    return read if read.tzinfo else None


def number(value: Any) -> float | None:
    """Give what is measured; None where it is not, for which some write -1."""
    return float(value) if isinstance(value, int | float | Decimal) and 0 <= value < MAX_NUMBER else None


def status(value: Any) -> int:
    """Read a status, which some write as a text.

    Raises:
        ValueError: it is none.
    """
    found = number(int(value) if isinstance(value, str) else value)
    if found is None or found > MAX_STATUS or found % 1:
        raise ValueError
    return int(found)


def characters(value: Any) -> str:
    """Give a value of a document as a text.

    Raises:
        ValueError: it holds half a surrogate pair, which cannot have been sent.
    """
    text = str(value)
    text.encode()
    return text
