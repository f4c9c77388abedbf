"""Faults of the way in which the list is cut into pages."""

from collections.abc import Callable, Iterator

from contracts.clauses.ids import body_clause, filter_clause, pagination_clause, parameter_clause
from contracts.emulator.arguments import Arguments, Refusal, Texts
from contracts.emulator.faults.subject import Subject
from contracts.emulator.hooks import ArgumentsHook, Call, Fault, WindowHook
from contracts.emulator.store import Listing
from contracts.operation import Pagination

Window = Callable[[int, int, Listing], list[int]]
"""Gives the indexes on a page, from its number, its size and the list."""


def page_faults(subject: Subject) -> Iterator[Fault | None]:
    """Yield the faults of pages, none where the fragment has no list."""
    pagination = subject.fragment.pagination
    if pagination:
        yield from _sizes(subject, pagination)
        yield from _defaults(subject, pagination)
        yield from _losses(subject, pagination)
        yield from _places(subject, pagination)


def _sizes(subject: Subject, pagination: Pagination) -> Iterator[Fault | None]:
    name = pagination.per_page
    keywords = subject.fragment.parameter(name).node.keywords
    echoes = _echoes(subject, name)
    yield subject.fault(
        "pages/too-large",
        f"A page holds one item more than `{name}` asks for",
        (pagination_clause("page-size"), *_list_too_long(subject, pagination)),
        on_window=_paged(lambda page, size, listing: listing.window((page - 1) * (size + 1), size + 1)),
    )
    yield subject.fault(
        "pages/too-small",
        f"A page holds one item less than `{name}` asks for, and the next one goes on there",
        (pagination_clause("page-size"),),
        on_window=_paged(lambda page, size, listing: _cut(page, max(size - 1, 1), listing)),
    )
    if "default" in keywords:
        yield subject.fault(
            "pages/size-ignored",
            f"`{name}` is ignored",
            (pagination_clause("page-size"), *echoes),
            on_arguments=_valued(name, lambda size: keywords["default"]),
        )
    if "maximum" in keywords:
        most = keywords["maximum"] // 2
        yield subject.fault(
            "pages/cut",
            f"No page holds more than {most} items, and the next one goes on there",
            (pagination_clause("page-size"),),
            on_window=_paged(lambda page, size, listing: _cut(page, min(size, most), listing)),
        )
    if "maximum" in keywords and echoes:
        yield subject.fault(
            "pages/size-capped",
            f"A `{name}` above {most} is taken for {most}",
            (*echoes, pagination_clause("page-size")),
            on_arguments=_valued(name, lambda size: min(size, most)),
        )


def _defaults(subject: Subject, pagination: Pagination) -> Iterator[Fault | None]:
    page, size = subject.fragment.parameter(pagination.page), subject.fragment.parameter(pagination.per_page)
    ways = {
        f"default/next:query.{page.name}": (page, 1, ()),
        f"default/less:query.{size.name}": (size, -1, ()),
        f"default/more:query.{size.name}": (size, 1, (pagination_clause("page-size"),)),
    }
    for fault_id, (parameter, step, others) in ways.items():
        value = parameter.node.keywords.get("default")
        if value is not None:
            yield subject.fault(
                fault_id,
                f"Without `{parameter.name}` the answer is that of {value + step}",
                (parameter_clause(parameter, "default"), *_echoes(subject, parameter.name), *others),
                on_arguments=_valued(parameter.name, _always(value + step), is_absent=True),
            )


def _losses(subject: Subject, pagination: Pagination) -> Iterator[Fault | None]:
    """Lose items at places that depend on the size of the pages, and so to every list that is filtered."""
    ways: dict[str, tuple[str, Window]] = {
        "skips": (
            "Each page ends one item before the next begins",
            lambda page, size, listing: listing.window((page - 1) * size + (page > 1), size - (page > 1)),
        ),
        "remainder-dropped": (
            "A page that would not be full holds nothing",
            lambda page, size, listing: (
                listing.window((page - 1) * size, size) if page * size <= listing.count else []
            ),
        ),
        "last-item-lost": (
            "A page that is not full lacks its last item",
            lambda page, size, listing: (
                listing.window((page - 1) * size, size)
                if page * size <= listing.count
                else listing.window((page - 1) * size, size)[:-1]
            ),
        ),
        "from-zero": (
            "Pages are counted from nought, so that the first is never given",
            lambda page, size, listing: listing.window(page * size, size),
        ),
    }
    lost = (pagination_clause("complete"), *_lost(subject))
    # A page that lost its first item is not full, and others follow.
    others = {"skips": (pagination_clause("page-size"),)}
    for way, (summary, window) in ways.items():
        clauses = (*lost, *others.get(way, ()))
        yield subject.fault(f"pages/{way}", summary, clauses, on_window=_paged(window))
    yield subject.fault(
        "pages/repeats",
        "Each page after the first has the last item of the page before in place of its own first",
        (pagination_clause("no-repeats"), *lost),
        on_window=_paged(_repeating),
    )


def _places(subject: Subject, pagination: Pagination) -> Iterator[Fault | None]:
    yield subject.fault(
        "pages/overlap",
        "Each page begins with the last item of the page before, and nothing is lost",
        (pagination_clause("no-repeats"),),
        on_window=_paged(lambda page, size, listing: listing.window((page - 1) * max(size - 1, 1), size)),
    )
    yield subject.fault(
        "pages/number-ignored",
        f"`{pagination.page}` is ignored: every page is the first",
        (pagination_clause("no-repeats"), pagination_clause("past-the-end")),
        on_window=_paged(lambda page, size, listing: listing.window(0, size)),
    )
    yield subject.fault(
        "pages/reversed",
        "Each page has its items in the opposite order",
        (pagination_clause("same-order"),),
        on_window=_paged(lambda page, size, listing: listing.window((page - 1) * size, size)[::-1]),
    )
    most = subject.fragment.parameter(pagination.per_page).node.keywords.get("maximum")
    for way, start in {
        "first": lambda count, size: 0,
        "last": lambda count, size: (count - 1) // size * size,
    }.items():
        yield subject.fault(
            f"pages/at-the-end-{way}",
            f"Past the end, the {way} page comes again",
            # Who reads until nothing comes meets its items twice.
            (pagination_clause("past-the-end"), pagination_clause("no-repeats")),
            on_window=_again(start),
        )
        # Only where pages are largest: where one item stands on each, the end is searched for, and found to
        # repeat the first.
        yield subject.fault(
            f"pages/past-the-end-{way}",
            f"Far past the end, the {way} of the largest pages comes again",
            (pagination_clause("past-the-end"),),
            on_window=_far(most, start),
        )


def _cut(page: int, size: int, listing: Listing) -> list[int]:
    return listing.window((page - 1) * size, size)


def _repeating(page: int, size: int, listing: Listing) -> list[int]:
    indexes = listing.window((page - 1) * size, size)
    return [listing[(page - 1) * size - 1], *indexes[1:]] if page > 1 and indexes else indexes


def _again(start: Callable[[int, int], int]) -> WindowHook:
    def change(call: Call, listing: Listing, indexes: list[int]) -> list[int]:
        if indexes or not listing.count:
            return indexes
        return listing.window(start(listing.count, call.per_page), call.per_page)

    return change


def _far(most: int | None, start: Callable[[int, int], int]) -> WindowHook:
    def change(call: Call, listing: Listing, indexes: list[int]) -> list[int]:
        is_far = (call.page - 2) * call.per_page >= listing.count
        if not is_far or most not in (None, call.per_page):
            return indexes
        return listing.window(start(listing.count, call.per_page), call.per_page)

    return change


def _paged(window: Window) -> WindowHook:
    return lambda call, listing, indexes: window(call.page, call.per_page, listing)


def _valued(name: str, value: Callable[[int], int], *, is_absent: bool = False) -> ArgumentsHook:
    """Take another value for a number, perhaps only where it is left out; what is refused stays so."""

    def change(call: Call, texts: Texts, judged: Arguments | Refusal) -> Arguments | Refusal:
        if isinstance(judged, Refusal) or (is_absent and name in call.texts):
            return judged
        return {**judged, name: value(int(judged[name]))} if name in judged else judged

    return change


def _always(value: int) -> Callable[[int], int]:
    return lambda _: value


def _echoes(subject: Subject, name: str) -> tuple[str, ...]:
    """Name the clauses on members that repeat a parameter: they say what was really done."""
    return tuple(
        clause.id
        for clause, _, node in subject.of_bodies()
        if clause.keyword == "x-echoes" and node.keywords["x-echoes"] == name
    )


def _lost(subject: Subject) -> list[str]:
    return [filter_clause(parameter, "all-matching") for parameter in subject.filters]


def _list_too_long(subject: Subject, pagination: Pagination) -> list[str]:
    """Name the clause on the length of the list, where the largest page already has that length."""
    most = subject.fragment.parameter(pagination.per_page).node.keywords.get("maximum")
    node = subject.success.body and subject.success.body.at(pagination.items[:-1])
    if not node or most is None or node.keywords.get("maxItems", most + 1) > most:
        return []
    return [body_clause(subject.success.status, node.location, "maxItems")]
