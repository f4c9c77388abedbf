"""Who was sent which value last: what is told of callers, and that no order of adding changes it."""

import itertools
import json
from datetime import UTC, datetime

import audited
import pytest
import samples
from audited import ACCOUNT, BEARER, TOKEN, judged, record

from contracts.audit.callers import MAX_CALLERS, Callers

JOBS = samples.contract("jobs")
STATUS = "200.result[].status:enum"
VALUE = (STATUS, "FAILED")


def page(**changes):
    return samples.exchange(None, samples.page(JOBS, samples.job(1, **changes))).body


def asked(day, account=ACCOUNT, client=None, **changes):
    headers = (BEARER, ("User-Agent", client)) if client else (BEARER,)
    time = datetime(2026, 9, day, tzinfo=UTC) if day else None
    return record(page(**changes), url=audited.url(account=account), request_headers=headers, time=time)


def told(*records):
    return judged(*records).callers.told()


def account(text):
    ((name, _),) = told(asked(1, text, status="FAILED"))[STATUS]["FAILED"]["accounts"]["last"]
    return name


def test_of_each_value_the_accounts_and_clients_are_told_that_were_sent_it_last():
    found = told(
        asked(1, status="FAILED", client="curl/8.5.0"),
        asked(3, status="FAILED", client="cloudflare-python/4.3.1 (Jane)"),
        asked(2, status="FAILED", account="another-account"),
        asked(9, status="SKIPPED"),
    )

    assert found[STATUS]["FAILED"] == {
        "accounts": {
            "last": [[account(ACCOUNT), "2026-09-03"], [account("another-account"), "2026-09-02"]],
            "more": False,
        },
        "clients": {
            "last": [["cloudflare-python/4.3.1", "2026-09-03"], ["curl/8.5.0", "2026-09-01"]],
            "more": False,
        },
    }
    assert found[STATUS]["SKIPPED"]["accounts"]["last"] == [[account(ACCOUNT), "2026-09-09"]]


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("python-requests/2.32.3", "python-requests/2.32.3"),
        ("Cloudflare/Python 4.3.1", None),
        ("Mozilla/5.0 (X11; Linux)", "Mozilla/5.0"),
        ("curl", "curl"),
        ("jane@corp.example", None),
        ("4f9d2c7b81a0", None),
        (TOKEN, None),
        ("sync/jane", None),
        ("", None),
    ],
)
def test_of_a_client_only_the_name_and_version_of_its_software_is_told(sent, shown):
    found = told(asked(1, client=sent, status="FAILED"))[STATUS]["FAILED"]

    assert [name for name, _ in found.get("clients", {"last": []})["last"]] == ([shown] if shown else [])


def test_neither_accounts_nor_odd_values_stand_in_the_sum():
    whole = judged(asked(1, status={"a": []}), asked(1, status="NONE"), asked(1, status=None))

    assert ACCOUNT not in whole.to_json()
    assert STATUS not in whole.callers.told()


def test_answers_without_a_time_are_told_without_a_day():
    assert told(asked(None, status="FAILED"))[STATUS]["FAILED"]["accounts"]["last"] == [
        [account(ACCOUNT), ""]
    ]


def parts():
    """Callers in three parts, some in several of them, on different days."""
    for step in (1, 2, 3):
        part = Callers()
        for number in range(0, 4 * MAX_CALLERS, step):
            part.see([VALUE], {"accounts": f"a{number:03}"}, f"2026-09-{(number * step) % 28 + 1:02}")
        part.settle()
        yield part


def total(some):
    whole = Callers()
    for part in some:
        whole.add(part)
    return whole.told()


def test_of_very_many_callers_the_last_are_told_in_whatever_order_they_are_added():
    found = {json.dumps(total(order)) for order in itertools.permutations(parts())}

    assert len(found) == 1
    said = total(parts())[STATUS]["FAILED"]["accounts"]
    assert len(said["last"]) == MAX_CALLERS
    assert said["more"]
    assert {day for _, day in said["last"]} <= {f"2026-09-{day}" for day in range(20, 29)}


def test_as_many_callers_as_are_told_are_no_more():
    some = Callers()
    for number in range(MAX_CALLERS):
        some.see([VALUE], {"accounts": str(number)}, "2026-09-01")
    some.settle()

    assert not some.told()[STATUS]["FAILED"]["accounts"]["more"]


def test_what_is_told_is_read_back():
    whole = total(parts())

    assert Callers.from_told(json.loads(json.dumps(whole))).told() == whole
