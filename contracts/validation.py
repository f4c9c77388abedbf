"""Judges a body against its schema, and lays each violation to the one clause whose promise it breaks.

Where and why a body is refused is said by `explanation.py`; how often each clause applied is counted apart,
by `census.py`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from contracts.census import Census, Count
from contracts.clauses.ids import body_clause
from contracts.clauses.wording import code, either
from contracts.explanation import Validator
from contracts.ledger import Finding, Observation, clip, first_findings
from contracts.operation import Response
from contracts.redaction import Redactor
from contracts.schema import Node
from contracts.words import counted
from contracts.yaml_source import escape

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError


class BodyValidator:
    """Judges the bodies of one documented answer as of a day; `redactor` writes what came.

    Raises:
        ValueError: nothing is promised of the body.
    """

    def __init__(self, response: Response, as_of: date, redactor: Redactor) -> None:
        if not response.body:
            raise ValueError(f"nothing is promised of the body of a {response.status}")
        self._response = response
        self._redactor = redactor
        self._root = response.body
        self._validator = Validator(response.body.json_schema(as_of))
        self._as_of = as_of
        self._census = Census(response, as_of)
        self._census_of_valid = Census(response, as_of, of_valid=True)

    def is_valid(self, body: Any) -> bool:
        """Say whether the body keeps every promise that JSON Schema can express."""
        return self._validator.is_valid(body)

    def is_surely_valid(self, body: Any) -> bool:
        """Say whether so much is told without looking at each place; a valid body may need that look."""
        return self._validator.is_surely_valid(body)

    def count(self, bodies: list[Any]) -> list[Observation]:
        """Say of each clause how often it applied to bodies that are surely valid."""
        return [_observation(one, []) for one in self._census_of_valid.count(bodies)]

    def judge(self, body: Any) -> list[Observation]:
        """Say of each clause how often it applied to the body and where it was broken."""
        findings: dict[str, list[Finding]] = defaultdict(list)
        if self.is_surely_valid(body):
            return self.count([body])
        for clause, finding in self._violations(body):
            findings[clause].append(finding)
        counts = {count.clause: count for count in self._census.count([body])}
        return [
            _observation(counts.get(clause) or Count(clause), findings[clause])
            for clause in (*counts, *(clause for clause in findings if clause not in counts))
        ]

    def _violations(self, body: Any) -> Iterator[tuple[str, Finding]]:
        errors = list(self._validator.errors(body))
        mistyped = {tuple(error.absolute_path) for error in errors if error.validator == "type"}
        missing_seen: set[tuple[Any, ...]] = set()
        for error in errors:
            if error.validator != "type" and tuple(error.absolute_path) in mistyped:
                continue
            yield from self._lay(error, self._root, list(error.relative_schema_path), missing_seen)

    def _lay(
        self, error: "ValidationError", node: Node, path: list[Any], missing_seen: set[tuple[Any, ...]]
    ) -> Iterator[tuple[str, Finding]]:
        """Lay the error that stands at `path` under the schema `node` to its clause, or to several."""
        node = _follow(node, path[:-1])
        if error.validator == "required":
            place = (*error.absolute_path, id(node))
            if place not in missing_seen:
                missing_seen.add(place)
                yield from self._missing(error, node)
        elif error.validator == "oneOf":
            yield from self._union(error, node, missing_seen)
        else:
            yield self._violation(error, node)

    def _missing(self, error: "ValidationError", node: Node) -> Iterator[tuple[str, Finding]]:
        for name in node.required(self._as_of):
            if isinstance(error.instance, dict) and name not in error.instance:
                clause = body_clause(self._response.status, (*node.location, name), "required")
                if name == node.selector:
                    clause = body_clause(self._response.status, node.location[:-1], "oneOf")
                yield clause, Finding(_pointer(error), f"the member {code(name)}", "no such member")

    def _union(
        self, error: "ValidationError", node: Node, missing_seen: set[tuple[Any, ...]]
    ) -> Iterator[tuple[str, Finding]]:
        selector = error.instance.get(node.discriminator) if isinstance(error.instance, dict) else None
        names = list(node.branches)
        if not isinstance(selector, str) or selector not in names:
            yield self._violation(error, node)
            return
        inside = [nested for nested in error.context or () if nested.schema_path[0] == names.index(selector)]
        mistyped = {tuple(nested.absolute_path) for nested in inside if nested.validator == "type"}
        for nested in inside:
            if nested.validator == "type" or tuple(nested.absolute_path) not in mistyped:
                path = list(nested.relative_schema_path)[1:]
                yield from self._lay(nested, node.branches[selector], path, missing_seen)

    def _violation(self, error: "ValidationError", node: Node) -> tuple[str, Finding]:
        keyword = str(error.validator)
        clause = body_clause(self._response.status, node.location, keyword)
        subject: Any = error.instance
        if keyword == "oneOf" and isinstance(subject, dict):
            subject = {node.discriminator: subject.get(node.discriminator)}
        is_of_count = keyword in ("minItems", "maxItems")
        actual = counted(len(subject), "item") if is_of_count else self._redactor.shown(subject, node)
        return clause, Finding(_pointer(error), clip(_expected(keyword, error, node)), actual)


def _observation(count: Count, findings: list[Finding]) -> Observation:
    return Observation(
        clause=count.clause,
        checked=max(count.checked, len(findings)),
        broken=len(findings),
        gone=count.gone,
        still_sent=count.still_sent,
        points=count.points,
        shapes=count.shapes,
        findings=first_findings(findings),
    )


def _follow(node: Node, path: list[Any]) -> Node:
    """Walk from a node down a path of schema keywords."""
    steps = iter(path)
    for step in steps:
        if step == "properties":
            node = node.properties[next(steps)]
        elif step == "items":
            assert node.items
            node = node.items
    return node


def _expected(keyword: str, error: "ValidationError", node: Node) -> str:
    value: Any = error.validator_value
    if keyword == "oneOf":
        return f"{code(node.discriminator)} one of {', '.join(code(name) for name in node.branches)}"
    told: Mapping[str, str] = {
        "type": either(node.types) if keyword == "type" else "",
        "enum": f"one of {', '.join(map(code, value))}" if keyword == "enum" else "",
        "format": f"a {value}",
    }
    return told.get(keyword) or f"{keyword} {code(value)}"


def _pointer(error: "ValidationError") -> str:
    return "".join(f"/{escape(str(token))}" for token in error.absolute_path)
