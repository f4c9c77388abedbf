"""Which day decides whether what an answer lacks has reached its end of life: its own, or one for all."""

import json
import operator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import audited
import pytest
import samples
from audited import KEY, record
from sample_records import problems

from contracts.audit import command, periods
from contracts.audit.command import AuditOptions, audit
from contracts.audit.judging import Judge, Terms
from contracts.audit.lines import write
from contracts.ledger import Verdict
from contracts.reports.folder import FORMS

JOBS = samples.contract("jobs")
(END,) = JOBS.fragment.sunsets
EVE = END - timedelta(days=1)
REQUIRED = next(clause for clause in JOBS.clauses.values() if clause.sunset and clause.keyword == "required")
BROKEN, GONE, UNKNOWN = (1, 0), (0, 1), (0, 0)


def left_out(day, **changes):
    """A record of a day, without the member that may be left out from its end of life on."""
    return replace(record(without(REQUIRED)), time=at(day), **changes)


def without(clause):
    body = samples.full_body(JOBS, "200")
    *above, name = clause.id.removeprefix("200.").partition(":")[0].split(".")
    owner = body
    for step in above:
        owner = owner[step]
    del owner[name]
    return samples.exchange(None, body).body


def at(day):
    return day and datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC)


def judged(*records, as_of=samples.AS_OF, by_day=True):
    judge = Judge(Terms(audited.FRAGMENT, as_of, by_day=by_day), KEY)
    for number, one in enumerate(records):
        judge.judge(one, "test.jsonl", number)
    return judge.total()


def required(*records, **options):
    tally = judged(*records, **options).ledger.tally(REQUIRED.id)
    return tally.broken, tally.gone


@pytest.mark.parametrize(
    ("as_of", "by_day", "days"),
    [
        pytest.param(END, True, {EVE: BROKEN, END: GONE, None: GONE}, id="its own, else a day after the end"),
        pytest.param(EVE, True, {EVE: BROKEN, END: GONE, None: BROKEN}, id="its own, else a day before it"),
        pytest.param(END, False, {EVE: GONE, END: GONE, None: GONE}, id="one after the end for all"),
        pytest.param(EVE, False, {EVE: BROKEN, END: BROKEN, None: BROKEN}, id="one before it for all"),
    ],
)
def test_the_day_of_an_answer_decides_unless_one_is_named_for_all(as_of, by_day, days):
    found = {day: required(left_out(day), as_of=as_of, by_day=by_day) for day in days}

    assert found == days


def test_the_day_is_that_in_utc():
    early = datetime.fromisoformat(f"{END}T01:00:00+02:00")

    assert required(replace(left_out(END), time=early)) == BROKEN


def test_what_was_broken_before_an_end_of_life_and_left_out_after_it_is_violated():
    whole = judged(left_out(EVE), left_out(END), left_out(END))

    tally = whole.ledger.tally(REQUIRED.id)
    assert (tally.broken, tally.gone, tally.verdict(REQUIRED)) == (1, 2, Verdict.VIOLATED)
    assert whole.answers_broken == {REQUIRED.id: 1}


def test_the_order_of_the_days_changes_nothing():
    days = [left_out(EVE), record(time=at(EVE)), left_out(END), record(time=at(END)), left_out(None)]
    told = [judged(*order).to_json() for order in (days, days[::2] + days[1::2])]
    sums = [json.loads(text) for text in told]

    # Evidence stands at another place when the order is another.
    assert [one["ledger"]["statuses"] for one in sums] == [{"200": 5}] * 2
    counts = operator.itemgetter("checked", "broken", "gone", "points")
    assert len({str([counts(tally) for tally in one["ledger"]["tallies"].values()]) for one in sums}) == 1


def test_there_is_one_contract_for_all_days_between_two_ends_of_life(monkeypatch):
    made = []
    contract = periods.Contract
    monkeypatch.setattr(periods, "Contract", lambda *given: made.append(given) or contract(*given))
    days = [END + timedelta(days=away) for away in range(-400, 400, 20)]

    judged(*(record(time=at(day)) for day in days))
    judged(*(record(time=at(day)) for day in days), by_day=False)

    # The one that holds today is there already.
    assert len(made) == len(JOBS.fragment.sunsets)


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "recorded.jsonl"
    days = [EVE, END, None, EVE - timedelta(days=60)]
    path.write_bytes(
        b"".join(write(left_out(day)) + write(record(time=at(day))) for day in days for _ in range(9))
    )
    return path


@pytest.fixture(autouse=True)
def _environment(monkeypatch):
    monkeypatch.setenv(*next(iter(KEY.items())))
    monkeypatch.setattr(command, "_today", lambda: samples.AS_OF)


def report(recording, reports, **changes):
    status = audit(audited.FRAGMENT, replace(AuditOptions([str(recording)], None, reports), **changes))
    found = json.loads((reports / "compliance.json").read_text())
    return status, {name: found[name] for name in found.keys() - {"started", "finished", "seconds"}}


def test_the_record_says_that_each_answer_was_judged_as_of_its_own_day(recording, tmp_path):
    status, found = report(recording, tmp_path / "own")
    _, as_of_one = report(recording, tmp_path / "one", as_of=samples.AS_OF)

    assert problems(json.loads((tmp_path / "own" / "compliance.json").read_text())) == []
    assert (found["recording"]["by_day"], as_of_one["recording"]["by_day"]) == (True, False)
    assert found["as_of"] == as_of_one["as_of"] == samples.AS_OF.isoformat()
    assert status == 1
    assert (found["recording"]["answers_broken"], as_of_one["recording"]["answers_broken"]) == (
        {REQUIRED.id: 18},
        {},
    )
    assert found["days"]["broken"] == {REQUIRED.id: [str(EVE - timedelta(days=60)), str(EVE)]}


@pytest.mark.parametrize("changes", [{"processes": 2}, {"piece_bytes": 20_000}], ids=["processes", "pieces"])
def test_the_record_is_the_same_however_the_work_was_cut(recording, tmp_path, changes):
    assert report(recording, tmp_path / "other", **changes) == report(recording, tmp_path / "alone")


@pytest.mark.parametrize("form", ["compliance.html", "junit.xml", "ctrf.json", "contract.sarif"])
def test_each_form_says_as_of_which_days_was_judged(recording, tmp_path, form):
    report(recording, tmp_path / "own")

    found = json.loads((tmp_path / "own" / "compliance.json").read_text())
    assert "the day of each answer (" in FORMS[form](found)
    assert "for 18 without a time)" in FORMS[form](found)


def test_the_terminal_says_as_of_which_days_was_judged(recording, tmp_path, capsys):
    report(recording, tmp_path / "own")

    told = (
        f"as of the day of each answer ({samples.AS_OF} for 18 without a time), judged on 72 recorded answers"
    )
    assert told in capsys.readouterr().out
