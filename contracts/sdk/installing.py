"""Keeps releases installed, each in an environment of its own, which the next run finds again.

Runs that want the same one at once wait for each other; what one that was killed left half-made is made anew.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from contracts import atomic
from contracts.errors import UsageError
from contracts.sdk.installers import INSTALLERS, node
from contracts.sdk.releases import InstalledRelease, Language, ReleaseSpec, without_home

_MARK = "release.json"
"""Written last: an environment without it is not whole."""
_LOCKS: dict[Path, int] = {}
"""One a process and environment: to the system, two of one process are as strange as those of two."""
Tell = Callable[[str], None]


def install(spec: ReleaseSpec, folder: Path, tell: Tell = lambda sentence: None) -> InstalledRelease:
    """Give the release in its environment below `folder`, installed unless it is there whole; `tell` is told
    what takes its time.

    No other run replaces the environment before this process has ended.

    Raises:
        UsageError: there is no such release, nothing to run it with, or no room in the folder.
        CouldNotTest: it could not be installed.
    """
    environment = folder / spec.key
    try:
        return _given(spec, environment) if spec.driver else _installed(spec, environment, tell)
    except OSError as error:
        problem = without_home(f"{folder} cannot hold environments ({error.strerror})")
        raise UsageError(problem, "make room, or name a folder for caches in XDG_CACHE_HOME") from None


def _given(spec: ReleaseSpec, environment: Path) -> InstalledRelease:
    """Give a release that its driver brings; the folder is but for what the driver writes."""
    environment.mkdir(parents=True, exist_ok=True)
    package, _, version = spec.requirement.rpartition("@")
    return InstalledRelease(
        str(spec), spec.language, package, version, environment, Path(spec.driver[0]), spec.driver
    )


def _installed(spec: ReleaseSpec, environment: Path, tell: Tell) -> InstalledRelease:
    interpreter = _interpreter(Language(spec.language), environment)
    lock = _lock_of(environment)
    if not spec.may_change:
        _wait(lock, fcntl.LOCK_SH, spec, tell)
    if spec.may_change or not _is_whole(environment, interpreter):
        _wait(lock, fcntl.LOCK_EX, spec, tell)
        # While this one waited, another run may have made it.
        if spec.may_change or not _is_whole(environment, interpreter):
            tell(f"{spec}: install")
            _make(spec, environment, lock)
        fcntl.flock(lock, fcntl.LOCK_SH)
    found = json.loads((environment / _MARK).read_text(encoding="utf-8"))
    return InstalledRelease(
        name=str(spec), language=spec.language, folder=environment, interpreter=interpreter, **found
    )


def _lock_of(environment: Path) -> int:
    """Give the open file by which runs keep from each other's way; it is closed when the process ends."""
    if environment not in _LOCKS:
        environment.parent.mkdir(parents=True, exist_ok=True)
        file = environment.with_name(f"{environment.name}.lock")
        _LOCKS[environment] = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    return _LOCKS[environment]


def _wait(lock: int, kind: int, spec: ReleaseSpec, tell: Tell) -> None:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        tell(f"{spec}: wait for another run that has it in use")
        fcntl.flock(lock, kind)


def _make(spec: ReleaseSpec, environment: Path, lock: int) -> None:
    """Install a release where nothing is, or what an earlier run left half-made."""
    if environment.exists():
        shutil.rmtree(environment)
    environment.mkdir()
    installed = INSTALLERS[Language(spec.language)](spec, environment, lock)
    atomic.write(json.dumps(asdict(installed)), environment / _MARK)


def _is_whole(environment: Path, interpreter: Path) -> bool:
    return (environment / _MARK).is_file() and interpreter.exists()


def _interpreter(language: Language, environment: Path) -> Path:
    if language is Language.PYTHON:
        return environment / "bin" / "python"
    return node()
