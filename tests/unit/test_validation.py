"""Bodies against their schemas: every clause broken by itself, at its place."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import samples
from mutations import ALSO, Mutation, mutations
from samples import EditedContract, broken_by, validator

from contracts.clauses import ABSENT
from contracts.contract import Contract
from contracts.explanation import MAX_EXPLAINED, MAX_PLACES, Validator
from contracts.ledger import Finding
from contracts.validation import BodyValidator

MUTATIONS = [
    pytest.param(one, id=f"{name} {one.clause}") for name in samples.FILES for one in mutations(name)
]


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_clause_is_broken_by_itself_and_at_its_place(mutation: Mutation) -> None:
    about = samples.contract(mutation.contract, samples.BEFORE)
    status = 200 if mutation.status == "200" else 404
    reading = samples.answered(about, mutation.body, status=status, query=[("unknown", "1")])

    found = samples.broken(reading, about)

    assert found == {mutation.clause: (mutation.pointer,), **ALSO.get(mutation.clause, {})}


@pytest.mark.parametrize("name", samples.FILES)
def test_every_schema_clause_has_a_mutation(name: str) -> None:
    rules = ("x-counts", "x-echoes", "x-equals")
    protocol = ("content-type", "encoding", "json", "unique-names")

    clauses = {
        clause.id
        for clause in samples.contract(name).clauses.values()
        if clause.id[0] in "24" and clause.keyword not in (*rules, *protocol)
    }

    assert {one.clause for one in mutations(name)} == clauses


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_broken_never_exceeds_checked(mutation: Mutation) -> None:
    validator = samples.contract(mutation.contract).validators[mutation.status]

    for observation in validator.judge(mutation.body):
        assert 0 <= observation.broken <= observation.checked


def test_a_sound_body_is_valid_and_counted_everywhere(each: Contract) -> None:
    judge, body = each.validators["200"], samples.full_body(each)

    observations = judge.judge(body)

    assert judge.is_valid(body)
    assert {one.broken for one in observations} == {0}
    assert {one.clause for one in observations} == {
        clause.id
        for clause in each.clauses.values()
        if clause.pointer
        and clause.id.startswith(("200.", "200:type"))
        and not clause.keyword.startswith("x-")
    }


def test_a_broken_place_says_what_was_expected_and_what_came() -> None:
    body = samples.full_body(samples.contract("jobs"))
    body["result"][1]["status"] = "ABORTED"

    found = [one for one in validator("jobs").judge(body) if one.broken]

    values = '"PENDING", "DISCOVERING", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED", "SKIPPED"'
    assert [one.findings for one in found] == [
        (Finding("/result/1/status", f"one of {values}", '"ABORTED"'),)
    ]


def test_one_item_too_few_is_told_as_one(edited_contract: EditedContract) -> None:
    about = edited_contract(("minItems: 1", "minItems: 2"))

    (found,) = (one for one in about.validators["4XX"].judge({"faults": ["late"]}) if one.broken)

    assert found.findings == (Finding("/faults", "minItems 2", "1 item"),)


def test_broken_places_are_counted_in_full_and_told_in_part() -> None:
    about = samples.contract("jobs")
    body = samples.page(about, *(samples.job(number, status="?") for number in range(12)))

    (found,) = [one for one in validator("jobs").judge(body) if one.broken]

    assert (found.clause, found.checked, found.broken) == ("200.result[].status:enum", 12, 12)
    assert [finding.pointer for finding in found.findings] == [f"/result/{n}/status" for n in range(3)]


def test_of_very_many_broken_places_some_are_explained_and_the_rest_left() -> None:
    body = samples.page(samples.contract("jobs")) | {"result": [0] * (MAX_EXPLAINED + 1)}

    (found,) = [one for one in validator("jobs").judge(body) if one.clause == "200.result[]:type"]

    assert (found.checked, found.broken) == (MAX_EXPLAINED + 1, MAX_EXPLAINED)


def test_of_a_huge_body_no_more_is_explained_either() -> None:
    body = samples.page(samples.contract("jobs")) | {"result": [0] * (MAX_PLACES + 1)}

    (found,) = [one for one in validator("jobs").judge(body) if one.clause == "200.result[]:type"]

    assert (found.checked, found.broken) == (MAX_PLACES + 1, MAX_EXPLAINED)


def test_each_of_several_missing_members_is_broken_once(each: Contract) -> None:
    body = samples.full_body(each, "200")
    pagination = each.fragment.pagination
    assert pagination
    place = pagination.items[0]
    body[place] = [{}]

    found = {clause: n for clause, n in broken_by(each.validators["200"], body).items() if "[]." in clause}

    items = each.node(pagination.items)
    assert items
    assert found == {f"200.{place}[].{name}:required": 1 for name in items.keywords["required"]}


@pytest.mark.parametrize(
    ("changes", "point"),
    [({"comment": None}, "null"), ({"comment": "x"}, "string"), ({}, ABSENT)],
    ids=["null", "string", "absent"],
)
def test_an_optional_member_is_counted_as_it_came(changes: dict[str, Any], point: str) -> None:
    body = samples.page(samples.contract("jobs"), samples.job(1))
    del body["result"][0]["comment"]
    body["result"][0] |= changes

    counted = {one.clause: one for one in validator("jobs").judge(body)}

    assert counted["200.result[].comment:type"].points == {point: 1}
    assert counted["200.result[].comment:type"].checked == len(changes)


@pytest.mark.parametrize(
    ("day", "verdict"),
    [(date(2026, 10, 31), (1, 1, 0)), (date(2026, 11, 1), (0, 0, 1)), (samples.AS_OF, (0, 0, 1))],
    ids=["the day before the sunset", "the day of the sunset", "after the sunset"],
)
def test_an_absent_deprecated_member_is_broken_before_and_gone_after_its_sunset(
    day: Any, verdict: tuple[int, int, int]
) -> None:
    body = samples.full_body(samples.contract("jobs"))
    del body["result_info"]["total_count"]

    counted = {one.clause: one for one in validator("jobs", day=day).judge(body)}

    found = counted["200.result_info.total_count:required"]
    assert (found.checked, found.broken, found.gone) == verdict


@pytest.mark.parametrize("day", [samples.BEFORE, samples.AS_OF], ids=["before", "after"])
@pytest.mark.parametrize("member", ["total_count", "page"])
@pytest.mark.parametrize(
    ("value", "keyword"),
    [(1, "const"), (-1, "const"), ("0", "type"), (False, "type"), (None, "type"), (-0.5, "type")],
)
def test_a_deprecated_number_is_zero_whatever_the_day(
    day: Any, member: str, value: Any, keyword: str
) -> None:
    body = samples.full_body(samples.contract("jobs"))
    body["result_info"][member] = value

    found = broken_by(validator("jobs", day=day), body)

    assert found == {f"200.result_info.{member}:{keyword}": 1}


@pytest.mark.parametrize("value", [0, 0.0, -0.0], ids=["0", "0.0", "-0.0"])
def test_every_way_to_write_zero_is_zero(value: float) -> None:
    body = samples.full_body(samples.contract("jobs"))
    body["result_info"]["total_count"] = value

    assert broken_by(validator("jobs"), body) == {}


@pytest.mark.parametrize("status", ["200", "4XX"])
@pytest.mark.parametrize("body", [None, True, 0, "text", [], {}, [[]]], ids=repr)
def test_any_json_at_all_is_judged(status: str, body: Any) -> None:
    found = broken_by(validator("jobs", status), body)

    assert found.keys() <= samples.contract("jobs").clauses.keys()
    assert found


def test_members_that_the_contract_does_not_name_are_allowed_everywhere(each: Contract) -> None:
    body = samples.full_body(each)
    for value in list(objects(body)):
        value["brand_new"] = {"anything": [1, None]}

    assert samples.broken(samples.answered(each, body), each) == {}


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(child)


@pytest.mark.parametrize(
    "identity", ["F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6", "ffffffff-ffff-ffff-ffff-ffffffffffff"]
)
def test_an_unusual_uuid_is_allowed(identity: str) -> None:
    body = samples.page(samples.contract("jobs"), {"job_id": identity})

    assert broken_by(validator("jobs"), body) == {}


def test_a_body_of_which_nothing_is_promised_has_no_validator(jobs: Contract) -> None:
    with pytest.raises(ValueError, match="nothing is promised of the body of a 429"):
        BodyValidator(jobs.fragment.responses["429"], samples.AS_OF, jobs.redactor)


def test_a_const_in_a_branch_that_does_not_select_it_is_laid_to_a_clause(
    edited_contract: EditedContract,
) -> None:
    kind = "        kind: {const: CLOTH}\n"
    contract = edited_contract((kind, f"{kind}        pages: {{const: 0, x-source: docs}}\n"))
    body = samples.full_body(contract)
    body["books"][1]["cover"]["pages"] = 1

    found = broken_by(contract.validators["200"], body)

    assert found.keys() <= contract.clauses.keys()
    assert found


@pytest.mark.parametrize(
    ("text", "is_valid"), [("ABC", True), ("ABC\n", False), ("٣", False), ("\ud800", False)]
)
def test_a_pattern_is_read_as_ecmascript_does_also_where_jsonschema_judges(text: str, is_valid: bool) -> None:
    validator = Validator({"type": "string", "pattern": r"^(?:[A-Z]{3}|\d)$"})

    assert validator.is_valid(text) is is_valid
    assert [error.validator for error in validator.errors(text)] == ([] if is_valid else ["pattern"])
