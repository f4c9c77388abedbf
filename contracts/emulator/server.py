"""Puts an emulator on a socket: in a thread for the suite, in the foreground for a person."""

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterable

from contracts.emulator.app import Emulator
from contracts.emulator.connection import Connection
from contracts.errors import UsageError

_LOOPBACK = "127.0.0.1"
_BACKLOG = 2048


class RunningEmulator:
    """An emulator that serves on a loopback port from a thread while the context lasts.

    Port 0 takes a free one.

    Raises:
        UsageError: the port cannot be taken.
    """

    def __init__(self, emulator: Emulator, port: int = 0) -> None:
        self.emulator = emulator
        self.port = port

    @property
    def base_url(self) -> str:
        """The URL that stands before the path of the operation."""
        return address(self.emulator, self.port)

    def __enter__(self) -> "RunningEmulator":
        listener = _bind(self.port)
        self.port = listener.getsockname()[1]
        is_ready = threading.Event()
        self._server = _Server(self.emulator, is_ready.set)
        self._thread = threading.Thread(target=self._run, args=(listener, is_ready), daemon=True)
        self._thread.start()
        is_ready.wait()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.stop()
        self._thread.join()

    def _run(self, listener: socket.socket, is_ready: threading.Event) -> None:
        try:
            self._server.run(listener)
        finally:
            # Nobody must wait for a server that could not start.
            is_ready.set()


def serve(emulator: Emulator, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve on a loopback port in the foreground until interrupted; `on_ready` is told the base URL.

    Raises:
        UsageError: the port cannot be taken.
    """
    listener = _bind(port)
    url = address(emulator, listener.getsockname()[1])
    _Server(emulator, lambda: on_ready(url)).run(listener, (signal.SIGINT, signal.SIGTERM))


def address(emulator: Emulator, port: int) -> str:
    """Give the URL under which the emulator's operation is found."""
    return f"http://{_LOOPBACK}:{port}{emulator.fragment.prefix}"


def _bind(port: int) -> socket.socket:
    # asyncio turns off Nagle's algorithm only where the protocol is named.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Idle connections are kept, since one that is closed under a client looks like a fault; but not those
        # whose client is gone.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        listener.bind((_LOOPBACK, port))
        listener.listen(_BACKLOG)
        return listener
    except (OSError, OverflowError) as error:
        listener.close()
        reason = error.strerror if isinstance(error, OSError) else str(error)
        problem = f"port {port} of {_LOOPBACK} cannot be served ({reason})"
        raise UsageError(problem, "choose another, or 0 for a free one") from None


class _Server:
    """Serves an emulator on a socket until it is told to stop, and says when it is ready."""

    def __init__(self, emulator: Emulator, on_ready: Callable[[], None]) -> None:
        self._emulator = emulator
        self._on_ready = on_ready
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def run(self, listener: socket.socket, signals: Iterable[signal.Signals] = ()) -> None:
        """Serve; each of the `signals` stops it."""
        asyncio.run(self._serve(listener, signals))

    def stop(self) -> None:
        """Stop soon; may be called from any thread."""
        # A loop that has ended, or not begun, has nothing to be woken for.
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stopping.set)

    async def _serve(self, listener: socket.socket, signals: Iterable[signal.Signals]) -> None:
        self._loop = asyncio.get_running_loop()
        for number in signals:
            self._loop.add_signal_handler(number, self._stopping.set)
        connections: set[Connection] = set()
        server = await self._loop.create_server(
            lambda: Connection(self._emulator, connections), sock=listener, backlog=_BACKLOG
        )
        self._on_ready()
        await self._stopping.wait()
        server.close()
        for connection in list(connections):
            connection.abort()
        # The loop closes aborted connections when it comes by again.
        await asyncio.sleep(0)
