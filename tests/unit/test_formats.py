"""The formats: vectors as data, each put to every validator, and properties with their own calendar."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema_rs
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from contracts.formats import FORMATS, PATTERNS, format_checker, is_date_time, is_uuid

VECTORS = {
    name: yaml.safe_load((Path(__file__).parent / "vectors" / f"{name}.yaml").read_text("utf-8"))
    for name in FORMATS
}


def by_jsonschema(name: str) -> Callable[[Any], bool]:
    return Draft202012Validator({"format": name}, format_checker=format_checker()).is_valid


def by_pattern(name: str) -> Callable[[Any], bool]:
    return jsonschema_rs.Draft202012Validator({"pattern": PATTERNS[name]}).is_valid


JUDGES = {"ours": FORMATS.__getitem__, "jsonschema": by_jsonschema, "pattern": by_pattern}
EXACT = ["ours", "jsonschema"]
LEAP_SECOND = ":60"


def cases(name: str) -> list[Any]:
    return [pytest.param(each["value"], each["valid"], id=each["why"]) for each in VECTORS[name]]


@pytest.mark.parametrize("judge", EXACT)
@pytest.mark.parametrize(("value", "valid"), cases("date-time"))
def test_every_exact_validator_judges_a_date_time_as_the_vectors_do(
    value: str, valid: bool, judge: str
) -> None:
    assert JUDGES[judge]("date-time")(value) is valid


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize(("value", "valid"), cases("uuid"))
def test_every_validator_judges_a_uuid_as_the_vectors_do(value: str, valid: bool, judge: str) -> None:
    assert JUDGES[judge]("uuid")(value) is valid


@pytest.mark.parametrize(("value", "valid"), cases("date-time"))
def test_the_pattern_of_a_date_time_judges_as_the_vectors_do_but_for_leap_seconds(
    value: str, valid: bool
) -> None:
    assert by_pattern("date-time")(value) is (valid and LEAP_SECOND not in value)


@pytest.mark.parametrize("name", FORMATS)
def test_no_two_vectors_share_a_value_or_a_reason(name: str) -> None:
    count = len(VECTORS[name])

    assert len({each["value"] for each in VECTORS[name]}) == count
    assert len({each["why"] for each in VECTORS[name]}) == count


# Validators that consult ours, and not checkers of their own.


def test_each_format_has_a_pattern() -> None:
    assert PATTERNS.keys() == FORMATS.keys()


def test_the_format_checker_knows_our_formats_and_no_other() -> None:
    assert set(format_checker().checkers) == set(FORMATS)


def test_making_a_format_checker_leaves_that_of_jsonschema_as_it_was() -> None:
    before = dict(Draft202012Validator.FORMAT_CHECKER.checkers)

    format_checker()

    assert dict(Draft202012Validator.FORMAT_CHECKER.checkers) == before


@pytest.mark.parametrize("instance", [None, True, 0, 1.5, [], {}], ids=repr)
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("judge", ["jsonschema", "pattern"])
def test_what_is_not_a_string_passes_every_format(judge: str, name: str, instance: Any) -> None:
    assert JUDGES[judge](name)(instance)


# Properties. The calendar is that of `datetime`, never that of the checker; it has no year 0000 and
# repeats itself every 400 years, so that 2000 stands for 0000.


@dataclass(frozen=True, slots=True)
class Text:
    """A date-time field by field, as written."""

    year: str
    month: str
    day: str
    separator: str
    hour: str
    minute: str
    second: str
    fraction: str
    zone: str

    def __str__(self) -> str:
        day = f"{self.year}-{self.month}-{self.day}{self.separator}"
        return f"{day}{self.hour}:{self.minute}:{self.second}{self.fraction}{self.zone}"


def zone_text(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


@st.composite
def date_times(draw: st.DrawFn) -> Text:
    year = draw(st.integers(0, 9999))
    day = date(year % 400 + 2000, 1, 1) + timedelta(draw(st.integers(0, 364)))
    digits = draw(st.text("0123456789", max_size=40))
    return Text(
        year=f"{year:04}",
        month=f"{day.month:02}",
        day=f"{day.day:02}",
        separator=draw(st.sampled_from("Tt")),
        hour=f"{draw(st.integers(0, 23)):02}",
        minute=f"{draw(st.integers(0, 59)):02}",
        second=f"{draw(st.integers(0, 59)):02}",
        fraction=f".{digits}" if digits else "",
        zone=draw(st.sampled_from(["Z", "z", "-00:00"]) | st.integers(-1439, 1439).map(zone_text)),
    )


def is_at_utc_midnight(text: Text) -> bool:
    """Tell whether the minute is the last of its UTC day, so that second 60 may stand in it."""
    offset = "+00:00" if text.zone in "Zz" else text.zone
    moment = datetime.fromisoformat(f"2000-06-15T{text.hour}:{text.minute}:00{offset}").astimezone(UTC)
    return (moment.hour, moment.minute) == (23, 59)


WRONG_NUMBERS = ["", "1", "-1", "+1", " 1", "1 ", "001", "1a", "0x", "\n1", "\u0660\u0661", "\uff11\uff12"]
WRONG = {
    "year": [*WRONG_NUMBERS, "999", "10000", "+2024", "-0001", "\uff12\uff10\uff12\uff14", "20 4", "0x7e"],
    "month": [*WRONG_NUMBERS, "00", "13", "99"],
    "day": [*WRONG_NUMBERS, "00", "32", "99"],
    "separator": ["", " ", "_", "TT", " T", "T ", "\t", "\uff34", "W"],
    "hour": [*WRONG_NUMBERS, "24", "99"],
    "minute": [*WRONG_NUMBERS, "60", "99"],
    "second": [*WRONG_NUMBERS, "61", "99"],
    "fraction": [".", ",", ",5", "..5", ".5.", ".5 ", ". 5", ".-5", ".\uff15", ".5e1", ":5", "5"],
    "zone": ["", " ", "ZZ", " Z", "Z ", "Z\n", "\n", "UTC", "A", "\uff3a", "Z+00:00", "+05:30Z", "+05:30\n"]
    + ["+0530", "+05", "+5:30", "+24:00", "-24:00", "+05:60", "-05:99", "05:30", "++5:30", "\u221205:30"],
}


@settings(deadline=None)
@given(text=date_times())
def test_every_date_time_there_is_is_accepted(text: Text) -> None:
    assert is_date_time(str(text))
    assert by_pattern("date-time")(str(text))


@pytest.mark.parametrize("field", [each.name for each in fields(Text)])
@settings(deadline=None)
@given(text=date_times(), data=st.data())
def test_a_date_time_with_one_field_wrong_is_refused(field: str, text: Text, data: st.DataObject) -> None:
    wrong = replace(text, **{field: data.draw(st.sampled_from(WRONG[field]))})

    assert not is_date_time(str(wrong))
    assert not by_pattern("date-time")(str(wrong))


@settings(deadline=None)
@given(text=date_times(), day=st.integers(28, 31))
def test_a_month_ends_where_the_calendar_ends_it(text: Text, day: int) -> None:
    first = date(int(text.year) % 400 + 2000, int(text.month), 1)

    exists = (first + timedelta(day - 1)).month == first.month

    assert is_date_time(str(replace(text, day=str(day)))) is exists
    assert by_pattern("date-time")(str(replace(text, day=str(day)))) is exists


@settings(deadline=None)
@given(text=date_times().filter(lambda text: not is_at_utc_midnight(text)))
def test_second_60_is_refused_before_the_last_minute_of_the_utc_day(text: Text) -> None:
    assert not is_date_time(str(replace(text, second="60")))


@settings(deadline=None)
@given(
    month=st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31)),
    offset=st.integers(-1439, 1439),
    days=st.integers(-35, 35) | st.just(0),
)
def test_second_60_is_accepted_at_the_end_of_a_utc_month_and_of_no_other_day(
    month: datetime, offset: int, days: int
) -> None:
    end = datetime(month.year, month.month, 1, tzinfo=UTC) + timedelta(days, minutes=-1)
    local = end.astimezone(timezone(timedelta(minutes=offset)))

    text = f"{local.year:04}-{local:%m-%dT%H:%M}:60{zone_text(offset)}"

    assert is_date_time(text) is ((end + timedelta(minutes=1)).day == 1)


def two_digits(most: int) -> st.SearchStrategy[str]:
    return st.integers(0, most).map(lambda number: f"{number:02}")


@settings(deadline=None, max_examples=500)
@given(
    date_text=st.tuples(st.integers(1, 9999).map(lambda year: f"{year:04}"), two_digits(14), two_digits(33)),
    # Hour 24 and offset minutes from 60 are left out: some version of `datetime` takes them.
    time_text=st.tuples(two_digits(23), two_digits(62), two_digits(59)),
    zone=st.just("Z")
    | st.tuples(st.sampled_from("+-"), two_digits(26), two_digits(59)).map(
        lambda parts: f"{parts[0]}{parts[1]}:{parts[2]}"
    ),
)
def test_the_checker_agrees_with_datetime_where_both_keep_to_the_rfc(
    date_text: tuple[str, ...], time_text: tuple[str, ...], zone: str
) -> None:
    text = f"{'-'.join(date_text)}T{':'.join(time_text)}{zone}"

    try:
        datetime.fromisoformat(text)
    except ValueError:
        assert not is_date_time(text)
    else:
        assert is_date_time(text)


@settings(deadline=None)
@given(text=st.text())
def test_no_text_crashes_a_checker(text: str) -> None:
    assert {name: type(is_format(text)) for name, is_format in FORMATS.items()} == dict.fromkeys(
        FORMATS, bool
    )


@settings(deadline=None)
@given(value=st.uuids(), is_upper=st.booleans())
def test_every_uuid_there_is_is_accepted(value: UUID, is_upper: bool) -> None:
    assert is_uuid(str(value).upper() if is_upper else str(value))


@settings(deadline=None, max_examples=500)
@given(value=st.uuids().map(str), place=st.integers(0, 35), piece=st.text("0aFg\uff26-{\n", max_size=2))
def test_the_checker_agrees_with_the_canonical_form_that_uuid_writes(
    value: str, place: int, piece: str
) -> None:
    text = value[:place] + piece + value[place + 1 :]

    try:
        canonical = str(UUID(text))
    except ValueError:
        canonical = ""

    assert is_uuid(text) is (text.lower() == canonical)
    assert by_pattern("uuid")(text) is is_uuid(text)


@pytest.mark.parametrize(
    "text",
    ["2024-03-01T10:20:30." + "9" * 1_000_000, "9" * 1_000_000, "-" * 1_000_000, "0-" * 500_000],
    ids=["digits of a fraction", "digits", "hyphens", "digits and hyphens"],
)
def test_a_text_of_a_million_characters_is_refused_like_any_other(text: str) -> None:
    assert not is_date_time(text)
    assert not is_uuid(text)
