"""A walk: the pages of one list, read one after the other."""

from dataclasses import dataclass
from typing import Any

from contracts.contract import Contract, Reading
from contracts.location import find


@dataclass(frozen=True, slots=True)
class Walk:
    """Pages of the list that `filters` select, `per_page` items each, in the order they were read.

    `first` is the number of the first page read; the others follow it. `is_complete` says that page one
    was read, and every page up to one that held less than a full page.
    """

    filters: tuple[tuple[str, str], ...]
    per_page: int
    pages: tuple[Reading, ...]
    first: int = 1
    is_complete: bool = False

    def items(self, contract: Contract) -> list[tuple[Any, Any]]:
        """Give (identity, item) for each item read, in order."""
        pagination = contract.fragment.pagination
        assert pagination
        return [
            (identity, item)
            for page in self.pages
            for item in contract.items(page)
            for _, identity in find(item, pagination.identity)
            if isinstance(identity, str | int)
        ]

    def identities(self, contract: Contract) -> list[Any]:
        """Give the identity of each item read, in order."""
        return [identity for identity, _ in self.items(contract)]
