"""A walk: the pages of one list that were read."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contracts.clauses.wording import code
from contracts.contract import Contract, Reading
from contracts.location import Location, owned_values

Matching = Mapping[str, Mapping[int, Any]]
Filters = tuple[tuple[str, str], ...]

NOT_SEEN = "did not come, on this page or another"
"""Said of an item beside the page that should hold it."""


def wire(value: Any) -> str:
    """Write a JSON value the way it is asked for in a query."""
    return value if isinstance(value, str) else code(value)


@dataclass(frozen=True, slots=True)
class Walk:
    """Pages of the list that `filters` select, `per_page` items each, in the order of the list, which may not
    be that in which they were read.

    `is_complete` says that every page was read, from the first to one that held nothing new.
    """

    filters: Filters
    per_page: int
    pages: tuple[Reading, ...]
    is_complete: bool = False
    # Looked up once: a whole list is laid beside each of its filtered ones.
    _items: list[tuple[Any, Any]] = field(default_factory=list, init=False, repr=False, compare=False)
    _matching: dict[Location, Matching] = field(default_factory=dict, init=False, repr=False, compare=False)
    _places: dict[Any, int] = field(default_factory=dict, init=False, repr=False, compare=False)

    def items(self, contract: Contract) -> list[tuple[Any, Any]]:
        """Give (item, identity) for each item read, in order."""
        if not self._items:
            self._items.extend(pair for page in self.pages for pair in contract.identified(page))
        return self._items

    def matching(self, contract: Contract, member: Location) -> Matching:
        """Give the identities of the items by the values of a `member`, as these stand in a query, and by the
        ids of the items' objects, in order."""
        if member not in self._matching:
            found: defaultdict[str, dict[int, Any]] = defaultdict(dict)
            identities = {id(item): identity for item, identity in self.items(contract)}
            for item, value in owned_values((item for item, _ in self.items(contract)), member):
                found[wire(value)][id(item)] = identities[id(item)]
            self._matching[member] = found
        return self._matching[member]

    def selected(self, filters: Filters, contract: Contract) -> list[Any]:
        """Give the identity of each item read that has the values which `filters` ask for, in order."""
        parameters = [(contract.fragment.parameter(name), text) for name, text in filters]
        matching = [
            self.matching(contract, parameter.filter.member).get(text, {})
            for parameter, text in parameters
            if parameter.filter
        ]
        if not matching:
            return self.identities(contract)
        fewest, *others = sorted(matching, key=len)
        return [identity for item, identity in fewest.items() if all(item in other for other in others)]

    def places(self, contract: Contract) -> Mapping[Any, int]:
        """Give, by the identity of each item read, the place among the pages of the first that holds it."""
        if not self._places:
            for number, page in enumerate(self.pages):
                for identity in contract.identities(page):
                    self._places.setdefault(identity, number)
        return self._places

    def page_of(self, identity: Any, contract: Contract) -> Reading:
        """Give the first page that holds an item which was read."""
        return self.pages[self.places(contract)[identity]]

    def page_for(self, identity: Any, order: Sequence[Any], contract: Contract) -> Reading:
        """Give the page where an item that was not read should be: with the nearest before it in `order`."""
        places, before = self.places(contract), order[: order.index(identity)]
        return self.pages[next((places[one] for one in reversed(before) if one in places), 0)]

    def row(self, contract: Contract) -> list[Any]:
        """Give the identity of each item of the pages that were read in their order. Of a sample that leaves
        out those that were read before others which precede them: what moves meanwhile changes places."""
        row: list[Any] = []
        latest = -1
        for page in self.pages:
            if page.exchange.offset > latest:
                latest = page.exchange.offset
                row.extend(contract.identities(page))
        return row

    def identities(self, contract: Contract) -> list[Any]:
        """Give the identity of each item read, in order."""
        return [identity for _, identity in self.items(contract)]
