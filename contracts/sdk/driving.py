"""Talks to a driver: a program in the SDK's language, one line of JSON a request and a line an answer.

The protocol is told in `drivers/README.md`.
"""

import json
import queue
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.errors import CouldNotTest
from contracts.fragment import Fragment
from contracts.sdk.releases import InstalledRelease, Language

PROTOCOL_VERSION = 2
LONGEST_ANSWER_S = 90
_DRIVERS = Path(__file__).parent / "drivers"
_FILES = {
    Language.PYTHON: (("-I", "-B"), _DRIVERS / "python" / "driver.py"),
    Language.NODE: ((), _DRIVERS / "node" / "driver.mjs"),
}
_SHOWN_LINES = 2
_ERROR = "Error"


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a driver says of itself: `clients` are the kinds of client that the SDK has, the usual one first,
    `methods` may be the operation's, likeliest first."""

    runtime: str
    version: str
    modes: tuple[str, ...]
    clients: tuple[str, ...]
    methods: tuple[str, ...]


class Driver:
    """A running driver of a release. Use it as a context manager.

    It runs in the release's environment, and sees nothing of ours but where programs are.
    """

    def __init__(self, release: InstalledRelease) -> None:
        self.release = release
        options, file = _FILES[Language(release.language)]
        self._command = [str(release.interpreter), *options, str(file), "--package", release.package]
        self._lines: queue.Queue[str] = queue.Queue()
        self._count = 0

    def __enter__(self) -> "Driver":
        self._log = (self.release.folder / "driver.log").open("w+", encoding="utf-8", errors="replace")
        self._process = subprocess.Popen(  # noqa: S603 - the command is built here, without a shell
            self._command,
            cwd=self.release.folder,
            env=self._environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            encoding="utf-8",
            # Ctrl-C is for the gate, which then ends the driver.
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._log):
            assert stream
            # What a driver that is dead was not told any more is flushed once more, and fails once more.
            with suppress(OSError):
                stream.close()

    def hello(self, fragment: Fragment) -> Introduction:
        """Ask which methods of the SDK may be the fragment's operation.

        Raises:
            CouldNotTest: the driver does not answer, speaks another version of the protocol, or knows no way
                to make a client of the package.
        """
        operation = {
            "id": fragment.operation_id,
            "method": fragment.method,
            "path": fragment.path,
            "credentials": list(fragment.schemes),
        }
        answer = self.ask({"do": "hello", "version": PROTOCOL_VERSION, "operation": operation})
        if answer["version"] != PROTOCOL_VERSION:
            problem = f"the driver of {self.release.name} speaks version {answer['version']} of the protocol"
            raise CouldNotTest(problem, f"use one that speaks version {PROTOCOL_VERSION}")
        if "no_client" in answer:
            problem = f"{self.release.name} is no SDK of this API: {answer['no_client']}"
            raise CouldNotTest(problem, "name a package that has a client")
        return Introduction(
            answer["runtime"],
            answer["sdk"]["version"],
            tuple(answer["modes"]),
            tuple(answer["clients"]),
            tuple(answer["methods"]),
        )

    def end(self) -> None:
        """End the driver, also in the midst of a request: who waits for the answer learns that it ended."""
        self._process.kill()

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Send a request and give the answer.

        Raises:
            CouldNotTest: the driver ended, does not answer, or not in the protocol.
        """
        self._count += 1
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps({"id": self._count, **request}) + "\n")
            self._process.stdin.flush()
            line = self._lines.get(timeout=LONGEST_ANSWER_S)
            answer: dict[str, Any] = json.loads(line)
        except queue.Empty:
            raise self._failed(f"did not answer within {LONGEST_ANSWER_S} s") from None
        except (OSError, json.JSONDecodeError):
            raise self._failed("ended") from None
        if answer.get("id") != self._count:
            raise self._failed("answered another request")
        return answer

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line)
        # An empty line is no JSON: whoever waits learns that nothing more comes.
        self._lines.put("")

    def _failed(self, what: str) -> CouldNotTest:
        self._log.seek(0)
        # Python writes its error last, Node.js before the stack.
        lines = [line.strip() for line in self._log.read().splitlines() if line.strip()]
        said = next((line for line in reversed(lines) if _ERROR in line), " / ".join(lines[-_SHOWN_LINES:]))
        problem = f"the driver of {self.release.name} {what}{f' ({said})' if said else ''}"
        return CouldNotTest(problem, f"look into {self._log.name}")

    def _environment(self) -> dict[str, str]:
        # Neither credentials nor settings of ours may reach the SDK: it would use them unasked.
        home = str(self.release.folder)
        return {"PATH": str(self.release.interpreter.parent), "HOME": home, "LANG": "C.UTF-8"}
