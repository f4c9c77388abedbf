"""Variants of the account: how many items it has, in which order, and how they change while they are read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contracts.emulator.altering import altered
from contracts.emulator.hooks import Call, Place
from contracts.emulator.store import Listing, Store
from contracts.emulator.variants.model import Variant
from contracts.fragment import Fragment
from contracts.location import Location
from contracts.schema import Node

_FEW, _MANY = 3, 12_000
_ONE_IN = {"arriving": 5, "finishing": 7, "vanishing": 11}
"""After how many requests the account changes once more."""
_MOST_CHANGES = 200
"""So often an account changes, and then rests: a page must stay cheap however long a server runs."""
_STRIDE = 37
"""How far apart in the list the items are that change or vanish, one after the other."""


def account_variants(fragment: Fragment) -> Iterator[Variant]:
    """Yield the variants of accounts that rest, then those of accounts that change."""
    if not fragment.pagination:
        return
    yield Variant(id="empty-account", summary="The account has no items", jobs=0)
    yield Variant(id="small-account", summary=f"The account has {_FEW} items", jobs=_FEW)
    yield Variant(id="one-kind", summary="All items have the same filtered values", has_one_kind=True)
    yield Variant(id="large-account", summary=f"The account has {_MANY} items", jobs=_MANY)
    yield Variant(
        id="oldest-first",
        summary="The oldest items come first",
        on_listing=lambda call, chosen, store, listing: Backwards(listing),
    )
    yield from _changing(fragment)


def _changing(fragment: Fragment) -> Iterator[Variant]:
    ways = {
        "arriving": ("New items arrive", {"arriving"}),
        "finishing": ("Items change to the next of the filtered values", {"finishing"}),
        "vanishing": ("Items vanish", {"vanishing"}),
        "changing": ("Items arrive, change and vanish", {"arriving", "finishing", "vanishing"}),
    }
    members = [parameter.filter.member for parameter in fragment.query if parameter.filter]
    for name, (told, kinds) in ways.items():
        changes = Changes(kinds, *_movable(fragment, members))
        yield Variant(
            id=name,
            summary=f"{told} while the list is read",
            on_listing=changes.listing,
            on_item=changes.item,
        )


def _movable(fragment: Fragment, members: Sequence[Location]) -> tuple[Node | None, Location, Sequence[str]]:
    """Give the schema of items, and the last filtered member that can change alone, with its values."""
    pagination, body = fragment.pagination, fragment.success.body
    root = body.at(pagination.items) if pagination and body else None
    for member in reversed(members) if root else ():
        assert root
        node = root.at(member)
        if node and "enum" in node.keywords and "x-equals" not in node.keywords:
            return root, member, node.keywords["enum"]
    return root, (), ()


class Backwards(Listing):
    """Another listing from its end."""

    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        self.count = listing.count

    def __getitem__(self, number: int) -> int:
        return self._listing[self.count - 1 - number]

    def window(self, first: int, size: int) -> list[int]:
        """Give the indexes of up to `size` items from the place `first` on."""
        stop = max(self.count - first, 0)
        start = max(stop - size, 0)
        return self._listing.window(start, stop - start)[::-1]


class Changed(Listing):
    """Another listing without the indexes `gone`, which it has, and with those `added`, both in order."""

    def __init__(self, listing: Listing, gone: Sequence[int], added: Sequence[int]) -> None:
        self._listing = listing
        self._added = added
        self._gaps = [listing.rank(index) for index in gone]
        self._stays = listing.count - len(gone)
        self.count = self._stays + len(added)

    def __getitem__(self, number: int) -> int:
        return self.window(number, 1)[0]

    def window(self, first: int, size: int) -> list[int]:
        """Give the indexes of up to `size` items from the place `first` on."""
        # No more of the added ones can stand before the first than there are.
        start = max(first - len(self._added), 0)
        stay = [self._staying(rank) for rank in range(start, min(first + size, self._stays))]
        return sorted([*stay, *self._added])[first - start : first - start + size]

    def _staying(self, rank: int) -> int:
        for gap in self._gaps:
            if gap > rank:
                break
            rank += 1
        return self._listing[rank]


class Changes:
    """What becomes of an account: after how many requests it has which items, and what these are then.

    New items come before all others, with the indexes -1, -2 and so on. Those that finish or vanish stand
    far apart from each other. What finishes has the next of the `values` of its `member`.
    """

    def __init__(self, kinds: set[str], root: Node | None, member: Location, values: Sequence[str]) -> None:
        self._kinds = kinds
        self._root = root
        self._member = member
        self._next = dict(zip(values, (*values[1:], *values[:1]), strict=True))

    def listing(self, call: Call, chosen: Mapping[Location, str], store: Store, listing: Listing) -> Listing:
        """Give the list as it is when the request comes."""
        arrived = self._times("arriving", call.number)
        base = Listing(store.period, store.offsets(chosen), store.count, -arrived)
        gone = {index for index in self._vanished(call.number) if store.has(index, chosen)}
        added: set[int] = set()
        for index in self._finished(call.number):
            was, is_now = store.has(index, chosen), self._has_now(store, index, chosen)
            if was != is_now:
                (gone if was else added).add(index)
        return Changed(
            base,
            sorted(index for index in gone if index < store.count),
            sorted(index for index in added if index < store.count),
        )

    def item(self, call: Call, place: Place, item: Any) -> Any:
        """Give an item as it is when the request comes."""
        if place.index not in self._finished(call.number):
            return item
        assert self._root
        return altered(self._root, self._member, item, lambda value: self._next[value])

    def _has_now(self, store: Store, index: int, chosen: Mapping[Location, str]) -> bool:
        others = {member: text for member, text in chosen.items() if member != self._member}
        value = self._next[store.value(self._member, index)]
        return store.has(index, others) and chosen.get(self._member, value) == value

    def _times(self, kind: str, number: int) -> int:
        return min(number // _ONE_IN[kind], _MOST_CHANGES) if kind in self._kinds else 0

    def _vanished(self, number: int) -> range:
        return range(0, self._times("vanishing", number) * _STRIDE, _STRIDE)

    def _finished(self, number: int) -> range:
        times = self._times("finishing", number) if self._member else 0
        return range(_STRIDE // 2, _STRIDE // 2 + times * _STRIDE, _STRIDE)
