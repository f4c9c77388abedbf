"""A record is read back, an older one too; what is none is refused by what is wrong with it."""

import json
from pathlib import Path

import pytest
from test_reports import CONTRACT, FACTS, ledger  # noqa: F401

from contracts.errors import UsageError
from contracts.reports import compliance, folder, reading

OLD = Path(__file__).parent / "vectors" / "compliance-1.json"


@pytest.fixture
def record(ledger, tmp_path):  # noqa: F811
    """Give the path of a record, changed by what a test changes in it."""

    def write(**changes):
        path = tmp_path / "compliance.json"
        folder.write_all(compliance.compliance(CONTRACT, ledger, FACTS) | changes, tmp_path)
        return path

    return write


def refusal(path):
    with pytest.raises(UsageError) as refused:
        reading.read(path)
    return refused.value.problem


def test_a_record_is_read_as_it_was_written_to_the_byte(record):
    path = record()

    assert folder.form(folder.RECORD, reading.read(path)) == path.read_text()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"format": "other"}, 'is not a record: its "format" is not "contract-compliance"'),
        ({"version": "2"}, 'is not a record: its "version" is no number of one'),
        ({"version": True}, 'is not a record: its "version" is no number of one'),
        ({"version": 3}, "is of version 3, and this suite knows versions up to 2"),
        ({"as_of": "today"}, 'is not a whole record: /as_of: "today" is not a "date"'),
        ({"seconds": -1}, "is not a whole record: /seconds: -1 is less than the minimum of 0"),
        ({"extra": 1}, "is not a whole record: at its top: "),
        ({"exchanges": ["x" * 9_999]}, "is not a whole record: /exchanges/0: "),
    ],
)
def test_what_is_no_record_is_refused_by_what_is_wrong_and_where(record, changes, told):
    problem = refusal(record(**changes))

    assert told in problem
    assert len(problem) < 1_000


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b'{"seconds": NaN}', b"[" * 100_000])
def test_what_is_not_json_is_refused(tmp_path, text):
    (tmp_path / "x").write_bytes(text)

    assert refusal(tmp_path / "x").endswith("x is not JSON")


def test_a_list_is_no_record(tmp_path):
    (tmp_path / "x").write_text("[]")

    assert "is not a record" in refusal(tmp_path / "x")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert "cannot be read (No such file or directory)" in refusal(tmp_path / "none")


def test_a_record_of_version_1_is_read_as_one_of_the_present_version():
    old = json.loads(OLD.read_text())

    report = reading.read(OLD)

    assert (old["version"], report["version"]) == (1, compliance.VERSION)
    assert report["verdicts"] == old["verdicts"]
    assert report["outcome"]["word"] == "broken"
    assert "does not say how its session ended" in report["outcome"]["sentence"]
    assert sum(count for _, count in report["elapsed_ms"]["at_most"]) + report["elapsed_ms"]["more"] > 0
    assert [entry["keyword"] for entry in report["clauses"] if entry["verdict"] == "violated"] == ["enum"]


@pytest.mark.parametrize("member", sorted(json.loads(OLD.read_text())))
def test_a_record_of_version_1_without_one_of_its_members_is_refused(tmp_path, member):
    old = json.loads(OLD.read_text())
    del old[member]
    (tmp_path / "x").write_text(json.dumps(old))

    assert "record" in refusal(tmp_path / "x")
