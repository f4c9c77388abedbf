"""A record: one exchange as a recording has it, with its secrets, and without what was not recorded."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

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


def moment(text: str) -> datetime:
    """Read a time with its offset from UTC.

    Raises:
        Unreadable: it is none.
    """
    try:
        read = datetime.fromisoformat(text)
        read.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable("its time is no date and time") from None
    if read.tzinfo is None:
        raise Unreadable("its time has no offset from UTC")
    return read


def characters(value: Any) -> str:
    """Give a value of a document as a text.

    Raises:
        ValueError: it holds half a surrogate pair, which cannot have been sent.
    """
    text = str(value)
    text.encode()
    return text
