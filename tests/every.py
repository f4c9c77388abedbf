"""Runs every test of the project, or with arguments what pytest makes of these.

Two processes share the work, so that two cores take about half as long. Those in a browser have one of their
own, since Playwright's event loop lasts as long as its process.
"""

import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import IO

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


def main(arguments: list[str]) -> int:
    """Run the tests, print what they say one after the other, and give the first status that is not 0."""
    if arguments:
        return subprocess.run([*PYTEST, *arguments], check=False).returncode
    rest = [f"--ignore={folder}" for folder in BESIDE]
    with ThreadPoolExecutor(1) as executor, tempfile.TemporaryFile() as said:
        others = executor.submit(beside, said)
        status = subprocess.run([*PYTEST, *rest], check=False).returncode
        status = others.result() or status
        said.seek(0)
        sys.stdout.buffer.write(said.read())
        sys.stdout.flush()
    return status


if __name__ == "__main__":
    # Ctrl-C reaches the processes, too: they say what they have found, and then this one ends.
    signal.signal(signal.SIGINT, lambda *_: None)
    sys.exit(main(sys.argv[1:]))
