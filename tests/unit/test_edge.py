"""What the suite makes of pytest's insides."""

from types import FunctionType

import pytest

from contracts.edge import drop_places_without_line

NOWHERE = 0x80 | 15 << 3
"""In a table of locations: of up to eight instructions no line is known (CPython's locations.md)."""


def interrupted() -> None:
    """Stand for what a signal interrupts."""
    raise KeyboardInterrupt


def interrupted_nowhere() -> "pytest.ExceptionInfo[KeyboardInterrupt]":
    """Give an interruption at an instruction that belongs to no line, as Python makes some."""
    code = interrupted.__code__
    table = bytes([NOWHERE | 7]) * (len(code.co_code) // 2)
    with pytest.raises(KeyboardInterrupt) as told:
        FunctionType(code.replace(co_linetable=table), {})()
    return told


def test_an_interruption_between_two_lines_is_told_all_the_same() -> None:
    told = interrupted_nowhere()

    drop_places_without_line(told)

    assert "interrupted_nowhere" in str(told.getrepr())


def test_an_interruption_at_a_line_is_told_with_it() -> None:
    with pytest.raises(KeyboardInterrupt) as told:
        interrupted()
    before = str(told.getrepr())

    drop_places_without_line(told)

    assert str(told.getrepr()) == before
