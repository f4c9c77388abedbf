"""What the matrix tries: each fault, each variant."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from contracts.emulator.faults import faults
from contracts.emulator.variants import variants
from contracts.fragment import Fragment


@dataclass(frozen=True, slots=True)
class Case:
    """One run of the suite. `clauses` are those that a fault breaks; a variant has none.

    `options` are what the suite is told; a fault that `is_intermittent` may be found unstable.
    """

    id: str
    kind: str
    family: str
    condition: str
    clauses: tuple[str, ...]
    options: tuple[str, ...]
    is_intermittent: bool = False


def cases(fragment: Fragment) -> Iterator[Case]:
    """Yield all cases, the faults first."""
    for fault in faults(fragment).values():
        # What a fault leaves out may be gone from that day on.
        until = () if fault.until is None else ("--as-of", str(fault.until - timedelta(days=1)))
        yield Case(
            id=fault.id,
            kind="fault",
            family=fault.family.value,
            condition=fault.id.partition("@")[2],
            clauses=fault.clauses,
            options=("--fault", fault.id, *until),
            is_intermittent=fault.is_intermittent,
        )
    for variant in variants(fragment).values():
        yield Case(variant.id, "variant", "", "", (), ("--variant", variant.id))


def sample(known: Iterable[Case]) -> Iterator[Case]:
    """Yield every variant, and of the faults the first of each family and of each condition."""
    seen: set[str] = set()
    for case in known:
        marks = {case.condition or case.family}
        if case.kind == "variant" or not marks <= seen:
            yield case
        seen |= marks
