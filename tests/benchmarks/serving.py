"""Measures how many pages of twenty items the emulator serves, beside mock servers; needs `wrk`, and `npm`
for the mock servers.

All are asked by the same client for the same requests, filters among them. The mock servers answer one fixed
page, whatever they are asked for.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from measuring import Group

from contracts.emulator.app import Emulator
from contracts.fragment import Fragment, default_fragment
from contracts.plan import filter_combinations

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PRISM, BACKEND = "@stoplight/prism-cli", "openapi-backend"
PEERS = {PRISM: "5.14.2", BACKEND: "5.21.2"}
OPENAPI_3_0 = ("type", "enum", "minimum", "maximum", "minLength", "maxLength", "pattern")
PAGES = 8
START_S = 60.0
CLIENTS, MANY_CLIENTS = 16, 200
JOBS = (1_000, 1_000_000)


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that runs as a process: where the path of the operation begins, and how soon it answered."""

    pid: int
    base_url: str
    start_s: float

    @property
    def memory_mb(self) -> float:
        """The resident memory of the process, as `ps` tells it."""
        told = subprocess.run(["ps", "-o", "rss=", "-p", str(self.pid)], capture_output=True, check=True)
        return int(told.stdout) / 1024


def groups(is_quick: bool) -> list[Group]:
    """Measure requests a second, latency by the number of jobs, memory, and many clients for long."""
    if not shutil.which("wrk"):
        note = "not measured: wrk is not installed"
        return [Group("pages of 20 items, filters among them", "requests/s", {}, notes=[note])]
    fragment, seconds = default_fragment(), 1 if is_quick else 8
    with tempfile.TemporaryDirectory() as folder:
        asking = Asking(fragment, Path(folder))
        return [
            throughput(asking, seconds),
            latency(asking, seconds),
            size(asking),
            endurance(asking, 1 if is_quick else 60),
        ]


class Asking:
    """Asks servers for pages with `wrk`; its scripts, and what the mock servers need, are in `folder`."""

    def __init__(self, fragment: Fragment, folder: Path) -> None:
        self.fragment = fragment
        self.folder = folder
        emulator = Emulator(fragment)
        scheme = fragment.schemes[fragment.security[0][0]]
        self.headers = {scheme.header: f"{scheme.prefix}{scheme.example}"}
        self.path = fragment.path
        if fragment.tenant:
            self.path = self.path.replace(f"{{{fragment.tenant.name}}}", emulator.credentials.own_account)
        self.page = json.loads(self.answer(emulator))

    def answer(self, emulator: Emulator) -> bytes:
        """Give the body of a page of the default size."""
        headers = [(name.lower().encode(), value.encode()) for name, value in self.headers.items()]
        return emulator.answer(self.fragment.method, self.path.encode(), b"", headers).body

    def ask(self, server: Serving, clients: int, seconds: int) -> dict[str, float]:
        """Give requests a second, the median latency in ms, and the number of errors."""
        script = self.folder / f"{server.pid}.lua"
        script.write_text(self._script(server.base_url))
        command = [
            "wrk",
            "-t1",
            f"-c{clients}",
            f"-d{seconds}s",
            "--latency",
            "-s",
            str(script),
            server.base_url,
        ]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        median = re.search(r"50%\s+([0-9.]+)(us|ms|s)", told)
        rate = re.search(r"Requests/sec:\s+([0-9.]+)", told)
        assert median, told
        assert rate, told
        bad = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
        lost = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", told)
        return {
            "rate": float(rate[1]),
            "median_ms": float(median[1]) * {"us": 0.001, "ms": 1, "s": 1000}[median[2]],
            "errors": int(bad[1] if bad else 0) + sum(map(int, lost.groups() if lost else ())),
        }

    def _script(self, base_url: str) -> str:
        """Write the requests as `wrk` takes them: every combination of filters, on several pages."""
        pagination = self.fragment.pagination
        assert pagination
        prefix = "/" + base_url.partition("://")[2].partition("/")[2]
        targets = [
            f"{prefix.rstrip('/')}{self.path}?{urlencode([*chosen, (pagination.page, str(page))])}"
            for chosen in filter_combinations(self.fragment)
            for page in range(1, PAGES + 1)
        ]
        told = ",\n".join(json.dumps(target) for target in targets)
        headers = ", ".join(f'["{name}"] = {json.dumps(value)}' for name, value in self.headers.items())
        return (
            f"local targets = {{\n{told}\n}}\nlocal headers = {{{headers}}}\nlocal next = 0\n"
            "request = function()\n  next = next % #targets + 1\n"
            '  return wrk.format("GET", targets[next], headers)\nend\n'
        )

    @contextmanager
    def emulator(self, jobs: int | None = None) -> Iterator[Serving]:
        """Serve the emulator as a process."""
        port = free_port()
        command = [sys.executable, "-m", "contracts", "emulator", "--port", str(port)]
        command += ["--jobs", str(jobs)] if jobs else []
        with self._running(command, f"http://127.0.0.1:{port}{self.fragment.prefix}") as server:
            yield server

    @contextmanager
    def peer(self, name: str) -> Iterator[Serving]:
        """Serve a mock server, with a page of ours as its example."""
        port = free_port()
        document = self.folder / "document.json"
        document.write_text(json.dumps(self._with_example()))
        commands = {
            PRISM: ["node_modules/.bin/prism", "mock", str(document), "-p", str(port), "-v", "silent"],
            BACKEND: ["node", str(HERE / "backend.cjs"), str(self.folder), str(document), str(port)],
        }
        with self._running(commands[name], f"http://127.0.0.1:{port}") as server:
            yield server

    def _with_example(self) -> dict[str, Any]:
        """Give the operation as OpenAPI 3.0, the newest that all of them read, with a page as its example."""
        media = {self.fragment.success.media_type: {"example": self.page}}
        parameters = [
            {
                "name": one.name,
                "in": one.place,
                "required": one.is_required,
                "schema": _plain(one.node.keywords),
            }
            for one in self.fragment.parameters
        ]
        schemes = {
            one.name: {"type": "apiKey", "in": "header", "name": one.header}
            for one in self.fragment.schemes.values()
        }
        operation = {
            "operationId": "list",
            "parameters": parameters,
            "security": [{name: [] for name in names} for names in self.fragment.security],
            "responses": {"200": {"description": "A page.", "content": media}},
        }
        return {
            "openapi": "3.0.3",
            "info": {"title": self.fragment.title, "version": self.fragment.version},
            "paths": {self.fragment.path: {self.fragment.method.lower(): operation}},
            "components": {"securitySchemes": schemes},
        }

    @contextmanager
    def _running(self, command: list[str], base_url: str) -> Iterator[Serving]:
        started = perf_counter()
        environment = os.environ | {"PYTHONPATH": str(ROOT), "NODE_ENV": "production"}
        silent: Mapping[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        running = subprocess.Popen(command, cwd=self.folder, env=environment, **silent)
        try:
            self._wait(running, base_url, started)
            yield Serving(running.pid, base_url, perf_counter() - started)
        finally:
            running.terminate()
            running.wait()

    def _wait(self, running: "subprocess.Popen[bytes]", base_url: str, started: float) -> None:
        request = Request(base_url + self.path, headers=self.headers)
        while running.poll() is None and perf_counter() - started < START_S:
            try:
                with urlopen(request) as answer:
                    answer.read()
                return
            except HTTPError as error:
                raise SystemExit(f"{' '.join(map(str, running.args))} answers {error.code}") from None  # type: ignore[union-attr]
            except OSError:
                sleep(0.02)
        raise SystemExit(f"{' '.join(map(str, running.args))} does not serve")  # type: ignore[union-attr]


def _plain(keywords: Mapping[str, Any]) -> dict[str, Any]:
    """Give the keywords of a parameter's schema that OpenAPI 3.0 has, too."""
    return {name: value for name, value in keywords.items() if name in OPENAPI_3_0}


def throughput(asking: Asking, seconds: int) -> Group:
    """Measure all servers, one after the other."""
    figures: dict[str, float] = {}
    notes = [f"{CLIENTS} clients; the mock servers answer one fixed page and neither filter nor cut pages"]
    npm = shutil.which("npm")
    if npm:
        packages = [f"{name}@{version}" for name, version in PEERS.items()]
        install = [npm, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", *packages]
        subprocess.run(install, cwd=asking.folder, check=True, stdout=subprocess.DEVNULL)
    else:
        notes.append(f"not measured, npm is not installed: {', '.join(PEERS)}")
    for name in PEERS if npm else ():
        with asking.peer(name) as server:
            figures[name] = asking.ask(server, CLIENTS, seconds)["rate"]
    with asking.emulator() as server:
        figures["ours"] = asking.ask(server, CLIENTS, seconds)["rate"]
    return Group("pages of 20 items, filters among them", "requests/s", figures, False, notes)


def latency(asking: Asking, seconds: int) -> Group:
    """Measure one client at a time, in accounts of different sizes."""
    figures = {}
    for jobs in JOBS:
        with asking.emulator(jobs) as server:
            figures[f"ours, {jobs:,} jobs"] = asking.ask(server, 1, seconds)["median_ms"]
    return Group("one page of 20 items, one client", "ms, median", figures)


def size(asking: Asking) -> Group:
    """Measure the memory of an emulator, and how soon it answers."""
    figures, notes = {}, []
    with ExitStack() as stack:
        for jobs in JOBS:
            server = stack.enter_context(asking.emulator(jobs))
            figures[f"ours, {jobs:,} jobs"] = server.memory_mb
            notes.append(f"{jobs:,} jobs: the first page came {server.start_s:.1f} s after the start")
    return Group("resident memory", "MB", figures, notes=notes)


def endurance(asking: Asking, seconds: int) -> Group:
    """Measure whether many clients, for long, make memory grow."""
    with asking.emulator() as server:
        asking.ask(server, MANY_CLIENTS, 1)
        before = server.memory_mb
        told = asking.ask(server, MANY_CLIENTS, seconds)
        figures = {"ours, before": before, "ours, after": server.memory_mb}
    note = f"{told['rate'] * seconds:,.0f} requests, {told['errors']:.0f} errors"
    return Group(f"memory under {MANY_CLIENTS} clients for {seconds} s", "MB", figures, notes=[note])


def free_port() -> int:
    """Give a port that nobody serves just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
