"""Our own format of recordings: JSON Lines, one exchange a line (`exchange.schema.json`)."""

import json
from base64 import b64decode, b64encode
from binascii import Error
from functools import cache
from importlib import resources
from typing import Any

import jsonschema_rs
import orjson

from contracts.audit.record import Record, Unreadable, moment, number

SCHEMA = "exchange.schema.json"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@cache
def schema() -> Any:
    """Give the JSON Schema of a line."""
    return json.loads(resources.files("contracts.audit").joinpath(SCHEMA).read_text("utf-8"))


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema())


def read(line: bytes) -> Record:
    """Read a line.

    Raises:
        Unreadable: it is not of the format.
    """
    try:
        value = orjson.loads(line.removeprefix(_BYTE_ORDER_MARK))
    except orjson.JSONDecodeError:
        raise Unreadable("the line is not JSON") from None
    if not _validator().is_valid(value):
        raise Unreadable(_problem(value))
    request, response = value["request"], value["response"]
    return Record(
        method=request["method"],
        url=request["url"],
        status=int(response["status"]),
        request_headers=_headers(request),
        response_headers=_headers(response),
        body=None if response.get("body_cut") else _body(response),
        is_whole=response.get("body_cut") is False,
        time=moment(value.get("time")),
        elapsed_ms=number(value.get("elapsed_ms")),
    )


def write(record: Record) -> bytes:
    """Write a record as a line."""
    request: dict[str, Any] = {"method": record.method, "url": record.url}
    response: dict[str, Any] = {"status": record.status}
    for side, headers in ((request, record.request_headers), (response, record.response_headers)):
        if headers is not None:
            side["headers"] = headers
    if record.body is not None:
        response |= _written(record.body)
    if record.is_whole:
        response["body_cut"] = False
    value: dict[str, Any] = {"exchange": 1}
    if record.time is not None:
        value["time"] = record.time.isoformat().replace("+00:00", "Z")
    if record.elapsed_ms is not None:
        value["elapsed_ms"] = record.elapsed_ms
    return orjson.dumps(value | {"request": request, "response": response}) + b"\n"


def _headers(side: Any) -> tuple[tuple[str, str], ...] | None:
    return tuple(map(tuple, side["headers"])) if "headers" in side else None


def _body(response: Any) -> bytes | None:
    if "body" in response:
        text: str = response["body"]
        return text.encode()
    if "body_base64" not in response:
        return None
    try:
        return b64decode(response["body_base64"], validate=True)
    except (Error, ValueError):
        raise Unreadable("its body_base64 is not base64") from None


def _written(body: bytes) -> dict[str, str]:
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"body_base64": b64encode(body).decode()}


def _problem(value: Any) -> str:
    """Say what keeps a value from being a record, without a word of it."""
    error = next(_validator().iter_errors(value))
    at = "/".join(map(str, error.instance_path))
    return f"{f'{at} of the' if at else 'the'} line breaks {error.schema_path[-1]} of {SCHEMA}"
