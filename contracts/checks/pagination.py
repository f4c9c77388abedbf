"""Pages: what one holds, and what all of them hold together (`x-pagination`)."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from contracts import parameters
from contracts.checks.walks import NOT_SEEN, Walk
from contracts.clauses.ids import pagination_clause
from contracts.contract import Contract, Reading
from contracts.ledger import Finding, Observation
from contracts.parameters import Standing
from contracts.words import counted


def page_size_is_kept(reading: Reading, contract: Contract) -> Iterator[Observation]:
    """Break `page-size` where a page holds more items than were asked for.

    A page that is not full tells nothing by itself: there may be no more items.
    """
    pagination = contract.fragment.pagination
    if not pagination or not reading.is_success:
        return
    parameter = contract.fragment.parameter(pagination.per_page)
    texts = reading.exchange.request.texts(parameter.name)
    if parameters.assess(parameter, texts).standing is not Standing.ALLOWED:
        return
    size = int(texts[0]) if texts else parameters.default(parameter)
    count = len(contract.items(reading))
    if size is not None and count >= size:
        at_most, came = f"at most {counted(size, 'item')}", counted(count, "item")
        findings = () if count == size else (Finding("", at_most, came),)
        yield Observation(pagination_clause("page-size"), 1, len(findings), findings=findings)


def pages_are_full(walk: Walk, contract: Contract) -> Iterator[Observation]:
    """Break `page-size` for each page that holds fewer items than were asked for although more follow.

    Only what is new, and what the filters ask for, follows a page: the rest does not show that the list goes
    on. Full pages are counted one by one.
    """
    not_full = [
        (number, page)
        for number, page in enumerate(walk.pages[:-1])
        if contract.has_list(page) and len(contract.items(page)) < walk.per_page
    ]
    if not not_full:
        return
    first_places = walk.places(contract)
    places = {first_places[one]: one for one in walk.selected(walk.filters, contract)}
    last = max(places, default=0)
    short = [(number, page) for number, page in not_full if number < last]
    if not short:
        return
    number, page = short[0]
    after = min(place for place in places if place > number)
    more, request = contract.shown_identity(places[after]), walk.pages[after].exchange.request.line
    expected = f"{counted(walk.per_page, 'item')}, for more follow: {more} came with {request}"
    findings = (Finding("", expected, counted(len(contract.items(page)), "item")),)
    count = len(short)
    yield Observation(pagination_clause("page-size"), count, count, findings=findings, shown_by=page.exchange)


def no_item_comes_twice(walk: Walk, contract: Contract) -> Iterator[Observation]:
    """Break `no-repeats` for each item that a walk meets again; one page alone shows nothing kept."""
    seen: dict[Any, int] = {}
    repeated: list[tuple[Any, int, int]] = []
    for number, page in enumerate(walk.pages):
        for identity in contract.identities(page):
            if identity in seen:
                repeated.append((identity, seen[identity], number))
            seen.setdefault(identity, number)
    if not repeated and len([page for page in walk.pages if contract.items(page)]) < 2:
        return
    clause, count = pagination_clause("no-repeats"), len(walk.identities(contract))
    if not repeated:
        yield Observation(clause, count)
        return
    identity, before, again = repeated[0]
    first_line = walk.pages[before].exchange.request.line
    first = contract.shown_identity(identity)
    actual = f"{len(repeated)} of {count} again, first {first}, which came with {first_line} too"
    findings = (Finding("", "no item twice", actual),)
    exchange = walk.pages[again].exchange
    yield Observation(clause, count, len(repeated), findings=findings, shown_by=exchange)


def pages_hold_the_whole_list(left: Walk, right: Walk, contract: Contract) -> Iterator[Observation]:
    """Break `complete` where two walks to the end, with pages of different sizes, hold different items."""
    if not (left.is_complete and right.is_complete) or left.per_page == right.per_page:
        return
    here, there = set(left.identities(contract)), set(right.identities(contract))
    if len(here) <= min(left.per_page, right.per_page) and here == there:
        return
    clause, count, missing = pagination_clause("complete"), len(here | there), len(here ^ there)
    if not missing:
        yield Observation(clause, count)
        return
    holds, lacks = (left, right) if here - there else (right, left)
    order = holds.identities(contract)
    identity = next(one for one in order if one not in lacks.places(contract))
    which, request = (
        contract.shown_identity(identity),
        holds.page_of(identity, contract).exchange.request.line,
    )
    only = f"{counted(missing, 'item is', 'items are')} in one of the lists only"
    expected = f"the same items at {left.per_page} and at {right.per_page} a page"
    actual = f"{only}: {which} {NOT_SEEN}, but with {request}"
    findings = (Finding("", expected, actual),)
    exchange = lacks.page_for(identity, order, contract).exchange
    yield Observation(clause, count, missing, findings=findings, shown_by=exchange)


def order_does_not_depend_on_size(left: Walk, right: Walk, contract: Contract) -> Iterator[Observation]:
    """Break `same-order` where the items that two walks share come in a different order."""
    shared = set(left.identities(contract)) & set(right.identities(contract))
    if len(shared) < 2 or left.per_page == right.per_page:
        return
    here, there = (
        list(dict.fromkeys(one for one in side.identities(contract) if one in shared))
        for side in (left, right)
    )
    wrong = sum(one != other for one, other in zip(here, there, strict=True))
    if not wrong:
        yield Observation(pagination_clause("same-order"), len(shared))
        return
    one, other = _exchanged(left, right, here, there, contract)
    this, that = contract.shown_identity(one), contract.shown_identity(other)
    before, shown = left.page_of(one, contract), right.page_of(other, contract)
    told = f"the same order at {left.per_page} and at {right.per_page} a page"
    also = _also(before, left.page_of(other, contract), " and ", contract)
    expected = f"{told}: {this} before {that}, as with {before.exchange.request.line}{also}"
    also = _also(shown, right.page_of(one, contract), ", which came with ", contract)
    actual = f"{counted(wrong, 'item stands', 'items stand')} elsewhere: {that} before {this}{also}"
    findings = (Finding("", expected, actual),)
    count, exchange = len(shared), shown.exchange
    yield Observation(pagination_clause("same-order"), count, wrong, findings=findings, shown_by=exchange)


def _exchanged(
    left: Walk, right: Walk, here: Sequence[Any], there: Sequence[Any], contract: Contract
) -> tuple[Any, Any]:
    """Give two items that follow each other in the one order, and stand the other way round in the other.

    There are some where two orders of the same items differ; those come first that the fewest pages show.
    """
    ranks = {identity: rank for rank, identity in enumerate(there)}
    pairs = [(one, other) for one, other in pairwise(here) if ranks[one] > ranks[other]]
    places = left.places(contract), right.places(contract)
    return min(pairs, key=lambda pair: sum(of[pair[0]] != of[pair[1]] for of in places))


def _also(page: Reading, other: Reading, words: str, contract: Contract) -> str:
    """Name a page beside another of the same walk, if it is not that one."""
    pagination = contract.fragment.pagination
    assert pagination
    if other is page:
        return ""
    return f"{words}{pagination.page}={other.exchange.request.texts(pagination.page)[0]}"


def nothing_comes_after_the_end(walk: Walk, contract: Contract) -> Iterator[Observation]:
    """Break `past-the-end` where a walk read the whole list and its last page holds items all the same.

    That it holds none shows nothing by itself: it is how the end is known.
    """
    if walk.is_complete and contract.items(walk.pages[-1]):
        yield from _of_the_end(walk, walk.pages[-1], contract)


def nothing_comes_past_the_end(walk: Walk, past: Reading, contract: Contract) -> Iterator[Observation]:
    """Break `past-the-end` where a page known to lie past the end of what a walk read holds items.

    Of a list that holds nothing, any page could come in place of one past the end.
    """
    if walk.items(contract) and (contract.has_list(past) or past.is_refusal):
        yield from _of_the_end(walk, past, contract)


def _of_the_end(walk: Walk, past: Reading, contract: Contract) -> Iterator[Observation]:
    came = _came(walk, past, contract)
    findings = (Finding("", "no items, or a refusal with a 4XX", came),) if came else ()
    yield Observation(pagination_clause("past-the-end"), 1, len(findings), findings=findings)


def _came(walk: Walk, past: Reading, contract: Contract) -> str:
    """Tell what a page past the end holds, and which page of the list held it before; empty if nothing."""
    count, identities = len(contract.items(past)), contract.identities(past)
    if not identities:
        return counted(count, "item") if count else ""
    told = f"{counted(count, 'item')}, first {contract.shown_identity(identities[0])}"
    before = next((page for page in walk.pages if identities[0] in contract.identities(page)), past)
    if before is past:
        return told
    request, is_same = before.exchange.request.line, contract.identities(before) == identities
    return f"{told}, just as with {request}" if is_same else f"{told}, which came with {request} too"
