"""What is said of what an SDK understands, from what it told of answers."""

import json
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import samples
from recorded_bench import RecordedBench, attempt, error, request

from contracts.sdk.bench import Attempt, Call, Problem
from contracts.sdk.findings import Outcome, Severity
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


def asked(reads: Reading, strictly: Reading | None = None) -> Any:
    """Ask an SDK that makes this of a body, or refuses it with the problems that are given in its place; one
    that reads `strictly` has a mode for that."""

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
    return understands(bench)


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
