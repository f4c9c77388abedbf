"""What the gate starts ends when the gate does, however that ends: here it is killed."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

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
