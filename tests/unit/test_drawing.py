"""Queries are drawn ahead by a process of their own, and where there is none, here."""

import os
import subprocess
import sys

import pytest
from hypothesis import settings

from contracts.drawing import ALLOWED, FORBIDDEN, Drawing
from contracts.errors import BudgetExhausted, TargetUnreachable
from contracts.fragment import default_fragment

FRAGMENT = default_fragment()
KINDS = [ALLOWED, FORBIDDEN]


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch):
    """The processes that were begun."""
    processes: list[subprocess.Popen] = []
    popen = subprocess.Popen

    def begin(*arguments, **options):
        processes.append(popen(*arguments, **options))
        return processes[-1]

    monkeypatch.setattr(subprocess, "Popen", begin)
    return processes


@pytest.fixture
def ahead(begun, monkeypatch: pytest.MonkeyPatch):
    """Begin to draw ahead, as a run does that has not loaded the generators."""
    monkeypatch.delitem(sys.modules, "contracts.strategies", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    with Drawing(FRAGMENT) as drawing:
        drawing.begin(KINDS)
        yield drawing
    assert [process.poll() is not None for process in begun] == [True]


class Trier:
    """Breaks on queries with more than one parameter, and notes what it was asked to try."""

    def __init__(self, *, breaks: bool, most: int = 1000) -> None:
        self.breaks = breaks
        self.most = most
        self.tried: list = []

    def __call__(self, query) -> bool:
        if len(self.tried) == self.most:
            raise BudgetExhausted("all were sent", "send more")
        self.tried.append(query)
        return self.breaks and len(query) > 1


@pytest.fixture(params=["ahead", "here"])
def drawing(request: pytest.FixtureRequest) -> Drawing:
    return request.getfixturevalue("ahead") if request.param == "ahead" else Drawing(FRAGMENT)


@pytest.mark.parametrize("order", [KINDS, KINDS[::-1]], ids=["in order", "out of order"])
def test_as_many_are_tried_of_each_kind_as_are_meant_for_it(drawing: Drawing, order: list[str]) -> None:
    triers = {kind: Trier(breaks=False) for kind in order}

    found = [drawing.smallest(kind, trier) for kind, trier in triers.items()]

    assert found == [None, None]
    most = settings.default.max_examples
    assert {kind: len(trier.tried) for kind, trier in triers.items()} == {ALLOWED: most, FORBIDDEN: most // 2}


def test_two_runs_of_a_profile_without_chance_try_the_same(ahead: Drawing, begun, monkeypatch) -> None:
    first, second = Trier(breaks=False), Trier(breaks=False)
    ahead.smallest(FORBIDDEN, first)

    monkeypatch.delitem(sys.modules, "contracts.strategies", raising=False)
    with Drawing(FRAGMENT) as again:
        again.begin([FORBIDDEN])
        again.smallest(FORBIDDEN, second)
    begun.pop()

    assert first.tried == second.tried


def test_the_smallest_that_breaks_is_found(drawing: Drawing) -> None:
    trier = Trier(breaks=True)

    found = drawing.smallest(ALLOWED, trier)

    assert found is not None
    assert len(found) == 2
    assert found in trier.tried


def test_nothing_is_tried_twice_to_find_a_smaller_one(ahead: Drawing) -> None:
    trier = Trier(breaks=True)

    ahead.smallest(ALLOWED, trier)

    first = next(place for place, query in enumerate(trier.tried) if len(query) > 1)
    smaller = trier.tried[first:]
    assert len(smaller) == len(set(smaller)) > 1


def test_the_next_kind_is_whole_after_one_that_broke(ahead: Drawing) -> None:
    ahead.smallest(ALLOWED, Trier(breaks=True))
    trier = Trier(breaks=False)

    assert ahead.smallest(FORBIDDEN, trier) is None
    assert len(trier.tried) == settings.default.max_examples // 2


def test_the_rest_is_drawn_here_when_the_process_ends_early(ahead: Drawing, begun) -> None:
    begun[0].kill()
    trier = Trier(breaks=False)

    ahead.smallest(ALLOWED, trier)

    assert len(trier.tried) >= settings.default.max_examples


def test_the_next_kind_is_drawn_here_when_the_process_ended_while_a_smaller_one_was_looked_for(
    ahead: Drawing, begun
) -> None:
    def breaks(query) -> bool:
        begun[0].kill()
        return True

    ahead.smallest(ALLOWED, breaks)
    trier = Trier(breaks=False)

    assert ahead.smallest(FORBIDDEN, trier) is None
    assert len(trier.tried) >= settings.default.max_examples // 2


def test_what_was_found_is_given_when_the_process_ends_while_a_smaller_one_is_looked_for(
    ahead: Drawing, begun
) -> None:
    def breaks(query) -> bool:
        if len(query) > 1:
            begun[0].kill()
        return len(query) > 1

    found = ahead.smallest(ALLOWED, breaks)

    assert found is not None
    assert len(found) > 1


def test_a_budget_that_ends_before_anything_broke_ends_the_trying(drawing: Drawing) -> None:
    trier = Trier(breaks=False, most=3)

    with pytest.raises(BudgetExhausted):
        drawing.smallest(ALLOWED, trier)

    assert len(trier.tried) == 3


def test_a_budget_that_ends_behind_what_broke_leaves_the_smallest_until_then(drawing: Drawing) -> None:
    whole = Trier(breaks=True)
    drawing.smallest(ALLOWED, whole)
    first = next(place for place, query in enumerate(whole.tried) if len(query) > 1)
    trier = Trier(breaks=True, most=first + 2)

    found = drawing.smallest(ALLOWED, trier)

    assert found in trier.tried
    assert len(found) > 1


def test_a_server_that_is_gone_ends_the_run_also_while_a_smaller_one_is_looked_for(drawing: Drawing) -> None:
    def breaks(query) -> bool:
        if breaks.is_broken:
            raise TargetUnreachable("no answer came", "look")
        breaks.is_broken = len(query) > 1
        return breaks.is_broken

    breaks.is_broken = False

    with pytest.raises(TargetUnreachable):
        drawing.smallest(ALLOWED, breaks)


def test_no_process_is_begun_where_the_generators_are_loaded(begun, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "contracts.strategies", sys)
    with Drawing(FRAGMENT) as drawing:
        drawing.begin(KINDS)

    assert begun == []


def test_no_process_is_begun_for_no_kind(begun, monkeypatch) -> None:
    monkeypatch.delitem(sys.modules, "contracts.strategies", raising=False)
    with Drawing(FRAGMENT) as drawing:
        drawing.begin([])

    assert begun == []
