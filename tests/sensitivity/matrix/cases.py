"""What the matrix tries: each fault, each variant."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.emulator.faults import faults
from contracts.emulator.variants import variants
from contracts.fragment import Fragment


@dataclass(frozen=True, slots=True)
class Case:
    """One run of the suite, against a fault or a variant, as of a day if not today.

    `clauses` are those that a fault breaks; a variant has none. A fault that `is_intermittent` may be found
    unstable.
    """

    id: str
    kind: str
    family: str = ""
    clauses: tuple[str, ...] = ()
    as_of: date | None = None
    is_intermittent: bool = False

    @property
    def condition(self) -> str:
        """When a fault comes that does not always, by the name of the condition."""
        return self.id.partition("@")[2]


def cases(fragment: Fragment) -> Iterator[Case]:
    """Yield all cases, the faults first."""
    for fault in faults(fragment).values():
        yield Case(
            id=fault.id,
            kind="fault",
            family=fault.family.value,
            clauses=fault.clauses,
            # What a fault leaves out may be gone from that day on.
            as_of=fault.until - timedelta(days=1) if fault.until else None,
            is_intermittent=fault.is_intermittent,
        )
    for variant in variants(fragment).values():
        yield Case(variant.id, "variant", as_of=variant.since)


def sample(known: Iterable[Case]) -> Iterator[Case]:
    """Yield every variant, and of the faults the first of each family and of each condition."""
    seen: set[str] = set()
    for case in known:
        mark = case.condition or case.family
        if case.kind == "variant" or mark not in seen:
            yield case
        seen.add(mark)
