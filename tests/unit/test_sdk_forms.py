"""The forms of an answer that SDKs are asked to understand."""

import pytest
import samples

from contracts.location import parse
from contracts.sdk.forms import DATE_TIMES, Form, Forms


@pytest.fixture(scope="module")
def forms() -> list[Form]:
    return list(Forms(samples.contract("jobs")).all())


@pytest.mark.parametrize("name", ["jobs", "shelf"])
def test_the_plain_answer_keeps_the_contract(name: str) -> None:
    contract = samples.contract(name)

    assert contract.validators[contract.fragment.success.status].is_valid(Forms(contract).plain)


def test_every_value_of_every_enum_is_among_the_forms(forms: list[Form]) -> None:
    contract = samples.contract("jobs")
    assert contract.fragment.success.body

    for node in contract.fragment.success.body.walk():
        values = [value for value in node.keywords.get("enum", ()) if value is not None]
        if values:
            made = [form for form in forms if form.location == node.location and form.group == "values"]
            assert [(form.value, form.is_allowed) for form in made] == [(value, True) for value in values]


def test_every_shape_of_a_date_time_is_allowed(forms: list[Form]) -> None:
    made = [form for form in forms if form.location == parse("result[].created_at")]

    shapes = {form.name: form.is_allowed for form in made if form.group == "date-times"}
    assert shapes == dict.fromkeys(DATE_TIMES, True)


def test_a_branch_comes_with_what_must_agree_with_it(forms: list[Form]) -> None:
    branches = [form for form in forms if form.group == "branches"]

    assert {form.name: form.body["result"][0]["action_type"] for form in branches} == {
        "MOVE": "MOVE",
        "RELEASE": "RELEASE",
    }
    assert all(form.is_allowed for form in branches)


def test_absence_is_allowed_where_the_member_is_optional_and_nowhere_else(forms: list[Form]) -> None:
    absent = {form.place: form.is_allowed for form in forms if form.is_absent}

    assert absent["result[].comment"]
    assert not absent["result[].job_id"]


def test_what_a_newer_server_adds_is_told_from_what_is_allowed(forms: list[Form]) -> None:
    newer = [form for form in forms if form.is_newer]

    assert {form.name for form in newer} == {"extra-member", "unknown-value", "unknown-branch"}
    assert not any(form.is_allowed for form in newer)


def test_another_contract_has_forms_too() -> None:
    forms = [form for form in Forms(samples.contract("shelf")).all() if form.group == "forbidden"]

    assert {"maxItems", "pattern"} <= {form.name for form in forms}
    assert not any(form.is_allowed for form in forms)


def test_every_form_that_a_finding_may_name_has_words(forms: list[Form]) -> None:
    told = [form.told for form in forms if form.is_allowed or form.is_newer]

    assert all(told)
    assert {"the integer 2147483648 (2^31)", "the value PENDING", "null", "nothing"} <= set(told)
