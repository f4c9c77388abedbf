"""The folder that a run leaves: `compliance.json` and every other form of it, each whole or not at all."""

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from contracts.reports.ctrf import ctrf
from contracts.reports.junit import junit
from contracts.reports.markdown import markdown
from contracts.reports.sarif import sarif

Report = Mapping[str, Any]

RECORD = "compliance.json"


def as_json(report: Report) -> str:
    """Give the report as the text of `compliance.json`."""
    return json.dumps(report, indent=1, ensure_ascii=True) + "\n"


FORMS: Mapping[str, Callable[[Report], str]] = {
    RECORD: as_json,
    "compliance.md": markdown,
    "contract.sarif": sarif,
    "junit.xml": junit,
    "ctrf.json": ctrf,
}
"""What makes the text of each file from the report, by the name of the file."""


def write_all(report: Report, folder: Path) -> None:
    """Write every form of a report into a folder.

    Raises:
        OSError: the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, form in FORMS.items():
        write(form(report), folder / name)


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
