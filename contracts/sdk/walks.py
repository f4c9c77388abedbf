"""Asks a release to read whole lists: of no item, one, pages that are just full, many, of servers that go
about the end of a list in their own way, and what a customer asks for of a list with arguments."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPException
from json import loads
from typing import Any
from urllib.parse import urlencode

from contracts import parameters
from contracts.errors import CouldNotTest
from contracts.fragment import Fragment
from contracts.location import owned_values, values
from contracts.operation import Pagination, Parameter
from contracts.sdk.bench import Attempt, Bench, Call
from contracts.sdk.findings import Outcome, Severity
from contracts.sdk.notes import Notes
from contracts.sdk.recorder import TIMEOUT_S, Reply
from contracts.sdk.replies import EMPTY, html, unsuccessful
from contracts.words import counted

_PAGES, _PAGES_WITH_A_MIDDLE, _MANY_PAGES, _FEW_MORE = 2, 3, 40, 3
_MOST_PAGES = 12
"""After so many pages of a list that never ends, the customer has seen enough."""


Verdict = tuple[str, Severity, str, str]
"""What went wrong, how grave that is, what a customer sees, and what was expected."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A list to read: `count` items in an emulator with these options. One that is `bounded` never ends by
    itself, since the server breaks the contract; one that `moves` changes while it is read. `midway` is what
    the server answers in place of the second page, `arguments` what a customer asks for with."""

    what: str
    title: str
    count: int
    options: tuple[str, ...] = ()
    bounded: bool = False
    moves: bool = False
    midway: Reply | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def started(self) -> tuple[str, ...]:
        """The options of the emulator."""
        return ("--jobs", str(self.count), *self.options)

    def script(self, number: int) -> Reply | None:
        """Give what is answered to the n-th request in place of what the emulator would."""
        return self.midway if number == 1 else None


def walks(bench: Bench, notes: Notes) -> None:
    """Note which items a release returns of whole lists, and how many requests that takes.

    Raises:
        CouldNotTest: the driver or an emulator fails.
    """
    pagination = bench.fragment.pagination
    if pagination:
        size = parameters.default(bench.fragment.parameter(pagination.per_page)) or 1
        for walk in (*_walks(size, bench.fragment), *_in_part(bench, pagination, size)):
            _ask(bench, notes, pagination, walk, size)


def _walks(size: int, fragment: Fragment) -> Sequence[Walk]:
    full, many, three = size * _PAGES, size * _MANY_PAGES + _FEW_MORE, size * _PAGES_WITH_A_MIDDLE
    ignoring, refused = ("--fault", "pages/number-ignored"), ("--variant", "no-page-past-the-end")
    return (
        Walk("none", "no item", 0),
        Walk("one", "one item", 1),
        Walk("full-pages", f"{full} items, just {_PAGES} pages", full),
        Walk("many", f"{many} items, {_MANY_PAGES + 1} pages", many),
        Walk("refused-end", f"{full} items, and a 404 for the page past the end", full, refused),
        Walk("page-ignored", "a server that ignores the page", full, ignoring, bounded=True),
        Walk("arriving", f"{many} items, and more arriving", many, ("--variant", "arriving"), moves=True),
        *(
            Walk(f"{what}-midway", f"{three} items, where page 2 is {title}", three, midway=reply)
            for what, title, reply in (
                ("unsuccessful", "a 200 that says the call did not succeed", unsuccessful(fragment)),
                ("html", "HTML with a 200", html(200)),
                ("empty", "an empty 200", EMPTY),
            )
        ),
    )


def _in_part(bench: Bench, pagination: Pagination, size: int) -> Iterator[Walk]:
    """Yield lists with what a customer may ask for of them, each argument alone: an SDK has to ask for it on
    every page, not just on the first."""
    page, per_page = map(bench.fragment.parameter, (pagination.page, pagination.per_page))
    smallest = min(parameters.value_of(per_page, text) for text in parameters.boundaries(per_page))
    yield _with(per_page, smallest, size * _PAGES)
    yield _with(page, _first(page) + 1, size * _PAGES_WITH_A_MIDDLE)
    for parameter in bench.fragment.query:
        if parameter.filter:
            yield from _filtered(bench, pagination, parameter, size)


def _filtered(bench: Bench, pagination: Pagination, parameter: Parameter, size: int) -> Iterator[Walk]:
    """Yield a list with the first value whose items fill more than a page, and are not all that there are."""
    many = size * _MANY_PAGES + _FEW_MORE
    for text in parameters.boundaries(parameter):
        walk = _with(parameter, parameters.value_of(parameter, text), many)
        if size < len(_wanted(bench, pagination, bench.emulators.address(walk.started), walk, size)) < many:
            yield walk
            return


def _with(parameter: Parameter, value: Any, count: int) -> Walk:
    return Walk(f"with-{parameter.name}", "", count, arguments={parameter.name: value})


def _first(page: Parameter) -> int:
    return parameters.default(page) or 1


def _wanted(
    bench: Bench, pagination: Pagination, address: tuple[str, int], walk: Walk, size: int
) -> list[Any]:
    """Give what identifies each item that a walk has to return."""
    first = _first(bench.fragment.parameter(pagination.page))
    skipped = size * (walk.arguments.get(pagination.page, first) - first)
    return _listed(bench, pagination, address, walk.count, walk.arguments)[skipped:]


def _ask(bench: Bench, notes: Notes, pagination: Pagination, walk: Walk, size: int) -> None:
    # What moves is listed first, so that it is known what was there from the beginning to the end.
    address = (bench.emulators.fresh if walk.moves else bench.emulators.address)(walk.started)
    wanted = _wanted(bench, pagination, address, walk, size)
    limit = size * _MOST_PAGES if walk.bounded else walk.count * 2 + 1
    attempt = bench.call(Call(walk.arguments, address=address, script=walk.script, walk_limit=limit))
    title = f"{walk.title or counted(len(wanted), 'item')}{_told_arguments(walk, bench.demanded)}"
    note_walk(notes, replace(walk, title=title), attempt, wanted, limit)


def _told_arguments(walk: Walk, demanded: Mapping[str, Any]) -> str:
    own = "".join(f" with {name}={value}" for name, value in walk.arguments.items())
    others = {name: value for name, value in demanded.items() if name not in walk.arguments}
    return own + "".join(f", with {name}={value}" for name, value in others.items())


def note_walk(notes: Notes, walk: Walk, attempt: Attempt, wanted: Sequence[Any], limit: int) -> None:
    """Note what came of reading a list: `wanted` are the identities of its items, `limit` is how many of them
    were read at most."""
    if attempt.unsupported:
        detail = f"the method has no argument {', '.join(sorted(attempt.unsupported))}"
        notes.check(walk.what, walk.title, Outcome.NOT_SUPPORTED, detail)
        return
    returned = Counter(attempt.identities)
    counts = {
        "items": len(attempt.identities),
        # What a server that repeats itself never sends is not lost by the SDK.
        "lost": 0 if walk.bounded else sum((Counter(wanted) - returned).values()),
        "twice": sum(count - 1 for count in returned.values()),
        # Of a whole list there is nothing that was not asked for, but what arrives.
        **(
            {"unasked": sum(returned[one] for one in returned.keys() - set(wanted))} if walk.arguments else {}
        ),
        "requests": len(attempt.requests),
    }
    detail = _told(counts)
    if attempt.raised:
        detail += f", {attempt.told}"
    elif walk.bounded and len(attempt.identities) == limit:
        detail += ", does not notice that pages repeat"
    findings = [
        notes.finding(
            f"{walk.what}:{what}", severity, sentence, expected=expected, actual=detail, attempt=attempt
        )
        for what, severity, sentence, expected in _troubles(walk, attempt, counts)
    ]
    is_fact = (walk.bounded or (walk.moves and counts["twice"])) and not findings
    outcome = Outcome.DIFFERS if findings else Outcome.FACT if is_fact else Outcome.AS_PROMISED
    error = attempt.raised.name if attempt.raised else ""
    notes.check(walk.what, walk.title, outcome, detail, findings, counts=counts, error=error)


def _told(counts: Mapping[str, int]) -> str:
    items, requests = counted(counts["items"], "item"), counted(counts["requests"], "request")
    unasked = f"{counts['unasked']} not asked for, " if "unasked" in counts else ""
    return f"{items}, {counts['lost']} lost, {counts['twice']} twice, {unasked}{requests}"


def _troubles(walk: Walk, attempt: Attempt, counts: Mapping[str, int]) -> Iterator[Verdict]:
    """Yield what a customer should know: of a list that moves only what is lost can be laid to the SDK, and
    of one that breaks off only that nothing says so."""
    lost, twice, unasked = counts["lost"], counts["twice"], counts.get("unasked", 0)
    if walk.midway:
        yield from _of_midway(walk, attempt, lost)
    elif attempt.raised and walk.what == "refused-end" and not lost:
        sentence = "reading to the end raises where the server refuses the page past it with a 4XX"
        yield "raises", Severity.BREAKS, sentence, "the items, and no error"
    elif attempt.raised:
        yield "raises", Severity.BREAKS, f"reading {walk.title} raises", "the items"
    if lost and not (walk.bounded or walk.midway):
        yield "lost", Severity.LOSES, f"of {walk.title}, {_are(lost)} never returned", "all items"
    if twice and not (walk.bounded or walk.moves):
        yield "twice", Severity.LOSES, f"of {walk.title}, {_are(twice)} returned twice", "each once"
    if unasked:
        sentence = (
            f"reading {walk.title} returns {counted(unasked, 'item')} that {_were(unasked)} not asked for"
        )
        yield "unasked", Severity.BREAKS, sentence, "what was asked for, and nothing else"


def _of_midway(walk: Walk, attempt: Attempt, lost: int) -> Iterator[Verdict]:
    expected = "an error of the SDK, or all items"
    if attempt.raised and not attempt.raised.is_own:
        sentence = (
            f"{walk.title}: the error is not one of the SDK's own, and code that catches those misses it"
        )
        yield "foreign-error", Severity.MISLEADS, sentence, expected
    elif lost and not attempt.raised:
        sentence = f"{walk.title}: the list just ends, {_are(lost)} never returned, and no error says so"
        yield "lost", Severity.LOSES, sentence, expected


def _are(count: int) -> str:
    return f"{count} {'is' if count == 1 else 'are'}"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _listed(
    bench: Bench, pagination: Pagination, address: tuple[str, int], count: int, asked: Mapping[str, Any]
) -> list[Any]:
    """Give what identifies each item of an emulator that holds so many, read in pages of our own choice."""
    size = max(map(int, parameters.boundaries(bench.fragment.parameter(pagination.per_page))))
    found: list[Any] = []
    for number in range(1, -(-count // size) + 1):
        paging = {pagination.page: number, pagination.per_page: size}
        body = _page(bench, address, urlencode({**bench.demanded, **asked, **paging}))
        found += [one for _, one in owned_values(values(body, pagination.items), pagination.identity)]
    return found


def _page(bench: Bench, address: tuple[str, int], query: str) -> Any:
    schemes = bench.fragment.schemes
    headers = {schemes[name].header: f"{schemes[name].prefix}{value}" for name, value in bench.good().items()}
    connection = HTTPConnection(*address, timeout=TIMEOUT_S)
    try:
        connection.request(bench.fragment.method, f"{bench.own_target}?{query}", headers=headers)
        return loads(connection.getresponse().read())
    except (OSError, HTTPException, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise CouldNotTest(f"the emulator does not answer ({why})", "run it again") from None
    finally:
        connection.close()
