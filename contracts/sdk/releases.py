"""Releases of SDKs: how one is named, and where it is once it is installed. `installing.py` installs it.

`python:NAME==VERSION` and `node:NAME@VERSION` come from the registries; `python:PATH` and `node:PATH` are a
wheel, a source distribution, a tarball or a checkout. Releases in other languages, `LANGUAGE:NAME@VERSION`,
are not installed: whoever names one gives the driver, which brings the SDK.
"""

import hashlib
import os
import re
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from contracts.errors import UsageError

_ADVICE = "name it as python:NAME==VERSION, node:NAME@VERSION, or python:PATH or node:PATH"


class Language(StrEnum):
    """The languages whose drivers come with the gate."""

    PYTHON = "python"
    NODE = "node"


_OF_REGISTRY: Mapping[Language, re.Pattern[str]] = {
    Language.PYTHON: re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9][A-Za-z0-9._!+-]*"),
    Language.NODE: re.compile(r"(@[a-z0-9~._-]+/)?[a-z0-9~-][a-z0-9~._-]*@[0-9][A-Za-z0-9._+-]*"),
}


_BEFORE_VERSION = {Language.PYTHON: "==", Language.NODE: "@"}
_OTHERWISE = re.compile(r"(?P<name>.+?)(?:@|=+)(?P<version>[^@=]+)")
_OF_DRIVER = re.compile(r"(?P<package>\S+)@(?P<version>[^\s@/]+)")
_LANGUAGE = re.compile(r"[a-z][a-z0-9+#._-]*")
_GIVEN = "give it as --driver LANGUAGE=COMMAND, as in --driver go=./driver"

Drivers = Mapping[str, tuple[str, ...]]
"""The commands of drivers that were given, by language."""


@dataclass(frozen=True, slots=True)
class ReleaseSpec:
    """A release as it was asked for: `path` is None where it comes from a registry, `driver` is the command
    that was given for its language, none where the driver comes with the gate."""

    language: str
    requirement: str
    path: Path | None
    driver: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.language}:{self.requirement}"

    @property
    def key(self) -> str:
        """A name for a folder, another for another release; that of a file follows from what it holds.

        What Python installs depends on which Python does.
        """
        content = self.path.read_bytes() if self.path and self.path.is_file() else b""
        runtime = sys.implementation.cache_tag if self.language == Language.PYTHON else ""
        digest = hashlib.sha256(f"{self}{runtime}".encode() + content).hexdigest()[:12]
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
    a virtual environment of Python, or the folder in which `node_modules` is. `interpreter` runs it. `driver`
    is the command that was given for its language, none where the driver comes with the gate, which knows the
    `dependencies` that were installed along, by their versions.
    """

    name: str
    language: str
    package: str
    version: str
    folder: Path
    interpreter: Path
    driver: tuple[str, ...] = ()
    dependencies: Mapping[str, str] = field(default_factory=dict)


def is_language(word: str) -> bool:
    """Say whether a word can name a language."""
    return bool(_LANGUAGE.fullmatch(word))


def drivers(texts: Sequence[str]) -> Drivers:
    """Read which drivers were given, each as `LANGUAGE=COMMAND`.

    Raises:
        UsageError: one is not given in that way, or there is no such program.
    """
    found: dict[str, tuple[str, ...]] = {}
    for text in texts:
        language, _, command = text.partition("=")
        try:
            program, *arguments = shlex.split(command)
        except ValueError:
            raise UsageError(f"{text!r} does not give a driver", _GIVEN) from None
        if not is_language(language):
            raise UsageError(f"{text!r} gives a driver of no language", _GIVEN)
        if language in list(Language) or language in found:
            raise UsageError(f"there is a driver of {language} already", "give another language")
        runnable = shutil.which(program)
        if not runnable:
            raise UsageError(f"{program!r}, the driver of {language}, is no program that can be run", _GIVEN)
        found[language] = (str(Path(runnable).absolute()), *arguments)
    return found


def parse(text: str, given: Drivers = MappingProxyType({})) -> ReleaseSpec:
    """Read how a release is named, with the drivers that were given for other languages.

    Raises:
        UsageError: it is not named in one of the ways, there is no such file, or no driver of its language.
    """
    word, _, requirement = text.partition(":")
    if word in given:
        if not _OF_DRIVER.fullmatch(requirement):
            raise UsageError(f"{text!r} does not name a release", f"name it as {word}:NAME@VERSION")
        return ReleaseSpec(word, requirement, None, given[word])
    if is_language(word) and _OF_DRIVER.fullmatch(requirement) and word not in list(Language):
        raise UsageError(f"there is no driver of {word}", _GIVEN)
    if word not in list(Language) or not requirement:
        raise UsageError(f"{text!r} does not name a release", _ADVICE)
    language = Language(word)
    if _OF_REGISTRY[language].fullmatch(requirement):
        return ReleaseSpec(language, requirement, None)
    path = Path(requirement).expanduser().absolute()
    if not path.exists():
        problem = f"{requirement!r} is neither a release with its version nor a file"
        meant = _respelt(language, requirement)
        raise UsageError(problem, f"did you mean {language}:{meant}?" if meant else _ADVICE)
    return ReleaseSpec(language, requirement, path)


def _respelt(language: Language, requirement: str) -> str:
    """Spell a release as its registry does where it was spelt as another one does, else give nothing."""
    found = _OTHERWISE.fullmatch(requirement)
    meant = f"{found['name']}{_BEFORE_VERSION[language]}{found['version']}" if found else ""
    return meant if _OF_REGISTRY[language].fullmatch(meant) else ""


def environments_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Give the folder that holds the environments; it may be deleted at any time.

    Source: XDG Base Directory Specification.
    """
    cache = environment.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "bulk-jobs-contract" / "sdk"


def without_home(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """Write the paths in a text as a shell reads them: a record need not tell in whose home they are."""
    for name, told in (("XDG_CACHE_HOME", "$XDG_CACHE_HOME"), ("HOME", "~")):
        folder = environment.get(name, "").rstrip("/")
        if folder.startswith("/"):
            text = re.sub(rf"(?<![\w.~-]){re.escape(folder)}(?=/)", told, text)
    return text
