"""The faults that the emulator can commit, derived from the clauses that they break.

Each module yields those of one kind. A builder finds its clauses by keyword and gives nothing where the
fragment makes no such promise; `conditions.py` makes faults that come only now and then.
"""

from collections.abc import Iterator, Mapping

from contracts.emulator.faults.access import access_faults
from contracts.emulator.faults.conditions import conditional_faults
from contracts.emulator.faults.envelopes import envelope_faults
from contracts.emulator.faults.filters import filter_faults
from contracts.emulator.faults.pages import page_faults
from contracts.emulator.faults.parameters import parameter_faults
from contracts.emulator.faults.protocol import protocol_faults
from contracts.emulator.faults.schema import schema_faults
from contracts.emulator.faults.subject import Subject
from contracts.emulator.hooks import Fault
from contracts.fragment import Fragment

__all__ = ["faults"]


def faults(fragment: Fragment) -> Mapping[str, Fault]:
    """Give the faults by id, always in the same order.

    Raises:
        FragmentError: a promise does not say what it rests on.
    """
    subject = Subject(fragment)
    always = list(_unconditional(subject))
    return {fault.id: fault for fault in (*always, *conditional_faults(subject, always))}


def _unconditional(subject: Subject) -> Iterator[Fault]:
    for build in _BUILDERS:
        yield from filter(None, build(subject))


_BUILDERS = (
    protocol_faults,
    schema_faults,
    envelope_faults,
    filter_faults,
    page_faults,
    parameter_faults,
    access_faults,
)
