"""The record of a run, and what a person reads of it."""

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier

import pytest
from sample_records import BROKEN, CONTRACT, FACTS, KEPT, UNSEEN, WAIVERS

from contracts import atomic
from contracts.baseline import Baseline
from contracts.reports import compliance, folder, terminal
from contracts.run import RunOptions
from contracts.traffic import Spent
from contracts.unstarted import write_unstarted


def test_the_record_says_what_was_judged_against_what_and_as_of_when(ledger):
    report = compliance.compliance(CONTRACT, ledger, FACTS)

    assert (report["format"], report["version"]) == ("contract-compliance", compliance.VERSION)
    assert report["fragment"]["sha256"] == CONTRACT.fragment.digest
    assert report["as_of"] == "2026-11-24"
    assert report["seconds"] == 1.5
    assert report["requests"]["sent"] == 2


def test_the_seconds_of_the_clauses_add_up_to_those_of_the_parts_that_told_of_them(ledger):
    parts = {
        "access": Spent(1, 1.0, clauses=frozenset([BROKEN, KEPT, UNSEEN])),
        "walks": Spent(1, 4.0, clauses=frozenset([BROKEN, KEPT])),
        "invalid": Spent(1, 8.0, clauses=frozenset([UNSEEN])),
    }

    report = compliance.compliance(CONTRACT, ledger, replace(FACTS, selected=(BROKEN, KEPT), parts=parts))

    assert {entry["id"]: entry["seconds"] for entry in report["clauses"]} == {BROKEN: 2.5, KEPT: 2.5}


def test_the_account_is_recorded_as_a_pseudonym_and_whether_values_are_shown(ledger):
    account = CONTRACT.redactor.account("023e105f4ecef8ad9ca31a8372d0c353")

    report = compliance.compliance(CONTRACT, ledger, replace(FACTS, account=account))

    assert report["target"] == {
        "kind": "live",
        "base_url": "http://127.0.0.1:1",
        "account": account,
        "replay_hint": "",
        "fault": None,
        "variant": None,
    }
    assert report["shows_values"] is False


def test_each_clause_has_its_verdict_and_its_evidence(ledger):
    report = compliance.compliance(CONTRACT, ledger, FACTS)

    entry = next(entry for entry in report["clauses"] if entry["id"] == "200.result[].status:enum")
    assert (entry["verdict"], entry["checked"], entry["broken"]) == ("violated", 2, 1)
    assert entry["points"]["PENDING"] == 1
    assert entry["exemplars"][0]["pointer"] == "/result/0/status"
    assert entry["exemplars"][0]["actual"] == '"LOST"'


def test_the_verdicts_of_the_families_add_up_to_those_of_all(ledger):
    report = compliance.compliance(CONTRACT, ledger, FACTS)

    for verdict, count in report["verdicts"].items():
        assert count == sum(counts[verdict] for counts in report["families"].values())
    assert sum(report["verdicts"].values()) == len(CONTRACT.clauses)


def test_a_partial_run_records_the_clauses_that_were_selected_and_no_others(ledger):
    report = compliance.compliance(CONTRACT, ledger, replace(FACTS, selected=("200.success:const",)))

    assert [entry["id"] for entry in report["clauses"]] == ["200.success:const"]


def test_a_clause_that_was_not_seen_says_what_would_show_it(ledger):
    report = compliance.compliance(CONTRACT, ledger, FACTS)

    unobserved = [entry for entry in report["clauses"] if entry["verdict"] == "unobserved"]
    assert unobserved
    assert all("; what would show it: " in entry["reason"] for entry in unobserved)


def test_a_clause_whose_requests_did_not_fit_the_budget_says_so_and_no_other(ledger):
    facts = replace(FACTS, cut_short={"walks": "all requests of the run were sent"})

    report = compliance.compliance(CONTRACT, ledger, facts)

    reasons = {entry["id"]: entry["reason"] for entry in report["clauses"]}
    assert reasons["x-pagination/complete"].startswith(
        "not seen, and walks was cut short: all requests of the run were sent; "
    )
    assert reasons["security:no-credentials"].startswith("not seen; what would show it: ")


def test_a_clause_whose_requests_the_server_kept_waiting_does_not_say_that_the_budget_ended(ledger):
    why = "the server asks to slow down (429), and not to come back for 4000 s"

    report = compliance.compliance(CONTRACT, ledger, replace(FACTS, cut_short={"credentials": why}))

    reasons = {entry["id"]: entry["reason"] for entry in report["clauses"]}
    assert reasons["security:no-credentials"].startswith(f"not seen, and credentials was cut short: {why}; ")
    assert not [reason for reason in reasons.values() if "budget" in reason]


def test_the_record_says_how_patient_the_run_was(ledger):
    report = compliance.compliance(CONTRACT, ledger, replace(FACTS, throttled=3, waited_s=61.04))

    assert (report["requests"]["throttled"], report["requests"]["waited_s"]) == (3, 61.0)


def waiving(day=date(2026, 11, 24), **changes):
    """Give what is known of a run with three waivers as of a day."""
    return replace(FACTS, baseline=Baseline("known.yaml", day, WAIVERS), **changes)


def states(report):
    return {waiver["clause"]: waiver["state"] for waiver in report["baseline"]}


def test_the_record_names_every_waiver_and_what_became_of_it(ledger):
    report = compliance.compliance(CONTRACT, ledger, waiving())

    entries = {entry["id"]: entry for entry in report["clauses"]}
    assert report["baseline"][0] == {
        "file": "known.yaml",
        "line": 1,
        "clause": BROKEN,
        "reason": "it is known",
        "owner": "mail",
        "expires": "2026-12-31",
        "state": "in-use",
    }
    assert states(report) == {BROKEN: "in-use", KEPT: "not-needed", UNSEEN: "not-seen"}
    assert entries[BROKEN]["verdict"] == "waived"
    assert [entries[clause]["waiver"] for clause in WAIVERS] == report["baseline"]
    assert entries["200.success:required"]["waiver"] is None
    assert (report["verdicts"]["waived"], report["verdicts"]["violated"]) == (1, 0)


def test_a_waiver_past_its_last_day_waives_nothing(ledger):
    report = compliance.compliance(CONTRACT, ledger, waiving(date(2027, 1, 1)))

    assert states(report) == {BROKEN: "expired", KEPT: "not-needed", UNSEEN: "not-seen"}
    assert (report["verdicts"]["waived"], report["verdicts"]["violated"]) == (0, 1)


def test_a_run_that_ended_early_calls_no_waiver_needless(ledger):
    report = compliance.compliance(CONTRACT, ledger, waiving(ended_early="interrupted"))

    assert states(report) == {BROKEN: "in-use", KEPT: "not-seen", UNSEEN: "not-seen"}


def test_a_run_of_some_clauses_says_nothing_of_the_waivers_of_others(ledger):
    report = compliance.compliance(CONTRACT, ledger, waiving(selected=("200.success:required",)))

    assert states(report) == dict.fromkeys(WAIVERS, "not-seen")
    assert not any(name in line for line in terminal.summary(report, None) for name in WAIVERS)


@pytest.mark.parametrize(
    ("day", "first", "verdict"),
    [
        pytest.param(
            date(2026, 12, 31),
            f"waived: {BROKEN} until 2026-12-31 (mail): it is known",
            "The contract is broken only where that is waived, as far as could be seen. Of 183 promises: ",
            id="in use",
        ),
        pytest.param(
            date(2027, 1, 1),
            f"waiver expired: {BROKEN}: it held until 2026-12-31 (mail); "
            "mend what is broken, or renew known.yaml:1",
            "The contract is broken. Of 183 promises: ",
            id="expired",
        ),
    ],
)
def test_the_summary_names_the_waivers_in_use_expired_and_not_needed(ledger, day, first, verdict):
    lines = terminal.summary(compliance.compliance(CONTRACT, ledger, waiving(day)), None)

    told = [line for line in lines if line.startswith("waive")]
    assert told == [first, f"waiver not needed: {KEPT}: nothing seen breaks it; remove known.yaml:2 (mail)"]
    assert lines[-2].startswith(verdict)


def test_the_record_is_readable_by_its_owner_only_and_leaves_nothing_beside_it(ledger, tmp_path):
    path = tmp_path / "new" / "folder" / folder.RECORD

    folder.write_all(compliance.compliance(CONTRACT, ledger, FACTS), path.parent)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert set(os.listdir(path.parent)) == set(folder.FORMS)
    assert json.loads(path.read_text())["format"] == "contract-compliance"


def test_a_file_that_cannot_be_written_leaves_the_one_before_as_it_was(tmp_path):
    path = tmp_path / "record"
    atomic.write("before", path)

    with pytest.raises(UnicodeEncodeError):
        atomic.write("\ud800", path)

    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["record"]


@pytest.mark.parametrize("place", ["folder", "file"])
def test_a_file_that_cannot_be_written_is_named_and_not_one_that_is_only_there_meanwhile(tmp_path, place):
    path = {"folder": tmp_path / "none" / "record", "file": tmp_path}[place]

    with pytest.raises(OSError, match=f": '{path}'$"):
        atomic.write("text", path)


def test_the_table_has_a_line_a_family_and_says_how_much_was_judged(ledger):
    lines = terminal.table(compliance.compliance(CONTRACT, ledger, FACTS))

    assert lines[0].split()[0] == "family"
    assert [line.split()[0] for line in lines[1:11]] == list(
        dict.fromkeys(clause.family for clause in CONTRACT.clauses.values())
    )
    assert len({len(line) for line in lines[:12]}) == 1
    assert "judged on 2 requests to the live server in 1.5 s" in lines[-1]


def test_the_summary_names_what_is_broken_cut_short_and_not_seen(ledger):
    lines = terminal.summary(compliance.compliance(CONTRACT, ledger, FACTS), None)

    assert lines[0] == "cut short: walks: why"
    assert any(line.startswith("unobserved: ") and "what would show it" in line for line in lines)
    assert lines[-2].startswith("The contract is broken. Of 183 promises: 1 broken, ")


def test_a_failure_names_promise_place_expected_actual_and_the_command_to_ask_again(ledger):
    clause = CONTRACT.clauses["200.result[].status:enum"]

    told = terminal.broken(clause, ledger.tally(clause.id), CONTRACT.fragment.file, "first do this")

    assert told.startswith("200.result[].status:enum is broken: `result[].status` is one of PENDING")
    assert f"{CONTRACT.fragment.file}:{clause.line} (rests on: docs)" in told
    assert "answer    200, /result/0/status" in told
    assert 'actual    "LOST"' in told
    assert "again     curl -g " in told
    assert told.endswith("(first do this)")


def test_no_form_of_an_earlier_run_is_left_beside_a_record(ledger, tmp_path):
    report = compliance.compliance(CONTRACT, ledger, FACTS)
    folder.write_all(report, tmp_path, {"exchanges.har": lambda: "{}"})

    folder.write_all(report, tmp_path)

    assert set(os.listdir(tmp_path)) == set(folder.FORMS)


def test_a_form_that_cannot_be_made_keeps_no_other_from_being_written(ledger, tmp_path, monkeypatch):
    def broken(report):
        raise ValueError("a bug")

    monkeypatch.setattr(folder, "FORMS", {"a.txt": broken, **folder.FORMS})
    report = compliance.compliance(CONTRACT, ledger, FACTS)

    with pytest.raises(ValueError, match="a bug"):
        folder.write_all(report, tmp_path, {"exchanges.har": lambda: "{}"})

    assert set(os.listdir(tmp_path)) == {*folder.FORMS, "exchanges.har"} - {"a.txt"}


def test_a_form_that_is_made_in_another_way_and_fails_leaves_the_record_and_all_others(ledger, tmp_path):
    def broken():
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug") as raised:
        folder.write_all(compliance.compliance(CONTRACT, ledger, FACTS), tmp_path, {folder.PAGE: broken})

    assert raised.value.__notes__ == [f"while {folder.PAGE} was made"]
    assert set(os.listdir(tmp_path)) == {*folder.FORMS} - {folder.PAGE}


def test_runs_that_end_at_the_same_time_leave_the_whole_record_of_one_of_them(ledger, tmp_path):
    found = compliance.compliance(CONTRACT, ledger, FACTS)
    days = [f"2026-11-0{day}" for day in range(1, 5)]
    all_are_made = Barrier(len(days))

    def end(day):
        def har():
            all_are_made.wait()
            return day

        folder.write_all(found | {"as_of": day}, tmp_path, {"exchanges.har": har})

    with ThreadPoolExecutor(len(days)) as ending:
        list(ending.map(end, days))

    record = json.loads((tmp_path / folder.RECORD).read_text())
    assert {name: (tmp_path / name).read_text() for name in folder.FORMS} == {
        name: form(record) for name, form in folder.FORMS.items()
    }
    assert (tmp_path / "exchanges.har").read_text() == record["as_of"]


def test_what_a_run_that_was_killed_left_half_written_is_cleared_away(ledger, tmp_path):
    (tmp_path / f".{folder.PAGE}-abc").write_text("<!doc")
    (tmp_path / ".somebody's own").write_text("stays")

    folder.write_all(compliance.compliance(CONTRACT, ledger, FACTS), tmp_path)

    assert set(os.listdir(tmp_path)) == {*folder.FORMS, ".somebody's own"}


def unstarted(reports, why="no account"):
    return write_unstarted(CONTRACT, RunOptions("live"), tuple(CONTRACT.clauses), why, reports)


def test_a_run_that_could_not_begin_keeps_what_the_run_before_found(ledger, tmp_path):
    found = compliance.compliance(CONTRACT, ledger, FACTS)
    folder.write_all(found, tmp_path, {"exchanges.har": lambda: "{}"})

    for why in ("no account", "no token, too"):
        told = unstarted(tmp_path, why)

        kept = tmp_path / "previous"
        assert json.loads((tmp_path / folder.RECORD).read_text())["outcome"]["sentence"] == why
        assert set(os.listdir(kept)) == {*folder.FORMS, "exchanges.har"}
        assert (kept / folder.RECORD).read_text() == folder.as_json(found)
        assert told == f"{why}; what the run before found is kept: {kept / folder.RECORD}"


def test_a_run_that_begins_leaves_nothing_of_those_before(ledger, tmp_path):
    found = compliance.compliance(CONTRACT, ledger, FACTS)
    folder.write_all(found, tmp_path)
    unstarted(tmp_path)

    folder.write_all(found, tmp_path)

    assert set(os.listdir(tmp_path)) == set(folder.FORMS)


def test_what_is_kept_is_the_last_run_that_began(ledger, tmp_path):
    for day in ("2026-11-24", "2026-11-25"):
        folder.write_all(compliance.compliance(CONTRACT, ledger, FACTS) | {"as_of": day}, tmp_path)
        unstarted(tmp_path)

        assert json.loads((tmp_path / "previous" / folder.RECORD).read_text())["as_of"] == day


def test_a_file_of_somebody_else_among_what_is_kept_stays(ledger, tmp_path):
    found = compliance.compliance(CONTRACT, ledger, FACTS)
    folder.write_all(found, tmp_path)
    unstarted(tmp_path)
    (tmp_path / "previous" / "notes.txt").write_text("mine")

    folder.write_all(found, tmp_path)

    assert os.listdir(tmp_path / "previous") == ["notes.txt"]


def test_a_run_that_could_not_begin_where_there_was_none_keeps_nothing(tmp_path):
    assert unstarted(tmp_path) == "no account"
    assert unstarted(tmp_path) == "no account"
    assert not (tmp_path / "previous").exists()
