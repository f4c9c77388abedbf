"""Compares what a server said with what an SDK made of it, as a driver tells values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from contracts.location import EACH, Location

Told = Mapping[str, Any]

_MICROSECONDS = 6


@dataclass(frozen=True, slots=True)
class Loss:
    """A place at which the SDK made something else of a value. `is_small` says that only what is below a
    microsecond of a date-time is lost, `is_gone` that nothing is left of it: what is there and another value
    can at least be seen to be there."""

    place: str
    expected: str
    actual: str
    is_small: bool = False
    is_gone: bool = False


def losses(sent: Any, told: Told | None, place: str = "") -> Iterator[Loss]:
    """Yield where the value that was told is not the one that was sent.

    Members that the SDK shows and the server did not send are none: a language may have a word for absent.
    """
    if told is None:
        yield Loss(place, _text(sent), "nothing", is_gone=True)
    elif isinstance(sent, dict):
        members = told.get("object")
        if members is None:
            yield Loss(place, "an object", kind(told), is_gone=True)
            return
        for name, value in sent.items():
            yield from losses(value, members.get(name), f"{place}.{name}" if place else name)
    elif isinstance(sent, list):
        yield from _array_losses(sent, told, place)
    else:
        yield from _scalar_losses(sent, told, place)


def _array_losses(sent: list[Any], told: Told, place: str) -> Iterator[Loss]:
    items = told.get("array")
    if items is None or len(items) != len(sent):
        found = kind(told) if items is None else f"an array of {len(items)}"
        yield Loss(place, f"an array of {len(sent)}", found, is_gone=items is None or len(items) < len(sent))
        return
    for value, item in zip(sent, items, strict=True):
        yield from losses(value, item, f"{place}{EACH}")


def _scalar_losses(sent: Any, told: Told, place: str) -> Iterator[Loss]:
    is_kept, is_small = True, False
    if sent is None or isinstance(sent, bool):
        is_kept = told == ({"null": True} if sent is None else {"boolean": sent})
    elif isinstance(sent, int | float):
        is_kept = _number(told) == Decimal(str(sent))
    elif "date-time" in told:
        is_kept, is_small = _same_moment(sent, told["date-time"])
    else:
        is_kept = told.get("string") == sent
    if not is_kept:
        yield Loss(place, _text(sent), shown(told), is_small, is_gone="null" in told)


def _number(told: Told) -> Decimal | None:
    try:
        return Decimal(told.get("integer") or told.get("number") or "")
    except InvalidOperation:
        return None


def _same_moment(sent: str, told: str) -> tuple[bool, bool]:
    """Say whether two texts name the same moment and, if not, whether the difference is a small one."""
    try:
        wanted, found = _moment(sent), _moment(told)
    except ValueError:
        return False, False
    exact = not _fraction(sent)[_MICROSECONDS:].strip("0")
    is_near = abs(wanted - found) <= timedelta(microseconds=1)
    return wanted == found and exact, is_near


def _fraction(text: str) -> str:
    """Give the digits of the fraction of a second."""
    rest = text.partition(".")[2]
    return rest[: next((index for index, one in enumerate(rest) if not one.isdecimal()), len(rest))]


def _moment(text: str) -> datetime:
    """Read a date-time; Python has no leap second, so that its moment is the second after."""
    upper = text.upper().replace("Z", "+00:00")
    fraction = _fraction(upper)
    whole = upper.replace(f".{fraction}", "") if fraction else upper
    leap = timedelta(seconds=1) if whole[17:19] == "60" else timedelta()
    if leap:
        whole = f"{whole[:17]}59{whole[19:]}"
    micro = timedelta(microseconds=int(fraction[:_MICROSECONDS].ljust(_MICROSECONDS, "0")) if fraction else 0)
    return datetime.fromisoformat(whole) + leap + micro


def at(told: Told | None, location: Location) -> Told | None:
    """Give what was told of the first place that a location names, None where there is none."""
    for step in location:
        if told is None:
            return None
        if step == EACH:
            told = next(iter(told.get("array", ())), None)
        elif not step.startswith("/"):
            told = told.get("object", {}).get(step)
    return told


def kind_of_json(told: Told) -> str:
    """Name the kind of a value, without its class."""
    return next(one for one in told if one != "class")


def kind(told: Told) -> str:
    """Name the type of a value as it was told."""
    return f"{kind_of_json(told)} {told.get('class', '')}".strip()


def shown(told: Told) -> str:
    """Write a scalar value as it was told."""
    name = kind_of_json(told)
    return f"{name} {told[name]}" if name not in ("object", "array", "null") else kind(told)


def _text(sent: Any) -> str:
    if isinstance(sent, dict | list):
        return "an object" if isinstance(sent, dict) else f"an array of {len(sent)}"
    return "null" if sent is None else repr(sent)
