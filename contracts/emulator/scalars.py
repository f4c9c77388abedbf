"""Makes strings, numbers and booleans, in the varied forms in which a server may write them."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from contracts.emulator.mixing import mix
from contracts.schema import Node

Make = Callable[[int, int], Any]
"""Makes the value of one place from random bits of its own and the index of its item."""

_NEWEST = datetime(2026, 1, 1)
_SECONDS = 60
"""Of the minute that each item has to itself."""
_CACHED_MINUTES = 4096
_WORDS = ("word", "Word", "WORD", "7")
_INTEGERS = 1000

# Offset in minutes, and how it is written (RFC 3339 section 4.3 allows -00:00).
_ZONES = (*((0, "Z"),) * 8, (120, "+02:00"), (0, "+00:00"), (0, "-00:00"), (-210, "-03:30"), (345, "+05:45"))
_FRACTION_DIGITS = (0, 0, 0, 3, 3, 6, 1, 2, 4, 5, 7, 8, 9)
_ONE_LOWER_CASE_IN = 40


def scalar(kind: str, node: Node) -> Make:
    """Build the function that makes values of the JSON type `kind` that the schema `node` allows."""
    if kind in ("integer", "number"):
        return _number(node)
    if kind == "string":
        return _string(node)
    values: dict[str, Any] = {"object": {}, "array": []}
    if kind in values:
        return lambda draw, index: values[kind].copy()
    return (lambda draw, index: bool(draw & 1)) if kind == "boolean" else (lambda draw, index: None)


def by_index(node: Node, start: int) -> Make:
    """Build the function that makes values of `node` of which no two items have the same."""
    if node.keywords.get("format") == "uuid":
        return lambda draw, index: uuid(mix(start ^ index), index)
    if "string" in node.types:
        return lambda draw, index: f"{index:x}".zfill(node.keywords.get("minLength", 1))
    lowest = node.keywords.get("minimum", 1)
    return lambda draw, index: lowest + index


def date_time(draw: int, index: int) -> str:
    """Make a date-time; each of an item is later than every one of the item after it."""
    minutes, zone = _ZONES[draw % len(_ZONES)]
    draw //= len(_ZONES)
    digits = _FRACTION_DIGITS[draw % len(_FRACTION_DIGITS)]
    draw //= len(_FRACTION_DIGITS)
    second = draw % _SECONDS
    draw //= _SECONDS
    fraction = f".{draw % 10**digits:0{digits}d}" if digits else ""
    text = f"{_minute(minutes - index)}:{second:02d}{fraction}{zone}"
    return text if draw % _ONE_LOWER_CASE_IN else text.lower()


@lru_cache(_CACHED_MINUTES)
def _minute(number: int) -> str:
    """Write the minute that comes so many after the first one of the newest item."""
    return (_NEWEST + timedelta(minutes=number)).isoformat(timespec="minutes")


def uuid(draw: int, index: int) -> str:
    """Make a UUID of version 4."""
    high = mix(draw)
    text = f"{high:016x}{mix(high):016x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{'89ab'[high & 3]}{text[17:20]}-{text[20:]}"


def _number(node: Node) -> Make:
    keywords = node.keywords
    lowest = keywords.get("minimum", min(0, keywords.get("maximum", 0)))
    span = min(_INTEGERS, keywords.get("maximum", lowest + _INTEGERS) - lowest + 1)
    return lambda draw, index: lowest + draw % span


def _string(node: Node) -> Make:
    keywords = node.keywords
    made: dict[str, Make] = {"date-time": date_time, "uuid": uuid}
    if keywords.get("format") in made:
        return made[keywords["format"]]
    examples = [text for text in keywords.get("examples", ()) if isinstance(text, str)]
    fewest, most = keywords.get("minLength", 0), keywords.get("maxLength")
    texts = [text.ljust(fewest, "x")[:most] for text in examples or _WORDS]
    texts = [text for text in texts if re.search(keywords.get("pattern", ""), text)] or texts
    return lambda draw, index: texts[draw % len(texts)]
