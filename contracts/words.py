"""What is said in the same words wherever it is said."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any


def counted(amount: int, singular: str, plural: str = "") -> str:
    """Write an amount of something."""
    return f"{amount:,} {singular if amount == 1 else plural or f'{singular}s'}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Ask for the known names that are most like one that is not known; empty where none is like it."""
    near = get_close_matches(name, list(known), n=3, cutoff=0.4)
    return f"did you mean {' or '.join(near)}?" if near else ""


def moment(text: str) -> str:
    """Write a date-time of a record."""
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def told_change(change: Mapping[str, Any]) -> tuple[str, str]:
    """Say what kind of change from one release of an SDK to another it is and how grave, and what was and is
    where that is known."""
    words = ", ".join(filter(None, (change["kind"], change["severity"])))
    # Of what is new or gone nobody knows what the other release does, only that it is not this.
    sides = (
        f"{word}: {text}" for word, text in (("before", change["was"]), ("now", change["is_now"])) if text
    )
    return words, "; ".join(sides) if change["was"] != change["is_now"] else ""
