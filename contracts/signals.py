"""What ends a session from outside, and when it does not."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM, with which CI systems end a job, and SIGHUP, with which a terminal that is closed does, do
    what Ctrl-C does: the record is still written."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        # What Ctrl-C does just now: it may be held.
        ctrl_c = signal.getsignal(signal.SIGINT)
        (ctrl_c if callable(ctrl_c) else signal.default_int_handler)(number, frame)

    # Who started us with nohup wants that ignored.
    heeded = [end for end in _ENDS if signal.getsignal(end) is not signal.SIG_IGN]
    before = {end: signal.getsignal(end) for end in (signal.SIGINT, *heeded)}
    for end in heeded:
        signal.signal(end, interrupt)
    try:
        yield
    finally:
        for end, handler in before.items():
            signal.signal(end, handler)


def hold() -> None:
    """Let none of them end anything until `ended_by_sigterm` is left.

    For what is told and written when a session ends, which takes moments, and says what it then ends with.
    """
    # The others do what Ctrl-C does. To ignore it would be passed on to processes that are started.
    signal.signal(signal.SIGINT, lambda *_: None)
