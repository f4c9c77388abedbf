"""An addon of mitmproxy that writes what it records as lines that `python -m contracts audit` reads.

It runs in mitmproxy's own environment, and needs nothing else: mitmproxy's dependencies cannot share ours.

    mitmdump -n -r flows.dump -s mitmproxy_to_lines.py --set lines=recorded.jsonl

Nothing is redacted: whoever can read the lines has the credentials in them, as with the dump.
"""

import json
import os
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

_OF_THE_CODING = (b"content-encoding", b"content-length")


class Lines:
    """Adds each exchange to the file that `lines` names; one that is new only its owner can read."""

    def __init__(self) -> None:
        self._file: Any = None

    def load(self, loader: Any) -> None:
        """Take the option."""
        loader.add_option("lines", str, "", "Add exchanges to this file, for `python -m contracts audit`.")

    def configure(self, updated: set[str]) -> None:
        """Open the file."""
        from mitmproxy import ctx

        if "lines" in updated and ctx.options.lines:
            handle = os.open(ctx.options.lines, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            self._file = os.fdopen(handle, "wb", buffering=0)

    def response(self, flow: Any) -> None:
        """Add an exchange."""
        self._add(flow)

    def error(self, flow: Any) -> None:
        """Add a request to which no answer came."""
        if flow.response is None:
            self._add(flow)

    def done(self) -> None:
        """Close the file."""
        if self._file:
            self._file.close()

    def _add(self, flow: Any) -> None:
        if self._file:
            self._file.write(json.dumps(exchange(flow)).encode() + b"\n")


def exchange(flow: Any) -> dict[str, Any]:
    """Give an exchange as `exchange.schema.json` has it."""
    request, response = flow.request, flow.response
    told: dict[str, Any] = {"exchange": 1}
    if request.timestamp_start is not None:
        told["time"] = datetime.fromtimestamp(request.timestamp_start, UTC).isoformat()
        if response and response.timestamp_end is not None:
            told["elapsed_ms"] = max((response.timestamp_end - request.timestamp_start) * 1000, 0.0)
    told["request"] = {
        "method": request.method,
        "url": request.pretty_url.encode(errors="replace").decode(),
        "headers": _headers(request.headers.fields),
    }
    told["response"] = _answer(response) if response else {"status": 0}
    return told


def _answer(response: Any) -> dict[str, Any]:
    fields, body = response.headers.fields, response.raw_content
    told = {"status": response.status_code}
    if body is None:
        # It was passed on without being kept.
        return told | {"headers": _headers(fields), "body_cut": True}
    try:
        decoded = response.get_content(strict=True)
    except ValueError:
        decoded = body
    if decoded != body:
        fields = [field for field in fields if field[0].lower() not in _OF_THE_CODING]
    return told | {"headers": _headers(fields)} | _body(decoded)


def _body(body: bytes) -> dict[str, Any]:
    try:
        return {"body": body.decode(), "body_cut": False}
    except UnicodeDecodeError:
        return {"body_base64": b64encode(body).decode(), "body_cut": False}


def _headers(fields: Any) -> list[list[str]]:
    return [[name.decode("latin-1"), value.decode("latin-1")] for name, value in fields]


addons = [Lines()]
