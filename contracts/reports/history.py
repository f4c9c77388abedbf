"""The runs before: a file of JSON Lines to which each run adds one."""

import fcntl
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs

from contracts.atomic import keep_for_owner
from contracts.errors import UsageError
from contracts.ledger import Verdict, clip
from contracts.reports import stored
from contracts.reports.changes import verdicts_of
from contracts.reports.compliance import Outcome

FORMAT, VERSION = "contract-run", 1
_BEGINNING = json.dumps({"format": FORMAT}).removesuffix("}").encode()
"""Of each line."""
SHOWN = 30
"""A report tells of so many runs."""

_TEXT = {"type": "string"}
_NAME = {"type": ["string", "null"]}
_VERDICTS = [verdict.value for verdict in Verdict]
_TARGET = ("kind", "base_url", "account")
_WAYS = ("fault", "variant")
"""Members of the target that lines of older suites lack; such a run counts as one of an honest emulator."""
_MEMBERS: dict[str, Any] = {
    "started": {"type": "string", "format": "date-time"},
    "outcome": {"enum": [outcome.value for outcome in Outcome]},
    "verdicts": {
        "type": "object",
        "required": _VERDICTS,
        "additionalProperties": {"type": "integer", "minimum": 0},
    },
    "fragment_sha256": _TEXT,
    "suite": _TEXT,
    "target": {
        "type": "object",
        "required": list(_TARGET),
        "properties": dict.fromkeys(_TARGET, _TEXT) | dict.fromkeys(_WAYS, _NAME),
    },
    "clauses": {"type": "object", "additionalProperties": {"enum": _VERDICTS}},
}
_ADDED: dict[str, Any] = {"ended_early": _TEXT, "fragment_clauses": {"type": "integer", "minimum": 0}}
"""Members that lines of older suites lack; such a run counts as one of all clauses."""
_ENTRY = jsonschema_rs.Draft202012Validator(
    {"type": "object", "required": list(_MEMBERS), "properties": _MEMBERS | _ADDED}, validate_formats=True
)


def entry(report: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a history keeps of a run."""
    target = report["target"]
    return {
        "format": FORMAT,
        "version": VERSION,
        "started": report["started"],
        "outcome": report["outcome"]["word"],
        "verdicts": report["verdicts"],
        "ended_early": report["ended_early"],
        "fragment_sha256": report["fragment"]["sha256"],
        "fragment_clauses": report["fragment"]["clauses"],
        "suite": report["suite"]["version"],
        "target": {name: target[name] for name in (*_TARGET, *_WAYS)},
        "clauses": verdicts_of(report),
    }


def target_of(run: Mapping[str, Any]) -> tuple[str | None, ...]:
    """Give what is equal for runs against the same target.

    The emulator has one account only, whose pseudonym is another in each run that has no key. What it was
    told to do makes it another target.
    """
    kind, base_url, account = (run["target"][name] for name in _TARGET)
    return kind, base_url, "" if kind == "emulator" else account, *ways_of(run)


def ways_of(run: Mapping[str, Any]) -> tuple[str | None, ...]:
    """Give the fault and the variant that an emulator was told to have."""
    return tuple(run["target"].get(name) for name in _WAYS)


def is_to_the_end(run: Mapping[str, Any]) -> bool:
    """Say whether a run judged all that it was to judge."""
    return run["outcome"] != Outcome.UNTESTED and not run.get("ended_early")


def is_of_all(run: Mapping[str, Any]) -> bool:
    """Say whether a run was to judge all clauses that there were."""
    return len(run["clauses"]) >= int(run.get("fragment_clauses", 0))


def is_same_selection(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Say whether two runs were to judge the same clauses, or all of which the contract then had."""
    return (is_of_all(one) and is_of_all(other)) or one["clauses"].keys() == other["clauses"].keys()


def read(path: Path, warn: Callable[[str], None] = lambda _: None) -> list[dict[str, Any]]:
    """Give the runs that a history holds, in the order in which they were added; a file that is not there
    holds none.

    A last line that begins as a run and is not whole is what a crash left, and passed over; `warn` is told of
    it.

    Raises:
        UsageError: the file cannot be read, or is no history.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            # A device may have no end, a pipe no beginning.
            raise UsageError(f"{path} is no file", "name another with --history")
        lines = path.read_bytes().split(b"\n") if path.exists() else []
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror})", "check --history") from None
    *whole, last = lines or [b""]
    if not _is_part(last):
        whole.append(last)
    elif last:
        warn(f"the last line of {path} is not whole, and passed over")
    return [_read_line(line, path, number) for number, line in enumerate(whole, start=1) if line.strip()]


def check(path: Path) -> None:
    """See that a run can be added to a history, before there is one to add.

    Raises:
        UsageError: the file cannot be written to.
    """
    try:
        os.close(_opened(path))
    except OSError as error:
        advice = "name another file with --history"
        raise UsageError(f"{path} cannot be written to ({error.strerror})", advice) from None


def append(report: Mapping[str, Any], path: Path) -> None:
    """Add a run to a history, in one piece, so that a crash leaves all that was there before.

    Raises:
        OSError: the file cannot be written to.
    """
    line = json.dumps(entry(report), ensure_ascii=True).encode() + b"\n"
    handle = _opened(path)
    try:
        # Several runs may end at the same time; there are file systems that have no locks.
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        _add(handle, _mended(handle) + line)
    except OSError as error:
        error.filename = str(path)
        raise
    finally:
        os.close(handle)


def _opened(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    keep_for_owner(handle)
    return handle


def _add(handle: int, line: bytes) -> None:
    """Write a line, all of it or nothing: a full disk takes a part of it before it refuses the rest."""
    size = os.fstat(handle).st_size
    try:
        while line:
            line = line[os.write(handle, line) :]
        os.fsync(handle)
    except OSError:
        os.ftruncate(handle, size)
        raise


def _mended(handle: int) -> bytes:
    """Cut back to the last line that is whole, and give what it lacks, if only its end."""
    text = os.pread(handle, os.fstat(handle).st_size, 0)
    end = text.rfind(b"\n") + 1
    if not _is_part(text[end:]):
        return b"\n"
    os.ftruncate(handle, end)
    return b""


def _is_part(line: bytes) -> bool:
    """Say whether a line is the beginning of a run, and no more, or of nothing."""
    if not (line.startswith(_BEGINNING) or _BEGINNING.startswith(line)):
        return False
    try:
        json.loads(line)
    except ValueError:
        return True
    return False


def _read_line(line: bytes, path: Path, number: int) -> dict[str, Any]:
    try:
        found = stored.loads(line.decode())
    except ValueError:
        found = None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise UsageError(f"{path}:{number} is not a run of a history", "give another file to --history")
    if found.get("version") != VERSION:
        problem = f"{path}:{number} is of version {found.get('version')}, and this suite reads {VERSION}"
        raise UsageError(problem, "give another file to --history, or use the suite that wrote it")
    error = next(_ENTRY.iter_errors(found), None)
    if error is not None:
        where = "".join(f"/{token}" for token in error.instance_path) or "at its top"
        raise _no_run(path, number, f"{where}: {clip(error.message)}")
    try:
        datetime.fromisoformat(found["started"]).astimezone(UTC)
    except (ValueError, OverflowError):
        # As a leap second is, which is a date-time.
        raise _no_run(path, number, "/started: a moment that no calendar here has") from None
    return found


def _no_run(path: Path, number: int, problem: str) -> UsageError:
    told = f"{path}:{number} is not a whole run of a history: {problem}"
    return UsageError(told, "give another file to --history")
