"""Query parameters that filter: `x-filters`."""

from collections.abc import Iterator
from typing import Any

from contracts import parameters
from contracts.checks.walks import NOT_SEEN, Walk, wire
from contracts.clauses.ids import filter_clause
from contracts.contract import Contract, Reading
from contracts.ledger import Finding, Observation, first_findings
from contracts.location import find, values
from contracts.operation import Parameter
from contracts.parameters import Standing


def only_matching_items_come(reading: Reading, contract: Contract) -> Iterator[Observation]:
    """Break `x-filters/only-matching` for each item whose member has another value than was asked for.

    A value that can neither be asked for nor stand there is left to the clause on the member's schema.
    """
    pagination, shown = contract.fragment.pagination, contract.redactor.shown
    for parameter in contract.fragment.query if pagination and reading.is_success else ():
        texts = reading.exchange.request.texts(parameter.name)
        is_allowed = parameters.assess(parameter, texts).standing is Standing.ALLOWED
        if not parameter.filter or not texts or not is_allowed:
            continue
        assert pagination
        member = (*pagination.items, *parameter.filter.member)
        clause = filter_clause(parameter, "only-matching")
        found = values(reading.body, member)
        if found.count(texts[0]) == len(found):
            # As nearly always: so much is told without a look at each place.
            yield Observation(clause, len(found), points={texts[0]: len(found)} if found else {})
            continue
        node = contract.node(member)
        places = [
            (pointer, value)
            for pointer, value in find(reading.body, member)
            if wire(value) == texts[0]
            or _can_be_asked_for(parameter, value)
            or (node and value in node.keywords.get("enum", ()))
        ]
        wrong = [
            Finding(pointer, shown(texts[0], node), shown(value, node))
            for pointer, value in places
            if wire(value) != texts[0]
        ]
        yield Observation(
            clause,
            len(places),
            len(wrong),
            points={texts[0]: len(places)} if places else {},
            findings=first_findings(wrong),
        )


def all_matching_items_come(everything: Walk, filtered: Walk, contract: Contract) -> Iterator[Observation]:
    """Break `x-filters/all-matching` where an item of the full list is missing from the filtered one.

    A filtered walk with several filters is laid to each of them. Both walks must have reached the end.
    """
    if not (everything.is_complete and filtered.is_complete):
        return
    asked = [(contract.fragment.parameter(name), text) for name, text in filtered.filters]
    expected = list(dict.fromkeys(everything.selected(filtered.filters, contract)))
    came = filtered.places(contract)
    missing = [identity for identity in expected if identity not in came]
    findings: tuple[Finding, ...] = ()
    shown_by = None
    if missing:
        request = everything.page_of(missing[0], contract).exchange.request.line
        item = f"the item {contract.shown_identity(missing[0])}, which came with {request}"
        findings = (Finding("", item, f"it {NOT_SEEN}"),)
        shown_by = filtered.page_for(missing[0], expected, contract).exchange
    for parameter, text in asked:
        clause = filter_clause(parameter, "all-matching")
        points = {text: len(expected)} if expected else {}
        yield Observation(
            clause, len(expected), len(missing), points=points, findings=findings, shown_by=shown_by
        )


def _can_be_asked_for(parameter: Parameter, value: Any) -> bool:
    is_of_kind = isinstance(value, int if parameters.is_counted(parameter) else str)
    return is_of_kind and parameters.assess(parameter, [wire(value)]).standing is Standing.ALLOWED
