"""Cassettes of VCR.py in YAML, read by its own code, whose loader makes no Python object that a file names.

It has no way to read a cassette bit by bit, so that one takes several times its size in memory.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO

from contracts.audit.record import Record, Unreadable, characters
from contracts.audit.unpacking import Cut, Damaged
from contracts.errors import UsageError


def records(stream: BinaryIO) -> Iterator[Record | Unreadable]:
    """Read the interactions of a cassette.

    Raises:
        UsageError: VCR.py is not installed.
    """
    try:
        from vcr.serialize import deserialize
        from vcr.serializers import yamlserializer
    except ImportError:
        raise UsageError(
            "a recording is a cassette of VCR.py", "install the project with the extra `audit`"
        ) from None
    try:
        requests, responses, *_ = deserialize(stream.read().decode(), yamlserializer)
    except (Cut, Damaged) as why:
        yield Unreadable(str(why))
        return
    except Exception:  # Whatever is wrong with it, VCR.py has no error of its own for it.
        yield Unreadable("the file is no cassette")
        return
    for request, response in zip(requests, responses, strict=True):
        yield _record(request, response)


def _record(request: Any, response: Any) -> Record | Unreadable:
    try:
        body = response.get("body", {}).get("string")
        return Record(
            method=characters(request.method),
            url=characters(request.uri),
            status=int(response["status"]["code"]),
            request_headers=tuple(_pairs(request.headers)) or None,
            response_headers=tuple(_pairs(response.get("headers") or {})) or None,
            body=body.encode() if isinstance(body, str) else body,
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return Unreadable("the interaction is not as VCR.py writes it")


def _pairs(headers: Any) -> Iterator[tuple[str, str]]:
    for name, values in headers.items():
        for value in values if isinstance(values, list) else [values]:
            yield characters(name), value.decode("latin-1") if isinstance(value, bytes) else characters(value)
