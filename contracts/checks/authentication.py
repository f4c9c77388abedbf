"""Credentials, permissions and tenants."""

from collections.abc import Iterator
from http import HTTPStatus

from contracts.checks.requests import has_allowed_parameters, is_ours, refusal_expected
from contracts.clauses.ids import (
    PERMISSION_CLAUSE,
    accepted_credentials_clause,
    parameter_clause,
    refused_credentials_clause,
    tenant_clause,
)
from contracts.contract import Contract, Reading
from contracts.exchange import UNPRIVILEGED, Account
from contracts.ledger import Finding, Observation, kept


def good_credentials_are_accepted(reading: Reading, contract: Contract) -> Iterator[Observation]:
    """Break `accepted` where a request without parameters is refused although its credentials are good."""
    request = reading.exchange.request
    if not is_ours(reading) or request.identity.schemes not in contract.fragment.security:
        return
    clause = accepted_credentials_clause(request.identity.schemes)
    if reading.is_success:
        yield kept(clause)
    elif reading.is_refusal and not request.query:
        finding = Finding("", contract.fragment.success.status, str(reading.exchange.status))
        yield Observation(clause, 1, 1, findings=(finding,))


def bad_credentials_are_refused(reading: Reading, contract: Contract) -> Iterator[Observation]:
    """Break the clause of the defect where a request whose credentials are not good is answered.

    A recording has others, too, of which nothing is promised. A 401 says that a credential is not valid (RFC
    9110 section 15.5.2), and so nothing of what it permits.
    """
    request = reading.exchange.request
    defect, scheme = request.identity.defect, request.identity.scheme
    if not request.is_documented or request.account is not Account.OWN or not defect:
        return
    if not has_allowed_parameters(reading, contract):
        return
    if defect == UNPRIVILEGED and reading.exchange.status != HTTPStatus.UNAUTHORIZED:
        yield refusal_expected(PERMISSION_CLAUSE, reading)
    elif defect in contract.fragment.refuses:
        yield refusal_expected(refused_credentials_clause(defect, scheme), reading)


def other_tenants_are_refused(reading: Reading, contract: Contract) -> Iterator[Observation]:
    """Break the clause on a tenant, or on the form of its identifier, where it is served to us."""
    request = reading.exchange.request
    tenant = contract.fragment.tenant
    if not tenant or not request.is_documented or request.identity.defect or request.account is Account.OWN:
        return
    is_overlong = request.account is Account.OVERLONG
    clause = parameter_clause(tenant, "maxLength") if is_overlong else tenant_clause(tenant, request.account)
    yield refusal_expected(clause, reading)
