"""Writes files whole or not at all."""

import os
import tempfile
from pathlib import Path


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
