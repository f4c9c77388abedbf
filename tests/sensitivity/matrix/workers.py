"""Runs the suite once a case, several at a time, each in a process of its own that is forked from this one.

All that takes long to import is imported before, so that four hundred runs pay for it once. Nothing here
may start a thread: a fork would copy its locks.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from cases import Case

import contracts.reports.terminal
import contracts.run
import contracts.session
import contracts.strategies
from contracts.fragment import default_fragment
from contracts.guard import Guard
from contracts.wire import NoAnswer, Wire

TOO_LONG_S = 180
MAX_REQUESTS = 400
"""The budget of a live run: what cannot be seen with it is not seen."""


def run_all(cases: Sequence[Case], at_a_time: int, root: Path) -> Iterator[tuple[Case, Path, float]]:
    """Yield each case with the folder that its run left and the seconds it took, as they end."""
    _warm_up()
    waiting, running = list(reversed(cases)), {}
    with tempfile.TemporaryDirectory(prefix="matrix-") as top:
        try:
            while waiting or running:
                while waiting and len(running) < at_a_time:
                    case = waiting.pop()
                    folder = Path(top) / str(len(waiting))
                    folder.mkdir()
                    process = get_context("fork").Process(target=_run, args=(case, folder, root))
                    process.start()
                    running[process.sentinel] = process, case, folder, time.monotonic()
                for _, case, folder, started in _ended(running):
                    seconds = time.monotonic() - started
                    _show_progress(len(cases) - len(waiting) - len(running), len(cases), case.id)
                    yield case, folder, seconds
        finally:
            for process, *_ in running.values():
                process.kill()


def _warm_up() -> None:
    """Make what every run makes alike: the generators of requests, and what they and the client load at
    their first use."""
    fragment = default_fragment()
    nowhere = "http://127.0.0.1:9"
    with Wire(Guard(nowhere, fragment.method, None), trust_env=False) as wire, suppress(NoAnswer):
        wire.send(fragment.method, nowhere, {})
    for queries in (contracts.strategies.allowed_queries, contracts.strategies.forbidden_queries):
        contracts.strategies.smallest(queries(fragment), lambda query: False)


def _ended(running: dict[int, tuple[BaseProcess, Case, Path, float]]) -> Iterator[tuple]:
    for sentinel in wait(list(running), timeout=1):
        entry = running.pop(sentinel)
        entry[0].join()
        yield entry
    for process, _, _, started in list(running.values()):
        if time.monotonic() - started > TOO_LONG_S:
            process.kill()


def _run(case: Case, folder: Path, root: Path) -> None:
    os.chdir(root)
    # Allure has no part in this, and Hypothesis' plugin does not like generators that were made before it.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT)
    os.dup2(log, 1)
    os.dup2(log, 2)
    status = pytest.main(
        [
            "tests/contract",
            *("-q", "--tb=short", "--assert=plain", "-p", "no:cacheprovider"),
            # Both look for what a run left open, which the unit tests do.
            *("-p", "no:unraisableexception", "-p", "no:threadexception"),
            *("--max-requests", str(MAX_REQUESTS), "--reports", str(folder)),
            *case.options,
        ]
    )
    (folder / "status").write_text(str(int(status)))
    sys.stdout.flush()


def _show_progress(done: int, of: int, name: str) -> None:
    if sys.stderr.isatty():
        bar = "#" * (30 * done // of)
        print(f"\r\x1b[2K[{bar:30}] {done}/{of} {name[:60]}", end="" if done < of else "\n", file=sys.stderr)
    elif done % 25 == 0 or done == of:
        print(f"{done} of {of} runs", file=sys.stderr, flush=True)
