"""Generated queries, drawn by a process of its own while this one sends others.

To import the generators and to draw takes a third of the time of a run, and needs nothing of the target.

`python -m contracts.drawing FILE SEED KIND=TRIES…` is that process. It writes a line of JSON for each query,
`[kind, query]`, and `[kind, null]` behind the last of a kind. Then it reads `[kind, [[query, is broken], …]]`
of which the last is broken; it writes smaller ones in the same way, and reads of each whether it is broken.
"""

import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from secrets import randbits
from typing import Any

from contracts import profiles
from contracts.errors import BudgetExhausted
from contracts.fragment import Fragment
from contracts.plan import Pairs

ALLOWED, FORBIDDEN = "allowed", "forbidden"
_SHARES = {ALLOWED: 1, FORBIDDEN: 2}
"""Forbidden queries are slow to draw, and each class of wrong value is sent by the plan already: of them only
this part is tried of what the Hypothesis profile says."""
_SEED_BITS = 64

Breaks = Callable[[Pairs], bool]


class Drawing:
    """Draws queries for the operation of a fragment: `ALLOWED` ones, or such as are rather `FORBIDDEN`.

    Use it as a context manager if anything is to be drawn ahead.
    """

    def __init__(self, fragment: Fragment) -> None:
        profile = profiles.current()
        self._fragment = fragment
        self._seed = randbits(_SEED_BITS) if profile.is_random else 0
        self._tries = {kind: max(profile.tries // share, 1) for kind, share in _SHARES.items()}
        self._ahead: _Ahead | None = None

    def __enter__(self) -> "Drawing":
        return self

    def __exit__(self, *_: object) -> None:
        if self._ahead:
            self._ahead.end()

    def begin(self, kinds: Iterable[str]) -> None:
        """Let queries of these kinds be drawn ahead, where there is a processor to spare and the generators
        are not here already."""
        tries = {kind: self._tries[kind] for kind in kinds}
        is_idle = (os.cpu_count() or 1) > 1 and "contracts.strategies" not in sys.modules
        if tries and is_idle and not self._ahead:
            self._ahead = _Ahead(self._fragment.read_from, self._seed, tries)

    def smallest(self, kind: str, breaks: Breaks) -> Pairs | None:
        """Try queries of a kind, and give the smallest that `breaks`, if one does.

        As many are tried as the Hypothesis profile says, or the part of them that is meant for the kind.

        Raises:
            CouldNotTest: `breaks` did. Where the budget ends, the smallest that was found until then will do.
        """
        tried: dict[Pairs, bool] = {}
        if self._ahead and kind in self._ahead.kinds:
            self._ahead.kinds.remove(kind)  # what is drawn ahead is there once
            for query in self._ahead.drawn(kind):
                tried[query] = breaks(query)
                if tried[query]:
                    return self._ahead.smaller(kind, tried, breaks)
            if self._ahead.is_whole(kind):
                return None
        return _smallest(self._fragment, kind, self._seed, self._tries[kind], _once(breaks, tried))


class _Ahead:
    """The process that draws ahead, as this one sees it."""

    def __init__(self, path: Path, seed: int, tries: dict[str, int]) -> None:
        here = str(Path(__file__).resolve().parents[1])
        search = os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))
        what = [f"{kind}={number}" for kind, number in tries.items()]
        self.kinds = set(tries)
        self._waiting: dict[str, deque[Pairs | None]] = {kind: deque() for kind in tries}
        self._still_drawn = set(tries)
        self._whole: set[str] = set()
        self._process = subprocess.Popen(  # noqa: S603 - the command is built here, without a shell
            [sys.executable, "-m", __name__, str(path), str(seed), *what],
            env={**os.environ, "PYTHONPATH": search},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def drawn(self, kind: str) -> Iterator[Pairs]:
        """Yield what is drawn of a kind, as long as the process lives."""
        while self._waiting[kind] or self._read():
            if self._waiting[kind]:
                query = self._waiting[kind].popleft()
                if query is None:
                    self._whole.add(kind)
                    return
                yield query

    def is_whole(self, kind: str) -> bool:
        """Say whether a kind was read to its end."""
        return kind in self._whole

    def smaller(self, kind: str, tried: dict[Pairs, bool], breaks: Breaks) -> Pairs:
        """Give the smallest query that is found to break, given those tried, of which the last one does."""
        *_, found = tried
        while self._still_drawn and self._read():
            pass  # it listens when all is drawn
        self._waiting[kind].clear()
        try:
            self._say([kind, list(tried.items())])
            for query in self.drawn(kind):
                is_broken = breaks(query)
                found = query if is_broken else found
                self._say(is_broken)
        except (BudgetExhausted, BrokenPipeError):
            self.end()
        return found

    def _read(self) -> bool:
        """Wait for one thing more that the process says, if it still lives."""
        assert self._process.stdout
        if self._process.stdout.closed:
            return False
        line = self._process.stdout.readline()
        if line.endswith("\n"):
            kind, query = json.loads(line)
            self._waiting[kind].append(None if query is None else _pairs(query))
            if query is None:
                self._still_drawn.discard(kind)
        return line.endswith("\n")

    def end(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.communicate()

    def _say(self, message: Any) -> None:
        assert self._process.stdin
        print(json.dumps(message), file=self._process.stdin, flush=True)


def _smallest(fragment: Fragment, kind: str, seed: int, tries: int, breaks: Breaks) -> Pairs | None:
    # Imported here: who lets draw ahead does not pay for the generators.
    from contracts.strategies import allowed_queries, forbidden_queries, smallest

    queries = {ALLOWED: allowed_queries, FORBIDDEN: forbidden_queries}[kind](fragment)
    return smallest(queries, breaks, tries, seed)


def _once(breaks: Breaks, tried: dict[Pairs, bool]) -> Breaks:
    """Do not try again what was tried before."""
    before = dict(tried)
    return lambda query: before[query] if query in before else breaks(query)


def _pairs(query: list[list[str]]) -> Pairs:
    return tuple((name, text) for name, text in query)


def _main(path: str, seed: str, *what: str) -> None:
    fragment = Fragment(Path(path))
    tries = {kind: int(number) for kind, _, number in (one.partition("=") for one in what)}

    def tell(kind: str, query: Pairs | None) -> bool:
        print(json.dumps([kind, query]), flush=True)
        return False

    def search(kind: str, breaks: Breaks) -> None:
        _smallest(fragment, kind, int(seed), tries[kind], breaks)
        tell(kind, None)

    for kind in tries:
        search(kind, lambda query, kind=kind: tell(kind, query))  # type: ignore[misc]
    for line in sys.stdin:
        kind, told = json.loads(line)
        known = {_pairs(query): is_broken for query, is_broken in told}

        def ask(query: Pairs, kind: str = kind, known: dict[Pairs, bool] = known) -> bool:
            if query not in known:
                tell(kind, query)
                known[query] = json.loads(sys.stdin.readline())
            return known[query]

        search(kind, ask)


if __name__ == "__main__":
    _main(*sys.argv[1:])
