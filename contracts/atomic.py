"""Writes files whole or not at all."""

import os
import tempfile
from pathlib import Path


def write(text: str, path: Path) -> None:
    """Write a file whole or not at all, readable by its owner only.

    Raises:
        OSError: it cannot be written; `filename` is its path.
    """
    try:
        _write(text, path)
    except OSError as error:
        # It names a file that is not there any more.
        raise OSError(error.errno, error.strerror, str(path)) from error


def _write(text: str, path: Path) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
