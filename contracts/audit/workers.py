"""Judges pieces on all cores; a piece whose worker dies is judged again."""

import os
import signal
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from multiprocessing import connection, get_context, parent_process

from contracts.audit.judging import Judge, Terms
from contracts.audit.pieces import Piece, records
from contracts.audit.record import Unreadable
from contracts.audit.sums import Sum
from contracts.errors import CouldNotTest
from contracts.fragment import default_fragment

MAX_DEATHS = 3
"""So often in a row workers may die before the audit gives up."""

Judged = tuple[Piece, Sum]
_judge: list[Judge] = []


def judged(terms: Terms, pieces: Iterator[Piece], processes: int) -> Iterator[Judged]:
    """Yield pieces with what they say, in any order.

    Raises:
        CouldNotTest: the workers die again and again.
    """
    if processes > 1:
        yield from _Crew(terms, pieces, processes).work()
        return
    judge = Judge(terms)
    for piece in pieces:
        yield piece, judge_piece(judge, piece)


def judge_piece(judge: Judge, piece: Piece) -> Sum:
    """Judge the records of a piece."""
    judge.sum = Sum()
    for offset, record in records(piece):
        try:
            if isinstance(record, Unreadable):
                raise record
            judge.judge(record, piece.origin, offset)
        except Unreadable as why:
            judge.sum.miss(piece.origin, offset, str(why))
    judge.sum.settle()
    return judge.sum


class _Crew:
    """Worker processes, and what they have not given back yet."""

    def __init__(self, terms: Terms, pieces: Iterator[Piece], processes: int) -> None:
        self._terms = terms
        self._pieces = pieces
        self._processes = processes
        self._again: deque[Piece] = deque()
        self._under_way: dict[Future[Sum], Piece] = {}
        self._deaths = 0

    def work(self) -> Iterator[Judged]:
        """Yield what is judged, with new workers where some died."""
        while True:
            pool = ProcessPoolExecutor(
                self._processes,
                mp_context=get_context("spawn"),
                initializer=_start,
                initargs=(self._terms.as_of, self._terms.shows_values),
            )
            try:
                yield from self._feed(pool)
                return
            except BrokenProcessPool:
                self._deaths += 1
                self._again.extend(self._under_way.values())
                self._under_way.clear()
            finally:
                pool.shutdown(cancel_futures=True)
            if self._deaths >= MAX_DEATHS:
                problem = f"{MAX_DEATHS} times in a row a process that judged died"
                raise CouldNotTest(problem, "see whether there is memory enough, or use --processes 1")

    def _feed(self, pool: ProcessPoolExecutor) -> Iterator[Judged]:
        while True:
            while len(self._under_way) < 2 * self._processes and self._submit(pool):
                pass
            if not self._under_way:
                return
            done, _ = wait(self._under_way, return_when=FIRST_COMPLETED)
            for future in done:
                seen = future.result()
                self._deaths = 0
                yield self._under_way.pop(future), seen

    def _submit(self, pool: ProcessPoolExecutor) -> bool:
        """Hand on a piece, if there is one."""
        piece = self._again.popleft() if self._again else next(self._pieces, None)
        if piece is None:
            return False
        try:
            self._under_way[pool.submit(_work, piece)] = piece
        except BrokenProcessPool:
            self._again.append(piece)
            raise
        return True


def _start(as_of: date, shows_values: bool) -> None:
    """Make a worker ready: the contract is compiled once."""
    # Ctrl-C is for the process that waits.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _judge[:] = [Judge(Terms(default_fragment(), as_of, shows_values))]


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent
    connection.wait([parent.sentinel])
    os._exit(1)


def _work(piece: Piece) -> Sum:
    return judge_piece(_judge[0], piece)
