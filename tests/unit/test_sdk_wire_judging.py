"""What an SDK sent, beside what it was asked to send."""

from typing import Any

import pytest
import samples

from contracts.sdk.recorder import Recorded, Reply
from contracts.sdk.wire_judging import Difference, broken_clauses, differences, path_texts

CONTRACT = samples.contract("jobs")
PATH = "/client/v4/accounts/ours/email-security/investigate/bulk"
TOKEN = (("Authorization", "Bearer good"),)


def request(target: str, headers: Any = TOKEN, method: str = "GET", reply: Reply | None = None) -> Recorded:
    return Recorded(method, target, headers, 0.0, reply or Reply())


def judged(sent: Recorded, **arguments: Any) -> list[Difference]:
    arguments = {"account_id": "ours", **arguments}
    return list(differences(sent, CONTRACT.fragment, arguments, {"api_token": "good"}))


def test_a_request_that_says_what_was_asked_for_differs_in_nothing() -> None:
    assert judged(request(f"{PATH}?status=FAILED&page=2"), page=2, status="FAILED") == []


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        (request(PATH, method="POST"), "method"),
        (request("/client/v4/accounts/ours"), "path"),
        (request(PATH.replace("ours", "other")), "account_id"),
        (request(f"{PATH}?page=1"), "page"),
        (request(f"{PATH}?added=1"), "added"),
        (request(PATH, headers=()), "Authorization"),
        (request(PATH, headers=(*TOKEN, ("X-Auth-Key", "key"))), "X-Auth-Key"),
    ],
)
def test_a_request_that_says_something_else_differs_in_one_place(sent: Recorded, place: str) -> None:
    assert [difference.place for difference in judged(sent)] == [place]


def test_an_escaped_account_is_the_account() -> None:
    assert path_texts(PATH.replace("ours", "a%2Fb"), CONTRACT.fragment) == {"account_id": "a/b"}
    assert path_texts(PATH.replace("ours", "a/b"), CONTRACT.fragment) is None


def test_a_request_that_the_contract_allows_and_the_server_refuses_breaks_a_clause() -> None:
    body = b'{"success": false, "errors": [{"code": 1000, "message": "no"}], "messages": [], "result": null}'
    refused = request(f"{PATH}?page=1", reply=Reply(400, body=body))

    assert [clause for clause, _, _ in broken_clauses(refused, CONTRACT, ("api_token",))] == [
        "query.page:accepted"
    ]
