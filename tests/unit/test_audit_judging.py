"""What one recorded answer says, what it cannot say, and what is kept of it."""

import gzip
import json
from dataclasses import replace

import audited
import pytest
import samples
from audited import ACCOUNT, BEARER, TOKEN, broken, judged, record, seen

from contracts import sound_bodies

JOBS = samples.contract("jobs")
SECRETS = (ACCOUNT, TOKEN, "hunter2hunter2", "s3ss10n-s3ss10n", "k3yk3yk3yk3yk3y")


def page(**changes):
    return samples.exchange(None, samples.page(JOBS, samples.job(1, **changes))).body


def test_a_sound_answer_verifies_the_body_and_the_credentials_and_breaks_nothing():
    found = seen(record())

    assert broken(record()) == set()
    assert found["200.result[].status:enum"] == (2, 0)
    assert found["security/api_token:accepted"] == (1, 0)


def test_a_wrong_value_breaks_its_clause_alone():
    wrong = judged(record(page(status="NONE")))

    assert broken(record(page(status="NONE"))) == {"200.result[].status:enum"}
    assert wrong.answers_broken == {"200.result[].status:enum": 1}


@pytest.mark.parametrize("headers", [None, (), (("Authorization", "REDACTED"),)])
def test_credentials_that_were_not_recorded_verify_nothing_and_break_nothing(headers):
    found = seen(record(query="page=1", request_headers=headers))

    assert not [clause for clause in found if clause.startswith("security")]
    assert found["query.page:accepted"] == (1, 0)


@pytest.mark.parametrize("query", ["", "page=1", "page=0", "status=NONE"])
def test_a_refusal_is_judged_as_an_envelope_only_since_nobody_vouches_for_the_credentials(query):
    found = seen(record(query=query, status=403))

    assert {clause.partition(":")[0].partition(".")[0] for clause in found} == {"4XX", "responses"}
    assert broken(record(query=query, status=403)) == set()


def test_a_forbidden_value_that_is_served_breaks_its_clause():
    assert "query.status:enum" in broken(record(query="status=NONE"))


@pytest.mark.parametrize("status", [0, 101, 206, 304, 407, 502, 503, 522])
def test_what_something_in_between_says_tells_nothing(status):
    whole = judged(record(b"<html>", status=status))

    assert whole.ledger.tallies == {}
    assert (whole.untelling, whole.ledger.requests) == (1, 1)


def test_a_server_error_is_broken():
    assert broken(record(b"<html>", status=500)) == {"responses:status"}


@pytest.mark.parametrize(
    "lacking",
    [
        {"body": None},
        {"response_headers": (samples.JSON_TYPE, ("Content-Length", "9999999"))},
        {"response_headers": (samples.JSON_TYPE, ("content-encoding", "br")), "body": b"\x0b\x02\x80"},
    ],
    ids=["not recorded", "shorter than it says", "coded in an unknown way"],
)
def test_a_body_that_is_not_whole_judges_nothing_of_it(lacking):
    whole = record(page(status="NONE"))

    found = seen(replace(whole, **lacking))

    assert broken(whole)
    assert set(found) == {"responses:status", "security/api_token:accepted"}


def test_a_compressed_body_is_judged():
    body = gzip.compress(page(status="NONE"))

    found = broken(record(body, response_headers=(samples.JSON_TYPE, ("Content-Encoding", "gzip"))))

    assert found == {"200.result[].status:enum"}


@pytest.mark.parametrize("headers", [None, (("server", "x"),)])
def test_a_content_type_that_was_not_recorded_is_not_judged(headers):
    assert "200:content-type" not in seen(record(response_headers=headers))
    assert broken(record(response_headers=(("content-type", "text/html"),))) == {"200:content-type"}


def test_the_encoding_of_a_body_that_was_read_as_text_is_not_judged():
    assert "200:encoding" in seen(record())
    assert "200:encoding" not in seen(record(has_exact_bytes=False))


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "POST"},
        {"url": audited.url() + "/more"},
        {"url": "https://api.example/v9" + audited.FRAGMENT.path.replace("{account_id}", ACCOUNT)},
        {"url": "https://api.example/"},
    ],
)
def test_other_operations_are_counted_and_passed_over(changes):
    whole = judged(replace(record(page(status="NONE")), **changes))

    assert (whole.read, whole.passed_over, whole.ledger.requests) == (1, 1, 0)


def test_an_answer_counts_for_its_day_in_utc_and_only_if_timed_for_how_long_it_took():
    whole = judged(record(), record(time=None, elapsed_ms=None))

    assert {day: ledger.requests for day, ledger in whole.days.items()} == {"2026-09-01": 1, "": 1}
    assert whole.ledger.elapsed_ms.total() == 1


@pytest.mark.parametrize("shows_values", [False, True])
def test_no_secret_of_a_record_is_kept_even_if_the_server_echoes_it(shows_values):
    echo = " ".join(SECRETS)
    notice = {"code": 1000, "message": echo, "source": {"pointer": TOKEN}}
    body = json.loads(page(status=TOKEN, action_type=ACCOUNT, job_id=echo, comment=echo))
    leaky = record(
        json.dumps(body | {"messages": [notice], TOKEN: 1, "errors": [{"code": TOKEN}]}).encode(),
        query="page=1&api_key=hunter2hunter2&per_page=k3yk3yk3yk3yk3y",
        request_headers=(BEARER, ("Cookie", "id=s3ss10n-s3ss10n"), ("X-My-Api-Key", "k3yk3yk3yk3yk3y")),
        response_headers=(samples.JSON_TYPE, ("date", ACCOUNT), ("set-cookie", "id=s3ss10n-s3ss10n")),
    )

    whole = judged(leaky, shows_values=shows_values)

    told = whole.to_json()
    assert whole.evidence
    assert not [secret for secret in SECRETS if secret in told]
    assert "$CLOUDFLARE_API_TOKEN" in told


def test_a_mail_address_in_an_undeclared_parameter_becomes_a_pseudonym():
    told = judged(record(page(status="NONE"), query="who=ann@example.com")).to_json()

    assert "who=" in told
    assert "ann@" not in told


@pytest.mark.parametrize("limit", [0, 2_000, 2**30])
def test_it_does_not_matter_how_many_sound_bodies_are_counted_at_once(limit, monkeypatch):
    some = [record(), record(page(status="NONE")), record(time=None), record(status=403), record()]
    expected = judged(*some).to_json()
    monkeypatch.setattr(sound_bodies, "MAX_HELD_BYTES", limit)

    assert judged(*some).to_json() == expected
