"""Measures the audit of recorded traffic: how fast, beside merely parsing it, and memory by size."""

import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from time import perf_counter

import orjson
from measuring import Group

ROOT = Path(__file__).resolve().parents[2]
SIZES_MB, QUICK_SIZES_MB = (100, 1_000, 10_000), (1, 40, 60)
"""The violations alone are some 30 MB. The largest is audited on all cores only."""
BROKEN = 1
"""How an audit ends that finds the violations which every generated recording has."""
WATCHED = """\
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""A process takes what whoever starts it holds for its own least, so the audit is started by a small one."""


def groups(is_quick: bool) -> list[Group]:
    """Measure recordings of several sizes, start to exit, on one core and on all."""
    with tempfile.TemporaryDirectory() as folder:
        *recordings, huge = (generated(mb, Path(folder)) for mb in (QUICK_SIZES_MB if is_quick else SIZES_MB))
        large = recordings[-1]
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        seconds = {"orjson.loads of each line and its body": parsed_s(large)}
        memory_mb = {}
        for recording in recordings:
            name = f"one process, {size_mb(recording):,.0f} MB"
            seconds["ours, one process"], memory_mb[name] = audited(recording, 1)
        seconds[f"ours, {cores} processes"], _ = audited(large, cores)
        large_mb = size_mb(large)
        name = f"{cores} processes, {size_mb(huge):,.0f} MB"
        taken, memory_mb[name] = audited(huge, cores)
        huge_note = f"{name}: {size_mb(huge) / taken:,.0f} MB/s"
    rates = {name: large_mb / taken for name, taken in seconds.items()}
    notes = ["JSON Lines, start to exit, the reports and one violation of each kind included"]
    return [
        Group(f"auditing {large_mb:,.0f} MB of recorded traffic", "MB/s", rates, False, notes),
        Group("memory of the largest process of an audit", "MB", memory_mb, notes=[huge_note]),
    ]


def size_mb(recording: Path) -> float:
    """Give the size of a recording in MB."""
    return recording.stat().st_size / 1e6


def generated(mb: int, folder: Path) -> Path:
    """Make a recording of a size."""
    recording = folder / f"{mb}.jsonl"
    command = [sys.executable, "-m", "contracts", "audit", "--generate", f"{mb}MB", str(recording)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return recording


def parsed_s(recording: Path) -> float:
    """Give the seconds that only parsing a recording takes: each line, and the body in it."""
    started = perf_counter()
    with recording.open("rb") as lines:
        for line in lines:
            exchange = orjson.loads(line)
            with suppress(orjson.JSONDecodeError):  # as the violations are that break off
                orjson.loads(exchange["response"].get("body") or b"null")
    return perf_counter() - started


def audited(recording: Path, processes: int) -> tuple[float, float]:
    """Give the seconds that an audit took, and the most memory that its largest process held, in MB."""
    with tempfile.TemporaryDirectory() as reports:
        command = [sys.executable, "-m", "contracts", "audit", str(recording), "--reports", reports]
        command += ["--processes", str(processes)]
        started = perf_counter()
        watched = [sys.executable, "-S", "-c", WATCHED, *command]
        told = subprocess.run(watched, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        taken = perf_counter() - started
        status, most = map(int, told.split())
        if status != BROKEN:
            raise SystemExit(f"{' '.join(command)} ended with {status}; run it to see why")
        # Linux counts in KiB, macOS in bytes.
        unit = 1 if sys.platform == "darwin" else 1024
        return taken, most * unit / 1e6
