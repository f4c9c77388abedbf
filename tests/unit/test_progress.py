"""How far a run is, as a person sees it while it lasts. The clock is the test's own."""

import pytest

from contracts.reports.progress import Progress


class Screen:
    """What was written, and a clock that goes on only while something sleeps."""

    def __init__(self, is_terminal):
        self.text = ""
        self.time = 0.0
        self.progress = Progress(
            self.write, is_terminal, limit=400, clock=lambda: self.time, sleep=self.sleep
        )

    def write(self, text):
        self.text += text

    def sleep(self, seconds):
        self.time += seconds


@pytest.fixture
def terminal():
    return Screen(is_terminal=True)


@pytest.fixture
def log():
    return Screen(is_terminal=False)


def send(screen, requests, each_takes_s):
    for count in range(1, requests + 1):
        screen.progress.sent(count)
        screen.sleep(each_takes_s)


def test_a_run_that_is_soon_over_says_nothing(terminal, log):
    for screen in (terminal, log):
        send(screen, 18, each_takes_s=0.1)

        assert screen.text == ""


def test_a_log_gets_a_line_now_and_then(log):
    send(log, 100, each_takes_s=1)

    lines = [line for line in log.text.splitlines() if line]
    assert lines[0] == "contract: 3 of at most 400 requests sent in 2 s"
    assert len(lines) == 4


def test_a_terminal_has_one_line_that_is_kept_up_to_date(terminal):
    send(terminal, 30, each_takes_s=0.25)

    assert terminal.text.count("\n") == 1
    assert terminal.text.endswith("contract: 30 of at most 400 requests sent in 7 s")


def test_the_line_of_a_terminal_is_taken_away_at_the_end(terminal):
    send(terminal, 30, each_takes_s=0.25)

    terminal.progress.close()

    assert terminal.text.endswith("\r\x1b[2K")


def test_a_log_is_told_of_a_long_wait_before_it_begins(log):
    log.progress.wait(60, "the server asks to slow down (429)")

    assert log.text == "\ncontract: waiting 60 s: the server asks to slow down (429)\n"
    assert log.time == 60


def test_a_terminal_counts_a_long_wait_down(terminal):
    terminal.progress.wait(3, "the quota is used up")

    told = [part for part in terminal.text.split("contract: ") if part.strip()]
    assert [part[:16] for part in told] == ["waiting 3 s more", "waiting 2 s more", "waiting 1 s more"]
    assert terminal.time == 3


def test_the_pace_is_kept_without_a_word(terminal, log):
    for screen in (terminal, log):
        screen.progress.wait(0.25, "")

        assert screen.text == ""
        assert screen.time == 0.25
