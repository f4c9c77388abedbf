"""Finds files of this machine: by name, in folders, and by patterns."""

import glob
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

_DEEP = re.compile(r"(^|/)\*\*(?:/|$)")


def named(path: str) -> Iterator[tuple[str, bool]]:
    """Yield the files that a path or a pattern names, and whether they were found in a folder.

    What was asked for by its name is given whatever it is; what was found is a plain file.
    """
    is_there = os.path.exists(path)
    for name in [path] if is_there else _matching(path):
        if os.path.isdir(name):
            yield from ((inside, True) for inside in _within(name))
        elif is_there or os.path.isfile(name):
            yield str(Path(name)), False


def is_plain(path: str) -> bool:
    """Say whether a path leads to a file that can be read again, and from its midst.

    What the shell gives for `<(…)`, and /dev/stdin, may lead to one, but only in this process.
    """
    return os.path.isfile(path) and not path.startswith("/dev/")


def facts(path: str) -> tuple[int, str, tuple[int, int]]:
    """Give the size of a file, what changes when it does, and what is the same under all of its names.

    Raises:
        OSError: it cannot be read.
    """
    known = os.stat(path)
    if stat.S_ISSOCK(known.st_mode):
        raise OSError(0, "it is a socket")
    if is_plain(path):
        with open(path, "rb"):
            return known.st_size, str(known.st_mtime_ns), (known.st_dev, known.st_ino)
    return 0, "", (known.st_dev, known.st_ino)


def _matching(pattern: str) -> Iterator[str]:
    """Yield what fits a pattern. Unlike glob, `**` follows no links, which may lead in circles."""
    deep = _DEEP.search(pattern)
    if deep is None:
        yield from glob.glob(pattern)
        return
    before, behind = pattern[: deep.start()] + deep[1], pattern[deep.end() :] or "*"
    for top in glob.glob(before) if before else ["."]:
        for folder, inside, _ in os.walk(top):
            inside[:] = [name for name in inside if not name.startswith(".")]
            yield from _matching(os.path.join(glob.escape(folder), behind))


def _within(folder: str) -> Iterator[str]:
    for inside, _, names in os.walk(folder):
        yield from (str(path) for name in names if (path := Path(inside, name)).is_file())
