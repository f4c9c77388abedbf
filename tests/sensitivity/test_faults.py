"""A fault that the emulator commits makes the run fail and names its clauses, and no others; an honest
variant of it passes.

A few, as a person would run them: all of them, and a sample of every family, are for the matrix.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.clauses import Family
from contracts.emulator.faults import faults
from contracts.fragment import default_fragment

ROOT = Path(__file__).resolve().parents[2]
FAULTS = faults(default_fragment())
ALWAYS, NOW_AND_THEN = (Family.ENUM, Family.ERROR, Family.PAGINATION), "@last-item"
COMMAND = [sys.executable, "-m", "pytest", "tests/contract", "-q", "-p", "no:cacheprovider"]


def sample():
    for family in ALWAYS:
        # The last of a family, which are told least often elsewhere.
        yield [name for name, fault in FAULTS.items() if fault.family is family and "@" not in name][-1]
    yield next(name for name in FAULTS if name.endswith(NOW_AND_THEN))


def run(tmp_path, *options):
    ended = subprocess.run(
        [*COMMAND, *options, "--reports", str(tmp_path)], cwd=ROOT, capture_output=True, text=True
    )
    report = json.loads((tmp_path / "compliance.json").read_text())
    return ended, [entry["id"] for entry in report["clauses"] if entry["verdict"] == "violated"]


@pytest.mark.parametrize("fault", list(sample()))
def test_a_fault_fails_the_run_and_names_its_clauses_only(fault, tmp_path):
    ended, violated = run(tmp_path, "--fault", fault)

    assert ended.returncode == 1
    assert sorted(violated) == sorted(FAULTS[fault].clauses)
    assert all(f"{clause} is broken" in ended.stdout for clause in violated)


@pytest.mark.parametrize(
    ("variant", "status"), [("only-required", 0), ("http-1.0", 0), ("small-account", 0), ("empty-account", 6)]
)
def test_an_honest_variant_breaks_nothing(variant, status, tmp_path):
    ended, violated = run(tmp_path, "--variant", variant)

    assert ended.returncode == status, ended.stdout[-2000:] + ended.stderr[-2000:]
    assert violated == []


def test_an_unknown_fault_ends_the_run_with_the_nearest_there_is(tmp_path):
    ended, violated = run(tmp_path, "--fault", "missing:200.result[].job_ids")

    assert ended.returncode == 4
    assert "did you mean missing:200.result[].job_id" in ended.stderr
    assert violated == []
