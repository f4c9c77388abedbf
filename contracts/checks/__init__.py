"""What JSON Schema cannot say, and what it can, judged exchange by exchange.

A check is a pure function: a reading and the contract in, observations out. It knows no member and no
parameter of the operation by name. Checks that take several exchanges stand beside the others in the
same modules and are called by `contracts/lists.py`, which knows which exchanges belong together.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from contracts.checks import (
    authentication,
    bodies,
    envelope,
    errors,
    filters,
    pagination,
    parameters,
    protocol,
)
from contracts.contract import Contract, Reading
from contracts.ledger import Observation

Check = Callable[[Reading, Contract], Iterable[Observation]]

CHECKS: tuple[Check, ...] = (
    protocol.status_is_documented,
    protocol.content_type_is_documented,
    protocol.body_is_strict_json,
    bodies.body_follows_its_schema,
    envelope.counts_are_right,
    envelope.parameters_are_echoed,
    envelope.members_are_equal,
    parameters.allowed_values_are_accepted,
    parameters.forbidden_values_are_refused,
    filters.only_matching_items_come,
    pagination.page_size_is_kept,
    authentication.good_credentials_are_accepted,
    authentication.bad_credentials_are_refused,
    authentication.other_tenants_are_refused,
    errors.unknown_routes_are_refused,
)

OF_ANY_REQUEST: tuple[Check, ...] = (protocol.status_is_documented, errors.unknown_routes_are_refused)
"""For an answer to another route or method, for which the operation's bodies are not promised."""

BESIDE_THE_SCHEMA = tuple(check for check in CHECKS if check is not bodies.body_follows_its_schema)
"""For an answer whose body is counted elsewhere."""


def observe(
    reading: Reading, contract: Contract, checks: Iterable[Check] | None = None
) -> Iterator[Observation]:
    """Give what a single exchange says about every clause that it can say something about.

    Without `checks` it takes all of `CHECKS`, looked up only now: whoever adds one is heard. Where the
    request was not for the operation, it takes `OF_ANY_REQUEST`.
    """
    if not reading.exchange.request.is_documented:
        checks = OF_ANY_REQUEST
    found = (check(reading, contract) for check in (CHECKS if checks is None else checks))
    return contract.promised(chain.from_iterable(found))
