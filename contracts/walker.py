"""Reads lists page by page, whole or in part, without ever going on for ever."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from contracts.checks.walks import Walk
from contracts.contract import Contract, Reading
from contracts.plan import Pairs

PAGES_IN_A_ROW = 3
MAX_PAGE = 2**40
"""Where the search for the last page of a list gives up."""


class Walker:
    """Reads lists with `ask`, which sends a query; a walk to the end of one reads at most `limit` pages."""

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

    def sample(
        self, filters: Pairs, size: int, in_a_row: int = PAGES_IN_A_ROW, count: int | None = None
    ) -> Walk:
        """Read the first pages of a list, so many in a row, a middle one and the last one there is; the last
        one is searched for unless it is known how many items there are."""
        pages = {1: self.page(filters, size, 1)}
        last = self._search(filters, size, pages) if count is None else max(-(-count // size), 1)
        for number in (*range(2, min(in_a_row, last) + 1), max(last // 2, 1), last):
            if number not in pages:
                pages[number] = self.page(filters, size, number)
        return Walk(filters, size, tuple(pages[number] for number in sorted(pages)))

    def _search(self, filters: Pairs, size: int, pages: dict[int, Reading]) -> int:
        """Find the last page of a list, of which the first is known; note each `page` that is read."""
        identities = self._contract.identities

        def goes_on(number: int) -> bool:
            page = pages[number] = self.page(filters, size, number)
            # Past the end a server may give the first page for ever, or the last one.
            return not {*identities(pages[1]), *identities(pages[last])}.issuperset(identities(page))

        last, beyond = 1, 2
        while goes_on(beyond) and beyond < MAX_PAGE:
            last, beyond = beyond, beyond * 2
        while beyond - last > 1:
            middle = (last + beyond) // 2
            last, beyond = (middle, beyond) if goes_on(middle) else (last, middle)
        return last

    def again(self, walk: Walk) -> Walk:
        """Read the same list again, to its end if it was, else the same pages in the same order."""
        if walk.is_complete:
            return self.walk(walk.filters, walk.per_page)
        in_order = sorted(walk.pages, key=lambda page: page.exchange.offset)
        fresh = {page.exchange.offset: self.ask(page.exchange.request.query) for page in in_order}
        return replace(walk, pages=tuple(fresh[page.exchange.offset] for page in walk.pages))

    def page(self, filters: Pairs, size: int, number: int) -> Reading:
        """Read one page, counted from one."""
        pagination = self._contract.fragment.pagination
        assert pagination
        return self.ask((*filters, (pagination.per_page, str(size)), (pagination.page, str(number))))
