"""Days, as people write them: 2026-11-01."""

from argparse import ArgumentTypeError
from datetime import date


def read_day(text: str) -> date | None:
    """Read a day; None where the text is none."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    # Python reads other forms of ISO 8601, too, which people do not.
    return found if found.isoformat() == text else None


def day(text: str) -> date:
    """Read the value of an option that is a day.

    Raises:
        ArgumentTypeError: it is none.
    """
    found = read_day(text)
    if found is None:
        raise ArgumentTypeError(f"{text!r} is not a day; write it as 2026-11-01")
    return found
