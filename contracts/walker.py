"""Reads lists page by page, whole or in part, without ever going on for ever."""

from collections.abc import Callable
from typing import Any

from contracts.checks.walks import Walk
from contracts.contract import Contract, Reading
from contracts.plan import Pairs

_PAGES_IN_A_ROW = 3
MAX_PAGE = 2**40
"""Where the search for the last page of a list gives up."""


class Walker:
    """Reads lists with `ask`, which sends a query; a walk reads at most `limit` pages."""

    def __init__(self, contract: Contract, ask: Callable[[Pairs], Reading], limit: int) -> None:
        self._contract = contract
        self.ask = ask
        self.limit = limit

    def walk(self, filters: Pairs, size: int, limit: int | None = None) -> Walk:
        """Read the pages of a list from the first to one that holds nothing, as far as the limit allows.

        A page that holds nothing new ends it too: the server may go on for ever. After a page that is not
        full it lies past the end, and all was read.
        """
        pages: list[Reading] = []
        seen: set[Any] = set()
        while len(pages) < (limit or self.limit):
            page = self.page(filters, size, len(pages) + 1)
            pages.append(page)
            is_after_last = len(pages) > 1 and len(self._contract.items(pages[-2])) < size
            if not self._contract.items(page):
                # A refusal ends a list only after a page that is not full: a server may refuse to go deep.
                is_end = self._contract.has_list(page) or (page.is_refusal and is_after_last)
                return Walk(filters, size, tuple(pages), is_complete=is_end)
            fresh = set(self._contract.identities(page)) - seen
            if not fresh:
                return Walk(filters, size, tuple(pages), is_complete=is_after_last)
            seen |= fresh
        return Walk(filters, size, tuple(pages))

    def sample(self, filters: Pairs, size: int, in_a_row: int = _PAGES_IN_A_ROW) -> Walk:
        """Read the first pages of a list, so many in a row, a middle one and the last one there is."""
        pages = {1: self.page(filters, size, 1)}
        identities = self._contract.identities

        def goes_on(number: int) -> bool:
            if number not in pages:
                pages[number] = self.page(filters, size, number)
            # Past the end a server may give the first page for ever, or the last one.
            known = {*identities(pages[1]), *identities(pages[last])}
            return not known.issuperset(identities(pages[number]))

        last, beyond = 1, 2
        while goes_on(beyond) and beyond < MAX_PAGE:
            last, beyond = beyond, beyond * 2
        while beyond - last > 1:
            middle = (last + beyond) // 2
            last, beyond = (middle, beyond) if goes_on(middle) else (last, middle)
        for number in (*range(3, min(in_a_row, last) + 1), max(last // 2, 1)):
            goes_on(number)
        return Walk(filters, size, tuple(pages[number] for number in sorted(pages)), in_a_row=in_a_row)

    def again(self, walk: Walk) -> Walk:
        """Read the same list again, in the same way."""
        if walk.in_a_row:
            return self.sample(walk.filters, walk.per_page, walk.in_a_row)
        return self.walk(walk.filters, walk.per_page, None if walk.is_complete else len(walk.pages))

    def page(self, filters: Pairs, size: int, number: int) -> Reading:
        """Read one page, counted from one."""
        pagination = self._contract.fragment.pagination
        assert pagination
        return self.ask((*filters, (pagination.per_page, str(size)), (pagination.page, str(number))))
