"""Judges pieces on a cluster of Dask: `--cluster ADDRESS` of its scheduler.

Dask hands a piece on again when its worker dies, and gives up when workers die of one again and again. What
is done here beside that: never more pieces under way than there is work for, an end where nobody works, and
secrets kept out of what Dask shows: it shows the names of tasks, and what `repr` gives of their arguments.
"""

import os
import pickle
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from queue import Empty, SimpleQueue
from secrets import token_hex
from typing import Any

from contracts import __version__
from contracts.audit import remote
from contracts.audit.inputs import source
from contracts.audit.judging import Judge, Terms
from contracts.audit.pieces import Piece
from contracts.audit.sums import Sum
from contracts.audit.workers import Judged, judge_piece, portable
from contracts.errors import CouldNotTest, UsageError
from contracts.fragment import default_fragment
from contracts.secrecy import variables

CONNECT_TIMEOUT_S = 30
IDLE_TIMEOUT_S = 60
"""After so long without a result it is looked whether anybody works at all."""
_AHEAD = 2
"""So many pieces a thread are under way, so that none waits for the next."""
_MAX_LOST = 3
"""So often in a row what a worker holds may get lost without its having died of it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a worker has to know. `environment` holds secrets, so that nothing of it is in the repr."""

    digest: str
    version: str
    as_of: date
    shows_values: bool
    environment: Mapping[str, str] = field(repr=False)
    by_day: bool = False


class Sealed:
    """A value that shows nothing of itself."""

    def __init__(self, value: Any) -> None:
        self._pickled = pickle.dumps(value)

    def open(self) -> Any:
        """Give the value."""
        return pickle.loads(self._pickled)  # noqa: S301  # of our own making

    def __repr__(self) -> str:
        return "<sealed>"


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why a worker cannot judge a piece, and what to do."""

    problem: str
    advice: str


def judged(terms: Terms, pieces: Iterator[Piece], address: str) -> Iterator[Judged]:
    """Yield pieces with what they say, in any order.

    Raises:
        UsageError: the extra that this takes is not installed, or a worker cannot read what it is to judge.
        CouldNotTest: the cluster cannot be reached, or does not do its work.
    """
    try:
        import distributed
    except ImportError:
        raise UsageError("--cluster needs Dask", "install the project with the extra `cluster`") from None
    settings = Settings(
        digest=terms.fragment.digest,
        version=__version__,
        as_of=terms.as_of,
        shows_values=terms.shows_values,
        by_day=terms.by_day,
        environment={name: os.environ[name] for name in variables(terms.fragment) if name in os.environ},
    )
    _refuse_unspoken(address)
    try:
        client = distributed.Client(address, timeout=CONNECT_TIMEOUT_S, set_as_default=False)
    except (OSError, ValueError):
        problem = f"no scheduler of Dask answers at {address}"
        raise CouldNotTest(problem, "see whether it runs, in the same version as here") from None
    import dask

    # What is read here is sent along; a piece is no reason to warn.
    with client, dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}):
        yield from _Work(client, Sealed(settings), pieces).done()


def _refuse_unspoken(address: str) -> None:
    """Refuse a way to speak that Dask is not set up for here; it would begin, and not come to an end."""
    from distributed.comm.registry import get_backend
    from distributed.security import Security

    scheme = address.partition("://")[0] if "://" in address else "tcp"
    try:
        get_backend(scheme).get_connector()
    except (ValueError, ImportError, RuntimeError, TypeError):
        raise UsageError(f"Dask does not speak {scheme} here", "install what it takes for it") from None
    is_secure = Security().get_connection_args("client")["ssl_context"] is not None
    if scheme in ("tls", "wss") and not is_secure:
        problem = f"Dask has no certificates to speak {scheme} with"
        raise UsageError(problem, "name them in its settings, under distributed.comm.tls")


class _Work:
    """The pieces that are under way on a cluster."""

    def __init__(self, client: Any, settings: Sealed, pieces: Iterator[Piece]) -> None:
        self._client = client
        self._settings = settings
        self._pieces = pieces
        # Two audits on one cluster must not take each other's tasks for theirs.
        self._name = f"audit-{token_hex(8)}"
        self._given = self._lost = 0
        self._under_way: dict[Any, Piece] = {}
        self._ready: SimpleQueue[Any] = SimpleQueue()

    def done(self) -> Iterator[Judged]:
        """Yield what is judged."""
        try:
            self._fill()
            while self._under_way:
                yield from self._take(self._next())
                self._fill()
        finally:
            with suppress(Exception):  # The cluster may be gone, which is told already.
                self._client.cancel(list(self._under_way))

    def _fill(self) -> None:
        """Give so many pieces that no thread of the cluster waits."""
        wanted = _AHEAD * max(self._threads(), 1)
        while len(self._under_way) < wanted and (piece := next(self._pieces, None)):
            self._give(piece)

    def _give(self, piece: Piece) -> None:
        self._given += 1
        is_file = piece.data is None and not piece.problem and not remote.is_address(piece.place)
        # A worker has another folder of its own.
        there = replace(piece, place=str(Path(piece.place).absolute())) if is_file else piece
        future = self._client.submit(
            judge_there, self._settings, Sealed(there), key=f"{self._name}-{self._given}", pure=False
        )
        self._under_way[future] = piece
        future.add_done_callback(self._ready.put)

    def _threads(self) -> int:
        return sum(self._client.nthreads().values())

    def _next(self) -> Any:
        """Wait for a task that is done."""
        while True:
            try:
                return self._ready.get(timeout=IDLE_TIMEOUT_S)
            except Empty:
                if not self._threads():
                    raise CouldNotTest("the cluster has no workers", "start some, then --resume") from None

    def _take(self, future: Any) -> Iterator[Judged]:
        piece = self._under_way.pop(future)
        if future.status == "finished":
            self._lost = 0
            yield piece, _sum(future.result().open())
        elif future.status == "error":
            raise _failed(future.exception(), piece)
        else:
            self._lost += 1
            if self._lost > _MAX_LOST:
                raise CouldNotTest("the scheduler of the cluster is gone", "start it again, then --resume")
            self._give(piece)


def _sum(said: Sum | Unfit | Exception) -> Sum:
    """Give the sum that a worker gave.

    Raises:
        UsageError: it cannot judge the piece.
        Exception: what judging the piece raised.
    """
    if isinstance(said, Unfit):
        raise UsageError(said.problem, said.advice)
    if isinstance(said, Exception):
        raise said
    return said


def _failed(error: BaseException, piece: Piece) -> CouldNotTest:
    import distributed

    if isinstance(error, distributed.KilledWorker):
        problem = f"workers died again and again of {piece.origin} from byte {piece.start} on"
        return CouldNotTest(problem, "see whether they have memory enough, then --resume")
    problem = f"workers cannot take tasks ({type(error).__name__})"
    return CouldNotTest(problem, "install this project there too, with what it needs, in the same version")


_of_thread = threading.local()


def judge_there(settings: Sealed, sealed: Sealed) -> Sealed:
    """Judge a piece, on a worker. It raises nothing: Dask would write that down beside the arguments."""
    try:
        known, piece = settings.open(), sealed.open()
        said: Sum | Unfit | Exception = _unfit(known, piece) or judge_piece(_judge(known), piece)
    except Exception as error:  # for the process that waits, which tells of it
        said = portable(error)
    return Sealed(said)


def _judge(settings: Settings) -> Judge:
    """Give what judges; the contract is compiled once a thread."""
    if getattr(_of_thread, "settings", None) != settings:
        terms = Terms(default_fragment(), settings.as_of, settings.shows_values, settings.by_day)
        _of_thread.judge, _of_thread.settings = Judge(terms, settings.environment), settings
    judge: Judge = _of_thread.judge
    return judge


def _unfit(settings: Settings, piece: Piece) -> Unfit | None:
    """Say why this worker cannot judge a piece."""
    if (settings.version, settings.digest) != (__version__, default_fragment().digest):
        return Unfit(f"{_here()} has another version of the suite or of the contract", "install the same")
    if piece.data is not None or piece.problem:
        return None
    advice = "put the recordings where all workers find them under one path, or name them by an address"
    try:
        with source(piece.place, is_whole=False) as file:
            is_there = remote.is_address(piece.place) or file.seek(0, os.SEEK_END) >= piece.end
    except OSError as error:
        return Unfit(f"{_here()} cannot open {piece.origin} ({error.strerror or error})", advice)
    except UsageError as error:
        return Unfit(f"{_here()} cannot open {piece.origin} ({error.problem})", error.advice)
    return None if is_there else Unfit(f"{_here()} has another file as {piece.origin}", advice)


def _here() -> str:
    import distributed

    return f"the worker {distributed.get_worker().address}"
