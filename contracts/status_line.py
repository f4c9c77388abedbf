"""Says how far long work is: a line kept up to date on a terminal, one now and then in a log."""

from collections.abc import Callable
from dataclasses import dataclass

QUIET_S = 2.0
"""Work that is done sooner says nothing."""
_TERMINAL_EVERY_S = 0.25
_LOG_EVERY_S = 30.0
_CLEAR = "\r\x1b[2K"


@dataclass(slots=True)
class StatusLine:
    """Tells with `write`, which is given text as it is to appear; `before` goes before what may stand below
    other text."""

    write: Callable[[str], None]
    is_terminal: bool
    before: str = ""
    _is_open: bool = False

    @property
    def every_s(self) -> float:
        """The seconds between two sentences."""
        return _TERMINAL_EVERY_S if self.is_terminal else _LOG_EVERY_S

    def tell(self, sentence: str) -> None:
        """Say something, in the place of what was said before on a terminal."""
        if self.is_terminal:
            self.write(f"{_CLEAR if self._is_open else self.before}contract: {sentence}")
            self._is_open = True
        else:
            self.write(f"{self.before}contract: {sentence}\n")

    def close(self) -> None:
        """Take away the line that was kept up to date."""
        if self._is_open:
            self.write(_CLEAR)
            self._is_open = False
