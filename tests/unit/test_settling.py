"""What is still broken when it is looked at again, and what may only have moved."""

from hypothesis import given
from hypothesis import strategies as st

from contracts.settling import is_reordered

LISTS = st.lists(st.integers(), unique=True, min_size=1, max_size=60)
COUNTS = st.integers(0, 60)


@given(LISTS, st.data())
def test_a_list_to_which_items_came_and_of_which_others_vanished_is_in_its_order(
    items: list[int], data: st.DataObject
) -> None:
    stay = [item for item in items if data.draw(st.booleans())]
    arrived = [f"new {number}" for number in range(data.draw(COUNTS))]

    assert not is_reordered(items, [*arrived, *stay])


@given(LISTS, COUNTS)
def test_a_list_that_shifts_while_it_is_read_shows_items_twice_and_is_in_its_order(
    items: list[int], at: int
) -> None:
    assert not is_reordered(items, [*items[:at], *items[max(at - 2, 0) :]])


@given(LISTS, st.data())
def test_a_few_items_that_were_put_at_the_head_or_the_end_are_no_other_order(
    items: list[int], data: st.DataObject
) -> None:
    moved = data.draw(st.lists(st.sampled_from(items), unique=True, max_size=3))
    others = [item for item in items if item not in moved]

    assert not is_reordered(items, [*moved, *others])
    assert not is_reordered(items, [*others, *moved])


@given(st.lists(st.integers(), unique=True, min_size=5, max_size=60))
def test_the_opposite_order_is_another(items: list[int]) -> None:
    assert is_reordered(items, items[::-1])


@given(st.lists(st.integers(), unique=True, min_size=16, max_size=60), st.integers(0, 60))
def test_a_list_that_begins_elsewhere_is_in_another_order(items: list[int], at: int) -> None:
    turn = 4 + at % (len(items) - 8)
    at_most = max(3, len(items) // 10)

    assert is_reordered(items, [*items[turn:], *items[:turn]]) == (at_most < turn < len(items) - at_most)


def test_a_list_in_which_neighbours_change_places_all_over_is_in_another_order() -> None:
    swapped = [item ^ 1 for item in range(40)]

    assert is_reordered(range(40), swapped)


def test_nothing_is_said_of_lists_that_have_nothing_in_common() -> None:
    assert not is_reordered([1, 2, 3, 4, 5, 6], [9, 8, 7])
    assert not is_reordered([], [])
