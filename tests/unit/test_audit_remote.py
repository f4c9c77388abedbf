"""Recordings behind addresses: read over a socket as a file is, and no credential of an address is told."""

import gzip
import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import audited
import fsspec
import pytest
import zstandard
from audited import entry, har

from contracts.__main__ import main
from contracts.audit import inputs, pieces, remote
from contracts.audit.lines import write
from contracts.audit.record import Unreadable

TEXT = b"".join(write(audited.record(query=f"page={number}")) for number in range(1, 40))
FILES = {
    "plain.jsonl": TEXT,
    "packed.jsonl.gz": gzip.compress(TEXT),
    "packed.jsonl.zst": zstandard.compress(TEXT),
    "one.har": har(entry(), entry()),
}
SECRET = "s3cr3t-of-an-address"


class Store(BaseHTTPRequestHandler):
    """A server of files that knows ranges, unless it is told not to."""

    knows_ranges = True
    ranges: ClassVar[list[str]] = []

    def do_HEAD(self):
        self._answer(with_body=False)

    def do_GET(self):
        self._answer(with_body=True)

    def _answer(self, *, with_body):
        path = self.path.partition("?")[0]
        if path == "/list/":
            body = b"".join(b'<a href="/list/%s">' % name.encode() for name in FILES)
        else:
            body = FILES.get(path.rpartition("/")[2])
        if body is None:
            self.send_error(404)
            return
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if asked and self.knows_ranges:
            self.ranges.append(asked[0])
            start, end = int(asked[1]), int(asked[2] or len(body) - 1)
            total, body = len(body), body[start : end + 1]
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{start + len(body) - 1}/{total}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def serving(handler):
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def host():
    with serving(Store) as found:
        yield found


def read(address, piece_bytes=10_000):
    """Give what is read, and how many pieces it came in."""
    cut = [piece for one in inputs.find([address]) for piece in pieces.cut(one, piece_bytes)]
    return [each for piece in cut for each in pieces.records(piece)], len(cut)


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    path = tmp_path_factory.mktemp("here") / "plain.jsonl"
    path.write_bytes(TEXT)
    return read(str(path))[0]


@pytest.mark.parametrize("name", ["plain.jsonl", "packed.jsonl.gz", "packed.jsonl.zst"])
@pytest.mark.parametrize("knows_ranges", [True, False])
def test_what_is_read_over_a_socket_is_what_is_read_from_a_file(expected, name, knows_ranges):
    class Other(Store):
        pass

    Other.knows_ranges, Other.ranges = knows_ranges, []
    with serving(Other) as host:
        found, count = read(f"http://{host}/{name}")

    assert found == expected
    assert count > 5
    assert bool(Other.ranges) is knows_ranges


def test_what_has_been_read_to_its_end_is_not_asked_again_of_which_aiohttp_warns(host, caplog):
    read(f"http://{host}/packed.jsonl.gz")

    assert caplog.messages == []


def test_a_document_is_read_over_a_socket(host):
    assert [one.status for _, one in read(f"http://{host}/one.har")[0]] == [200, 200]


def test_a_pattern_names_files_behind_an_address(host):
    found = inputs.find([f"http://{host}/list/*.jsonl*"])

    assert [one.origin.rpartition("/")[2] for one in found] == [
        "packed.jsonl.gz",
        "packed.jsonl.zst",
        "plain.jsonl",
    ]


@pytest.mark.parametrize("address", ["memory://store/", "memory://store/*.jsonl", "memory://store/a.jsonl"])
def test_another_store_is_read_by_folder_pattern_and_name(address, expected):
    store = fsspec.filesystem("memory")
    store.pipe("/store/a.jsonl", TEXT)
    store.pipe("/store/notes.txt", b"no recording")

    assert read(address)[0] == expected
    assert [one.origin for one in inputs.find([address])] == ["memory:///store/a.jsonl"]


def test_a_file_of_this_machine_may_be_named_by_address(tmp_path, expected):
    (tmp_path / "a.jsonl").write_bytes(TEXT)

    assert read(f"file://{tmp_path}/a.jsonl")[0] == expected


def test_addresses_that_differ_in_what_is_secret_alone_are_two_recordings(host):
    both = inputs.find([f"http://{host}/plain.jsonl?key={number}" for number in (1, 2)])

    assert [one.origin for one in both] == [f"http://{host}/plain.jsonl", f"http://{host}/plain.jsonl (2)"]
    assert {one.form for one in both} == {inputs.Form.LINES}


def test_no_credential_of_an_address_is_printed_or_written(host, tmp_path, capfd):
    address = f"http://someone:{SECRET}@{host}/plain.jsonl?signature={SECRET}"

    status = main(["audit", address, "--processes", "1", "--reports", str(tmp_path)])

    report = json.loads((tmp_path / "compliance.json").read_text())
    printed = capfd.readouterr()
    texts = [path.read_text() for path in tmp_path.iterdir()] + [printed.out, printed.err]
    assert (status, report["recording"]["read"]) == (0, 39)
    assert not [text for text in texts if SECRET in text]
    assert report["target"]["base_url"] == f"http://{host}/plain.jsonl"


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://{host}/gone.jsonl?k=" + SECRET, "http://{host}/gone.jsonl names no recording; "),
        ("s3://bucket/a.jsonl", "s3:// addresses need a package that is not installed; Install s3fs"),
        ("nowhere://" + SECRET, "nowhere:// is no scheme that fsspec knows; "),
    ],
)
def test_an_address_that_cannot_be_read_ends_with_4_and_a_sentence(host, address, sentence, tmp_path, capfd):
    status = main(["audit", address.format(host=host), "--reports", str(tmp_path)])

    said = capfd.readouterr().err
    assert status == 4
    assert said.count("\n") == 1
    assert sentence.format(host=host) in said
    assert SECRET not in said


def test_a_store_that_fails_midway_leaves_a_record_that_cannot_be_read():
    class Failing(Store):
        def do_GET(self):
            if "bytes=0-" not in self.headers.get("Range", ""):
                self._answer(with_body=True)
            else:
                self.send_error(500)

    Failing.ranges = []
    with serving(Failing) as host:
        one = inputs.find([f"http://{host}/plain.jsonl"])
        found = [each for piece in pieces.cut(one[0], 10**9) for each in pieces.records(piece)]

    assert [(offset, str(why)) for offset, why in found if isinstance(why, Unreadable)] == [(0, pieces.GONE)]


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (f"https://user:{SECRET}@host:1/a/b.jsonl?X={SECRET}#{SECRET}", "https://host:1/a/b.jsonl"),
        (f"s3://{SECRET}@bucket/a.jsonl", "s3://bucket/a.jsonl"),
        (f"https://host?X={SECRET}@{SECRET}", "https://host"),
        (f"s3://KEY:{SECRET}/{SECRET}@bucket/a.jsonl", "s3://bucket/a.jsonl"),
        (f"https://user:{SECRET}?{SECRET}@host/a.jsonl", "https://<not shown>"),
        ("s3://bucket/a@b.jsonl", "s3://bucket/a@b.jsonl"),
        ("http://[::1]:80/a.jsonl", "http://[::1]:80/a.jsonl"),
        ("file:///a.jsonl", "file:///a.jsonl"),
    ],
)
def test_of_an_address_is_shown_where_it_leads(address, shown):
    assert remote.shown(address) == shown
