"""Nothing but the documented operation leaves for a live target."""

import httpx
import pytest

from contracts.errors import UsageError
from contracts.guard import Guard

BASE = "https://api.example/client/v4"
URL = f"{BASE}/accounts/mine/email-security/investigate/bulk"
GUARD = Guard(BASE, "GET", [URL], ["page", "status"])


@pytest.mark.parametrize("query", ["", "?page=2", "?status=%20&status=x"], ids=["none", "one", "odd"])
def test_the_operation_may_leave_whatever_its_query(query):
    assert GUARD(httpx.Request("GET", URL + query)) is None


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "HEAD", "get"])
def test_no_other_method_leaves(method):
    with pytest.raises(UsageError, match="must not be sent to a live target"):
        GUARD(httpx.Request(method, URL) if method != "get" else request_in_lower_case())


def request_in_lower_case():
    request = httpx.Request("GET", URL)
    request.method = "get"
    return request


@pytest.mark.parametrize(
    "url",
    [
        f"{URL}/",
        f"{URL}/1",
        URL.replace("mine", "other"),
        URL.replace("mine", "mine%2F..%2Fother"),
        f"{BASE}/accounts/mine/email-security/investigate/bulk/../move",
        f"{BASE}/accounts",
        f"{BASE}/accounts#{URL}",
        f"{BASE}/",
    ],
)
def test_no_other_path_and_no_other_account_leaves(url):
    with pytest.raises(UsageError, match="another path or account"):
        GUARD(httpx.Request("GET", url))


@pytest.mark.parametrize(
    "url",
    [
        URL.replace("https", "http"),
        URL.replace("api.example", "evil.example"),
        URL.replace("api.example", "api.example:444"),
        URL.replace("api.example", "api.example.evil.example"),
        URL.replace("https://api.example", "https://user@evil.example"),
    ],
)
def test_nothing_leaves_for_another_origin_even_where_probes_may_be_unsafe(url):
    for guard in (GUARD, Guard(BASE, "GET", None)):
        with pytest.raises(UsageError, match="another host"):
            guard(httpx.Request("GET", url))


def test_a_server_of_ones_own_may_be_sent_anything():
    assert Guard(BASE, "GET", None)(httpx.Request("DELETE", f"{BASE}/x")) is None


def test_the_refusal_does_not_quote_the_request():
    with pytest.raises(UsageError) as refused:
        GUARD(httpx.Request("GET", f"{URL}/secret"))

    assert "secret" not in str(refused.value)
    assert "mine" not in str(refused.value)


def test_what_stands_behind_a_fragment_is_no_part_of_the_path_that_may_be_asked_for():
    """It is not sent, so that a request for another path would leave."""
    guard = Guard(f"{BASE}#", "GET", [URL.replace(BASE, f"{BASE}#")])

    with pytest.raises(UsageError, match="another path or account"):
        guard(httpx.Request("GET", URL))


@pytest.mark.parametrize("query", ["delete=all", "page=1&x=", "%64elete=all", "Page=1"])
def test_no_parameter_leaves_that_is_not_documented(query):
    with pytest.raises(UsageError, match="a parameter that is not documented"):
        GUARD(httpx.Request("GET", f"{URL}?{query}"))


def test_a_path_that_hides_a_query_leaves_no_more_than_one_that_shows_it():
    with pytest.raises(UsageError, match="must not be sent to a live target"):
        GUARD(httpx.Request("GET", f"{URL}/../bulk?delete=all"))
