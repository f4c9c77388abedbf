"""Credentials, permissions and tenants."""

from collections.abc import Iterator

from contracts.checks.requests import has_allowed_parameters, is_ours, refusal_expected
from contracts.clauses import refused_credentials_clause
from contracts.contract import Contract, Reading
from contracts.exchange import UNPRIVILEGED, Account
from contracts.ledger import Finding, Observation, kept


def good_credentials_are_accepted(reading: Reading, contract: Contract) -> Iterator[Observation]:
    """Break `accepted` where a request without parameters is refused although its credentials are good."""
    request = reading.exchange.request
    if not is_ours(reading) or request.identity.schemes not in contract.fragment.security:
        return
    clause = f"security/{'+'.join(request.identity.schemes)}:accepted"
    if reading.is_success:
        yield kept(clause)
    elif reading.is_refusal and not request.query:
        finding = Finding("", contract.fragment.success.status, str(reading.exchange.status))
        yield Observation(clause, 1, 1, findings=(finding,))


def bad_credentials_are_refused(reading: Reading, contract: Contract) -> Iterator[Observation]:
    """Break the clause of the defect where a request whose credentials are not good is answered."""
    request = reading.exchange.request
    if not request.is_documented or request.account is not Account.OWN or not request.identity.defect:
        return
    if has_allowed_parameters(reading, contract):
        clause = "security:x-permissions"
        if request.identity.defect != UNPRIVILEGED:
            clause = refused_credentials_clause(request.identity.defect, request.identity.scheme)
        yield refusal_expected(clause, reading)


def other_tenants_are_refused(reading: Reading, contract: Contract) -> Iterator[Observation]:
    """Break the clause on a tenant, or on the form of its identifier, where it is served to us."""
    request = reading.exchange.request
    tenant = contract.fragment.tenant
    if not tenant or not request.is_documented or request.identity.defect or request.account is Account.OWN:
        return
    keyword = "maxLength" if request.account is Account.OVERLONG else f"x-tenant/{request.account}"
    yield refusal_expected(f"path.{tenant.name}:{keyword}", reading)
