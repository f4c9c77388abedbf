import json
from collections.abc import Iterator
from itertools import product
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import httpx
import pytest
import samples
from hypothesis import given
from hypothesis import strategies as st
from plain_jsonschema import schema_errors, undeclared

from contracts.emulator.app import Emulator
from contracts.emulator.credentials import Credentials
from contracts.emulator.hooks import Answer
from contracts.emulator.server import RunningEmulator
from contracts.fragment import default_fragment

FRAGMENT = default_fragment()
CREDENTIALS = Credentials.of(FRAGMENT)
OWN = CREDENTIALS.own_account
EMULATOR = Emulator(FRAGMENT, jobs=250)
TOKEN = {"Authorization": f"Bearer {CREDENTIALS.values['api_token']}"}
KEY = {"X-Auth-Email": CREDENTIALS.values["api_email"], "X-Auth-Key": CREDENTIALS.values["api_key"]}
PREFIX = "/client/v4"
Raw = list[tuple[bytes, bytes]]


def path_of(account: str = OWN) -> str:
    return f"/accounts/{account}/email-security/investigate/bulk"


def raw(headers: dict[str, str]) -> Raw:
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]


def ask(
    query: str | bytes = b"", path: str = PREFIX + path_of(), method: str = "GET", **headers: str
) -> Answer:
    query = query.encode() if isinstance(query, str) else query
    return EMULATOR.answer(method, path.encode(), query, raw(headers or TOKEN))


def body_of(answer: Answer) -> Any:
    """Read a body after checking that it keeps the schema of its status."""
    body = json.loads(answer.body)
    response = FRAGMENT.response(answer.status)
    assert response
    assert response.body
    assert schema_errors(FRAGMENT, response.body, body) == []
    assert undeclared(response.body, body) == []
    assert dict(answer.headers)[b"content-type"] == b"application/json"
    return body


def jobs(query: str = "") -> list[Any]:
    answer = ask(query)
    assert answer.status == 200
    return list(body_of(answer)["result"])


EVERYTHING = [EMULATOR.items.fresh(index) for index in range(250)]


@pytest.mark.parametrize("prefix", ["", PREFIX])
def test_the_operation_is_found_with_and_without_the_prefix_of_the_server(prefix: str) -> None:
    assert ask(path=prefix + path_of()).status == 200


def test_a_page_without_parameters_is_the_first_of_the_default_size() -> None:
    body = body_of(ask())

    assert body["success"] is True
    assert body["result"] == EVERYTHING[:20]
    assert body["result_info"]["count"] == 20
    assert body["result_info"]["per_page"] == 20
    assert body["result_info"]["total_count"] == 0


@given(
    page=st.none() | st.integers(1, 60),
    per_page=st.none() | st.integers(1, 60) | st.just(1000),
    action=st.sampled_from([None, "MOVE", "RELEASE"]),
    state=st.sampled_from([None, "PENDING", "COMPLETED", "SKIPPED"]),
)
def test_every_page_of_every_filter_is_a_slice_of_the_whole_list(
    page: int | None, per_page: int | None, action: str | None, state: str | None
) -> None:
    sent = {"page": page, "per_page": per_page, "action_type": action, "status": state}
    expected = [job for job in EVERYTHING if action in (None, job["action_type"])]
    expected = [job for job in expected if state in (None, job["status"])]
    first, size = ((page or 1) - 1) * (per_page or 20), per_page or 20

    found = jobs(urlencode({name: value for name, value in sent.items() if value is not None}))

    assert found == expected[first : first + size]


def test_the_pages_of_all_filters_together_hold_every_job_once() -> None:
    statuses = FRAGMENT.parameter("status").node.keywords["enum"]

    found = [
        job["job_id"]
        for action, state in product(["MOVE", "RELEASE"], statuses)
        for job in jobs(f"per_page=1000&action_type={action}&status={state}")
    ]

    assert sorted(found) == sorted(job["job_id"] for job in EVERYTHING)


@pytest.mark.parametrize("page", ["14", "9" * 19, "9" * 10_000])
def test_a_page_past_the_end_is_empty(page: str) -> None:
    assert jobs(f"page={page}") == []


def test_unknown_parameters_are_ignored() -> None:
    assert jobs("stauts=FAILED&x&=&page=1") == EVERYTHING[:20]


def test_a_parameter_may_be_percent_encoded() -> None:
    assert jobs("%70age=%32") == EVERYTHING[20:40]


WRONG = [
    *[
        f"page={text}"
        for text in ("0", "-1", "01", "+1", "%2B1", "%201", "1%20", "1.0", "1e0", "one", "", "0x1")
    ],
    *[
        f"page={text}"
        for text in ("%EF%BC%91", "%D9%A1", "1%0A", "1%00", "%FF", "1&page=1", "null", "-0", "[1]")
    ],
    *[f"per_page={text}" for text in ("0", "1001", "9" * 10_000, "", "20&per_page=20", "-" + "9" * 10_000)],
    *[f"status={text}" for text in ("", "pending", "UNKNOWN", "PENDING%20", "PENDING,FAILED", "%ED%A0%80")],
    *["status=PENDING&status=PENDING", "status", "action_type=move", "x=%FF", "%C3=1"],
]


@pytest.mark.parametrize("query", WRONG, ids=[query[:30] for query in WRONG])
def test_a_wrong_parameter_is_refused(query: str) -> None:
    answer = ask(query)

    assert answer.status == 400
    assert body_of(answer)["errors"][0]["code"] == 10400


UNKNOWN_ROUTES = [
    *["/", "", "*", "/client/v4", "/client/v5" + path_of(), "//" + path_of(), path_of("")],
    *[PREFIX + path_of() + "/", PREFIX + path_of() + "/more", PREFIX + PREFIX + path_of()],
    path_of().replace("bulk", "Bulk"),
]


@pytest.mark.parametrize("path", UNKNOWN_ROUTES)
def test_an_unknown_route_is_refused_whoever_asks(path: str) -> None:
    answers = [ask(path=path), ask(path=path, **{"x-nothing": ""}), ask(path=path, method="POST")]

    assert [answer.status for answer in answers] == [404, 404, 404]
    assert body_of(answers[0])["errors"][0]["code"] == 7003


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "get", "QUERY"]
)
def test_another_method_is_refused_and_told_which_is_allowed(method: str) -> None:
    answer = ask(method=method, **{"x-nothing": ""})

    assert answer.status == 405
    assert dict(answer.headers)[b"allow"] == b"GET"
    assert body_of(answer)["success"] is False


GOOD_CREDENTIALS = {
    "token": TOKEN,
    "token of another case": {"Authorization": TOKEN["Authorization"].replace("Bearer", "bEARER  ")},
    "key": KEY,
    "both": {**TOKEN, **KEY},
    "token beside a wrong key": {**TOKEN, "X-Auth-Key": "wrong"},
}


@pytest.mark.parametrize("headers", GOOD_CREDENTIALS.values(), ids=GOOD_CREDENTIALS)
def test_good_credentials_are_accepted(headers: dict[str, str]) -> None:
    assert ask(**headers).status == 200


BAD_CREDENTIALS = {
    "none": {"x-nothing": ""},
    "wrong token": {"Authorization": "Bearer wrong"},
    "token without its scheme": {"Authorization": CREDENTIALS.values["api_token"]},
    "token under another scheme": {"Authorization": TOKEN["Authorization"].replace("Bearer", "Basic")},
    "empty token": {"Authorization": "Bearer "},
    "empty header": {"Authorization": ""},
    "bytes beyond ASCII": {"Authorization": "Bearer \xff\xfe"},
    "longer token": {"Authorization": TOKEN["Authorization"] + "x"},
    "e-mail alone": {"X-Auth-Email": KEY["X-Auth-Email"]},
    "key alone": {"X-Auth-Key": KEY["X-Auth-Key"]},
    "wrong e-mail": {**KEY, "X-Auth-Email": "other@example.com"},
    "wrong key": {**KEY, "X-Auth-Key": "wrong"},
    "empty e-mail": {**KEY, "X-Auth-Email": ""},
    "empty key": {**KEY, "X-Auth-Key": ""},
    "wrong token beside a good key": {**KEY, "Authorization": "Bearer wrong"},
}


@pytest.mark.parametrize("headers", BAD_CREDENTIALS.values(), ids=BAD_CREDENTIALS)
def test_bad_credentials_are_refused_before_anything_else_is_said(headers: dict[str, str]) -> None:
    answers = [ask(**headers), ask("page=0", **headers), ask(path=PREFIX + path_of("x" * 33), **headers)]

    assert [answer.status for answer in answers] == [401, 401, 401]
    assert dict(answers[0].headers)[b"www-authenticate"] == b"Bearer"
    assert body_of(answers[0])["errors"][0]["message"] == "Authentication error"


def test_a_header_that_stands_twice_is_wrong() -> None:
    twice = [*raw(TOKEN), *raw(TOKEN)]

    assert EMULATOR.answer("GET", path_of().encode(), b"", twice).status == 401


STRANGERS = [
    *[(CREDENTIALS.other_account, 403), ("0" * 32, 403), ("x", 403), (OWN.upper(), 403)],
    *[("x" * 33, 400), ("..%2F" + OWN, 400), (OWN + "%00", 400), ("%FF", 400)],
    *[("%C3%A4" * 32, 403), ("%C3%A4" * 33, 400), ("%2e%2e", 403)],
]


@pytest.mark.parametrize(("account", "status"), STRANGERS)
def test_an_account_that_is_not_ours_is_refused(account: str, status: int) -> None:
    assert ask("page=0", path=PREFIX + path_of(account)).status == status


def test_a_token_without_the_permission_is_refused_for_our_account() -> None:
    headers = {"Authorization": f"Bearer {CREDENTIALS.unprivileged}"}

    answer = ask("page=0", **headers)

    assert answer.status == 403
    assert body_of(answer)["errors"][0]["message"] == "The credentials lack the permission"


def test_the_credentials_and_accounts_can_be_chosen() -> None:
    mine = Credentials({**CREDENTIALS.values, "api_token": "mine"}, own_account="me", other_account="you")
    emulator = Emulator(FRAGMENT, jobs=3, credentials=mine)

    answer = emulator.answer("GET", path_of("me").encode(), b"", [(b"authorization", b"Bearer mine")])

    assert len(json.loads(answer.body)["result"]) == 3


def test_credentials_show_no_value() -> None:
    shown = repr(CREDENTIALS)

    assert not any(value in shown for value in [*CREDENTIALS.values.values(), OWN])


@given(
    path=st.lists(st.binary(max_size=40) | st.sampled_from([path_of().encode(), b"/", OWN.encode(), b"%"])),
    query=st.lists(
        st.binary(max_size=40) | st.sampled_from([b"page=", b"&", b"per_page", b"=", b"status=", b"%"])
    ),
    headers=st.lists(
        st.tuples(st.binary() | st.sampled_from([b"authorization", b"x-auth-key"]), st.binary(max_size=30))
    ),
    method=st.sampled_from(["GET", "POST", "\x00"]),
    is_known=st.booleans(),
)
def test_whatever_bytes_come_are_answered_and_never_with_a_5xx(
    path: list[bytes], query: list[bytes], headers: Raw, method: str, is_known: bool
) -> None:
    target = path_of().encode() if is_known else b"".join(path)
    sent = headers if len(headers) % 2 else [*headers, *raw(TOKEN)]

    answer = EMULATOR.answer(method, target, b"".join(query), sent)

    assert answer.status in (200, 400, 401, 403, 404, 405)
    body_of(answer)


@given(account=st.binary(min_size=1, max_size=40))
def test_any_bytes_for_an_account_are_refused(account: bytes) -> None:
    answer = ask(path=path_of(quote_from_bytes(account, safe="")))

    assert answer.status in (400, 403)


def test_all_that_an_envelope_may_hold_is_seen_within_the_first_pages() -> None:
    pages = [body_of(ask(f"page={page}&per_page=1")) for page in range(1, 250)]
    refusals = [body_of(ask(f"page=0{page}")) for page in range(1, 250)]

    def forms(bodies: list[Any], array: str) -> set[tuple[bool, bool, bool]]:
        notices = [notice for body in bodies for notice in body[array]]
        return {
            ("documentation_url" in notice, "source" in notice, "pointer" in notice.get("source", {}))
            for notice in notices
        }

    every = {
        (url, *source) for url in (True, False) for source in [(False, False), (True, False), (True, True)]
    }
    infos = [page["result_info"] for page in pages]
    assert [forms(pages, "errors"), forms(pages, "messages")] == [every, every]
    assert [forms(refusals, "errors"), forms(refusals, "messages")] == [every, every]
    assert sum(not page["errors"] for page in pages) > len(pages) / 2
    for cursor in ("next", "previous"):
        assert {info.get(cursor, "absent") is None for info in infos} == {True, False}
        assert {cursor in info for info in infos} == {True, False}
    assert {info.get("page", "absent") for info in infos} == {0, "absent"}


def test_the_same_request_has_the_same_answer() -> None:
    again = Emulator(FRAGMENT, jobs=250)

    answer = again.answer("GET", (PREFIX + path_of()).encode(), b"page=3", raw(TOKEN))

    assert answer == ask("page=3") == ask("page=3")


def test_an_operation_that_it_never_heard_of_is_emulated_as_well() -> None:
    fragment = samples.contract("shelf").fragment
    emulator = Emulator(fragment, jobs=7)
    card = [(b"authorization", b"Bearer card-1")]

    def shelf(query: bytes, path: bytes = b"/v1/shelves/shelf-01/books") -> tuple[int, Any]:
        answer = emulator.answer("GET", path, query, card)
        return answer.status, json.loads(answer.body)

    everything = [emulator.items.fresh(index) for index in range(7)]
    status, body = shelf(b"sheet=2&sheet_size=3")
    assert fragment.success.body
    assert (status, body["books"]) == (200, everything[3:6])
    assert body["sheet_info"] == {"held": 3, "size": 3, "grand_total": 0}
    assert schema_errors(fragment, fragment.success.body, body) == []
    assert (
        shelf(b"genre=POETRY")[1]["books"] == [book for book in everything if book["genre"] == "POETRY"][:2]
    )
    assert [shelf(b"sheet_size=6")[0], shelf(b"", b"/v1/shelves/other/books")[0]] == [400, 403]


@pytest.fixture(scope="module")
def running() -> Iterator[RunningEmulator]:
    with RunningEmulator(EMULATOR) as started:
        yield started


def test_a_client_gets_a_page_over_a_socket(running: RunningEmulator) -> None:
    answer = httpx.get(running.base_url + path_of(), params={"page": 2, "status": "FAILED"}, headers=TOKEN)

    assert answer.status_code == 200
    assert answer.json()["result"] == [job for job in EVERYTHING if job["status"] == "FAILED"][20:40]
    assert int(answer.headers["content-length"]) == len(answer.content)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_body_is_ignored(running: RunningEmulator, method: str) -> None:
    with httpx.Client(headers=TOKEN) as client:
        answers = [
            client.request(method, running.base_url + path_of(), content=b"x" * 300_000) for _ in range(3)
        ]

    assert {answer.status_code for answer in answers} == {200 if method == "GET" else 405}


def test_a_page_of_ten_thousand_digits_is_answered_over_a_socket(running: RunningEmulator) -> None:
    answer = httpx.get(running.base_url + path_of(), params={"page": "9" * 10_000}, headers=TOKEN)

    assert (answer.status_code, answer.json()["result"]) == (200, [])
