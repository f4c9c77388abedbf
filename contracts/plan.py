"""The systematic requests: what is asked, derived from the fragment, in order of worth.

A probe says what a request is about; `composer.py` turns it into bytes, `schedule.py` decides how many of
them the budget allows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from contracts import parameters
from contracts.exchange import UNPRIVILEGED, Account, Identity
from contracts.fragment import Fragment
from contracts.operation import Parameter

LIVE_BUDGET, EMULATOR_BUDGET = 400, 2_000
"""So many requests a run sends at most, unless more are allowed."""

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Probe:
    """One request to make. `route_suffix` turns the path into a route that does not exist."""

    identity: Identity
    query: Pairs = ()
    account: Account = Account.OWN
    method: str = "GET"
    route_suffix: str = ""


def filter_combinations(fragment: Fragment) -> list[Pairs]:
    """Give every combination of the filters, with and without each; those of fewer filters come first."""
    filters = [parameter for parameter in fragment.query if parameter.filter]
    choices = [[None, *parameters.boundaries(parameter)] for parameter in filters]
    combinations = [
        tuple(
            (parameter.name, text) for parameter, text in zip(filters, texts, strict=True) if text is not None
        )
        for texts in product(*choices)
    ]
    return sorted(combinations, key=len)


def boundary_queries(fragment: Fragment) -> list[Pairs]:
    """Give each parameter alone at its boundaries, then pages and page sizes together.

    A page number has no upper limit of its own, so it is also tried at the limits of the page size.
    """
    queries: list[Pairs] = [
        ((one.name, text),) for one in fragment.query for text in parameters.boundaries(one)
    ]
    pagination = fragment.pagination
    if pagination:
        sizes = parameters.boundaries(fragment.parameter(pagination.per_page))
        for page in [*parameters.boundaries(fragment.parameter(pagination.page)), *sizes]:
            paged = (pagination.page, page)
            queries += [(paged,), (paged, (pagination.per_page, sizes[-1]))]
    return list(dict.fromkeys(queries))


def default_looks(fragment: Fragment) -> int:
    """Count the requests that tell whether defaults are applied: two for the length of the list, then each
    default sent and left out."""
    defaults = [parameter for parameter in fragment.query if "default" in parameter.node.keywords]
    return 2 + 2 * len(defaults) if fragment.pagination else 0


def walk_sizes(fragment: Fragment) -> list[int]:
    """Give the page sizes at which the whole list is read, largest first."""
    pagination = fragment.pagination
    if not pagination:
        return []
    sizes = sorted({int(text) for text in parameters.boundaries(fragment.parameter(pagination.per_page))})
    return sorted({*sizes, (sizes[0] + sizes[-1]) // 2}, reverse=True)


def invalid_queries(fragment: Fragment) -> Iterator[Pairs]:
    """Yield each class of wrong value for each parameter, one wrong value a request; then what the
    contract leaves open: an empty value, a parameter sent twice."""
    for parameter in fragment.query:
        for texts in parameters.invalid_texts(parameter).values():
            for text in texts:
                yield ((parameter.name, text),)
    for parameter in fragment.query:
        yield ((parameter.name, ""),)
        yield from _repeated(parameter)


def _repeated(parameter: Parameter) -> Iterator[Pairs]:
    texts = parameters.boundaries(parameter)
    yield ((parameter.name, texts[0]), (parameter.name, texts[-1]))


def bad_identities(fragment: Fragment, available: set[str]) -> Iterator[Identity]:
    """Yield every way in which credentials can be lacking, of the schemes that we have values for."""
    refuses = fragment.refuses
    if "no-credentials" in refuses:
        yield Identity((), "no-credentials")
    for schemes in fragment.security:
        if not available.issuperset(schemes):
            continue
        for scheme in schemes:
            if "partial-credentials" in refuses and len(schemes) > 1:
                yield Identity((scheme,), "partial-credentials", scheme)
            for defect in ("wrong-credentials", "empty-credentials"):
                if defect in refuses:
                    yield Identity(schemes, defect, scheme)


def unprivileged_identity(fragment: Fragment) -> Identity:
    """Give the identity of a credential without the permission: the first scheme that stands alone."""
    schemes = next(schemes for schemes in fragment.security if len(schemes) == 1)
    return Identity(schemes, UNPRIVILEGED, schemes[0])


def stranger_probes(fragment: Fragment, identity: Identity) -> Iterator[Probe]:
    """Yield requests that only a server of one's own may be sent: other methods, a route that does not
    exist, an invented account.

    Methods that servers commonly answer by themselves, and those that the path has for other operations,
    are left out.
    """
    if fragment.tenant and fragment.tenant.tenant:
        yield Probe(identity, account=Account.INVENTED)
    if "unknown-route" in fragment.refuses:
        yield Probe(identity, route_suffix="/no-such-route")
    if "other-methods" in fragment.refuses:
        for method in fragment.other_methods:
            yield Probe(identity, method=method)
