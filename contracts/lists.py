"""Reads lists in several ways and lays what was read side by side: filters, page sizes, defaults, the end."""

from functools import partial

from contracts import parameters, plan
from contracts.checks.filters import all_matching_items_come
from contracts.checks.pagination import (
    no_item_comes_twice,
    nothing_comes_after_the_end,
    nothing_comes_past_the_end,
    order_does_not_depend_on_size,
    pages_are_full,
    pages_hold_the_whole_list,
)
from contracts.checks.parameters import default_is_applied
from contracts.checks.walks import Walk
from contracts.contract import Contract
from contracts.settling import Settler
from contracts.walker import PAGES_IN_A_ROW, Walker

_PAGES_OF_A_SHORT_LIST = 2
_PAGES_AT_LEAST = 3
_PAGES_OF_A_LONG_LIST = 3
_PAGES_IN_A_LONG_ROW = 26
"""So many pages, once, that what happens to one answer in 25 happens to a page beside which others were
read."""


class Lists:
    """Reads the lists of a contract that has them with `walker`, and judges them with `settler`."""

    def __init__(self, contract: Contract, walker: Walker, settler: Settler) -> None:
        self._contract = contract
        self._fragment = contract.fragment
        self._walker = walker
        self._settle = settler.settle

    def compare_filters(self) -> None:
        """Read what each combination of the filters lets through, and lay it beside the whole list."""
        size = next(iter(plan.walk_sizes(self._fragment)), None)
        if size is None:
            return
        everything = self._walker.walk((), size)
        # Of a list too long to be read to its end nothing can be missed: a few pages do.
        limit = None if everything.is_complete else _PAGES_OF_A_LONG_LIST
        self._settle_alone(everything)
        read_in_parts: set[str] = set()
        for filters in plan.filter_combinations(self._fragment)[1:]:
            walk = self._walker.walk(filters, size, limit)
            self._settle_alone(walk)
            self._settle(all_matching_items_come, everything, walk)
            names = {name for name, _ in filters}
            if len(filters) == 1 and not names <= read_in_parts:
                read_in_parts |= names if self._has_read_in_parts(everything, walk) else set()

    def compare_sizes(self) -> None:
        """Read the whole list at several page sizes, or three parts of it where it is too long; then a page
        past its end."""
        sizes = plan.walk_sizes(self._fragment)
        if not sizes:
            return
        largest = self._walker.walk((), sizes[0])
        self._settle_alone(largest)
        count = len(set(largest.identities(self._contract)))
        in_a_row = _PAGES_IN_A_LONG_ROW
        for size in sizes[1:]:
            if not largest.is_complete:
                other = self._walker.sample((), size)
            elif count // size + 2 <= self._walker.limit:
                other = self._walker.walk((), size)
            else:
                other = self._walker.sample((), size, in_a_row, count)
                in_a_row = PAGES_IN_A_ROW
            self._settle_alone(other)
            self._settle(pages_hold_the_whole_list, largest, other)
            self._settle(order_does_not_depend_on_size, largest, other)
        if largest.is_complete:
            past = self._walker.page((), sizes[0], 2 * len(largest.pages) + 1)
            self._settle(nothing_comes_past_the_end, largest, past)
        else:
            self._settle_alone(self._walker.sample((), sizes[0]))

    def compare_defaults(self) -> None:
        """Lay the page without a parameter beside the one with its default, where the items tell the two
        apart."""
        if not self._fragment.pagination or not self._has_more_than_a_page():
            return
        for parameter in self._fragment.query:
            if "default" in parameter.node.keywords:
                explicit = ((parameter.name, str(parameters.default(parameter))),)
                judge = partial(default_is_applied, parameter=parameter)
                self._settle(judge, self._walker.ask(explicit), self._walker.ask(()))

    def _settle_alone(self, walk: Walk) -> None:
        """Judge what a walk shows without another beside it."""
        for judge in (no_item_comes_twice, pages_are_full, nothing_comes_after_the_end):
            self._settle(judge, walk)

    def _has_read_in_parts(self, everything: Walk, whole: Walk) -> bool:
        """Read a filtered list that fits one page once more, over three: filters may end with the first.

        Say whether it could be: one value of each parameter is enough.
        """
        count = len(set(whole.identities(self._contract)))
        fits = whole.is_complete and len(whole.pages) == _PAGES_OF_A_SHORT_LIST
        if not fits or count < _PAGES_AT_LEAST:
            return False
        parts = self._walker.walk(whole.filters, -(-count // _PAGES_AT_LEAST))
        self._settle_alone(parts)
        self._settle(all_matching_items_come, everything, parts)
        self._settle(pages_hold_the_whole_list, whole, parts)
        self._settle(order_does_not_depend_on_size, whole, parts)
        return True

    def _has_more_than_a_page(self) -> bool:
        """Say whether there are more items than a page of the default size holds.

        Where the largest page holds no more, its pages may be cut short: the next one tells.
        """
        pagination = self._fragment.pagination
        assert pagination
        size = self._fragment.parameter(pagination.per_page)
        most = int(parameters.boundaries(size)[-1])
        largest = self._walker.page((), most, 1)
        if len(self._contract.items(largest)) > (parameters.default(size) or 1):
            return True
        identities = self._contract.identities
        return not set(identities(largest)).issuperset(identities(self._walker.page((), most, 2)))
