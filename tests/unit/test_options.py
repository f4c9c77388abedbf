"""The command line of the suite: what cannot be meant is refused in a sentence."""

import pytest

from contracts.options import add_options


@pytest.fixture
def parse():
    """Give what reads a command line as the suite does."""
    parser = pytest.Parser(_ispytest=True)
    add_options(parser)
    return parser.parse


@pytest.mark.parametrize("share", ["0", "85", "100"])
def test_a_share_of_the_clauses_can_be_demanded(parse, share):
    assert parse([f"--min-verified={share}"]).min_verified == int(share)


@pytest.mark.parametrize("share", ["101", "200", "-1", "half", ""])
def test_what_is_no_share_is_refused(parse, share):
    with pytest.raises(pytest.UsageError, match="give a number from 0 to 100"):
        parse([f"--min-verified={share}"])


@pytest.mark.parametrize("seconds", ["0", "601", "nan", "soon"])
def test_a_time_that_no_answer_is_waited_for_is_refused(parse, seconds):
    with pytest.raises(pytest.UsageError, match="give a number of seconds up to 600"):
        parse([f"--timeout={seconds}"])


def test_a_day_that_is_none_is_refused(parse):
    with pytest.raises(pytest.UsageError, match="write it as 2026-11-01"):
        parse(["--as-of=yesterday"])
