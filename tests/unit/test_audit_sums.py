"""Sums of audits: the same in any order, and of bounded size."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from audited import judged, record

from contracts.audit import sums
from contracts.audit.sums import Sum

WRONG = b'{"success": 7}'


def day(number):
    return datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=number)


def total(parts):
    whole = Sum()
    for part in parts:
        whole.add(part)
    return whole


def parts():
    return [judged(record(WRONG, time=day(number)), record(time=day(number))) for number in range(4)]


def plain(one):
    data = json.loads(one.to_json())
    return data | {"evidence": sorted(data["evidence"], key=str)}


def test_the_order_of_adding_does_not_matter():
    assert plain(total(parts())) == plain(total(reversed(parts())))


def test_what_is_written_is_read_back_and_stays_right_while_more_is_added():
    whole = total(parts()[:2])
    read = Sum.from_json(json.loads(whole.to_json()))
    for each in (whole, read):
        for part in parts()[1:]:
            each.add(part)

    assert plain(read) == plain(whole) == plain(total([*parts()[:2], *parts()[1:]]))


def test_only_the_last_days_are_told_apart_and_none_is_lost_from_the_whole(monkeypatch):
    monkeypatch.setattr(sums, "MAX_DAYS", 2)

    whole = total([*parts(), judged(record(time=None))])

    assert sorted(whole.days) == ["", "2026-01-03", "2026-01-04"]
    assert (whole.older, whole.ledger.requests) == (4, 9)


def test_evidence_is_kept_of_exemplars_only():
    whole = judged(*[record(WRONG)] * 9)

    exemplars = {one.offset for tally in whole.ledger.tallies.values() for one in tally.exemplars}
    assert {offset for _, offset in whole.evidence} == exemplars
    assert len(exemplars) == 5


@pytest.mark.parametrize("count", [1, 7])
def test_the_first_unreadable_places_are_named_and_all_are_counted(count):
    whole = Sum()
    for number in reversed(range(count)):
        whole.miss("a.jsonl", number, "why")

    assert whole.unreadable == count
    assert whole.unreadable_places == [("a.jsonl", number, "why") for number in range(min(count, 5))]


def test_no_record_of_the_operation_makes_an_empty_sum():
    assert judged(record(b"", method="POST")).days == {}
