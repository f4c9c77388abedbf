"""Says how far a run is while it lasts: a line kept up to date on a terminal, one now and then in a log."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from contracts.status_line import QUIET_S, StatusLine


@dataclass(slots=True)
class Progress:
    """Tells of a run of at most `limit` requests with `write`, which is given text as it is to appear.

    `clock` is monotonic, in seconds, and `sleep` sleeps for some.
    """

    write: Callable[[str], None]
    is_terminal: bool
    limit: int = 0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _sent: int = 0
    _started: float | None = None
    _told: float = 0.0
    _line: StatusLine = field(init=False)

    def __post_init__(self) -> None:
        # Below whatever stands on the line.
        self._line = StatusLine(self.write, self.is_terminal, before="\n")

    def sent(self, count: int) -> None:
        """Take note that so many requests were sent."""
        self._sent = count
        now = self.clock()
        if self._started is None:
            self._started = now
            self._told = now + QUIET_S - self._line.every_s
        if now - self._told >= self._line.every_s:
            self._tell(f"{self._sent} of at most {self.limit} requests sent in {now - self._started:.0f} s")

    def wait(self, seconds: float, why: str) -> None:
        """Wait, and say so where it is for a reason that may take long."""
        if not why or seconds < QUIET_S:
            self.sleep(seconds)
        elif not self.is_terminal:
            self._tell(f"waiting {seconds:.0f} s: {why}")
            self.sleep(seconds)
        else:
            self._count_down(seconds, why)

    def tell(self, sentence: str) -> None:
        """Say something that is to stay."""
        self.write(f"\ncontract: {sentence}\n")

    def close(self) -> None:
        """Take away the line that was kept up to date."""
        self._line.close()

    def _count_down(self, seconds: float, why: str) -> None:
        end = self.clock() + seconds
        while (left := end - self.clock()) > 0:
            self._tell(f"waiting {left:.0f} s more: {why} ({self._sent} of at most {self.limit} sent)")
            self.sleep(min(left, 1.0))

    def _tell(self, sentence: str) -> None:
        self._told = self.clock()
        self._line.tell(sentence)
