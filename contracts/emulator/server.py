"""Puts an emulator on a socket: in a thread for the suite, in the foreground for a person."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable
from types import FrameType

import uvicorn

from contracts.emulator.app import Emulator
from contracts.emulator.connection import Connection
from contracts.errors import UsageError

LOOPBACK = "127.0.0.1"
_TICK_S = 1.0
_BACKLOG = 2048
# Longer than a client pauses between two requests: a connection closed under it would look like a fault.
_KEEP_ALIVE_S = 300


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
        return base_url(self.emulator, LOOPBACK, self.port)

    def __enter__(self) -> "RunningEmulator":
        listener = _bind(LOOPBACK, self.port)
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
            self._server.run([listener])
        finally:
            # Nobody must wait for a server that could not start.
            is_ready.set()


def serve(emulator: Emulator, host: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve in the foreground until interrupted; `on_ready` is told the base URL.

    Raises:
        UsageError: the port cannot be taken.
    """
    listener = _bind(host, port)
    url = base_url(emulator, host, listener.getsockname()[1])
    with contextlib.suppress(KeyboardInterrupt):
        _Server(emulator, lambda: on_ready(url)).run([listener])


def base_url(emulator: Emulator, host: str, port: int) -> str:
    """Give the URL under which the emulator's operation is found."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{emulator.fragment.prefix}"


def _bind(host: str, port: int) -> socket.socket:
    # asyncio turns off Nagle's algorithm only where the protocol is named.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
        return listener
    except (OSError, OverflowError) as error:
        listener.close()
        reason = error.strerror if isinstance(error, OSError) else str(error)
        problem = f"port {port} of {host} cannot be served ({reason})"
        raise UsageError(problem, "choose another, or 0 for a free one") from None


class _Server(uvicorn.Server):
    """A uvicorn that says when it serves and stops without waiting for idle connections."""

    def __init__(self, emulator: Emulator, on_ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                emulator,
                loop="asyncio",
                http=Connection,
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                log_level="error",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=_KEEP_ALIVE_S,
            )
        )
        self._on_ready = on_ready
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        # Before the first tick an answer would lack its date.
        await self.on_tick(0)
        self._on_ready()

    async def main_loop(self) -> None:
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), _TICK_S)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.gather(*self.server_state.tasks, return_exceptions=True)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self.stop()

    def stop(self) -> None:
        """Stop soon; may be called from any thread or signal handler."""
        self.should_exit = True
        # A loop that has ended, or not begun, has nothing to be woken for.
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stopping.set)
