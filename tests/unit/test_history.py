"""The history of runs, and what changed between two."""

import stat

import pytest
from test_reports import CONTRACT, FACTS, ledger  # noqa: F401

from contracts.errors import UsageError
from contracts.ledger import Ledger, Verdict
from contracts.reports import compliance, history
from contracts.reports.changes import Change, Kind, changes, verdicts

REPORT = compliance.compliance(CONTRACT, Ledger(), FACTS)


def at(hour):
    return {**REPORT, "started": f"2026-11-24T{hour:02}:00:00+00:00"}


def hours(entries):
    return [int(entry["started"][11:13]) for entry in entries]


def test_each_run_adds_a_line_that_only_its_owner_can_read(tmp_path):
    path = tmp_path / "new" / "history.jsonl"

    for hour in (2, 1, 3):
        history.add(path, at(hour))

    assert hours(history.read(path)) == [1, 2, 3]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert history.read(path)[0] == {
        "started": "2026-11-24T01:00:00+00:00",
        "outcome": "kept",
        "verdicts": REPORT["verdicts"],
        "clauses": verdicts(REPORT),
        "fragment_sha256": CONTRACT.fragment.digest,
        "suite": REPORT["suite"]["version"],
        "target": {"kind": "live", "base_url": "http://127.0.0.1:1", "account": ""},
    }


def test_where_there_is_no_file_yet_there_is_no_entry(tmp_path):
    assert history.read(tmp_path / "none") == []


@pytest.mark.parametrize("cut", [1, 50, 500])
def test_a_line_that_a_crash_has_cut_short_is_left_out_and_told_of(tmp_path, cut):
    path, told = tmp_path / "history.jsonl", []
    history.add(path, at(1))
    history.add(path, at(2))
    path.write_bytes(path.read_bytes()[: -cut - 1])

    found = history.read(path, told.append)

    assert hours(found) == [1]
    assert told == [f"the last line of {path} was cut short, and is left out"]
    history.add(path, at(3))
    assert hours(history.read(path, told.append)) == [1, 3]
    assert len(told) == 1


def test_a_last_line_without_its_end_counts_and_stays(tmp_path):
    path = tmp_path / "history.jsonl"
    history.add(path, at(1))
    path.write_bytes(path.read_bytes().rstrip())

    history.add(path, at(2))

    assert hours(history.read(path)) == [1, 2]


@pytest.mark.parametrize(
    "text", ["x\n", "{}\n", "[]\n", "\n", '{"clauses": {"a": "no verdict"}}\n'], ids=repr
)
def test_a_file_that_is_not_a_history_is_refused_by_its_line(tmp_path, text):
    path = tmp_path / "other"
    history.add(path, at(1))
    path.write_text(path.read_text() + text)

    with pytest.raises(UsageError, match=r"line 2 of .*other is not an entry of a history"):
        history.read(path)


def test_a_folder_is_no_history(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        history.read(tmp_path)


KINDS = {
    ("verified", "violated"): (Kind.BROKEN, True),
    ("waived", "violated"): (Kind.BROKEN, True),
    ("unobserved", "violated"): (Kind.BROKEN, True),
    ("", "violated"): (Kind.BROKEN, True),
    ("verified", "unobserved"): (Kind.UNSEEN, True),
    ("unstable", "unobserved"): (Kind.UNSEEN, True),
    ("violated", "unobserved"): (Kind.UNSEEN, False),
    ("verified", ""): (Kind.GONE, True),
    ("violated", ""): (Kind.GONE, False),
    ("unobserved", ""): (Kind.GONE, False),
    ("violated", "verified"): (Kind.KEPT, False),
    ("unobserved", "verified"): (Kind.SEEN, False),
    ("", "verified"): (Kind.SEEN, False),
    ("verified", "waived"): (Kind.OTHER, False),
    ("verified", "unstable"): (Kind.OTHER, False),
    ("verified", "retired"): (Kind.OTHER, False),
    ("retired", "verified"): (Kind.OTHER, False),
}


@pytest.mark.parametrize(("before", "after"), KINDS)
def test_a_change_is_of_one_kind_and_worse_or_not(before, after):
    change = Change("x", before, after)

    assert (change.kind, change.is_worse) == KINDS[before, after]


def test_every_change_is_in_one_list_and_nothing_else_is():
    names = ["", *Verdict]
    before = {f"{one}-{two}": one for one in names for two in names if one}
    after = {f"{one}-{two}": two for one in names for two in names if two}

    found = [change.clause for some in changes(before, after).values() for change in some]

    unchanged = {f"{one}-{one}" for one in names} | {f"-{Verdict.UNOBSERVED}"}
    assert sorted(found) == sorted({f"{one}-{two}" for one in names for two in names} - unchanged)
