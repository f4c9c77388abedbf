"""The ledger: a sum that does not care for order or grouping, of bounded size, with a verdict a clause."""

import json
from collections import Counter
from copy import deepcopy
from dataclasses import fields, replace
from datetime import date
from email.utils import formatdate
from typing import Any

import pytest
import samples
from hypothesis import given
from hypothesis import strategies as st
from samples import EditedContract

from contracts.announcements import MAX_DATES
from contracts.checks import observe
from contracts.clauses import Clause, Family
from contracts.contract import Contract
from contracts.ledger import (
    MAX_EXEMPLARS,
    MAX_FINDINGS,
    MAX_TEXT,
    Exemplar,
    Finding,
    Ledger,
    Observation,
    Tally,
    Verdict,
    clip,
    first_findings,
    pointer_order,
)
from contracts.shapes import MAX_SHAPES, OTHER

ASKED = samples.request(samples.contract("jobs"))
COUNTS = st.integers(0, 3)
POINTERS = st.sampled_from(["", "/result/0", "/result/2/status", "/result/10/status", "/a~1b", "/٣"])
FINDINGS = st.builds(Finding, POINTERS, st.sampled_from(["a", "b"]), st.text(max_size=3))
OBSERVATIONS = st.builds(
    Observation,
    clause=st.sampled_from(["200:type", "query.page:type", "x"]),
    checked=COUNTS,
    broken=COUNTS,
    unstable=COUNTS,
    gone=COUNTS,
    still_sent=COUNTS,
    points=st.dictionaries(st.sampled_from(["MOVE", "absent"]), st.integers(1, 3)),
    shapes=st.dictionaries(
        st.one_of(st.just(OTHER), st.integers(0, 2 * MAX_SHAPES).map(lambda length: "0" * length)),
        st.integers(1, 3),
    ),
    findings=st.lists(FINDINGS, max_size=MAX_FINDINGS).map(tuple),
)
EXCHANGES = st.builds(
    samples.exchange,
    st.just(ASKED),
    st.just({}),
    status=st.sampled_from([200, 401, 403]),
    elapsed_ms=st.floats(0, 1e6),
    origin=st.sampled_from(["1-plan", "2-generated"]),
    offset=st.integers(1, 3),
    headers=st.lists(
        st.tuples(
            st.sampled_from(["Deprecation", "sunset", "date"]),
            st.one_of(
                st.integers(0, 20).map(lambda days: f"@{days * 86_400}"),
                st.integers(0, 20).map(lambda days: formatdate(days * 86_400, usegmt=True)),
            ),
        ),
        max_size=3,
    ).map(tuple),
)


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    ledger = Ledger()
    for exchange, observations in draw(
        st.lists(st.tuples(EXCHANGES, st.lists(OBSERVATIONS, max_size=3)), max_size=3)
    ):
        ledger.record(exchange)
        ledger.add(observations, exchange)
    return ledger


def total(*ledgers: Ledger) -> dict[str, Any]:
    """Add ledgers up in the order given, into a new one."""
    result = Ledger()
    for ledger in ledgers:
        result.merge(ledger)
    return result.to_json()


@given(ledgers(), ledgers())
def test_the_sum_does_not_depend_on_the_order(left: Ledger, right: Ledger) -> None:
    assert total(left, right) == total(right, left)


@given(ledgers(), ledgers(), ledgers())
def test_the_sum_does_not_depend_on_the_grouping(first: Ledger, second: Ledger, third: Ledger) -> None:
    left, right = deepcopy(first), deepcopy(second)
    left.merge(second)
    right.merge(third)

    assert total(left, third) == total(first, right)


@pytest.mark.parametrize("field", [field.name for field in fields(Exemplar)])
def test_two_exemplars_that_differ_have_an_order(field: str) -> None:
    one = Exemplar("test", 1, "", "a", "b", "GET /", "curl", 401)

    other = replace(one, **{field: 2 if field in ("offset", "status") else "other"})

    assert one.order() != other.order()


@given(ledgers())
def test_a_ledger_survives_json(ledger: Ledger) -> None:
    written = json.dumps(ledger.to_json())

    read = Ledger.from_json(json.loads(written))

    assert read.to_json() == ledger.to_json()
    assert read.announced == ledger.announced
    assert read.tallies == ledger.tallies


@given(ledgers())
def test_nothing_added_changes_nothing(ledger: Ledger) -> None:
    assert total(ledger) == total(ledger, Ledger()) == ledger.to_json()


@given(ledgers(), ledgers())
def test_adding_leaves_what_was_added_alone(left: Ledger, right: Ledger) -> None:
    before = json.dumps(right.to_json())

    left.merge(right)
    left.merge(right)

    assert json.dumps(right.to_json()) == before


@given(st.lists(ledgers(), max_size=3))
def test_the_exemplars_are_few(many: list[Ledger]) -> None:
    tallies = total(*many)["tallies"].values()

    assert all(len(tally["exemplars"]) <= MAX_EXEMPLARS for tally in tallies)


@given(st.lists(ledgers(), max_size=6))
def test_the_dates_that_a_server_announces_are_few_and_counted_right(many: list[Ledger]) -> None:
    kept = total(*many)["announced"]

    for name, seen in kept.items():
        every = Counter[str]()
        for ledger in many:
            every += ledger.announced[name].dates
        assert list(seen["dates"]) == sorted(every)[:MAX_DATES]
        assert all(every[date] == count for date, count in seen["dates"].items())


def test_the_points_do_not_grow_with_the_values_that_a_server_makes_up(jobs: Contract) -> None:
    ledger = Ledger()
    sizes = []

    for start in (0, 50):
        items = (samples.job(n, status=f"MADE_UP_{n}") for n in range(start, start + 50))
        reading = samples.answered(jobs, samples.page(jobs, *items))
        ledger.add(observe(reading, jobs), reading.exchange)
        sizes.append(len(ledger.tally("200.result[].status:enum").points))

    assert sizes[0] == sizes[1]


def test_the_points_do_not_grow_with_the_pages_that_are_asked_for(jobs: Contract) -> None:
    ledger = Ledger()
    sizes = []

    for start in (100, 150):
        for number in range(start, start + 50):
            reading = samples.answered(jobs, query=[("page", str(number))])
            ledger.add(observe(reading, jobs), reading.exchange)
        sizes.append(len(ledger.tally("query.page:accepted").points))

    assert sizes[0] == sizes[1]


def test_long_texts_are_clipped_in_an_exemplar() -> None:
    exchange = samples.exchange(ASKED, {})
    ledger = Ledger()

    ledger.add([Observation("x", 1, 1, findings=(Finding("/" + "p" * 999, "e" * 999, "a" * 999),))], exchange)

    (exemplar,) = ledger.tally("x").exemplars
    assert [len(text) for text in (exemplar.pointer, exemplar.expected, exemplar.actual)] == [MAX_TEXT] * 3


def clause(keyword: str = "type") -> Clause:
    return Clause(f"200.a:{keyword}", Family.SCHEMA, "docs", keyword, "", 1, "", "", "", ("x", "y"))


@pytest.mark.parametrize(
    ("tally", "keyword", "verdict"),
    [
        pytest.param(Tally(), "type", Verdict.UNOBSERVED, id="nothing seen"),
        pytest.param(Tally(checked=1), "type", Verdict.VERIFIED, id="kept"),
        pytest.param(Tally(checked=9, broken=1), "type", Verdict.VIOLATED, id="broken once"),
        pytest.param(
            Tally(checked=9, broken=1, unstable=1), "type", Verdict.VIOLATED, id="broken and unstable"
        ),
        pytest.param(Tally(checked=9, unstable=1), "type", Verdict.UNSTABLE, id="unstable"),
        pytest.param(Tally(gone=2), "required", Verdict.RETIRED, id="gone"),
        pytest.param(Tally(gone=2), "const", Verdict.RETIRED, id="its other promises gone along"),
        pytest.param(Tally(checked=1, gone=1), "const", Verdict.VERIFIED, id="gone here and kept there"),
        pytest.param(Tally(still_sent=1), "required", Verdict.RETIRED, id="still sent, and free to go"),
        pytest.param(
            Tally(gone=1, still_sent=1), "required", Verdict.RETIRED, id="gone here and there elsewhere"
        ),
        pytest.param(
            Tally(checked=1, gone=1), "required", Verdict.VERIFIED, id="there while it had to be, gone later"
        ),
        pytest.param(
            Tally(checked=1, broken=1, gone=1), "required", Verdict.VIOLATED, id="missing while it had to be"
        ),
        pytest.param(Tally(still_sent=1), "minimum", Verdict.UNOBSERVED, id="still sent, but as null"),
        pytest.param(
            Tally(checked=1, broken=1, gone=1), "const", Verdict.VIOLATED, id="gone here, broken there"
        ),
    ],
)
def test_the_verdict_follows_from_the_tally(tally: Tally, keyword: str, verdict: Verdict) -> None:
    assert tally.verdict(clause(keyword)) is verdict


def test_the_points_that_were_not_seen_are_named_in_the_order_of_the_clause() -> None:
    tally = Tally()

    tally.points.update({"y": 1, "other": 1})

    assert tally.unseen(clause()) == ["x"]


def test_a_clause_of_which_nothing_was_observed_has_an_empty_tally() -> None:
    assert Ledger().tally("200:type") == Tally()


@given(st.lists(st.integers(0, 4 * MAX_SHAPES), min_size=1))
def test_the_shortest_shapes_are_kept_with_their_exact_counts_and_none_is_lost(lengths: list[int]) -> None:
    tally = Tally()

    for length in lengths:
        tally.see(Observation("x", shapes={"0" * length: 2}), ())

    kept = sorted(set(lengths))[:MAX_SHAPES]
    others = sum(2 for length in lengths if length not in kept)
    expected = {"0" * length: 2 * lengths.count(length) for length in kept}
    assert tally.shapes == expected | ({OTHER: others} if others else {})


@pytest.mark.parametrize(
    ("elapsed_ms", "bucket"),
    [(0, "1"), (1, "1"), (1.1, "2"), (30_000, "30000"), (30_000.1, "more")],
)
def test_a_time_falls_into_the_bucket_that_it_does_not_exceed(elapsed_ms: float, bucket: str) -> None:
    ledger = Ledger()

    ledger.record(samples.exchange(ASKED, {}, elapsed_ms=elapsed_ms))

    assert (ledger.elapsed_ms, ledger.statuses, ledger.requests) == ({bucket: 1}, {"200": 1}, 1)


def test_findings_are_ordered_as_a_reader_orders_them() -> None:
    pointers = ["/r/10", "/r/2/a", "/r", "", "/r/2", "/s/0"]

    kept = first_findings(Finding(pointer, "", "") for pointer in pointers)

    assert [finding.pointer for finding in kept] == ["", "/r", "/r/2"]
    assert sorted(pointers, key=pointer_order) == ["", "/r", "/r/2", "/r/2/a", "/r/10", "/s/0"]


@given(st.text(max_size=2 * MAX_TEXT))
def test_a_clipped_text_is_never_longer_than_the_limit(text: str) -> None:
    clipped = clip(text)

    assert len(clipped) <= MAX_TEXT
    assert clipped == text or clipped == text[: MAX_TEXT - 1] + "…"


@pytest.mark.parametrize(
    ("day", "total_count", "verdicts"),
    [
        pytest.param(samples.BEFORE, True, ("verified", "verified"), id="there before the sunset"),
        pytest.param(samples.BEFORE, False, ("violated", "unobserved"), id="absent before the sunset"),
        pytest.param(samples.AS_OF, True, ("retired", "verified"), id="there after the sunset"),
        pytest.param(samples.AS_OF, False, ("retired", "retired"), id="gone after the sunset"),
    ],
)
def test_the_end_of_life_of_a_member_decides_on_its_absence(
    day: date, total_count: bool, verdicts: tuple[str, str]
) -> None:
    about = samples.contract("jobs", day)
    body = samples.full_body(about)
    if not total_count:
        del body["result_info"]["total_count"]
    reading = samples.answered(about, body)
    ledger = Ledger()

    ledger.add(observe(reading, about), reading.exchange)

    ids = [f"200.result_info.total_count:{keyword}" for keyword in ("required", "const")]
    assert tuple(ledger.tally(one).verdict(about.clauses[one]) for one in ids) == verdicts


def test_every_promise_on_a_member_that_is_gone_is_retired(edited_contract: EditedContract) -> None:
    about = edited_contract(("          const: 0\n", "          const: 0\n          minimum: 0\n"))
    body = samples.full_body(about)
    del body["sheet_info"]["grand_total"]
    reading = samples.answered(about, body)
    ledger = Ledger()

    ledger.add(observe(reading, about), reading.exchange)

    gone = [clause for clause in about.clauses.values() if ".grand_total:" in clause.id]
    assert {ledger.tally(clause.id).verdict(clause) for clause in gone} == {Verdict.RETIRED}


def test_a_full_answer_verifies_every_clause_on_its_body_that_can_still_fail(each: Contract) -> None:
    ledger = Ledger()
    for status in (200, 404):
        reading = samples.answered(each, status=status, query=[("unknown", "1")])
        ledger.add(observe(reading, each), reading.exchange)

    verdicts = {
        clause.id: ledger.tally(clause.id).verdict(clause)
        for clause in each.clauses.values()
        if clause.id.startswith(("200", "4XX", "responses"))
    }

    over = [clause.id for clause in each.clauses.values() if clause.keyword == "required" and clause.sunset]
    assert over
    assert verdicts == dict.fromkeys(verdicts, Verdict.VERIFIED) | dict.fromkeys(over, Verdict.RETIRED)
    assert ledger.tallies.keys() <= each.clauses.keys()
