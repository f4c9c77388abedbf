"""`python -m contracts` for a process that must not outlast the one that started it, however that one ends.

It ends as soon as its standard input does: whoever holds the other end holds it as long as they live.
"""

import os
import sys
import threading

from contracts.__main__ import main


def _end_with_standard_input() -> None:
    # Not by way of `sys.stdin`, whose lock the interpreter wants when it ends.
    while os.read(0, 1024):
        pass
    # At once and whatever else is going on: nobody is left who could use what it serves.
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_standard_input, daemon=True).start()
    sys.exit(main())
