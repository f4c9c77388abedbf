"""What an audit has done so far, on disk, so that one that was ended can go on."""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class Checkpoint:
    """The pieces that are done and what they said. `fingerprint` is that of all that decides the result."""

    path: Path
    fingerprint: str
    key: str = field(repr=False)
    done: set[str] = field(default_factory=set)
    sum: Sum = field(default_factory=Sum)

    def save(self) -> None:
        """Write it whole or not at all, readable by its owner only: it holds the key of the pseudonyms, if
        that is not held by the environment.

        Raises:
            OSError: it cannot be written.
        """
        data = {
            "fingerprint": self.fingerprint,
            "key": self.key,
            "done": sorted(self.done),
        }
        write(f'{{"sum": {self.sum.to_json()}, {json.dumps(data)[1:]}', self.path)


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
    facts = [
        [[one.origin, one.size_bytes, one.version] for one in inputs],
        [terms.fragment.digest, terms.as_of.isoformat(), terms.shows_values],
        [__version__, piece_bytes, os.environ[KEY_ENV]],
    ]
    return Checkpoint(path, hashlib.sha256(json.dumps(facts).encode()).hexdigest(), key)


def resume(fresh: Checkpoint) -> Checkpoint:
    """Give the checkpoint that was left, if it is of the audit that begins.

    Raises:
        UsageError: it is of another.
    """
    data = _read(fresh.path)
    if data["fingerprint"] != fresh.fingerprint:
        problem = "the recordings, the contract or the options are not those of the audit that was ended"
        raise UsageError(problem, "leave --resume out, to begin anew")
    return Checkpoint(fresh.path, fresh.fingerprint, fresh.key, set(data["done"]), Sum.from_json(data["sum"]))


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text("utf-8"))
        return {name: data[name] for name in ("fingerprint", "key", "done", "sum")}
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(f"{path} holds no audit to resume", "leave --resume out") from None
