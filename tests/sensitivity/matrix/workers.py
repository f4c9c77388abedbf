"""Runs the suite once a case, several at a time, each in a process of its own that is forked from this one.

What is alike for all is done once, before: importing, making the contract, collecting the tests. Nothing
here may start a thread: a fork would copy its locks.
"""

import gc
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import groupby
from pathlib import Path

import pytest
from cases import Case

import contracts.reports.terminal
import contracts.run
import contracts.session
import contracts.strategies  # noqa: F401
from contracts.drawing import ALLOWED, FORBIDDEN, Drawing
from contracts.fragment import default_fragment
from contracts.guard import Guard
from contracts.wire import NoAnswer, Wire

TOO_LONG_S = 180
MAX_REQUESTS = 400
"""The budget of a live run: what cannot be seen with it is not seen."""
_LOOK_EVERY_S = 0.02


def run_all(cases: Sequence[Case], at_a_time: int, root: Path, on_end: Callable[[Case, Path], None]) -> None:
    """Run the suite against each case; `on_end` is given the folder that a run left, as it ends."""
    _warm_up()
    os.chdir(root)
    # Allure has no part in this, and Hypothesis' plugin does not like generators that were made before it.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    alike = sorted(cases, key=lambda case: (case.kind, str(case.as_of)))
    with tempfile.TemporaryDirectory(prefix="matrix-") as top:
        for _, group in groupby(alike, key=lambda case: (case.kind, case.as_of)):
            forks = Forks(list(group), at_a_time, Path(top), on_end)
            status = _session(forks)
            if forks.own_folder:
                # In a fork, whose whole work was this session.
                (forks.own_folder / "status").write_text(str(int(status)))
                sys.stdout.flush()
                os._exit(0)


def _session(forks: "Forks") -> int:
    """Collect the tests of the contract, and run them once a case."""
    first = forks.cases[0]
    as_of = ("--as-of", first.as_of.isoformat()) if first.as_of else ()
    arguments = [
        "tests/contract",
        # Not captured, so that a fork can send what is printed to a file of its own.
        *("-q", "--tb=short", "--assert=plain", "-p", "no:cacheprovider", "--capture=no"),
        # Both look for what a run left open, which the unit tests do.
        *("-p", "no:unraisableexception", "-p", "no:threadexception"),
        *("--max-requests", str(MAX_REQUESTS), f"--{first.kind}", first.id, *as_of),
    ]
    with _silenced():
        return pytest.main(arguments, plugins=[forks])


class Forks:
    """A plugin of pytest that runs the collected tests once a case, each time in a fork.

    `own_folder` is, in a fork, where its run leaves what it has to say.
    """

    def __init__(
        self, cases: list[Case], at_a_time: int, top: Path, on_end: Callable[[Case, Path], None]
    ) -> None:
        self.cases = cases
        self.own_folder: Path | None = None
        self._at_a_time = at_a_time
        self._top = top
        self._on_end = on_end
        self._running: dict[int, tuple[Case, Path, float]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Fork for each case; only a fork goes on to run the tests."""
        gc.collect()
        gc.freeze()
        try:
            for number, case in enumerate(self.cases):
                while len(self._running) >= self._at_a_time:
                    self._await_one()
                folder = self._top / f"{case.kind}-{case.as_of}-{number}"
                folder.mkdir()
                child = os.fork()
                if not child:
                    self._become(case, folder, session.config)
                    return None
                self._running[child] = case, folder, time.monotonic()
            while self._running:
                self._await_one()
        finally:
            if not self.own_folder:
                self._kill_all()
        return True

    def _become(self, case: Case, folder: Path, config: pytest.Config) -> None:
        self.own_folder = folder
        self._running = {}
        # A run is short, and holds few things that only the collector could free.
        gc.disable()
        log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT)
        os.dup2(log, sys.stdout.fileno())
        os.dup2(log, sys.stderr.fileno())
        setattr(config.option, case.kind, case.id)
        config.option.reports = folder

    def _await_one(self) -> None:
        while True:
            ended, _ = os.waitpid(-1, os.WNOHANG)
            if ended in self._running:
                case, folder, _ = self._running.pop(ended)
                self._on_end(case, folder)
                return
            for child, (_, _, started) in self._running.items():
                if time.monotonic() - started > TOO_LONG_S:
                    os.kill(child, signal.SIGKILL)
            time.sleep(_LOOK_EVERY_S)

    def _kill_all(self) -> None:
        for child in self._running:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _warm_up() -> None:
    """Make what every run makes alike: the generators of requests, and what they and the client load at
    their first use."""
    fragment = default_fragment()
    nowhere = "http://127.0.0.1:9"
    with Wire(Guard(nowhere, fragment.method, None), trust_env=False) as wire, suppress(NoAnswer):
        wire.send(fragment.method, nowhere, {})
    drawing = Drawing(fragment)
    for kind in (ALLOWED, FORBIDDEN):
        drawing.smallest(kind, lambda query: False)


@contextmanager
def _silenced() -> Iterator[None]:
    """Keep what pytest prints from standard output, as it is about no test that was run here."""
    sys.stdout.flush()
    kept, nothing = os.dup(sys.stdout.fileno()), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, sys.stdout.fileno())
        os.close(kept)
        os.close(nothing)
