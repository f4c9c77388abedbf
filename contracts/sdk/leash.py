"""Runs a command that must not outlast the process that started it, however that one ends.

It is run as a file, as the first process of a group: the group is killed as soon as its standard input ends,
which whoever started it holds open as long as they live.
"""

import os
import signal
import subprocess
import sys
import threading


def _end_with_standard_input() -> None:
    # Not by way of `sys.stdin`, whose lock the interpreter wants when it ends.
    while os.read(0, 1024):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=_end_with_standard_input, daemon=True).start()
    sys.exit(subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, check=False).returncode)  # noqa: S603 - it is ours
