"""The command line of the suite: what cannot be meant is refused in a sentence."""

import pytest

from contracts.options import add_options, settle


@pytest.fixture
def parse():
    """Give what reads a command line as the suite does: the options, and why they cannot be used."""
    parser = pytest.Parser(_ispytest=True)
    add_options(parser)
    parser.addoption("--debug")

    def parsed(*arguments):
        option = parser.parse(arguments)
        return option, settle(option)

    return parsed


@pytest.mark.parametrize("share", ["0", "85", "100"])
def test_a_share_of_the_clauses_can_be_demanded(parse, share):
    option, refusal = parse(f"--min-verified={share}")

    assert (option.min_verified, refusal) == (int(share), "")


@pytest.mark.parametrize("share", ["101", "200", "-1", "half", "", "9" * 5000])
def test_what_is_no_share_is_refused(parse, share):
    _, refusal = parse(f"--min-verified={share}")

    assert refusal == f"--min-verified {share} is no share; give a number from 0 to 100"


@pytest.mark.parametrize("seconds", ["0", "601", "nan", "soon"])
def test_a_time_that_no_answer_is_waited_for_is_refused(parse, seconds):
    _, refusal = parse(f"--timeout={seconds}")

    assert refusal == f"--timeout {seconds} cannot be used; give a number of seconds up to 600"


@pytest.mark.parametrize("day", ["yesterday", "20261101", "2026-W44-7", "2026-11-1"])
def test_a_day_that_is_none_is_refused(parse, day):
    _, refusal = parse(f"--as-of={day}")

    assert refusal == f"--as-of {day} is not a date; write it as 2026-11-01"


def test_a_budget_that_is_no_number_is_refused(parse):
    _, refusal = parse("--max-requests=many")

    assert refusal == "--max-requests many is no number; give a whole one, as 400"


def test_a_target_that_there_is_not_is_refused_and_is_no_other(parse):
    option, refusal = parse("--target=foo")

    assert refusal == "--target foo is none; give emulator or live"
    assert option.target == "unknown"


def test_in_place_of_what_cannot_be_used_stands_the_default(parse):
    wrong, refusal = parse(
        "--as-of=yesterday", "--timeout=soon", "--max-requests=many", "--min-verified=half"
    )
    default, _ = parse()

    assert refusal.startswith("--as-of")
    assert vars(wrong) == vars(default)


def test_what_writes_down_every_exception_is_refused_for_a_live_server(parse):
    _, refusal = parse("--target=live", "--debug=log")

    assert refusal == "--debug goes with the emulator only; leave it out, or leave --target out"
