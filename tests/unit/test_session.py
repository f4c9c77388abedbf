"""How a session ends: the status for scripts, the sentence for people."""

from dataclasses import dataclass

import pytest

from contracts.reports.folder import as_json
from contracts.session import ending, ending_unstarted, written


@dataclass
class Ended:
    """What a run says of itself when it has ended."""

    is_broken: bool = False
    lacks_promised_data: bool = False
    ended_early: str = ""
    little: str = ""

    def too_little(self, min_verified):
        return self.little


@pytest.mark.parametrize(
    ("run", "status", "expected"),
    [
        pytest.param(Ended(), 0, (0, ""), id="kept"),
        pytest.param(Ended(is_broken=True), 1, (1, ""), id="broken"),
        pytest.param(Ended(is_broken=True), 0, (1, ""), id="broken, but no item says so"),
        pytest.param(Ended(is_broken=True), 4, (1, ""), id="broken, whatever a plugin says"),
        pytest.param(Ended(little="no job"), 0, (6, "nothing is broken, but no job"), id="too little"),
        pytest.param(
            Ended(little="no job", lacks_promised_data=True), 1, (1, ""), id="failed and too little"
        ),
        pytest.param(Ended(ended_early="gone; wait"), 7, (7, "gone; wait"), id="could not test"),
        pytest.param(
            Ended(is_broken=True, ended_early="gone"),
            7,
            (1, "gone; what was seen until then breaks the contract"),
            id="broken before it was gone",
        ),
        pytest.param(Ended(), 2, (7, "interrupted; run again to judge the rest"), id="interrupted"),
        pytest.param(
            Ended(),
            1,
            (7, "the suite itself failed, see above; nothing that was seen is broken"),
            id="a test that fails beside the contract is no broken promise",
        ),
        pytest.param(Ended(), 3, (7, "the suite itself failed, see above"), id="a crash of pytest"),
        pytest.param(
            Ended(is_broken=True),
            3,
            (1, "the suite itself failed, see above; what was seen until then breaks the contract"),
            id="broken before pytest crashed",
        ),
    ],
)
def test_the_status_and_the_sentence_say_how_it_ended(run, status, expected):
    assert ending(run, status, 0) == expected


@pytest.mark.parametrize(
    ("status", "why", "has_failed", "expected"),
    [
        pytest.param(4, "no account", False, (4, "no account"), id="refused"),
        pytest.param(
            5, "", False, (5, "no test was selected; correct what selects, as -k and -m do"), id="nothing"
        ),
        pytest.param(2, "", False, (7, "interrupted; run again"), id="interrupted"),
        pytest.param(2, "", True, (7, "the suite itself failed, see above"), id="not collected"),
        pytest.param(3, "", False, (7, "the suite itself failed, see above"), id="a crash of pytest"),
        pytest.param(1, "", True, (7, "the suite itself failed, see above"), id="a crash of the suite"),
    ],
)
def test_a_run_that_did_not_begin_says_why(status, why, has_failed, expected):
    assert ending_unstarted(status, why, has_failed=has_failed) == expected


def test_a_run_that_was_interrupted_is_recorded_as_such():
    run = Ended()

    ending(run, 2, 0)

    assert run.ended_early.startswith("interrupted")


class Kept:
    """A run that has ended, and of whose writings some fail."""

    def __init__(self, status, *failing):
        self.exit_status, self.sentence = status, "a sentence"
        self.failing = failing
        self.written = {}

    def report(self):
        return {"outcome": {"exit_status": self.exit_status, "sentence": self.sentence}}

    def _write(self, name, report):
        if name in self.failing:
            raise OSError(28, "No space left on device", f"a/{name}")
        self.written[name] = report["outcome"]["exit_status"]

    def write(self, report, reports):
        self._write("record", report)
        (reports / "compliance.json").write_text(as_json(report))

    def further(self, report):
        self._write("further", report)

    def remember(self, report):
        self._write("history", report)


@pytest.mark.parametrize(("found", "status"), [(0, 7), (1, 1), (6, 7)], ids=["kept", "broken", "too little"])
@pytest.mark.parametrize("failing", ["record", "further", "history"])
def test_what_cannot_be_written_is_told_and_all_that_can_be_says_the_same(found, status, failing, tmp_path):
    run = Kept(found, failing)

    report, is_there = written(run, tmp_path, [run.further])

    assert run.exit_status == report["outcome"]["exit_status"] == status
    assert run.sentence == (
        "a sentence; could not test: what the run found could not be written "
        f"(a/{failing}: No space left on device); make room, and run again"
    )
    assert run.written == dict.fromkeys({"record", "further", "history"} - {failing}, status)
    assert is_there is (failing != "record")


def test_what_is_written_says_what_the_run_ends_with(tmp_path):
    run = Kept(0)

    report, is_there = written(run, tmp_path, [run.further])

    assert (report["outcome"]["exit_status"], is_there) == (0, True)
    assert run.written == {"record": 0, "further": 0, "history": 0}
