"""The file of the runs before: whole lines only, whatever happens."""

import errno
import json
import os
import resource
import stat
from pathlib import Path

import pytest
from sample_records import CONTRACT, FACTS

from contracts.errors import UsageError
from contracts.ledger import Ledger
from contracts.reports import compliance, history
from contracts.run import RunOptions
from contracts.unstarted import write_unstarted

REPORT = compliance.compliance(CONTRACT, Ledger(), FACTS)


def test_runs_are_read_in_the_order_in_which_they_were_added(tmp_path):
    path = tmp_path / "new" / "history.jsonl"

    history.append(REPORT, path)
    history.append(REPORT | {"started": "2026-11-25T00:00:00+00:00"}, path)

    runs = history.read(path)
    assert [run["started"] for run in runs] == [REPORT["started"], "2026-11-25T00:00:00+00:00"]
    assert runs[0]["clauses"] == {entry["id"]: entry["verdict"] for entry in REPORT["clauses"]}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_only_its_owner_can_read_a_history_that_was_there_already(tmp_path):
    path = tmp_path / "history.jsonl"
    path.write_text("")
    path.chmod(0o644)

    history.append(REPORT, path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_run_says_whether_it_was_cut_off_and_of_how_many_clauses_it_is(tmp_path):
    path = tmp_path / "history.jsonl"
    history.append(REPORT | {"ended_early": "interrupted", "clauses": REPORT["clauses"][:9]}, path)
    history.append(REPORT, path)
    old = history.entry(REPORT)
    del old["ended_early"], old["fragment_clauses"]
    with path.open("a") as file:
        file.write(json.dumps(old) + "\n")

    runs = history.read(path)

    assert [history.is_to_the_end(run) for run in runs] == [False, True, True]
    assert [history.is_of_all(run) for run in runs] == [False, True, True]
    assert history.is_same_selection(runs[1], runs[2])
    assert not history.is_same_selection(runs[0], runs[2])


def test_what_an_emulator_was_told_to_do_makes_it_another_target(tmp_path):
    path = tmp_path / "history.jsonl"
    told = [
        {"fault": None, "variant": None},
        {"fault": "a", "variant": None},
        {"fault": None, "variant": "a"},
    ]
    for ways in told:
        history.append(REPORT | {"target": REPORT["target"] | ways}, path)
    old = history.entry(REPORT)
    del old["target"]["fault"], old["target"]["variant"]
    with path.open("a") as file:
        file.write(json.dumps(old) + "\n")

    honest, *others, before_ways_were_told = map(history.target_of, history.read(path))

    assert len({honest, *others}) == 3
    assert before_ways_were_told == honest


def test_a_history_that_is_not_there_holds_no_run(tmp_path):
    assert history.read(tmp_path / "none") == []


def test_a_last_line_that_is_not_whole_is_passed_over_and_replaced(tmp_path):
    path = tmp_path / "history.jsonl"
    history.append(REPORT, path)
    with path.open("a") as file:
        file.write('{"format": "contract-r')

    told = []
    assert len(history.read(path, told.append)) == 1
    assert told == [f"the last line of {path} is not whole, and passed over"]

    history.append(REPORT, path)

    assert len(history.read(path)) == 2
    assert all(json.loads(line) for line in path.read_text().splitlines())


def test_a_last_line_that_lacks_only_its_end_counts_and_stays(tmp_path):
    path, told = tmp_path / "history.jsonl", []
    history.append(REPORT, path)
    path.write_bytes(path.read_bytes().rstrip(b"\n"))

    assert len(history.read(path, told.append)) == 1

    history.append(REPORT, path)

    assert len(history.read(path, told.append)) == 2
    assert told == []


@pytest.mark.parametrize("text", [b"my notes, one line", b"\x89PNG\r", b'{"format": "others'])
@pytest.mark.parametrize("runs", [0, 1])
def test_a_last_line_that_no_run_left_is_refused_and_never_cut_off(tmp_path, text, runs):
    path = tmp_path / "history.jsonl"
    for _ in range(runs):
        history.append(REPORT, path)
    before = (path.read_bytes() if runs else b"") + text
    path.write_bytes(before)

    with pytest.raises(UsageError, match=f"history.jsonl:{runs + 1} is not a run of a history"):
        history.read(path)
    history.append(REPORT, path)

    assert path.read_bytes().startswith(before + b"\n")


def test_a_run_for_which_there_is_no_room_is_told_and_leaves_the_history_as_it_was(tmp_path):
    path = tmp_path / "history.jsonl"
    history.append(REPORT, path)
    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 100, limits[1]))
    try:
        with pytest.raises(OSError, match=f"File too large: '{path}'"):
            history.append(REPORT, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert path.read_bytes() == before


def test_a_run_is_added_where_a_file_system_has_no_locks(tmp_path, monkeypatch):
    def unlocked(handle, kind):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(history.fcntl, "flock", unlocked)
    path = tmp_path / "history.jsonl"

    history.append(REPORT, path)

    assert len(history.read(path)) == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"clauses": {"x": "lost"}}, "/clauses/x: "),
        ({"started": "today"}, '/started: "today" is not a "date-time"'),
        ({"verdicts": {}}, "/verdicts: "),
        ({"target": {}}, "/target: "),
        ({"target": history.entry(REPORT)["target"] | {"fault": 5}}, "/target/fault: "),
        ({"ended_early": 5}, "/ended_early: "),
        ({"fragment_clauses": -1}, "/fragment_clauses: "),
    ],
)
def test_a_run_that_is_not_whole_is_refused_by_what_is_wrong_in_it(tmp_path, change, told):
    path = tmp_path / "history.jsonl"
    path.write_text(json.dumps(history.entry(REPORT) | change) + "\n")

    with pytest.raises(UsageError) as refused:
        history.read(path)

    assert f"history.jsonl:1 is not a whole run of a history: {told}" in refused.value.problem


@pytest.mark.parametrize(
    ("before", "after"), [("", 1), ("not a history\n", None)], ids=["is added", "spoils no other file"]
)
def test_a_run_that_could_not_begin(tmp_path, before, after):
    path = tmp_path / "history.jsonl"
    path.write_text(before)

    write_unstarted(
        CONTRACT, RunOptions("live", history=path), tuple(CONTRACT.clauses), "why", tmp_path / "reports"
    )

    if after is None:
        assert path.read_text() == before
    else:
        assert [one["outcome"] for one in history.read(path)] == ["untested"]


@pytest.mark.parametrize("line", ["no JSON", "[]", '{"format": "other"}'])
def test_a_file_that_is_no_history_is_refused_with_its_line(tmp_path, line):
    path = tmp_path / "history.jsonl"
    history.append(REPORT, path)
    with path.open("a") as file:
        file.write(f"{line}\n")

    with pytest.raises(UsageError, match=r"history.jsonl:2 is not a run of a history"):
        history.read(path)


def test_a_run_of_a_newer_version_is_refused(tmp_path):
    path = tmp_path / "history.jsonl"
    path.write_text(json.dumps(history.entry(REPORT) | {"version": 99}) + "\n")

    with pytest.raises(UsageError, match="is of version 99, and this suite reads 1"):
        history.read(path)


def test_a_history_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(UsageError, match=r"cannot be read \(Is a directory\)"):
        history.read(tmp_path)


def test_a_history_that_cannot_even_be_looked_for_is_told(tmp_path):
    with pytest.raises(UsageError, match=r"cannot be read \(File name too long\); check --history"):
        history.read(tmp_path / ("x" * 300))


def test_a_history_that_cannot_be_added_to_is_refused_before_there_is_a_run(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(UsageError, match="cannot be written to"):
        history.check(tmp_path / "file" / "history.jsonl")


def test_looking_whether_a_history_can_be_added_to_changes_nothing_in_it(tmp_path):
    path = tmp_path / "history.jsonl"
    path.write_text("{}\n")

    history.check(path)

    assert path.read_text() == "{}\n"


def test_a_history_that_cannot_be_written_costs_no_record_of_a_run_that_could_not_begin(tmp_path):
    (tmp_path / "file").write_text("")
    past = tmp_path / "file" / "history.jsonl"

    told = write_unstarted(CONTRACT, RunOptions("live", history=past), (), "why", tmp_path / "reports")

    assert told == "why"
    assert (tmp_path / "reports" / "compliance.json").exists()


def test_a_device_is_no_history():
    with pytest.raises(UsageError, match="/dev/full is no file"):
        history.read(Path("/dev/full"))
