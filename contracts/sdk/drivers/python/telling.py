"""Tells values and errors in the words of the protocol: a part of the Python driver."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

MAX_TEXT = 300
MAX_PROBLEMS = 50

Json = dict[str, Any]


def told_shortly(error: BaseException) -> str:
    """Write an error on one line."""
    return clipped(" ".join(f"{type(error).__name__}: {error}".split()))


def clipped(text: str) -> str:
    """Give the beginning of a text, cut between words."""
    if len(text) <= MAX_TEXT:
        return text
    beginning = text[:MAX_TEXT]
    return f"{beginning.rsplit(None, 1)[0] if len(beginning.split()) > 1 else beginning} …"


def tell_members(value: Any, names: list[str]) -> Json:
    """Tell an answer: the members of these names, or all where it is no object."""
    if is_model(value):
        told = tell(value)
        return {**told, "object": {name: told["object"][name] for name in names if name in told["object"]}}
    return tell(value)


def is_model(value: Any) -> bool:
    """Say whether a value is an object with declared members, as pydantic makes them."""
    return hasattr(value, "model_fields_set") or hasattr(value, "__fields_set__")


def tell(value: Any) -> Json:
    """Tell a value and its type in the words of the protocol."""
    if value is None:
        return {"null": True}
    if isinstance(value, bool):
        return {"boolean": value}
    if isinstance(value, int):
        return {"integer": str(value)}
    if isinstance(value, float):
        return {"number": repr(value)}
    # One without an offset is no moment.
    if isinstance(value, datetime) and value.tzinfo:
        return {"date-time": value.isoformat()}
    if isinstance(value, str):
        return {"string": str(value)}
    if isinstance(value, (list, tuple)):
        return {"array": [tell(item) for item in value]}
    if isinstance(value, dict):
        return {"object": {str(name): tell(member) for name, member in value.items()}, "class": ""}
    if is_model(value):
        return tell_model(value)
    text = value.isoformat() if isinstance(value, date) else str(value)
    return {"other": clipped(text), "class": type(value).__name__}


def tell_model(value: Any) -> Json:
    """Tell the members that came, by the names that they have on the wire."""
    declared = getattr(type(value), "model_fields", None) or getattr(type(value), "__fields__", {})
    came = value.model_fields_set if hasattr(value, "model_fields_set") else value.__fields_set__
    # An object that was made without validation does not count members that it does not declare.
    added = getattr(value, "model_extra", None) or {}
    members = {}
    for name in sorted({*came, *added}):
        wire = getattr(declared.get(name), "alias", None) or name
        members[wire] = tell(getattr(value, name))
    return {"object": members, "class": type(value).__name__}


def tell_error(error: Exception, module: str, names: Iterable[str] = ()) -> Json:
    """Tell an error: its class and those above it, whether it is the SDK's own, its status, what a validation
    that led to it found, and which members of an answer of these names it shows."""
    # What is missing is taken for a method, which tells nothing either.
    shown = {name: getattr(error, name) for name in names if not callable(getattr(error, name, callable))}
    classes = [one.__name__ for one in type(error).__mro__ if issubclass(one, Exception)]
    status = getattr(error, "status_code", None)
    return {
        "class": type(error).__name__,
        "classes": classes,
        "is_own": type(error).__module__.split(".")[0] == module,
        "status": status if isinstance(status, int) else None,
        "message": clipped(str(error)),
        "problems": problems_of(error),
        **({"members": {name: tell(value) for name, value in shown.items()}} if shown else {}),
    }


def problems_of(error: BaseException | None) -> list[Json]:
    """Tell what pydantic found wrong, where that is what an error comes from."""
    while error and not callable(getattr(error, "errors", None)):
        error = error.__cause__
    found: list[Json] = getattr(error, "errors", list)()
    return [
        {
            "place": [str(step) for step in one["loc"]],
            "is_missing": one["type"].endswith("missing"),
            "message": clipped(one["msg"]),
        }
        for one in found[:MAX_PROBLEMS]
    ]
