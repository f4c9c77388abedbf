"""What the record and the terminal say of deprecated members, and of the headers that announce their end."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
import samples
from samples import EditedContract

from contracts.checks import observe
from contracts.contract import Contract
from contracts.ledger import Ledger
from contracts.reports import compliance, deprecations, terminal
from contracts.reports.html.page import page
from contracts.targets import Secrets, Target

START = datetime(2026, 11, 24, tzinfo=UTC)
TARGET = Target("live", "", "", Secrets({}, ""), False, False, 400)
PLACE = "sheet_info.grand_total"
SUNSET, DEPRECATION = ("Sunset", "Fri, 20 Nov 2026 00:00:00 GMT"), ("Deprecation", "@1767225600")


def report(
    about: Contract, *answers: tuple[Any, ...], selected: tuple[str, ...] | None = None
) -> dict[str, Any]:
    """Give the record of a run in which these (body, header, …) answers came."""
    ledger = Ledger()
    for body, *headers in answers:
        reading = samples.answered(about, body, headers=(samples.JSON_TYPE, *headers))
        ledger.record(reading.exchange)
        ledger.add(observe(reading, about), reading.exchange)
    clauses = tuple(about.clauses) if selected is None else selected
    return compliance.compliance(about, ledger, compliance.RunFacts(TARGET, START, START, clauses, {}, ""))


def shelf(day: date = samples.AS_OF) -> tuple[Contract, Any]:
    """Give the contract as of a day, and a body that keeps it."""
    about = samples.contract("shelf", day)
    return about, samples.full_body(about)


def without_total(body: Any) -> Any:
    return body | {
        "sheet_info": {name: each for name, each in body["sheet_info"].items() if name != "grand_total"}
    }


def test_the_record_says_of_a_deprecated_member_when_it_ends_and_whether_it_came() -> None:
    about, body = shelf()

    found = report(about, (body,), (without_total(body),))

    assert found["deprecations"] == [
        {
            "status": "200",
            "place": PLACE,
            "line": 101,
            "sunset": "2026-11-20",
            "days_past": 4,
            "sent": 1,
            "gone": 1,
            "still_sent": 1,
            "clauses": {
                f"200.{PLACE}:required": "retired",
                f"200.{PLACE}:type": "verified",
                f"200.{PLACE}:const": "verified",
            },
        }
    ]


def test_each_deprecated_member_of_the_real_fragment_is_named(jobs: Contract) -> None:
    found = report(jobs, (samples.full_body(jobs),))

    assert [(entry["place"], entry["days_past"], entry["sent"] > 0) for entry in found["deprecations"]] == [
        ("result[].search_params.action_log", 23, True),
        ("result_info.total_count", 23, True),
        ("result_info.page", 23, True),
    ]


@pytest.mark.parametrize(
    ("day", "is_sent", "said"),
    [
        pytest.param(date(2026, 10, 20), True, "31 days before end of life (2026-11-20), sent", id="before"),
        pytest.param(
            date(2026, 11, 19), False, "1 day before end of life (2026-11-20), not seen", id="missing before"
        ),
        pytest.param(
            date(2026, 11, 20),
            True,
            "on the day of end of life (2026-11-20), still sent, which is allowed",
            id="on the day",
        ),
        pytest.param(
            date(2026, 11, 21),
            True,
            "past end of life for 1 day (2026-11-20), still sent, which is allowed",
            id="after",
        ),
        pytest.param(
            date(2026, 11, 24),
            False,
            "past end of life for 4 days (2026-11-20), left out, as announced",
            id="left out",
        ),
    ],
)
def test_a_person_is_told_how_near_the_end_is_and_whether_the_member_came(
    day: date, is_sent: bool, said: str
) -> None:
    about, body = shelf(day)

    lines = terminal.summary(report(about, (body if is_sent else without_total(body),)), None)

    assert f"{said}: {PLACE}" in lines
    assert "announced by the server: no Deprecation header; no Sunset header" in lines


def test_a_member_that_only_some_answers_leave_out_after_its_end_is_told_without_alarm() -> None:
    about, body = shelf()

    assert (
        "past end of life for 4 days (2026-11-20), sent at some places and left out at others, which is "
        f"allowed: {PLACE}"
    ) in deprecations.told(report(about, (body,), (without_total(body),)))


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        pytest.param(
            (True,), "and can no longer be broken: it is still sent, which is allowed", id="still sent"
        ),
        pytest.param(
            (True, False),
            "and can no longer be broken: it is sent at some places and left out at others, which is allowed",
            id="here and there",
        ),
        pytest.param((False,), "and left out, as announced", id="left out"),
    ],
)
def test_why_a_promise_is_retired_says_whether_the_member_is_still_sent(
    answers: tuple[bool, ...], reason: str
) -> None:
    about, body = shelf()

    found = report(about, *((body if is_sent else without_total(body),) for is_sent in answers))

    (entry,) = (entry for entry in found["clauses"] if entry["id"] == f"200.{PLACE}:required")
    assert entry["verdict"] == "retired"
    assert entry["reason"] == f"past its end of life (2026-11-20), {reason}"
    assert (entry["checked"], entry["still_sent"]) == (0, sum(answers))


def test_what_came_before_its_end_is_not_called_still_sent() -> None:
    before, body = shelf(date(2026, 11, 19))
    after, _ = shelf()
    ledger = Ledger()
    reading = samples.answered(before, body)

    # An audit judges each answer as of its own day, and tells of today.
    ledger.record(reading.exchange)
    ledger.add(observe(reading, before), reading.exchange)
    facts = compliance.RunFacts(TARGET, START, START, tuple(after.clauses), {}, "")
    found = compliance.compliance(after, ledger, facts)

    assert next(deprecations.told(found)) == f"past end of life for 4 days (2026-11-20), sent: {PLACE}"
    assert "sent at 1 place</p>" in re.sub(r"\s+</p>", "</p>", page(found))


def test_a_record_that_does_not_say_when_a_member_came_calls_it_still_sent_after_its_end() -> None:
    about, body = shelf()
    found = report(about, (body,))
    del found["deprecations"][0]["still_sent"]

    assert "still sent, which is allowed" in next(deprecations.told(found))


def test_a_member_of_which_no_answer_told_is_not_seen() -> None:
    about, _ = shelf()

    assert (
        next(deprecations.told(report(about)))
        == f"past end of life for 4 days (2026-11-20), not seen: {PLACE}"
    )


def test_a_member_may_be_deprecated_without_an_end(edited_contract: EditedContract) -> None:
    about = edited_contract(('          x-sunset: "2026-11-20"\n', ""))

    found = report(about, (samples.full_body(about),))

    assert [found["deprecations"][0][key] for key in ("sunset", "days_past")] == [None, None]
    assert next(deprecations.told(found)) == f"deprecated without an end of life, sent: {PLACE}"


def test_a_member_without_any_promise_but_its_presence_is_seen_all_the_same(
    edited_contract: EditedContract,
) -> None:
    about = edited_contract(("          type: integer\n          const: 0\n", ""))
    body = samples.full_body(about)

    present, absent = report(about, (body,)), report(about, (without_total(body),))

    assert [
        (each["deprecations"][0]["sent"], each["deprecations"][0]["gone"]) for each in (present, absent)
    ] == [
        (1, 0),
        (0, 1),
    ]


def test_a_run_of_other_clauses_tells_nothing_of_deprecated_members() -> None:
    about, body = shelf()

    found = report(about, (body,), selected=("200.sheet_info.held:type",))

    assert found["deprecations"][0]["clauses"] == {}
    assert list(deprecations.told(found)) == []


def test_the_headers_are_told_with_their_dates_and_without_what_is_no_date() -> None:
    about, body = shelf()

    found = report(about, (body, SUNSET, DEPRECATION), (body, SUNSET), (body, ("Sunset", "canary-token")))

    assert found["announced"] == {
        "deprecation": {"answers": 1, "malformed": 0, "dates": {"2026-01-01T00:00:00Z": 1}, "other_dates": 0},
        "sunset": {"answers": 3, "malformed": 1, "dates": {"2026-11-20T00:00:00Z": 2}, "other_dates": 0},
    }
    assert list(deprecations.told(found))[-1] == (
        "announced by the server: Deprecation header in 1 of 3 answers (2026-01-01T00:00:00Z in 1); "
        "Sunset header in 3 of 3 answers (2026-11-20T00:00:00Z in 2, no valid date in 1)"
    )
    assert "canary" not in str(found)


def test_dates_beyond_those_kept_are_told_as_a_number() -> None:
    about, body = shelf()

    found = report(about, *((body, ("Deprecation", f"@{day * 86_400}")) for day in range(7)))

    assert found["announced"]["deprecation"]["other_dates"] == 2
    assert "1970-01-05T00:00:00Z in 1, other dates in 2); " in list(deprecations.told(found))[-1]


def test_an_announcement_is_told_even_where_the_contract_knows_of_no_end() -> None:
    about, body = shelf()

    found = report(about, (body, SUNSET), selected=("200.sheet_info.held:type",))

    (line,) = deprecations.told(found)
    assert "Sunset header in 1 of 1 answers (2026-11-20T00:00:00Z in 1)" in line
