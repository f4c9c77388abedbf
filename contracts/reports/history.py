"""The history of runs: a file of JSON Lines to which each run adds one, oldest first."""

import fcntl
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs

from contracts.errors import UsageError
from contracts.ledger import Verdict
from contracts.reports.changes import verdicts

Entry = dict[str, Any]

_COUNT = {"type": "integer", "minimum": 0}
_TEXT = {"type": "string"}
_VERDICTS = [verdict.value for verdict in Verdict]
_MEMBERS: dict[str, Any] = {
    "started": {"type": "string", "format": "date-time"},
    "outcome": {"enum": ["kept", "broken", "incomplete", "untested"]},
    "verdicts": {"type": "object", "propertyNames": {"enum": _VERDICTS}, "additionalProperties": _COUNT},
    "clauses": {"type": "object", "additionalProperties": {"enum": _VERDICTS}},
    "fragment_sha256": _TEXT,
    "suite": _TEXT,
    "target": {
        "type": "object",
        "required": ["kind", "base_url", "account"],
        "properties": {"kind": _TEXT, "base_url": _TEXT, "account": _TEXT},
    },
}
_ENTRY = jsonschema_rs.Draft202012Validator(
    {"type": "object", "required": list(_MEMBERS), "properties": _MEMBERS}, validate_formats=True
)


def entry(report: Mapping[str, Any]) -> Entry:
    """Give what the history keeps of a run."""
    return {
        "started": report["started"],
        "outcome": report["outcome"]["word"],
        "verdicts": report["verdicts"],
        "clauses": verdicts(report),
        "fragment_sha256": report["fragment"]["sha256"],
        "suite": report["suite"]["version"],
        "target": {name: report["target"][name] for name in ("kind", "base_url", "account")},
    }


def read(path: Path, warn: Callable[[str], None] = lambda _: None) -> list[Entry]:
    """Give the entries of a history, oldest first; none where there is no file yet.

    A last line that a crash has cut short is left out, and `warn` is told of it.

    Raises:
        UsageError: the file cannot be read, or is not a history.
    """
    try:
        lines = path.read_bytes().split(b"\n") if path.exists() else []
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror})", "name a file of the history") from None
    tail = lines.pop() if lines else b""
    if tail and _entry(tail) is None:
        warn(f"the last line of {path} was cut short, and is left out")
    elif tail:
        lines.append(tail)
    found = []
    for number, line in enumerate(lines, start=1):
        one = _entry(line)
        if one is None:
            problem = f"line {number} of {path} is not an entry of a history"
            raise UsageError(problem, "name a file that --history has written, or a new one")
        found.append(one)
    return sorted(found, key=lambda one: str(one["started"]))


def add(path: Path, report: Mapping[str, Any]) -> None:
    """Add a run to a history, in one write; what a crash has left of a line before is taken away.

    Raises:
        OSError: the file cannot be written to.
    """
    line = json.dumps(entry(report), ensure_ascii=True).encode() + b"\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        # Several runs may end at the same time.
        fcntl.flock(handle, fcntl.LOCK_EX)
        os.write(handle, _mended(handle, path) + line)
    finally:
        os.close(handle)


def _mended(handle: int, path: Path) -> bytes:
    """Cut a broken last line off, and give what is to stand between a whole one and the next."""
    text = path.read_bytes()
    end = text.rfind(b"\n") + 1
    if end == len(text):
        return b""
    if _entry(text[end:]) is not None:
        return b"\n"
    os.ftruncate(handle, end)
    return b""


def _entry(line: bytes) -> Entry | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if _ENTRY.is_valid(found) else None
