"""Requests of every sort for the emulator of any fragment, without a socket in between."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from contracts import plan
from contracts.emulator.app import Emulator
from contracts.emulator.credentials import Credentials
from contracts.emulator.hooks import Answer
from contracts.fragment import Fragment
from contracts.wrong_credentials import wrong_value

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class Asked:
    """A request as it comes over the wire."""

    query: str = ""
    headers: Headers = ()
    account: str = ""
    suffix: str = ""
    method: str = "GET"

    def of(self, emulator: Emulator) -> Answer:
        """Give what the emulator answers."""
        path = path_of(emulator.fragment, self.account or emulator.credentials.own_account)
        return emulator.answer(self.method, (path + self.suffix).encode(), self.query.encode(), self.headers)


def path_of(fragment: Fragment, account: str) -> str:
    """Give the path of the operation for an account."""
    assert fragment.tenant
    return fragment.path.replace(f"{{{fragment.tenant.name}}}", quote(account))


def headers_of(fragment: Fragment, **values: str) -> Headers:
    """Give the headers that carry some values, by security scheme."""
    schemes = fragment.schemes
    return tuple(
        (schemes[name].header.lower().encode(), f"{schemes[name].prefix}{value}".strip().encode())
        for name, value in values.items()
    )


def good_headers(fragment: Fragment, way: int = 0) -> Headers:
    """Give the headers of good credentials, in one of the ways that the fragment has."""
    values = Credentials.of(fragment).values
    return headers_of(fragment, **{name: values[name] for name in fragment.security[way]})


def every_sort(fragment: Fragment) -> Iterator[Asked]:
    """Yield requests that together show whatever can be seen in a few dozen of items."""
    good = good_headers(fragment)
    pagination = fragment.pagination
    assert pagination
    sizes = plan.walk_sizes(fragment)
    for way in range(len(fragment.security)):
        yield Asked(headers=good_headers(fragment, way))
    for query in (*plan.boundary_queries(fragment), *plan.invalid_queries(fragment)):
        yield Asked(urlencode(query), good)
    yield Asked("undocumented=1", good)
    for filters in plan.filter_combinations(fragment):
        for size, page in (
            (sizes[0], 1),
            (sizes[0], 2),
            (sizes[0], 3),
            (sizes[0], 9),
            (3, 1),
            (3, 2),
            (3, 3),
        ):
            pairs = (*filters, (pagination.per_page, str(size)), (pagination.page, str(page)))
            yield Asked(urlencode(pairs), good)
    yield from _strangers(fragment)


def _strangers(fragment: Fragment) -> Iterator[Asked]:
    known = Credentials.of(fragment)
    for names in fragment.security:
        values = {name: known.values[name] for name in names}
        for name in names:
            for wrong in ("", "wrong", wrong_value(values[name])):
                yield Asked(headers=headers_of(fragment, **(values | {name: wrong})))
            if len(names) > 1:
                yield Asked(headers=headers_of(fragment, **{name: values[name]}))
    yield Asked()
    alone = next(names[0] for names in fragment.security if len(names) == 1)
    yield Asked(headers=headers_of(fragment, **{alone: known.unprivileged}))
    for way in range(len(fragment.security)):
        yield Asked(headers=good_headers(fragment, way), account=known.other_account)
    good = good_headers(fragment)
    yield Asked(headers=good, account="0" * len(known.other_account))
    yield Asked(headers=good, account="0" * (len(known.other_account) + 1))
    yield Asked(headers=good, suffix="/none")
    for method in fragment.other_methods:
        yield Asked(headers=good, method=method)
