"""Judges pieces on all cores; a piece whose worker dies is judged again."""

import gc
import os
import pickle
import signal
import threading
import traceback
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from multiprocessing import connection, get_context, parent_process, resource_tracker
from typing import cast

from contracts.audit.judging import Judge, Terms
from contracts.audit.pieces import Piece, records
from contracts.audit.record import Unreadable
from contracts.audit.sums import Sum
from contracts.errors import CouldNotTest
from contracts.fragment import default_fragment

MAX_DEATHS = 3
"""So often in a row workers may die before the audit gives up."""
MAX_UNCOLLECTED = 20_000
"""So many objects may be made before Python looks for cycles among them: more than the largest page and what
is held beside it have."""

Judged = tuple[Piece, Sum]


def judged(terms: Terms, pieces: Iterator[Piece], processes: int) -> Iterator[Judged]:
    """Yield pieces with what they say, in any order.

    Raises:
        CouldNotTest: the workers die again and again.
    """
    if processes > 1:
        yield from _Crew(terms, pieces, processes).work()
        return
    judge = Judge(terms)
    with _seldom_collecting():
        for piece in pieces:
            yield piece, judge_piece(judge, piece)


def judge_piece(judge: Judge, piece: Piece) -> Sum:
    """Judge the records of a piece."""
    for offset, record in records(piece):
        try:
            if isinstance(record, Unreadable):
                raise record
            judge.judge(record, piece.origin, offset)
        except Unreadable as why:
            judge.miss(piece.origin, offset, str(why))
    return judge.total()


def portable(error: Exception) -> Exception:
    """Give an error that can be handed to another process, with where it arose, which would else be lost."""
    error.add_note(f"in a process that judges:\n{''.join(traceback.format_exception(error)).rstrip()}")
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  # of our own making
    except Exception:
        other = RuntimeError(f"{type(error).__name__}: {error}")
        other.__notes__ = error.__notes__
        return other
    return error


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Let Python look for cycles less often: it would look at all that is read, and JSON has none."""
    young, *older = gc.get_threshold()
    gc.set_threshold(max(young, MAX_UNCOLLECTED), *older)
    try:
        yield
    finally:
        gc.set_threshold(young, *older)


class _Worker:
    """A process that judges one piece at a time. Its pipe is its own: when it dies, the other end knows."""

    def __init__(self, terms: Terms) -> None:
        context = get_context("spawn")
        self.piece: Piece | None = None
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, terms.as_of, terms.shows_values, terms.by_day), daemon=True
        )
        with _without_ctrl_c():
            self._process.start()
        # Theirs alone from now on, or its end would not be noticed.
        theirs.close()

    def give(self, piece: Piece) -> None:
        """Hand on a piece. A worker that is dead is noticed when its answer is waited for."""
        self.piece = piece
        with suppress(OSError):
            self.pipe.send(piece)

    def take(self) -> Sum | None:
        """Give what it says of its piece, None if it died before it had said all.

        Raises:
            Exception: what judging the piece raised.
        """
        try:
            said: Sum | Exception = self.pipe.recv()
        except (EOFError, OSError):
            return None
        if isinstance(said, Exception):
            raise said
        return said

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self.pipe.close()


@contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach: it is for the one that waits."""
    # Starts with the first process, and would lift the mask then.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Crew:
    """Workers, and the pieces that are to be judged again because theirs died."""

    def __init__(self, terms: Terms, pieces: Iterator[Piece], processes: int) -> None:
        self._terms = terms
        self._pieces = pieces
        self._processes = processes
        self._again: deque[Piece] = deque()
        self._workers: list[_Worker] = []
        self._deaths = 0

    def work(self) -> Iterator[Judged]:
        """Yield what is judged, with new workers where some died."""
        try:
            while True:
                self._hand_out()
                busy = {worker.pipe: worker for worker in self._workers if worker.piece is not None}
                if not busy:
                    return
                for pipe in connection.wait(list(busy)):
                    yield from self._take(busy[cast("connection.Connection", pipe)])
        finally:
            for worker in self._workers:
                worker.end()

    def _hand_out(self) -> None:
        """Give every worker a piece, as far as there are any."""
        for place in range(self._processes):
            is_new = place == len(self._workers)
            if not is_new and self._workers[place].piece is not None:
                continue
            piece = self._again.popleft() if self._again else next(self._pieces, None)
            if piece is None:
                return
            if is_new:
                self._workers.append(_Worker(self._terms))
            self._workers[place].give(piece)

    def _take(self, worker: _Worker) -> Iterator[Judged]:
        seen, piece = worker.take(), worker.piece
        assert piece is not None
        worker.piece = None
        if seen is not None:
            self._deaths = 0
            yield piece, seen
            return
        self._again.append(piece)
        self._workers.remove(worker)
        worker.end()
        self._deaths += 1
        if self._deaths >= MAX_DEATHS:
            problem = f"{MAX_DEATHS} times in a row a process that judged died"
            raise CouldNotTest(problem, "see whether there is memory enough, or use --processes 1")


def _serve(pipe: "connection.Connection", as_of: date, shows_values: bool, by_day: bool) -> None:
    """Judge the pieces that come until no more can: whoever sends them has ended then."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # The contract is compiled once.
    judge = Judge(Terms(default_fragment(), as_of, shows_values, by_day))
    with _seldom_collecting(), suppress(EOFError, OSError):
        while True:
            piece = pipe.recv()
            try:
                said: Sum | Exception = judge_piece(judge, piece)
            except Exception as error:  # for the process that waits, which tells of it
                said = portable(error)
            pipe.send(said)


def _end_with_parent() -> None:
    """End this process as soon as the one that waits for it is gone, even in the midst of a piece."""
    parent = parent_process()
    assert parent is not None
    connection.wait([parent.sentinel])
    os._exit(1)
