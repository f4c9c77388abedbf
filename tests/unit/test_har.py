"""The archive of what went over the wire: each time counts, and nothing private is in it."""

import json
from datetime import UTC, datetime

import pytest
import samples
from sample_records import CONTRACT, FACTS

from contracts.client import Sent
from contracts.ledger import Ledger
from contracts.reports import compliance, har, retelling
from contracts.wire import Answer, NoAnswer, Timing

START = datetime(2026, 11, 24, tzinfo=UTC)
REQUEST = samples.request(CONTRACT, [("page", "2")], headers=(("Authorization", "Bearer $TOKEN"),))
HEADERS = (("Content-Type", "application/json"), ("X-Echo", "a-secret"), ("a-secret", "x"))
TIMING = Timing(1.0, 5.0, 2.0, 0.5, 3.0, 0.25)


def scrub(text):
    return text.replace("a-secret", "$SECRET")


def sent(came, number=1):
    return Sent(number, START, 9.5, REQUEST, came)


def archive(*all_sent, exchanges=(), bodies=None):
    log = har.WireLog(CONTRACT, scrub)
    for one in all_sent:
        log.add(one)
    report = compliance.compliance(CONTRACT, Ledger(), FACTS) | {"exchanges": list(exchanges)}
    return json.loads(har.har(log, report, bodies or {}))["log"]


def test_an_answer_is_told_by_its_size_its_times_and_what_may_be_told_of_its_headers():
    log = archive(sent(Answer(200, HEADERS, b"private", 9.0, "HTTP/1.1", TIMING)))

    (entry,) = log["entries"]
    assert log["version"] == "1.2"
    assert entry["startedDateTime"] == "2026-11-24T00:00:00+00:00"
    assert entry["time"] == 1.0 + 5.0 + 0.5 + 3.0 + 0.25
    assert entry["request"]["url"] == f"https://test.example{CONTRACT.fragment.path}?page=2"
    assert entry["request"]["queryString"] == [{"name": "page", "value": "2"}]
    assert entry["request"]["headers"] == [{"name": "Authorization", "value": "Bearer $TOKEN"}]
    assert entry["response"]["headers"] == [
        {"name": "Content-Type", "value": "application/json"},
        {"name": "X-Echo", "value": "<not shown>"},
        {"name": "$SECRET", "value": "<not shown>"},
    ]
    content = entry["response"]["content"]
    assert (content["size"], content["mimeType"]) == (len(b"private"), "application/json")
    assert content["comment"].startswith("the body is not kept")
    assert "text" not in content
    assert (entry["timings"]["connect"], entry["timings"]["ssl"], entry["timings"]["dns"]) == (5.0, 2.0, -1)


def test_each_time_that_a_request_was_sent_is_an_entry_with_what_came():
    log = archive(
        sent(NoAnswer("the connection broke a-secret"), 1),
        sent(NoAnswer("the server is not available (503)", status=503, headers={"retry-after": "1"}), 2),
        sent(Answer(429, (), b"", 1.0), 3),
    )

    told = [(one["response"]["status"], one.get("comment", "")) for one in log["entries"]]
    assert told == [
        (0, "the connection broke $SECRET"),
        (503, "the server is not available (503)"),
        (429, ""),
    ]
    assert [one["time"] for one in log["entries"]] == [9.5, 9.5, 9.5]


def test_an_exchange_of_the_record_has_its_body_in_part_as_it_stands_there():
    record = {"id": "1-plan/7", "response": {"body": "<redacted>", "note": "7 bytes"}}

    log = archive(
        sent(Answer(200, (), b"x", 1.0), 6), sent(Answer(200, (), b"x", 1.0), 7), exchanges=[record]
    )

    other, entry = log["entries"]
    assert entry["comment"] == "exchange 1-plan/7 of compliance.json"
    assert (entry["response"]["content"]["text"], entry["response"]["content"]["comment"]) == (
        "<redacted>",
        "in part: 7 bytes",
    )
    assert "text" not in other["response"]["content"]


def test_a_body_that_says_the_same_without_what_is_private_stands_there_whole():
    record = {"id": "1-plan/7", "response": {"body": "<redacted>", "note": "9 bytes"}}

    log = archive(sent(Answer(200, (), b"x" * 9, 1.0), 7), exchanges=[record], bodies={7: b"whole"})

    assert log["entries"][0]["response"]["content"] == {
        "size": 5,
        "mimeType": "",
        "text": "whole",
        "comment": "9 bytes",
    }


def test_more_than_is_kept_is_counted(monkeypatch):
    monkeypatch.setattr(har, "MAX_ENTRIES", 2)

    log = archive(*(sent(Answer(200, (), b"", 1.0), number) for number in range(5)))

    assert len(log["entries"]) == 2
    assert log["comment"].endswith(" 3 requests more were sent.")


def test_of_very_many_headers_some_are_kept():
    headers = tuple((f"x-{number}", "x" * 9_999) for number in range(1_000))

    (entry,) = archive(sent(Answer(200, headers, b"", 1.0)))["entries"]

    assert len(entry["response"]["headers"]) == retelling.MAX_HEADERS


@pytest.mark.parametrize("status", [0, 200, 404, 599])
def test_any_status_can_stand_in_it(status):
    (entry,) = archive(sent(Answer(status, (), b"", 1.0)))["entries"]

    assert entry["response"]["status"] == status
    assert isinstance(entry["response"]["statusText"], str)


def test_of_a_run_that_sent_nothing_there_is_an_empty_one():
    assert archive()["entries"] == []
