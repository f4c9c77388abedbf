"""What is said of what an SDK understands, from what it told of answers."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest
import samples
from perfect_sdk import Told, perfect, place
from recorded_bench import RecordedBench, attempt, error, request

from contracts.errors import CouldNotTest
from contracts.sdk.bench import Attempt, Call, Problem
from contracts.sdk.declares import is_among
from contracts.sdk.findings import Outcome, Question, Severity
from contracts.sdk.notes import Notes
from contracts.sdk.understands import understands

CONTRACT = samples.contract("jobs")
EXTRA = "messages_skipped"
Reading = Callable[[Any], Any]


def told(value: Any) -> dict[str, Any]:
    """Tell a value as a driver does of an SDK that keeps all as it came."""
    if value is None or isinstance(value, bool):
        return {"null": True} if value is None else {"boolean": value}
    if isinstance(value, int):
        return {"integer": str(value)}
    if isinstance(value, list):
        return {"array": [told(item) for item in value]}
    if isinstance(value, dict):
        return {"object": {name: told(member) for name, member in value.items()}, "class": ""}
    return {"string": value}


def findings_of(reads: Reading) -> dict[str, Severity]:
    return {finding.id.removeprefix("understands:"): finding.severity for finding in asked(reads)[1]}


def asked(
    reads: Reading, strictly: Reading | None = None, described: Mapping[str, Any] = MappingProxyType({})
) -> Any:
    """Ask an SDK that makes this of a body, or refuses it with the problems that are given in its place; one
    that reads `strictly` has a mode for that. What its driver `described` are its types."""

    def sdk(bench: RecordedBench, call: Call) -> Attempt:
        sent = request(bench, call)
        reading = strictly if strictly and call.mode == "strict" else reads
        came = reading(json.loads(sent.reply.body))
        if isinstance(came, Problem):
            return attempt(sent, raised=replace(error(status=200), problems=(came,)))
        return replace(attempt(sent), returned=told(came))

    bench = RecordedBench(CONTRACT, sdk)
    modes = ("default", "strict") if strictly else ("default",)
    bench.introduction = SimpleNamespace(modes=modes)  # type: ignore[assignment]
    bench.described = described
    notes = Notes(Question.UNDERSTANDS, bench)
    with suppress(CouldNotTest):
        understands(bench, notes)
    return notes.checks, notes.findings


def test_an_sdk_that_keeps_all_as_it_came_understands_everything() -> None:
    checks, findings = asked(lambda body: body)

    assert findings == []
    assert {check.outcome for check in checks} == {Outcome.AS_PROMISED, Outcome.FACT}


def as_doubles(body: Any) -> Any:
    """Read as JavaScript does: what is above 2^53 is another number."""
    return json.loads(json.dumps(body), parse_int=lambda digits: int(float(digits)))


def test_a_number_that_is_another_misleads_and_loses_nothing() -> None:
    assert findings_of(as_doubles) == {
        "integers:2^53+1:altered": Severity.MISLEADS,
        "integers:2^63-1:altered": Severity.MISLEADS,
    }


def altered_and_gone(body: Any) -> Any:
    """Make a number of what comes first, and lose what comes last."""
    return {**body, "success": 0, "result_info": None}


def test_of_several_things_that_went_wrong_with_a_form_the_gravest_is_told() -> None:
    severities = findings_of(altered_and_gone)

    assert set(severities.values()) == {Severity.LOSES}


def requires_more(body: Any) -> Any:
    for number, item in enumerate(body.get("result") or ()):
        if isinstance(item, dict) and EXTRA not in item:
            return Problem(("result", str(number), EXTRA), True, "Field required")
    return body


def test_an_sdk_that_requires_a_member_more_is_told_once_with_its_name_and_asked_the_rest() -> None:
    checks, findings = asked(requires_more)

    (finding,) = findings
    assert finding.sentence.endswith(f": the SDK requires result[].{EXTRA}, which the contract does not have")
    assert finding.actual == f"raises ApiError with status 200: result[].{EXTRA}: Field required"
    assert sum(check.outcome == Outcome.AS_PROMISED for check in checks) > len(CONTRACT.clauses) // 4


def test_an_sdk_that_refuses_all_without_a_reason_is_asked_nothing_more() -> None:
    checks, findings = asked(lambda body: Problem((), False, "no"))

    assert [finding.severity for finding in findings] == [Severity.BREAKS]
    assert [check.detail for check in checks] == ["raises ApiError with status 200; no other form was tried"]


def test_a_mode_in_which_every_call_raises_breaks_the_customers_who_chose_it() -> None:
    checks, findings = asked(lambda body: body, requires_more)

    assert {finding.id: finding.severity for finding in findings} == {
        "understands:plain:raises:strict": Severity.BREAKS
    }
    rows = {check.id: check.outcome for check in checks if check.id.startswith("understands:plain")}
    assert rows == {
        "understands:plain": Outcome.AS_PROMISED,
        "understands:plain:strict": Outcome.DIFFERS,
    }


DECLARED = "understands:declared"
CREATED = "answer result[] created_at"


def keeps(body: Any) -> Any:
    return body


def texts_for_date_times() -> Told:
    """Describe an SDK that gives texts, and declares them: all that keeps what came."""
    described = perfect(CONTRACT)
    # What is told of a date-time by an SDK without a type for it.
    return json.loads(json.dumps(described).replace('"date-time"}', '"string"}'))  # type: ignore[no-any-return]


def declaring(where: str, *alternatives: Told) -> Told:
    described = texts_for_date_times()
    place(described, where)["type"] = {"kind": "union", "of": list(alternatives)}
    return described


def test_an_sdk_whose_values_have_the_types_that_it_declares_is_told_so() -> None:
    checks, findings = asked(keeps, described=texts_for_date_times())

    assert findings == []
    (row,) = [check for check in checks if check.id == DECLARED]
    assert row.outcome == Outcome.AS_PROMISED
    assert row.cases["result[].created_at"] == "as declared"


def test_a_value_of_another_type_than_is_declared_breaks_customers() -> None:
    described = declaring(CREATED, {"kind": "date-time", "text": "Date"}, {"kind": "null"})

    checks, findings = asked(keeps, keeps, described)

    assert {finding.id: finding.severity for finding in findings} == {
        "understands:result[].created_at:undeclared-type": Severity.BREAKS,
        "understands:result[].created_at:undeclared-type:strict": Severity.BREAKS,
    }
    assert findings[0].sentence == (
        "result[].created_at is declared as date-time, but a customer gets a value of type string"
    )
    assert findings[0].exchange
    (row,) = [check for check in checks if check.id == DECLARED]
    assert (row.outcome, row.cases["result[].created_at"]) == (Outcome.DIFFERS, "string")


@pytest.mark.parametrize(
    "alternatives",
    [
        pytest.param([{"kind": "date-time"}, {"kind": "string"}], id="one-of-several"),
        pytest.param([{"kind": "date-time"}, {"kind": "any"}], id="anything"),
        pytest.param([{"kind": "literal", "values": ["a", None]}], id="a-text-of-some"),
        pytest.param([{"kind": "uuid"}], id="a-text-that-is-told-as-such"),
    ],
)
def test_a_value_of_any_type_that_is_declared_is_as_declared(alternatives: list[Told]) -> None:
    _, findings = asked(keeps, described=declaring(CREATED, *alternatives))

    assert findings == []


def test_a_number_of_the_language_holds_an_integer() -> None:
    _, findings = asked(keeps, described=declaring("answer result_info per_page", {"kind": "number"}))

    assert findings == []


@pytest.mark.parametrize(
    ("kind", "declared"), [("date-time", "date"), ("null", "string"), ("other", "string")]
)
def test_a_value_that_is_of_the_declared_kind_too_or_of_none_is_as_declared(kind: str, declared: str) -> None:
    assert is_among(kind, frozenset({declared}))


def test_an_object_that_is_declared_as_an_open_map_may_have_any_members() -> None:
    _, findings = asked(keeps, described=declaring("answer result_info", {"kind": "object", "members": {}}))

    assert findings == []


def test_in_a_union_only_the_shape_that_came_says_of_what_type_its_members_are() -> None:
    described = texts_for_date_times()
    shapes = place(described, "answer result[] action_params")["type"]["of"]
    (moving,) = [shape for shape in shapes if shape["members"]["type"]["type"]["values"] == ["MOVE"]]
    moving["members"]["destination"]["type"] = {"kind": "integer"}

    _, findings = asked(keeps, described=described)

    assert [finding.id for finding in findings] == [
        "understands:result[].action_params/MOVE.destination:undeclared-type"
    ]


def test_of_an_sdk_whose_types_are_not_described_nothing_is_said() -> None:
    checks, _ = asked(keeps, described={"not_described": "Perl declares no types"})

    assert DECLARED not in {check.id for check in checks}


def ending_with(calls: int, reads: Reading) -> Reading:
    """Read so many answers, and let the driver end in the next."""
    left = iter(range(calls))

    def read(body: Any) -> Any:
        if next(left, None) is None:
            raise CouldNotTest("the driver ended", "look into its log")
        return reads(body)

    return read


def test_what_was_seen_of_forms_counts_though_the_driver_ends_before_all_were_read() -> None:
    whole, broken_off = asked(as_doubles), asked(ending_with(150, as_doubles))

    assert 0 < len(broken_off[0]) < len(whole[0])
    assert broken_off[1]
    assert {one.id for one in broken_off[1]} <= {one.id for one in whole[1]}


def test_an_sdk_that_refuses_every_answer_is_told_though_its_driver_ends_then() -> None:
    problem = Problem(("result", "0", EXTRA), True, "Field required")

    _, findings = asked(ending_with(1, lambda _: problem))

    assert [one.id for one in findings] == ["understands:plain:raises"]
