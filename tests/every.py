"""Runs every test of the project, or with arguments what pytest makes of these.

Two processes share the work, for a test often waits for another process. Those in a browser have one of their
own, since Playwright's event loop lasts as long as its process.
"""

import signal
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
PYTEST = (sys.executable, "-m", "pytest")
BESIDE = ("tests/unit", "tests/browser")
INTERRUPTED = 2


def beside(said: IO[bytes]) -> int:
    """Run the tests that need nothing of the others, and give the first status that is not 0."""
    worst = 0
    for folder in BESIDE:
        status = subprocess.run(
            [*PYTEST, folder], stdout=said, stderr=subprocess.STDOUT, check=False
        ).returncode
        worst = worst or status
        if status == INTERRUPTED:
            break
    return worst


def others() -> list[str]:
    """Give the folders of all other tests."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return [folder for folder in settings["tool"]["pytest"]["testpaths"] if folder not in BESIDE]


def main(arguments: list[str]) -> int:
    """Run the tests, print what they say one after the other, and give the first status that is not 0."""
    if arguments:
        return subprocess.run([*PYTEST, *arguments], check=False).returncode
    with ThreadPoolExecutor(1) as executor, tempfile.TemporaryFile() as said:
        besides = executor.submit(beside, said)
        status = subprocess.run([*PYTEST, *others()], check=False).returncode
        status = besides.result() or status
        said.seek(0)
        sys.stdout.buffer.write(said.read())
        sys.stdout.flush()
    return status


if __name__ == "__main__":
    # Ctrl-C reaches the processes, too: they say what they have found, and then this one ends.
    signal.signal(signal.SIGINT, lambda *_: None)
    sys.exit(main(sys.argv[1:]))
