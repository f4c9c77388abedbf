"""Exchanges: what they tell of themselves, and the command that repeats them."""

import os
import shlex
import subprocess
from urllib.parse import parse_qsl, urlsplit

import pytest
import samples
from hypothesis import given
from hypothesis import strategies as st

from contracts.contract import Contract
from contracts.exchange import Identity, Request

SECRET = {"CLOUDFLARE_ACCOUNT_ID": "0123abc", "CLOUDFLARE_API_TOKEN": "s3cret"}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
HOSTILE = {
    "quote": "a\"b'c",
    "command": "$(touch /tmp/owned)",
    "backquote": "`id`",
    "variable": "$HOME${PATH}",
    "backslash": 'a\\"b\\',
    "history": "!!",
    "globs": "[1-3]{a,b}*?",
    "and": "a&b=c#d",
    "newline": "a\nb\r\n",
    "separator": "; rm -rf ~ | cat > x < y",
    "plus and percent": "a+b %41",
    "nul": "\x00",
    "letters of other scripts": "ÄΩ漢🙂",
    "option": "-o /etc/passwd",
    "empty": "",
}


def request(query: list[tuple[str, str]], **changes: object) -> Request:
    values: dict[str, object] = {
        "path": "/accounts/$CLOUDFLARE_ACCOUNT_ID/jobs",
        "headers": (("Authorization", "Bearer $CLOUDFLARE_API_TOKEN"),),
    }
    return samples.request(samples.contract("jobs"), query, **{**values, **changes})


def run(command: str) -> list[str]:
    """Let a real shell run the command with a curl that prints its arguments."""
    shell = f"curl() {{ printf '%s\\036' \"$@\"; }}; {command}"
    done = subprocess.run(["sh", "-c", shell], env={**os.environ, **SECRET}, capture_output=True, check=True)
    return done.stdout.decode().split("\036")[:-1]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_shell_gives_curl_the_query_that_was_sent(text: str) -> None:
    arguments = run(request([("status", text), (text or "x", "1")]).curl)

    url = urlsplit(arguments.pop())
    assert arguments == ["-g", "-H", "Authorization: Bearer s3cret"]
    assert (url.scheme, url.netloc, url.path) == ("https", "test.example", "/accounts/0123abc/jobs")
    assert parse_qsl(url.query, keep_blank_values=True) == [("status", text), (text or "x", "1")]


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=3))
def test_the_command_is_split_into_the_same_words_whatever_the_query(query: list[tuple[str, str]]) -> None:
    words = shlex.split(request(query).curl)

    assert words[:4] == ["curl", "-g", "-H", "Authorization: Bearer $CLOUDFLARE_API_TOKEN"]
    assert len(words) == 5
    sent = urlsplit(words[4]).query
    assert parse_qsl(sent, keep_blank_values=True) == query or ("", "") in query


def test_a_shell_makes_a_wrong_value_of_the_form_of_the_real_one() -> None:
    arguments = run(request([], headers=(("Authorization", "Bearer $WRONG_CLOUDFLARE_API_TOKEN"),)).curl)

    assert arguments[:3] == ["-g", "-H", "Authorization: Bearer g0agag"]


def test_an_empty_header_is_sent_empty() -> None:
    arguments = run(request([], headers=(("X-Auth-Key", ""), ("X-Auth-Email", "$CLOUDFLARE_EMAIL"))).curl)

    assert arguments[:4] == ["-g", "-H", "X-Auth-Key;", "-H"]


@pytest.mark.parametrize(("method", "words"), [("GET", []), ("DELETE", ["-X", "DELETE"])])
def test_a_method_is_named_unless_it_is_what_curl_sends_anyway(method: str, words: list[str]) -> None:
    arguments = run(request([], method=method, headers=()).curl)

    assert arguments == ["-g", *words, "https://test.example/accounts/0123abc/jobs"]


def test_a_request_names_itself_in_one_line() -> None:
    line = request([("status", "a b"), ("page", "")]).line

    assert line == "GET /accounts/$CLOUDFLARE_ACCOUNT_ID/jobs?status=a%20b&page="


@given(TEXTS)
def test_a_request_stays_on_one_line(text: str) -> None:
    assert len(request([(text, text)]).line.splitlines()) == 1


def test_the_texts_of_a_parameter_come_in_the_order_they_were_sent() -> None:
    asked = request([("status", "b"), ("page", "1"), ("status", "a")])

    assert (asked.texts("status"), asked.texts("page"), asked.texts("none")) == (["b", "a"], ["1"], [])


@pytest.mark.parametrize(
    ("identity", "text"),
    [
        (Identity(()), "no credentials"),
        (Identity(("email", "key")), "email+key"),
        (Identity(("token",), "wrong-credentials", "token"), "token (wrong-credentials token)"),
        (Identity((), "no-credentials"), "no credentials (no-credentials)"),
    ],
    ids=["none", "two schemes", "wrong", "none on purpose"],
)
def test_an_identity_says_who_it_is(identity: Identity, text: str) -> None:
    assert str(identity) == text


@pytest.mark.parametrize("name", ["Content-Type", "content-type", "CONTENT-TYPE"])
def test_a_header_is_found_whatever_the_case_of_its_name(jobs: Contract, name: str) -> None:
    exchange = samples.exchange(request([]), {}, headers=(("cOnTeNt-tYpE", "a/b"), ("Content-Type", "c/d")))

    assert exchange.header(name) == "a/b"
    assert exchange.header("Retry-After") is None
