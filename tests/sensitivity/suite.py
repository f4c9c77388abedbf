"""Runs the suite as a user does, in a process of its own, and keeps what there is to know of it."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from independent_server import (
    ACCOUNT,
    EMAIL,
    KEY,
    OTHER_ACCOUNT,
    TOKEN,
    UNPRIVILEGED_TOKEN,
    Manners,
    Service,
    serving,
)

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "pytest", "tests/contract", "--target", "live", "-q")
SECRETS = (TOKEN, UNPRIVILEGED_TOKEN, EMAIL, KEY, ACCOUNT, OTHER_ACCOUNT)
ENVIRONMENT = {
    "CLOUDFLARE_ACCOUNT_ID": ACCOUNT,
    "CLOUDFLARE_API_TOKEN": TOKEN,
    "CLOUDFLARE_EMAIL": EMAIL,
    "CLOUDFLARE_API_KEY": KEY,
    "CONTRACT_OTHER_ACCOUNT_ID": OTHER_ACCOUNT,
    "CONTRACT_UNPRIVILEGED_TOKEN": UNPRIVILEGED_TOKEN,
}
WITH_TOKENS = {
    name: value for name, value in ENVIRONMENT.items() if name.endswith(("_TOKEN", "CLOUDFLARE_ACCOUNT_ID"))
}
"""The account, a token for it, and one without the permission."""
_RSS_UNIT_BYTES = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Ended:
    """A run of the suite that has ended."""

    status: int
    printed: str
    last_line: str  # of standard error
    report: dict[str, Any]
    leaks: list[str]
    peak_bytes: int
    sent: list[tuple[str, str]] = field(default_factory=list)
    crashes: list[BaseException] = field(default_factory=list)

    def clauses(self, verdict: str) -> list[str]:
        """Give the ids of the clauses with this verdict."""
        assert self.report, f"no record was written; status {self.status}: {self.printed[-1500:]}"
        return [clause["id"] for clause in self.report["clauses"] if clause["verdict"] == verdict]


@dataclass(frozen=True)
class Interruption:
    """A signal that is sent to the suite as soon as something has happened."""

    number: signal.Signals
    happened: threading.Event = field(default_factory=threading.Event)

    def send_to(self, process_id: int) -> None:
        """Wait for what is to happen, then send the signal."""
        self.happened.wait()
        os.kill(process_id, self.number)


def run_suite(
    folder: Path,
    variables: dict[str, str],
    options: tuple[str, ...] = (),
    limit_s: float = 120,
    interruption: Interruption | None = None,
) -> Ended:
    """Run the suite with these variables and no others, all that it writes in one folder.

    A run that takes longer than `limit_s` is killed, and has the status -9.
    """
    (folder / "tmp").mkdir()
    own = {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder / "tmp")}
    environment = {**own, "PYTHONDONTWRITEBYTECODE": "1", **variables}
    command = [*COMMAND, "-p", "no:cacheprovider", "--reports", str(folder / "reports"), *options]
    started = time.time()

    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=err)
        if interruption:
            threading.Thread(target=interruption.send_to, args=(process.pid,), daemon=True).start()
        killing = threading.Timer(limit_s, os.kill, (process.pid, signal.SIGKILL))
        killing.start()
        _, ended, used = os.wait4(process.pid, 0)
        killing.cancel()
        process.returncode = os.waitstatus_to_exitcode(ended)

    record = folder / "reports" / "compliance.json"
    report = json.loads(record.read_text()) if record.exists() else {}
    said = (folder / "stderr").read_bytes()
    printed = (folder / "stdout").read_bytes() + said
    return Ended(
        status=process.returncode,
        printed=printed.decode(errors="replace"),
        last_line=["", *said.decode(errors="replace").splitlines()][-1],
        report=report,
        leaks=leaks(printed, folder, started),
        peak_bytes=used.ru_maxrss * _RSS_UNIT_BYTES,
    )


def run_with_plugins(
    folder: Path, plugins: Mapping[str, str], *options: str, asked: str = "tests/contract"
) -> subprocess.CompletedProcess[str]:
    """Run the suite on the emulator with plugins at hand, texts by their names, which `-p` in the options
    loads; the reports go into the folder."""
    for name, text in plugins.items():
        (folder / f"{name}.py").write_text(text)
    command = [sys.executable, "-m", "pytest", asked, "-q", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, "--reports", str(folder / "reports"), *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def leaks(printed: bytes, folder: Path, since: float) -> list[str]:
    """Give where a secret is found in what was printed, or written to the folder or the checkout."""
    texts = {"printed": printed, **written(folder, since), **written(ROOT, since)}
    needles = {form.encode() for secret in SECRETS for form in (secret, quote(secret, safe=""))}
    return [where for where, text in texts.items() if any(needle in text for needle in needles)]


def written(top: Path, since: float) -> dict[str, bytes]:
    """Give every file that was written after this moment."""
    found = {}
    for folder, names, files in os.walk(top):
        names[:] = [name for name in names if name not in (".git", ".tox", ".venv")]
        for path in (Path(folder, file) for file in files):
            with suppress(FileNotFoundError):  # what another run, at the same time, has cleared away
                if path.stat().st_mtime >= since - 1:
                    found[str(path)] = path.read_bytes()
    return found


def judge(
    folder: Path,
    base_url: str,
    *options: str,
    interruption: Interruption | None = None,
    **more: str,
) -> Ended:
    """Run the suite against a server."""
    variables = {**WITH_TOKENS, "CLOUDFLARE_BASE_URL": base_url, **more}
    return run_suite(folder, variables, options, interruption=interruption)


def judge_service(
    folder: Path,
    manners: Manners | None = None,
    kind: type[Service] = Service,
    without: tuple[str, ...] = (),
    options: tuple[str, ...] = (),
    **other: str,
) -> Ended:
    """Run the suite against a server, with the whole environment but for what is left out."""
    with serving(manners, kind) as server:
        variables = {"CLOUDFLARE_BASE_URL": server.base_url, **ENVIRONMENT, **other}
        variables = {name: value for name, value in variables.items() if name not in without}
        ended = run_suite(folder, variables, options)
    return replace(ended, sent=server.service.sent, crashes=server.service.crashes)
