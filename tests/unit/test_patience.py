"""When the next request may be sent. Time is passed in and never waited for."""

import random
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Throttled
from contracts.patience import (
    MAX_TRIES,
    MAX_WAIT_S,
    MAX_WAITED_S,
    Patience,
    parse_exhausted,
    parse_retry_after,
)
from contracts.run import max_wait_s

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC).timestamp()


class Watch:
    """A clock that goes on only while something waits for it."""

    def __init__(self):
        self.time = 1000.0
        self.waits = []

    def wait(self, seconds, why):
        assert seconds > 0
        self.waits.append((seconds, why))
        self.time += seconds


@pytest.fixture
def watch():
    return Watch()


def patience(watch, **options):
    dice = random.Random(0)
    return Patience(wait=watch.wait, clock=lambda: watch.time, now=lambda: NOW, dice=dice, **options)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        ("999999999", 999_999_999),
        ("9" * 400, 999_999_999_999),
        ("Tue, 24 Nov 2026 12:01:30 GMT", 90),
        ("Tuesday, 24-Nov-26 12:00:10 GMT", 10),
        ("Tue Nov 24 12:00:05 2026", 5),
        ("Tue, 24 Nov 2026 11:00:00 GMT", 0),
        ("Tue, 24 Nov 2026 13:00:00 +0100", 0),
    ],
)
def test_retry_after_is_read_in_each_of_its_forms(text, seconds):
    assert parse_retry_after(text, NOW) == seconds


@pytest.mark.parametrize(
    "text",
    [
        *["", "soon", "-5", "1.5", "+5", "٣", "0x10", "1e3", "5 s", "\x00"],
        *["Tue, 99 Nov 2026 12:00:00 GMT", "1 Jan 2026 0:3000000000 GMT", f"1 Jan {'9' * 5000} 0:00 GMT"],
    ],
)
def test_what_retry_after_cannot_mean_is_no_number_of_seconds(text):
    assert parse_retry_after(text, NOW) is None


@given(
    st.text() | st.from_regex(r"[0-9]{1,6} (Jan|Dec) [0-9]{1,6} [0-9]{1,12}(:[0-9]{1,12})*.*", fullmatch=True)
)
def test_no_retry_after_is_too_odd_to_be_read(text):
    seconds = parse_retry_after(text, NOW)

    assert seconds is None or seconds >= 0


@given(st.datetimes(min_value=datetime(2026, 11, 24, 12), max_value=datetime(2100, 1, 1)))
def test_a_date_that_lies_ahead_is_the_seconds_until_then(moment):
    moment = moment.replace(microsecond=0, tzinfo=UTC)

    text = format_datetime(moment, usegmt=True)

    assert parse_retry_after(text, NOW) == moment.timestamp() - NOW


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"ratelimit": '"default";r=0;t=30'}, 30),
        ({"ratelimit": '"default"; t=30; r=0'}, 30),
        ({"ratelimit": '"a";r=5;t=10, "b";r=0;t=20'}, 20),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "15"}, 15),
    ],
)
def test_a_quota_that_is_used_up_is_waited_for(headers, seconds):
    assert parse_exhausted(headers) == seconds


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"ratelimit": '"default";r=1199;t=300'},
        {"ratelimit": '"default";r=01;t=300'},
        {"ratelimit": '"default";r=0'},
        {"ratelimit": "junk"},
        {"ratelimit-remaining": "0"},
        {"ratelimit-remaining": "1", "ratelimit-reset": "15"},
        {"ratelimit-remaining": "0", "ratelimit-reset": "-15"},
        {"ratelimit-remaining": "0", "ratelimit-reset": "1800000000"},
        {"ratelimit-policy": '"default";q=1200;w=300'},
    ],
)
def test_a_quota_that_is_left_or_not_told_is_not_waited_for(headers):
    assert parse_exhausted(headers) is None


def test_requests_keep_the_pace(watch):
    patient = patience(watch, pace_s=0.25)

    for _ in range(3):
        patient.before_request()

    assert watch.waits == [(0.25, ""), (0.25, "")]
    assert patient.waited_s == 0


def test_without_a_pace_nothing_is_waited_for(watch):
    patient = patience(watch)

    for _ in range(3):
        patient.before_request()

    assert watch.waits == []


def test_the_next_request_waits_for_the_quota(watch):
    patient = patience(watch)
    patient.note_quota({"ratelimit": '"default";r=0;t=30'})

    patient.before_request()

    assert watch.waits == [(30, "the server says that the quota is used up")]


def test_a_quota_that_is_ages_away_is_not_waited_for_any_longer_than_a_window(watch):
    patient = patience(watch)
    patient.note_quota({"ratelimit": '"default";r=0;t=99999999'})

    patient.before_request()

    assert watch.waits[0][0] == MAX_WAIT_S


def test_a_server_that_asks_to_slow_down_is_never_asked_again_too_early(watch):
    patient = patience(watch)

    patient.after_throttling({"retry-after": "20"}, tries=1)

    ((seconds, why),) = watch.waits
    assert 20 <= seconds <= 21
    assert why == "the server asks to slow down (429)"
    assert patient.throttled == 1


def test_a_date_to_come_back_at_is_waited_for(watch):
    patience(watch).after_throttling({"retry-after": "Tue, 24 Nov 2026 12:01:00 GMT"}, tries=1)

    assert 60 <= watch.waits[0][0] <= 61


def test_where_no_time_is_told_the_waits_double(watch):
    patient = patience(watch)

    for tries in range(1, MAX_TRIES):
        patient.after_throttling({"retry-after": "junk"}, tries)

    seconds = [waited for waited, _ in watch.waits]
    assert all(2 * 2**index <= waited <= 3 * 2**index for index, waited in enumerate(seconds))


def test_a_server_that_asks_to_slow_down_to_the_end_ends_the_run(watch):
    with pytest.raises(Throttled, match="5 times in a row"):
        patience(watch).after_throttling({}, tries=MAX_TRIES)


def test_a_server_that_asks_for_more_than_a_run_waits_is_not_waited_for(watch):
    with pytest.raises(Throttled, match="not to come back for 999999999 s"):
        patience(watch).after_throttling({"retry-after": "999999999"}, tries=1)

    assert watch.waits == []


def test_one_wait_is_as_long_as_the_time_over_which_the_vendor_counts_requests_at_most(jobs, shelf, watch):
    limit = jobs.fragment.rate_limit
    patient = patience(watch, max_wait_s=max_wait_s(jobs.fragment))

    with pytest.raises(Throttled, match=f"a run waits {limit.seconds} s at most"):
        patient.after_throttling({"retry-after": str(limit.seconds + 1)}, tries=1)

    assert watch.waits == []
    assert max_wait_s(shelf.fragment) == MAX_WAIT_S


def test_all_waits_of_a_run_together_have_an_end(watch):
    patient = patience(watch)
    for _ in range(8):
        patient.after_throttling({"retry-after": "100"}, tries=1)

    with pytest.raises(Throttled, match="the run has waited 80"):
        patient.after_throttling({"retry-after": "100"}, tries=1)

    assert sum(waited for waited, _ in watch.waits) <= MAX_WAITED_S


def test_what_may_pass_is_tried_again_so_often_and_no_more(watch):
    patient = patience(watch)

    answers = [patient.after_failure({}, "it broke", tries) for tries in range(1, MAX_TRIES + 1)]

    assert answers == [True] * (MAX_TRIES - 1) + [False]
    assert [why for _, why in watch.waits] == ["it broke"] * (MAX_TRIES - 1)


def test_a_server_that_says_when_it_is_back_is_waited_for(watch):
    patience(watch).after_failure({"retry-after": "40"}, "not available", tries=1)

    assert 40 <= watch.waits[0][0] <= 41
