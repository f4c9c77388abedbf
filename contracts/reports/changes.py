"""What changed from one run to another, clause by clause."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from contracts.ledger import Verdict

Verdicts = Mapping[str, str]
"""The verdict of each clause that was judged, by clause id."""
Changes = Mapping[str, list[str]]
"""The ids of the clauses that changed in each way, by the name of the way."""

_ABSENT = ""
_KINDS: Mapping[str, Callable[[str, str], bool]] = {
    "newly broken": lambda old, new: new == Verdict.VIOLATED != old,
    "newly unseen": lambda old, new: old == Verdict.VERIFIED and new == Verdict.UNOBSERVED,
    "gone": lambda old, new: old != _ABSENT and new == _ABSENT,
    "newly waived": lambda old, new: new == Verdict.WAIVED != old,
    "newly unstable": lambda old, new: new == Verdict.UNSTABLE != old,
    "newly retired": lambda old, new: new == Verdict.RETIRED != old and old != _ABSENT,
    "newly kept": lambda old, new: (
        new == Verdict.VERIFIED and old in (Verdict.VIOLATED, Verdict.WAIVED, Verdict.UNSTABLE)
    ),
    "newly seen": lambda old, new: old == Verdict.UNOBSERVED and new not in (Verdict.UNOBSERVED, _ABSENT),
    "new": lambda old, new: old == _ABSENT and new != _ABSENT,
}
WORSE = ("newly broken", "newly unseen", "gone")
"""What a release has to look at."""


def verdicts_of(report: Mapping[str, Any]) -> dict[str, str]:
    """Give the verdicts of a report by clause id."""
    return {entry["id"]: entry["verdict"] for entry in report["clauses"]}


def changes(old: Verdicts, new: Verdicts) -> Changes:
    """Say which clauses changed in which way, the worst ways first; ways in which none changed are left out.

    `gone` are clauses that were judged before and are no longer: the contract has lost them, or they were not
    selected. A clause may have changed in two ways, as one that is newly seen, and broken.
    """
    ids = dict.fromkeys([*old, *new])
    found = {
        kind: [id_ for id_ in ids if is_so(old.get(id_, _ABSENT), new.get(id_, _ABSENT))]
        for kind, is_so in _KINDS.items()
    }
    return {kind: clauses for kind, clauses in found.items() if clauses}


def got_worse(old: Verdicts, new: Verdicts) -> bool:
    """Say whether a promise is broken that was not known to be, or one that was kept is no longer seen."""
    found = changes(old, new)
    was_kept = [id_ for id_ in found.get("gone", ()) if old[id_] == Verdict.VERIFIED]
    return bool(found.get("newly broken") or found.get("newly unseen") or was_kept)


def told(old: Verdicts, new: Verdicts) -> Iterator[str]:
    """Yield what a person is told: a line a clause, grouped by what changed."""
    found = changes(old, new)
    for kind, clauses in found.items():
        yield f"{kind}: {len(clauses)}"
        yield from (
            f"  {id_}: {old.get(id_) or 'not there'} -> {new.get(id_) or 'not there'}" for id_ in clauses
        )
    if not found:
        yield "nothing changed"
