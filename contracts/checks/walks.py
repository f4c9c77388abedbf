"""A walk: the pages of one list, read one after the other."""

from dataclasses import dataclass, field
from typing import Any

from contracts.contract import Contract, Reading


@dataclass(frozen=True, slots=True)
class Walk:
    """Pages of the list that `filters` select, `per_page` items each, in the order they were read.

    `is_complete` says that every page was read, from the first to one that held nothing. Of a sample, which
    is never complete, `in_a_row` says with how many pages from the first on it begins.
    """

    filters: tuple[tuple[str, str], ...]
    per_page: int
    pages: tuple[Reading, ...]
    is_complete: bool = False
    in_a_row: int = 0
    # Looked up once: a whole list is laid beside each of its filtered ones.
    _items: list[tuple[Any, Any]] = field(default_factory=list, init=False, repr=False, compare=False)

    def items(self, contract: Contract) -> list[tuple[Any, Any]]:
        """Give (item, identity) for each item read, in order."""
        if not self._items:
            self._items.extend(pair for page in self.pages for pair in contract.identified(page))
        return self._items

    def identities(self, contract: Contract) -> list[Any]:
        """Give the identity of each item read, in order."""
        return [identity for _, identity in self.items(contract)]
