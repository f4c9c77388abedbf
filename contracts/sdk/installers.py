"""Installs releases with pip and npm into a folder that is empty; `installing.py` says when."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from contracts.errors import CouldNotTest, UsageError
from contracts.sdk.releases import Language, ReleaseSpec

COMPILER = "typescript"
_COMPILER_VERSION = "5.9.3"
"""Reads the declarations of an npm package; it stands beside the SDK."""

_OLDEST_NODE = 20
_START_S = 60
_LONGEST_S = 900
_UNKNOWN_RELEASE = ("No matching distribution found", "code ETARGET", "code E404")
_UNREAD = re.compile(r"Could not fetch URL \S+: (?!404 )(?P<status>[45]\d\d .+?(?= for url))?")
"""Of pip, whose last words are the same of a registry that it cannot read as of one without the package."""
_TELLING = re.compile(
    r"^(?:ERROR: |npm (?:error|ERR!) "
    r"(?!(?:code|syscall|errno|path|dest|cwd) )(?:[a-z0-9]+ (?=[A-Z]))?)(?P<words>.+)",
    re.MULTILINE,
)
"""The line that says what is wrong: not that with a code, a path, a hint or the name of a log."""
_LEASH = Path(__file__).parent / "leash.py"
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_NEEDED = frozenset(
    (
        *("PATH", "HOME", "USER", "LANG", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"),
        *_PROXIES,
        *map(str.lower, _PROXIES),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"),
    )
)
_NEEDED_OF = ("PIP_", "NPM_CONFIG_", "LC_")


@dataclass(frozen=True, slots=True)
class Installed:
    """What an installer put into an environment: the package, and what came along by its version."""

    package: str
    version: str
    dependencies: Mapping[str, str]


def program(name: str, provider: str) -> str:
    """Give the path of a program.

    Raises:
        UsageError: it is not on the PATH.
    """
    found = shutil.which(name)
    if not found:
        raise UsageError(f"there is no {name} on the PATH", f"install {provider}, or leave out its releases")
    return found


def node() -> Path:
    """Give the program that runs Node.js.

    Raises:
        UsageError: it is not on the PATH, cannot be run, or is too old for the drivers.
    """
    found = program("node", "Node.js")
    try:
        said = subprocess.check_output([found, "--version"], env=_settings(), text=True, timeout=_START_S)  # noqa: S603 - it is Node.js
    except (OSError, subprocess.SubprocessError):
        said = ""
    version = re.fullmatch(r"v((\d+)\.\S+)\s*", said)
    if not version:
        raise UsageError(
            f"{found} does not say which Node.js it is", f"put Node.js {_OLDEST_NODE} on the PATH"
        )
    if int(version[2]) < _OLDEST_NODE:
        problem = f"Node.js {version[1]} ({found}) is too old; {_OLDEST_NODE} is needed"
        raise UsageError(problem, "put a newer one first on the PATH, or leave out its releases")
    return Path(found)


def _install_python(spec: ReleaseSpec, environment: Path, lock: int) -> Installed:
    create = [sys.executable, "-m", "venv", str(environment)]
    _run(create, spec, environment, lock, "look whether Python has venv and ensurepip")
    report = environment / "installed.json"
    pip = [str(environment / "bin" / "python"), "-m", "pip", "install"]
    # Only so does it say which pages of the registry it could not read.
    options = ["-vv", "--disable-pip-version-check", "--no-input", "--report", str(report)]
    _run([*pip, *options, str(spec.path or spec.requirement)], spec, environment, lock)
    installed = json.loads(report.read_text(encoding="utf-8"))["install"]
    asked_for = next((entry["metadata"] for entry in installed if entry["requested"]), None)
    if not asked_for:
        raise _of_the_gate(spec)
    others = (entry["metadata"] for entry in installed if not entry["requested"])
    dependencies = {str(other["name"]): str(other["version"]) for other in others}
    return Installed(str(asked_for["name"]), str(asked_for["version"]), dependencies)


def _install_node(spec: ReleaseSpec, environment: Path, lock: int) -> Installed:
    own = environment / "package.json"
    own.write_text('{"private": true}', encoding="utf-8")
    # Scripts of packages do not run, nor does what would build a checkout.
    options = ["--ignore-scripts", "--install-links", "--no-audit", "--no-fund", "--loglevel=error"]
    # Npm's own waits between tries are of a minute and more, without a word.
    options += ["--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"]
    wanted = [str(spec.path or spec.requirement), f"{COMPILER}@{_COMPILER_VERSION}"]
    _run([program("npm", "Node.js"), "install", *options, *wanted], spec, environment, lock)
    names = json.loads(own.read_text(encoding="utf-8"))["dependencies"]
    package = next((name for name in names if name != COMPILER), None)
    if not package:
        raise _of_the_gate(spec)
    modules = environment / "node_modules"
    about = json.loads((modules / package / "package.json").read_text(encoding="utf-8"))
    main = about.get("main")
    if spec.may_change and main and not _is_there(modules / package / main):
        advice = f"build it, and name the folder of the package that this makes, as in {spec}/dist"
        raise UsageError(f"{spec} is not built: it has no {main}", advice)
    dependencies = _locked(modules / ".package-lock.json")
    return Installed(
        package,
        str(about["version"]),
        {name: dependencies[name] for name in dependencies if name not in (package, COMPILER)},
    )


def _is_there(module: Path) -> bool:
    """Say whether Node.js finds a module, which may be named without its ending or by its folder."""
    ways = (module, module.with_name(f"{module.name}.js"), module / "index.js")
    return any(way.is_file() for way in ways)


def _locked(file: Path) -> dict[str, str]:
    """Give the version of each package that npm says it installed; one within another has both names."""
    packages = json.loads(file.read_text(encoding="utf-8"))["packages"]
    return {path.removeprefix("node_modules/"): about["version"] for path, about in packages.items()}


Installer = Callable[[ReleaseSpec, Path, int], Installed]
"""Installs a release into an empty folder, while a lock is held."""

INSTALLERS: dict[Language, Installer] = {Language.PYTHON: _install_python, Language.NODE: _install_node}


def _of_the_gate(spec: ReleaseSpec) -> UsageError:
    return UsageError(f"{spec} is a tool that the gate itself needs there", "name the release of an SDK")


def _run(command: Sequence[str], spec: ReleaseSpec, environment: Path, lock: int, advice: str = "") -> None:
    """Run an installer, whose settings (proxies, registries) are those of whoever runs the gate.

    It ends with this process, and the lock is held until it has.
    """
    with (
        tempfile.TemporaryFile("w+", errors="replace") as out,
        tempfile.TemporaryFile("w+", errors="replace") as err,
    ):
        process = subprocess.Popen(  # noqa: S603 - the command is built here, without a shell
            [sys.executable, "-I", str(_LEASH), *command],
            cwd=environment,
            env=_settings(),
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=err,
            start_new_session=True,
            pass_fds=(lock,),
        )
        try:
            status = process.wait(_LONGEST_S)
        except subprocess.TimeoutExpired:
            raise CouldNotTest(f"installing {spec} took more than {_LONGEST_S} s", "run it again") from None
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            assert process.stdin
            process.stdin.close()
        if status:
            raise _failed(spec, [file.read() for file in (err, out) if not file.seek(0)], advice)


def _failed(spec: ReleaseSpec, said: Sequence[str], advice: str) -> UsageError | CouldNotTest:
    """Say why an installer failed, by the one line of what it said that tells."""
    told = next((text.strip() for text in said if text.strip()), "")
    unread = next(filter(None, map(_UNREAD.search, said)), None)
    is_unknown = not unread and any(words in told for words in _UNKNOWN_RELEASE)
    if is_unknown and spec.requirement in told and not spec.path:
        return UsageError(f"the registry has no {spec}", "name a release that is there")
    telling = _TELLING.search(told)
    why = telling["words"].strip() if telling else told.rpartition("\n")[2]
    if unread and unread["status"]:
        why = f"the registry answers {unread['status']}"
    where = (
        f"look whether {spec.path} is a package" if spec.path else "look whether the registry is reachable"
    )
    return CouldNotTest(f"{spec} could not be installed ({why or 'without a word'})", advice or where)


def _settings() -> dict[str, str]:
    """Give what of our environment an installer needs, and nothing else: packages run code of their own.

    The SDK has its own dependencies, so that the constraints of the suite are not for it.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if name != "PIP_CONSTRAINT" and (name in _NEEDED or name.upper().startswith(_NEEDED_OF))
    }
