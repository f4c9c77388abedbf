"""What the gate starts ends when the gate does, however that ends: here it is killed, or interrupted."""

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from contracts.errors import CouldNotTest
from contracts.exit_status import EXIT_COULD_NOT_TEST
from contracts.fragment import default_fragment
from contracts.sdk import emulators
from contracts.sdk.driving import _FILES
from contracts.sdk.releases import Language

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60
GATE = """
import sys
from contracts.fragment import default_fragment
from contracts.sdk.emulators import Emulators
with Emulators(default_fragment()) as emulators:
    print(emulators.address()[1], flush=True)
    sys.stdin.read()
"""
HANGING = "import threading\nclass Client:\n    def __init__(self, base_url=''): threading.Event().wait()\n"
HELLO = '{"id": 1, "do": "hello", "operation": {"id": "x", "path": "/x", "credentials": []}}\n'


def test_an_emulator_does_not_outlast_a_gate_that_is_killed() -> None:
    gate = subprocess.Popen(
        [sys.executable, "-c", GATE], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert gate.stdin
    assert gate.stdout
    with gate, socket.create_connection(("127.0.0.1", int(gate.stdout.readline())), PATIENCE_S) as open_one:
        os.kill(gate.pid, signal.SIGKILL)

        # The connection lasts as long as the emulator does; else this times out.
        with suppress(ConnectionResetError):
            assert open_one.recv(1) == b""
        assert gate.wait(PATIENCE_S) == -signal.SIGKILL


def test_an_emulator_that_does_not_start_is_not_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    silent = tmp_path / "python"
    silent.write_text("#!/bin/sh\nexec sleep 600\n")
    silent.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(silent))
    monkeypatch.setattr(emulators, "LONGEST_START_S", 0.01)

    with (
        emulators.Emulators(default_fragment()) as started,
        pytest.raises(CouldNotTest, match=r"does not start \(it says nothing within 0.01 s\)"),
    ):
        started.address()


def test_an_emulator_that_has_ended_is_started_anew() -> None:
    with emulators.Emulators(default_fragment()) as started:
        first = started.address()
        assert started.address() == first
        (process,) = started._processes
        process.kill()
        process.wait()

        again = started.address()

        socket.create_connection(again, PATIENCE_S).close()


@pytest.fixture
def hanging(tmp_path: Path) -> dict[str, str]:
    """The environment of a driver in which there is an SDK that never comes back."""
    (tmp_path / "hanging.py").write_text(HANGING)
    about = tmp_path / "hanging-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: hanging\nVersion: 1\n")
    (about / "top_level.txt").write_text("hanging\n")
    return {**os.environ, "PYTHONPATH": str(tmp_path)}


def test_a_driver_ends_with_its_standard_input_even_in_a_call_that_does_not(hanging: dict[str, str]) -> None:
    file = _FILES[Language.PYTHON][1]
    hurried = f"import driver; driver.GRACE_S = 0.1; import sys; sys.argv[1:] = {['--package', 'hanging']}; "
    driver = subprocess.Popen(
        [sys.executable, "-c", f"import sys; sys.path.append({str(file.parent)!r}); {hurried} driver.main()"],
        env=hanging,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    answered, _ = driver.communicate(HELLO, PATIENCE_S)

    assert (answered, driver.returncode) == ("", 1)


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """Give a server that never answers: who connects is there as long as the connection is."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(PATIENCE_S)
        yield listening


def interrupted(
    arguments: list[str], server: socket.socket, folder: Path, end: signal.Signals
) -> tuple[list[str], list[dict[str, Any]]]:
    """Run the gate, interrupt it when something that it started connects, and see that this ends, too; give
    what was told on standard error, and the releases of the record."""
    environment = {name: value for name, value in os.environ.items() if not name.upper().startswith("PIP_")}
    environment |= {
        "XDG_CACHE_HOME": str(folder / "cache"),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": f"http://127.0.0.1:{server.getsockname()[1]}/simple",
        "NO_PROXY": "127.0.0.1",
    }
    command = [sys.executable, "-m", "contracts", "sdk", *arguments, "--reports", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as gate:
        held, _ = server.accept()
        held.settimeout(PATIENCE_S)
        gate.send_signal(end)
        _, told = gate.communicate(timeout=PATIENCE_S)
        with held, suppress(ConnectionResetError):
            while held.recv(1024):
                pass
    assert gate.returncode == EXIT_COULD_NOT_TEST
    written = json.loads((folder / "sdk.json").read_text())
    assert written["ended_early"] == "interrupted; run again to judge the rest"
    return told.splitlines(), written["releases"]


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_an_installation_with_one_sentence(
    end: signal.Signals, server: socket.socket, tmp_path: Path
) -> None:
    told, releases = interrupted(["python:x==1"], server, tmp_path, end)

    assert told == [
        "contract: python:x==1: install",
        "contract: could not test: interrupted; run again to judge the rest",
    ]
    assert releases == []


CONNECTS = "import socket, sys; input(); socket.create_connection(('127.0.0.1', {port})).recv(1)"


def test_ctrl_c_ends_a_driver_in_a_call_and_what_that_started(server: socket.socket, tmp_path: Path) -> None:
    started = tmp_path / "started.py"
    started.write_text(CONNECTS.format(port=server.getsockname()[1]))
    driver = f"odd={shlex.join(['sh', '-c', f'{sys.executable} {started}; true'])}"

    told, (release,) = interrupted(["odd:x@1", "--driver", driver], server, tmp_path, signal.SIGINT)

    assert told == ["contract: could not test: interrupted; run again to judge the rest"]
    assert release["ended_early"] == "interrupted"
    assert list((tmp_path / "cache").rglob("*.log")) == []
