"""Cassettes of VCR.py in YAML or JSON, read by its own code, whose loader makes no Python object that a file
names. What older versions of it wrote is read too.

It has no way to read a cassette bit by bit, so that one takes several times its size in memory.
"""

from base64 import b64decode
from collections.abc import Iterator
from typing import Any, BinaryIO

from contracts.audit.record import Record, Unreadable, characters
from contracts.audit.unpacking import Cut, Damaged
from contracts.errors import UsageError

MAX_BYTES = 256 * 2**20
"""A larger cassette is not read."""


def records(stream: BinaryIO) -> Iterator[Record | Unreadable]:
    """Read the interactions of a cassette.

    Raises:
        UsageError: VCR.py is not installed.
    """
    try:
        interactions = _interactions(stream)
    except (Cut, Damaged) as why:
        yield Unreadable(str(why))
    except Unreadable as why:
        yield why
    else:
        yield from map(_record, interactions)


def _interactions(stream: BinaryIO) -> list[Any]:
    try:
        from vcr.serializers import jsonserializer, yamlserializer
    except ImportError:
        raise UsageError(
            "a recording is a cassette of VCR.py", "install the project with the extra `audit`"
        ) from None
    packed = stream.read(MAX_BYTES + 1)
    if len(packed) > MAX_BYTES:
        raise Unreadable(f"the cassette is longer than {MAX_BYTES} bytes")
    try:
        text = packed.decode("utf-8-sig")
        # YAML that begins so is, but for hand-written ones, JSON, which is read many times faster.
        reads = jsonserializer if text.lstrip().startswith("{") else yamlserializer
        interactions: Any = reads.deserialize(text)["interactions"]
    except Exception:  # Whatever is wrong with it, VCR.py has no error of its own for it.
        raise Unreadable("the file is no cassette") from None
    if not isinstance(interactions, list):
        raise Unreadable("the file is no cassette")
    return interactions


def _record(interaction: Any) -> Record | Unreadable:
    try:
        request, response = interaction["request"], interaction["response"]
        body = _body(response)
        return Record(
            method=characters(request["method"]),
            url=characters(request["uri"]),
            status=_status(response),
            request_headers=tuple(_pairs(request.get("headers") or {})) or None,
            response_headers=tuple(_pairs(response.get("headers") or {})) or None,
            body=body,
            # That of httpx was written without those bytes that are no UTF-8.
            has_exact_bytes="content" not in response,
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return Unreadable("the interaction is not as VCR.py writes it")


def _status(response: Any) -> int:
    status = response["status_code"] if "status_code" in response else response["status"]
    return int(status["code"] if isinstance(status, dict) else status)


def _body(response: Any) -> bytes | None:
    """Give the body, None where none was recorded; that of httpx, or of long ago, has another form."""
    body = response.get("body", response.get("content"))
    if isinstance(body, dict):
        if "base64_string" in body:
            return b64decode(body["base64_string"])
        body = body.get("string")
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else None


def _pairs(headers: Any) -> Iterator[tuple[str, str]]:
    for name, values in headers.items():
        for value in values if isinstance(values, list) else [values]:
            yield characters(name), value.decode("latin-1") if isinstance(value, bytes) else characters(value)
