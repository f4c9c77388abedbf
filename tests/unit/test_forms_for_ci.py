"""What CI systems and code scanning are given: JUnit XML, CTRF and SARIF, all made from the record."""

import json
from copy import deepcopy
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import sample_records as records
import xmlschema
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft7Validator
from junitparser import Error, Failure, JUnitXml, Skipped

from contracts.reports import terminal
from contracts.reports.ctrf import ctrf
from contracts.reports.headline import headline
from contracts.reports.junit import junit
from contracts.reports.sarif import sarif
from contracts.reports.visible import visible

SCHEMAS = Path(__file__).parent / "schemas"
JUNIT = xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")
SARIF = Draft4Validator(
    json.loads((SCHEMAS / "sarif-2.1.0.json").read_text("utf-8")),
    format_checker=Draft4Validator.FORMAT_CHECKER,
)
CTRF = Draft7Validator(
    json.loads((SCHEMAS / "ctrf-schema-0.0.json").read_text("utf-8")),
    format_checker=Draft7Validator.FORMAT_CHECKER,
)
RECORDS = {
    "broken": records.broken(),
    "green": records.green(),
    "unstarted": records.unstarted(),
    "interrupted": records.interrupted(),
    **{
        f"hostile-{name}": records.hostile(records.broken(), lambda _, text=text: text)
        for name, text in records.HOSTILE.items()
    },
}
BROKEN = RECORDS["broken"]


def problems(schema, text):
    return [f"{error.json_path}: {error.message}" for error in schema.iter_errors(json.loads(text))]


def suites(report):
    return {suite.name: list(suite) for suite in JUnitXml.fromstring(junit(report).encode())}


def case(report, name):
    return next(case for cases in suites(report).values() for case in cases if case.name == name)


def run_of(report):
    return json.loads(sarif(report))["runs"][0]


def result_of(report, clause):
    return next(result for result in run_of(report)["results"] if result["ruleId"] == clause)


def ctrf_test(report, name):
    return next(test for test in json.loads(ctrf(report))["results"]["tests"] if test["name"] == name)


@pytest.mark.parametrize("name", RECORDS)
def test_junit_xml_keeps_to_its_schema(name):
    assert [error.reason for error in JUNIT.iter_errors(ET.fromstring(junit(RECORDS[name])))] == []


@pytest.mark.parametrize("name", RECORDS)
def test_sarif_keeps_to_its_schema(name):
    assert problems(SARIF, sarif(RECORDS[name])) == []


@pytest.mark.parametrize("name", RECORDS)
def test_ctrf_keeps_to_its_schema(name):
    assert problems(CTRF, ctrf(RECORDS[name])) == []


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("form", [junit, sarif, ctrf])
def test_the_same_record_gives_the_same_file_which_is_utf_8(form, name):
    assert form(RECORDS[name]).encode() == form(deepcopy(RECORDS[name])).encode()


@given(text=st.text(st.characters(exclude_categories=[])))
def test_any_text_can_stand_in_junit_xml(text):
    report = records.hostile(BROKEN, lambda _: text)
    report["clauses"] = report["clauses"][:1]

    found = ET.fromstring(junit(report)).find(".//property[@name='fragment']")

    assert found.get("value") == visible(text, "")


def test_a_suite_is_a_family_and_a_case_a_clause():
    found = suites(BROKEN)

    assert list(found) == list(BROKEN["families"])
    for family in BROKEN["families"]:
        ids = [entry["id"] for entry in BROKEN["clauses"] if entry["family"] == family]
        assert [case.name for case in found[family]] == ids
        assert {case.classname for case in found[family]} == {f"contract.{family}"}


def test_a_broken_clause_fails_in_the_words_of_the_terminal():
    entry = records.entry_of(BROKEN, records.BROKEN)

    (failure,) = case(BROKEN, records.BROKEN).result

    assert isinstance(failure, Failure)
    assert failure.text == terminal.broken_entry(entry, BROKEN["fragment"]["file"], "first do this")
    assert failure.message == f"{records.BROKEN} is broken: {entry['promise']}"


def test_an_expired_waiver_is_told_with_the_failure():
    report = records.broken()
    entry = records.entry_of(report, records.WAIVED)
    entry |= {"verdict": "violated", "waiver": entry["waiver"] | {"state": "expired"}}

    (failure,) = case(report, records.WAIVED).result

    assert failure.text.splitlines()[-1] == (
        "  expired   the waiver in known.yaml:3 held until 2026-12-31 (mail): see TICKET-1"
    )


def test_what_was_not_seen_or_is_waived_is_skipped_with_the_reason():
    unseen = next(entry for entry in BROKEN["clauses"] if entry["verdict"] == "unobserved")

    (waived,), (unobserved,) = case(BROKEN, records.WAIVED).result, case(BROKEN, unseen["id"]).result

    assert isinstance(waived, Skipped)
    assert waived.message == "broken, and waived until 2026-12-31 (mail): see TICKET-1"
    assert isinstance(unobserved, Skipped)
    assert unobserved.message == f"unobserved: {unseen['reason']}"


def test_a_waived_clause_of_a_run_that_says_too_little_is_skipped_with_its_waiver():
    report = records.broken()
    for entry in report["clauses"]:
        if entry["verdict"] == "violated":
            entry["verdict"] = "verified"
    report["outcome"] |= {"word": "incomplete", "exit_status": 1}
    records.entry_of(report, records.WAIVED)["unseen"] = ["a point"]

    (waived,) = case(report, records.WAIVED).result

    assert isinstance(waived, Skipped)
    assert "TICKET-1" in waived.message


def test_an_unstable_clause_passes_and_is_flaky():
    found = ET.fromstring(junit(BROKEN)).find(f".//testcase[@name='{records.UNSTABLE}']")

    assert [child.tag for child in found] == ["flakyFailure", "system-out"]
    assert ctrf_test(BROKEN, records.UNSTABLE)["status"] == "passed"
    assert ctrf_test(BROKEN, records.UNSTABLE)["flaky"] is True


def test_the_parts_of_the_traffic_stand_where_each_format_has_a_place_for_them():
    suite = ET.fromstring(junit(BROKEN)).find("testsuite")
    told = {one.get("name"): one.get("value") for one in suite.iter("property")}
    parts = json.loads(ctrf(BROKEN))["results"]["environment"]["extra"]["parts"]

    assert told["traffic.access"] == "2 requests, 0.250 s"
    assert told["traffic.walks"] == "3 requests, 1.000 s, cut short: the budget was spent"
    assert parts == BROKEN["parts"]


def test_a_case_takes_its_share_of_the_parts_of_the_traffic_that_told_of_it():
    spent = {case.name: case.time for found in suites(BROKEN).values() for case in found if case.time}
    again = json.loads(json.dumps(BROKEN))

    assert spent == {records.BROKEN: 0.5, records.WAIVED: 0.5}
    assert ctrf_test(BROKEN, records.BROKEN)["duration"] == 500
    assert (junit(again), ctrf(again)) == (junit(BROKEN), ctrf(BROKEN))


def test_a_record_that_knows_no_times_of_clauses_makes_cases_that_took_none():
    report = records.broken()
    for entry in report["clauses"]:
        del entry["seconds"]

    assert {case.time for found in suites(report).values() for case in found} == {0.0}


def test_the_counts_of_the_suites_add_up():
    root = ET.fromstring(junit(BROKEN))

    for name in ("tests", "failures", "errors"):
        assert int(root.get(name)) == sum(int(suite.get(name)) for suite in root)
    assert int(root.get("failures")) == BROKEN["verdicts"]["violated"] > 0
    assert sum(int(suite.get("skipped")) for suite in root) == sum(
        BROKEN["verdicts"][verdict] for verdict in ("waived", "unobserved", "retired")
    )


def test_every_suite_says_what_was_judged_and_every_case_on_what_it_rests():
    suite = next(iter(JUnitXml.fromstring(junit(BROKEN).encode())))
    entry = records.entry_of(BROKEN, records.BROKEN)
    told = ET.fromstring(junit(BROKEN)).find(f".//testcase[@name='{records.BROKEN}']/system-out").text

    assert {one.name: one.value for one in suite.properties()}["fragment.sha256"] == (
        BROKEN["fragment"]["sha256"]
    )
    assert "[[PROPERTY|verdict=violated]]\n[[PROPERTY|source=docs]]" in told
    assert f"[[PROPERTY|place={BROKEN['fragment']['file']}:{entry['line']}]]" in told


@pytest.mark.parametrize("name", RECORDS)
def test_there_is_a_case_a_clause_and_no_other(name):
    report = RECORDS[name]

    names = [visible(entry["id"], "") for entry in report["clauses"]]
    in_ctrf = [test["name"] for test in json.loads(ctrf(report))["results"]["tests"]]
    assert sorted(case.name for found in suites(report).values() for case in found) == sorted(names)
    assert in_ctrf == [visible(entry["id"]) for entry in report["clauses"]]


def untold(word, *unseen, sentence="nobody answered"):
    """Give the record of a run that says too little, with these clauses unobserved and the others kept."""
    report = records.green()
    for clause in unseen:
        records.entry_of(report, clause).update(verdict="unobserved", reason="not seen")
    report["outcome"] |= {"word": word, "sentence": sentence}
    return report


@pytest.mark.parametrize("word", ["untested", "incomplete"])
def test_what_a_run_that_says_too_little_has_not_seen_is_an_error_and_what_it_has_seen_is_none(word):
    report = untold(word, records.UNSTABLE, records.WAIVED)
    said = headline(report)

    errors = {
        case.name: case.result[0].message
        for found in suites(report).values()
        for case in found
        if case.result and isinstance(case.result[0], Error)
    }

    assert errors == dict.fromkeys((records.UNSTABLE, records.WAIVED), f"{said} unobserved: not seen")
    assert [ctrf_test(report, clause)["status"] for clause in errors] == ["other", "other"]
    assert ctrf_test(report, records.BROKEN)["status"] == "passed"
    assert run_of(report)["invocations"][0]["executionSuccessful"] is (word != "untested")


@pytest.mark.parametrize("word", ["untested", "incomplete"])
def test_a_run_that_says_too_little_is_never_green_even_where_all_was_seen(word):
    report = untold(word, sentence="the suite itself failed")
    for entry in report["clauses"]:
        entry["unseen"] = []

    assert case(report, records.BROKEN).result[0].message == headline(report)
    count = len(report["clauses"])
    assert JUnitXml.fromstring(junit(report).encode()).errors == count
    assert json.loads(ctrf(report))["results"]["summary"]["other"] == count


def test_a_clause_of_which_not_every_point_was_seen_is_what_makes_a_run_incomplete():
    report = untold("incomplete")
    report["outcome"]["exit_status"] = 1
    for entry in report["clauses"]:
        entry["unseen"] = ["LOST"] if entry["id"] == records.BROKEN else []

    assert case(report, records.BROKEN).result[0].message == f"{headline(report)} never seen: LOST"
    assert JUnitXml.fromstring(junit(report).encode()).errors == 1
    assert ctrf_test(report, records.BROKEN)["status"] == "other"


def test_a_run_that_broke_and_then_ended_early_has_its_failures_and_errors_for_what_was_not_seen():
    report = records.broken()
    report |= {"ended_early": "interrupted; run again"}
    found = JUnitXml.fromstring(junit(report).encode())

    assert found.failures == 1
    assert found.errors == report["verdicts"]["unobserved"] + report["verdicts"]["unstable"]


def test_a_run_that_could_not_begin_with_no_clause_is_an_error_all_the_same():
    report = records.unstarted()
    report |= {"clauses": [], "families": {}, "verdicts": dict.fromkeys(report["verdicts"], 0)}

    (only,) = next(iter(JUnitXml.fromstring(junit(report).encode())))

    assert (only.name, only.result[0].message) == ("run", headline(report))
    assert json.loads(ctrf(report))["results"]["summary"]["other"] == 1


def test_a_run_that_kept_has_no_error():
    assert JUnitXml.fromstring(junit(records.green()).encode()).errors == 0
    assert json.loads(ctrf(records.green()))["results"]["summary"]["other"] == 0


@pytest.mark.parametrize("name", ["unstarted", "broken", "green"])
def test_what_the_run_says_as_a_whole_is_told_with_every_suite_and_in_the_environment(name):
    report = RECORDS[name]
    said = headline(report)

    for suite in ET.fromstring(junit(report)):
        told = {one.get("name"): one.get("value") for one in suite.iter("property")}
        assert (told["outcome"], told["outcome.told"]) == (report["outcome"]["word"], said)
        assert suite.findtext("system-err") == (said if name == "unstarted" else None)
    extra = json.loads(ctrf(report))["results"]["environment"]["extra"]
    assert (extra["told"], extra["ended_early"]) == (said, report["ended_early"])


def test_ctrf_counts_its_tests_and_names_the_build():
    results = json.loads(ctrf(BROKEN))["results"]
    summary = results["summary"]

    assert summary["tests"] == len(results["tests"]) == len(BROKEN["clauses"])
    assert (
        sum(summary[one] for one in ("passed", "failed", "skipped", "pending", "other")) == summary["tests"]
    )
    assert summary["failed"] == BROKEN["verdicts"]["violated"]
    assert (summary["stop"] - summary["start"], summary["duration"]) == (1000, 1500)
    assert results["environment"]["buildNumber"] == 17
    assert results["environment"]["commit"] == "0123456789abcdef"
    assert results["environment"]["healthy"] is False


def test_ctrf_names_the_line_of_the_fragment_and_the_verdict():
    found = ctrf_test(BROKEN, records.BROKEN)

    entry = records.entry_of(BROKEN, records.BROKEN)
    assert (found["filePath"], found["line"]) == (BROKEN["fragment"]["file"], entry["line"])
    assert (found["rawStatus"], found["status"]) == ("violated", "failed")
    assert found["testId"] == records.BROKEN


def test_every_clause_is_a_rule_and_every_broken_one_a_result_on_its_line():
    run, entry = run_of(BROKEN), records.entry_of(BROKEN, records.BROKEN)
    rules = run["tool"]["driver"]["rules"]
    result = result_of(BROKEN, records.BROKEN)
    place = result["locations"][0]["physicalLocation"]

    assert [rule["id"] for rule in rules] == [entry["id"] for entry in BROKEN["clauses"]]
    assert {rule["helpUri"] for rule in rules} == {BROKEN["fragment"]["documentation"]}
    assert rules[result["ruleIndex"]]["id"] == records.BROKEN
    assert place["artifactLocation"] == {"uri": BROKEN["fragment"]["file"], "uriBaseId": "SRCROOT"}
    assert place["region"]["startLine"] == entry["line"]
    assert {result["ruleId"] for result in run["results"]} == {
        entry["id"] for entry in BROKEN["clauses"] if entry["verdict"] in ("violated", "waived", "unstable")
    }


def test_the_line_of_a_result_is_where_the_promise_stands_in_the_fragment():
    lines = (records.samples.FILES["jobs"].parents[1] / BROKEN["fragment"]["file"]).read_text().splitlines()
    place = result_of(BROKEN, records.BROKEN)["locations"][0]["physicalLocation"]

    assert "enum:" in lines[place["region"]["startLine"] - 1]


def test_what_is_shown_of_the_fragment_is_the_text_of_the_lines_that_are_named_with_it():
    lines = (records.samples.FILES["jobs"].parents[1] / BROKEN["fragment"]["file"]).read_text().splitlines()
    results = run_of(BROKEN)["results"]
    places = [result["locations"][0]["physicalLocation"] for result in results]
    regions = [place[name] for place in places for name in ("region", "contextRegion") if name in place]

    assert len(regions) > len(places)
    for region in regions:
        first, last = region["startLine"], region.get("endLine", region["startLine"])
        assert region["snippet"]["text"] == "\n".join(lines[first - 1 : last])


def test_a_promise_of_which_the_record_does_not_know_the_text_has_its_line_alone():
    report = deepcopy(BROKEN)
    records.entry_of(report, records.BROKEN)["excerpt"] = ""

    place = result_of(report, records.BROKEN)["locations"][0]["physicalLocation"]

    assert place.keys() == {"artifactLocation", "region"}
    assert place["region"].keys() == {"startLine"}


@pytest.mark.parametrize(
    ("source", "verdict", "level"),
    [
        ("docs", "violated", "error"),
        ("openapi", "violated", "error"),
        ("convention", "violated", "warning"),
        ("docs", "unstable", "warning"),
        ("docs", "waived", "error"),
    ],
)
def test_the_level_follows_from_the_source_and_the_verdict(source, verdict, level):
    report = records.broken()
    waiver = records.entry_of(report, records.WAIVED)["waiver"]
    records.entry_of(report, records.BROKEN).update(source=source, verdict=verdict, waiver=waiver)

    result = result_of(report, records.BROKEN)

    assert result["level"] == level
    assert ("suppressions" in result) is (verdict == "waived")


def test_a_waived_clause_is_suppressed_with_its_justification():
    assert result_of(BROKEN, records.WAIVED)["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "broken, and waived until 2026-12-31 (mail): see TICKET-1",
        }
    ]


def moved(**changes):
    report = records.broken()
    entry = records.entry_of(report, records.BROKEN)
    entry["line"] += 40
    entry["exemplars"][0] |= changes
    return result_of(report, records.BROKEN)["partialFingerprints"]


def test_a_fingerprint_outlives_lines_values_and_the_order_of_items_but_no_other_place():
    before = result_of(BROKEN, records.BROKEN)["partialFingerprints"]

    assert moved() == before
    assert moved(actual='"GONE"', pointer="/result/17/status", curl="curl") == before
    assert moved(pointer="/result/0/other") != before
    assert len(
        {result["partialFingerprints"]["clauseAndPlace/v1"] for result in run_of(BROKEN)["results"]}
    ) == len(run_of(BROKEN)["results"])


def test_a_run_that_did_not_judge_all_leaves_the_alerts_of_whole_runs_open():
    part = BROKEN | {"clauses": BROKEN["clauses"][:9]}
    early = BROKEN | {"ended_early": "interrupted"}

    whole, *others = [run_of(one)["automationDetails"]["id"] for one in (BROKEN, part, early)]

    assert whole == f"contract/{BROKEN['target']['kind']}/"
    assert others == [f"{whole}in-part/"] * 2


def test_no_message_of_sarif_is_read_as_a_link():
    report = records.hostile(records.broken(), lambda _: "[click](https://elsewhere.example)")

    assert "](" not in json.dumps([result["message"] for result in run_of(report)["results"]])
    assert "](" not in json.dumps([rule["help"] for rule in run_of(report)["tool"]["driver"]["rules"]])
