"""A cluster of Dask on loopback: a scheduler and workers, each a process of its own, whose words are kept."""

import os
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import distributed

ROOT = Path(__file__).resolve().parents[2]
# New in every process, so that a search finds what leaked and no other test.
KEY, TOKEN = token_hex(16), token_hex(16)
DEADLY = """
import os
from contracts.audit import cluster
from contracts.audit.workers import judge_piece

def deadly(judge, piece):
    if "deadly" in piece.origin:
        os._exit(1)
    return judge_piece(judge, piece)

cluster.judge_piece = deadly
"""


@dataclass
class Cluster:
    """A cluster that runs. `workers` are its processes, `logs` the folder of all that it says."""

    address: str
    workers: list[subprocess.Popen]
    logs: Path

    @property
    def said(self):
        return "".join(path.read_text() for path in self.logs.glob("*.log"))


@contextmanager
def running(folder, workers):
    """Run a cluster that gives a piece up when two workers died of it."""
    folder.mkdir(exist_ok=True)
    (folder / "deadly.py").write_text(DEADLY)
    file = folder / "scheduler.json"
    # Without what the one that asks has in its environment.
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment |= {"PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    environment |= {"PYTHONDONTWRITEBYTECODE": "1", "DASK_LOGGING__DISTRIBUTED": "info"}

    def start(stack, name, *arguments):
        log = stack.enter_context((folder / f"{name}.log").open("w"))
        command = [sys.executable, "-m", "dask", *arguments, "--scheduler-file", str(file)]
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        stack.callback(process.wait)
        stack.callback(process.kill)
        return process

    with ExitStack() as stack:
        start(
            stack,
            "scheduler",
            "scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--dashboard-address",
            "127.0.0.1:0",
        )
        one = ["--nthreads", "1", "--no-nanny", "--host", "127.0.0.1", "--preload", str(folder / "deadly.py")]
        one += ["--local-directory", str(folder), "--no-dashboard"]
        processes = [start(stack, f"worker-{number}", "worker", *one) for number in range(workers)]
        yield Cluster(address_of(file), processes, folder)


def address_of(file):
    """Give the address of a scheduler as soon as it is known, and it has a worker."""
    with distributed.Client(scheduler_file=str(file), timeout=60, set_as_default=False) as client:
        client.wait_for_workers(1, timeout=60)
        return client.scheduler.address
