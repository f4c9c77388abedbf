"""What a run wrote is judged again: a green one stays green, a red one stays red for the same reason."""

import json
import subprocess
import sys
from functools import cache

import pytest
from suite import ROOT

FAULT, BROKEN = "enum/unknown:200.result[].status", "200.result[].status:enum"
# What is judged again is one answer, whose credentials nobody vouches for once they were refused.
SEVERAL = ("no-repeats", "complete", "same-order", "past-the-end", "all-matching", ":default")
REFUSED = ("-credentials", "x-permissions", "security:no-credentials", "path.account_id", "x-refuses")
FORBIDDEN = ("query.",)


def run(*arguments):
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    ).returncode


@pytest.fixture(scope="module")
def left(tmp_path_factory):
    """Give the folder of a run that commits a fault, or none; each is run once."""

    @cache
    def of(fault):
        folder = tmp_path_factory.mktemp("run")
        command = ["-m", "pytest", "tests/contract", "-q", "-p", "no:cacheprovider"]
        command += ["--reports", str(folder), "--record", str(folder / "recorded.jsonl")]
        assert run(*command, *(["--fault", fault] if fault else [])) == (1 if fault else 0)
        return folder

    return of


def audited(path, reports):
    status = run("-m", "contracts", "audit", str(path), "--reports", str(reports))
    return status, json.loads((reports / "compliance.json").read_text())


def clauses(report, verdict):
    return {entry["id"] for entry in report["clauses"] if entry["verdict"] == verdict}


def test_a_recording_of_a_green_run_is_green_and_shows_whatever_one_answer_shows(left, tmp_path):
    folder = left("")

    status, report = audited(folder / "recorded.jsonl", tmp_path)

    run_report = json.loads((folder / "compliance.json").read_text())
    lost = clauses(run_report, "verified") - clauses(report, "verified")
    unexplained = {
        clause
        for clause in lost
        if not any(told in clause for told in (*SEVERAL, *REFUSED)) and not clause.startswith(FORBIDDEN)
    }
    assert status == 0
    assert report["recording"]["unreadable"] == 0
    assert report["recording"]["read"] == run_report["requests"]["sent"]
    assert unexplained == set()
    assert len(clauses(report, "verified")) > 150


def test_the_archive_of_a_green_run_breaks_nothing(left, tmp_path):
    status, report = audited(left("") / "exchanges.har", tmp_path)

    # It holds no body, and so nothing can be said of items.
    assert status == 6
    assert clauses(report, "violated") == set()
    assert report["recording"]["unreadable"] == 0


@pytest.mark.parametrize("file", ["recorded.jsonl", "exchanges.har"])
def test_what_a_red_run_wrote_shows_the_broken_promise_and_no_other(left, tmp_path, file):
    status, report = audited(left(FAULT) / file, tmp_path)

    assert status == 1
    assert clauses(report, "violated") == {BROKEN}
