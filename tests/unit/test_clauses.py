"""Clauses: derived, stable, each on the line that says it."""

from collections.abc import Callable

import pytest
import samples
import yaml
from hypothesis import given
from hypothesis import strategies as st
from samples import Edited, EditedContract

from contracts.clauses import ABSENT, Clause, derive, ids
from contracts.contract import Contract
from contracts.errors import FragmentError
from contracts.fragment import Fragment
from contracts.parameters import boundaries

JOBS_LINES = samples.JOBS_FILE.read_text("utf-8").splitlines()
SAID = yaml.safe_load((samples.SHELF_FILE.parent / "clauses.yaml").read_text("utf-8"))
ALL = [
    pytest.param(name, clause, id=f"{name} {clause.id}")
    for name in samples.FILES
    for clause in samples.contract(name).clauses.values()
]


@pytest.mark.parametrize("said", [pytest.param(each, id=each["id"]) for each in SAID])
def test_a_clause_says_what_it_is_about_and_where_it_stands(jobs: Contract, said: dict[str, str]) -> None:
    clause = jobs.clauses[said["id"]]

    line = JOBS_LINES[clause.line - 1].strip()
    assert {"id": clause.id, "family": clause.family, "source": clause.source, "line": line} == said


@pytest.mark.parametrize(("name", "promise"), ALL)
def test_the_line_of_a_clause_holds_what_it_rests_on(name: str, promise: Clause) -> None:
    line = samples.FILES[name].read_text("utf-8").splitlines()[promise.line - 1]
    token = promise.pointer.rpartition("/")[2].replace("~1", "/")

    words = [token, promise.id.rpartition(".")[2].partition(":")[0], "name:", "- ", "$ref"]
    assert any(word in line for word in (words if token.isdigit() else words[:1]))


@pytest.mark.parametrize(("name", "promise"), ALL)
def test_a_clause_tells_its_promise_and_what_would_show_it(name: str, promise: Clause) -> None:
    assert promise.promise[0] in "`AEMWSN" or promise.promise[0].isupper()
    assert "None" not in promise.promise
    assert "{" not in promise.promise
    assert promise.shown_by
    assert len(set(promise.points)) == len(promise.points)


def test_what_is_promised_of_a_whole_body_or_a_value_is_told_as_a_person_would(jobs: Contract) -> None:
    told = [
        (jobs.clauses[id_].promise, jobs.clauses[id_].shown_by) for id_ in ("200:type", "query.page:minimum")
    ]

    assert told == [
        ("The body is an object", "a 200 answer with a body"),
        ("A value of `page` below 1 is refused with a 4XX", "a request with a forbidden value of `page`"),
    ]


def test_one_is_told_as_one(jobs: Contract) -> None:
    assert jobs.clauses["4XX.errors:minItems"].promise == "`errors` has at least 1 item"


def test_the_ids_do_not_depend_on_the_day_or_the_run(each: Contract) -> None:
    again = derive(each.fragment)

    assert dict(again) == dict(each.clauses)
    assert list(again) == list(Contract(each.fragment, samples.BEFORE).clauses)


def test_every_enum_value_is_a_point_of_every_place_that_has_the_enum(jobs: Contract) -> None:
    ends = ("[].status:enum", "query.status:x-filters/only-matching", "query.status:accepted")
    places = [clause for clause in jobs.clauses.values() if clause.id.endswith(ends)]

    values = ("PENDING", "DISCOVERING", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED", "SKIPPED")
    assert {clause.id: clause.points for clause in places} == {
        "200.result[].status:enum": values,
        "query.status:accepted": values,
        "query.status:x-filters/only-matching": values,
    }


ENUMS = [
    pytest.param("jobs", "enum: [MOVE, RELEASE]", "RELEASE", id="jobs action type"),
    pytest.param("jobs", "        - FAILED\n", "FAILED", id="jobs status"),
    pytest.param("jobs", "        - ENCRYPTED\n", "ENCRYPTED", id="jobs disposition"),
    pytest.param("jobs", "PREVIEW, QUARANTINE_RELEASED, MOVED, null", "MOVED", id="jobs message action"),
    pytest.param("shelf", "enum: [NOVEL, POETRY]", "POETRY", id="shelf genre"),
]


def points(contract: Contract) -> dict[str, tuple[str, ...]]:
    return {clause.id: clause.points for clause in contract.clauses.values()}


@pytest.mark.parametrize(("name", "text", "value"), ENUMS)
def test_an_enum_value_more_is_one_point_more_and_no_clause_more(
    edited_contract: EditedContract, name: str, text: str, value: str
) -> None:
    more = (
        text.replace(value, f"{value}, EXTRA") if "[" in text or "," in text else f"{text}        - EXTRA\n"
    )

    changed = edited_contract((text, more), of=name)

    before = points(samples.contract(name))
    grown = {clause: seen for clause, seen in points(changed).items() if seen != before[clause]}
    assert changed.clauses.keys() == before.keys()
    assert grown == {
        clause: (*seen[: seen.index(value) + 1], "EXTRA", *seen[seen.index(value) + 1 :])
        for clause, seen in before.items()
        if value in seen and ":oneOf" not in clause
    }


@pytest.mark.parametrize(("name", "text", "value"), ENUMS)
def test_an_enum_value_less_is_one_point_less_and_no_clause_less(
    edited_contract: EditedContract, name: str, text: str, value: str
) -> None:
    less = text.replace(f", {value}", "") if "," in text else ""

    changed = edited_contract((text, less), of=name)

    before = points(samples.contract(name))
    shrunk = {clause: seen for clause, seen in points(changed).items() if seen != before[clause]}
    assert changed.clauses.keys() == before.keys()
    assert shrunk == {
        clause: tuple(point for point in seen if point != value)
        for clause, seen in before.items()
        if value in seen and ":oneOf" not in clause
    }


def test_an_optional_member_has_the_points_absent_and_each_type(jobs: Contract) -> None:
    assert jobs.clauses["200.result[].comment:type"].points == (ABSENT, "string", "null")
    assert jobs.clauses["200.result[].status:type"].points == ()


def test_a_union_has_a_point_for_each_branch(each: Contract) -> None:
    unions = [clause.points for clause in each.clauses.values() if clause.keyword == "oneOf"]

    assert unions in ([("MOVE", "RELEASE")], [("PAPER", "CLOTH")])


def test_only_the_first_page_must_be_accepted(edited_contract: EditedContract) -> None:
    about = edited_contract(("minimum: 1, default: 1,", "minimum: 1, maximum: 9, default: 1,"))

    assert about.clauses["query.sheet:accepted"].points == ("1",)


def test_a_sunset_is_told_by_every_clause_on_the_member(jobs: Contract) -> None:
    gone = [clause.id for clause in jobs.clauses.values() if clause.sunset]

    assert gone == [
        "200.result[].search_params.action_log:type",
        "200.result_info.total_count:required",
        "200.result_info.total_count:type",
        "200.result_info.total_count:const",
        "200.result_info.page:type",
        "200.result_info.page:const",
    ]


def test_two_clauses_of_the_same_name_are_refused(edited: Edited) -> None:
    path = edited(("- reader_card: []\n", "- reader_card: []\n        - reader_card: []\n"))

    with pytest.raises(FragmentError, match="security/reader_card:accepted is derived twice"):
        derive(Fragment(path))


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (ids.body_clause("200", (), "type"), "200:type"),
        (ids.body_clause("200", ("[]",), "type"), "200.[]:type"),
        (ids.body_clause("4XX", ("a", "[]", "b"), "enum"), "4XX.a[].b:enum"),
        (ids.refused_credentials_clause("no-credentials", ""), "security:no-credentials"),
        (ids.refused_credentials_clause("wrong-credentials", "key"), "security/key:wrong-credentials"),
    ],
)
def test_an_id_is_readable(made: str, expected: str) -> None:
    assert made == expected


@given(st.data())
def test_points_of_what_a_parameter_accepts_are_texts_that_are_asked_for(data: st.DataObject) -> None:
    fragment = samples.contract(data.draw(st.sampled_from(sorted(samples.FILES)))).fragment
    parameter = data.draw(st.sampled_from(fragment.query))

    clause = derive(fragment)[f"query.{parameter.name}:accepted"]

    assert set(clause.points) <= set(boundaries(parameter))


def test_a_const_in_a_branch_that_does_not_select_it_has_a_clause(
    edited_contract: EditedContract,
) -> None:
    kind = "        kind: {const: CLOTH}\n"
    contract = edited_contract((kind, f"{kind}        pages: {{const: 0, x-source: docs}}\n"))

    assert "200.books[].cover/CLOTH.pages:const" in contract.clauses


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(lambda shelf: ids.pagination_clause("page-sise"), id="pages"),
        pytest.param(lambda shelf: ids.filter_clause(shelf.query[0], "matching"), id="filter"),
        pytest.param(lambda shelf: ids.tenant_clause(shelf.tenant, "own"), id="tenant"),
        pytest.param(lambda shelf: ids.parameter_clause(shelf.query[0], "maxmum"), id="parameter"),
        pytest.param(lambda shelf: ids.protocol_clause("200", "encodng"), id="protocol"),
        pytest.param(lambda shelf: ids.refused_credentials_clause("no-credential", ""), id="credentials"),
        pytest.param(lambda shelf: ids.refused_request_clause("unknown-rout"), id="request"),
    ],
)
def test_whoever_asks_for_a_clause_that_no_fragment_can_have_fails(
    asked: Callable[[Fragment], str], shelf: Contract
) -> None:
    with pytest.raises(AssertionError, match="no clause can be on"):
        asked(shelf.fragment)
