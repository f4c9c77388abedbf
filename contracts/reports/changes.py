"""What changed between two runs, clause by clause, by their verdicts."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from contracts.ledger import Verdict

_SOUND = (Verdict.VERIFIED, Verdict.UNSTABLE)
"""Not broken, as far as anybody can tell."""


class Kind(StrEnum):
    """How the verdict on a clause changed, in words."""

    BROKEN = "newly broken"
    UNSEEN = "newly unseen"
    GONE = "gone"
    KEPT = "newly kept"
    SEEN = "newly seen"
    OTHER = "changed otherwise"


@dataclass(frozen=True, slots=True)
class Change:
    """The verdicts on a clause in the run before and in this one; empty where it was not judged."""

    clause: str
    before: str
    after: str

    @property
    def kind(self) -> Kind:
        """How it changed."""
        if self.after == Verdict.VIOLATED:
            return Kind.BROKEN
        if not self.after:
            return Kind.GONE
        if self.after == Verdict.UNOBSERVED:
            return Kind.UNSEEN
        if self.before in ("", Verdict.UNOBSERVED):
            return Kind.SEEN
        is_kept = self.after == Verdict.VERIFIED and self.before != Verdict.RETIRED
        return Kind.KEPT if is_kept else Kind.OTHER

    @property
    def is_worse(self) -> bool:
        """Whether it is newly broken, or was sound before and now is not seen, or not judged any more."""
        return self.kind is Kind.BROKEN or (self.kind in (Kind.UNSEEN, Kind.GONE) and self.before in _SOUND)

    def __str__(self) -> str:
        return f"{self.clause}: {self.before or 'not judged'}, now {self.after or 'not judged'}"


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> dict[Kind, list[Change]]:
    """Give what changed by how it did, from the verdicts by clause; a clause is in one of the lists at most.

    One that is new and was not seen is in none.
    """
    found: dict[Kind, list[Change]] = {kind: [] for kind in Kind}
    for clause in dict.fromkeys((*before, *after)):
        change = Change(clause, before.get(clause, ""), after.get(clause, ""))
        is_new_and_unseen = not change.before and change.after == Verdict.UNOBSERVED
        if change.before != change.after and not is_new_and_unseen:
            found[change.kind].append(change)
    return found


def verdicts(report: Mapping[str, list[Mapping[str, str]]]) -> dict[str, str]:
    """Give the verdicts of a report by clause."""
    return {entry["id"]: entry["verdict"] for entry in report["clauses"]}
