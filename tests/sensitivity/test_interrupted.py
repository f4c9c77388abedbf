"""However often and whenever a run is interrupted, what it leaves says so, and is whole."""

import json

import pytest
from suite import run_with_plugins

from contracts.reports.folder import FORMS, FURTHER
from contracts.reports.history import read

CLAUSE = "200.success:const"
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
ONCE = """
import os, signal
def pytest_runtest_logreport(report):
    if report.when == "call":
        os.kill(os.getpid(), signal.{0})
"""
PLUGINS = {
    "while pytest tells of the first": ONCE
    + """
def pytest_keyboard_interrupt():
    os.kill(os.getpid(), signal.{0})
""",
    "while the record is written": ONCE
    + """
import sys
def end_again(event, told):
    if event == "os.rename" and str(told[1]).endswith("compliance.json"):
        os.kill(os.getpid(), signal.{0})
sys.addaudithook(end_again)
""",
    "while the table is printed": ONCE
    + """
def pytest_terminal_summary():
    os.kill(os.getpid(), signal.{0})
""",
}
RAISED_AGAIN = (
    ONCE.format("SIGINT")
    + """
def pytest_keyboard_interrupt():
    raise {0}
"""
)
AT_THE_END = """
import os, signal, sys
def end(event, told):
    if event == "os.rename" and str(told[1]).endswith("compliance.html"):
        os.kill(os.getpid(), signal.{0})
sys.addaudithook(end)
"""
WHILE_COLLECTING = """
import os, signal
def pytest_collectstart(collector):
    os.kill(os.getpid(), signal.{0})
"""


@pytest.fixture
def run(tmp_path):
    """Run the suite in a process of its own, with a plugin that interrupts it."""

    def suite(plugin):
        history = str(tmp_path / "history.jsonl")
        options = ("-k", CLAUSE, "-p", "interrupting", "--history", history)
        return run_with_plugins(tmp_path, {"interrupting": plugin}, *options)

    return suite


def assert_says_interrupted(folder):
    record = json.loads((folder / "reports" / "compliance.json").read_text())
    (remembered,) = read(folder / "history.jsonl")
    attested = json.loads((folder / "reports" / "attestation.json").read_text())
    assert record["outcome"]["word"] == remembered["outcome"] == "untested"
    assert record["outcome"]["exit_status"] == 7
    assert record["ended_early"].startswith("interrupted")
    assert attested["predicate"]["result"] == "FAILED"
    assert {path.name for path in (folder / "reports").iterdir()} == {*FORMS, *FURTHER}


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("when", PLUGINS)
def test_a_run_that_is_interrupted_twice_says_so_in_all_that_it_leaves(run, tmp_path, when, signal):
    ended = run(PLUGINS[when].format(signal))

    assert ended.returncode == 7
    assert ended.stderr.splitlines()[-1].startswith("contract: interrupted; ")
    assert "Traceback" not in ended.stdout + ended.stderr
    assert_says_interrupted(tmp_path)


def test_what_a_second_interruption_leaves_never_says_kept_whatever_it_breaks_off(run, tmp_path):
    run(RAISED_AGAIN.format("KeyboardInterrupt"))

    assert_says_interrupted(tmp_path)


def test_what_a_crash_after_an_interruption_leaves_never_says_kept(run, tmp_path):
    run(RAISED_AGAIN.format("RuntimeError"))

    record = json.loads((tmp_path / "reports" / "compliance.json").read_text())
    assert record["outcome"]["exit_status"] == 7
    assert record["outcome"]["sentence"] == "the suite itself failed, see above"


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_run_that_came_to_its_end_writes_all_that_it_leaves_before_it_heeds_a_signal(run, tmp_path, signal):
    ended = run(AT_THE_END.format(signal))

    record = json.loads((tmp_path / "reports" / "compliance.json").read_text())
    assert ended.returncode == record["outcome"]["exit_status"] == 0
    assert "Traceback" not in ended.stdout + ended.stderr
    assert {path.name for path in (tmp_path / "reports").iterdir()} == {*FORMS, *FURTHER}
    assert len(read(tmp_path / "history.jsonl")) == 1


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_run_that_is_interrupted_while_its_tests_are_collected_leaves_a_record(run, tmp_path, signal):
    ended = run(WHILE_COLLECTING.format(signal))

    assert ended.returncode == 7
    assert_says_interrupted(tmp_path)
