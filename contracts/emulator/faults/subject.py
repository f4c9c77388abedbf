"""A fragment, looked at for what can be broken."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts.clauses import Clause, derive
from contracts.clauses.ids import body_clause
from contracts.emulator.altering import Change, altered
from contracts.emulator.hooks import BodyHook, Call, Fault, ItemHook
from contracts.fragment import Fragment
from contracts.location import EACH, Location
from contracts.operation import Parameter, Response
from contracts.schema import NULL, Node

ChangeFor = Callable[[Call, Any], Change]


@dataclass(frozen=True, slots=True)
class BodyPlace:
    """A place of a body, and whether every answer of its kind, or every item, has it."""

    location: Location
    is_always_there: bool


class Subject:
    """A fragment and its clauses, and what the builders of faults ask of them."""

    def __init__(self, fragment: Fragment) -> None:
        self.fragment = fragment
        self.clauses = derive(fragment)
        self.success = fragment.success
        self.filters = [parameter for parameter in fragment.query if parameter.filter]
        self._nodes = {
            body_clause(response.status, node.location, keyword): (response, node)
            for response in fragment.responses.values()
            for node in (response.body.walk() if response.body else ())
            for keyword in (*node.keywords, "oneOf", "required")
        }

    def of_bodies(self) -> Iterator[tuple[Clause, Response, Node]]:
        """Yield the clauses on keywords of bodies, with the schemas that they are about."""
        for clause in self.clauses.values():
            if clause.id in self._nodes:
                yield clause, *self._nodes[clause.id]

    def fault(
        self, fault_id: str, summary: str, clauses: tuple[str, ...], until: date | None = None, **hooks: Any
    ) -> Fault | None:
        """Make the fault that breaks those of the clauses that the fragment has.

        There is none where it lacks the first, which is what the fault is about.
        """
        if clauses[0] not in self.clauses:
            return None
        known = tuple(dict.fromkeys(clause for clause in clauses if clause in self.clauses))
        family = self.clauses[known[0]].family
        return Fault(id=fault_id, summary=summary, clauses=known, family=family, until=until, **hooks)

    def altering(self, response: Response, at: Location, change: Change) -> dict[str, Any]:
        """Give the hook that changes a place in every answer of its kind."""
        pagination, root = self.fragment.pagination, response.body
        assert root
        if pagination and response is self.success and at[: len(pagination.items)] == pagination.items:
            of_item, within = root.at(pagination.items), at[len(pagination.items) :]
            assert of_item
            return {"on_item": _item_altered(of_item, within, change)}
        return {"on_body": self.putting(response, at, lambda call, body: change)}

    def putting(self, response: Response, at: Location, change: ChangeFor) -> BodyHook:
        """Give the hook that changes a place of the body of every answer of its kind, each in its own way."""
        root = response.body
        assert root

        def put(call: Call, status: int, body: Any) -> Any:
            answered = self.fragment.response(status)
            is_one = answered is not None and answered.status == response.status
            return altered(root, at, body, change(call, body)) if is_one else body

        return put

    def place(self, clause: str) -> "BodyPlace | None":
        """Give the place of a body that a clause is about, None where it is about something else."""
        if clause not in self._nodes or clause not in self.clauses:
            return None
        response, node = self._nodes[clause]
        pagination = self.fragment.pagination
        start = len(pagination.items) if pagination and response is self.success else 0
        is_of_list = bool(start) and node.location[:start] == (pagination.items if pagination else ())
        return BodyPlace(node.location, _is_always_there(response, node, start if is_of_list else 0))

    def is_identity(self, node: Node) -> bool:
        """Say whether a schema is that of what tells items apart."""
        pagination = self.fragment.pagination
        return pagination is not None and node.location == (*pagination.items, *pagination.identity)

    def member(self, parameter: Parameter) -> Node:
        """Give the schema of the member that a parameter filters on."""
        pagination, body = self.fragment.pagination, self.success.body
        assert parameter.filter
        assert pagination
        assert body
        node = body.at((*pagination.items, *parameter.filter.member))
        assert node
        return node


def _is_always_there(response: Response, node: Node, start: int) -> bool:
    """Say whether every answer, or every item where the first steps lead to one, has the place of a node."""
    steps, at = node.location, response.body
    for number, step in enumerate(steps):
        is_sure = number < start or (at is not None and step in at.keywords.get("required", ()))
        if not at or not is_sure or NULL in node.types[1:]:
            return False
        at = at.items if step == EACH else at.properties.get(step)
    return True


def _item_altered(root: Node, at: Location, change: Change) -> ItemHook:
    return lambda call, place, item: altered(root, at, item, change)
