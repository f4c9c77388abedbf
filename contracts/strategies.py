"""Generated requests: Schemathesis draws them from the fragment, Hypothesis shrinks them.

Only the query is generated. Path and credentials are the target's own, and Schemathesis is kept from
sending or judging anything: its default checks would send requests past our client.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from functools import cache
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import seed as seeded
from hypothesis.errors import Flaky
from hypothesis.strategies import SearchStrategy
from schemathesis import Case, GenerationMode

from contracts.errors import BudgetExhausted, CouldNotTest
from contracts.fragment import Fragment
from contracts.plan import Pairs


def allowed_queries(fragment: Fragment) -> SearchStrategy[Pairs]:
    """Draw queries that the contract allows."""
    return _queries(fragment, GenerationMode.POSITIVE)


def forbidden_queries(fragment: Fragment) -> SearchStrategy[Pairs]:
    """Draw queries of which Schemathesis thinks that the contract forbids them; the checks know better."""
    return _queries(fragment, GenerationMode.NEGATIVE)


def smallest(
    queries: SearchStrategy[Pairs], breaks: Callable[[Pairs], bool], tries: int, seed: int
) -> Pairs | None:
    """Try so many queries, and give the smallest that `breaks`, if one does; of one seed they are the same.

    Raises:
        CouldNotTest: `breaks` did. Hypothesis is not told, for it would try again. Where the budget ends, the
            smallest that was found until then will do.
    """
    found: Pairs | None = None
    ended: CouldNotTest | None = None
    # A server takes what time it takes, and `replay` sends without the profiles of pytest.
    patient = settings(
        max_examples=tries, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
    )

    def attempt(query: Pairs) -> None:
        nonlocal found, ended
        try:
            is_broken = not ended and breaks(query)
        except CouldNotTest as error:
            ended = error
            return
        if is_broken:
            found = query
            raise _Broken

    with suppress(_Broken, Flaky):
        patient(seeded(seed)(given(queries)(attempt)))()
    if ended and not (found and isinstance(ended, BudgetExhausted)):
        raise ended
    return found


class _Broken(Exception):
    """Tells Hypothesis that a query broke a promise."""


@cache
def _queries(fragment: Fragment, mode: GenerationMode) -> SearchStrategy[Pairs]:
    schema = schemathesis.openapi.from_dict(_query_only(fragment))
    operation = schema[fragment.path][fragment.method]
    path = {parameter.name: "0" for parameter in fragment.parameters if parameter.place == "path"}
    return operation.as_strategy(generation_mode=mode, path_parameters=path).map(_pairs)


def _query_only(fragment: Fragment) -> dict[str, Any]:
    """Give the document without security, so that no header is generated."""
    document = deepcopy(fragment.document)
    document["components"].pop("securitySchemes", None)
    document["paths"][fragment.path][fragment.method.lower()].pop("security", None)
    return document


def _pairs(case: "Case[Any]") -> Pairs:
    return tuple(
        (_sendable(name), text) for name, value in (case.query or {}).items() for text in _texts(value)
    )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    else:
        yield _sendable(value if isinstance(value, str) else json.dumps(value))


def _sendable(text: str) -> str:
    return text.encode(errors="replace").decode()
