"""Says how far an audit is while it lasts: how much is judged, how fast, and how long the rest may take."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from contracts.status_line import QUIET_S, StatusLine

_MB = 1e6


@dataclass(slots=True)
class Progress:
    """Tells with `write` of an audit of `total_bytes`, 0 where that is not known. `clock` is in seconds."""

    write: Callable[[str], None]
    is_terminal: bool
    total_bytes: int
    clock: Callable[[], float] = time.monotonic
    _done: int = 0
    _started: float | None = None
    _told: float = 0.0
    _line: StatusLine = field(init=False)

    def __post_init__(self) -> None:
        self._line = StatusLine(self.write, self.is_terminal)

    def begin(self) -> None:
        """Take note that the work begins."""
        self._started = self.clock()
        self._told = self._started + QUIET_S - self._line.every_s

    def skip(self, size_bytes: int) -> None:
        """Take note that so much was judged before."""
        self.total_bytes = max(self.total_bytes - size_bytes, 0)

    def add(self, size_bytes: int) -> None:
        """Take note that so much more was judged."""
        assert self._started is not None
        self._done += size_bytes
        now = self.clock()
        if now - self._told >= self._line.every_s:
            self._told = now
            self._line.tell(self._sentence(max(now - self._started, 1e-3)))

    def close(self) -> None:
        """Take away the line that was kept up to date."""
        self._line.close()

    def _sentence(self, seconds: float) -> str:
        rate = self._done / seconds
        sentence = f"{self._done / _MB:.0f} MB judged, {rate / _MB:.1f} MB/s"
        if self.total_bytes and rate:
            left = max(self.total_bytes - self._done, 0)
            sentence += f", {left / _MB:.0f} MB and about {left / rate:.0f} s to go"
        return sentence
