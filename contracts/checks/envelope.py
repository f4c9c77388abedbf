"""Members that say something about others: `x-counts`, `x-echoes`, `x-equals`.

A value that breaks its own schema is left to the clause on that: one wrong value, one broken promise.
"""

from collections.abc import Iterator
from typing import Any

from contracts import parameters
from contracts.clauses import body_clause
from contracts.contract import Contract, Reading
from contracts.ledger import Finding, Observation, first_findings
from contracts.location import find, parse
from contracts.parameters import Standing
from contracts.redaction import shown
from contracts.schema import Node


def counts_are_right(reading: Reading, contract: Contract) -> Iterator[Observation]:
    """Break `x-counts` where the number is not that of the array's items."""
    for node in _nodes(reading, "x-counts"):
        target = node.keywords["x-counts"]
        arrays = [value for _, value in find(reading.body, parse(target)) if isinstance(value, list)]
        for pointer, value in find(reading.body, node.location) if arrays else ():
            if not _is_sound(node, value):
                continue
            findings = _unequal(pointer, value, len(arrays[0]), f"the number of items of {target}", node)
            yield _seen(reading, node, "x-counts", 1, findings)


def parameters_are_echoed(reading: Reading, contract: Contract) -> Iterator[Observation]:
    """Break `x-echoes` where the number is neither the parameter's nor, without one, its default."""
    for node in _nodes(reading, "x-echoes"):
        parameter = contract.fragment.parameter(node.keywords["x-echoes"])
        texts = reading.exchange.request.texts(parameter.name)
        if parameters.assess(parameter, texts).standing is not Standing.ALLOWED:
            continue
        expected = int(texts[0]) if texts else parameters.default(parameter)
        for pointer, value in find(reading.body, node.location):
            if _is_sound(node, value):
                findings = _unequal(pointer, value, expected, f"the {parameter.name} of the request", node)
                yield _seen(reading, node, "x-echoes", 1, findings)


def members_are_equal(reading: Reading, contract: Contract) -> Iterator[Observation]:
    """Break `x-equals` where two members of an object differ."""
    for node in _nodes(reading, "x-equals"):
        other = parse(node.keywords["x-equals"])
        checked, findings = 0, []
        for pointer, owner in find(reading.body, node.location[:-1]):
            here = next(find(owner, node.location[-1:], pointer), None)
            there = next(find(owner, other), None)
            if here and there:
                checked += 1
                if here[1] != there[1] and _is_sound(node, here[1]) and _is_sound(node, there[1]):
                    findings += _unequal(*here, there[1], f"that of {node.keywords['x-equals']}", node)
        yield _seen(reading, node, "x-equals", checked, findings)


def _nodes(reading: Reading, keyword: str) -> list[Node]:
    if not reading.response or not reading.response.body:
        return []
    return [node for node in reading.response.body.walk() if keyword in node.keywords]


def _is_sound(node: Node, value: Any) -> bool:
    keywords = node.keywords
    if "enum" in keywords:
        return value in keywords["enum"]
    if node.types == ("integer",):
        return (
            isinstance(value, int) and not isinstance(value, bool) and value >= keywords.get("minimum", value)
        )
    return True


def _unequal(pointer: str, value: Any, expected: Any, why: str, node: Node) -> list[Finding]:
    if value == expected:
        return []
    return [Finding(pointer, f"{shown(expected, node)}, {why}", shown(value, node))]


def _seen(reading: Reading, node: Node, keyword: str, checked: int, found: list[Finding]) -> Observation:
    assert reading.response
    clause = body_clause(reading.response.status, node.location, keyword)
    return Observation(clause, checked, len(found), findings=first_findings(found))
