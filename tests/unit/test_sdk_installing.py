"""Environments of releases: never half-made, never in each other's way, and no installer outlasts a gate."""

import fcntl
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from queue import Queue
from threading import Thread

import pytest
import samples

from contracts.errors import CouldNotTest, UsageError
from contracts.sdk import gate, installers
from contracts.sdk.installing import install
from contracts.sdk.releases import Language, ReleaseSpec, parse

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60
SPEC = parse("python:x==1")
GATE = """
import sys
from pathlib import Path
from contracts.sdk import installers
from contracts.sdk.installing import install
from contracts.sdk.releases import Language, parse

CHILD = f"import socket; socket.create_connection(('127.0.0.1', {sys.argv[1]})).recv(1)"

def hang(spec, environment, lock):
    (environment / "half-made").write_text("")
    installers._run([sys.executable, "-c", CHILD], spec, environment, lock)

installers.INSTALLERS[Language.PYTHON] = hang
install(parse("python:x==1"), Path(sys.argv[2]))
"""
Started = tuple[subprocess.Popen[bytes], socket.socket]


@pytest.fixture
def installing(tmp_path: Path) -> Iterator[Started]:
    """Give another run in the midst of an installation, and what its installer holds open while it lives."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE_S)
        command = [sys.executable, "-c", GATE, str(server.getsockname()[1]), str(tmp_path)]
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as running:
            held, _ = server.accept()
            held.settimeout(PATIENCE_S)
            with held:
                yield running, held
            running.kill()


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Let an installer be used that ends well; give what stood in the folder each time that it began."""
    found: list[list[str]] = []

    def installer(spec: ReleaseSpec, environment: Path, lock: int) -> installers.Installed:
        found.append(os.listdir(environment))
        (environment / "bin").mkdir()
        (environment / "bin" / "python").symlink_to(sys.executable)
        return installers.Installed("x", "1", {"y": "2"})

    monkeypatch.setitem(installers.INSTALLERS, Language.PYTHON, installer)
    return found


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_an_installer_ends_with_its_gate_and_what_it_left_is_made_anew(
    end: signal.Signals, installing: Started, whole: list[list[str]], tmp_path: Path
) -> None:
    running, held = installing

    running.send_signal(end)

    assert held.recv(1) == b""
    assert running.wait(PATIENCE_S)
    assert install(SPEC, tmp_path).version == "1"
    assert whole == [[]]


def test_a_run_waits_for_another_one_that_installs_the_same_and_says_so(
    installing: Started, whole: list[list[str]], tmp_path: Path
) -> None:
    running, _ = installing
    told: Queue[str] = Queue()
    waiting = Thread(target=install, args=(SPEC, tmp_path, told.put))

    waiting.start()

    assert told.get(timeout=PATIENCE_S) == "python:x==1: wait for another run that has it in use"
    running.kill()
    assert told.get(timeout=PATIENCE_S) == "python:x==1: install"
    waiting.join(PATIENCE_S)
    assert whole == [[]]


def test_runs_take_environments_in_one_order_whatever_that_of_the_command_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    taken: list[str] = []
    # Each keeps what it has taken until its end: in two orders, two runs would wait for each other for ever.
    monkeypatch.setattr(gate, "install", lambda spec, *_: taken.append(str(spec)) or str(spec))
    specs = [parse("node:a@1"), parse("python:b==1"), parse("node:c@1")]
    run = gate.Gate(samples.contract("jobs"), tmp_path, print)

    given = [run.install(specs), run.install(specs[::-1])]

    assert given == [[str(spec) for spec in specs], [str(spec) for spec in specs[::-1]]]
    assert taken[:3] == taken[3:]


def test_for_a_checkout_that_is_in_use_a_run_waits_once(whole: list[list[str]], tmp_path: Path) -> None:
    spec = parse(f"python:{tmp_path}")
    other = os.open(tmp_path / f"{spec.key}.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(other, fcntl.LOCK_EX)
    told: Queue[str] = Queue()
    waiting = Thread(target=install, args=(spec, tmp_path, told.put))

    waiting.start()

    assert told.get(timeout=PATIENCE_S) == f"{spec}: wait for another run that has it in use"
    # The other one has installed it, and now uses it.
    fcntl.flock(other, fcntl.LOCK_SH)
    os.close(other)
    assert told.get(timeout=PATIENCE_S) == f"{spec}: install"
    waiting.join(PATIENCE_S)


def test_what_is_whole_is_not_installed_again(whole: list[list[str]], tmp_path: Path) -> None:
    first = install(SPEC, tmp_path)

    assert install(SPEC, tmp_path) == first
    assert first.dependencies == {"y": "2"}
    assert whole == [[]]


def test_an_environment_whose_interpreter_is_gone_is_made_anew(
    whole: list[list[str]], tmp_path: Path
) -> None:
    install(SPEC, tmp_path).interpreter.unlink()

    install(SPEC, tmp_path)

    assert whole == [[], []]


def test_a_folder_that_cannot_hold_environments_is_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")

    with pytest.raises(
        UsageError, match=r"file cannot hold environments \(.+\); make room, or name a folder"
    ):
        install(SPEC, file)


@pytest.fixture
def on_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str, str], Path]:
    """Let a program be on the PATH that says a line."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def put(name: str, line: str) -> Path:
        (folder / name).write_text(f"#!/bin/sh\necho {line}\n")
        (folder / name).chmod(0o700)
        return folder / name

    return put


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "v16.20.2",
            "Node.js 16.20.2 ({node}) is too old; 20 is needed; put a newer one first on the PATH, "
            "or leave out its releases",
        ),
        ("1.2.3", "{node} does not say which Node.js it is; put Node.js 20 on the PATH"),
    ],
)
def test_a_node_that_cannot_run_the_driver_is_not_laid_to_the_release(
    line: str, told: str, on_path: Callable[[str, str], Path], tmp_path: Path
) -> None:
    node = on_path("node", line)

    with pytest.raises(UsageError) as raised:
        install(parse("node:x@1.0.0"), tmp_path)

    assert str(raised.value) == told.format(node=node)


@pytest.fixture
def pretending(
    monkeypatch: pytest.MonkeyPatch, on_path: Callable[[str, str], Path]
) -> Callable[[str, str, str], None]:
    """Let installers that are run write a text to a file, and do nothing else."""

    def pretend(name: str, file: str, text: str) -> None:
        def run(command: list[str], spec: ReleaseSpec, environment: Path, *_: object) -> None:
            (environment / file).write_text(text)

        monkeypatch.setattr(installers, "_run", run)
        on_path("node", "v20.0.0")
        on_path("npm", "")

    return pretend


@pytest.mark.parametrize(
    ("name", "file", "text"),
    [
        ("python:pip==24.0", "installed.json", json.dumps({"install": []})),
        ("node:typescript@5.9.3", "package.json", json.dumps({"dependencies": {"typescript": "5.9.3"}})),
    ],
)
def test_what_the_gate_itself_installs_is_no_sdk(
    name: str, file: str, text: str, pretending: Callable[[str, str, str], None], tmp_path: Path
) -> None:
    pretending(name, file, text)

    with pytest.raises(UsageError, match=f"^{name} is a tool that the gate itself needs there; name"):
        install(parse(name), tmp_path)


def test_what_pip_installed_along_is_known_by_its_version(
    pretending: Callable[[str, str, str], None], tmp_path: Path
) -> None:
    packages = [("sdk", "1.0", True), ("httpx", "0.28.1", False)]
    entries = [
        {"metadata": {"name": name, "version": version}, "requested": requested}
        for name, version, requested in packages
    ]
    pretending("python", "installed.json", json.dumps({"install": entries}))

    found = installers.INSTALLERS[Language.PYTHON](SPEC, tmp_path, 0)

    assert found == installers.Installed("sdk", "1.0", {"httpx": "0.28.1"})


def test_what_npm_installed_along_is_known_by_its_version(
    pretending: Callable[[str, str, str], None], tmp_path: Path
) -> None:
    pretending(
        "node", "package.json", json.dumps({"dependencies": {"@a/sdk": "1.0.0", "typescript": "5.9.3"}})
    )
    versions = {"@a/sdk": "1.0.0", "typescript": "5.9.3", "b": "2.0.0", "b/node_modules/c": "3.0.0"}
    locked = {"packages": {f"node_modules/{name}": {"version": one} for name, one in versions.items()}}
    (tmp_path / "node_modules" / "@a" / "sdk").mkdir(parents=True)
    (tmp_path / "node_modules" / ".package-lock.json").write_text(json.dumps(locked))
    (tmp_path / "node_modules" / "@a" / "sdk" / "package.json").write_text('{"version": "1.0.0"}')

    found = installers.INSTALLERS[Language.NODE](parse("node:@a/sdk@1.0.0"), tmp_path, 0)

    assert found == installers.Installed("@a/sdk", "1.0.0", {"b": "2.0.0", "b/node_modules/c": "3.0.0"})


@pytest.mark.parametrize(
    ("file", "is_built"), [("src/index.ts", False), ("dist/index.js", True), ("dist/index/index.js", True)]
)
def test_a_checkout_that_is_not_built_is_told_so(
    file: str, is_built: bool, pretending: Callable[[str, str, str], None], tmp_path: Path
) -> None:
    pretending("node", "package.json", json.dumps({"dependencies": {"sdk": "file:x", "typescript": "5.9.3"}}))
    package = tmp_path / "node_modules" / "sdk"
    (package / file).parent.mkdir(parents=True)
    (package / file).write_text("")
    (package / "package.json").write_text('{"version": "1.0.0", "main": "dist/index"}')
    (tmp_path / "node_modules" / ".package-lock.json").write_text('{"packages": {}}')
    spec = parse(f"node:{tmp_path}")
    told = (
        f"{spec} is not built: it has no dist/index; build it, and name the folder of the package that this "
    )

    with nullcontext() if is_built else pytest.raises(UsageError, match=f"^{re.escape(told)}"):
        installers.INSTALLERS[Language.NODE](spec, tmp_path, 0)


UNREAD = "Could not fetch URL http://r/x/: "
NPM = """npm error code {code}
npm error syscall open
npm error errno -2
npm error {line}
npm error enoent This is related to npm not being able to find a file.
npm error A complete log of this run can be found in: /home/me/.npm/_logs/today-debug-0.log
"""


@pytest.mark.parametrize(
    ("name", "said", "told"),
    [
        (
            "node:x@1.0.0",
            NPM.format(code="ECONNREFUSED", line="FetchError: request to http://r/x failed, reason: refused"),
            "FetchError: request to http://r/x failed, reason: refused",
        ),
        (
            "node:x@1.0.0",
            NPM.format(code="ENOENT", line="enoent Could not read package.json: no such file"),
            "Could not read package.json: no such file",
        ),
        (
            "python:x==1",
            f"{UNREAD}connection error: refused - skipping\n"
            "ERROR: Could not find a version that satisfies the requirement x==1 "
            "(from versions: none)\nERROR: No matching distribution found for x==1",
            "Could not find a version that satisfies the requirement x==1 (from versions: none)",
        ),
        (
            "python:x==1",
            f"{UNREAD}403 Client Error: Forbidden for url: http://r/x/ - skipping\nERROR: No matching "
            "distribution found for x==1",
            "the registry answers 403 Client Error: Forbidden",
        ),
        ("python:x==1", "Traceback:\n  a line\nReadError: not a gzip file\n", "ReadError: not a gzip file"),
        ("python:x==1", "", "without a word"),
    ],
    ids=["npm-unreachable", "npm-no-package", "pip-unreachable", "pip-refused", "pip-crashed", "silent"],
)
def test_of_what_an_installer_says_the_line_that_tells_is_told(name: str, said: str, told: str) -> None:
    error = installers._failed(parse(name), [said], "")

    assert isinstance(error, CouldNotTest)
    assert error.problem == f"{name} could not be installed ({told})"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("python:x==9", "ERROR: No matching distribution found for x==9"),
        (
            "python:y==9",
            f"{UNREAD}404 Client Error: Not Found for url: http://r/x/ - skipping\n"
            "ERROR: Could not find a version that satisfies the requirement y==9 (from versions: none)\n"
            "ERROR: No matching distribution found for y==9",
        ),
        ("node:x@9.0.0", NPM.format(code="ETARGET", line="notarget No matching version found for x@9.0.0.")),
    ],
)
def test_a_release_that_the_registry_does_not_have_is_a_wrong_name(name: str, said: str) -> None:
    assert str(installers._failed(parse(name), [said], "")) == (
        f"the registry has no {name}; name a release that is there"
    )


def test_a_dependency_that_the_registry_does_not_have_is_not_laid_to_the_name(tmp_path: Path) -> None:
    said = "ERROR: No matching distribution found for dep==9"

    for name in ("python:x==1", f"python:{tmp_path}"):
        assert isinstance(installers._failed(parse(name), [said], ""), CouldNotTest)
