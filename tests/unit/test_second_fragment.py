"""An invented operation goes through the whole suite without a line of code for it.

Fragment, clauses, plan, emulator, client, checks and ledger are those of the real one; only the fragment
is another.
"""

import json
from collections.abc import Iterable, Iterator

import pytest
import samples

from contracts import plan
from contracts.audit import generation
from contracts.client import Client
from contracts.contract import Contract
from contracts.emulator.app import Emulator
from contracts.emulator.credentials import Credentials
from contracts.emulator.faults import faults
from contracts.emulator.server import RunningEmulator
from contracts.ledger import Ledger, Observation, Verdict
from contracts.schedule import PURPOSES
from contracts.targets import Secrets, Target
from contracts.traffic import Traffic


class Strict(Contract):
    """A contract that does not take what is observed of a clause that it lacks."""

    def promised(self, observations: Iterable[Observation]) -> Iterator[Observation]:
        for seen in observations:
            assert seen.clause in self.clauses
            yield from super().promised([seen])


CONTRACT = Strict(samples.contract("shelf").fragment, samples.AS_OF)
CREDENTIALS = Credentials.of(CONTRACT.fragment)


def judge(contract: Contract, fault: str | None = None) -> Ledger:
    chosen = faults(contract.fragment)[fault] if fault else None
    ledger = Ledger()
    with RunningEmulator(Emulator(contract.fragment, jobs=100, fault=chosen)) as running:
        secrets = Secrets(
            CREDENTIALS.values, CREDENTIALS.own_account, CREDENTIALS.other_account, CREDENTIALS.unprivileged
        )
        target = Target(
            "emulator",
            running.base_url,
            running.base_url,
            secrets,
            True,
            True,
            2_000,
            vouches_for_credentials=True,
        )
        with Client(target, contract.fragment) as client:
            traffic = Traffic(contract, target, client, ledger)
            for part in PURPOSES:
                traffic.send(part)
    return ledger


def verdicts(ledger: Ledger, wanted: Verdict) -> list[str]:
    return [name for name, clause in CONTRACT.clauses.items() if ledger.tally(name).verdict(clause) is wanted]


def test_every_clause_of_an_invented_operation_that_can_still_fail_is_verified_on_its_emulator():
    over = [one.id for one in CONTRACT.clauses.values() if one.sunset and one.keyword == "required"]

    ledger = judge(CONTRACT)

    assert verdicts(ledger, Verdict.RETIRED) == over
    assert verdicts(ledger, Verdict.VERIFIED) == [name for name in CONTRACT.clauses if name not in over]
    assert {name: ledger.tally(name).unseen(clause) for name, clause in CONTRACT.clauses.items()} == {
        name: [] for name in CONTRACT.clauses
    }


def one_of_each_kind() -> list[str]:
    kinds = {
        fault.partition(":")[0].partition("/")[0]: fault
        for fault in faults(CONTRACT.fragment)
        if "@" not in fault
    }
    return list(kinds.values())


@pytest.mark.parametrize("fault", one_of_each_kind())
def test_each_fault_of_an_invented_operation_breaks_its_clauses_and_no_others(fault):
    ledger = judge(CONTRACT, fault)

    assert sorted(verdicts(ledger, Verdict.VIOLATED)) == sorted(faults(CONTRACT.fragment)[fault].clauses)


def test_the_plan_of_an_invented_operation_names_its_own_parameters_only():
    names = {name for query in plan.boundary_queries(CONTRACT.fragment) for name, _ in query}

    assert names == {parameter.name for parameter in CONTRACT.fragment.query}


def test_a_recording_of_an_invented_operation_asks_for_pages_that_are_allowed(tmp_path):
    path = tmp_path / "made.jsonl"

    generation.generate(CONTRACT.fragment, samples.AS_OF, 1, path)

    asked = f"?{CONTRACT.fragment.pagination.page}=1&"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    statuses = {line["response"]["status"] for line in lines if asked in line["request"]["url"]}
    assert 200 in statuses
    assert 400 not in statuses
