"""The folder that a run leaves: `compliance.json` and every other form of it, each whole or not at all."""

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from contracts.reports.attestation import attestation
from contracts.reports.text import as_json

Report = Mapping[str, Any]

RECORD = "compliance.json"
NOTHING: Mapping[str, Callable[[], str]] = MappingProxyType({})


FORMS: Mapping[str, Callable[..., str]] = {RECORD: as_json, "attestation.json": attestation}
"""What makes the text of each file from the report, by the name of the file."""
OVER_TIME = ("compliance.html",)
"""Those that are given the entries of the runs before, too."""


def form(name: str, report: Report, history: Sequence[Mapping[str, Any]] = ()) -> str:
    """Give the text of the file of that name; `history` holds the runs before, oldest first."""
    return FORMS[name](report, history) if name in OVER_TIME else FORMS[name](report)


def write_all(
    report: Report,
    folder: Path,
    history: Sequence[Mapping[str, Any]] = (),
    others: Mapping[str, Callable[[], str]] = NOTHING,
) -> list[str]:
    """Write every form of a report into a folder, the record first, and name those that could not be made.

    `others` makes what cannot be made from the report alone. No file of an earlier run is left beside the
    record of this one, whatever goes wrong.

    Raises:
        OSError: the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    makers = {name: partial(form, name, report, history) for name in FORMS} | dict(others)
    for name in makers:
        (folder / name).unlink(missing_ok=True)
    write(makers.pop(RECORD)(), folder / RECORD)
    return [name for name, make in makers.items() if not _is_written(make, folder / name)]


def _is_written(make: Callable[[], str], path: Path) -> bool:
    # Whatever is wrong with one form, the others are still to come. What it was is not told: of a live run
    # an exception may quote what is private.
    try:
        write(make(), path)
    except Exception:
        return False
    return True


def untold(failed: Sequence[str], folder: Path) -> str:
    """Say which forms could not be made; empty where all could."""
    if not failed:
        return ""
    again = f"`python -m contracts report {folder / RECORD} --format ...` shows why"
    return f"{' and '.join(failed)} could not be written; {again}"


def write(text: str, path: Path) -> None:
    """Write a file whole or not at all, readable by its owner only.

    Raises:
        OSError: the folder cannot be written to.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
