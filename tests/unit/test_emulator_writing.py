import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.emulator.remembering import remembering
from contracts.emulator.writing import compact, written

FINITE = st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | st.integers() | FINITE | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@given(VALUES, VALUES)
def test_a_body_reads_the_same_whether_or_not_parts_were_written_before(part, rest) -> None:
    body = compact({"parts": [written(part), written(part)], "rest": rest})

    assert json.loads(body) == {"parts": [part, part], "rest": rest}


@pytest.mark.parametrize("length", [1, 10_000], ids=["short", "long"])
def test_what_was_remembered_is_what_would_be_made_anew(length: int) -> None:
    give = remembering(len)

    assert [give(b"x" * length), give(b"x" * length)] == [length, length]


def test_a_short_text_is_looked_at_once() -> None:
    seen: list[bytes] = []
    give = remembering(seen.append)

    for _ in range(3):
        give(b"page=1")

    assert seen == [b"page=1"]


def test_long_texts_are_not_kept() -> None:
    seen: list[int] = []
    give = remembering(lambda text: seen.append(len(text)))

    for _ in range(2):
        give(b"x" * 100_000)

    assert seen == [100_000, 100_000]
