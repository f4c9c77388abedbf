"""What paths name: files, folders and patterns, each file once, and nothing that cannot be read."""

import bz2
import gzip
import json
import lzma
import os
import socket
import subprocess
import sys

import audited
import pytest
import zstandard

from contracts.__main__ import main
from contracts.audit.inputs import Form, find
from contracts.audit.lines import write
from contracts.errors import UsageError

TEXT = write(audited.record())
CASSETTE = {"version": 1, "interactions": []}


def names(folder, *paths):
    return [one.origin.removeprefix(f"{folder}/") for one in find([f"{folder}/{path}" for path in paths])]


@pytest.fixture
def tree(tmp_path):
    """A folder with all that may stand in one."""
    (tmp_path / "deep/deeper").mkdir(parents=True)
    for name in ("b.jsonl", "a.ndjson.gz", "deep/c.jsonl.zst", "deep/deeper/d.jsonl", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    os.mkfifo(tmp_path / "fifo.jsonl")
    (tmp_path / "dangling.jsonl").symlink_to(tmp_path / "gone")
    (tmp_path / "deep/up").symlink_to(tmp_path)
    (tmp_path / "deep/up2").symlink_to(tmp_path)
    with socket.socket(socket.AF_UNIX) as door:
        here = os.getcwd()
        os.chdir(tmp_path)
        door.bind("door.jsonl")
        os.chdir(here)
    return tmp_path


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["*.jsonl", "", "notes.txt"], "a.ndjson.gz b.jsonl deep/c.jsonl.zst deep/deeper/d.jsonl notes.txt"),
        (["*.jsonl"], "b.jsonl"),
        (["**/*.jsonl"], "b.jsonl deep/deeper/d.jsonl"),
        (["**/deeper/*"], "deep/deeper/d.jsonl"),
        (["**"], "a.ndjson.gz b.jsonl deep/c.jsonl.zst deep/deeper/d.jsonl notes.txt"),
        (["d*/**/*.jsonl*"], "deep/c.jsonl.zst deep/deeper/d.jsonl"),
        (["**/deep/**/d.jsonl"], "deep/deeper/d.jsonl"),
    ],
)
def test_files_folders_and_patterns_are_found_once_and_in_order(tree, paths, expected):
    assert names(tree, *paths) == expected.split()


def test_patterns_may_begin_where_one_is(tree, monkeypatch):
    monkeypatch.chdir(tree / "deep")

    assert [one.origin for one in find(["**/*.jsonl"])] == ["deeper/d.jsonl"]


def test_one_file_under_several_names_is_judged_once_under_the_first(tmp_path, monkeypatch):
    (tmp_path / "a.jsonl").write_bytes(TEXT)
    (tmp_path / "link.jsonl").symlink_to("a.jsonl")
    (tmp_path / "hard.jsonl").hardlink_to(tmp_path / "a.jsonl")
    monkeypatch.chdir(tmp_path)

    found = find(
        ["./a.jsonl", "a.jsonl", f"{tmp_path}//a.jsonl", f"{tmp_path}/../{tmp_path.name}/a.jsonl", "."]
    )

    assert [one.origin for one in found] == ["a.jsonl"]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("", "an empty argument names no recording"),
        ("{}/*.har", "names no recording"),
        ("{}/gone.jsonl", "names no recording"),
        ("{}/dangling.jsonl", "names no recording"),
        ("{}/door.jsonl", "cannot be read .it is a socket."),
    ],
)
def test_a_path_that_names_nothing_that_can_be_read_is_refused(tree, path, sentence):
    with pytest.raises(UsageError, match=sentence):
        find([path.format(tree)])


@pytest.mark.parametrize("path", ["/dev/stdin", "/dev/fd/{}", "{}/fifo.jsonl"])
def test_what_the_shell_pipes_in_is_read_to_its_end(path, tmp_path):
    os.mkfifo(tmp_path / "fifo.jsonl")
    ours, theirs = os.pipe()
    command = [sys.executable, "-m", "contracts", "audit", "--reports", str(tmp_path)]
    name = path.format(ours if "fd" in path else tmp_path)
    with subprocess.Popen([*command, name], stdin=subprocess.PIPE, pass_fds=[ours]) as process:
        os.close(ours)
        door = {"/dev/stdin": process.stdin.fileno(), "/dev/fd/{}": theirs}.get(path)
        door = os.open(name, os.O_WRONLY) if door is None else os.dup(door)
        os.close(theirs)
        process.stdin.close()
        os.write(door, TEXT * 2)
        os.close(door)

    assert json.loads((tmp_path / "compliance.json").read_text())["recording"]["read"] == 2


def test_standard_input_that_is_a_file_is_read_by_its_name_for_the_shell(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(TEXT)
    command = [sys.executable, "-m", "contracts", "audit", "/dev/stdin", "--reports", str(tmp_path)]
    with (tmp_path / "a.jsonl").open("rb") as file:
        subprocess.run([*command, "--processes", "2"], stdin=file, check=False)

    assert json.loads((tmp_path / "compliance.json").read_text())["recording"]["read"] == 1


def test_what_is_read_once_only_cannot_be_resumed(tree, capsys):
    assert main(["audit", str(tree / "fifo.jsonl"), "--resume", "--reports", str(tree)]) == 4
    assert "cannot be read again" in capsys.readouterr().err


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress])
def test_json_may_be_a_cassette_or_lines(tmp_path, pack):
    for name, text in (("a", CASSETTE), ("b", {"name": "package"}), ("c", {"interactions": []})):
        (tmp_path / f"{name}.json").write_bytes(pack(json.dumps(text, indent=4).encode()))

    assert names(tmp_path, "") == ["a.json", "c.json"]
    assert [one.form for one in find([str(tmp_path / "*.json")])] == [
        Form.CASSETTE,
        Form.LINES,
        Form.CASSETTE,
    ]


@pytest.mark.parametrize(("pack", "packer"), [(bz2.compress, "bzip2"), (lzma.compress, "xz")])
def test_another_compression_is_refused_in_one_sentence(tmp_path, pack, packer):
    path = tmp_path / "a.jsonl"
    path.write_bytes(pack(TEXT))

    with pytest.raises(
        UsageError, match=f"a.jsonl is compressed with {packer}, which is not read; unpack it"
    ):
        find([str(path)])


@pytest.mark.parametrize(
    ("name", "text", "library", "what"),
    [
        ("x.har", b"{}", "ijson", "one JSON document"),
        ("x.json", b'{"interactions": []}', "ijson", "one JSON document"),
        ("x.jsonl", zstandard.compress(TEXT), "zstandard", "compressed with zstd"),
    ],
)
def test_a_library_that_lacks_is_told_before_anything_is_judged(
    tmp_path, monkeypatch, capsys, name, text, library, what
):
    (tmp_path / "a.jsonl").write_bytes(TEXT)
    (tmp_path / name).write_bytes(text)
    monkeypatch.setitem(sys.modules, library, None)

    status = main(["audit", str(tmp_path), "--reports", str(tmp_path / "reports")])

    assert status == 4
    assert capsys.readouterr().err == (
        f"python -m contracts: {tmp_path}/{name} is {what}; install the project with the extra `audit`\n"
    )
    assert "recording" not in json.loads((tmp_path / "reports" / "compliance.json").read_text())
