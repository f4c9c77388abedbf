"""Talks to a driver: a program in the SDK's language, one line of JSON a request and a line an answer.

The protocol is told in `drivers/README.md`; what a line may hold is judged by `protocol.py`.
"""

import json
import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from contracts import atomic
from contracts.errors import CouldNotTest
from contracts.fragment import Fragment
from contracts.sdk import protocol
from contracts.sdk.releases import InstalledRelease, Language, without_home

LONGEST_ANSWER_S = 90
LONGEST_LINE_BYTES = 32 * 2**20
_FILES = {
    Language.PYTHON: (("-I", "-B"), protocol.DRIVERS / "python" / "driver.py"),
    Language.NODE: ((), protocol.DRIVERS / "node" / "driver.mjs"),
}
_CHUNK_BYTES = 2**16
_SHOWN_LINES, _SHOWN_CHARACTERS = 2, 100
_ERROR = "Error"
_SILENT = "it wrote nothing to standard error: try it by itself"


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

    It sees nothing of ours but where programs are.

    Raises:
        CouldNotTest: it cannot be started.
    """

    def __init__(self, release: InstalledRelease) -> None:
        self.release = release
        self._come = bytearray()
        self._count = 0

    def __enter__(self) -> "Driver":
        folder = self.release.folder
        try:
            # Without a name: nothing of it is left, however the gate ends.
            self._log = tempfile.TemporaryFile(dir=folder)
        except OSError as error:
            problem = without_home(f"{folder} cannot hold the log of a driver ({error.strerror})")
            raise CouldNotTest(problem, "make room, and run again") from None
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the command is built here, without a shell
                self._command(),
                # A command that was given is meant where it was given.
                cwd=None if self.release.driver else folder,
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                # Ctrl-C is for the gate, which then ends the driver.
                start_new_session=True,
            )
        except OSError as error:
            self._log.close()
            problem = f"the driver of {self.release.name} cannot be started ({error.strerror})"
            raise CouldNotTest(problem, f"see that {self._command()[0]} can be run") from None
        assert self._process.stdout
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._process.stdout, selectors.EVENT_READ)
        return self

    def __exit__(self, *exception: object) -> None:
        # What it started itself ends with it.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._selector.close()
        for stream in (self._process.stdin, self._process.stdout, self._log):
            assert stream
            # What a driver that is dead was not told any more is flushed once more, and fails once more.
            with suppress(OSError):
                stream.close()

    def hello(self, fragment: Fragment) -> Introduction:
        """Ask which methods of the SDK may be the fragment's operation.

        Raises:
            CouldNotTest: the driver does not answer, speaks another version of the protocol, drives another
                release, or knows no way to make a client of the package.
        """
        operation = protocol.operation(fragment)
        answer = self.ask({"do": "hello", "version": protocol.VERSION, "operation": operation})
        if "no_client" in answer:
            problem = f"{self.release.name} is no SDK of this API: {answer['no_client']}"
            raise CouldNotTest(problem, "name a package that has a client")
        version = answer["sdk"]["version"]
        if version != self.release.version:
            problem = f"the driver of {self.release.name} drives version {version} of the package"
            raise CouldNotTest(problem, "name the version that it drives")
        return Introduction(
            answer["runtime"],
            version,
            tuple(answer["modes"]),
            tuple(answer["clients"]),
            tuple(answer["methods"]),
        )

    def end(self) -> None:
        """End the driver, also in the midst of a request: who waits for the answer learns that it ended."""
        self._process.kill()

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Send a request and give the answer, which is in the protocol.

        Raises:
            CouldNotTest: the driver ended, does not answer, or not in the protocol.
        """
        self._count += 1
        assert self._process.stdin
        # Of a driver that has ended, what it wrote before tells more than that it cannot be asked.
        with suppress(OSError):
            self._process.stdin.write(json.dumps({"id": self._count, **request}).encode() + b"\n")
            self._process.stdin.flush()
        line = self._line()
        try:
            answer = protocol.parsed(line)
        except ValueError as error:
            raise self._strayed(line, str(error)) from None
        version = answer.get("version", protocol.VERSION)
        if version != protocol.VERSION:
            problem = f"the driver of {self.release.name} speaks version {version} of the protocol"
            raise CouldNotTest(problem, f"use one that speaks version {protocol.VERSION}")
        if answer.get("id") != self._count:
            raise self._strayed(line, f"has not the id of the request, {self._count}")
        trouble = protocol.trouble(request["do"], answer)
        if trouble:
            raise self._strayed(line, trouble)
        return answer

    def _line(self) -> bytes:
        """Give the next line that the driver writes."""
        assert self._process.stdout
        until, seen = time.monotonic() + LONGEST_ANSWER_S, 0
        while (end := self._come.find(b"\n", seen)) < 0:
            seen = len(self._come)
            if seen > LONGEST_LINE_BYTES:
                raise self._strayed(bytes(self._come), f"has more than {LONGEST_LINE_BYTES >> 20} MiB")
            if not self._selector.select(until - time.monotonic()):
                raise self._failed(f"did not answer within {LONGEST_ANSWER_S} s")
            come = os.read(self._process.stdout.fileno(), _CHUNK_BYTES)
            if not come:
                raise self._failed(f"ended in the midst of line {self._count}" if seen else "ended")
            self._come += come
        line = bytes(self._come[:end])
        del self._come[: end + 1]
        return line

    def _strayed(self, line: bytes, what: str) -> CouldNotTest:
        text = line[: _SHOWN_CHARACTERS + 1].decode("utf-8", "replace")
        shown = text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
        problem = f"line {self._count} of the driver of {self.release.name} {what} ({shown!r})"
        return CouldNotTest(problem, f"mend the driver as {protocol.README} says")

    def _failed(self, what: str) -> CouldNotTest:
        size = self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, size - _CHUNK_BYTES))
        # Python writes its error last, Node.js before the stack.
        text = self._log.read().decode("utf-8", "replace")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        said = next((line for line in reversed(lines) if _ERROR in line), " / ".join(lines[-_SHOWN_LINES:]))
        problem = f"the driver of {self.release.name} {what}{f' ({without_home(said)})' if said else ''}"
        return CouldNotTest(problem, self._where_to_look(text) if lines else _SILENT)

    def _where_to_look(self, text: str) -> str:
        """Keep the end of the log, in the place of an earlier one, and say where it is."""
        file = self.release.folder / "driver.log"
        try:
            atomic.write(text, file)
        except OSError as error:
            return f"its log cannot be kept ({error.strerror}): make room, and run again"
        return f"look into {without_home(str(file))}"

    def _command(self) -> list[str]:
        release = self.release
        if release.driver:
            return [*release.driver, "--package", release.package, "--version", release.version]
        options, file = _FILES[Language(release.language)]
        return [str(release.interpreter), *options, str(file), "--package", release.package]

    def _environment(self) -> dict[str, str]:
        # Neither credentials nor settings of ours may reach the SDK: it would use them unasked.
        programs = (
            os.environ.get("PATH", os.defpath) if self.release.driver else self.release.interpreter.parent
        )
        return {"PATH": str(programs), "HOME": str(self.release.folder), "LANG": "C.UTF-8"}
