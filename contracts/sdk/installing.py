"""Installs releases with pip and npm, each into an environment of its own, which the next run finds again."""

import fcntl
import json
import os
import shutil
import subprocess
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from contracts.errors import CouldNotTest, UsageError
from contracts.sdk.releases import InstalledRelease, Language, ReleaseSpec

COMPILER = "typescript"
_COMPILER_VERSION = "5.9.3"
"""Reads the declarations of an npm package; it stands beside the SDK."""

_MARK = "whole.json"
"""Written last: an environment without it is not whole."""
_LONGEST_S = 900
_UNKNOWN_RELEASE = ("No matching distribution found", "code ETARGET", "code E404")
_NOTHING_FOUND = "from versions: none"
"""Of pip, which says the same of a registry that it cannot reach as of one without the package."""
_SHOWN_LINES = 4
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


def install(spec: ReleaseSpec, folder: Path) -> InstalledRelease:
    """Give the release in its environment below `folder`, installed unless it is there whole.

    Raises:
        UsageError: there is no such release, or nothing to run it with.
        CouldNotTest: it could not be installed.
    """
    environment = folder / spec.key
    if spec.driver:
        return _given(spec, environment)
    language = Language(spec.language)
    interpreter = _interpreter(language, environment)
    with _alone(environment):
        if spec.may_change or not _is_whole(environment, interpreter):
            shutil.rmtree(environment, ignore_errors=True)
            environment.mkdir()
            package, version = _INSTALLERS[language](spec, environment)
            mark = json.dumps({"package": package, "version": version})
            (environment / _MARK).write_text(mark, encoding="utf-8")
        found = json.loads((environment / _MARK).read_text(encoding="utf-8"))
    return InstalledRelease(
        str(spec), spec.language, found["package"], found["version"], environment, interpreter
    )


def _given(spec: ReleaseSpec, environment: Path) -> InstalledRelease:
    """Give a release that its driver brings; the folder is but for what the driver writes."""
    with _alone(environment):
        environment.mkdir(exist_ok=True)
    package, _, version = spec.requirement.rpartition("@")
    return InstalledRelease(
        str(spec), spec.language, package, version, environment, Path(spec.driver[0]), spec.driver
    )


@contextmanager
def _alone(environment: Path) -> Iterator[None]:
    """Keep other runs from installing into the same environment until the block ends."""
    try:
        environment.parent.mkdir(parents=True, exist_ok=True)
        lock = environment.with_name(f"{environment.name}.lock").open("w", encoding="utf-8")
    except OSError as error:
        problem = f"{environment.parent} cannot hold environments ({error.strerror})"
        raise UsageError(problem, "name a folder for caches in XDG_CACHE_HOME") from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_whole(environment: Path, interpreter: Path) -> bool:
    return (environment / _MARK).is_file() and interpreter.exists()


def _interpreter(language: Language, environment: Path) -> Path:
    if language is Language.PYTHON:
        return environment / "bin" / "python"
    return Path(_command("node", "Node.js"))


def _command(name: str, provider: str) -> str:
    found = shutil.which(name)
    if not found:
        raise UsageError(f"there is no {name} on the PATH", f"install {provider}, or leave out its releases")
    return found


def _install_python(spec: ReleaseSpec, environment: Path) -> tuple[str, str]:
    venv.create(environment, with_pip=True, symlinks=True)
    report = environment / "installed.json"
    pip = [str(environment / "bin" / "python"), "-m", "pip", "install"]
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--report", str(report)]
    _run([*pip, *options, str(spec.path or spec.requirement)], spec, environment)
    installed = json.loads(report.read_text(encoding="utf-8"))["install"]
    asked_for = next(entry["metadata"] for entry in installed if entry["requested"])
    return str(asked_for["name"]), str(asked_for["version"])


def _install_node(spec: ReleaseSpec, environment: Path) -> tuple[str, str]:
    own = environment / "package.json"
    own.write_text('{"private": true}', encoding="utf-8")
    # Scripts of packages do not run, and a checkout is packed as it would be released.
    options = ["--ignore-scripts", "--install-links", "--no-audit", "--no-fund", "--loglevel=error"]
    wanted = [str(spec.path or spec.requirement), f"{COMPILER}@{_COMPILER_VERSION}"]
    _run([_command("npm", "Node.js"), "install", *options, *wanted], spec, environment)
    names = json.loads(own.read_text(encoding="utf-8"))["dependencies"]
    package = next(name for name in names if name != COMPILER)
    about = environment / "node_modules" / package / "package.json"
    return package, str(json.loads(about.read_text(encoding="utf-8"))["version"])


_INSTALLERS = {Language.PYTHON: _install_python, Language.NODE: _install_node}


def _run(command: Sequence[str], spec: ReleaseSpec, environment: Path) -> None:
    """Run an installer, whose settings (proxies, registries) are those of whoever runs the gate."""
    try:
        done = subprocess.run(  # noqa: S603 - the command is built here, without a shell
            command, cwd=environment, env=_settings(), capture_output=True, text=True, timeout=_LONGEST_S
        )
    except subprocess.TimeoutExpired:
        raise CouldNotTest(f"installing {spec} took more than {_LONGEST_S} s", "run it again") from None
    if done.returncode == 0:
        return
    said = done.stderr.strip() or done.stdout.strip()
    if _NOTHING_FOUND not in said and any(words in said for words in _UNKNOWN_RELEASE):
        raise UsageError(f"the registry has no {spec}", "name a release that is there")
    told = " / ".join(said.splitlines()[-_SHOWN_LINES:])
    advice = (
        f"look whether {spec.path} is a package" if spec.path else "look whether the registry is reachable"
    )
    raise CouldNotTest(f"{spec} could not be installed ({told})", advice)


def _settings() -> dict[str, str]:
    """Give what of our environment an installer needs, and nothing else: packages run code of their own.

    The SDK has its own dependencies, so that the constraints of the suite are not for it.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if name != "PIP_CONSTRAINT" and (name in _NEEDED or name.upper().startswith(_NEEDED_OF))
    }
