"""What an audit has done so far, on disk, so that one that was ended can go on."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from secrets import token_hex
from typing import Any

from contracts import __version__
from contracts.atomic import write
from contracts.audit.inputs import Input
from contracts.audit.judging import Terms
from contracts.audit.sums import Sum
from contracts.errors import UsageError
from contracts.pseudonyms import KEY_ENV

NAME = "audit-checkpoint.json"


_DAY = "the day (--as-of)"


@dataclass(slots=True)
class Checkpoint:
    """The pieces that are done and what they said. `facts` are all that decides the result, by what they are
    called."""

    path: Path
    facts: Mapping[str, str]
    key: str = field(repr=False)
    done: set[str] = field(default_factory=set)
    sum: Sum = field(default_factory=Sum)

    def save(self) -> None:
        """Write it whole or not at all, readable by its owner only: it holds the key of the pseudonyms, if
        that is not held by the environment.

        Raises:
            OSError: it cannot be written.
        """
        data = {"facts": self.facts, "key": self.key, "done": sorted(self.done)}
        text = f'"sum": {self.sum.to_json()}, {json.dumps(data)[1:]}'
        write(f'{{"digest": "{_digest(text)}", {text}', self.path)


def day_of(path: Path) -> tuple[date, bool]:
    """Give the day as of which the audit that was ended judged, and whether exchanges that have a day of
    their own as of that.

    Raises:
        UsageError: there is nothing to resume.
    """
    day, by_day = json.loads(_read(path)["facts"][_DAY])
    return date.fromisoformat(day), by_day


@contextmanager
def keyed(path: Path, *, resumes: bool) -> Iterator[str]:
    """Let this process and its workers use one key for pseudonyms; give it if it has to be kept.

    Raises:
        UsageError: there is nothing to resume.
    """
    made = (_read(path)["key"] if resumes else "") or ("" if os.environ.get(KEY_ENV) else token_hex(32))
    before = os.environ.get(KEY_ENV)
    if made:
        os.environ[KEY_ENV] = made
    try:
        yield made
    finally:
        if made and before is None:
            del os.environ[KEY_ENV]
        elif before is not None:
            os.environ[KEY_ENV] = before


def begin(path: Path, key: str, inputs: Sequence[Input], terms: Terms, piece_bytes: int) -> Checkpoint:
    """Give the checkpoint of an audit that begins."""
    recordings = [[one.origin, one.size_bytes, one.version] for one in inputs]
    facts = {
        "the recordings": _digest(json.dumps([recordings, piece_bytes])),
        _DAY: json.dumps([terms.as_of.isoformat(), terms.by_day]),
        "--show-values": str(terms.shows_values),
        "the contract": terms.fragment.digest,
        "the version of the suite": __version__,
        f"the key of the pseudonyms ({KEY_ENV})": _digest(json.dumps(os.environ[KEY_ENV])),
    }
    return Checkpoint(path, facts, key)


def resume(fresh: Checkpoint) -> Checkpoint:
    """Give the checkpoint that was left, if it is of the audit that begins.

    Raises:
        UsageError: it is of another.
    """
    data = _read(fresh.path)
    others = [name for name, fact in fresh.facts.items() if data["facts"].get(name) != fact]
    if others:
        problem = f"{' and '.join(others)} are not as in the audit that was ended"
        raise UsageError(problem, "ask for the same, or leave --resume out, to begin anew")
    return Checkpoint(fresh.path, fresh.facts, fresh.key, set(data["done"]), Sum.from_json(data["sum"]))


def _read(path: Path) -> dict[str, Any]:
    """Read what was saved; what somebody changed since is not believed."""
    try:
        text = path.read_text("utf-8")
        data: dict[str, Any] = json.loads(text)
        is_as_saved = _digest(text.partition(", ")[2]) == data["digest"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        is_as_saved = False
    if not is_as_saved:
        raise UsageError(f"{path} holds no audit to resume", "leave --resume out, to begin anew")
    return data


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
