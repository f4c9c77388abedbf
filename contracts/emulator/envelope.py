"""Makes the bodies of answers: the envelope around a page, and that of a refusal.

Members that may be there or not, and notices, come and go from request to request: each has one of many
forms, and the same request the same answer.
"""

import marshal
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from contracts.emulator.arguments import Refusal, Value
from contracts.emulator.data import Makers, Presence
from contracts.emulator.hooks import Call
from contracts.emulator.mixing import bits, mix
from contracts.emulator.scalars import Make
from contracts.fragment import Fragment
from contracts.location import EACH, Location, find, parse
from contracts.operation import Response
from contracts.schema import Node

_FORMS = 1024


class Envelopes:
    """Makes the bodies of one fragment."""

    def __init__(self, fragment: Fragment, seed: int, presence: Presence = Presence.MIXED) -> None:
        self._fragment = fragment
        self._success = fragment.success
        self._items = fragment.pagination.items[:-1] if fragment.pagination else ()
        self._start = mix(seed)
        self._presence = presence
        self._makes: dict[str, Make] = {}
        self._form = lru_cache(maxsize=None)(self._made)
        body = fragment.success.body
        nodes = list(body.walk()) if body else []
        self._counts = [(place, parse(target)) for place, target in _with(nodes, "x-counts")]
        self._echoes = _with(nodes, "x-echoes")

    def page(self, call: Call, items: list[Any]) -> Any:
        """Make the body of a page with these items."""
        place = self._items
        body = self._chosen(call, self._success)
        if place:
            _put(body, place, items)
        for location, target in self._counts:
            _put(body, location, _count(body, target))
        for location, name in self._echoes:
            if name in call.arguments:
                _put(body, location, call.arguments[name])
        return body

    def refusal(self, call: Call, refusal: Refusal) -> Any:
        """Make the body of a refusal, whose first error says why."""
        response = self._fragment.response(refusal.status)
        if not response or not response.body:
            return {}
        body = self._chosen(call, response)
        errors = next((node for node in response.body.walk() if node.keywords.get("minItems")), None)
        entries = [entry for _, entry in find(body, errors.location)] if errors else []
        if errors and errors.items and entries:
            _explain(entries[0][0], errors.items, refusal)
        return body

    def _chosen(self, call: Call, response: Response) -> Any:
        """Give a body of the form that the request has."""
        if response.status not in self._makes:
            assert response.body
            is_page = response is self._success and self._items
            fixed: Mapping[Location, Make] = {self._items: lambda draw, index: []} if is_page else {}
            self._makes[response.status] = Makers(fixed, self._presence).of(response.body)
        caller = " ".join((*call.caller.schemes, call.caller.defect)).encode()
        draw = bits(b" ".join((call.method.encode(), call.path, call.query, caller)))
        # Read, as the body will be changed; to make each anew took a third of the time of a page.
        return marshal.loads(self._form(response.status, draw % _FORMS))  # noqa: S302 - written below

    def _made(self, status: str, form: int) -> bytes:
        return marshal.dumps(self._makes[status](mix(form ^ self._start), 0))


def _with(nodes: Sequence[Node], keyword: str) -> list[tuple[Location, str]]:
    found = [node for node in nodes if keyword in node.keywords and EACH not in node.location]
    return [(node.location, node.keywords[keyword]) for node in found]


def _count(value: Any, place: Location) -> int:
    """Count the items of the lists at `place`, not as the checks do: one bug would hide in both."""
    if not place:
        return len(value) if isinstance(value, list) else 0
    if place[0] == EACH:
        return sum(_count(item, place[1:]) for item in value) if isinstance(value, list) else 0
    return _count(value.get(place[0]), place[1:]) if isinstance(value, dict) else 0


def _explain(entry: Any, node: Node, refusal: Refusal) -> None:
    """Write code and message into the first members of an error that can hold them."""
    values: Mapping[str, Value] = {"integer": refusal.code, "string": refusal.message}
    for kind, value in values.items():
        names = [name for name in node.keywords.get("required", ()) if kind in node.properties[name].types]
        for name in names[:1]:
            lowest = node.properties[name].keywords.get("minimum", value)
            entry[name] = max(value, lowest) if isinstance(value, int) else value


def _put(body: Any, location: Location, value: Any) -> None:
    """Replace the value at `location`, in which there is no array, where there is one."""
    *owners, name = location
    for step in owners:
        body = body.get(step) if isinstance(body, dict) else None
    if isinstance(body, dict) and name in body:
        body[name] = value
