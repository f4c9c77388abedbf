"""What a run over SDKs leaves: the record, its schema, waivers, comparisons, and what is printed."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import samples
from jsonschema import Draft202012Validator

from contracts.baseline import NO_BASELINE, Baseline, load
from contracts.sdk import terminal
from contracts.sdk.clients import together
from contracts.sdk.comparing import Kind, changes
from contracts.sdk.driving import Introduction
from contracts.sdk.findings import Check, Finding, Outcome, Question, Severity
from contracts.sdk.gate import Judgement
from contracts.sdk.record import SCHEMA, RunFacts, is_key, record, stopping, write
from contracts.sdk.releases import InstalledRelease

KEY = "python:sdk sends:page"


def finding(name: str = "page", severity: Severity = Severity.BREAKS, actual: str = "page=0") -> Finding:
    return Finding(f"sends:{name}", "sends", severity, f"{name} is not sent", name, "page=1", actual)


def judgement(version: str, *findings: Finding, detail: str = "", is_reference: bool = False) -> Judgement:
    name = f"python:sdk=={version}"
    release = InstalledRelease(name, "python", "sdk", version, Path("/nowhere"), Path("/nowhere/python"))
    outcome = Outcome.DIFFERS if findings else Outcome.AS_PROMISED
    ids = tuple(one.id for one in findings)
    checks = [
        Check("sends:page", "sends", "each page", outcome, ids),
        Check("sends:null", "sends", "page is null", Outcome.FACT, (), detail),
    ]
    return Judgement(release, is_reference, None, "things.list", checks, list(findings), 1.5)


def facts(baseline: Baseline = NO_BASELINE) -> RunFacts:
    return RunFacts(datetime(2026, 11, 24, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC), baseline)


def waiving(folder: Path, expires: str, as_of: date) -> Baseline:
    file = folder / "baseline.yaml"
    file.write_text(f'"{KEY}":\n  reason: known\n  owner: sdk team\n  expires: "{expires}"\n')
    return load(file, None, as_of)


def test_the_record_follows_the_schema_that_is_shipped(tmp_path: Path) -> None:
    judgements = [judgement("2", finding()), judgement("1", is_reference=True)]
    baseline = waiving(tmp_path, "2026-12-31", date(2026, 11, 24))

    path = write(record(samples.contract("jobs"), judgements, facts(baseline)), tmp_path / "reports")

    schema = json.loads(SCHEMA.read_text())
    Draft202012Validator.check_schema(schema)
    written = json.loads(path.read_text())
    assert [error.message for error in Draft202012Validator(schema).iter_errors(written)] == []
    assert written["baseline"][0]["state"] == "in-use"


def test_a_grave_finding_stops_its_release_and_a_slight_one_does_not() -> None:
    grave, slight = finding(), finding("null", Severity.MISLEADS)

    stopped = stopping([judgement("2", grave, slight)], NO_BASELINE)

    assert [found for _, found in stopped] == [grave]


def test_a_finding_of_the_reference_stops_nothing() -> None:
    assert stopping([judgement("1", finding(), is_reference=True)], NO_BASELINE) == []


@pytest.mark.parametrize(("as_of", "count"), [(date(2026, 12, 31), 0), (date(2027, 1, 1), 1)])
def test_a_waiver_holds_up_to_its_last_day(as_of: date, count: int, tmp_path: Path) -> None:
    baseline = waiving(tmp_path, "2026-12-31", as_of)

    assert len(stopping([judgement("2", finding())], baseline)) == count


def test_a_waiver_of_what_is_mended_is_not_needed(tmp_path: Path) -> None:
    baseline = waiving(tmp_path, "2026-12-31", date(2026, 11, 24))

    report = record(samples.contract("jobs"), [judgement("2")], facts(baseline))

    assert report["baseline"][0]["state"] == "not-needed"


def test_a_waiver_of_what_stops_nothing_is_not_needed(tmp_path: Path) -> None:
    baseline = waiving(tmp_path, "2026-12-31", date(2026, 11, 24))
    slight = judgement("2", finding(severity=Severity.MISLEADS))

    report = record(samples.contract("jobs"), [slight], facts(baseline))

    assert report["baseline"][0]["state"] == "not-needed"
    assert report["releases"][0]["findings"][0]["is_waived"] is False


def test_every_waiver_is_told_with_what_became_of_it(tmp_path: Path) -> None:
    baseline = waiving(tmp_path, "2026-12-31", date(2027, 1, 1))
    lacking = judgement("2")
    lacking.method = ""

    def told(*judgements: Judgement) -> list[str]:
        return list(terminal.waivers(record(samples.contract("jobs"), judgements, facts(baseline))))

    place = f"{baseline.file}:1"
    assert told(judgement("2", finding())) == [
        f"waiver expired: {KEY}: it held until 2026-12-31 (sdk team); renew {place}"
    ]
    assert told(judgement("2")) == [f"waiver not needed: {KEY}: remove {place} (sdk team)"]
    assert told(lacking) == [
        f"waiver matches nothing: {KEY}: this run asked no release of python:sdk everything; look at {place}"
    ]


def test_waivers_of_packages_that_a_run_is_not_about_are_counted_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "baseline.yaml"
    waiver = "  reason: known\n  owner: sdk team\n  expires: '2026-12-31'\n"
    names = [KEY, "node:sdk sends:page", "node:sdk sends:null", "go:sdk sends:page"]
    file.write_text("".join(f"{name!r}:\n{waiver}" for name in names))
    baseline = load(file, None, date(2026, 11, 24))

    def told(*judgements: Judgement) -> list[str]:
        return list(terminal.waivers(record(samples.contract("jobs"), judgements, facts(baseline))))

    told_of = f"waivers are for packages that this run is not about (%s); see {file}"
    assert told(judgement("2", finding()))[1:] == [f"3 {told_of % 'node:sdk, go:sdk'}"]
    assert told() == [f"4 {told_of % 'python:sdk, node:sdk, go:sdk'}"]


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        (KEY, True),
        ("node:@scope/sdk walks:many:lost", True),
        ("go:example.org/sdk/v5 walks:many:lost", True),
        ("Go lang:sdk walks:many:lost", False),
        ("python: walks:many:lost", False),
        ("python:sdk", False),
        ("python:sdk walk:many:lost", False),
        ("200.result[].status:enum", False),
    ],
)
def test_a_waiver_names_a_language_a_package_and_a_question(name: str, is_one: bool) -> None:
    assert is_key(name) is is_one


def test_how_many_cases_there_were_is_no_change_and_what_came_of_one_is() -> None:
    def asked(detail: str, **cases: str) -> Judgement:
        made = judgement("1")
        made.checks[1:] = [Check("x", "sends", "forms", Outcome.FACT, (), detail, 0.0, cases)]
        return made

    old = asked("1 of 1", a="accepted")

    assert changes(old, asked("2 of 2", a="accepted", b="accepted")) == []
    (found,) = changes(old, asked("1 of 2", a="raised", b="accepted"))
    assert (found.kind, found.was, found.is_now) == (Kind.OTHERWISE, "accepted (a)", "raised (a)")


def test_what_a_release_was_installed_with_is_in_the_record_and_a_change_of_it_is_told() -> None:
    old, new = judgement("1"), judgement("2")
    old.release = replace(old.release, dependencies={"httpx": "0.27", "idna": "3", "only-old": "1"})
    new.release = replace(new.release, dependencies={"httpx": "0.28", "idna": "3"})

    written = record(samples.contract("jobs"), [new], facts())
    (found,) = changes(old, new)

    assert written["releases"][0]["dependencies"] == {"httpx": "0.28", "idna": "3"}
    assert (found.kind, found.severity) == (Kind.OTHERWISE, None)
    assert (found.was, found.is_now) == ("httpx 0.27", "httpx 0.28")


def test_a_method_that_is_gone_is_told_once() -> None:
    old, new = judgement("1"), judgement("2", finding("operation"))
    new.method = ""

    assert [change.id for change in changes(old, new)] == ["sends:operation"]


def test_what_the_reference_was_not_asked_before_it_ended_early_is_not_called_new() -> None:
    old, new = judgement("1"), judgement("2", finding())
    old.checks, old.ended_early = old.checks[1:], "the driver ended; look into its log"

    assert changes(old, new) == []

    old.ended_early = ""
    assert [change.kind for change in changes(old, new)] == [Kind.NEW]


def with_clients(version: str, **found: Finding) -> Judgement:
    """Judge a release with two kinds of client, in which the usual one or both have these findings."""
    usual, other = ([found[kind]] if kind in found else [] for kind in ("sync", "other"))
    made = judgement(version)
    outcomes = {False: Outcome.AS_PROMISED, True: Outcome.DIFFERS}
    made.checks, made.findings = together(
        {
            kind: (
                [Check("sends:page", "sends", "x", outcomes[bool(its)], tuple(one.id for one in its))],
                its,
            )
            for kind, its in (("sync", usual), ("async", other))
        }
    )
    made.introduction = Introduction("Python 3", version, ("default",), ("sync", "async"), ("list",))
    return made


def test_what_a_client_does_in_another_way_than_before_is_changed_and_not_new() -> None:
    old = with_clients("1", sync=finding(), other=finding())
    new = with_clients("2", sync=finding(), other=finding(actual="page=7"))

    assert [(one.kind, one.id, one.was, one.is_now) for one in changes(old, new)] == [
        (Kind.WORSE, "sends:page", "page=0", "page=0 (sync client); page=7 (async client)")
    ]


def test_what_only_one_of_two_clients_does_any_more_is_gone_of_the_other_and_new_of_none() -> None:
    both, one = (with_clients("1", sync=finding(), **more) for more in ({"other": finding()}, {}))
    other = with_clients("2", other=finding())

    assert [(change.kind, change.id, change.sentence) for change in changes(both, other)] == [
        (Kind.GONE, "sends:page", "page is not sent (sync client)")
    ]
    assert [(change.kind, change.id) for change in changes(other, both)] == [(Kind.NEW, "sends:page")]
    assert [(change.kind, change.id) for change in changes(one, other)] == [
        (Kind.NEW, "sends:page:async"),
        (Kind.GONE, "sends:page"),
    ]


def test_a_waiver_holds_also_where_clients_differ_in_what_it_waives(tmp_path: Path) -> None:
    baseline = waiving(tmp_path, "2026-12-31", date(2026, 11, 24))
    differing = with_clients("2", sync=finding(), other=finding(actual="page=7"))

    assert stopping([differing], baseline) == []


def test_breaking_changes_are_told_first_and_what_is_mended_last() -> None:
    old = judgement("1", finding("old"), finding("both"), detail="sends page=")
    slight, grave = finding("slight", Severity.COSMETIC), finding("grave")
    new = judgement("2", slight, finding("both", actual="page=2"), grave, detail="sends no page")

    found = changes(old, new)

    assert [(change.kind, change.id) for change in found] == [
        (Kind.NEW, "sends:grave"),
        (Kind.WORSE, "sends:both"),
        (Kind.NEW, "sends:slight"),
        (Kind.OTHERWISE, "sends:null"),
        (Kind.GONE, "sends:old"),
    ]


def test_releases_that_behave_the_same_differ_in_nothing() -> None:
    assert changes(judgement("1", finding()), judgement("2", finding())) == []


def test_nobody_says_that_a_finding_is_gone_where_it_was_not_looked_for() -> None:
    old, new = judgement("1", finding()), judgement("2")
    new.checks.clear()

    assert changes(old, new) == []


def test_what_only_another_kind_of_client_did_is_gone_where_it_does_like_the_usual_one() -> None:
    old, new = judgement("1", finding("page:async")), judgement("2")
    old.checks[0] = Check("sends:page:async", "sends", "each page", Outcome.DIFFERS, ("sends:page:async",))

    assert changes(old, new) == []

    new.introduction = Introduction("CPython", "2", ("default",), ("sync", "async"), ())
    assert [(change.kind, change.id) for change in changes(old, new)] == [(Kind.GONE, "sends:page:async")]


def test_a_run_that_judged_nothing_does_not_speak_well_of_a_release() -> None:
    report = record(samples.contract("jobs"), [], facts())

    assert terminal.verdict(report) == "not judged to the end"


def test_a_method_that_has_another_name_breaks_customers() -> None:
    old, new = judgement("1"), judgement("2")
    new.method = "items.list"

    assert [change.severity for change in changes(old, new)] == [Severity.BREAKS]


def test_a_table_has_a_row_for_what_differs_and_counts_the_rest() -> None:
    report = record(samples.contract("jobs"), [judgement("2", detail="sends no page")], facts())

    lines = terminal.table(report, Question.SENDS)

    assert lines == [
        "what it sends  python:sdk==2",
        "page is null   sends no page",
        "and 1 other check, as promised everywhere",
        "",
    ]


def test_what_is_as_promised_is_told_with_its_numbers_and_how_long_it_took() -> None:
    tried = judgement("2")
    tried.checks = [
        Check(
            *("fails-well:429", "fails-well", "429 always", Outcome.AS_PROMISED, ()),
            "raises RateLimitError with status 429 after 3 tries",
            seconds=1.52,
            counts={"tries": 3},
        )
    ]

    lines = terminal.table(record(samples.contract("jobs"), [tried], facts()), Question.FAILS_WELL)

    assert lines == [
        "how it fails  python:sdk==2",
        "429 always    as promised: raises RateLimitError with status 429",
        "                after 3 tries, 1.5 s",
        "",
    ]


@pytest.mark.parametrize(
    ("seconds", "count"), [((1.1, 1.5), 0), ((0.1, 0.9), 0), ((0.5, 8.0), 1), ((8.0, 0.5), 1)]
)
def test_a_wait_that_is_notably_another_is_a_change(seconds: tuple[float, float], count: int) -> None:
    old, new = judgement("1"), judgement("2")
    for one, took in zip((old, new), seconds, strict=True):
        one.checks = [Check("x", "fails-well", "500", Outcome.AS_PROMISED, (), "returns", took)]

    found = changes(old, new)

    was, is_now = (f"as promised (returns), {took} s" for took in seconds)
    assert [(one.was, one.is_now) for one in found] == [(was, is_now)] * count


def test_a_finding_that_releases_share_is_told_once_with_its_id() -> None:
    judgements = [judgement("2", finding()), judgement("3", finding())]
    report = record(samples.contract("jobs"), judgements, facts())

    lines = list(terminal.found(report))

    assert lines == [
        "breaks customers: page is not sent",
        "  in        python:sdk==2, python:sdk==3",
        "  id        sends:page",
        "  expected  page=1",
        "  actual    page=0",
        "",
    ]
    assert terminal.verdict(report) == "python:sdk==2, python:sdk==3: breaks customers or loses data"
