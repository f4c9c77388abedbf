"""The headers that announce an end of life: vectors as data, properties, and what is counted of them."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
import samples
import yaml
from hypothesis import given
from hypothesis import strategies as st

from contracts.announcements import HEADERS, MAX_DATES, Announced, announced, http_date, structured_date
from contracts.ledger import Ledger

VECTORS = {
    name: yaml.safe_load((Path(__file__).parent / "vectors" / f"{name}.yaml").read_text("utf-8"))
    for name in HEADERS
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def cases(name: str) -> list[Any]:
    return [pytest.param(each["value"], each["date"], id=each["why"]) for each in VECTORS[name]]


@pytest.mark.parametrize(("value", "expected"), cases("deprecation"))
def test_a_deprecation_is_read_as_the_vectors_do(value: str, expected: str | None) -> None:
    moment = structured_date(value)

    assert (moment and moment.isoformat()) == expected


@pytest.mark.parametrize(("value", "expected"), cases("sunset"))
def test_a_sunset_is_read_as_the_vectors_do(value: str, expected: str | None) -> None:
    moment = http_date(value)

    assert (moment and moment.isoformat()) == expected


@pytest.mark.parametrize("name", HEADERS)
def test_no_two_vectors_share_a_value_or_a_reason(name: str) -> None:
    count = len(VECTORS[name])

    assert len({each["value"] for each in VECTORS[name]}) == count
    assert len({each["why"] for each in VECTORS[name]}) == count


def moments(first: int, last: int) -> st.SearchStrategy[datetime]:
    """Draw a second of one of these years."""
    drawn = st.datetimes(datetime(first, 1, 1), datetime(last, 12, 31), timezones=st.just(UTC))
    return drawn.map(lambda moment: moment.replace(microsecond=0))


@given(moments(1, 9999))
def test_a_moment_survives_as_a_structured_date(moment: datetime) -> None:
    assert structured_date(f"@{(moment - EPOCH) // timedelta(seconds=1)}") == moment


@given(moments(100, 9999))
def test_a_moment_survives_as_an_http_date(moment: datetime) -> None:
    assert http_date(format_datetime(moment, usegmt=True)) == moment
    assert http_date(moment.ctime()) == moment


@given(moments(1969, 2068))
def test_a_moment_survives_the_form_of_rfc_850_within_its_hundred_years(moment: datetime) -> None:
    assert http_date(f"{moment:%A, %d-%b-%y %H:%M:%S} GMT") == moment


ALMOST = st.one_of(
    st.text(max_size=40),
    st.text('@-0123456789;=a"? .:', max_size=20),
    st.text("SunMo,0123456789- Nov:GMT", max_size=34),
    st.lists(
        st.sampled_from(
            ["Sun,", "Sunday,", "06", "6", "-", "Nov", "06-Nov-94", "1994", "08:49:37", "GMT", "9" * 10, "x"]
        ),
        max_size=8,
    ).map(" ".join),
)


@given(ALMOST)
def test_whatever_comes_is_a_moment_or_none(text: str) -> None:
    for read in HEADERS.values():
        moment = read(text)
        assert moment is None or moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param([("date", "Sun, 06 Nov 1994 08:49:37 GMT")], {}, id="neither header"),
        pytest.param(
            [("DEPRECATION", " @0\t")],
            {"deprecation": Announced(1, 0, Counter({"1970-01-01T00:00:00Z": 1}))},
            id="a date in a header of any case, with white space around",
        ),
        pytest.param(
            [("sunset", "canary-token"), ("deprecation", "canary-token")],
            {"sunset": Announced(1, 1), "deprecation": Announced(1, 1)},
            id="no dates",
        ),
        pytest.param(
            [("deprecation", "@0"), ("Deprecation", "@0")], {"deprecation": Announced(1, 1)}, id="two lines"
        ),
        pytest.param([("sunset", "")], {"sunset": Announced(1, 1)}, id="empty"),
    ],
)
def test_the_headers_of_an_answer_are_counted(headers: Any, expected: dict[str, Announced]) -> None:
    assert announced(headers) == expected


def test_the_dates_kept_do_not_grow_with_those_that_a_server_makes_up() -> None:
    ledger = Ledger()
    asked = samples.request(samples.contract("jobs"))

    for days in range(3 * MAX_DATES, 0, -1):
        ledger.record(samples.exchange(asked, {}, headers=(("deprecation", f"@{days * 86_400}"),)))

    seen = ledger.announced["deprecation"]
    assert seen.dates == {f"1970-01-0{day + 1}T00:00:00Z": 1 for day in range(1, MAX_DATES + 1)}
    assert (seen.answers, seen.malformed, seen.other_dates) == (3 * MAX_DATES, 0, 2 * MAX_DATES)
