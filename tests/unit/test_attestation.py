"""The statement about a run: its subjects are the very files, its lists the verdicts."""

import hashlib
import json
from dataclasses import replace
from itertools import chain

import pytest
import sample_records as records
from sample_records import BROKEN, CONTRACT, FACTS

from contracts.ledger import Ledger, Verdict
from contracts.reports import compliance, folder

CI = {"name": "GitHub Actions", "job": "", "number": "1", "url": "https://ci.example/1", "revision": ""}


def statement(report):
    return json.loads(folder.FORMS["attestation.json"](report))


def test_its_subjects_are_the_fragment_and_the_record_as_it_is_written(ledger, tmp_path):
    folder.write_all(compliance.compliance(CONTRACT, ledger, FACTS), tmp_path)

    subjects = {
        one["name"]: one["digest"]["sha256"]
        for one in json.loads((tmp_path / "attestation.json").read_text())["subject"]
    }

    record = (tmp_path / folder.RECORD).read_bytes()
    assert subjects == {
        CONTRACT.fragment.file: CONTRACT.fragment.digest,
        folder.RECORD: hashlib.sha256(record).hexdigest(),
    }


def test_every_clause_that_was_seen_stands_in_one_list(ledger):
    report = compliance.compliance(CONTRACT, ledger, FACTS)

    predicate = statement(report)["predicate"]

    lists = [predicate[name] for name in ("passedTests", "warnedTests", "failedTests")]
    seen = [entry["id"] for entry in report["clauses"] if entry["verdict"] != Verdict.UNOBSERVED]
    assert sorted(chain.from_iterable(lists)) == sorted(seen)
    assert BROKEN in predicate["failedTests"]
    assert predicate["result"] == "FAILED"


def test_a_contract_that_is_kept_but_for_what_is_waived_is_warned_of():
    report = compliance.compliance(CONTRACT, Ledger(), FACTS)
    report["clauses"][0]["verdict"] = Verdict.WAIVED

    predicate = statement(report)["predicate"]

    assert (predicate["result"], predicate["warnedTests"]) == ("WARNED", [report["clauses"][0]["id"]])


@pytest.mark.parametrize(("status", "result"), [(0, "WARNED"), (6, "WARNED"), (7, "FAILED"), (4, "FAILED")])
def test_the_result_of_a_run_that_saw_nothing_follows_its_status_but_is_never_passed(status, result):
    report = compliance.compliance(CONTRACT, Ledger(), replace(FACTS, exit_status=status))

    assert statement(report)["predicate"]["result"] == result


def test_the_result_of_a_run_that_saw_all_kept_is_passed():
    assert statement(records.green())["predicate"]["result"] == "PASSED"


def test_the_job_that_ran_it_is_named():
    report = compliance.compliance(CONTRACT, Ledger(), FACTS)

    assert "url" not in statement(report)["predicate"]
    assert statement(report | {"ci": CI})["predicate"]["url"] == "https://ci.example/1"
