"""How the method of an operation is found, and a call that may last, in a process of its own."""

from collections.abc import Mapping
from threading import Event
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
import samples

from contracts.errors import CouldNotTest
from contracts.fragment import Fragment
from contracts.sdk import bench as benches
from contracts.sdk.bench import Attempt, Bench, Call, usual_value
from contracts.sdk.recorder import Recorded, Reply

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
        self.demanded = {}


class Strict:
    """A driver of an SDK with a method that needs parameters, and some that it does not know."""

    release = SimpleNamespace()

    def __init__(self, method: str, *needed: str, known: tuple[str, ...] = ()) -> None:
        self._method, self._needed, self._known = method, {*needed}, {*needed, *known}
        self.sent: list[Any] = []

    def hello(self, fragment: Fragment) -> Any:
        self._fragment = fragment
        return SimpleNamespace(methods=("jobs.get", self._method))

    def ask(self, request: Mapping[str, Any]) -> Any:
        given = dict(request["arguments"])
        account = given.pop(self._fragment.tenant.name)  # type: ignore[union-attr]
        if unknown := sorted(given.keys() - self._known):
            return {"unsupported": unknown}
        if request["method"] == self._method and self._needed <= given.keys():
            path = f"{self._fragment.prefix}{self._fragment.path.format(account_id=account)}"
            self.sent.append(Recorded(self._fragment.method, f"{path}?{urlencode(given)}", (), 0.0, Reply()))
        return {"returned": {"object": {}}}


def bench_of(driver: Strict) -> Bench:
    recorder = SimpleNamespace(
        start=lambda *_: driver.sent.clear(), taken=lambda: tuple(driver.sent), origin="http://127.0.0.1:1"
    )
    emulators: Any = SimpleNamespace(address=lambda: ("", 0))
    return Bench(samples.contract("jobs"), driver, recorder, emulators)  # type: ignore[arg-type]


def test_a_method_that_wants_our_account_alone_demands_nothing() -> None:
    bench = bench_of(Strict("jobs.list", known=("status",)))

    assert (bench.method, bench.demanded) == ("jobs.list", {})


def test_a_method_that_demands_a_parameter_is_the_operations_all_the_same() -> None:
    bench = bench_of(Strict("jobs.list", "page", "action_type", known=("status",)))

    assert bench.method == "jobs.list"
    assert bench.demanded == {"page": 1, "action_type": usual_value(bench.fragment.parameter("action_type"))}
    assert bench.always == {**bench.own_path, **bench.demanded}


def test_a_method_that_demands_what_the_contract_does_not_have_is_another() -> None:
    assert bench_of(Strict("jobs.list", "job_id")).method == ""


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
