"""Ends the wait for an answer when its time is over, however slowly it goes on.

A timeout of a socket only limits the time between two bytes.
"""

from contextlib import suppress
from socket import SHUT_RDWR, socket
from threading import Event, Lock, Thread
from time import monotonic


class Deadline:
    """Lets a block last `limit_s` seconds at most: use it as a context manager, as often as needed, and
    `watch` the connection that the block waits for.

    A thread of its own shuts the connection then, which wakes whoever waits. It looks only as often as a
    block can come to its end, so that a request costs nothing.

    Raises:
        TimeoutError: the block took longer; in place of whatever else came of it.
    """

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self._connection: socket | None = None
        self._ends: float | None = None
        self._is_over = False
        self._lock = Lock()
        self._is_left = Event()
        Thread(target=self._look, name="deadline", daemon=True).start()

    def close(self) -> None:
        """Watch no longer."""
        self._is_left.set()

    def watch(self, connection: socket) -> None:
        """Note the connection on which an answer is waited for from now on."""
        with self._lock:
            self._connection = connection
            if self._is_over:
                self._shut()

    def __enter__(self) -> None:
        with self._lock:
            self._ends = monotonic() + self.limit_s

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._lock:
            # The thread may be kept from looking in time.
            is_late = self._ends is not None and monotonic() >= self._ends
            was_over, self._ends, self._is_over = self._is_over or is_late, None, False
        # What the connection's end has cut off may look whole. Who interrupts is not held up.
        if was_over and (kind is None or issubclass(kind, Exception)):
            raise TimeoutError from None

    def _look(self) -> None:
        pause = self.limit_s
        while not self._is_left.wait(pause):
            with self._lock:
                # What begins meanwhile ends later than this.
                pause = self.limit_s if self._ends is None else self._ends - monotonic()
                if pause <= 0:
                    self._ends, self._is_over, pause = None, True, self.limit_s
                    self._shut()

    def _shut(self) -> None:
        # It may be closed already, or hand over to TLS just now: that is told to `watch` then.
        with suppress(OSError):
            if self._connection:
                socket.shutdown(self._connection, SHUT_RDWR)
