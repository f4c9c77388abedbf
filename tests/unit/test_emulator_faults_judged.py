"""What a fault says that it breaks is what the checks say of the answers: no less, and nothing else."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from urllib.parse import parse_qsl

import probing
import pytest
import samples
from probing import Asked

from contracts.checks import observe
from contracts.emulator.app import Emulator
from contracts.emulator.faults import faults
from contracts.emulator.hooks import Fault

NAMES = ("jobs", "shelf")


@cache
def known(name: str) -> Mapping[str, Fault]:
    return faults(samples.contract(name).fragment)


OF_ANSWERS = [
    (name, fault.id)
    for name in NAMES
    for fault in known(name).values()
    if "@" not in fault.id and (fault.on_answer or fault.on_body or fault.touches_items)
]
EMULATORS = {name: Emulator(samples.contract(name).fragment, jobs=33) for name in NAMES}


def queries(name: str) -> Iterator[str]:
    """Yield queries whose answers, few as they are, hold every member, and every branch of the union."""
    fragment = samples.contract(name).fragment
    pagination = fragment.pagination
    assert pagination
    page, per_page = pagination.page, pagination.per_page
    for parameter in fragment.query:
        if parameter.filter:
            yield from (f"{parameter.name}={value}&{per_page}=5" for value in parameter.node.keywords["enum"])
    for number in range(1, 8):
        yield f"{per_page}=5&{page}={number}"
    most = fragment.parameter(per_page).node.keywords["maximum"]
    yield from (f"{page}={number}" for number in range(-20, 1))
    yield from (f"{per_page}={number}" for number in range(most + 1, most + 4))


def broken(name: str, fault: Fault) -> set[str]:
    day = fault.until - timedelta(days=1) if fault.until else samples.AS_OF
    contract = samples.contract(name, day)
    emulator = Emulator(contract.fragment, jobs=33, fault=fault)
    emulator.items = EMULATORS[name].items
    found = set()
    for query in queries(name):
        answer = Asked(query, probing.good_headers(contract.fragment)).of(emulator)
        headers = tuple((key.decode(), value.decode()) for key, value in answer.headers)
        asked = samples.request(contract, parse_qsl(query))
        reading = contract.read(samples.exchange(asked, answer.body, answer.status, headers))
        found |= {seen.clause for seen in observe(reading, contract) if seen.broken}
    return found


@pytest.mark.parametrize("name", NAMES)
def test_without_a_fault_nothing_is_broken(name: str) -> None:
    assert broken(name, Fault()) == set()


@pytest.mark.parametrize(("name", "fault"), OF_ANSWERS)
def test_a_fault_of_answers_breaks_its_clauses_and_no_others(name: str, fault: str) -> None:
    chosen = known(name)[fault]

    assert broken(name, chosen) == set(chosen.clauses)
