"""Answers of a server in trouble, which a release is given in place of a page."""

import json

from contracts.examples import sample
from contracts.fragment import Fragment
from contracts.sdk.recorder import Reply

JSON = (("content-type", "application/json"),)
EMPTY = Reply(200, JSON)


def html(status: int) -> Reply:
    """Make what an edge in front of the API may answer in its place."""
    return Reply(status, (("content-type", "text/html"),), b"<html><body>Bad gateway</body></html>")


def refusal(fragment: Fragment, status: int) -> Reply:
    """Make a refusal with the documented body."""
    response = fragment.response(status if status < 500 else 400) or fragment.success
    body = response.body or fragment.responses["4XX"].body
    return Reply(status, JSON, json.dumps(sample(body)).encode() if body else b"")


def cut(body: bytes) -> Reply:
    """Make an answer of which only the first half of the body comes, and then nothing any more."""
    half = body[: len(body) // 2]
    return Reply(body=half, missing_bytes=len(body) - len(half))


def unsuccessful(fragment: Fragment) -> Reply:
    """Make a 200 with the body of a refusal, which says that the call did not succeed."""
    return Reply(200, JSON, refusal(fragment, 400).body)
