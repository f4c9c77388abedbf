"""The commands that are about records: `report`, `compare`, `replay`."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.__main__ import main
from contracts.reports import folder

ROOT = Path(__file__).resolve().parents[2]
FAULT, BROKEN = "enum/unknown:200.result[].status", "200.result[].status:enum"
TOGETHER_FAULT, TOGETHER = "filter/drops:query.status", "query.status:x-filters/all-matching"


def run(path, *options):
    """Run the suite on the emulator and give the path of its record."""
    command = [sys.executable, "-m", "pytest", "tests/contract", "-q", "-p", "no:cacheprovider"]
    subprocess.run([*command, "--reports", str(path), *options], cwd=ROOT, capture_output=True, check=False)
    return path / folder.RECORD


@pytest.fixture(scope="module")
def red(tmp_path_factory):
    return run(tmp_path_factory.mktemp("red"), "-k", "status:enum", "--fault", FAULT)


@pytest.fixture(scope="module")
def green(tmp_path_factory):
    return run(tmp_path_factory.mktemp("green"), "-k", "status:enum")


@pytest.mark.parametrize("name", folder.FORMS)
def test_every_form_that_a_run_leaves_is_made_again_from_the_record_alone(red, name, capsys, tmp_path):
    from contracts.commands.report import formats

    (wanted,) = [told for told, file in formats().items() if file == name]
    alone = shutil.copy(red, tmp_path / "other-name.json")

    status = main(["report", str(alone), "--format", wanted])

    assert status == 0
    assert capsys.readouterr().out == (red.parent / name).read_text()


def test_a_form_is_written_to_a_file_where_that_is_asked_for(red, capsys, tmp_path):
    status = main(["report", str(red), "--format", "json", "--output", str(tmp_path / "copy")])

    assert (status, capsys.readouterr().out) == (0, "")
    assert (tmp_path / "copy").read_text() == red.read_text()


@pytest.mark.parametrize(
    "arguments",
    [
        ["report", "{none}", "--format", "json"],
        ["report", "{red}", "--format", "json", "--output", "{none}/x"],
        ["compare", "{red}", "{none}"],
        ["replay", "{none}", BROKEN],
        ["replay", "{red}", "no-such-clause"],
        ["replay", "{green}", BROKEN],
    ],
    ids=["no record", "no folder", "nothing to compare", "nothing to replay", "no clause", "not broken"],
)
def test_what_cannot_be_done_ends_with_4_and_one_sentence(arguments, red, green, tmp_path, capsys):
    paths = {"red": red, "green": green, "none": tmp_path / "none"}

    status = main([argument.format(**paths) for argument in arguments])

    captured = capsys.readouterr()
    assert status == 4
    assert len(captured.err.splitlines()) == 1


def test_a_newly_broken_clause_is_worse(red, green, capsys):
    status = main(["compare", str(green), str(red)])

    lines = capsys.readouterr().out.splitlines()
    assert status == 1
    assert f"    {BROKEN}: verified, now violated" in lines
    assert lines[-1] == "something got worse"


def test_a_record_beside_itself_is_not_worse(red, capsys):
    status = main(["compare", str(red), str(red)])

    assert status == 0
    assert capsys.readouterr().out.splitlines()[-1] == "nothing got worse"


def test_a_broken_exchange_is_sent_again_to_the_emulator_with_its_fault(red, capsys):
    status = main(["replay", str(red), BROKEN])

    lines = capsys.readouterr().out.splitlines()
    assert status == 1
    assert lines[0].startswith("sent: GET /accounts/$CLOUDFLARE_ACCOUNT_ID/")
    assert lines[-1] == "still broken"
    assert "one answer does not tell: sending all that this clause needs" not in lines


def test_a_clause_that_takes_several_answers_is_sent_all_that_it_needs(tmp_path, capsys):
    record = run(tmp_path, "-k", TOGETHER, "--fault", TOGETHER_FAULT)

    status = main(["replay", str(record), TOGETHER])

    lines = capsys.readouterr().out.splitlines()
    assert status == 1
    assert "one answer does not tell: sending all that this clause needs" in lines
    assert lines[-1] == "still broken"


def changed(path, to, change):
    report = json.loads(path.read_text())
    change(report)
    to.write_text(json.dumps(report))
    return str(to)


def test_what_was_mended_is_not_broken_now(red, capsys, tmp_path):
    def mend(report):
        report["target"]["replay_hint"] = "start it: python -m contracts emulator --port 4010"

    status = main(["replay", changed(red, tmp_path / "x", mend), BROKEN])

    assert status == 0
    assert capsys.readouterr().out.splitlines()[-1] == "not broken now: verified"


def test_a_record_without_the_exchange_tells_how_to_send_it_by_hand(red, capsys, tmp_path):
    status = main(
        ["replay", changed(red, tmp_path / "x", lambda report: report["exchanges"].clear()), BROKEN]
    )

    assert status == 4
    assert "send it by hand: curl -g " in capsys.readouterr().err


def test_a_live_record_is_not_sent_to_another_server(red, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", "023e105f4ecef8ad9ca31a8372d0c353")
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "a-token-that-is-long-enough")
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", "http://127.0.0.1:9")

    status = main(
        ["replay", changed(red, tmp_path / "x", lambda one: one["target"].update(kind="live")), BROKEN]
    )

    assert status == 4
    assert "not of http://127.0.0.1:9; set CLOUDFLARE_BASE_URL" in capsys.readouterr().err


def test_a_live_server_that_does_not_answer_could_not_be_tested(red, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", "023e105f4ecef8ad9ca31a8372d0c353")
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "a-token-that-is-long-enough")
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", "http://127.0.0.1:9")

    def move(report):
        report["target"].update(kind="live", base_url="http://127.0.0.1:9")

    status = main(["replay", changed(red, tmp_path / "x", move), BROKEN])

    assert status == 7
    assert capsys.readouterr().out.splitlines()[-1].startswith("could not test: no connection came about")
