"""HAR files and cassettes: what they record is judged as lines are."""

import gzip
import json
import re
import tracemalloc
from base64 import b64encode
from functools import partial
from io import BytesIO
from itertools import pairwise

import audited
import pytest
import yaml
from audited import BODY, HEADERS, entry, har
from hypothesis import given
from hypothesis import strategies as st
from vcr.request import Request
from vcr.serialize import serialize
from vcr.serializers import jsonserializer, yamlserializer

from contracts.audit import bits
from contracts.audit.entries import _Place
from contracts.audit.inputs import find
from contracts.audit.pieces import cut, records
from contracts.audit.record import Unreadable, characters


def cassette(body):
    return cassette_of({"body": {"string": body}})


def cassette_of(*changes, write=yaml.safe_dump):
    request = {
        "method": "GET",
        "uri": audited.url(),
        "body": None,
        "headers": {"Authorization": [f"Bearer {audited.TOKEN}"]},
    }
    headers = {name: [value] for name, value in HEADERS}
    response = {"status": {"code": 200, "message": "OK"}, "headers": headers}
    interactions = [{"request": request, "response": response | change} for change in changes]
    return write({"interactions": interactions, "version": 1}).encode()


def read(tmp_path, name, text):
    (tmp_path / name).write_bytes(text)
    found = [one for piece in cut(find([str(tmp_path)])[0], 100) for _, one in records(piece)]
    return [str(one) if isinstance(one, Unreadable) else one for one in found]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.har", har(entry())),
        ("a.har", har(entry(text=b64encode(BODY).decode(), encoding="base64"))),
        ("a.yaml", cassette(BODY)),
        ("a.yml", cassette(BODY.decode())),
    ],
    ids=["har", "har in base64", "cassette of bytes", "cassette of text"],
)
def test_a_wrong_value_in_a_document_breaks_its_clause_alone(tmp_path, name, text):
    found = read(tmp_path, name, text)

    assert [(one.status, one.body, one.response_headers) for one in found] == [(200, BODY, HEADERS)]
    assert audited.broken(*found) == {"200.result[].status:enum"}
    assert "security/api_token:accepted" in audited.seen(*found)


@pytest.mark.parametrize("comment", ["truncated at 1 MB", "Sensitive data redacted"])
def test_a_body_whose_comment_says_that_it_was_changed_judges_nothing_of_it(tmp_path, comment):
    assert audited.broken(*read(tmp_path, "a.har", har(entry(comment=comment)))) == set()


def test_a_body_that_breaks_off_is_the_servers_where_its_size_is_that_of_all(tmp_path):
    half = {"text": BODY[:-1].decode()}

    assert audited.broken(*read(tmp_path, "a.har", har(entry(**half)))) == set()
    assert "200:json" in audited.broken(*read(tmp_path, "a.har", har(entry(**half, size=len(BODY) - 1))))


@pytest.mark.parametrize("write", [yaml.safe_dump, json.dumps, partial(json.dumps, indent=4)])
def test_one_interaction_that_cannot_be_read_takes_no_other_with_it(tmp_path, write):
    body = {"body": {"string": BODY.decode()}}
    bad = [body | {"status": {}}, body | {"headers": 5}, body | {"status": "none"}]

    found = read(tmp_path, "a.yaml", cassette_of(body, *bad, body, write=write))

    assert found[1:4] == ["the interaction is not as VCR.py writes it"] * 3
    assert [one.body for one in (found[0], found[4])] == [BODY, BODY]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("a.yaml", ".inf"),
        ("a.yaml", ":".join(["1"] * 200) + ":1.5"),
        ("a.json", "1e400"),
        ("a.json", "1e999999"),
        ("a.json", "-1"),
        ("a.json", "200.5"),
    ],
    ids=[
        "infinity",
        "a number to the base of 60",
        "too large",
        "larger than can be counted",
        "negative",
        "part",
    ],
)
def test_an_interaction_whose_status_is_none_of_http_takes_no_other_with_it(tmp_path, name, status):
    body = {"body": {"string": BODY.decode()}}
    write = json.dumps if name == "a.json" else yaml.safe_dump
    text = cassette_of(body, body | {"status": {"code": "STATUS"}}, body, write=write)

    found = read(tmp_path, name, text.replace(b'"STATUS"', b"STATUS").replace(b"STATUS", status.encode()))

    assert found[1] == "the interaction is not as VCR.py writes it"
    assert [one.body for one in (found[0], found[2])] == [BODY, BODY]


@pytest.mark.parametrize(
    ("change", "body"),
    [
        ({"status_code": 200, "http_version": "HTTP/1.1", "content": BODY.decode()}, BODY),
        ({"status_code": 200, "content": BODY}, BODY),
        ({"body": BODY.decode()}, BODY),
        ({"body": {"base64_string": b64encode(BODY).decode()}}, BODY),
        ({"status": 200, "body": {"string": BODY}}, BODY),
        ({"body": None}, None),
        ({"body": {"string": None}}, None),
        ({}, None),
        ({"headers": None, "body": {"string": BODY}}, BODY),
    ],
)
def test_cassettes_of_other_versions_of_vcr_are_read(tmp_path, change, body):
    assert [(one.status, one.body) for one in read(tmp_path, "a.yaml", cassette_of(change))] == [(200, body)]


def test_what_vcr_itself_writes_is_read_with_all_that_it_knows_of_requests(tmp_path):
    sent = Request("POST", audited.url(), BytesIO(b"a file"), {"A": "b"})
    got = {"status": {"code": 200, "message": "OK"}, "headers": {"Content-Type": ["a/b"]}}
    for serializer in (yamlserializer, jsonserializer):
        request = sent if serializer is yamlserializer else Request("POST", audited.url(), "text", {"A": "b"})
        tape = {"requests": [request] * 2, "responses": [{**got, "body": {"string": BODY}}] * 2}

        found = read(tmp_path, "a.yaml", serialize(tape, serializer).encode())

        assert [(one.method, one.url, one.body) for one in found] == [("POST", audited.url(), BODY)] * 2
        assert [one.response_headers for one in found] == [(("Content-Type", "a/b"),)] * 2


def test_a_cassette_is_read_interaction_by_interaction_in_flat_memory(tmp_path):
    tape = cassette_of(*[{"body": {"string": b"x" * 10_000}}] * 1000)
    tracemalloc.start()
    (tmp_path / "a.yaml").write_bytes(tape)
    del tape

    piece = next(cut(find([str(tmp_path)])[0], 100))
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    count = sum(one.status == 200 for _, one in records(piece))

    assert count == 1000
    assert tracemalloc.get_traced_memory()[1] - before < 5_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("opens", [b"[", b"- ", b"{a: ", b"? "])
def test_a_cassette_that_is_nested_deep_crashes_nothing(tmp_path, opens):
    text = cassette(BODY).replace(b"version: 1", b"") + b"- " + opens * 100_000

    found = read(tmp_path, "a.yaml", text)

    assert (found[0].body, found[1:]) == (BODY, ["it is nested too deep to be read on"])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.har.gz", har(*[entry()] * 50, "LONG")),
        (
            "a.json.gz",
            cassette_of(*[{"body": {"string": BODY.decode()}}] * 50, {"body": "LONG"}, write=json.dumps),
        ),
        ("a.yaml.gz", cassette_of(*[{"body": {"string": BODY.decode()}}] * 50, {"body": "LONG"})),
    ],
)
def test_what_is_endless_is_not_read_to_its_end(tmp_path, monkeypatch, name, text):
    monkeypatch.setattr(bits, "MAX_ITEM_BYTES", 100_000)

    found = read(tmp_path, name, gzip.compress(text.replace(b"LONG", b"x" * 10_000_000)))

    assert [one.status for one in found[:-1]] == [200] * 50
    assert found[-1] == "more than 100000 bytes stand here in one piece; what is behind them is not read"


def test_what_a_cassette_merges_and_repeats_takes_no_memory(tmp_path):
    levels = [f"- &a{n + 1} {{<<: [*a{n}, *a{n}], b: [*a{n}, *a{n}]}}\n" for n in range(60)]
    text = b"interactions:\n- &a0 {a: b}\n" + "".join(levels).encode()

    assert read(tmp_path, "a.yaml", text) == ["the interaction is not as VCR.py writes it"] * 61


def test_a_cassette_that_is_cut_is_read_as_far_as_it_goes(tmp_path):
    found = read(tmp_path, "a.yaml", cassette_of(*[{"body": {"string": BODY}}] * 3)[:-40])

    assert [one.body for one in found[:2]] == [BODY, BODY]
    assert found[2:] == ["the cassette is cut or broken behind this place"]


def test_a_body_that_a_browser_read_as_text_does_not_tell_its_encoding(tmp_path):
    assert "200:encoding" not in audited.seen(*read(tmp_path, "a.har", har(entry())))


@pytest.mark.parametrize("content", [{"text": ""}, {"text": None}, {"size": len(BODY) + 1}])
def test_a_body_that_was_left_out_or_cut_is_none(tmp_path, content):
    assert [one.body for one in read(tmp_path, "a.har", har(entry(**content)))] == [None]


@pytest.mark.parametrize(
    "change",
    [
        {"startedDateTime": "2026-09-01T23:30:00"},
        {"startedDateTime": 1788305400},
        {"startedDateTime": None, "time": "long"},
    ],
)
def test_an_entry_whose_time_is_none_is_read_without_it(tmp_path, change):
    assert [one.time for one in read(tmp_path, "a.har", har(entry() | change))] == [None]


@pytest.mark.parametrize("number", ["1e999", "9" * 400, "1E-999999999", "-0.5"])
def test_a_number_that_no_computer_has_loses_no_entry(tmp_path, number):
    text = har(entry() | {"time": 4.25}, entry()).replace(b"4.25", number.encode())
    sized = har(entry(size=425), entry()).replace(b"425", number.encode())

    assert [one.status for one in read(tmp_path, "a.har", text)] == [200, 200]
    assert [one.status for one in read(tmp_path, "a.har", sized)] == [200, 200]


@pytest.mark.parametrize("number", ["9" * 5000, "1e9999999999999999999999"], ids=["digits", "exponent"])
def test_a_number_that_python_does_not_read_loses_no_entry_before_it(tmp_path, number):
    text = har(entry(), entry() | {"time": 4.25}).replace(b"4.25", number.encode())

    first, second = read(tmp_path, "a.har", text)

    assert first.status == 200
    assert "what is behind it is not read" in str(second) or "cut or broken behind this place" in str(second)


@pytest.mark.parametrize("shift", range(0, 9000, 1500))
def test_an_integer_that_python_does_not_read_is_found_across_the_bits_in_which_it_comes(tmp_path, shift):
    gap = b" " * (2**16 - shift)
    text = har(entry(), entry() | {"time": 4.25}).replace(b"4.25", gap + b"-" + b"9" * 4301)

    first, second = read(tmp_path, "a.har", text)

    assert first.status == 200
    assert "an integer of too many digits stands here" in str(second)


@pytest.mark.parametrize("shift", [0, 1, 2, 3, 5, 4000, 8500, 8600, 8700])
@pytest.mark.parametrize("before", ["", r"\\", r"\"", r"\\\"\\"], ids=["", "backslash", "quote", "both"])
def test_the_digits_of_a_text_are_no_integer(tmp_path, before, shift):
    body = f"{'x' * (2**16 - shift)}{before}:{'9' * 4301}"
    long = har(entry(text=body), entry() | {"time": 4.25}).replace(b"4.25", b"9" * 4301)

    assert [one.body for one in read(tmp_path, "a.har", har(entry(text=body), entry()))] == [
        body.encode(),
        BODY,
    ]
    assert "an integer of too many digits stands here" in read(tmp_path, "a.har", long)[1]


@pytest.mark.parametrize("before", [b"", b"-", b"\xef\xbb\xbf"], ids=["digits", "minus", "byte order mark"])
def test_a_document_that_is_such_an_integer_is_told(tmp_path, before):
    assert read(tmp_path, "a.har", before + b"9" * 4301) == [
        "an integer of too many digits stands here; what is behind it is not read"
    ]


@given(st.lists(st.text(alphabet='ab"\\', max_size=9)), st.lists(st.integers(0, 99)))
def test_a_place_in_a_document_is_known_however_it_is_cut(texts, cuts):
    document = json.dumps(texts).encode()
    bounds = sorted({0, *(min(one, len(document)) for one in cuts), len(document)})
    places, is_text = [], False
    for token in re.findall(rb'"|\\.|[^"\\]', document):
        is_text ^= token == b'"'
        places += [is_text] * len(token)

    place = _Place()
    for start, end in pairwise(bounds):
        place = place.behind(document[start:end])
        assert place.in_text == places[end - 1]


def test_an_integer_of_as_many_digits_as_python_reads_is_read(tmp_path):
    text = har(entry() | {"time": 4.25}, entry()).replace(b"4.25", b"9" * 4300)

    assert [one.status for one in read(tmp_path, "a.har", text)] == [200, 200]


@pytest.mark.parametrize("status", ["1e999999999", "9" * 400, "null", "-1", "1000", "200.5", '"x"'])
def test_a_status_that_is_none_is_unreadable(tmp_path, status):
    text = har(entry(), entry()).replace(b'"status": 200', b'"status": ' + status.encode(), 1)

    found = read(tmp_path, "a.har", text)

    assert found[0] == "the entry is not as HAR 1.2 has it"
    assert found[1].status == 200


def test_numbers_that_are_none_and_base64_in_lines_lose_no_entry(tmp_path):
    text = b64encode(BODY).decode()
    found = read(
        tmp_path, "a.har", har(entry(size="abc", encoding="base64", text=f"{text[:60]}\n{text[60:]}"))
    )

    assert [one.body for one in found] == [BODY]


@pytest.mark.parametrize("url", [audited.url(), f"{audited.url()}#top"])
def test_parameters_that_stand_beside_the_url_alone_are_those_of_the_request(tmp_path, url):
    one = entry()
    one["request"] |= {
        "url": url,
        "queryString": [{"name": "per_page", "value": "5"}, {"name": "a", "value": "&"}],
    }

    assert [found.url for found in read(tmp_path, "a.har", har(one))] == [audited.url("per_page=5&a=%26")]


def test_parameters_in_the_url_are_not_told_twice(tmp_path):
    one = entry()
    one["request"] |= {"url": audited.url("page=2"), "queryString": [{"name": "page", "value": "2"}]}

    assert [found.url for found in read(tmp_path, "a.har", har(one))] == [audited.url("page=2")]


def test_what_the_server_did_not_answer_is_not_laid_to_it(tmp_path):
    internal, worker = entry(), entry()
    internal["response"] |= {
        "status": 307,
        "headers": [{"name": "Non-Authoritative-Reason", "value": "HSTS"}],
    }
    worker["response"]["_fetchedViaServiceWorker"] = True
    refused = entry()
    refused["response"]["status"] = 0
    theirs = [internal, worker, refused, entry() | {"_fromCache": "disk"}]

    total = audited.judged(*read(tmp_path, "a.har", har(*theirs)))

    assert (total.untelling, total.passed_over) == (4, 0)
    assert not total.answers_broken


def test_a_url_that_is_no_text_is_not_that_of_another_operation(tmp_path):
    one = entry()
    one["request"]["url"] = None

    assert read(tmp_path, "a.har", har(one)) == ["the entry is not as HAR 1.2 has it"]


def test_a_document_that_is_cut_is_read_as_far_as_it_goes(tmp_path):
    found = read(tmp_path, "a.har", har(entry(), entry(), entry())[:-50])

    assert [one.status for one in found[:2]] == [200, 200]
    assert found[2:] == ["the document is cut or broken behind this place"]


@pytest.mark.parametrize("behind", [b"no stream", b""])
def test_every_entry_is_read_before_a_compressed_document_is_found_cut_or_followed(tmp_path, behind):
    packed = gzip.compress(har(*[entry()] * 50))

    found = read(tmp_path, "a.har.gz", packed + behind if behind else packed[:-4])

    assert len(found) == 51
    assert found[50] == f"the stream is {'damaged at or before' if behind else 'cut behind'} this place"


def test_a_compressed_document_that_is_damaged_is_not_judged(tmp_path):
    packed = bytearray(gzip.compress(har(*[entry()] * 50)))
    packed[-6] ^= 1

    assert read(tmp_path, "a.har.gz", packed) == ["the stream is damaged at or before this place"]


@pytest.mark.parametrize("write", [yaml.safe_dump, json.dumps])
def test_a_compressed_cassette_that_is_cut_is_read_as_far_as_it_goes(tmp_path, write):
    packed = gzip.compress(cassette_of({"body": {"string": BODY.decode()}}, write=write))[:-3]

    found = read(tmp_path, "a.yaml.gz", packed)

    assert (found[0].body, found[1:]) == (BODY, ["the stream is cut behind this place"])


def test_an_entry_that_is_nested_too_deep_takes_no_memory_and_the_next_is_read(tmp_path):
    deep = b"[" * 20_000 + b"]" * 20_000
    tracemalloc.start()

    found = read(tmp_path, "a.har", har(entry(), "deep", None, entry()).replace(b'"deep"', deep))

    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
    assert found[1:3] == [
        "it is nested deeper than 100 levels",
        "the entry is not as HAR 1.2 has it",
    ]
    assert [one.status for one in (found[0], found[3])] == [200, 200]


@pytest.mark.parametrize(
    "text", [b"[1]", b"{}", b"5", b'{"log": {"entries": {}}}', b'{"log": {}, "entries": [1]}']
)
def test_a_document_without_a_list_of_entries_is_no_har(tmp_path, text):
    assert read(tmp_path, "a.har", text) == ["the document has no list log.entries, as HAR 1.2 has it"]


def test_a_har_without_entries_is_read_as_none(tmp_path):
    assert read(tmp_path, "a.har", har()) == []


def test_entries_are_found_among_other_lists_and_after_a_byte_order_mark(tmp_path):
    text = b'\xef\xbb\xbf{"entries": [[1]], "log": {"pages": [{"entries": [5]}], "entries": [%s], "x": [{}]}}'

    assert [one.status for one in read(tmp_path, "a.har", text % json.dumps(entry()).encode())] == [200]


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.har", har({"request": {}}), "the entry is not as HAR 1.2 has it"),
        ("a.yaml", b"- a list", "the file is no cassette"),
        ("a.yaml", b"interactions: 5", "the file is no cassette"),
        ("a.yaml", b"", "the file is no cassette"),
        ("a.yaml", b"a: b\nc: []", "the file is no cassette"),
        ("a.yaml", b"interactions: [5]", "the interaction is not as VCR.py writes it"),
        ("a.yaml", b'{"a": ' * 100_000, "the document is cut or broken behind this place"),
        (
            "a.yaml",
            b"interactions: !!python/object/apply:os.getcwd []\nversion: 1",
            "the file is no cassette",
        ),
    ],
)
def test_what_is_no_recording_is_unreadable_and_makes_no_object(tmp_path, name, text, why):
    assert read(tmp_path, name, text) == [why]


def test_half_a_surrogate_pair_is_no_text_of_a_record():
    with pytest.raises(ValueError, match="surrogates"):
        characters("/?page=\ud800")
