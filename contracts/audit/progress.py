"""Says how far an audit is while it lasts: how much is judged, how fast, and how long the rest may take."""

import time
from collections.abc import Callable
from dataclasses import dataclass

_QUIET_S = 2.0
"""An audit that is done sooner says nothing."""
_TERMINAL_EVERY_S = 0.5
_LOG_EVERY_S = 30.0
_CLEAR = "\r\x1b[2K"
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
    _is_open: bool = False

    def begin(self) -> None:
        """Take note that the work begins."""
        self._started = self.clock()
        self._told = self._started + _QUIET_S - self._every_s

    def skip(self, size_bytes: int) -> None:
        """Take note that so much was judged before."""
        self.total_bytes = max(self.total_bytes - size_bytes, 0)

    def add(self, size_bytes: int) -> None:
        """Take note that so much more was judged."""
        assert self._started is not None
        self._done += size_bytes
        now = self.clock()
        if now - self._told >= self._every_s:
            self._told = now
            self._tell(self._sentence(max(now - self._started, 1e-3)))

    def close(self) -> None:
        """Take away the line that was kept up to date."""
        if self._is_open:
            self.write(_CLEAR)
            self._is_open = False

    @property
    def _every_s(self) -> float:
        return _TERMINAL_EVERY_S if self.is_terminal else _LOG_EVERY_S

    def _sentence(self, seconds: float) -> str:
        rate = self._done / seconds
        sentence = f"{self._done / _MB:.0f} MB judged, {rate / _MB:.1f} MB/s"
        if self.total_bytes and rate:
            left = max(self.total_bytes - self._done, 0)
            sentence += f", {left / _MB:.0f} MB and about {left / rate:.0f} s to go"
        return sentence

    def _tell(self, sentence: str) -> None:
        if not self.is_terminal:
            self.write(f"contract: {sentence}\n")
            return
        self.write(f"{_CLEAR if self._is_open else ''}contract: {sentence}")
        self._is_open = True
