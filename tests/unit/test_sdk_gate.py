"""What the gate keeps of a question that is not asked to its end."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import samples
from recorded_bench import RecordedBench, honest

from contracts.baseline import NO_BASELINE
from contracts.errors import CouldNotTest
from contracts.sdk import gate
from contracts.sdk.bench import Bench
from contracts.sdk.findings import Outcome, Question, Severity
from contracts.sdk.gate import Gate, Judgement
from contracts.sdk.notes import Notes
from contracts.sdk.record import stopping
from contracts.sdk.releases import InstalledRelease

CONTRACT = samples.contract("jobs")
GONE = CouldNotTest("the driver ended", "look into its log")


def judged(
    monkeypatch: pytest.MonkeyPatch, end: BaseException, *asked: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Give the rows of a release and the sentences of what stops it, of which one question was asked: each of
    its kinds of client loses an item in these places, and with the last kind that is asked all ends."""
    release = InstalledRelease("python:x==1", "python", "x", "1", Path("/nowhere"), Path("/nowhere/python"))
    judgement, benches, places = Judgement(release), dict[str, Bench](), iter(asked)
    for kind in ("sync", "async"):
        benches[kind] = RecordedBench(CONTRACT, honest)
        benches[kind].method = "list"

    def ask(_: Bench, notes: Notes) -> None:
        for place in next(places):
            found = notes.finding(f"{place}:lost", Severity.LOSES, f"{place} is lost")
            notes.check(place, place, Outcome.DIFFERS, "1 lost", [found])
        if notes.checks and len(notes.checks) == len(asked[-1]):
            raise end

    monkeypatch.setattr(gate, "ASKED", {Question.WALKS: ask})
    with pytest.raises(type(end)):
        Gate(CONTRACT, Path("/nowhere"), lambda _: None)._ask_each(judgement, benches)
    assert [one.id for one in judgement.findings] == [f"{one.id}:lost" for one in judgement.checks]
    return (
        [one.id for one in judgement.checks],
        [one.sentence for _, one in stopping([judgement], NO_BASELINE)],
    )


@pytest.mark.parametrize("end", [GONE, KeyboardInterrupt()], ids=["a driver that ends", "Ctrl-C"])
def test_what_was_seen_before_a_question_broke_off_counts(
    end: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert judged(monkeypatch, end, ["one"]) == (["walks:one"], ["one is lost"])


def test_what_another_client_was_not_asked_any_more_is_not_called_the_usual_ones_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows, stopped = judged(monkeypatch, GONE, ["one", "two"], ["one"])

    assert rows == ["walks:one", "walks:two"]
    assert stopped == ["one is lost", "two is lost"]
