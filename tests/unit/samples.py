"""What the unit tests are about: fragments, bodies that keep every promise, exchanges.

Bodies are made from the schema and not written out, so that they fit whatever fragment a test takes.
"""

import json
from collections.abc import Callable, Iterable
from copy import deepcopy
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from contracts.checks import observe
from contracts.contract import Contract, Reading
from contracts.exchange import Account, Exchange, Identity, Request
from contracts.fragment import Fragment, default_fragment
from contracts.ledger import Observation
from contracts.location import find, parse
from contracts.parameters import default
from contracts.schema import Node
from contracts.validation import BodyValidator

Edited = Callable[..., Path]
"""Writes a copy of a fragment with changes, and gives its path."""
EditedContract = Callable[..., Contract]
"""Gives the contract of such a copy."""

AS_OF = date(2026, 11, 24)
BEFORE = date(2026, 10, 1)
SHELF_FILE = Path(__file__).parent / "fragments" / "shelf.openapi.yaml"
JOBS_FILE = Path(__file__).parents[2] / "spec" / "list-bulk-action-jobs.openapi.yaml"
FILES = {"jobs": JOBS_FILE, "shelf": SHELF_FILE}
JSON_TYPE = ("content-type", "application/json")
_BY_FORMAT = {"date-time": "2026-11-23T10:00:00Z", "uuid": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"}
_BY_TYPE: dict[str, Any] = {"string": "Text", "boolean": False, "null": None}


@cache
def contract(name: str, as_of: date = AS_OF) -> Contract:
    """Give the contract of a fragment by its short name."""
    return Contract(default_fragment() if name == "jobs" else Fragment(SHELF_FILE), as_of)


def instance(node: Node, selector: str = "") -> Any:
    """Make a value that keeps every promise of a schema, with every optional member there."""
    keywords = node.keywords
    if "const" in keywords or "enum" in keywords:
        return keywords.get("const", keywords.get("enum", [None])[0])
    if "format" in keywords:
        return _BY_FORMAT[keywords["format"]]
    kind = next(iter(node.types), "object")
    if kind in ("integer", "number"):
        return keywords.get("minimum", 0)
    if kind == "array":
        assert node.items
        unions = [child for child in node.items.walk() if child.branches]
        names = list(unions[0].branches) if unions else [""]
        return [instance(node.items, name) for name in names]
    if kind == "object":
        branch = node.branches.get(selector) or next(iter(node.branches.values()), None)
        members = {**node.properties, **(branch.properties if branch else {})}
        return {name: instance(member, selector) for name, member in members.items()}
    return _BY_TYPE[kind]


def full_body(about: Contract, status: str = "200") -> Any:
    """Make a body with every optional member, one item for each branch of the union, all of it sound."""
    root = about.fragment.responses[status].body
    assert root
    body = instance(root)
    pagination = about.fragment.pagination
    assert pagination
    for index, (_, item) in enumerate(find(body, pagination.items)):
        item[pagination.identity[0]] = f"00000000-0000-4000-8000-{index:012}"
    for node in root.walk():
        for _, owner in find(body, node.location[:-1]) if set(node.keywords) & _RULES else ():
            owner[node.location[-1]] = _ruled(about, node, owner, body)
    return body


_RULES = {"x-counts", "x-echoes", "x-equals"}


def _ruled(about: Contract, node: Node, owner: Any, body: Any) -> Any:
    keywords = node.keywords
    if "x-counts" in keywords:
        return len(next(value for _, value in find(body, parse(keywords["x-counts"]))))
    if "x-echoes" in keywords:
        return default(about.fragment.parameter(keywords["x-echoes"]))
    return next(value for _, value in find(owner, parse(keywords["x-equals"])))


def page(about: Contract, *items: dict[str, Any], **info: Any) -> Any:
    """Make a body with the items given, each a sound one with some members changed; `info` changes others.

    The count is right unless it is among the changes. What `info` names is changed in the member that
    holds the count.
    """
    body = full_body(about)
    pagination = about.fragment.pagination
    assert pagination
    model = body[pagination.items[0]][0]
    body[pagination.items[0]] = [deepcopy(model) | item for item in items]
    for node in about.fragment.success.body.walk():  # type: ignore[union-attr]
        if "x-counts" in node.keywords:
            owner = next(value for _, value in find(body, node.location[:-1]))
            owner[node.location[-1]] = len(items)
            owner |= info
    return body


def job(number: int, **changes: Any) -> dict[str, Any]:
    """Name a job of the real fragment."""
    return {"job_id": f"00000000-0000-4000-8000-{number:012}", **changes}


def book(number: int, **changes: Any) -> dict[str, Any]:
    """Name a book of the shelf."""
    return {"book_id": f"00000000-0000-4000-8000-{number:012}", **changes}


def request(about: Contract, query: Iterable[tuple[str, str]] = (), **changes: Any) -> Request:
    """Make a request for the operation, by default our own, with good credentials."""
    values: dict[str, Any] = {
        "method": "GET",
        "base_url": "https://test.example",
        "path": about.fragment.path,
        "query": tuple(query),
        "identity": Identity(about.fragment.security[0]),
        "account": Account.OWN,
    }
    return Request(**{**values, **changes})


def exchange(
    asked: Request,
    body: Any,
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = (JSON_TYPE,),
    **changes: Any,
) -> Exchange:
    """Make an exchange whose body is bytes, or is written as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    values: dict[str, Any] = {"elapsed_ms": 3.0, "origin": "test", "offset": 1}
    return Exchange(asked, status, headers, raw, **{**values, **changes})


def answered(
    about: Contract,
    body: Any = None,
    query: Iterable[tuple[str, str]] = (),
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = (JSON_TYPE,),
    **asked: Any,
) -> Reading:
    """Read an answer; without a body it is the full one of the success, or of the refusal."""
    if body is None:
        body = full_body(about, "200" if status < 300 else "4XX")
    return about.read(exchange(request(about, query, **asked), body, status, headers))


def seen(observations: Iterable[Observation]) -> dict[str, tuple[int, int]]:
    """Give (checked, broken) by clause."""
    return {each.clause: (each.checked, each.broken) for each in observations}


def broken(reading: Reading, about: Contract) -> dict[str, tuple[str, ...]]:
    """Give the pointers of what all checks together find broken, by clause."""
    return {
        each.clause: tuple(finding.pointer for finding in each.findings)
        for each in observe(reading, about)
        if each.broken
    }


def validator(name: str, status: str = "200", day: date = AS_OF) -> BodyValidator:
    """Give the validator of the body of an answer."""
    return contract(name, day).validators[status]


def broken_by(judge: BodyValidator, body: Any) -> dict[str, int]:
    """Give the number of places that a validator finds broken, by clause."""
    return {each.clause: each.broken for each in judge.judge(body) if each.broken}
