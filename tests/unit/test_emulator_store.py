from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.emulator.data import columns
from contracts.emulator.store import DEFAULT_JOBS, MOST_JOBS, Listing, Store
from contracts.errors import UsageError
from contracts.fragment import default_fragment
from contracts.location import Location

COLUMNS: dict[Location, list[str]] = {("kind",): ["A", "B"], ("far", "state"): ["ON", "OFF", "LOST"]}
NAMES = list(COLUMNS)


@given(
    count=st.integers(0, 300),
    seed=st.integers(0, 2**64 - 1),
    kind=st.sampled_from([None, "A", "B"]),
    state=st.sampled_from([None, "ON", "OFF", "LOST", "NEVER"]),
    page=st.integers(1, 40),
    per_page=st.integers(1, 30),
)
def test_a_page_of_what_matches_is_that_of_a_list_that_was_searched(
    count: int, seed: int, kind: str | None, state: str | None, page: int, per_page: int
) -> None:
    store = Store(COLUMNS, count, seed)
    chosen = {name: text for name, text in zip(NAMES, (kind, state), strict=True) if text}
    everything = [
        index
        for index in range(count)
        if all(store.value(name, index) == text for name, text in chosen.items())
    ]

    listing = store.select(chosen)

    first = (page - 1) * per_page
    assert listing.count == len(everything)
    assert listing.window(first, per_page) == everything[first : first + per_page]


def test_every_combination_occurs_often_and_not_equally_often() -> None:
    members = columns(default_fragment())
    store = Store(members, DEFAULT_JOBS, 0)

    shares = Counter(tuple(store.value(name, index) for name in members) for index in range(DEFAULT_JOBS))

    assert len(shares) == 14
    assert min(shares.values()) >= 50
    assert len(set(shares.values())) > 3


def test_the_seed_changes_the_order() -> None:
    def order(seed: int) -> list[str]:
        store = Store(COLUMNS, 100, seed)
        return [store.value(NAMES[1], index) for index in range(100)]

    assert order(1) == order(1)
    assert order(1) != order(2)


def test_the_last_page_of_the_largest_store_is_found_without_looking_at_the_others() -> None:
    store = Store(COLUMNS, MOST_JOBS, 0)
    listing = store.select({NAMES[0]: "B"})

    last = listing.window(listing.count - 2, 20)

    assert len(last) == 2
    assert last[0] < last[1] < MOST_JOBS
    assert {store.value(NAMES[0], index) for index in last} == {"B"}


def test_a_store_without_filters_holds_all() -> None:
    assert Store({}, 5, 0).select({}).window(3, 10) == [3, 4]


def test_values_that_are_no_text_are_matched_as_a_query_writes_them() -> None:
    store = Store({("flag",): [True, False]}, 100, 0)

    found = store.select({("flag",): "true"}).window(0, 100)

    assert {store.value(("flag",), index) for index in found} == {True}


@pytest.mark.parametrize("count", [-1, MOST_JOBS + 1])
def test_a_number_of_items_that_cannot_be_held_is_refused(count: int) -> None:
    with pytest.raises(UsageError, match="cannot be held"):
        Store(COLUMNS, count, 0)


@given(first=st.integers(-60, 60), stop=st.integers(-60, 300), kind=st.sampled_from(["A", "B"]))
def test_a_list_may_begin_before_the_first_item(first: int, stop: int, kind: str) -> None:
    store = Store(COLUMNS, 100, 0)
    everything = [index for index in range(first, stop) if store.value(NAMES[0], index) == kind]

    listing = Listing(store.period, store.offsets({NAMES[0]: kind}), stop, first)

    assert listing.window(0, 500) == everything
    assert [listing.rank(index) for index in everything] == list(range(len(everything)))
