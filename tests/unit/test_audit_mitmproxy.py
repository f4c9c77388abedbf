"""The exporter of mitmproxy: what of a flow it writes. `tests/exporters` shows that it works in mitmproxy."""

import gzip
import json
from types import SimpleNamespace

import audited
import pytest

from contracts.audit.exporters.mitmproxy_to_lines import exchange
from contracts.audit.lines import read

BODY = audited.record().body


def flow(raw, *headers, decoded=None, status=200):
    def get_content(*, strict):
        if isinstance(decoded, ValueError):
            raise decoded
        return raw if decoded is None else decoded

    fields = ((b"Content-Type", b"application/json"), *headers)
    request = SimpleNamespace(
        method="GET",
        pretty_url=audited.url("page=1"),
        headers=SimpleNamespace(fields=((b"Authorization", f"Bearer {audited.TOKEN}".encode()),)),
        timestamp_start=1788220800.0,
    )
    response = SimpleNamespace(
        status_code=status,
        headers=SimpleNamespace(fields=fields),
        raw_content=raw,
        get_content=get_content,
        timestamp_end=1788220800.25,
    )
    return SimpleNamespace(request=request, response=response)


def told(one):
    return read(json.dumps(exchange(one)).encode())


def test_a_flow_is_told_with_its_times_and_says_the_same():
    record = told(flow(BODY))

    assert (record.status, record.elapsed_ms, record.body) == (200, 250.0, BODY)
    assert record.time.isoformat() == "2026-09-01T00:00:00+00:00"
    assert audited.seen(record) == audited.seen(audited.record(query="page=1"))


def test_of_a_body_that_was_coded_the_bytes_without_coding_are_told():
    packed = gzip.compress(BODY)
    length = str(len(BODY) * 9).encode()

    record = told(flow(packed, (b"Content-Encoding", b"gzip"), (b"Content-Length", length), decoded=BODY))

    assert record.body == BODY
    assert [name for name, _ in record.response_headers] == ["Content-Type"]


@pytest.mark.parametrize("raw", [b"\xff\xfe", gzip.compress(b"x")])
def test_bytes_that_are_no_text_or_cannot_be_decoded_are_told_as_they_came(raw):
    assert told(flow(raw, decoded=ValueError("unknown coding"))).body == raw


def test_a_body_that_mitmproxy_did_not_keep_is_unknown():
    assert told(flow(None)).body is None


def test_a_request_without_an_answer_has_the_status_0():
    one = flow(BODY)
    one.response = None

    assert (told(one).status, told(one).elapsed_ms) == (0, None)
