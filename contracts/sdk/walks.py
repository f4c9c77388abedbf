"""Asks a release to read whole lists: of no item, one, pages that are just full, many, and of servers that go
about the end of a list in their own way."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from json import loads
from typing import Any
from urllib.parse import quote

from contracts import parameters
from contracts.location import owned_values, values
from contracts.operation import Pagination
from contracts.sdk.bench import Attempt, Bench, Call
from contracts.sdk.findings import Check, Finding, Outcome, Question, Severity
from contracts.sdk.notes import Notes
from contracts.sdk.plurals import counted

_PAGES, _MANY_PAGES, _FEW_MORE = 2, 40, 3
_MOST_PAGES = 12
"""After so many pages of a list that never ends, the customer has seen enough."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A list to read: `count` items in an emulator with these options. One that is `bounded` never ends by
    itself, since the server breaks the contract; one that `moves` changes while it is read."""

    what: str
    title: str
    count: int
    options: tuple[str, ...] = ()
    bounded: bool = False
    moves: bool = False


def walks(bench: Bench) -> tuple[list[Check], list[Finding]]:
    """Give which items a release returns of whole lists, and how many requests that takes.

    Raises:
        CouldNotTest: the driver or an emulator fails.
    """
    notes = Notes(Question.WALKS, bench)
    pagination = bench.fragment.pagination
    if pagination:
        size = parameters.default(bench.fragment.parameter(pagination.per_page)) or 1
        for walk in _walks(size):
            _ask(bench, notes, pagination, walk, size)
    return notes.checks, notes.findings


def _walks(size: int) -> Sequence[Walk]:
    full, many = size * _PAGES, size * _MANY_PAGES + _FEW_MORE
    ignoring, refused = ("--fault", "pages/number-ignored"), ("--variant", "no-page-past-the-end")
    return (
        Walk("none", "no item", 0),
        Walk("one", "one item", 1),
        Walk("full-pages", f"{full} items, just {_PAGES} pages", full),
        Walk("many", f"{many} items, {_MANY_PAGES + 1} pages", many),
        Walk("refused-end", f"{full} items, and a 404 for the page past the end", full, refused),
        Walk("page-ignored", "a server that ignores the page", full, ignoring, bounded=True),
        Walk("arriving", f"{many} items, and more arriving", many, ("--variant", "arriving"), moves=True),
    )


def _ask(bench: Bench, notes: Notes, pagination: Pagination, walk: Walk, size: int) -> None:
    options = ("--jobs", str(walk.count), *walk.options)
    address = bench.emulators.fresh(options) if walk.moves else bench.emulators.address(options)
    # What moves is listed first, so that it is known what was there from the beginning to the end.
    wanted = _listed(bench, pagination, address, walk.count)
    limit = size * _MOST_PAGES if walk.bounded else walk.count * 2 + 1
    attempt = bench.call(Call(address=address, walk_limit=limit))
    note_walk(notes, walk, attempt, wanted, limit)


def note_walk(notes: Notes, walk: Walk, attempt: Attempt, wanted: Sequence[Any], limit: int) -> None:
    """Note what came of reading a list: `wanted` are the identities of its items, `limit` is how many of them
    were read at most."""
    returned = Counter(attempt.identities)
    lost = sum((Counter(wanted) - returned).values())
    twice = sum(count - 1 for count in returned.values() if count > 1)
    requests = counted(len(attempt.requests), "request")
    told = f"{counted(len(attempt.identities), 'item')}, {lost} lost, {twice} twice, {requests}"
    detail = f"{told}, {attempt.told}" if attempt.raised else told
    findings = _findings(notes, walk, attempt, lost, twice, detail)
    is_fact = (walk.bounded or (walk.moves and twice)) and not findings
    outcome = Outcome.DIFFERS if findings else Outcome.FACT if is_fact else Outcome.AS_PROMISED
    if walk.bounded:
        detail = f"does not notice: went on for {requests}"
        detail = detail if len(attempt.identities) == limit else told
    notes.check(walk.what, walk.title, outcome, detail, findings)


def _findings(
    notes: Notes, walk: Walk, attempt: Attempt, lost: int, twice: int, detail: str
) -> list[Finding]:
    """Give what a customer should know: of a list that moves only what is lost can be laid to the SDK."""
    made = []
    if attempt.raised and walk.what == "refused-end" and not lost:
        sentence = "reading to the end raises where the server refuses the page past it with a 4XX"
        made.append(("raises", Severity.BREAKS, sentence, "the items, and no error"))
    elif attempt.raised:
        made.append(("raises", Severity.BREAKS, f"reading {walk.title} raises", "the items"))
    if lost and not walk.bounded:
        made.append(("lost", Severity.LOSES, f"of {walk.title}, {_are(lost)} never returned", "all items"))
    if twice and not (walk.bounded or walk.moves):
        made.append(("twice", Severity.LOSES, f"of {walk.title}, {_are(twice)} returned twice", "each once"))
    return [
        notes.finding(
            f"{walk.what}:{what}", severity, sentence, expected=expected, actual=detail, attempt=attempt
        )
        for what, severity, sentence, expected in made
    ]


def _are(count: int) -> str:
    return f"{count} {'is' if count == 1 else 'are'}"


def _listed(bench: Bench, pagination: Pagination, address: tuple[str, int], count: int) -> list[Any]:
    """Give what identifies each item of an emulator that holds so many, read in pages of our own choice."""
    size = max(map(int, parameters.boundaries(bench.fragment.parameter(pagination.per_page))))
    found: list[Any] = []
    for number in range(1, -(-count // size) + 1):
        body = _page(bench, address, f"{pagination.page}={number}&{pagination.per_page}={size}")
        found += [one for _, one in owned_values(values(body, pagination.items), pagination.identity)]
    return found


def _page(bench: Bench, address: tuple[str, int], query: str) -> Any:
    schemes = bench.fragment.schemes
    headers = {schemes[name].header: f"{schemes[name].prefix}{value}" for name, value in bench.good().items()}
    connection = HTTPConnection(*address)
    try:
        connection.request(
            bench.fragment.method, quote(f"{bench.own_target}?{query}", "/?=&"), headers=headers
        )
        return loads(connection.getresponse().read())
    finally:
        connection.close()
