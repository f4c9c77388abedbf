"""What is said of an audit while it lasts."""

from contracts.audit.progress import Progress


def told(is_terminal, total_bytes, *steps):
    """Give what is written; a step is (seconds passed, bytes judged)."""
    now, written = [0.0], []
    progress = Progress(written.append, is_terminal, total_bytes, clock=lambda: now[0])
    progress.begin()
    for seconds, size_bytes in steps:
        now[0] += seconds
        progress.add(size_bytes)
    progress.close()
    return written


def test_an_audit_that_is_done_at_once_says_nothing():
    assert told(True, 10**6, (1.0, 10**6)) == []


def test_a_log_is_told_how_much_how_fast_and_how_long_still():
    assert told(False, 10**9, (2.0, 10**8), (1.0, 10**8)) == [
        "contract: 100 MB judged, 50.0 MB/s, 900 MB and about 18 s to go\n"
    ]


def test_of_a_stream_the_end_is_not_known_and_the_line_of_a_terminal_is_taken_away():
    assert told(True, 0, (2.0, 10**8)) == ["contract: 100 MB judged, 50.0 MB/s", "\r\x1b[2K"]


def test_what_was_judged_before_is_not_to_be_waited_for():
    written = []
    now = [0.0]
    progress = Progress(written.append, False, 10**9, clock=lambda: now[0])
    progress.begin()
    progress.skip(8 * 10**8)
    now[0] = 2.0
    progress.add(10**8)

    assert written == ["contract: 100 MB judged, 50.0 MB/s, 100 MB and about 2 s to go\n"]
