"""The commands that take a record, which may be a stranger's: read right, or refused in one sentence."""

import json
import os
import resource
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import sample_records as records

from contracts.__main__ import main
from contracts.record_commands import FORMATS
from contracts.reports import history
from contracts.reports.folder import FORMS, as_json

SURROGATE = "\ud800"
BEFORE = "2026-11-23T09:00:00+00:00"


@pytest.fixture
def write(tmp_path):
    """Write a record, or any text, into a file of this name."""

    def written(name, content):
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else as_json(content), "utf-8")
        return str(path)

    return written


def commands(path):
    """Give every command that reads a record."""
    yield from (["report", path, "--format", form] for form in FORMATS)
    yield ["compare", path, path]
    yield ["replay", path, records.BROKEN]


def with_texts(report, text):
    """Give a record in which a text stands behind every text that may be any, names of members among them."""
    attacked = records.hostile(report, lambda old: f"{old}{text}")
    for entry in attacked["clauses"]:
        entry |= {"id": f"{entry['id']}{text}"}
        for name in ("points", "shapes"):
            entry[name] = {f"{key}{text}": amount for key, amount in entry[name].items()}
    attacked["families"] = {f"{name}{text}": counts for name, counts in attacked["families"].items()}
    for entry, old in zip(attacked["deprecations"], report["deprecations"], strict=True):
        entry["clauses"] = {f"{clause}{text}": verdict for clause, verdict in old["clauses"].items()}
    attacked["sensitivity"]["measured"] = report["sensitivity"]["measured"]
    return attacked


def test_compare_says_first_in_what_two_records_are_not_of_the_same(write, capsys):
    old, new = records.green(), records.broken() | {"as_of": "2027-01-01"}

    status = main(["compare", write("old", old), write("new", new)])

    lines = capsys.readouterr().out.splitlines()
    assert status == 1
    assert lines[:2] == ["not as of the same day: 2026-11-24 -> 2027-01-01", "newly broken: 1"]
    assert f"  {records.WAIVED}: verified -> waived" in lines


@pytest.mark.parametrize("verdict", ["waived", "unstable"])
def test_a_promise_that_was_kept_and_is_waived_or_unstable_ends_compare_with_1(write, capsys, verdict):
    old, new = records.green(), records.green()
    entry = records.entry_of(new, records.WAIVED)
    entry |= {"verdict": verdict, "waiver": records.entry_of(records.broken(), records.WAIVED)["waiver"]}
    new["verdicts"] |= {"verified": new["verdicts"]["verified"] - 1, verdict: 1}

    status = main(["compare", write("old", old), write("new", new)])

    assert status == 1
    assert f"no longer kept but {verdict}: 1" in capsys.readouterr().out


def test_a_page_is_made_again_with_the_runs_before(write, tmp_path, capsys):
    past, record = tmp_path / "past.jsonl", records.broken()
    history.append(record | {"started": BEFORE}, past)
    history.append(record, past)

    status = main(["report", write("r", record), "--format", "html", "--history", str(past)])

    text = capsys.readouterr().out
    assert status == 0
    assert "the run begun on 2026-11-23 09:00:00 UTC, the last against the same server" in text
    assert "The last 2 runs" in text


@pytest.mark.parametrize(("option", "formats"), [("--history", "html"), ("--sdk", "html or md")])
def test_what_a_form_cannot_tell_is_refused_with_it(write, capsys, option, formats):
    status = main(["report", write("r", records.green()), "--format", "sarif", option, "file"])

    assert status == 4
    assert f"{option} goes with --format {formats} only; leave it out" in capsys.readouterr().err


def test_a_history_that_is_not_there_is_refused(write, tmp_path, capsys):
    missing = str(tmp_path / "none")

    status = main(["report", write("r", records.green()), "--format", "html", "--history", missing])

    assert status == 4
    assert "none cannot be read (No such file or directory); check --history" in capsys.readouterr().err


def test_a_history_that_cannot_even_be_looked_for_is_refused(write, tmp_path, capsys):
    unlikely = str(tmp_path / ("x" * 300))

    status = main(["report", write("r", records.green()), "--format", "html", "--history", unlikely])

    assert status == 4
    assert "cannot be read (File name too long); check --history" in capsys.readouterr().err


@pytest.mark.parametrize(
    "number",
    ["1e999", "-1e999", "1e300", "9" * 400, "9" * 5_000],
    ids=["infinity", "below", "300 digits", "400", "5000"],
)
def test_a_number_that_not_every_reader_can_hold_is_refused_by_every_command(write, capsys, number):
    path = write("record", as_json(records.broken()).replace('"seconds": 1.5', f'"seconds": {number}'))

    for command in commands(path):
        assert main(command) == 4, command
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.count("\n") == 1
        assert (
            "is not a record of a run: a number in it is beyond what every reader of JSON holds" in told.err
        )


def test_a_lone_surrogate_in_any_text_is_written_by_its_number_in_every_form(write, tmp_path):
    path = write("record", with_texts(records.broken(), SURROGATE))

    for command in commands(path):
        ended = subprocess.run(
            [sys.executable, "-m", "contracts", *command],
            cwd=Path(__file__).parents[2],
            env=os.environ | {"PYTHONUTF8": "1"},
            capture_output=True,
            check=False,
        )

        assert ended.returncode == (4 if command[0] == "replay" else 0), ended.stderr.decode()
        assert b"Traceback" not in ended.stderr
        assert SURROGATE not in ended.stdout.decode("utf-8")


@pytest.mark.parametrize("form", FORMS)
def test_a_lone_surrogate_in_any_text_can_be_written_to_every_file(form):
    written = FORMS[form](with_texts(records.broken(), SURROGATE))

    # Whatever is left of it could not be encoded.
    assert written.encode("utf-8").decode() == written
    assert SURROGATE not in written


def test_a_byte_order_mark_before_a_record_is_passed_over_by_every_command(write, capsys):
    path = write("record", f"\ufeff{as_json(records.green())}")

    for command in commands(path):
        status = main(command)
        told = capsys.readouterr()
        assert (status, bool(told.out)) == ((4, False) if command[0] == "replay" else (0, True)), told.err
        assert "is not a record" not in told.err


@pytest.mark.parametrize("depth", [300, 900, 5_000])
def test_a_record_that_is_nested_as_deep_as_it_can_be_is_refused(write, capsys, depth):
    deep = f'"seconds": {"[" * depth}{"]" * depth}'
    path = write("record", as_json(records.broken()).replace('"seconds": 1.5', deep))

    assert main(["compare", path, path]) == 4
    assert "is not a record of a run" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"broken"', "1e999"),
        (BEFORE, "2026-06-30T23:59:60+00:00"),
        ('"verified": ', '"verified": 1e999, "x": '),
    ],
    ids=["word", "leap second", "amount"],
)
def test_a_history_of_a_stranger_is_refused_in_one_sentence(write, capsys, old, new):
    line = json.dumps(history.entry(records.broken() | {"started": BEFORE}))
    assert old in line
    path = write("past", line.replace(old, new, 1) + "\n")

    status = main(["report", write("r", records.green()), "--format", "html", "--history", path])

    told = capsys.readouterr()
    assert (status, told.out, told.err.count("\n")) == (4, "", 1)
    assert "past:1 is not" in told.err


@pytest.mark.parametrize("text", ["\ufeff{}", '{"a": 1e999}', "[" * 100_000])
def test_a_record_of_the_gate_that_is_none_is_refused_in_one_sentence(write, capsys, text):
    status = main(["report", write("r", records.green()), "--format", "html", "--sdk", write("sdk", text)])

    told = capsys.readouterr()
    assert (status, told.out, told.err.count("\n")) == (4, "", 1)


def test_a_form_goes_where_a_link_points_and_the_link_stays(write, tmp_path):
    target, link = tmp_path / "pages" / "page.md", tmp_path / "link.md"
    target.parent.mkdir()
    target.write_text("before")
    link.symlink_to(target)

    status = main(["report", write("r.json", records.green()), "--format", "md", "--output", str(link)])

    assert status == 0
    assert link.is_symlink()
    assert target.read_text() == FORMS["compliance.md"](records.green())
    assert [path.name for path in target.parent.iterdir()] == ["page.md"]


def test_a_form_goes_through_a_pipe_that_has_a_name(write, tmp_path):
    pipe, record = tmp_path / "pipe", write("r.json", records.green())
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "contracts", "report", record, "--format", "md", "--output", str(pipe)]

    with subprocess.Popen(
        [sys.executable, "-c", f"print(open({str(pipe)!r}).read(), end='')"],
        stdout=subprocess.PIPE,
        text=True,
    ) as reading:
        ended = subprocess.run(command, check=False, timeout=60)
        if not pipe.is_fifo():
            reading.kill()
        came, _ = reading.communicate()

    assert ended.returncode == 0
    assert pipe.is_fifo()
    assert came == FORMS["compliance.md"](records.green())


def test_a_form_that_goes_to_the_file_of_standard_output_spoils_nothing_in_it(write, tmp_path):
    log, record = tmp_path / "log", write("r.json", records.green())
    log.write_text("before\n")
    command = [sys.executable, "-m", "contracts", "report", record, "--format", "md", "--output", str(log)]

    with log.open("a") as out:
        ended = subprocess.run(command, stdout=out, check=False)

    assert ended.returncode == 0
    assert log.read_text() == "before\n" + FORMS["compliance.md"](records.green())


def test_a_form_that_standard_output_has_no_room_for_is_told_in_one_sentence(write, tmp_path):
    command = [
        sys.executable,
        "-m",
        "contracts",
        "report",
        write("r.json", records.green()),
        "--format",
        "md",
    ]
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (100, 100))
    # Unbuffered, Python does not notice that a part only was written.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}

    with (tmp_path / "out").open("w") as out:
        ended = subprocess.run(
            command,
            stdout=out,
            stderr=subprocess.PIPE,
            env=environment,
            text=True,
            preexec_fn=limit,
            check=False,
        )

    assert ended.returncode == 7
    assert ended.stderr == (
        "python -m contracts: standard output cannot be written (File too large); "
        "make room, or send it elsewhere\n"
    )
