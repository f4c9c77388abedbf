"""What is said of how an SDK fails, from the error and the tries."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import samples
from recorded_bench import ELSEWHERE, RecordedBench, attempt, error, headers, honest, request

from contracts.examples import sample
from contracts.sdk.bench import Attempt, Call, Raised
from contracts.sdk.fails_well import (
    _ask_long_wait,
    _ask_redirects,
    _mishaps,
    _of_error,
    _of_tries,
    fails_well,
)
from contracts.sdk.findings import Finding, Outcome, Question, Severity
from contracts.sdk.notes import Notes
from contracts.sdk.recorder import Recorded

CONTRACT = samples.contract("jobs")
MISHAPS = {mishap.what: mishap for mishap in _mishaps(CONTRACT.fragment)}
BENCH = RecordedBench(CONTRACT, honest)


def tried(*at_s: float, raised: Raised | None = None) -> Attempt:
    """Give what came of so many tries at these moments."""
    sent = request(BENCH, Call())
    return attempt(*(replace(sent, at_s=moment) for moment in at_s), raised=raised)


def troubles(what: str, came: Attempt) -> dict[str, Severity]:
    found: Iterator[tuple[str, Severity, str, str]]
    found = iter([*_of_error(MISHAPS[what], came), *_of_tries(MISHAPS[what], came)])
    return {name: severity for name, severity, _, _ in found}


@pytest.mark.parametrize(
    ("what", "came"),
    [
        ("403", tried(0, raised=error(status=403))),
        ("429:seconds", tried(0, 1.0)),
        ("500:once", tried(0, 0.5)),
        ("dropped", tried(0, 1, 2, raised=error())),
        ("cut", tried(0, 1, 2, raised=error())),
        ("cut:once", tried(0, 1)),
        ("unsuccessful:200", tried(0, raised=error())),
    ],
)
def test_an_error_that_tells_all_and_tries_that_can_help_are_as_promised(what: str, came: Attempt) -> None:
    assert troubles(what, came) == {}


@pytest.mark.parametrize(
    ("what", "came", "found"),
    [
        ("403", tried(0), {"no-error": Severity.MISLEADS}),
        ("403", tried(0, raised=error(status=500)), {"status": Severity.MISLEADS}),
        ("403", tried(0, raised=error(status=403, is_own=False)), {"foreign-error": Severity.MISLEADS}),
        ("403", tried(0, 1, raised=error(status=403)), {"tried-again": Severity.COSMETIC}),
        ("429:seconds", tried(0, 0.5), {"impatient": Severity.MISLEADS}),
        ("500:once", tried(0, raised=error(status=500)), {"gives-up": Severity.MISLEADS}),
        ("empty:200", tried(0), {"no-error": Severity.MISLEADS}),
        ("cut", tried(0, raised=error(is_own=False)), {"foreign-error": Severity.MISLEADS}),
        ("cut", replace(tried(0), is_over=False), {"never-ends": Severity.BREAKS}),
        ("cut:once", replace(tried(0), is_over=False), {"never-ends": Severity.BREAKS}),
    ],
)
def test_what_goes_wrong_in_failing_has_a_name_each(
    what: str, came: Attempt, found: dict[str, Severity]
) -> None:
    assert troubles(what, came) == found


SENT = sample(CONTRACT.fragment.responses["4XX"].body)["errors"]  # type: ignore[arg-type]
SAID = {"array": [{"object": {"code": {"integer": "7"}, "message": {"string": "no"}}, "class": ""}]}


def saying(told: Any) -> Attempt:
    return tried(0, raised=replace(error(status=403), members={"errors": told}))


def test_an_error_tells_what_the_server_said_of_it_or_nothing_of_that() -> None:
    said = [
        {name: {"string" if isinstance(value, str) else "integer": str(value)} for name, value in one.items()}
        for one in SENT
    ]

    assert troubles("403", saying({"array": [{"object": one, "class": ""} for one in said]})) == {}
    assert troubles("403", tried(0, raised=error(status=403))) == {}


@pytest.mark.parametrize("told", [{"array": []}, {"null": True}, SAID], ids=["empty", "null", "another"])
def test_an_error_that_tells_another_thing_than_the_server_said_misleads(told: Any) -> None:
    assert troubles("403", saying(told)) == {"errors": Severity.MISLEADS}


def test_tries_are_counted_in_the_words_that_the_number_has() -> None:
    def once(bench: RecordedBench, call: Call) -> Attempt:
        return attempt(request(bench, call))

    bench = RecordedBench(CONTRACT, once)
    notes = Notes(Question.FAILS_WELL, bench)
    fails_well(bench, notes)

    details = {check.detail for check in notes.checks if "redirect" not in check.id}
    assert details == {"returns after 1 try"}
    assert {finding.actual for finding in notes.findings} == {"returns after 1 try"}


@pytest.mark.parametrize(
    ("came", "detail"),
    [
        (tried(0, 0.5), "does not wait so long, returns after 2 tries"),
        (tried(0, raised=error(status=429)), "raises ApiError with status 429 after 1 try"),
        (replace(tried(0), is_over=False), "still waits when the gate stops looking"),
    ],
    ids=["sooner", "gives up", "waits"],
)
def test_what_becomes_of_a_long_wait_is_a_fact(came: Attempt, detail: str) -> None:
    bench = RecordedBench(CONTRACT, lambda *_: came)
    notes = Notes(Question.FAILS_WELL, bench)

    _ask_long_wait(bench, notes)

    (check,) = notes.checks
    assert (check.outcome, check.detail, check.findings) == (Outcome.FACT, detail, ())


Away = Callable[[Recorded, str], Recorded]
"""Gives the request at the other host, of what it would be and the value of the first credential."""


def redirected(*carried: str, away: Away = lambda sent, _: sent) -> list[Finding]:
    """Give what is found of an SDK that follows a redirect and takes these credentials along."""

    def follows(bench: RecordedBench, call: Call) -> Attempt:
        first = request(bench, call)
        assert dict(first.reply.headers)["location"].startswith(ELSEWHERE)
        kept = {name: value for name, value in (call.credentials or {}).items() if name in carried}
        second = replace(first, headers=headers(bench, kept), is_elsewhere=True)
        return attempt(first, away(second, next(iter((call.credentials or {}).values()))))

    bench = RecordedBench(CONTRACT, follows)
    notes = Notes(Question.FAILS_WELL, bench)
    _ask_redirects(bench, notes)
    return notes.findings


def test_credentials_that_travel_to_another_host_break_customers() -> None:
    assert redirected() == []
    (leak,) = redirected("api_key")
    assert (leak.id, leak.severity) == ("fails-well:redirect:api_email+api_key:leak", Severity.BREAKS)
    assert leak.actual == "X-Auth-Key at the other host"


@pytest.mark.parametrize(
    ("away", "where"),
    [
        (lambda sent, value: replace(sent, headers=(("X-Debug", f"t={value}"),)), "X-Debug"),
        (lambda sent, value: replace(sent, target=f"/{quote(value, safe='')}/x"), "the path"),
        (lambda sent, value: replace(sent, target=f"/x?{urlencode({'key': value})}"), "the query"),
        (lambda sent, value: replace(sent, body=b64encode(f"me:{value}".encode())), "the body"),
    ],
    ids=["another header", "the path", "the query", "the body"],
)
def test_a_credential_that_travels_in_another_place_than_its_own_is_found(away: Away, where: str) -> None:
    leaks = redirected(away=away)

    assert [leak.actual for leak in leaks] == [
        f"{name} in {where} at the other host" for name in ("api_token", "api_email")
    ]
