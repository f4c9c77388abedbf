"""Starts emulators as processes of their own, which end when this one does, however it does."""

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from threading import Timer
from urllib.parse import urlsplit

import contracts
from contracts.errors import CouldNotTest
from contracts.fragment import Fragment

LONGEST_START_S = 60


class Emulators:
    """The emulators of a run, each started when it is first asked for. Use it as a context manager."""

    def __init__(self, fragment: Fragment) -> None:
        self._fragment = fragment
        self._processes: list[subprocess.Popen[str]] = []
        self._running: dict[tuple[str, ...], tuple[subprocess.Popen[str], tuple[str, int]]] = {}

    def __enter__(self) -> "Emulators":
        return self

    def __exit__(self, *exception: object) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait()
            assert process.stdin
            assert process.stdout
            process.stdin.close()
            process.stdout.close()

    def address(self, options: Sequence[str] = ()) -> tuple[str, int]:
        """Give the host and the port of the emulator that has these options on its command line.

        Raises:
            CouldNotTest: it does not start.
        """
        key = tuple(options)
        running = self._running.get(key)
        # One that has ended must not spoil what is asked after it.
        if running is None or running[0].poll() is not None:
            address = self._start(key)
            running = self._running[key] = self._processes[-1], address
        return running[1]

    def fresh(self, options: Sequence[str]) -> tuple[str, int]:
        """Start another emulator with these options, for one that changes with what it was asked.

        Raises:
            CouldNotTest: it does not start.
        """
        return self._start(tuple(options))

    def _start(self, options: tuple[str, ...]) -> tuple[str, int]:
        asked = ["emulator", "--port", "0", *options]
        command = [sys.executable, "-m", "contracts.sdk.attended", *asked]
        # From wherever this package was loaded, in a checkout or installed.
        paths = [str(Path(contracts.__file__).parent.parent), os.environ.get("PYTHONPATH", "")]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
        with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
            process = subprocess.Popen(  # noqa: S603 - the command is built here, without a shell
                command,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )
            self._processes.append(process)
            # Whoever reads on from a process that is killed is at the end.
            patience = Timer(LONGEST_START_S, process.kill)
            patience.start()
            try:
                url = urlsplit(self._url(process))
            finally:
                patience.cancel()
            if url.hostname and url.port:
                return url.hostname, url.port
            errors.seek(0)
            said = errors.read().strip() or f"it says nothing within {LONGEST_START_S} s"
        advice = f"try python -m contracts {shlex.join(asked)}"
        raise CouldNotTest(f"the emulator does not start ({said})", advice)

    def _url(self, process: subprocess.Popen[str]) -> str:
        """Give the URL that a process tells, an empty one if it ends without."""
        told = f"export {self._fragment.server_env}="
        assert process.stdout
        line = next((line for line in process.stdout if line.startswith(told)), told)
        return "".join(shlex.split(line.removeprefix(told)))
