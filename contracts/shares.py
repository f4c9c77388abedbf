"""Shares in percent, as people write them."""

import re
from argparse import ArgumentTypeError

SHARE_ADVICE = "give a number from 0 to 100"


def read_share(text: str) -> int | None:
    """Read a whole number of percent; None where the text is none."""
    return int(text) if re.fullmatch("[0-9]{1,3}", text) and int(text) <= 100 else None


def share(text: str) -> int:
    """Read the value of an option that is a share.

    Raises:
        ArgumentTypeError: it is none.
    """
    found = read_share(text)
    if found is None:
        raise ArgumentTypeError(f"{text!r} is no share; {SHARE_ADVICE}")
    return found
