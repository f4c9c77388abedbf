"""Credentials, permissions, tenants and routes: kept, broken, cannot tell."""

from itertools import product
from typing import Any

import pytest
from samples import EditedContract, answered, broken, seen

from contracts.audit.routes import UNVOUCHED
from contracts.checks import observe
from contracts.checks.authentication import (
    bad_credentials_are_refused,
    good_credentials_are_accepted,
    other_tenants_are_refused,
)
from contracts.checks.errors import unknown_routes_are_refused
from contracts.contract import Contract
from contracts.exchange import Account, Identity
from contracts.ledger import Finding
from contracts.sound_bodies import SoundBodies

TOKEN, PAIR = ("api_token",), ("api_email", "api_key")
REFUSALS = [400, 401, 403, 404]
SILENT = [302, 429, 500, 503]
DEFECTS = {
    "security:no-credentials": Identity((), "no-credentials"),
    "security/api_email:partial-credentials": Identity(("api_email",), "partial-credentials", "api_email"),
    "security/api_token:wrong-credentials": Identity(TOKEN, "wrong-credentials", "api_token"),
    "security/api_key:empty-credentials": Identity(PAIR, "empty-credentials", "api_key"),
    "security:x-permissions": Identity(TOKEN, "unprivileged", "api_token"),
}
FOREIGN = {
    "path.account_id:x-tenant/other": Account.OTHER,
    "path.account_id:x-tenant/invented": Account.INVENTED,
    "path.account_id:maxLength": Account.OVERLONG,
}
STRANGE: dict[str, dict[str, Any]] = {
    "x-refuses/unknown-route": {"is_documented": False, "path": "/nowhere"},
    "x-refuses/other-methods": {"is_documented": False, "method": "DELETE"},
}


@pytest.mark.parametrize("schemes", [TOKEN, PAIR], ids="+".join)
def test_good_credentials_are_accepted_or_broken(jobs: Contract, schemes: tuple[str, ...]) -> None:
    kept = good_credentials_are_accepted(answered(jobs, identity=Identity(schemes)), jobs)
    (wrong,) = good_credentials_are_accepted(answered(jobs, identity=Identity(schemes), status=403), jobs)

    promise = f"security/{'+'.join(schemes)}:accepted"
    assert seen(kept) == {promise: (1, 0)}
    assert (wrong.clause, wrong.broken, wrong.findings) == (promise, 1, (Finding("", "200", "403"),))


@pytest.mark.parametrize("status", SILENT)
def test_an_answer_that_neither_gives_nor_refuses_tells_nothing_of_credentials(
    jobs: Contract, status: int
) -> None:
    assert seen(good_credentials_are_accepted(answered(jobs, {}, status=status), jobs)) == {}


def test_a_refusal_that_may_lie_in_the_parameters_tells_nothing_of_credentials(jobs: Contract) -> None:
    reading = answered(jobs, query=[("page", "0")], status=400)

    assert seen(good_credentials_are_accepted(reading, jobs)) == {}


def test_half_an_alternative_is_not_an_accepted_one(jobs: Contract) -> None:
    reading = answered(jobs, identity=Identity(("api_key",)))

    assert seen(good_credentials_are_accepted(reading, jobs)) == {}


def test_a_credential_that_is_not_valid_tells_nothing_of_permissions(jobs: Contract) -> None:
    identity = DEFECTS["security:x-permissions"]

    assert seen(bad_credentials_are_refused(answered(jobs, {}, identity=identity, status=401), jobs)) == {}


@pytest.mark.parametrize(
    ("promise", "status"),
    [pair for pair in product(DEFECTS, REFUSALS) if pair != ("security:x-permissions", 401)],
)
def test_any_refusal_of_bad_credentials_is_kept(jobs: Contract, promise: str, status: int) -> None:
    reading = answered(jobs, identity=DEFECTS[promise], status=status)

    assert seen(bad_credentials_are_refused(reading, jobs)) == {promise: (1, 0)}
    assert broken(reading, jobs) == {}


@pytest.mark.parametrize(("promise", "identity"), DEFECTS.items(), ids=DEFECTS)
def test_an_answer_to_bad_credentials_breaks_just_that(
    jobs: Contract, promise: str, identity: Identity
) -> None:
    assert broken(answered(jobs, identity=identity), jobs) == {promise: ("",)}


@pytest.mark.parametrize("identity", DEFECTS.values(), ids=DEFECTS)
@pytest.mark.parametrize("status", SILENT)
def test_bad_credentials_that_are_neither_refused_nor_answered_tell_nothing(
    jobs: Contract, identity: Identity, status: int
) -> None:
    found = seen(bad_credentials_are_refused(answered(jobs, {}, identity=identity, status=status), jobs))

    assert set(found.values()) == {(0, 0)}


def test_nothing_is_said_of_credentials_of_which_a_recording_does_not_tell(jobs: Contract) -> None:
    reading = answered(jobs, identity=Identity(("api_token",), UNVOUCHED), status=403)

    assert seen(bad_credentials_are_refused(reading, jobs)) == {}


def test_a_refusal_that_may_lie_in_the_parameters_tells_nothing_of_bad_credentials(jobs: Contract) -> None:
    identity = DEFECTS["security:no-credentials"]
    reading = answered(jobs, query=[("page", "0")], identity=identity, status=400)

    assert seen(bad_credentials_are_refused(reading, jobs)) == {}


@pytest.mark.parametrize(("promise", "account"), FOREIGN.items(), ids=FOREIGN)
@pytest.mark.parametrize("status", REFUSALS)
def test_a_refusal_of_another_account_is_kept(
    jobs: Contract, promise: str, account: Account, status: int
) -> None:
    reading = answered(jobs, account=account, status=status)

    assert seen(other_tenants_are_refused(reading, jobs)) == {promise: (1, 0)}
    assert broken(reading, jobs) == {}


@pytest.mark.parametrize(("promise", "account"), FOREIGN.items(), ids=FOREIGN)
def test_an_answer_for_another_account_breaks_just_that(
    jobs: Contract, promise: str, account: Account
) -> None:
    assert broken(answered(jobs, account=account), jobs) == {promise: ("",)}


@pytest.mark.parametrize(
    "changes", [{}, {"identity": DEFECTS["security:no-credentials"]}], ids=["ours", "bad"]
)
def test_our_own_account_or_bad_credentials_tell_nothing_of_tenants(
    jobs: Contract, changes: dict[str, Any]
) -> None:
    account = Account.OTHER if changes else Account.OWN

    assert seen(other_tenants_are_refused(answered(jobs, account=account, **changes), jobs)) == {}


@pytest.mark.parametrize(("promise", "changes"), STRANGE.items(), ids=STRANGE)
@pytest.mark.parametrize("status", [*REFUSALS, 405])
def test_a_refusal_of_what_does_not_exist_is_kept(
    jobs: Contract, promise: str, changes: dict[str, Any], status: int
) -> None:
    reading = answered(jobs, status=status, **changes)

    assert seen(unknown_routes_are_refused(reading, jobs)) == {promise: (1, 0)}
    assert broken(reading, jobs) == {}


@pytest.mark.parametrize(("promise", "changes"), STRANGE.items(), ids=STRANGE)
def test_an_answer_to_what_does_not_exist_breaks_just_that(
    jobs: Contract, promise: str, changes: dict[str, Any]
) -> None:
    assert broken(answered(jobs, **changes), jobs) == {promise: ("",)}


@pytest.mark.parametrize(("promise", "asked"), STRANGE.items(), ids=STRANGE)
@pytest.mark.parametrize(("status", "pair"), [(404, (1, 0)), (405, (1, 0)), (200, (1, 1))])
@pytest.mark.parametrize("body", [b"<html><body>Try again</body></html>", None], ids=["HTML", "JSON"])
def test_an_answer_to_what_is_not_the_operation_says_nothing_of_its_answers(
    jobs: Contract, promise: str, asked: dict[str, Any], status: int, pair: tuple[int, int], body: Any
) -> None:
    reading = answered(jobs, body, status=status, headers=(("content-type", "text/html"),), **asked)

    assert seen(observe(reading, jobs)) == {"responses:status": (1, 0), promise: pair}
    assert not SoundBodies(jobs).take(reading)


@pytest.mark.parametrize("asked", STRANGE.values(), ids=STRANGE)
def test_a_server_error_is_broken_whatever_was_asked_for(jobs: Contract, asked: dict[str, Any]) -> None:
    assert broken(answered(jobs, {}, status=500, **asked), jobs) == {"responses:status": ("",)}


@pytest.mark.parametrize("status", SILENT)
def test_an_unclear_answer_to_what_does_not_exist_tells_nothing(jobs: Contract, status: int) -> None:
    found = seen(unknown_routes_are_refused(answered(jobs, {}, status=status, **STRANGE["x-refuses/other-methods"]), jobs))  # fmt: skip # noqa: E501

    assert set(found.values()) == {(0, 0)}


def test_the_operation_itself_tells_nothing_of_routes(jobs: Contract) -> None:
    assert seen(unknown_routes_are_refused(answered(jobs), jobs)) == {}


@pytest.mark.parametrize("method", ["POST", "HEAD", "OPTIONS"])
def test_a_method_that_the_path_may_have_breaks_nothing(jobs: Contract, method: str) -> None:
    reading = answered(jobs, b"{}", method=method, is_documented=False)

    assert not any(one.broken for one in unknown_routes_are_refused(reading, jobs))


def test_the_shelf_is_judged_by_the_same_code(shelf: Contract) -> None:
    wrong = Identity(("reader_card",), "wrong-credentials", "reader_card")

    assert broken(answered(shelf, identity=wrong), shelf) == {"security/reader_card:wrong-credentials": ("",)}
    assert broken(answered(shelf, account=Account.OTHER), shelf) == {"path.shelf_id:x-tenant/other": ("",)}
    assert broken(answered(shelf, status=401), shelf) == {"security/reader_card:accepted": ("",)}


FEWER = {
    "tenant without a length": ("maxLength: 8, ", "", {"account": Account.OVERLONG}),
    "no promise on routes": ("unknown-route: docs, ", "", {"is_documented": False}),
    "no promise on methods": (", other-methods: docs", "", {"is_documented": False, "method": "PUT"}),
    "no promise on credentials": ("no-credentials: docs, ", "", {"identity": Identity((), "no-credentials")}),
    "no permissions": ("", "", {"identity": Identity(("reader_card",), "unprivileged", "reader_card")}),
}


@pytest.mark.parametrize(("old", "new", "asked"), FEWER.values(), ids=FEWER)
def test_what_a_fragment_does_not_promise_is_not_judged(
    edited_contract: EditedContract, old: str, new: str, asked: dict[str, Any]
) -> None:
    about = edited_contract((old, new))

    named = {one.clause for one in observe(answered(about, **asked), about)}

    assert named <= about.clauses.keys()


@pytest.mark.parametrize("account", [Account.OTHER, Account.OVERLONG])
def test_bad_credentials_for_another_account_tell_nothing_of_credentials(
    jobs: Contract, account: Account
) -> None:
    identity = DEFECTS["security/api_token:wrong-credentials"]
    readings = [answered(jobs, identity=identity, account=account, status=status) for status in (200, 403)]

    assert [seen(bad_credentials_are_refused(reading, jobs)) for reading in readings] == [{}, {}]


def test_another_account_on_an_unknown_route_tells_nothing_of_tenants(jobs: Contract) -> None:
    asked = {"account": Account.OTHER, "is_documented": False, "path": "/nowhere"}
    readings = [answered(jobs, status=status, **asked) for status in (200, 404)]

    assert [seen(other_tenants_are_refused(reading, jobs)) for reading in readings] == [{}, {}]
