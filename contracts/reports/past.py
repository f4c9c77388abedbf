"""Lays a run beside those before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.pseudonyms import KEY_ENV
from contracts.reports.changes import Changes, changes
from contracts.reports.history import (
    SHOWN,
    entry,
    is_of_all,
    is_same_selection,
    is_to_the_end,
    target_of,
    ways_of,
)
from contracts.words import counted, moment

Entry = Mapping[str, Any]

_NONE = "The history has no earlier run against the same server and account"
_ALIKE = "judged to the end on the same selection of clauses"


@dataclass(frozen=True, slots=True)
class Past:
    """The last runs, the one at hand among them, oldest first; `before` is the one of the same target that it
    is compared with, if there is any, `told` says which, and `changes` what changed since. That is one that
    was judged to the end on the same selection of clauses: any other would hide what got worse."""

    runs: Sequence[Entry]
    before: Entry | None
    told: str
    changes: Changes
    is_other_fragment: bool = False

    def is_of_target(self, run: Entry) -> bool:
        """Say whether a run was against the same target as the one at hand."""
        return target_of(run) == target_of(self.runs[-1])

    def selection(self, run: Entry) -> str:
        """Say how many clauses a run was to judge, and of how many, where that was not all."""
        return "" if is_of_all(run) else f"{len(run['clauses'])} of {run['fragment_clauses']}"

    @property
    def has_others(self) -> bool:
        """Whether one of the runs was against another target."""
        return not all(map(self.is_of_target, self.runs))


def past(report: Entry, history: Sequence[Entry]) -> Past | None:
    """Give the run among those before it, None where none is known.

    `history` has an entry a run, oldest first. The run itself, and those that came after it, may be among
    them.
    """
    here = entry(report)
    earlier = [run for run in history if _started(run) < _started(here)]
    if not earlier:
        return None
    runs = [*earlier, here][-SHOWN:]
    of_target = [run for run in earlier if target_of(run) == target_of(here)]
    same = [run for run in of_target if is_to_the_end(run) and is_same_selection(run, here)]
    if not same and of_target:
        return Past(runs, None, f"{_NONE} that was {_ALIKE}.", {})
    if not same:
        return Past(runs, None, _without(here, earlier), {})
    of_fragment = [run for run in same if run["fragment_sha256"] == here["fragment_sha256"]]
    before = (of_fragment or same)[-1]
    told = f"the run begun on {moment(before['started'])}, the last against the same server and account "
    told += f"that was {_ALIKE}"
    if not of_fragment:
        told += ", which was held against another version of the contract"
    elif before is not same[-1]:
        told += " and held against this version of the contract"
    return Past(runs, before, told, changes(before["clauses"], here["clauses"]), not of_fragment)


def _started(run: Entry) -> datetime:
    return datetime.fromisoformat(run["started"])


def _without(here: Entry, earlier: Sequence[Entry]) -> str:
    """Say that no run can be compared with, and whether that is for what the emulator was told to do, or may
    be for the pseudonyms alone."""
    at_server = [run for run in earlier if _server(run) == _server(here)]
    alike = [run for run in at_server if ways_of(run) == ways_of(here)]
    if not at_server:
        return f"{_NONE}."
    if not alike:
        return f"{_NONE} and with the same fault or variant of the emulator."
    runs, have = counted(len(alike), "run"), "has" if len(alike) == 1 else "have"
    return (
        f"{_NONE}: its {runs} against the same server {have} another pseudonym of the account, and these are "
        f"only the same under one {KEY_ENV}."
    )


def _server(run: Entry) -> tuple[str, str]:
    return run["target"]["kind"], run["target"]["base_url"]
