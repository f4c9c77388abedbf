"""Lays a run beside those before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.ledger import Verdict

Entry = Mapping[str, Any]

MAX_RUNS = 30


@dataclass(frozen=True, slots=True)
class Change:
    """Clauses that changed in one way since the run before."""

    name: str
    meaning: str
    clauses: Sequence[str]


@dataclass(frozen=True, slots=True)
class Past:
    """The last runs, the one at hand among them, oldest first, and what changed since the one before."""

    runs: Sequence[Entry]
    changes: Sequence[Change]
    is_other_fragment: bool
    is_other_target: bool


def past(report: Entry, history: Sequence[Entry]) -> Past | None:
    """Give the run among those before it, None where none is known.

    `history` has an entry a run, oldest first; the run itself may be its last.
    """
    here = _entry(report)
    before = [entry for entry in history if entry["started"] != here["started"]]
    if not before:
        return None
    last = before[-1]
    return Past(
        runs=[*before, here][-MAX_RUNS:],
        changes=_changes(last["clauses"], here["clauses"]),
        is_other_fragment=last["fragment_sha256"] != here["fragment_sha256"],
        is_other_target=last["target"]["base_url"] != here["target"]["base_url"],
    )


def _entry(report: Entry) -> Entry:
    return {
        "started": report["started"],
        "outcome": report["outcome"]["word"],
        "verdicts": report["verdicts"],
        "clauses": {clause["id"]: clause["verdict"] for clause in report["clauses"]},
        "fragment_sha256": report["fragment"]["sha256"],
        "target": report["target"],
    }


def _changes(old: Mapping[str, str], new: Mapping[str, str]) -> list[Change]:
    broken, kept, unseen = Verdict.VIOLATED, Verdict.VERIFIED, Verdict.UNOBSERVED
    both = [name for name in new if name in old and new[name] != old[name]]
    found = (
        ("newly broken", "not broken before", [name for name in both if new[name] == broken]),
        (
            "newly kept",
            "broken, unstable or waived before",
            [name for name in both if new[name] == kept and old[name] != unseen],
        ),
        ("newly seen", "not seen before", [name for name in both if old[name] == unseen]),
        ("newly unseen", "seen before", [name for name in both if new[name] == unseen]),
        ("new", "not judged before", [name for name in new if name not in old]),
        ("gone", "judged before, and not now", [name for name in old if name not in new]),
    )
    return [Change(*change) for change in found if change[2]]
