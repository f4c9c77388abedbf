"""What the tests of the audit are about: records of the real operation."""

import json
from datetime import UTC, datetime

import samples

from contracts.audit.judging import Judge, Terms
from contracts.audit.record import Record
from contracts.fragment import default_fragment

ACCOUNT = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
TOKEN = "Zk3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYZ"
BEARER = ("Authorization", f"Bearer {TOKEN}")
FRAGMENT = default_fragment()
KEY = {"CONTRACT_PSEUDONYM_KEY": "a key for tests, of no worth"}
BODY = samples.exchange(None, samples.page(samples.contract("jobs"), samples.job(1, status="NONE"))).body
"""A page with a job whose status is none."""
HEADERS = (("Content-Type", "application/json"),)


def url(query="", account=ACCOUNT):
    path = FRAGMENT.prefix + FRAGMENT.path.replace("{account_id}", account)
    return f"https://api.example{path}{'?' if query else ''}{query}"


def record(body=None, query="", status=200, **changes):
    """Make a record; without a body it is the full one of the success, or of the refusal."""
    if body is None:
        body = samples.exchange(
            None, samples.full_body(samples.contract("jobs"), "200" if status < 300 else "4XX")
        ).body
    values = {
        "method": "GET",
        "url": url(query),
        "status": status,
        "request_headers": (BEARER,),
        "response_headers": (samples.JSON_TYPE,),
        "body": body,
        "time": datetime(2026, 9, 1, 23, 30, tzinfo=UTC),
        "elapsed_ms": 12.0,
    }
    return Record(**{**values, **changes})


def entry(**content):
    """Make an entry of a HAR file; `content` stands in that of its response."""
    text = {"size": len(BODY), "mimeType": "application/json", "text": BODY.decode()}
    return {
        "startedDateTime": "2026-09-01T23:30:00.000Z",
        "time": 12.5,
        "request": {
            "method": "GET",
            "url": url(),
            "headers": [{"name": "Authorization", "value": f"Bearer {TOKEN}"}],
        },
        "response": {
            "status": 200,
            "headers": [{"name": name, "value": value} for name, value in HEADERS],
            "content": {**text, **content},
        },
    }


def har(*entries):
    """Write a HAR file."""
    return json.dumps({"log": {"version": "1.2", "entries": list(entries)}}).encode()


def judged(*records, shows_values=False):
    """Judge records; give the sum."""
    judge = Judge(Terms(FRAGMENT, samples.AS_OF, shows_values), KEY)
    for number, one in enumerate(records):
        judge.judge(one, "test.jsonl", number)
    return judge.total()


def seen(*records, **options):
    """Give (checked, broken) by clause, of those observed at all."""
    tallies = judged(*records, **options).ledger.tallies
    return {clause: (tally.checked, tally.broken) for clause, tally in tallies.items() if tally.checked}


def broken(*records):
    """Give the clauses that records break."""
    return {clause for clause, (_, count) in seen(*records).items() if count}
