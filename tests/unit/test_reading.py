"""Reading a record back: this version, an older one, a newer one, and what is none."""

import json
import re
from copy import deepcopy
from pathlib import Path

import pytest
import sample_records as records
import samples
from sample_records import CONTRACT, FACTS

from contracts.checks import observe
from contracts.errors import UsageError
from contracts.ledger import Ledger
from contracts.reports import compliance
from contracts.reports.folder import FORMS, as_json
from contracts.reports.reading import read

VERSION_1 = Path(__file__).parent / "vectors" / "compliance-1.json"
_NEW_MEMBERS = {
    "fragment": ("version", "operation", "documentation"),
    "target": ("replay_hint", "fault", "variant"),
    "suite": ("python",),
}
_NEW_OF_CLAUSES = "keyword", "pointer", "excerpt", "shown_by", "sunset", "shapes", "proven_by", "seconds"


@pytest.fixture
def record(tmp_path):
    ledger = Ledger()
    reading = samples.answered(CONTRACT, samples.page(CONTRACT, samples.job(1)))
    ledger.record(reading.exchange)
    ledger.add(observe(reading, CONTRACT), reading.exchange)
    path = tmp_path / "compliance.json"
    path.write_text(as_json(compliance.compliance(CONTRACT, ledger, FACTS)))
    return path


def changed(path, **members):
    path.write_text(json.dumps(json.loads(path.read_text()) | members))
    return path


def refusal(path):
    with pytest.raises(UsageError) as refused:
        read(path)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_a_record_is_read_as_it_was_written(record):
    assert as_json(read(record)) == record.read_text()


def test_a_record_of_version_1_is_read_and_makes_every_form():
    report = read(VERSION_1)

    assert report["version"] == compliance.VERSION
    assert report["outcome"] == {"word": "kept", "exit_status": 0, "sentence": ""}
    assert sum(count for _, count in report["elapsed_ms"]["at_most"]) == report["requests"]["answered"]
    assert report["clauses"][0]["keyword"] == "status"
    assert all(form(report) for form in FORMS.values())


def as_version_1(report):
    """Give a record as it was before the format knew much of what it knows now."""
    old = deepcopy(report) | {"version": 1}
    old["requests"]["by_elapsed_ms"] = {"2": 2}
    for name in ("ci", "outcome", "elapsed_ms", "parts", "sensitivity", "exchanges"):
        del old[name]
    for part, names in _NEW_MEMBERS.items():
        for name in names:
            del old[part][name]
    for entry in old["clauses"]:
        for name in _NEW_OF_CLAUSES:
            entry.pop(name, None)
        for exemplar in entry["exemplars"]:
            del exemplar["exchange"]
    return old


@pytest.fixture
def old_forms(tmp_path):
    """Give every form of a record of version 1 in which something is broken and something was not seen."""
    path = tmp_path / "record"
    path.write_text(json.dumps(as_version_1(records.broken())))
    report = read(path)
    return {name: form(report) for name, form in FORMS.items()}


def test_what_a_record_of_version_1_does_not_say_leaves_no_gap_in_the_words(old_forms):
    text = re.sub(r"<[^>]+>", "", old_forms["compliance.html"])

    assert "List bulk action jobs of the live server at `http://127.0.0.1:1`" in old_forms["compliance.md"]
    assert "(empty)" not in old_forms["compliance.md"]
    assert "promises what a server answers: which fields" in text
    assert ", version ," not in text
    assert "Contract: List bulk action jobs, SHA-256" in text
    assert "In the fragment" not in text
    assert "<code></code>" not in old_forms["compliance.html"]
    assert "Seen by: ." not in old_forms["contract.sarif"]
    assert '"fullyQualifiedName": ""' not in old_forms["contract.sarif"]
    assert '"appVersion"' not in old_forms["ctrf.json"]


def test_a_record_of_version_1_says_what_would_show_a_clause_where_its_reason_does(old_forms):
    assert "a 4XX answer with <code>success</code>" in old_forms["compliance.html"]


def test_a_record_without_figures_does_not_claim_that_there_are_none(old_forms):
    assert "not measured" not in old_forms["compliance.html"]
    assert "This record does not say how the suite did" in old_forms["compliance.html"]


def test_a_record_of_version_1_that_ended_early_is_of_a_run_that_could_not_test(tmp_path):
    path = tmp_path / "record"
    path.write_text(VERSION_1.read_text())

    report = read(changed(path, ended_early="the server went away"))

    assert report["outcome"] == {"word": "untested", "exit_status": 7, "sentence": "the server went away"}


def test_a_record_of_version_1_that_lacks_a_member_is_refused(tmp_path):
    path = tmp_path / "record"
    report = json.loads(VERSION_1.read_text())
    del report["requests"]
    path.write_text(json.dumps(report))

    assert "a member is missing, or not what it should be (KeyError('requests'))" in refusal(path)


def test_a_newer_record_is_refused_in_a_sentence(record):
    newer = compliance.VERSION + 1

    assert f"is a record of version {newer}, and this suite reads up to" in refusal(
        changed(record, version=newer)
    )


@pytest.mark.parametrize("version", [0, "2", True, None, 1.5])
def test_a_version_that_was_never_written_is_refused(record, version):
    assert "its version is not a number that was ever written" in refusal(changed(record, version=version))


@pytest.mark.parametrize(
    "text", ["", "<html>", "[" * 100_000, '{"seconds": NaN}'], ids=["empty", "HTML", "deep", "NaN"]
)
def test_what_is_not_json_is_refused(tmp_path, text):
    path = tmp_path / "record"
    path.write_text(text)

    assert refusal(path).startswith(f"{path} is not a record of a run: it is not JSON")


@pytest.mark.parametrize("value", [[], None, {"format": "other"}])
def test_json_that_is_no_record_is_refused(tmp_path, value):
    path = tmp_path / "record"
    path.write_text(json.dumps(value))

    assert 'it has no member "format"' in refusal(path)


def test_what_is_wrong_in_a_record_is_named_with_its_place(record):
    assert "$.seconds: 'long' is not of type 'number'" in refusal(changed(record, seconds="long"))


def test_a_file_that_is_not_there_is_told(tmp_path):
    assert "cannot be read (No such file or directory)" in refusal(tmp_path / "none")


@pytest.mark.parametrize("text", ["", "</script>", "9999-12-31T23:59:59-14:00", "2026-11-24"])
def test_a_moment_that_is_none_is_refused_with_its_place(record, text):
    assert f"{record} is not a record of a run: $.started: " in refusal(changed(record, started=text))


@pytest.mark.parametrize("member", ["started", "as_of"])
def test_a_moment_that_is_no_text_is_refused(record, member):
    assert f"$.{member}: 5 is not of type 'string'" in refusal(changed(record, **{member: 5}))


@pytest.mark.parametrize("day", ["2026-02-30", "20261101", "2026-W44-7"])
def test_a_day_that_is_none_is_refused_with_its_place(record, day):
    assert "$.as_of: " in refusal(changed(record, as_of=day))


@pytest.mark.parametrize("member", ["requests", "suite"])
def test_a_record_of_version_1_with_a_wrong_type_is_refused(tmp_path, member):
    path = tmp_path / "record"
    path.write_text(VERSION_1.read_text())

    assert "is not a record of a run" in refusal(changed(path, **{member: "text"}))


def test_a_record_of_version_1_with_a_verdict_that_there_is_not_is_refused(tmp_path):
    path = tmp_path / "record"
    report = json.loads(VERSION_1.read_text())
    report["clauses"][0]["verdict"] = "nonsense"
    path.write_text(json.dumps(report))

    assert "is not a record of a run" in refusal(path)


def test_a_record_whose_sums_are_not_those_of_its_clauses_is_refused(record):
    report = json.loads(record.read_text())
    verdicts = report["verdicts"] | {"verified": report["verdicts"]["verified"] + 1}

    assert "$.verdicts: these are not the verdicts of its clauses" in refusal(
        changed(record, verdicts=verdicts)
    )


@pytest.mark.parametrize("path", [None, VERSION_1], ids=["a record", "one of version 1"])
def test_an_outcome_that_the_clauses_deny_is_refused(record, tmp_path, path):
    report = read(path or record)
    report["outcome"]["word"] = "broken"
    edited = tmp_path / "edited"
    edited.write_text(as_json(report))

    assert "$.outcome: this is not what its clauses and its exit status say" in refusal(edited)


def test_a_record_that_waives_a_clause_without_a_waiver_is_refused(tmp_path):
    report = records.broken()
    records.entry_of(report, records.WAIVED)["waiver"] = None
    path = tmp_path / "record"
    path.write_text(as_json(report))

    assert "$.clauses: one is waived, and nothing says by whom" in refusal(path)


def kept(report):
    return next(entry for entry in report["clauses"] if entry["verdict"] == "verified")


def saw_nothing(report):
    for entry in report["clauses"]:
        entry |= {"verdict": "unobserved"}
    report["verdicts"] |= {"verified": 0, "unobserved": 183}


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        pytest.param(
            lambda report: report.update(ended_early="the server went away"),
            "$.outcome: a run that ended early cannot call the contract kept",
            id="ended early",
        ),
        pytest.param(
            saw_nothing, "$.outcome: a run that saw nothing cannot call the contract kept", id="unseen"
        ),
        pytest.param(
            lambda report: kept(report).update(broken=1),
            "$.clauses: one was broken somewhere, and is not called so",
            id="broken",
        ),
        pytest.param(
            lambda report: report["outcome"].update(exit_status=6),
            "$.outcome: this is not what its clauses and its exit status say",
            id="exit status",
        ),
        pytest.param(
            lambda report: report.update(finished="2020-01-01T00:00:00+00:00"),
            "$.finished: this is before it started",
            id="time",
        ),
    ],
)
def test_a_record_that_denies_itself_is_refused(tmp_path, edit, told):
    report = records.green()
    edit(report)
    path = tmp_path / "record"
    path.write_text(as_json(report))

    assert told in refusal(path)


@pytest.mark.parametrize("status", [0, 6, 7])
def test_a_record_that_breaks_the_contract_and_does_not_end_so_is_refused(tmp_path, status):
    report = records.broken()
    report["outcome"]["exit_status"] = status
    path = tmp_path / "record"
    path.write_text(as_json(report))

    told = f"$.outcome.exit_status: a run that breaks the contract ends with 1, not with {status}"
    assert told in refusal(path)


def test_too_little_seen_of_a_contract_of_which_nothing_is_broken_is_a_record(tmp_path):
    report = records.green()
    report["outcome"] |= {"word": "incomplete", "exit_status": 6, "sentence": "no answer held a job"}
    path = tmp_path / "record"
    path.write_text(as_json(report))

    assert read(path) == report


def test_a_run_of_some_clauses_that_saw_none_of_them_is_a_record(tmp_path):
    report = records.partial(records.green())
    for entry in report["clauses"]:
        entry |= {"verdict": "unobserved"}
    report["verdicts"] |= {"verified": 0, "unobserved": 9}
    path = tmp_path / "record"
    path.write_text(as_json(report))

    assert read(path) == report


def test_a_record_with_a_name_twice_is_refused(record):
    record.write_text(record.read_text().replace("{", '{"as_of": "2020-01-01",', 1))

    assert "an object in it has two members of one name" in refusal(record)
