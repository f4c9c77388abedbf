"""A call that may last, in a process of its own."""

from collections.abc import Mapping
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
import samples

from contracts.errors import CouldNotTest
from contracts.sdk import bench as benches
from contracts.sdk.bench import Attempt, Bench, Call

ENDED = CouldNotTest("the driver ended", "look into its log")


class Driven:
    """A driver that answers, fails, or does neither until it is ended."""

    def __init__(self, comes: Any) -> None:
        self._comes = comes
        self._is_ended = Event()

    def __enter__(self) -> "Driven":
        return self

    def __exit__(self, *exception: object) -> None:
        self._is_ended.set()

    def hello(self, fragment: Any) -> None:
        """Introduce nobody."""

    def end(self) -> None:
        self._is_ended.set()

    def ask(self, request: Mapping[str, Any]) -> Any:
        if self._comes is None:
            self._is_ended.wait()
        if not self._comes:
            raise ENDED
        return self._comes


class Watching(Bench):
    """A bench that has all that a call needs, and found its method."""

    def __init__(self) -> None:
        self.fragment = samples.contract("jobs").fragment
        self.release = SimpleNamespace()  # type: ignore[assignment]
        self.recorder = SimpleNamespace(  # type: ignore[assignment]
            start=lambda *_: None, taken=lambda: (), failure="", origin="http://127.0.0.1:1"
        )
        self.method = "jobs.list"
        self._kind = ""


def watched(monkeypatch: pytest.MonkeyPatch, comes: Any, limit_s: float) -> Attempt:
    monkeypatch.setattr(benches, "Driver", lambda release: Driven(comes))
    return Watching().watch(Call({}, credentials={}, address=("", 0)), limit_s)


def test_a_call_that_comes_back_is_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = watched(monkeypatch, {"returned": {"object": {}}}, 60)

    assert (attempt.is_over, attempt.told) == (True, "returns")


def test_a_call_that_lasts_is_ended_and_told_as_not_over(monkeypatch: pytest.MonkeyPatch) -> None:
    assert watched(monkeypatch, None, 0.01) == Attempt((), 0.01, is_over=False)


def test_a_driver_that_fails_in_time_could_not_be_tested(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CouldNotTest, match="the driver ended"):
        watched(monkeypatch, {}, 60)
