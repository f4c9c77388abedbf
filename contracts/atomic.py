"""Writes files whole or not at all."""

import glob
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def write(text: str, path: Path) -> None:
    """Write a file whole or not at all, readable by its owner only.

    A link stays, and the file that it names is written. What is no regular file, as a pipe or a device, is
    written as it is, which may be broken off.

    Raises:
        OSError: it cannot be written; `filename` is its path.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")
        else:
            _replace(text, path.resolve())
    except OSError as error:
        # It names a file that is not there any more.
        raise OSError(error.errno, error.strerror, str(path)) from error


def keep_for_owner(handle: int) -> None:
    """Let nobody but its owner read an open file, if it is a regular one, and ours to say so."""
    if stat.S_ISREG(os.fstat(handle).st_mode):
        with suppress(OSError):
            os.fchmod(handle, 0o600)


def unfinished(path: Path) -> Iterator[Path]:
    """Yield what is left of a file by those who were killed while they wrote it, or who write it now."""
    return path.parent.glob(f".{glob.escape(path.name)}-*")


def _replace(text: str, path: Path) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
