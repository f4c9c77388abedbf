"""Answers over time: where the bars stand, and what is said of values that are no longer sent."""

from datetime import date

import pytest

from contracts.reports.html.days import MAX_COLUMNS, MAX_LINES, Callers, over_time

ID = "200.result[].status:enum"


def clause(**changes):
    return {"id": ID, "keyword": "enum", "points": {"OLD": 4, "NEW": 9, "NONE": 0}, "broken": 3} | changes


def record(days, spans=None, broken=None, clauses=()):
    return {
        "clauses": clauses or [clause()],
        "days": {
            "days": [{"day": day, "answers": answers, "clauses": counts} for day, answers, counts in days],
            "undated": 0,
            "older": 0,
            "broken": broken or {},
            "points": {ID: spans or {}},
        },
    }


TWO_OF_FIVE = [("2026-09-01", 4, {ID: [10, 5]}), ("2026-09-05", 2, {ID: [10, 0]})]


def test_bars_stand_on_their_days_and_are_as_high_as_what_came():
    found = over_time(record(TWO_OF_FIVE))

    assert (found.first, found.last) == (date(2026, 9, 1), date(2026, 9, 5))
    assert [(one.start, one.width, one.height, one.amount) for one in found.answers] == [
        (0.0, 20.0, 100.0, 4),
        (80.0, 20.0, 50.0, 2),
    ]


def test_the_bars_of_a_broken_clause_are_as_high_as_its_share_that_is_broken():
    (line,) = over_time(record(TWO_OF_FIVE, broken={ID: ["2026-09-01", "2026-09-01"]})).lines

    assert (line.first, line.last) == (date(2026, 9, 1), date(2026, 9, 1))
    assert [(one.amount, one.broken, one.height) for one in line.columns] == [(10, 5, 50.0), (10, 0, 0.0)]


def test_what_is_broken_once_in_a_thousand_is_seen():
    days = [("2026-09-01", 1, {ID: [1000, 1]})]

    (line,) = over_time(record(days, broken={ID: ["2026-09-01", "2026-09-01"]})).lines

    assert line.columns[0].height > 5


def test_a_value_is_told_by_when_it_was_last_seen_and_one_that_never_was_as_such():
    spans = {"OLD": ["2026-09-01", "2026-09-02"]}

    ((_, (old, new, none)),) = over_time(record(TWO_OF_FIVE, spans)).values

    assert (old.first, old.last, old.days_ago) == (date(2026, 9, 1), date(2026, 9, 2), 3)
    assert (new.is_seen, new.last) == (True, None)
    assert (none.is_seen, none.last) == (False, None)


def test_a_value_is_told_by_how_often_it_came_on_each_day_and_to_whom_last():
    told = record(TWO_OF_FIVE, {"OLD": ["2026-09-01", "2026-09-05"]})
    told["days"]["days"][0]["values"] = {ID: {"OLD": 4, "NEW": 1}}
    told["days"]["days"][1]["values"] = {ID: {"OLD": 1}}
    accounts = {"last": [["kqz", "2026-09-05"], ["abc", ""]], "more": True}
    told["days"]["callers"] = {ID: {"OLD": {"accounts": accounts}}}

    ((_, (old, new, _)),) = over_time(told).values

    assert [(one.first.day, one.amount, one.height) for one in old.columns] == [(1, 4, 100.0), (5, 1, 25.0)]
    assert old.callers == [Callers("accounts", accounts["last"], more=True)]
    assert new.callers == []


@pytest.mark.parametrize(("count", "each"), [(1, 1), (MAX_COLUMNS, 1), (MAX_COLUMNS + 1, 2)])
def test_it_is_said_how_many_days_a_bar_is(count, each):
    days = [(date.fromordinal(739000 + day).isoformat(), 1, {}) for day in range(count)]

    assert over_time(record(days)).days_each == each


def test_very_many_days_share_columns_and_add_up():
    days = [(date.fromordinal(739000 + day).isoformat(), day, {}) for day in range(400)]

    answers = over_time(record(days)).answers

    assert len(answers) <= MAX_COLUMNS
    assert sum(one.amount for one in answers) == sum(range(400))
    assert answers[-1].start + answers[-1].width == pytest.approx(100, abs=0.01)


def test_days_up_to_the_last_that_there_is_are_drawn():
    answers = over_time(record([("0001-01-01", 1, {}), ("9999-12-31", 2, {})])).answers

    assert [(one.amount, one.last) for one in answers][-1] == (2, date.max)


def test_of_very_many_broken_clauses_those_broken_most_are_drawn():
    many = [clause(id=f"c{number}", broken=number, keyword="type") for number in range(1, MAX_LINES + 4)]
    broken = {one["id"]: ["2026-09-01", "2026-09-01"] for one in many}

    found = over_time(record(TWO_OF_FIVE, broken=broken, clauses=many))

    assert [line.clause["broken"] for line in found.lines] == list(range(MAX_LINES + 3, 3, -1))
    assert found.left_out == 3


@pytest.mark.parametrize("told", [{}, {"days": {"days": []}}], ids=["a run", "nothing dated"])
def test_without_days_there_is_nothing_over_time(told):
    assert over_time(told) is None
