"""An exchange as it is written down: nothing private, nothing secret, and no more than a reader needs."""

import json
import re

import samples

from contracts.contract import Contract
from contracts.redaction import Redactor
from contracts.reports.exchanges import MAX_BODY, MAX_ITEMS, recorded, transcript
from contracts.scrubber import Scrubber

CONTRACT = samples.contract("jobs")


def test_a_recorded_exchange_shows_neither_private_values_nor_headers_of_unknown_meaning():
    body = samples.full_body(CONTRACT)
    body["result"][0]["search_params"]["sender"] = "canary@example.org"
    headers = (samples.JSON_TYPE, ("x-echo", "canary-token"))

    text = transcript(recorded(samples.answered(CONTRACT, body, headers=headers).exchange, CONTRACT))

    assert "canary" not in text
    assert "x-echo: <not shown>" in text
    assert "content-type: application/json" in text
    assert body["result"][0]["job_id"] in text


def test_a_recorded_exchange_shows_an_announced_end_of_life_only_where_it_is_a_date():
    headers = (samples.JSON_TYPE, ("Deprecation", "@0"), ("Sunset", "canary-token"))

    text = transcript(recorded(samples.answered(CONTRACT, headers=headers).exchange, CONTRACT))

    assert "Deprecation: 1970-01-01" in text
    assert "Sunset: <not shown>" in text


def test_a_recorded_exchange_of_what_cannot_be_read_shows_its_shape_and_size():
    html = b"<h1>canary</h1>\n<p>canary"

    text = transcript(recorded(samples.answered(CONTRACT, html).exchange, CONTRACT))

    told = text.splitlines()[-2:]
    assert "<25 bytes, not read as JSON; values are pseudonyms where they are private or undeclared>" in text
    assert [re.sub("[a-z]", "x", re.sub("[0-9]", "0", line)) for line in told] == [
        "<x0>xxxxxx</x0>",
        "<x>xxxxxx",
    ]
    assert "canary" not in text


def test_a_recorded_exchange_of_no_body_says_so():
    assert transcript(recorded(samples.answered(CONTRACT, b"").exchange, CONTRACT)).endswith("<no body>")


def test_a_recorded_exchange_shows_values_where_that_was_asked_for_but_no_secret():
    body = samples.full_body(CONTRACT)
    body["result"][0]["search_params"] |= {"sender": "canary@example.org", "subject": "secret-token-of-ours"}
    scrubber = Scrubber({"secret-token-of-ours": "$TOKEN"})
    contract = Contract(
        CONTRACT.fragment, samples.AS_OF, Redactor(b"key", shows_values=True, scrubber=scrubber)
    )

    text = transcript(recorded(samples.answered(contract, body).exchange, contract))

    assert "canary@example.org" in text
    assert "$TOKEN" in text
    assert "secret-token-of-ours" not in text
    assert "values are as they came" in text


def test_a_recorded_exchange_shows_a_number_that_is_too_large_for_a_float():
    body = samples.full_body(CONTRACT)
    text = json.dumps(body).replace('"total_count": 0', '"total_count": 1e5000')

    told = transcript(recorded(samples.answered(CONTRACT, text.encode()).exchange, CONTRACT))

    assert '"total_count": "1E+5000"' in told


def test_a_recorded_body_is_cut_where_it_would_grow_too_long():
    body = samples.full_body(CONTRACT) | {f"added_{number}": number for number in range(MAX_BODY // 10)}

    told = recorded(samples.answered(CONTRACT, body).exchange, CONTRACT)["response"]["body"]

    assert len(told) == MAX_BODY + len("\n<cut>")
    assert told.endswith("<cut>")


def test_members_that_would_be_cut_anyway_are_not_looked_at(monkeypatch):
    looked_at = []
    shown_name = Redactor.shown_name
    monkeypatch.setattr(Redactor, "shown_name", lambda *told: looked_at.append(told[1]) or shown_name(*told))
    body = {f"added_{number}": number for number in range(MAX_BODY)}

    told = recorded(samples.answered(CONTRACT, body).exchange, CONTRACT)["response"]["body"]

    assert told.endswith("<cut>")
    assert len(looked_at) < MAX_BODY / 2


def test_an_array_keeps_its_first_items_and_those_that_are_pointed_at():
    items = [samples.job(number) for number in range(10)]
    exchange = samples.answered(CONTRACT, samples.page(CONTRACT, *items)).exchange

    body = json.loads(recorded(exchange, CONTRACT, ["/result/7/status"])["response"]["body"])

    ids = [item if isinstance(item, str) else item["job_id"] for item in body["result"]]
    firsts = [item["job_id"] for item in items[:MAX_ITEMS]]
    assert ids == [*firsts, "<4 items left out>", items[7]["job_id"], "<2 items left out>"]
