"""What one recorded answer says, what it cannot say, and what is kept of it."""

import functools
import gzip
import json
import operator
import zlib
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


@pytest.mark.parametrize("query", ["", "page=1", "page=1&x=1", "page=0", "status=NONE"])
def test_a_refusal_is_judged_as_an_envelope_only_since_nobody_vouches_for_the_credentials(query):
    found = seen(record(query=query, status=403))

    assert {clause.partition(":")[0].partition(".")[0] for clause in found} == {"4XX", "responses"}
    assert broken(record(query=query, status=403)) == set()


def test_a_forbidden_value_that_is_served_breaks_its_clause():
    assert "query.status:enum" in broken(record(query="status=NONE"))


@pytest.mark.parametrize("status", [0, 101, 206, 304, 407, 499, 502, 503, 522])
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


@pytest.mark.parametrize("shows_values", [False, True])
@pytest.mark.parametrize("name", ["jwt", "sig", "pwd", "pass", "credential", "of_no_telling_name"])
def test_the_value_of_a_parameter_that_the_contract_does_not_know_is_not_kept(name, shows_values):
    leaky = record(b"{}", query=f"page=1&{name}=hunter2hunter2")

    whole = judged(leaky, shows_values=shows_values)

    assert whole.evidence
    assert "hunter2" not in whole.to_json()


def test_a_token_of_the_access_proxy_is_taken_out_where_it_is_echoed():
    headers = (BEARER, ("Cf-Access-Jwt-Assertion", "CANARY17CANARY17"))

    told = judged(
        record(page(status="CANARY17CANARY17"), request_headers=headers), shows_values=True
    ).to_json()

    assert "CANARY17" not in told


@pytest.mark.parametrize(
    "headers",
    [
        {"request_headers": (("Cookie", "theme=dark; sid=CANARY17; b=2"),)},
        {"request_headers": (("cookie", 'sid="CANARY17"'),)},
        {"response_headers": (samples.JSON_TYPE, ("Set-Cookie", "sid=CANARY17; Domain=api.example"))},
    ],
)
def test_the_value_of_a_cookie_is_not_kept_even_if_it_is_short(headers):
    told = judged(record(page(status="CANARY17"), **headers)).to_json()

    assert "CANARY17" not in told
    assert "<credential>" in told
    assert "api.example" in told


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


WRONG = page(status="NONE")
NO_JSON = b"<html>it went wrong</html>"


@pytest.mark.parametrize(
    "headers", [None, (), (samples.JSON_TYPE,), (samples.JSON_TYPE, ("content-length", "20"))]
)
@pytest.mark.parametrize("code", [gzip.compress, zlib.compress], ids=["gzip", "zlib"])
def test_a_body_whose_coding_was_not_recorded_is_judged_by_what_is_in_it(code, headers):
    assert broken(record(code(page()), response_headers=headers)) == set()
    assert broken(record(code(WRONG), response_headers=headers)) == {"200.result[].status:enum"}


@pytest.mark.parametrize(
    "body",
    [gzip.compress(WRONG)[:-9], b"\x28\xb5\x2f\xfd\x00", b"\x0b\x02\x80\xff\xfe"],
    ids=["half a gzip", "zstd", "another coding"],
)
def test_a_body_in_a_coding_that_nobody_recorded_judges_nothing_of_it(body):
    assert broken(record(body, response_headers=None)) == set()


def test_a_body_that_is_no_text_is_judged_where_headers_tell_that_it_has_no_coding():
    assert "200:json" in broken(record(b"\x0b\x02\x80\xff\xfe"))


def test_a_body_that_a_coding_shows_to_be_whole_is_judged_whatever_it_is():
    coded = (samples.JSON_TYPE, ("content-encoding", "gzip"))

    assert "200:json" in broken(record(gzip.compress(NO_JSON), response_headers=coded))
    assert "200:json" in broken(record(gzip.compress(WRONG[:-1]), response_headers=coded))


LEFT = [
    b"",
    b"[REDACTED]",
    b'"[FILTERED]"',
    b"***",
    b"<response body omitted>",
    WRONG[:-1],
    WRONG[:200],
    WRONG[:200] + b"...",
    WRONG[:200] + b"... (1234 more bytes)",
    WRONG[:200] + b"...truncated",
    WRONG[:-2] + "…".encode(),
    WRONG[:-2] + b"[truncated]",
]


@pytest.mark.parametrize("body", LEFT)
@pytest.mark.parametrize("headers", [None, (samples.JSON_TYPE,)])
def test_what_a_recorder_left_of_a_body_judges_nothing_of_it(body, headers):
    found = seen(record(body, response_headers=headers))

    assert set(found) == {"responses:status", "security/api_token:accepted"}


@pytest.mark.parametrize("body", LEFT)
def test_the_same_is_the_servers_where_the_recording_says_that_it_is_all_that_came(body):
    said = (samples.JSON_TYPE, ("content-length", str(len(body))))

    assert broken(record(body, response_headers=said))
    assert broken(record(body, is_whole=True))


@pytest.mark.parametrize("body", [NO_JSON, b"{]", b"not found", WRONG + b"...", b"filter the list, please"])
def test_what_no_recorder_leaves_is_the_servers(body):
    assert "200:json" in broken(record(body))


@pytest.mark.parametrize("mark", ["[REDACTED]", "***", "<masked>", "REDACTED", "[value removed]"])
def test_a_value_that_a_recorder_took_out_breaks_nothing(mark):
    blacked_out = record(page(status=mark, job_id=mark, created_at=mark))

    assert broken(blacked_out) == set()
    assert "200.result[].status:enum" not in seen(blacked_out)
    assert "200.result[].action_type:enum" in seen(blacked_out)


@pytest.mark.parametrize("word", ["REMOVED", "HIDDEN", "FILTERED", "REDACTED_BY_USER", "*"])
def test_a_word_that_a_server_may_send_breaks_its_clause(word):
    assert broken(record(page(status=word))) == {"200.result[].status:enum"}


def test_a_wrong_value_beside_one_that_was_taken_out_is_broken():
    both = samples.page(JOBS, samples.job(1, status="***"), samples.job(2, status="NONE"))

    assert broken(record(samples.exchange(None, both).body)) == {"200.result[].status:enum"}


def places(value, path=()):
    children = value.items() if isinstance(value, dict) else enumerate(value)
    for token, child in children:
        yield (*path, token)
        if isinstance(child, dict | list):
            yield from places(child, (*path, token))


def test_whatever_value_of_a_page_is_taken_out_nothing_is_broken():
    whole = record().body

    for path in places(json.loads(whole)):
        body = json.loads(whole)
        owner = functools.reduce(operator.getitem, path[:-1], body)
        owner[path[-1]] = "[REDACTED]"
        assert broken(record(json.dumps(body).encode())) == set(), path


def test_a_member_that_is_missing_beside_one_that_was_taken_out_is_broken():
    body = samples.page(JOBS, samples.job(1, status="***"))
    del body["result"][0]["job_id"]

    assert broken(record(samples.exchange(None, body).body)) == {"200.result[].job_id:required"}
