"""Each fault that the emulator can commit makes the run fail and names its clauses, and no others."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.emulator.faults import faults
from contracts.fragment import default_fragment

ROOT = Path(__file__).resolve().parents[2]
FAULTS = faults(default_fragment())


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_fails_the_run_and_names_its_clauses_only(fault, tmp_path):
    command = [sys.executable, "-m", "pytest", "tests/contract", "-q", "-p", "no:cacheprovider"]

    ended = subprocess.run(
        [*command, "--fault", fault, "--reports", str(tmp_path)], cwd=ROOT, capture_output=True, text=True
    )

    report = json.loads((tmp_path / "compliance.json").read_text())
    violated = [entry["id"] for entry in report["clauses"] if entry["verdict"] == "violated"]
    assert ended.returncode == 1
    assert sorted(violated) == sorted(FAULTS[fault].clauses)
    assert all(f"{clause} is broken" in ended.stdout for clause in violated)
