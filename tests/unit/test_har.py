"""The traffic of a run as HAR 1.2."""

import json
from datetime import UTC, datetime, timedelta

import samples

from contracts.reports.exchanges import recorded
from contracts.reports.har import har

CONTRACT = samples.contract("jobs")
ENDED = datetime(2026, 11, 24, 9, 0, 1, tzinfo=UTC)


def entries(exchange, shown=()):
    by_id = {record["id"]: record for record in shown}
    text = har([(ENDED, exchange, 321)], CONTRACT, by_id, lambda told: told.replace("secret", "$SECRET"))
    log = json.loads(text)["log"]
    assert log["version"] == "1.2"
    return log["entries"]


def test_an_exchange_is_told_with_its_sizes_and_times_and_without_its_body():
    exchange = samples.answered(CONTRACT, headers=(samples.JSON_TYPE, ("x-echo", "canary"))).exchange

    (entry,) = entries(exchange)

    started = datetime.fromisoformat(entry["startedDateTime"])
    assert abs(ENDED - started - timedelta(milliseconds=exchange.elapsed_ms)) < timedelta(milliseconds=1)
    assert entry["request"]["url"].endswith(exchange.request.line.partition(" ")[2])
    assert entry["response"]["content"] == {
        "size": 321,
        "mimeType": "application/json",
        "comment": "not kept: nothing was found in it",
    }
    assert {"name": "x-echo", "value": "<not shown>"} in entry["response"]["headers"]


def test_the_body_is_told_of_an_exchange_that_the_record_shows():
    exchange = samples.answered(CONTRACT, samples.full_body(CONTRACT)).exchange
    record = recorded(exchange, CONTRACT)

    (entry,) = entries(exchange, [record])

    assert entry["response"]["content"]["text"] == record["response"]["body"]


def test_secrets_are_taken_out_of_headers_and_their_names():
    headers = (("content-type", "text/secret"), ("x-secret", "1"))

    (entry,) = entries(samples.answered(CONTRACT, headers=headers).exchange)

    told = entry["response"]["headers"]
    assert [header["name"] for header in told] == ["content-type", "x-$SECRET"]
    assert told[0]["value"] == "text/$SECRET"


def test_a_run_that_sent_nothing_leaves_an_empty_log():
    assert json.loads(har([], CONTRACT, {}, str))["log"]["entries"] == []
