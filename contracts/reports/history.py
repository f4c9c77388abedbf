"""The runs before: a file of JSON Lines to which each run adds one."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contracts.errors import UsageError
from contracts.reports.changes import verdicts_of

FORMAT, VERSION = "contract-run", 1
SHOWN = 30
"""A report tells of so many runs."""


def entry(report: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a history keeps of a run."""
    target = report["target"]
    return {
        "format": FORMAT,
        "version": VERSION,
        "started": report["started"],
        "outcome": report["outcome"]["word"],
        "verdicts": report["verdicts"],
        "fragment_sha256": report["fragment"]["sha256"],
        "suite": report["suite"]["version"],
        "target": {name: target[name] for name in ("kind", "base_url", "account")},
        "clauses": verdicts_of(report),
    }


def read(path: Path) -> list[dict[str, Any]]:
    """Give the runs that a history holds, the oldest first; a file that is not there holds none.

    A last line that is not whole is what a crash left, and passed over.

    Raises:
        UsageError: the file cannot be read, or is no history.
    """
    try:
        lines = path.read_bytes().split(b"\n") if path.exists() else []
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror})", "check --history") from None
    *whole, _ = lines or [b""]
    return [_read_line(line, path, number) for number, line in enumerate(whole, start=1) if line.strip()]


def append(report: Mapping[str, Any], path: Path) -> None:
    """Add a run to a history, in one piece, so that a crash leaves all that was there before.

    Raises:
        OSError: the file cannot be written to.
    """
    line = json.dumps(entry(report), ensure_ascii=True).encode() + b"\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            # What a crash left is no line; cut back to the last that is whole.
            os.ftruncate(handle, _end_of_last_line(handle, size))
        os.write(handle, line)
        os.fsync(handle)
    finally:
        os.close(handle)


def _end_of_last_line(handle: int, size: int) -> int:
    return os.pread(handle, size, 0).rfind(b"\n") + 1


def _read_line(line: bytes, path: Path, number: int) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise UsageError(f"{path}:{number} is not a run of a history", "give another file to --history")
    if found.get("version") != VERSION:
        problem = f"{path}:{number} is of version {found.get('version')}, and this suite reads {VERSION}"
        raise UsageError(problem, "give another file to --history, or use the suite that wrote it")
    return found
