"""The attestation: a Statement of in-toto, with the predicate test-result, about fragment and record."""

import hashlib
import json
from dataclasses import replace

import pytest
from test_reports import BROKEN, CONTRACT, FACTS, KEPT, ledger  # noqa: F401

from contracts.ledger import Ledger
from contracts.reports import compliance, folder
from contracts.reports.attestation import attestation


def statement(ledger, **facts):  # noqa: F811
    return json.loads(attestation(compliance.compliance(CONTRACT, ledger, replace(FACTS, **facts))))


def test_the_subjects_are_the_fragment_and_the_record_as_written(ledger, tmp_path):  # noqa: F811
    folder.write_all(compliance.compliance(CONTRACT, ledger, FACTS), tmp_path)

    told = json.loads((tmp_path / "attestation.json").read_text())

    record = hashlib.sha256((tmp_path / folder.RECORD).read_bytes()).hexdigest()
    assert told["_type"] == "https://in-toto.io/Statement/v1"
    assert told["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    assert told["subject"] == [
        {"name": CONTRACT.fragment.file, "digest": {"sha256": CONTRACT.fragment.digest}},
        {"name": "compliance.json", "digest": {"sha256": record}},
    ]


def test_what_is_broken_failed_and_what_was_not_seen_is_in_no_list(ledger):  # noqa: F811
    predicate = statement(ledger)["predicate"]

    assert predicate["result"] == "FAILED"
    assert predicate["failedTests"] == [BROKEN]
    assert KEPT in predicate["passedTests"]
    told = {*predicate["passedTests"], *predicate["warnedTests"], *predicate["failedTests"]}
    assert len(told) < len(CONTRACT.clauses)
    assert "url" not in predicate


@pytest.mark.parametrize(
    ("selected", "status", "result"),
    [
        ((KEPT,), 0, "PASSED"),
        ((KEPT, "security:no-credentials"), 0, "WARNED"),
        ((KEPT,), 6, "WARNED"),
        ((KEPT,), 7, "FAILED"),
    ],
    ids=["kept", "kept as far as seen", "too little seen", "could not test"],
)
def test_the_result_says_no_more_than_the_run(ledger, selected, status, result):  # noqa: F811
    assert statement(ledger, selected=selected, exit_status=status)["predicate"]["result"] == result


def test_the_job_is_named_by_its_address_and_the_configuration_by_a_digest():
    job = {"name": "x", "job": "", "number": "", "url": "https://ci.example/1", "revision": ""}

    told, other = statement(Ledger(), ci=job), statement(Ledger(), selected=(KEPT,))

    assert told["predicate"]["url"] == "https://ci.example/1"
    (one,), (two,) = (found["predicate"]["configuration"] for found in (told, other))
    assert len(one["digest"]["sha256"]) == 64
    assert one["digest"] != two["digest"]
