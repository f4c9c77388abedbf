"""Requests that are not for the operation at all."""

from collections.abc import Iterator

from contracts.checks.requests import refusal_expected
from contracts.clauses.ids import refused_request_clause
from contracts.contract import Contract, Reading
from contracts.ledger import Observation


def unknown_routes_are_refused(reading: Reading, contract: Contract) -> Iterator[Observation]:
    """Break the clause where a route or a method that the path does not have is answered."""
    request = reading.exchange.request
    if request.method in contract.fragment.other_methods:
        yield refusal_expected(refused_request_clause("other-methods"), reading)
    elif request.method == contract.fragment.method and not request.is_documented:
        yield refusal_expected(refused_request_clause("unknown-route"), reading)
