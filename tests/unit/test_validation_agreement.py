"""The fast path and jsonschema: whatever the value, they never disagree."""

from pathlib import Path
from typing import Any

import pytest
import samples
import yaml
from hypothesis import given
from mutations import put
from odd_bodies import JSON, ODD, PLACES, OddBody, odd_bodies
from samples import broken_by, validator

from contracts import strict_json
from contracts.census import json_type
from contracts.strict_json import Parsed


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
@pytest.mark.parametrize(
    "pointer", ["/result_info/total_count", "/result/0/comment", "/result/0/status", "/extra"]
)
def test_an_odd_value_is_judged_as_the_exact_validator_does(pointer: str, value: Any) -> None:
    judge = validator("jobs")
    body = put(samples.full_body(samples.contract("jobs")), pointer, value)

    found = broken_by(judge, body)

    assert found == dict.fromkeys(broken_clauses(pointer, value), 1)


def broken_clauses(pointer: str, value: Any) -> list[str]:
    """Name what an odd value breaks at one of the places that it is put to."""
    is_text = isinstance(value, str)
    return {
        "/extra": [],
        "/result/0/comment": [] if is_text else ["200.result[].comment:type"],
        "/result/0/status": [f"200.result[].status:{'enum' if is_text else 'type'}"],
        "/result_info/total_count": [
            f"200.result_info.total_count:{'const' if json_type(value) == 'integer' else 'type'}"
        ],
    }[pointer]


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_a_refusal_with_an_odd_result_breaks_just_that(value: Any) -> None:
    body = samples.full_body(samples.contract("jobs"), "4XX") | {"result": value}

    assert broken_by(validator("jobs", "4XX"), body) == {"4XX.result:type": 1}


FORMATTED = {"date-time": "created_at", "uuid": "job_id"}
VECTORS = [
    pytest.param(member, each["value"], each["valid"], id=f"{member}: {each['why']}")
    for name, member in FORMATTED.items()
    for each in yaml.safe_load((Path(__file__).parent / "vectors" / f"{name}.yaml").read_text("utf-8"))
]


@pytest.mark.parametrize(("member", "text", "is_allowed"), VECTORS)
def test_a_format_is_judged_alike_though_one_validator_has_a_pattern_for_it(
    member: str, text: str, is_allowed: bool
) -> None:
    judge = validator("jobs")
    body = put(samples.full_body(samples.contract("jobs")), f"/result/0/{member}", text)

    assert judge.is_valid(body) is judge._exact.is_valid(body) is is_allowed
    assert broken_by(judge, body) == ({} if is_allowed else {f"200.result[].{member}:format": 1})


@given(body_of=odd_bodies())
def test_the_fast_path_never_accepts_what_the_exact_validator_refuses(body_of: OddBody) -> None:
    about = samples.contract(body_of.contract)
    body = body_of.body
    judge = about.validators[body_of.status]

    is_exactly_valid = judge._exact.is_valid(body)

    assert judge.is_valid(body) == is_exactly_valid
    assert bool(broken_by(judge, body)) != is_exactly_valid
    assert broken_by(judge, body).keys() <= about.clauses.keys()


@given(body=JSON)
def test_broken_never_exceeds_checked_in_anything(body: Any) -> None:
    for name, status in PLACES:
        for observation in validator(name, status).judge(body):
            assert 0 <= observation.broken <= observation.checked


@pytest.mark.parametrize("status", ["PENDING", "?"], ids=["in a sound body", "in a body broken elsewhere"])
@pytest.mark.parametrize("number", [b"1e400", b"1e5000"], ids=["beyond a float", "beyond 4,300 digits"])
def test_a_whole_number_is_an_integer_however_large(number: bytes, status: str) -> None:
    parsed: Parsed = strict_json.parse(number)
    body = samples.full_body(samples.contract("jobs"))
    body["result"][0] |= {"messages_failed": parsed.value, "status": status}

    found = broken_by(validator("jobs"), body)

    assert found == ({} if status == "PENDING" else {"200.result[].status:enum": 1})
