"""Bodies with values that nobody expects, at any of their places."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import samples
from hypothesis import strategies as st
from mutations import put

from contracts import strict_json
from contracts.contract import Contract
from contracts.location import find
from contracts.schema import Node

ODD = {
    "huge integer": Decimal("1e5000"),
    "negative huge integer": Decimal("-1e5000"),
    "integer beyond 64 bits": 2**70,
    "decimal": Decimal("1.5e400"),
    "infinity": float("inf"),
    "not a number": float("nan"),
    "lone surrogate": "\ud800",
    "nul": "\x00",
    "deep list": strict_json.parse(b"[" * 199 + b"]" * 199).value,
    "deep object": strict_json.parse(b'{"a":' * 190 + b"1" + b"}" * 190).value,
}

SMALL = [value for name, value in ODD.items() if "huge" not in name]  # Hypothesis prints what it draws.
TEXTS = ("MOVE", "RELEASE", "CLOTH", "", "2026-11-24T10:00:00Z")
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
NAMES = st.sampled_from(["type", "kind", "code"]) | st.text()
JSON = st.recursive(
    SCALARS | st.sampled_from([*SMALL, *TEXTS, 10**4299]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)


def places(about: Contract, status: str, root: Node) -> list[str]:
    """Give a pointer to every place of a full body."""
    body = samples.full_body(about, status)
    return [pointer for node in root.walk() for pointer, _ in find(body, node.location)]


PLACES = {
    (name, status): places(samples.contract(name), status, response.body)
    for name in samples.FILES
    for status, response in samples.contract(name).fragment.responses.items()
    if response.body
}


@dataclass(frozen=True)
class OddBody:
    """A body, perhaps with odd values, of one answer of one contract."""

    contract: str
    status: str
    body: Any


@st.composite
def odd_bodies(draw: st.DrawFn) -> OddBody:
    """Draw a full body in which up to three places hold anything."""
    name, status = draw(st.sampled_from(sorted(PLACES)))
    body = samples.full_body(samples.contract(name), status)
    for pointer in draw(st.lists(st.sampled_from(PLACES[name, status]), max_size=3, unique=True)):
        try:
            body = put(body, pointer, draw(JSON))
        except (KeyError, IndexError, TypeError, ValueError):
            continue
    return OddBody(name, status, body)
