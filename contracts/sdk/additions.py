"""Members that an SDK's validation requires and the contract does not have: which they are, with values.

Without them a strict mode refuses every answer, and nothing can be learnt of any other form. No value is made
up: of those that stand in an answer of the contract, the first that the SDK takes is used.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from contracts.location import EACH, Location
from contracts.sdk.bench import Attempt, Problem
from contracts.sdk.told import at, losses

Additions = Mapping[Location, Any]


def additions(body: Any, refused: Attempt, ask: Callable[[Any], Attempt]) -> Additions | None:
    """Give what has to be added to a body for the SDK to take it; None where that is not what is wrong.

    `refused` is what came of the body as it is, `ask` lets the SDK read another.
    """
    candidates = list(_values(body))
    tried: dict[Location, int] = {}
    added: dict[Location, Any] = {}
    attempt = refused
    while places := _troubled(attempt, body, added):
        for place in places:
            if place is None:
                return None
            tried[place] = tried.get(place, -1) + 1
        if max(tried.values()) == len(candidates):
            return None
        added = {place: candidates[number] for place, number in tried.items()}
        attempt = ask(added_to(body, added))
    return added


def _troubled(attempt: Attempt, body: Any, added: Additions) -> list[Location | None]:
    """Give the places at which something has to be added, or another value than what was; None among them is
    trouble of another kind."""
    if not attempt.raised:
        # What is only taken as something else would be laid to every other form.
        return [place for place, value in added.items() if any(losses(value, at(attempt.returned, place)))]
    asked = added_to(body, added)
    found = dict.fromkeys(_addition(problem, asked, added) for problem in attempt.raised.problems)
    return list(found) or [None]


def _addition(problem: Problem, asked: Any, added: Additions) -> Location | None:
    """Name the place of an addition that a problem is about."""
    place = place_of(problem, asked)
    known = next((one for one in added if place[: len(one)] == one), None)
    return known or (place if problem.is_missing else None)


def added_to(body: Any, added: Additions) -> Any:
    """Give the body with the members added wherever the object that holds them stands."""
    filled = deepcopy(body)
    for (*way, name), value in added.items():
        for owner in _owners(filled, way):
            owner.setdefault(name, deepcopy(value))
    return filled


def _owners(value: Any, way: list[str]) -> Iterator[dict[str, Any]]:
    if not way:
        if isinstance(value, dict):
            yield value
    elif way[0] == EACH:
        for item in value if isinstance(value, list) else ():
            yield from _owners(item, way[1:])
    elif isinstance(value, dict) and way[0] in value:
        yield from _owners(value[way[0]], way[1:])


def place_of(problem: Problem, body: Any) -> Location:
    """Give the place in a body that a problem is about, without what the SDK adds for its types."""
    here, place = body, list[str]()
    *way, last = problem.place or ("",)
    for step in way:
        if isinstance(here, list) and step.isdecimal():
            here = here[int(step)]
            place.append(EACH)
        elif isinstance(here, dict) and step in here:
            here = here[step]
            place.append(step)
    is_tag = not isinstance(here, dict) or (last not in here and not problem.is_missing)
    return tuple(place) if is_tag else (*place, last)


def _values(body: Any) -> Iterator[Any]:
    """Yield the values that stand in a body, each once, simple ones first."""
    found = {json.dumps(value, sort_keys=True): value for value in _all(body)}
    yield from sorted(found.values(), key=lambda value: isinstance(value, dict | list))


def _all(value: Any) -> Iterator[Any]:
    yield value
    for below in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _all(below)
