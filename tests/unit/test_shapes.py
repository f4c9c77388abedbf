"""The shapes of date-times: how they are written, and nothing of what they say."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import samples
import yaml
from hypothesis import given
from hypothesis import strategies as st

from contracts.census import Census
from contracts.contract import Contract
from contracts.formats import FORMATS
from contracts.shapes import OTHER, date_time_shapes

VECTORS = yaml.safe_load((Path(__file__).parent / "vectors" / "date-time.yaml").read_text())
CREATED = "200.result[].created_at:format"


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("2026-11-24T09:08:07Z", "0000-00-00T00:00:00Z"),
        ("1999-12-31t23:59:60z", "0000-00-00t00:00:00z"),
        ("2026-11-24T09:08:07.5Z", "0000-00-00T00:00:00.0Z"),
        ("2026-11-24T09:08:07.123456789-08:30", "0000-00-00T00:00:00.000000000-00:00"),
        ("2026-11-24T09:08:07.123456789012345678+08:30", OTHER),
    ],
)
def test_a_shape_has_nought_for_each_digit(text: str, shape: str) -> None:
    assert date_time_shapes([text, text]) == {shape: 2}


def test_fractions_finer_than_nanoseconds_are_not_told_apart() -> None:
    shapes = date_time_shapes([f"2026-11-24T09:08:07.{'9' * length}Z" for length in range(1, 100)])

    fine = len("0000-00-00T00:00:00.000000000+00:00") - len("0000-00-00T00:00:00.Z")
    assert shapes[OTHER] == 99 - fine
    assert len(shapes) == fine + 1


DATE_TIMES = st.builds(
    "2026-11-24{}09:08:07{}{}".format,
    st.sampled_from("TTTTt"),
    st.integers(0, 40).map(lambda digits: f".{'8' * digits}" if digits else ""),
    st.sampled_from(["Z", "Z", "Z", "z", "+00:00", "-08:30"]),
)


@given(st.lists(DATE_TIMES, min_size=1, max_size=4))
def test_shapes_of_many_are_those_of_each(texts: list[str]) -> None:
    one_by_one = sum((date_time_shapes([text]) for text in texts), Counter())

    assert date_time_shapes(texts) == one_by_one
    assert one_by_one == Counter(
        OTHER if len(text) > len("0000-00-00T00:00:00.000000000+00:00") else re.sub("[0-9]", "0", text)
        for text in texts
    )


def counted(about: Contract, body: Any, **known: bool) -> dict[str, Any]:
    counts = Census(about.fragment.success, about.as_of, **known).count([body])
    return {count.clause: dict(count.shapes) for count in counts if count.shapes}


def test_the_shapes_of_each_date_time_are_counted_by_its_clause(jobs: Contract) -> None:
    times = ["2026-11-24T09:08:07Z", "2026-11-24T09:08:07.25Z", "2025-01-02T03:04:05Z"]
    body = samples.page(jobs, *(samples.job(n, created_at=at) for n, at in enumerate(times)))

    found = counted(jobs, body, of_valid=True)

    assert found[CREATED] == {"0000-00-00T00:00:00Z": 2, "0000-00-00T00:00:00.00Z": 1}
    assert all(clause.endswith(":format") and "_id:" not in clause for clause in found)


def test_a_body_may_be_counted_twice(jobs: Contract) -> None:
    census = Census(jobs.fragment.success, jobs.as_of)
    census.count([samples.full_body(jobs)])

    again = {count.clause: count.shapes for count in census.count([{"result": [{"created_at": "?"}]}])}

    assert again[CREATED] == {}


@pytest.mark.parametrize("of_valid", [False, True], ids=["looked at one by one", "known to be valid"])
def test_what_is_no_text_has_no_shape(jobs: Contract, of_valid: bool) -> None:
    body = samples.page(jobs, *(samples.job(n, completed_at=at) for n, at in enumerate([None, None])))

    assert "200.result[].completed_at:format" not in counted(jobs, body, of_valid=of_valid)


@given(st.lists(st.one_of(st.sampled_from([vector["value"] for vector in VECTORS]), st.text()), min_size=1))
def test_only_texts_that_have_the_format_are_told_of(texts: list[str]) -> None:
    jobs = samples.contract("jobs")
    body = samples.page(jobs, *(samples.job(n, created_at=text) for n, text in enumerate(texts)))

    judged = {seen.clause: seen for seen in jobs.validators["200"].judge(body)}

    valid = [text for text in texts if FORMATS["date-time"](text)]
    shapes = judged[CREATED].shapes
    assert sum(shapes.values()) == len(valid)
    assert all(set(shape) <= set("0-Tt:.Zz+") for shape in shapes if shape != OTHER)
