"""What is said of what an SDK sends, from recorded requests."""

from dataclasses import replace
from typing import Any

import pytest
import samples
from recorded_bench import RecordedBench, Sdk, attempt, error, headers, honest, request

from contracts.errors import CouldNotTest
from contracts.sdk.bench import Attempt, Call
from contracts.sdk.findings import Outcome, Question, Severity
from contracts.sdk.notes import Notes
from contracts.sdk.recorder import Reply
from contracts.sdk.sends import (
    _ask_absent,
    _ask_base_url,
    _ask_group,
    _ask_null,
    _ask_path,
    _values,
    judged,
    path_trouble,
)
from contracts.sdk.sends_credentials import ask_credentials

CONTRACT = samples.contract("jobs")
STATUS = CONTRACT.fragment.parameter("status")
ACCOUNT = "account_id"


def asked(question: Any, sdk: Sdk, *arguments: Any) -> Notes:
    bench = RecordedBench(CONTRACT, sdk)
    notes = Notes(Question.SENDS, bench)
    question(bench, notes, *arguments)
    return notes


def outcomes(notes: Notes) -> set[str]:
    return {check.outcome for check in notes.checks}


def loses_the_query(bench: RecordedBench, call: Call) -> Attempt:
    sent = request(bench, call)
    return attempt(replace(sent, target=sent.target.partition("?")[0]))


@pytest.mark.parametrize(
    ("sdk", "places"),
    [
        (honest, []),
        (loses_the_query, ["status"]),
        (lambda bench, call: attempt(raised=error()), ["requests"]),
    ],
    ids=["kept", "query lost", "nothing sent"],
)
def test_a_call_is_judged_by_the_one_request_it_leads_to(sdk: Sdk, places: list[str]) -> None:
    bench = RecordedBench(CONTRACT, sdk)
    arguments = {"status": "FAILED"}

    found = list(judged(bench, bench.call(Call(arguments)), arguments, bench.good()))

    # What the answer is worth is judged by the clauses, which have tests of their own.
    assert [one.place for one in found if ":" not in one.place] == places


def elsewhere(bench: RecordedBench, call: Call) -> Attempt:
    return attempt(replace(request(bench, call), target="/other"))


def test_a_base_url_that_leads_elsewhere_breaks_customers() -> None:
    notes = asked(_ask_base_url, elsewhere)

    assert outcomes(notes) == {Outcome.DIFFERS}
    assert {finding.severity for finding in notes.findings} == {Severity.BREAKS}


def sends_null(bench: RecordedBench, call: Call) -> Attempt:
    return attempt(request(bench, replace(call, arguments={"status": "null"})))


def sends_nothing_for_null(status: int) -> Sdk:
    def sdk(bench: RecordedBench, call: Call) -> Attempt:
        sent = request(bench, replace(call, arguments={"status": ""}))
        return attempt(replace(sent, reply=Reply(status)))

    return sdk


@pytest.mark.parametrize(
    ("sdk", "count"),
    [(honest, 0), (sends_null, 1), (sends_nothing_for_null(400), 1), (sends_nothing_for_null(200), 0)],
    ids=["left out", "as a text", "empty and refused", "empty and taken"],
)
def test_null_that_is_sent_as_a_text_or_is_refused_misleads(sdk: Sdk, count: int) -> None:
    notes = asked(_ask_null, sdk, STATUS)

    assert [finding.severity for finding in notes.findings] == [Severity.MISLEADS] * count
    assert outcomes(notes) == {Outcome.DIFFERS if count else Outcome.FACT}


def test_a_method_without_the_argument_does_not_support_it() -> None:
    notes = asked(_ask_absent, lambda *_: Attempt((), 0.1, unsupported=("status",)), STATUS)

    assert outcomes(notes) == {Outcome.NOT_SUPPORTED}
    assert notes.findings == []


def test_a_number_without_an_upper_bound_is_also_asked_beyond_32_bits() -> None:
    page, per_page = CONTRACT.fragment.parameter("page"), CONTRACT.fragment.parameter("per_page")

    assert _values(page)[-1] == 2**31
    assert max(_values(per_page)) == per_page.node.keywords["maximum"]


def test_credentials_that_are_sent_as_given_are_as_promised() -> None:
    notes = asked(ask_credentials, honest)

    assert notes.findings == []
    assert outcomes(notes) == {Outcome.AS_PROMISED, Outcome.FACT}


def sends_all_it_finds(bench: RecordedBench, call: Call) -> Attempt:
    everything = headers(bench, bench.credentials)
    return attempt(replace(request(bench, call), headers=everything if call.environment else everything[:1]))


def test_credentials_that_are_lost_break_customers_and_those_that_are_added_mislead() -> None:
    notes = asked(ask_credentials, sends_all_it_finds)

    severities = {finding.id.removeprefix("sends:security:"): finding.severity for finding in notes.findings}
    assert severities["api_token:beside-api_email+api_key:added"] is Severity.MISLEADS
    assert severities["api_email+api_key:argument:lost"] is Severity.BREAKS


def lets_an_email_switch_off_the_token(bench: RecordedBench, call: Call) -> Attempt:
    variables = {scheme.env: name for name, scheme in bench.fragment.schemes.items()}
    named = {variables[name]: value for name, value in call.environment.items() if name in variables}
    given = {**named, **(call.credentials or {})}
    kept = {name: value for name, value in given.items() if name != "api_token" or "api_email" not in given}
    sent = replace(request(bench, call), headers=headers(bench, kept))
    is_let_in = any(kept.keys() >= set(names) for names in bench.fragment.security)
    return attempt(replace(sent, reply=Reply(200 if is_let_in else 403)))


def test_a_token_that_a_lone_email_switches_off_breaks_customers() -> None:
    notes = asked(ask_credentials, lets_an_email_switch_off_the_token)

    breaking = {finding.id for finding in notes.findings if finding.severity is Severity.BREAKS}
    assert breaking >= {
        "sends:security:api_token:beside-api_email:lost",
        "sends:security:api_token:environment:beside-api_email:refused",
    }
    assert not any("beside-api_key:" in one for one in breaking)


def trouble(text: str, came: Attempt) -> str:
    return path_trouble(CONTRACT.fragment, came, ACCOUNT, text)


def sent_to(path_text: str) -> Attempt:
    bench = RecordedBench(CONTRACT, honest)
    sent = request(bench, Call())
    return attempt(replace(sent, target=sent.target.replace(bench.own_path[ACCOUNT], path_text)))


@pytest.mark.parametrize(
    ("text", "came"),
    [
        ("a/b", sent_to("a%2Fb")),
        ("ä", sent_to("%C3%A4")),
        ("..", attempt(raised=error('Value ".." can\'t be safely passed as a path parameter'))),
        ("..", attempt(raised=error("accountID must not be that"))),
        ("", attempt(raised=error("Expected a non-empty value for `account_id` but received ''"))),
    ],
    ids=["escaped", "beyond ASCII", "quoted in an error", "named in an error", "empty and refused"],
)
def test_an_account_is_sent_as_one_segment_or_refused_by_name(text: str, came: Attempt) -> None:
    assert trouble(text, came) == ""


@pytest.mark.parametrize(
    ("text", "came", "words"),
    [
        ("a/b", sent_to("a/b"), "is not escaped: the request goes to another path"),
        ("a%2Fb", sent_to("a%2Fb"), "is not escaped: the server reads 'a/b'"),
        ("ä", sent_to("%E4"), "is escaped in Latin-1, not in UTF-8"),
        ("..", sent_to(".."), "is sent all the same"),
        ("..", sent_to("%2E%2E"), "is sent all the same"),
        ("", sent_to(""), "is sent all the same"),
        ("a/b", attempt(raised=error("list index out of range", name="IndexError")), "does not name it"),
        ("a/b", attempt(), "no error either"),
    ],
    ids=[
        "another path",
        "another text",
        "another encoding",
        "dots",
        "escaped dots",
        "empty",
        "unrelated error",
        "nothing",
    ],
)
def test_an_account_that_goes_astray_is_told_as_what_it_is(text: str, came: Attempt, words: str) -> None:
    assert words in trouble(text, came)


def test_a_backslash_is_told_once() -> None:
    notes = asked(_ask_path, elsewhere, CONTRACT.fragment.tenant, "a\\b")

    assert [check.title for check in notes.checks] == ["account_id is 'a\\b'"]
    assert notes.findings[0].sentence.startswith("the account_id 'a\\b' is not escaped")


def test_what_was_found_counts_though_the_driver_ends_before_all_values_were_sent() -> None:
    ways = iter([loses_the_query])

    def ends(bench: RecordedBench, call: Call) -> Attempt:
        way = next(ways, None)
        if not way:
            raise CouldNotTest("the driver ended", "look into its log")
        return way(bench, call)

    bench = RecordedBench(CONTRACT, ends)
    notes = Notes(Question.SENDS, bench)

    with pytest.raises(CouldNotTest):
        _ask_group(bench, notes, "query.status", "statuses", [{"status": "FAILED"}, {"status": "PENDING"}])

    assert [(check.outcome, check.detail) for check in notes.checks] == [(Outcome.DIFFERS, "0 of 1 call")]
    assert [finding.id for finding in notes.findings] == ["sends:query.status:status"]
