"""Releases of SDKs: how one is named, and where it is once it is installed. `installing.py` installs it.

`python:NAME==VERSION` and `node:NAME@VERSION` come from the registries; `python:PATH` and `node:PATH` are a
wheel, a source distribution, a tarball or a checkout.
"""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from contracts.errors import UsageError

_ADVICE = "name it as python:NAME==VERSION, node:NAME@VERSION, or python:PATH or node:PATH"


class Language(StrEnum):
    """The languages that there is a driver for."""

    PYTHON = "python"
    NODE = "node"


_OF_REGISTRY: Mapping[Language, re.Pattern[str]] = {
    Language.PYTHON: re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9][A-Za-z0-9._!+-]*"),
    Language.NODE: re.compile(r"(@[a-z0-9~._-]+/)?[a-z0-9~-][a-z0-9~._-]*@[0-9][A-Za-z0-9._+-]*"),
}


@dataclass(frozen=True, slots=True)
class ReleaseSpec:
    """A release as it was asked for: `path` is None where it comes from a registry."""

    language: Language
    requirement: str
    path: Path | None

    def __str__(self) -> str:
        return f"{self.language}:{self.requirement}"

    @property
    def key(self) -> str:
        """A name for a folder, another for another release; that of a file follows from what it holds."""
        content = self.path.read_bytes() if self.path and self.path.is_file() else b""
        digest = hashlib.sha256(str(self).encode() + content).hexdigest()[:12]
        stem = self.path.name if self.path else self.requirement
        return f"{self.language}-{re.sub(r'[^A-Za-z0-9.]+', '-', stem).strip('-')}-{digest}"

    @property
    def may_change(self) -> bool:
        """Whether the release may be another one the next time, though it has the same name."""
        return self.path is not None and self.path.is_dir()


@dataclass(frozen=True, slots=True)
class InstalledRelease:
    """A release in an environment of its own.

    `name` is how it was asked for, `package` its name at the registry, `folder` that of the environment:
    a virtual environment of Python, or the folder in which `node_modules` is. `interpreter` runs it.
    """

    name: str
    language: str
    package: str
    version: str
    folder: Path
    interpreter: Path


def parse(text: str) -> ReleaseSpec:
    """Read how a release is named.

    Raises:
        UsageError: it is not named in one of the ways, or there is no such file.
    """
    word, colon, requirement = text.partition(":")
    if not colon or word not in list(Language) or not requirement:
        raise UsageError(f"{text!r} does not name a release", _ADVICE)
    language = Language(word)
    if _OF_REGISTRY[language].fullmatch(requirement):
        return ReleaseSpec(language, requirement, None)
    path = Path(requirement).expanduser().absolute()
    if not path.exists():
        raise UsageError(f"{requirement!r} is neither a release with its version nor a file", _ADVICE)
    return ReleaseSpec(language, requirement, path)


def environments_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Give the folder that holds the environments; it may be deleted at any time.

    Source: XDG Base Directory Specification.
    """
    cache = environment.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "bulk-jobs-contract" / "sdk"
