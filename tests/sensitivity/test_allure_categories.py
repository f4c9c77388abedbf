"""Whatever a run leaves for Allure that is not simply passed falls into one category, and no other."""

import json
import re
import signal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hostile_server import during, first, interrupt_and_never_answer, misbehaving, status
from suite import WITH_TOKENS, Interruption, judge, run_suite

FAULT = ("--fault", "enum/unknown:200.result[].status")
UNTIL = {"reason": "it is known", "owner": "mail", "expires": "2999-12-31"}


def fallen(folder: Path) -> dict[str, str]:
    """Give the category of each result that has one, by its name; all that match, as Allure 2 does it."""
    results = [json.loads(path.read_text("utf-8")) for path in folder.glob("*-result.json")]
    categories = json.loads((folder / "categories.json").read_text("utf-8"))
    found = {result["name"]: categories_of(result, categories) for result in results}
    assert results
    passed = {result["name"] for result in results if result["status"] == "passed"}
    assert {name: names for name, names in found.items() if len(names) != 1 and name not in passed} == {}
    return {name: names[0] for name, names in found.items() if names}


def categories_of(result: dict[str, Any], categories: list[dict[str, Any]]) -> list[str]:
    message = (result.get("statusDetails") or {}).get("message", "")
    return [
        one["name"]
        for one in categories
        if result["status"] in one["matchedStatuses"]
        and re.fullmatch(one.get("messageRegex", r"[\s\S]*"), message)
    ]


@pytest.fixture
def emulated(tmp_path):
    """Give what runs the suite against the emulator, and tells which results fell into which category."""

    def started(*options):
        results = tmp_path / "allure-results"
        run_suite(tmp_path, {}, ("--target", "emulator", *options, "--alluredir", str(results)))
        return fallen(results)

    return started


def test_of_a_red_run_the_broken_promise_and_the_cases_never_seen_do(emulated):
    found = emulated(*FAULT, "-k", "status")

    assert found["200.result[].status:enum"] == "Broken promise"
    assert found["200.result[].status:enum: every coverage point is seen"] == "Not seen"
    assert set(found.values()) == {"Broken promise", "Not seen"}


def test_of_a_run_with_a_waiver_the_promise_and_its_cases_do(emulated, tmp_path):
    (tmp_path / "known.json").write_text(json.dumps({"200.result[].status:enum": UNTIL}))

    found = emulated(*FAULT, "-k", "result[].status", "--baseline", str(tmp_path / "known.json"))

    assert set(found) == {
        "200.result[].status:enum",
        "200.result[].status:enum: every coverage point is seen",
    }
    assert set(found.values()) == {"Waived"}


def test_of_a_run_without_data_or_requests_what_was_not_seen_sent_or_is_retired_does(emulated):
    options = ("--variant", "retired", "--max-requests", "60", "--as-of", "2026-11-24")

    found = emulated(*options)

    assert found["200.result_info.total_count:required"] == "Past its end of life"
    assert set(found.values()) == {"Not seen", "Not sent", "Past its end of life"}


def test_of_a_server_that_answers_only_the_second_time_the_unstable_promise_does(tmp_path):
    with misbehaving(first(status(503))) as server:
        judge(tmp_path, server.base_url, "-k", "responses:status", "--alluredir", str(tmp_path / "results"))

    assert fallen(tmp_path / "results") == {"responses:status": "Unstable"}


def test_of_an_interrupted_run_the_part_that_was_being_sent_could_not_test(tmp_path):
    interruption = Interruption(signal.SIGINT)
    behaviour = during(interruption, partial(interrupt_and_never_answer, interruption))

    with misbehaving(behaviour) as server:
        options = ("--alluredir", str(tmp_path / "results"))
        judge(tmp_path, server.base_url, *options, interruption=interruption)

    assert set(fallen(tmp_path / "results").values()) == {"Could not test"}


def test_of_a_run_against_nobody_the_first_part_could_not_test(tmp_path):
    variables = {**WITH_TOKENS, "CLOUDFLARE_BASE_URL": "http://127.0.0.1:9"}

    run_suite(tmp_path, variables, ("--target", "live", "--alluredir", str(tmp_path / "results")))

    assert set(fallen(tmp_path / "results").values()) == {"Could not test"}
