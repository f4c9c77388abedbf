"""The shipped record of how sure the suite is: of which fragment it is, and what a report says of it."""

from datetime import UTC, datetime

import samples

from contracts.contract import Contract
from contracts.fragment import default_fragment
from contracts.ledger import Ledger
from contracts.reports import compliance, sensitivity
from contracts.reports.compliance import RunFacts
from contracts.targets import Secrets, Target

START = datetime(2026, 11, 24, tzinfo=UTC)
TARGET = Target("emulator", "http://127.0.0.1:1", "http://127.0.0.1:1", Secrets({}, ""), True, True, 9)


def report(contract):
    facts = RunFacts(TARGET, START, START, tuple(contract.clauses), {}, "")
    return compliance.compliance(contract, Ledger(), facts)


def test_the_record_is_of_the_fragment_that_is_shipped_and_proves_every_clause():
    contract = Contract(default_fragment(), samples.AS_OF)

    record = sensitivity.measured(contract.fragment.digest)

    assert record is not None, "the fragment changed: run python tests/sensitivity/matrix --record"
    assert set(record["clauses"]) == set(contract.clauses)
    assert all(record["clauses"].values())


def test_a_report_on_the_shipped_fragment_says_how_sure_the_suite_is():
    contract = Contract(default_fragment(), samples.AS_OF)

    told = report(contract)

    figures = told["sensitivity"]
    assert figures["caught"] == figures["faults"] > 0
    assert figures["passed"] == figures["variants"] > 0
    assert figures["proven"] == len(contract.clauses)
    assert all(entry["proven_by"] for entry in told["clauses"])


def test_a_report_on_another_fragment_says_nothing_of_it():
    told = report(samples.contract("shelf"))

    assert told["sensitivity"] is None
    assert not any(entry["proven_by"] for entry in told["clauses"])
