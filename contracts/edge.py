"""What `conftest.py` has to know of pytest's insides: what items are about, how to speak past capturing."""

import sys
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from contracts.clauses import Clause


def clause_of(item: pytest.Item) -> Clause | None:
    """Give the clause that an item judges."""
    return next((value for value in _params(item).values() if isinstance(value, Clause)), None)


def selection(items: Iterable[pytest.Item]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the ids of the clauses that items judge, each once, and the parts of the traffic they send."""
    items = list(items)
    clauses = [clause.id for item in items if (clause := clause_of(item))]
    parts = [str(params["part"]) for item in items if "part" in (params := _params(item))]
    return tuple(dict.fromkeys(clauses)), tuple(parts)


def standard_error(config: pytest.Config) -> tuple[Callable[[str], None], bool]:
    """Give what writes to standard error past pytest's capturing, and whether that is a terminal."""
    capturing: Any = config.pluginmanager.getplugin("capturemanager")

    def write(text: str) -> None:
        with capturing.global_and_fixture_disabled():
            print(text, end="", file=sys.stderr, flush=True)

    with capturing.global_and_fixture_disabled():
        return write, sys.stderr.isatty()


def drop_places_without_line(told: "pytest.ExceptionInfo[BaseException]") -> None:
    """Take out of a traceback the places of which Python knows no line, as a signal may come at any
    instruction: pytest would crash where it shows them."""
    told.traceback = told.traceback.filter(lambda place: place._rawentry.tb_lineno is not None)


def _params(item: pytest.Item) -> dict[str, object]:
    is_ours = item.get_closest_marker("judges") or item.get_closest_marker("sends")
    return dict(item.callspec.params) if is_ours and isinstance(item, pytest.Function) else {}
