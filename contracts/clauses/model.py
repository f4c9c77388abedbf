"""What a clause is, and how one is made from a place of the fragment."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts.fragment import Fragment
from contracts.schema import SOURCES


class Family(StrEnum):
    """What a clause is about."""

    SCHEMA = "schema"
    ENUM = "enum"
    FORMAT = "format"
    DEPRECATION = "deprecation"
    ENVELOPE = "envelope"
    FILTER = "filter"
    PAGINATION = "pagination"
    AUTHENTICATION = "authentication"
    ERROR = "error"
    PROTOCOL = "protocol"


class Takes(StrEnum):
    """What it takes to show a clause kept."""

    ANSWER = "answer"
    SERIES = "series"
    """Several answers that belong together."""
    REASON = "reason"
    """A refusal for which there is one reason only."""
    STRANGER = "stranger"
    """Credentials that are known to be bad, or an account that is known to be another's, or nobody's."""
    DETOUR = "detour"
    """A request for another route, or with another method."""


@dataclass(frozen=True, slots=True, repr=False)
class Clause:
    """One promise.

    `source` is what it rests on (`docs`, `openapi`, `convention`); `pointer` and `line` are where it
    stands in the fragment; `promise` says it in our words, `description` in the fragment's. `points` are
    the coverage points under it. `shown_by` says what a run must see to judge it, and `takes` of what kind
    that is. From the day `sunset` on, what the clause is about may be gone.
    """

    id: str
    family: Family
    source: str
    keyword: str
    pointer: str
    line: int
    promise: str
    description: str
    shown_by: str
    points: tuple[str, ...] = ()
    sunset: date | None = None
    takes: Takes = Takes.ANSWER

    def __repr__(self) -> str:
        # Short, and the same when the fragment's lines move: reports tell parameters of tests apart by it.
        return f"Clause({self.id!r})"


ABSENT = "absent"
"""The coverage point of a member that was not there."""


class Maker:
    """Makes clauses of one fragment."""

    def __init__(self, fragment: Fragment) -> None:
        self.fragment = fragment

    def make(
        self,
        clause_id: str,
        family: Family,
        source: str | None,
        pointer: str,
        promise: str,
        shown_by: str,
        *,
        description: str = "",
        points: tuple[str, ...] = (),
        sunset: date | None = None,
        takes: Takes = Takes.ANSWER,
    ) -> Clause:
        """Make the clause that rests on what stands at `pointer`.

        Raises:
            FragmentError: the fragment does not say what the promise rests on.
        """
        if source not in SOURCES:
            advice = f"add x-source: {' | '.join(SOURCES)}"
            raise self.fragment.source.refuse(pointer, "the promise does not say what it rests on", advice)
        keyword = clause_id.rpartition(":")[2]
        line = self.fragment.line(pointer)
        return Clause(
            clause_id,
            family,
            source,
            keyword,
            pointer,
            line,
            promise,
            description,
            shown_by,
            points,
            sunset,
            takes,
        )
