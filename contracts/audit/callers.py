"""Who was sent which value of an enum, and when last: what is asked before a value is removed.

Told of a caller are a pseudonym of the account and the name and version of the software that asked. The sum
is of bounded size and the same in any order: of very many callers those are kept that were sent a value last,
and of each its last day alone, as counts of callers that come and go would depend on how the work was cut.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from contracts.audit.record import Record
from contracts.audit.routes import Asked
from contracts.clauses.ids import body_clause
from contracts.clauses.wording import listed
from contracts.contract import Contract, Reading
from contracts.schema import Node

MAX_CALLERS = 20
"""So many accounts and so many clients are told of each value."""
_HELD = 8 * MAX_CALLERS
_PRODUCT = re.compile(r"([A-Za-z][A-Za-z._-]{0,39})(/[0-9]{1,4}(?:\.[0-9]{1,4}){0,3})?(?![^\s;(])")
"""A product and its version (RFC 9110 section 10.1.5); names with digits might be keys."""

Value = tuple[str, str]
"""A clause on an enum, and the coverage point of one of its values."""
Key = tuple[str, str, str]
"""A value, and what is told of callers: `accounts` or `clients`."""


class Callers:
    """The callers who were last sent each value, with the last day of each."""

    def __init__(self) -> None:
        self._last: dict[Key, dict[str, str]] = {}
        self._more: set[Key] = set()

    def see(self, values: Iterable[Value], who: Mapping[str, str], day: str) -> None:
        """Take note that values were sent to a caller on a day."""
        for clause, point in values:
            for kind, name in who.items():
                self._see((clause, point, kind), name, day)

    def settle(self) -> None:
        """Let go of what is too much."""
        for key in self._last:
            self._let_go(key)

    def add(self, other: "Callers") -> None:
        """Add other callers to these; both settled."""
        self._more |= other._more
        for key, names in other._last.items():
            for name, day in names.items():
                self._see(key, name, day)
            self._let_go(key)

    def told(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Give by clause, value and kind of caller the names with their last days, the last of all first, and
        whether there were more."""
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for key in sorted(self._last):
            clause, point, kind = key
            names = sorted(self._last[key].items(), key=lambda one: one[0])
            names.sort(key=lambda one: one[1], reverse=True)
            said = {"last": [list(one) for one in names], "more": key in self._more}
            found.setdefault(clause, {}).setdefault(point, {})[kind] = said
        return found

    @classmethod
    def from_told(cls, data: Mapping[str, Any]) -> "Callers":
        """Read back what `told` gave."""
        found = cls()
        for clause, points in data.items():
            for point, kinds in points.items():
                for kind, said in kinds.items():
                    key = (clause, point, kind)
                    found._last[key] = dict(said["last"])
                    found._more |= {key} if said["more"] else set()
        return found

    def _see(self, key: Key, name: str, day: str) -> None:
        names = self._last.setdefault(key, {})
        if day >= names.get(name, ""):
            names[name] = day
        if len(names) > _HELD:
            self._let_go(key)

    def _let_go(self, key: Key) -> None:
        names = self._last[key]
        if len(names) > MAX_CALLERS:
            self._more.add(key)
            last = sorted(names.items(), key=lambda one: (one[1], one[0]))[-MAX_CALLERS:]
            self._last[key] = dict(last)


class Enums:
    """Finds which values of enums stand in an answer, and says who asked for it."""

    def __init__(self, contract: Contract) -> None:
        responses = contract.fragment.responses.values()
        self._plans = {one.status: _plan(contract, one.status, one.body) for one in responses if one.body}
        self._tenant = contract.fragment.tenant.name if contract.fragment.tenant else ""
        self._account = lru_cache(maxsize=4096)(contract.redactor.account)
        self._client = lru_cache(maxsize=4096)(lambda text: _product(text, contract.redactor.scrub))

    def values(self, reading: Reading) -> set[Value]:
        """Give the values that stand in the body of an answer."""
        plan = self._plans.get(reading.response.status) if reading.response else None
        found: set[Value] = set()
        if plan and reading.parsed:
            plan.visit([reading.body], found)
        return found

    def who(self, record: Record, asked: Asked) -> dict[str, str]:
        """Say what may be told of a caller."""
        who = {}
        if account := asked.texts.get(self._tenant):
            who["accounts"] = self._account(account)
        if client := self._client(record.request_header("user-agent") or ""):
            who["clients"] = client
        return who


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where below a place of the schema the values of enums stand."""

    points: Mapping[Any, Value]
    members: Mapping[str, "_Plan"]
    items: "_Plan | None"
    branches: Mapping[str, "_Plan"]
    discriminator: str

    def visit(self, values: list[Any], found: set[Value]) -> None:
        """Find those in many values that stand at this place, at once."""
        if self.points:
            found.update(self.points[value] for value in _texts(values) if value in self.points)
        if self.items:
            self.items.visit([item for value in values if isinstance(value, list) for item in value], found)
        if self.members or self.branches:
            objects = [value for value in values if isinstance(value, dict)]
            for name, plan in self.members.items():
                plan.visit([value[name] for value in objects if name in value], found)
            for name, plan in self.branches.items():
                plan.visit([value for value in objects if value.get(self.discriminator) == name], found)


def _texts(values: list[Any]) -> set[Any]:
    """Give the texts among values, each once, and perhaps others."""
    try:
        return set(values)
    except TypeError:
        return {value for value in values if isinstance(value, str)}


def _plan(contract: Contract, status: str, node: Node) -> _Plan | None:
    """Lay out the way to the enums below a node; None where there is none."""
    clause = contract.clauses.get(body_clause(status, node.location, "enum"))
    values = node.keywords.get("enum", ()) if clause else ()
    points = {value: (clause.id, listed([value])) for value in values if clause and isinstance(value, str)}
    members = dict(_plans(contract, status, node.properties))
    branches = dict(_plans(contract, status, node.branches))
    items = _plan(contract, status, node.items) if node.items else None
    if not (points or members or branches or items):
        return None
    return _Plan(points, members, items, branches, node.discriminator)


def _plans(contract: Contract, status: str, nodes: Mapping[str, Node]) -> Iterator[tuple[str, _Plan]]:
    for name, node in nodes.items():
        if plan := _plan(contract, status, node):
            yield name, plan


def _product(text: str, scrub: Callable[[str], str]) -> str:
    """Give the first product of a `User-Agent`, empty where it names none; comments may name a person."""
    found = _PRODUCT.match(scrub(text))
    return found[0] if found else ""
