"""How a crash of a live run is told; that it is not told otherwise, `sensitivity/test_canaries.py` shows."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.errors import UsageError
from contracts.redaction import Redactor
from contracts.scrubber import Scrubber
from contracts.shield import last_line, told

ROOT = Path(__file__).resolve().parents[2]
PLANNED = "access: see whether the credentials are accepted"
TOKEN = "8M7wS6hCpXVc-DoRnPPY_UCWPgy8aea4"
SCRUBBER = Scrubber({TOKEN: "$TOKEN"})
CLOSED, OPEN = Redactor(b"key", scrubber=SCRUBBER), Redactor(b"key", shows_values=True, scrubber=SCRUBBER)


def crashed() -> BaseException:
    """Give an exception with a cause, both of which quote a canary."""
    try:
        try:
            {}[f"canary {TOKEN}"]
        except KeyError as error:
            raise ValueError("no canary") from error
    except ValueError as error:
        return error


def test_a_crash_is_told_by_its_lines_of_code_and_types_with_its_cause_first():
    text = told(crashed(), CLOSED)

    assert text.index("in crashed\n") < text.index("KeyError: (") < text.index("ValueError: (")
    assert TOKEN not in text


@pytest.mark.parametrize(
    "error", [KeyError("canary"), AssertionError("canary"), RuntimeError("canary")], ids=repr
)
def test_the_message_of_an_exception_is_not_shown(error):
    assert last_line(error, CLOSED).startswith(f"{type(error).__name__}: (its message is not shown")


def test_the_message_of_an_error_of_ours_is_shown_without_secrets():
    error = UsageError(f"{TOKEN} is odd", "choose another")

    assert last_line(error, CLOSED).endswith("UsageError: $TOKEN is odd; choose another")


def test_every_message_is_shown_where_values_are_but_no_secret():
    text = told(crashed(), OPEN)

    assert "KeyError: 'canary $TOKEN'" in text
    assert "ValueError: no canary" in text


def test_a_chain_without_end_is_cut():
    error = ValueError()
    error.__context__ = cause = KeyError()
    cause.__context__ = error

    assert told(error, CLOSED).count("not shown") == 10


def planned(*options: str) -> str:
    """Give what a live session prints that only plans."""
    live = {
        "CLOUDFLARE_BASE_URL": "http://127.0.0.1:9",
        "CLOUDFLARE_ACCOUNT_ID": "0" * 32,
        "CLOUDFLARE_API_TOKEN": "token-of-nobody",
    }
    command = [sys.executable, "-m", "pytest", "tests/contract", "--target", "live", "--plan", *options]
    return subprocess.run(command, cwd=ROOT, env=os.environ | live, capture_output=True, text=True).stdout


def test_a_log_file_that_was_there_already_is_kept_from_the_eyes_of_others(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("")
    log.chmod(0o644)

    told = planned("--log-file", str(log))

    assert PLANNED in told
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_live_session_needs_no_logging_of_pytest() -> None:
    assert PLANNED in planned("-p", "no:logging")
