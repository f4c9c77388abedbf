"""Measures the whole suite, start to exit, beside a stock run of Schemathesis on the same emulator."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from measuring import Group

from contracts.emulator.app import Emulator
from contracts.emulator.server import RunningEmulator
from contracts.fragment import default_fragment

ROUNDS = 5
ROOT = Path(__file__).resolve().parents[2]
STOCK, OURS, SYSTEMATIC = "schemathesis run", "ours: the default run", "ours: without what is generated"


def groups(is_quick: bool) -> list[Group]:
    """Measure both in turn, and tell where the time of ours goes."""
    walls: dict[str, list[float]] = {STOCK: [], OURS: [], SYSTEMATIC: []}
    processor: dict[str, list[float]] = {STOCK: [], OURS: []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(1 if is_quick else ROUNDS):
            # One that has answered nothing yet, as that of ours, which starts its own.
            with RunningEmulator(Emulator(default_fragment())) as running:
                # It leaves a folder where it is started.
                stock = timed(schemathesis(running), folder)
            suite = [sys.executable, "-m", "pytest", "tests/contract", "-q", "--reports", folder]
            ours = timed(suite, ROOT)
            record = json.loads((Path(folder) / "compliance.json").read_text())
            for name, (wall, cpu) in {STOCK: stock, OURS: ours}.items():
                walls[name].append(wall)
                processor[name].append(cpu)
            walls[SYSTEMATIC].append(ours[0] - generated_s(record))
    return [
        Group("a run, process start to exit", "s", medians(walls), notes=[where(walls[OURS][-1], record)]),
        Group(
            "processor time of a run",
            "s",
            medians(processor),
            notes=["ours has the emulator in its process; that of Schemathesis is not counted"],
        ),
    ]


def schemathesis(running: RunningEmulator) -> list[str]:
    """Give the command of a stock run against the emulator."""
    fragment = running.emulator.fragment
    scheme = fragment.schemes[fragment.security[0][0]]
    return [
        *(str(Path(sys.executable).with_name("schemathesis")), "run", str(ROOT / fragment.file)),
        *("--url", running.base_url, "-H", f"{scheme.header}: {scheme.prefix}{scheme.example}"),
    ]


def timed(command: list[str], folder: Path | str) -> tuple[float, float]:
    """Give the seconds that a command took in a folder, and those of processor time."""
    started = perf_counter()
    running = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(running.pid, 0)
    wall = perf_counter() - started
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {running.returncode}; run it to see why")
    return wall, usage.ru_utime + usage.ru_stime


def generated_s(record: dict[str, Any]) -> float:
    """Give the seconds that the generated parts of a run took."""
    return sum(part["seconds"] for part in record["parts"] if part["name"].startswith("generated"))


def where(wall: float, record: dict[str, Any]) -> str:
    """Say where the time of a run went."""
    parts = sum(part["seconds"] for part in record["parts"])
    generated = generated_s(record)
    return (
        f"of {wall:.1f} s, the last round: {parts - generated:.1f} s the systematic requests, "
        f"{generated:.1f} s the generated ones, {wall - parts:.1f} s start, imports, collection and reports"
    )


def medians(taken: dict[str, list[float]]) -> dict[str, float]:
    """Give the median of what was taken by each."""
    return {name: median(values) for name, values in taken.items()}
