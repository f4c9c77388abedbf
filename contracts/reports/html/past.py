"""Lays a run beside those before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.reports.changes import Changes, changes
from contracts.reports.history import SHOWN, entry

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Past:
    """The last runs, the one at hand among them, oldest first, and what changed since the one before."""

    runs: Sequence[Entry]
    changes: Changes
    is_other_fragment: bool
    is_other_target: bool


def past(report: Entry, history: Sequence[Entry]) -> Past | None:
    """Give the run among those before it, None where none is known.

    `history` has an entry a run, oldest first; the run itself may be its last.
    """
    here = entry(report)
    before = [run for run in history if run["started"] != here["started"]]
    if not before:
        return None
    last = before[-1]
    return Past(
        runs=[*before, here][-SHOWN:],
        changes=changes(last["clauses"], here["clauses"]),
        is_other_fragment=last["fragment_sha256"] != here["fragment_sha256"],
        is_other_target=last["target"]["base_url"] != here["target"]["base_url"],
    )
