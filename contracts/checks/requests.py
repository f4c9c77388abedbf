"""What kind of request an exchange was, as far as several checks need to know."""

from contracts import parameters
from contracts.contract import Contract, Reading
from contracts.exchange import Account
from contracts.ledger import Finding, Observation, kept
from contracts.parameters import Standing


def is_ours(reading: Reading) -> bool:
    """Say whether the request was for the operation, for our account, with credentials that are good."""
    request = reading.exchange.request
    is_known = bool(request.identity.schemes) and not request.identity.defect
    return request.is_documented and is_known and request.account is Account.OWN


def has_undocumented_parameters(reading: Reading, contract: Contract) -> bool:
    """Say whether the request has a query parameter of which the contract says nothing.

    A server may pass over it or refuse it: a refusal then tells nothing of what else was asked.
    """
    documented = {parameter.name for parameter in contract.fragment.query}
    return any(name not in documented for name, _ in reading.exchange.request.query)


def has_allowed_parameters(reading: Reading, contract: Contract) -> bool:
    """Say whether the contract allows every query parameter of the request."""
    request = reading.exchange.request
    return all(
        parameters.assess(parameter, request.texts(parameter.name)).standing is Standing.ALLOWED
        for parameter in contract.fragment.query
    )


def refusal_expected(clause: str, reading: Reading) -> Observation:
    """Observe a clause that promises a refusal."""
    if reading.is_refusal:
        return kept(clause)
    if reading.is_success:
        finding = Finding("", "a refusal with a 4XX", str(reading.exchange.status))
        return Observation(clause, 1, 1, findings=(finding,))
    return Observation(clause)
