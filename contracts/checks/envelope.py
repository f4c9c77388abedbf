"""Members that say something about others: `x-counts`, `x-echoes`, `x-equals`.

A value that breaks its own schema is left to the clause on that: one wrong value, one broken promise.
"""

from collections.abc import Iterator
from typing import Any

from contracts import parameters
from contracts.census import json_type
from contracts.clauses.ids import body_clause
from contracts.contract import Contract, Reading
from contracts.ledger import Finding, Observation, first_findings
from contracts.location import EACH, Location, find, owned_values, parse, values_in
from contracts.parameters import Standing
from contracts.schema import Node


def counts_are_right(reading: Reading, contract: Contract) -> Iterator[Observation]:
    """Break `x-counts` where the number is not that of the array's items."""
    for root, node in _ruled(reading, contract, "x-counts"):
        target = node.keywords["x-counts"]
        arrays = [value for value in root.values(parse(target), reading.body) if isinstance(value, list)]
        for pointer, value in root.find(node.location, reading.body) if arrays else ():
            if _is_sound(node, value):
                why = f"the number of items of {target}"
                findings = _unequal(pointer, value, len(arrays[0]), why, node, contract)
                yield _seen(reading, node, "x-counts", 1, findings)


def parameters_are_echoed(reading: Reading, contract: Contract) -> Iterator[Observation]:
    """Break `x-echoes` where the value is neither the parameter's nor, without one, its default."""
    for root, node in _ruled(reading, contract, "x-echoes"):
        parameter = contract.fragment.parameter(node.keywords["x-echoes"])
        texts = reading.exchange.request.texts(parameter.name)
        if parameters.assess(parameter, texts).standing is not Standing.ALLOWED:
            continue
        expected = parameters.value_of(parameter, texts[0]) if texts else parameters.default(parameter)
        for pointer, value in root.find(node.location, reading.body) if expected is not None else ():
            if _is_sound(node, value):
                why = f"the {parameter.name} of the request"
                findings = _unequal(pointer, value, expected, why, node, contract)
                yield _seen(reading, node, "x-echoes", 1, findings)


def members_are_equal(reading: Reading, contract: Contract) -> Iterator[Observation]:
    """Break `x-equals` where two members of an object differ."""
    shown = contract.redactor.shown
    for root, node in _ruled(reading, contract, "x-equals"):
        name = node.keywords["x-equals"]
        owner, other = root.at(node.location[:-1]), root.at((*node.location[:-1], *parse(name)))
        owners = root.values(node.location[:-1], reading.body)
        if _are_equal(owners, node.location[-1:], parse(name)):
            # As nearly always: so much is told without a look at each pair.
            yield _seen(reading, node, "x-equals", len(values_in(owners, node.location[-1:])), [])
            continue
        checked, findings = 0, []
        for pointer, instance in root.find(node.location[:-1], reading.body) if owner and other else ():
            if not isinstance(instance, dict):
                continue
            here = next(find(instance, node.location[-1:], pointer), None)
            there = next(find(instance, parse(name)), None)
            if here and there:
                checked += 1
                if here[1] != there[1] and _is_sound(node, here[1]) and _is_sound(node, there[1]):
                    expected = f"{shown(there[1], other)}, that of {name}"
                    findings.append(Finding(here[0], expected, shown(here[1], node)))
        yield _seen(reading, node, "x-equals", checked, findings)


def _are_equal(owners: list[Any], at: Location, other: Location) -> bool:
    """Say whether each owner has the same at two places, or nothing at both."""
    ours, others = values_in(owners, at), values_in(owners, other)
    if len(ours) == len(others) == len(owners) and EACH not in other:
        return ours == others
    return owned_values(owners, at) == owned_values(owners, other)


def _ruled(reading: Reading, contract: Contract, keyword: str) -> Iterator[tuple[Node, Node]]:
    """Yield (root, node) for each node of the body's schema that has the keyword."""
    if reading.response and reading.response.body:
        for node in contract.ruled(reading.response, keyword):
            yield reading.response.body, node


def _is_sound(node: Node, value: Any) -> bool:
    keywords = node.keywords
    if "enum" in keywords:
        return value in keywords["enum"]
    if node.types == ("integer",):
        return json_type(value) == "integer" and bool(value >= keywords.get("minimum", value))
    return not node.types or json_type(value) in node.types


def _unequal(
    pointer: str, value: Any, expected: Any, why: str, node: Node, contract: Contract
) -> list[Finding]:
    if value == expected:
        return []
    shown = contract.redactor.shown
    return [Finding(pointer, f"{shown(expected, node)}, {why}", shown(value, node))]


def _seen(reading: Reading, node: Node, keyword: str, checked: int, found: list[Finding]) -> Observation:
    assert reading.response
    clause = body_clause(reading.response.status, node.location, keyword)
    return Observation(clause, checked, len(found), findings=first_findings(found))
