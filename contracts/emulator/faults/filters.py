"""Faults of the parameters that filter."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from contracts.clauses.ids import filter_clause, pagination_clause
from contracts.emulator.altering import altered
from contracts.emulator.faults.subject import Subject
from contracts.emulator.hooks import Call, Fault, ItemHook, ListingHook, Place
from contracts.emulator.store import Listing, Store
from contracts.location import Location, show
from contracts.operation import Parameter

_ONE_IN = 40

Offsets = Callable[[Store, Mapping[Location, str]], Sequence[int]]


def filter_faults(subject: Subject) -> Iterator[Fault | None]:
    """Yield the faults of each filter, then those of several together."""
    for parameter in subject.filters:
        yield from _alone(subject, parameter)
        yield _mislabelled(subject, parameter)
    if len(subject.filters) > 1:
        yield from _together(subject)


def _alone(subject: Subject, parameter: Parameter) -> Iterator[Fault | None]:
    assert parameter.filter
    name, member = parameter.name, parameter.filter.member
    only, every = filter_clause(parameter, "only-matching"), filter_clause(parameter, "all-matching")

    def without(chosen: Mapping[Location, str]) -> Mapping[Location, str]:
        return {one: text for one, text in chosen.items() if one != member}

    def leaky(store: Store, chosen: Mapping[Location, str]) -> list[int]:
        leaked = [offset for offset in store.offsets(without(chosen)) if offset % _ONE_IN == 0]
        return sorted({*store.offsets(chosen), *leaked})

    yield subject.fault(
        f"filter/ignored:query.{name}",
        f"`{name}` is ignored",
        (only,),
        on_listing=_cut(member, lambda store, chosen: store.offsets(without(chosen))),
    )
    yield subject.fault(
        f"filter/leaks:query.{name}",
        f"Asked for a `{name}`, one item in {_ONE_IN} comes that has another",
        (only,),
        on_listing=_cut(member, leaky),
    )
    yield subject.fault(
        f"filter/first-page-only:query.{name}",
        f"`{name}` is ignored after the first page",
        # What the first page held stands again where it would stand without the filter.
        (only, pagination_clause("no-repeats")),
        on_listing=_after_the_first(_cut(member, lambda store, chosen: store.offsets(without(chosen)))),
    )
    yield subject.fault(
        f"filter/drops:query.{name}",
        f"Asked for a `{name}` alone, one matching item in every round of the pattern is missing",
        (every,),
        on_listing=_cut(member, lambda store, chosen: store.offsets(chosen)[1:], is_alone=True),
    )
    yield subject.fault(
        f"filter/nothing:query.{name}",
        f"Asked for a `{name}` alone, nothing comes",
        (every,),
        on_listing=_cut(member, lambda store, chosen: (), is_alone=True),
    )


def _mislabelled(subject: Subject, parameter: Parameter) -> Fault | None:
    """Say of a matching item that it has another value, which no item is lost by."""
    assert parameter.filter
    member, node = parameter.filter.member, subject.member(parameter)
    values = node.keywords.get("enum", ())
    # A member that must equal another cannot change alone.
    if len(values) < 2 or "x-equals" in node.keywords:
        return None
    other = dict(zip(values, (*values[1:], values[0]), strict=True))
    return subject.fault(
        f"filter/mislabels:query.{parameter.name}",
        f"Asked for a `{parameter.name}`, what comes has another `{show(member)}`",
        (filter_clause(parameter, "only-matching"),),
        on_item=_when_asked(subject, parameter.name, member, lambda value: other.get(value, value)),
    )


def _when_asked(subject: Subject, name: str, member: Location, change: Callable[[Any], Any]) -> ItemHook:
    pagination, body = subject.fragment.pagination, subject.success.body
    assert pagination
    assert body
    root = body.at(pagination.items)
    assert root

    def alter(call: Call, place: Place, item: Any) -> Any:
        return altered(root, member, item, change) if name in call.arguments else item

    return alter


def _together(subject: Subject) -> Iterator[Fault | None]:
    names = [parameter.name for parameter in subject.filters]
    ids = "+".join(names)

    def any_of(store: Store, chosen: Mapping[Location, str]) -> list[int]:
        return sorted({offset for one in chosen.items() for offset in store.offsets(dict([one]))})

    yield subject.fault(
        f"filter/or:query.{ids}",
        "Asked for with several filters, what matches one of them comes",
        tuple(filter_clause(parameter, "only-matching") for parameter in subject.filters),
        on_listing=_when_several(any_of),
    )
    yield subject.fault(
        f"filter/nothing-together:query.{ids}",
        "Asked for with several filters, nothing comes",
        tuple(filter_clause(parameter, "all-matching") for parameter in subject.filters),
        on_listing=_when_several(lambda store, chosen: ()),
    )
    for first, second in zip(subject.filters, (*subject.filters[1:], subject.filters[0]), strict=True):
        assert first.filter
        member = first.filter.member
        yield subject.fault(
            f"filter/ignored-together:query.{first.name}",
            f"`{first.name}` is ignored where `{second.name}` is asked for too",
            (filter_clause(first, "only-matching"),),
            on_listing=_when_several(_leaving_out(member)),
        )


def _leaving_out(member: Location) -> Offsets:
    return lambda store, chosen: store.offsets({at: text for at, text in chosen.items() if at != member})


def _cut(member: Location, offsets: Offsets, *, is_alone: bool = False) -> ListingHook:
    """Cut the list from other offsets where the member is asked for, perhaps only where no other is."""

    def cut(call: Call, chosen: Mapping[Location, str], store: Store, listing: Listing) -> Listing:
        is_asked = member in chosen and (len(chosen) == 1 or not is_alone)
        return store.at(offsets(store, chosen)) if is_asked else listing

    return cut


def _when_several(offsets: Offsets) -> ListingHook:
    def cut(call: Call, chosen: Mapping[Location, str], store: Store, listing: Listing) -> Listing:
        return store.at(offsets(store, chosen)) if len(chosen) > 1 else listing

    return cut


def _after_the_first(hook: ListingHook) -> ListingHook:
    def cut(call: Call, chosen: Mapping[Location, str], store: Store, listing: Listing) -> Listing:
        return hook(call, chosen, store, listing) if call.page > 1 else listing

    return cut
