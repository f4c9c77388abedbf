"""Variants are odd and keep every promise: judged here by the validators of the suite, which they share
no code with."""

import gzip
import json
import zlib
from datetime import timedelta
from typing import Any

import probing
import pytest
import samples
from hypothesis import given
from hypothesis import strategies as st
from probing import Asked

from contracts import strict_json
from contracts.contract import Contract
from contracts.emulator.app import Emulator
from contracts.emulator.hooks import Answer
from contracts.emulator.store import Store
from contracts.emulator.variants import variants
from contracts.emulator.variants.accounts import Backwards, Changed
from contracts.emulator.variants.model import Variant
from contracts.formats import is_date_time
from contracts.fragment import default_fragment
from contracts.location import Location

FRAGMENT = default_fragment()
GOOD = probing.good_headers(FRAGMENT)
VARIANTS = variants(FRAGMENT)
NAMES = ("jobs", "shelf")
EVERY_VARIANT = [(name, variant) for name in NAMES for variant in variants(samples.contract(name).fragment)]
BARE = (b"content-encoding", b"content-length")
SAME_ANSWERS = ("large-account", "chunked", "http-1.0", "slow", "head-answered")


def answers(name: str, variant: Variant | None, *, is_strange: bool = True) -> list[Answer]:
    """Give the answers to requests of every sort, or only those to requests for the operation."""
    fragment = samples.contract(name).fragment
    # A few items of a large account tell as much as all of them.
    jobs = 60 if variant is None or variant.jobs > 60 else None
    emulator = Emulator(fragment, jobs=jobs, variant=variant)
    takes = ((b"accept-encoding", b"gzip, deflate"),)
    return [
        Asked(**vars(one) | {"headers": one.headers + takes}).of(emulator)
        for one in probing.every_sort(fragment)
        if is_strange or (one.method == fragment.method and not one.suffix)
    ]


def decoded(answer: Answer) -> bytes:
    coding = dict(answer.headers).get(b"content-encoding", b"identity")
    return {b"identity": bytes, b"gzip": gzip.decompress, b"deflate": zlib.decompress}[coding](answer.body)


def broken(contract: Contract, answer: Answer) -> list[str]:
    """Name the clauses on bodies that an answer breaks, and the flaws of its JSON."""
    response = contract.fragment.response(answer.status)
    assert response
    if not response.body:
        return []
    parsed = strict_json.parse(decoded(answer))
    judged = contract.validators[response.status].judge(parsed.value)
    return [flaw.detail for flaw in parsed.flaws] + [seen.clause for seen in judged if seen.broken]


@pytest.mark.parametrize(("name", "variant"), EVERY_VARIANT)
def test_a_variant_keeps_every_promise_on_bodies(name: str, variant: str) -> None:
    contract = samples.contract(name)
    chosen = variants(contract.fragment)[variant]

    found = answers(name, chosen, is_strange=False)

    assert [broken(contract, answer) for answer in found] == [[]] * len(found)


@pytest.mark.parametrize("variant", [name for name in VARIANTS if name not in SAME_ANSWERS])
def test_a_variant_says_something_else_than_the_emulator_does(variant: str) -> None:
    assert answers("jobs", VARIANTS[variant]) != answers("jobs", None)


def test_variants_are_many_and_each_says_in_words_what_it_is() -> None:
    assert len(VARIANTS) >= 20
    assert all(variant.id == name and variant.summary for name, variant in VARIANTS.items())
    assert len({variant.summary for variant in VARIANTS.values()}) == len(VARIANTS)


def test_what_is_gone_after_its_end_of_life_would_be_missed_before() -> None:
    since = VARIANTS["retired"].since
    assert since
    before = samples.contract("jobs", since - timedelta(days=1))

    (found, *_) = answers("jobs", VARIANTS["retired"])

    assert broken(before, found) == ["200.result_info.total_count:required"]


def said(variant: str, query: str = "", *, jobs: int | None = None, requests: int = 1) -> Any:
    emulator = Emulator(FRAGMENT, jobs=jobs, variant=VARIANTS[variant])
    for _ in range(requests):
        answer = Asked(query, GOOD).of(emulator)
    return json.loads(answer.body)


def test_values_are_as_odd_as_their_variant_says() -> None:
    uuids = [job["job_id"] for job in said("upper-case-uuids")["result"]]
    moments = [job["created_at"] for job in said("odd-date-times")["result"]]
    numbers = [job["messages_failed"] for job in said("huge-numbers")["result"]]

    assert all(text == text.upper() and text != text.lower() for text in uuids)
    assert len(set(moments)) == 8
    assert all(is_date_time(text) for text in moments)
    assert {abs(number) for number in numbers} == {2**70}


def test_whole_numbers_are_written_with_a_fraction() -> None:
    emulator = Emulator(FRAGMENT, variant=VARIANTS["fractions"])

    body = Asked("per_page=5", GOOD).of(emulator).body

    assert b'"count":5.0,' in body
    assert b'"success":true' in body


def test_accounts_are_of_the_size_and_kind_that_their_variant_says() -> None:
    sizes = {
        name: said(name, "per_page=1000")["result_info"]["count"]
        for name in ("empty-account", "small-account")
    }
    kinds = {(job["action_type"], job["status"]) for job in said("one-kind", "per_page=1000")["result"]}

    assert sizes == {"empty-account": 0, "small-account": 3}
    assert kinds == {("MOVE", "PENDING")}
    assert said("large-account", "per_page=1000&page=11")["result_info"]["count"] == 1000
    assert said("large-account", jobs=7)["result_info"]["count"] == 7


def test_the_oldest_come_first_on_filtered_pages_too() -> None:
    def ids(body: Any) -> list[str]:
        return [job["job_id"] for job in body["result"]]

    honest = Emulator(FRAGMENT, jobs=50)
    for query in ("per_page=1000", "status=FAILED&per_page=1000"):
        newest = ids(json.loads(Asked(query, GOOD).of(honest).body))
        assert ids(said("oldest-first", query, jobs=50)) == newest[::-1]


def test_every_60th_request_is_put_off() -> None:
    emulator = Emulator(FRAGMENT, jobs=3, variant=VARIANTS["throttled"])

    statuses = [Asked("", GOOD).of(emulator).status for _ in range(121)]

    assert [number for number, status in enumerate(statuses, 1) if status == 429] == [60, 120]


def listed(variant: str, requests: int, query: str = "per_page=1000") -> dict[str, Any]:
    body = said(variant, query, jobs=200, requests=requests)
    assert body["result_info"]["count"] == len(body["result"])
    return {job["job_id"]: job for job in body["result"]}


def test_items_arrive_before_all_others() -> None:
    before, after = listed("arriving", 1), listed("arriving", 23)

    assert list(after)[4:] == list(before)
    assert len(after) == 204


def test_items_vanish_for_good() -> None:
    before, after = listed("vanishing", 1), listed("vanishing", 34)

    assert before.keys() - after.keys() == {list(before)[at] for at in (0, 37, 74)}
    assert list(after) == [job for job in before if job in after]


def test_items_that_finish_move_from_one_filtered_list_to_the_next() -> None:
    before, after = listed("finishing", 1), listed("finishing", 15)
    moved = {
        job: (before[job]["status"], after[job]["status"]) for job in before if before[job] != after[job]
    }

    assert list(moved) == [list(before)[at] for at in (18, 55)]
    for job, (was, is_now) in moved.items():
        assert job not in listed("finishing", 15, f"per_page=1000&status={was}")
        assert job in listed("finishing", 15, f"per_page=1000&status={is_now}")


@pytest.mark.parametrize(
    "query", ["per_page=1000", "per_page=1000&status=FAILED", "per_page=1000&action_type=MOVE"]
)
def test_a_changing_account_is_the_same_whichever_way_it_is_read(query: str) -> None:
    everything = listed("changing", 40, query)

    parts = [listed("changing", 40, f"{query.replace('1000', '7')}&page={page}") for page in range(1, 40)]

    assert [job for part in parts for job in part] == list(everything)


COLUMNS: dict[Location, list[str]] = {("kind",): ["A", "B"]}
STORE = Store(COLUMNS, 100, 0)


@given(st.data())
def test_a_page_of_a_changed_list_is_that_of_a_list_that_was_searched(data: st.DataObject) -> None:
    listing = STORE.select({("kind",): "A"})
    kept = [index for index in range(100) if STORE.value(("kind",), index) == "A"]
    others = [index for index in range(100) if index not in kept]
    gone = data.draw(st.sets(st.sampled_from(kept), max_size=9))
    added = data.draw(st.sets(st.sampled_from(others), max_size=9))
    first, size = data.draw(st.integers(0, 120)), data.draw(st.integers(1, 30))
    everything = sorted({*kept, *added} - gone)

    changed = Changed(listing, sorted(gone), sorted(added))

    assert changed.count == len(everything)
    assert changed.window(first, size) == everything[first : first + size]
    assert Backwards(changed).window(first, size) == everything[::-1][first : first + size]
