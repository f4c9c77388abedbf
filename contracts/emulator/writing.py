"""Writes bodies as JSON."""

import json
from typing import Any

import orjson


def compact(body: Any) -> bytes:
    """Write a body as JSON without white space; parts of it may be `written` already."""
    try:
        return orjson.dumps(body)
    except TypeError:
        # It holds an integer beyond 64 bits, which orjson does not write.
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=_read).encode()


def written(value: Any) -> Any:
    """Write a value now, so that each body that holds it is written sooner."""
    return orjson.Fragment(compact(value))


def _read(value: Any) -> Any:
    return json.loads(orjson.dumps(value))
