"""Parameters: what the contract allows is accepted, what it forbids is refused, defaults are applied."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contracts import parameters
from contracts.checks.requests import has_undocumented_parameters, is_ours
from contracts.clauses.ids import TOGETHER_CLAUSE, parameter_clause
from contracts.contract import Contract, Reading
from contracts.ledger import Finding, Observation
from contracts.operation import Parameter
from contracts.parameters import Assessment, Standing
from contracts.words import counted

_UNAUTHENTICATED = 401


def allowed_values_are_accepted(reading: Reading, contract: Contract) -> Iterator[Observation]:
    """Break `accepted` where a request that the contract allows is refused.

    A refusal is laid to a parameter only where it was sent alone. A page after the first may lie past the
    end and be refused, and so may a parameter that the contract does not document.
    """
    standings = _assess(reading, contract)
    sent = [parameter for parameter in standings if reading.exchange.request.texts(parameter.name)]
    if not sent or not is_ours(reading) or not (reading.is_success or reading.is_refusal):
        return
    if any(assessment.standing is not Standing.ALLOWED for assessment in standings.values()):
        return
    if reading.is_refusal and _may_have_another_reason(reading, contract):
        return
    clause = parameter_clause(sent[0], "accepted") if len(sent) == 1 else TOGETHER_CLAUSE
    texts = reading.exchange.request.texts(sent[0].name)
    points = {texts[0]: 1} if len(sent) == 1 and reading.is_success else {}
    success = contract.fragment.success.status
    findings = () if reading.is_success else (Finding("", success, str(reading.exchange.status)),)
    yield Observation(clause, 1, len(findings), points=points, findings=findings)


def forbidden_values_are_refused(reading: Reading, contract: Contract) -> Iterator[Observation]:
    """Break the clause of each keyword that a request violates where the request is answered all the same.

    That a refusal keeps a promise is only certain where nothing else in the request could be its reason, and
    where it does not speak of the credentials (RFC 9110 section 15.5.2). An answer without a list may be a
    refusal in words, of whichever value.
    """
    if not is_ours(reading) or not (reading.is_success or reading.is_refusal):
        return
    standings = _assess(reading, contract)
    forbidden = [(name, found) for name, found in standings.items() if found.standing is Standing.FORBIDDEN]
    others = [found for found in standings.values() if found.standing is Standing.OPEN]
    is_given = contract.has_list(reading) or (reading.is_success and len(forbidden) == 1)
    for parameter, found in forbidden:
        clause = parameter_clause(parameter, found.keyword)
        if is_given:
            finding = Finding("", "a refusal with a 4XX", str(reading.exchange.status))
            yield Observation(clause, 1, 1, findings=(finding,))
        elif (
            reading.is_refusal
            and len(forbidden) == 1
            and not others
            and not has_undocumented_parameters(reading, contract)
            and reading.exchange.status != _UNAUTHENTICATED
        ):
            yield Observation(clause, 1)


def default_is_applied(
    explicit: Reading, without: Reading, parameter: Parameter, contract: Contract
) -> Iterator[Observation]:
    """Break `default` where leaving a parameter out gives other items than its default value does.

    The answers tell something only if there are more items than they hold.
    """
    left, right = contract.identities(without), contract.identities(explicit)
    if not (without.is_success and explicit.is_success) or not right:
        return
    expected = f"the {counted(len(right), 'item')} of {explicit.exchange.request.line}"
    findings = () if left == right else (Finding("", expected, _told(left, right, contract)),)
    yield Observation(parameter_clause(parameter, "default"), 1, len(findings), findings=findings)


def _told(came: Sequence[Any], expected: Sequence[Any], contract: Contract) -> str:
    """Tell items that came from those that were expected, which were others or stood elsewhere."""
    count, shown = counted(len(came), "item"), contract.shown_identity
    for one in Counter(expected) - Counter(came):
        return f"{count}, not {shown(one)}"
    for one in Counter(came) - Counter(expected):
        return f"{count}, {shown(one)} among them"
    one, other = next(pair for pair in zip(came, expected, strict=True) if pair[0] != pair[1])
    return f"{count} in another order, {shown(one)} in the place of {shown(other)}"


def _assess(reading: Reading, contract: Contract) -> Mapping[Parameter, Assessment]:
    request = reading.exchange.request
    return {
        parameter: parameters.assess(parameter, request.texts(parameter.name))
        for parameter in contract.fragment.query
    }


def _may_have_another_reason(reading: Reading, contract: Contract) -> bool:
    return has_undocumented_parameters(reading, contract) or _may_be_past_the_end(reading, contract)


def _may_be_past_the_end(reading: Reading, contract: Contract) -> bool:
    pagination = contract.fragment.pagination
    if not pagination:
        return False
    first = str(parameters.default(contract.fragment.parameter(pagination.page)))
    return reading.exchange.request.texts(pagination.page) not in ([], [first])
