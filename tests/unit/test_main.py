"""`python -m contracts` as a person meets it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from contracts.__main__ import main
from contracts.clauses import Family, derive
from contracts.emulator.faults import faults
from contracts.emulator.variants import variants
from contracts.exit_status import EXIT_BROKEN, EXIT_COULD_NOT_TEST, EXIT_KEPT, EXIT_USAGE
from contracts.fragment import default_fragment
from contracts.sdk.findings import Severity

ROOT = Path(__file__).resolve().parents[2]
CLAUSES = derive(default_fragment())
FAULTS = faults(default_fragment())


def test_clauses_prints_a_line_with_id_family_source_and_place_for_each(capsys):
    status = main(["clauses"])

    lines = capsys.readouterr().out.splitlines()
    assert status == 0
    assert [line.split()[0] for line in lines[: len(CLAUSES)]] == list(CLAUSES)
    assert lines[0].split()[1:] == ["protocol", "openapi", f"{default_fragment().file}:{line_of(0)}"]


def line_of(index):
    return list(CLAUSES.values())[index].line


def test_clauses_as_json_holds_all_that_is_known_of_each(capsys):
    status = main(["clauses", "--format", "json"])

    rows = json.loads(capsys.readouterr().out)
    assert status == 0
    assert [row["id"] for row in rows] == list(CLAUSES)
    assert set(rows[0]) >= {"id", "family", "source", "file", "line", "promise", "points"}


@pytest.mark.parametrize("clause", CLAUSES)
def test_explain_tells_words_place_source_and_an_example_kept_and_broken(clause, capsys):
    status = main(["explain", clause])

    told = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert status == 0
    assert told["clause"] == clause
    assert told.keys() >= {"promise", "stands", "rests", "kept", "broken"}
    assert told["kept"] != told["broken"]


def test_ctrl_c_while_a_command_is_still_loaded_ends_it_with_one_sentence(tmp_path):
    (tmp_path / "jsonschema_rs.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGINT)")

    ended = subprocess.run(
        [sys.executable, "-m", "contracts", "sdk", "python:x==1"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )

    assert (ended.returncode, ended.stderr) == (EXIT_COULD_NOT_TEST, "python -m contracts: interrupted\n")


def test_explain_of_an_unknown_clause_names_the_nearest_and_exits_4(capsys):
    status = main(["explain", "200.result[].state:enum"])

    captured = capsys.readouterr()
    assert status == 4
    assert captured.out == ""
    assert "did you mean 200.result[].status:enum" in captured.err


def test_faults_lists_each_fault_with_the_clauses_it_breaks(capsys):
    status = main(["faults"])

    lines = capsys.readouterr().out.splitlines()
    broken = [line.split()[1].rstrip(",") for line in lines if line.startswith("    breaks ")]
    told = [line.partition(": ")[0] for line in lines if ": " in line and not line.startswith(" ")]
    assert status == 0
    assert sorted(told) == sorted(FAULTS)
    assert set(broken) == set(CLAUSES)
    assert [line.removeprefix("# ") for line in lines if line.startswith("# ")] == list(Family)
    assert "    breaks 200.result_info.total_count:required, until 2026-11-01" in lines
    assert lines[-1].startswith(f"{len(FAULTS)} faults")


def test_faults_as_json_holds_what_a_runner_needs_of_each(capsys):
    status = main(["faults", "--format", "json"])

    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)}
    assert status == 0
    assert list(rows) == list(FAULTS)
    assert rows["missing:200.result_info.total_count"] == {
        "id": "missing:200.result_info.total_count",
        "summary": "`result_info.total_count` of a 200 answer is missing",
        "family": "deprecation",
        "clauses": ["200.result_info.total_count:required"],
        "until": "2026-11-01",
        "is_intermittent": False,
    }


def test_variants_are_listed_for_people_and_for_machines(capsys):
    known = variants(default_fragment())

    statuses = main(["variants"]), main(["variants", "--format", "json"])

    text, _, rows = capsys.readouterr().out.partition("\n[")
    assert statuses == (0, 0)
    assert [line.partition(": ")[0] for line in text.splitlines()[: len(known)]] == list(known)
    assert [row["id"] for row in json.loads(f"[{rows}")] == list(known)


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])

    text = capsys.readouterr().out
    assert ended.value.code == 0
    assert all(command in text for command in ("clauses", "explain", "emulator", "faults", "variants"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["emulator", "--fault", "none-such"],
        ["emulator", "--variant", "none-such"],
        ["emulator", "--variant", "gzip", "--fault", "json/empty:200"],
        ["emulator", "--jobs", "200000000"],
        ["emulator", "--port", "70000"],
    ],
    ids=["unknown fault", "unknown variant", "variant and fault", "too many jobs", "no such port"],
)
def test_an_emulator_that_cannot_be_started_exits_4_with_one_sentence(arguments, capsys):
    status = main(arguments)

    captured = capsys.readouterr()
    assert status == 4
    assert captured.err.startswith("python -m contracts: ")
    assert len(captured.err.splitlines()) == 1


def test_the_emulator_prints_variables_that_reach_it_and_stops_on_ctrl_c_without_a_traceback():
    command = [sys.executable, "-m", "contracts", "emulator", "--port", "0", "--jobs", "1"]
    with subprocess.Popen(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ)
    ) as process:
        lines = [process.stdout.readline() for _ in range(8)]
        variables = dict(line.removeprefix("export ").strip().split("=", 1) for line in lines[1:])
        url = f"{variables['CLOUDFLARE_BASE_URL']}{default_fragment().path}"

        answer = httpx.get(
            url.replace("{account_id}", variables["CLOUDFLARE_ACCOUNT_ID"]),
            headers={"Authorization": f"Bearer {variables['CLOUDFLARE_API_TOKEN']}"},
            trust_env=False,
        )
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)

    assert lines[0].endswith(": 1 item; stop with Ctrl-C\n")
    assert answer.status_code == 200
    assert process.returncode == 0
    assert errors == ""


@pytest.mark.parametrize("arguments", [[], ["no-such-command"], ["sdk"], ["sdk", "--no-such-option"]])
def test_a_wrong_command_line_ends_with_the_suites_own_status(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == EXIT_USAGE
    assert "usage: python -m contracts" in capsys.readouterr().err


def test_a_command_that_fails_by_itself_ends_with_7_and_says_so(monkeypatch, capsys):
    def failing(*_):
        raise RuntimeError("no such thing")

    monkeypatch.setattr("contracts.sdk.command.run", failing)

    status = main(["sdk", "python:cloudflare==5.6.0"])

    assert status == EXIT_COULD_NOT_TEST
    told = capsys.readouterr().err
    assert "RuntimeError: no such thing" in told
    assert told.endswith("python -m contracts: the suite itself failed, see above; please report it\n")


def test_a_gate_whose_folder_cannot_be_made_is_refused_before_anything_is_installed(tmp_path, capsys):
    (tmp_path / "file").write_text("")

    status = main(["sdk", "python:cloudflare==5.6.0", "--reports", str(tmp_path / "file" / "reports")])

    assert status == EXIT_USAGE
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "cannot hold the record" in told


def test_the_help_of_the_gate_teaches_what_a_release_engineer_has_to_know(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["sdk", "--help"])

    told = capsys.readouterr().out
    assert ended.value.code == EXIT_KEPT
    for severity in Severity:
        assert severity in told
    for status in (EXIT_KEPT, EXIT_BROKEN, EXIT_USAGE, EXIT_COULD_NOT_TEST):
        assert f"\n  {status}  " in told
    for words in ("python:cloudflare==", "node:cloudflare@", ".tgz", ".whl", "expires:", "sdk.json"):
        assert words in told


@pytest.mark.parametrize("day", ["yesterday", "20261101", "2026-W44-7", "2026-11-1", ""])
@pytest.mark.parametrize("command", [["sdk", "python:x==1"], ["audit", "lines.jsonl"]], ids=["sdk", "audit"])
def test_a_day_that_is_none_is_told_in_words(command, day, capsys):
    with pytest.raises(SystemExit) as ended:
        main([*command, "--as-of", day])

    assert ended.value.code == EXIT_USAGE
    told = f"argument --as-of: {day!r} is not a day; write it as 2026-11-01"
    assert capsys.readouterr().err.splitlines()[-1].endswith(told)


@pytest.mark.parametrize("share", ["101", "-1", "-5", "1000", "half", "", "8.5", "9" * 5000])
def test_what_is_no_share_of_the_clauses_is_refused_by_an_audit_as_by_a_run(share, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["audit", "lines.jsonl", f"--min-verified={share}"])

    assert ended.value.code == EXIT_USAGE
    told = f"argument --min-verified: {share!r} is no share; give a number from 0 to 100"
    assert capsys.readouterr().err.splitlines()[-1].endswith(told)
