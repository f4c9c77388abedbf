"""The JSON Schema that is shipped with the record holds for every kind of run."""

import json

import pytest
from jsonschema import Draft202012Validator
from sample_records import CONTRACT, FACTS, SCHEMA, problems

from contracts.ledger import Ledger
from contracts.reports import compliance
from contracts.run import RunOptions
from contracts.unstarted import write_unstarted


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


def test_the_record_of_a_broken_run_is_valid(ledger):
    assert problems(compliance.compliance(CONTRACT, ledger, FACTS)) == []


def test_the_record_of_a_run_without_an_answer_is_valid():
    assert problems(compliance.compliance(CONTRACT, Ledger(), FACTS)) == []


def test_the_record_of_a_run_that_did_not_start_is_valid(tmp_path):
    write_unstarted(CONTRACT, RunOptions("live"), tuple(CONTRACT.clauses), "no account", tmp_path)

    report = json.loads((tmp_path / "compliance.json").read_text())
    assert problems(report) == []
    assert report["outcome"] == {"word": "untested", "exit_status": 4, "sentence": "no account"}


@pytest.mark.parametrize("member", sorted(SCHEMA["required"]))
def test_a_record_without_one_of_its_members_is_not_valid(ledger, member):
    report = compliance.compliance(CONTRACT, ledger, FACTS)

    del report[member]

    assert problems(report)
