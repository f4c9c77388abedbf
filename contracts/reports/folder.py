"""The folder that a run leaves: `compliance.json` and every other form of it, each whole or not at all."""

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from contracts.atomic import unfinished, write
from contracts.errors import UsageError
from contracts.reports.attestation import attestation
from contracts.reports.compliance import Outcome
from contracts.reports.ctrf import ctrf
from contracts.reports.html import page
from contracts.reports.junit import junit
from contracts.reports.markdown import markdown
from contracts.reports.reading import read
from contracts.reports.sarif import sarif

Report = Mapping[str, Any]

RECORD = "compliance.json"
PAGE = "compliance.html"
PREVIOUS = "previous"
"""In this folder stays what a run left, while those after it could not even begin."""


def as_json(report: Report) -> str:
    """Give the report as the text of `compliance.json`."""
    return json.dumps(report, indent=1, ensure_ascii=True) + "\n"


def _attested(report: Report) -> str:
    return attestation(report, RECORD, as_json(report).encode())


FURTHER = ("exchanges.har",)
"""Files that cannot be made from a report alone."""
FORMS: dict[str, Callable[[Report], str]] = {
    RECORD: as_json,
    PAGE: page,
    "attestation.json": _attested,
    "compliance.md": markdown,
    "contract.sarif": sarif,
    "junit.xml": junit,
    "ctrf.json": ctrf,
}
"""What makes the text of each file from the report, by the name of the file."""


def write_all(report: Report, folder: Path, more: Mapping[str, Callable[[], str]] | None = None) -> None:
    """Write every form of a report into a folder, the record first; `more` makes further files, or makes some
    of the forms in another way, by their names.

    No form of an earlier report is left beside it; that of a run that began is kept in `PREVIOUS` if this one
    could not, for a slip of the pen must not cost what a live run has found. If a form cannot be made the
    others are written all the same.

    Raises:
        OSError: the folder cannot be written to.
        Exception: what the first form that could not be made raised, after the others were written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    makers = {name: partial(form, report) for name, form in FORMS.items()} | dict(more or {})
    failed: list[Exception] = []
    texts = {name: text for name, make in makers.items() if (text := _made(name, make, failed)) is not None}
    with _alone(folder):
        _make_room(report, folder)
        for name, text in texts.items():
            write(text, folder / name)
    if failed:
        raise failed[0]


def _made(name: str, make: Callable[[], str], failed: list[Exception]) -> str | None:
    """Make the text of a file; where that is not possible, add why to those that `failed`."""
    try:
        text = make()
        text.encode()
    except Exception as error:
        error.add_note(f"while {name} was made")
        failed.append(error)
        return None
    return text


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let runs that end at the same time write into a folder one after the other, each its whole record."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # there are file systems that have no locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def holds(report: Report, folder: Path) -> bool:
    """Say whether the record in a folder is that of a report."""
    try:
        return (folder / RECORD).read_text("utf-8") == as_json(report)
    except OSError:
        return False


def previous(folder: Path) -> Path | None:
    """Give where the record of the last run that began is, if not in the folder itself."""
    record = folder / PREVIOUS / RECORD
    return record if record.exists() else None


def _make_room(report: Report, folder: Path) -> None:
    aside = folder / PREVIOUS
    if _is_unstarted(report):
        if (folder / RECORD).exists() and not _holds_unstarted(folder):
            aside.mkdir(exist_ok=True)
            _move(folder, aside)
    elif aside.is_dir():
        _clear(aside)
        with suppress(OSError):  # somebody's own files are in it
            aside.rmdir()
    _clear(folder)


def _is_unstarted(report: Report) -> bool:
    # An audit sends nothing, and has found what it has read.
    requests = report["requests"]
    amount = requests["answered"] if "recording" in report else requests["sent"]
    return report["outcome"]["word"] == Outcome.UNTESTED and not amount


def _holds_unstarted(folder: Path) -> bool:
    try:
        return _is_unstarted(read(folder / RECORD))
    except UsageError:
        return False


def _move(folder: Path, aside: Path) -> None:
    _clear(aside)
    # The record last: while it is here, there is still something to move.
    for name in (*FURTHER, *reversed(FORMS)):
        if (folder / name).exists():
            (folder / name).replace(aside / name)


def _clear(folder: Path) -> None:
    """Remove the files of a record, and what runs that were killed while they wrote one have left of it."""
    for name in (*FORMS, *FURTHER):
        for path in (folder / name, *unfinished(folder / name)):
            path.unlink(missing_ok=True)
