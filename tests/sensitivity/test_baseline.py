"""A run with a baseline, as a user starts it: what it forgives, for how long, and what it names."""

import importlib.util
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import samples

from contracts.baseline import Baseline, Waiver
from contracts.client import Client
from contracts.ledger import Observation, Verdict
from contracts.run import Run
from contracts.targets import Secrets, Target

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "pytest", "tests/contract", "-q", "-rx", "-p", "no:cacheprovider")
CLAUSE = "200.result[].status:enum"


@pytest.fixture
def run(tmp_path):
    """Run the clauses on the status as of 2026-11-24 with a baseline; give how it ended and its record."""

    def started(baseline, *options):
        (tmp_path / "known.json").write_text(json.dumps(baseline))
        command = [*COMMAND, "--as-of", "2026-11-24", "-k", "status:enum", "--reports", str(tmp_path)]
        command += ["--baseline", str(tmp_path / "known.json"), *options]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        return ended, json.loads((tmp_path / "compliance.json").read_text())

    return started


def waiver(expires):
    return {CLAUSE: {"reason": "a newer status", "owner": "mail", "expires": expires}}


def verdicts(report):
    return {entry["id"]: entry["verdict"] for entry in report["clauses"]}


def test_a_known_violation_is_an_expected_failure_and_the_run_passes(run):
    ended, report = run(waiver("2026-11-24"), "--fault", "enum/unknown:200.result[].status")

    assert ended.returncode == 0, ended.stdout
    assert verdicts(report)[CLAUSE] == "waived"
    assert (
        f"test_clause[{CLAUSE}] - broken, and waived until 2026-11-24 (mail): a newer status" in ended.stdout
    )
    assert f"waived: {CLAUSE} until 2026-11-24 (mail): a newer status" in ended.stdout
    assert "and they are broken only where that is waived. Of these 3: " in ended.stdout


def test_a_known_violation_fails_again_when_its_time_is_over(run):
    ended, report = run(waiver("2026-11-23"), "--fault", "enum/unknown:200.result[].status")

    assert ended.returncode == 1
    assert verdicts(report)[CLAUSE] == "violated"
    assert f"{CLAUSE} is broken" in ended.stdout
    assert "known.json:1 held until 2026-11-23 (mail): a newer status" in ended.stdout
    assert f"waiver expired: {CLAUSE}" in ended.stdout


def test_a_waiver_of_what_is_kept_is_named_and_the_run_passes(run):
    ended, report = run(waiver("2026-11-24"))

    assert ended.returncode == 0
    assert verdicts(report)[CLAUSE] == "verified"
    assert f"waiver not needed: {CLAUSE}" in ended.stdout


def test_a_violation_beside_the_known_one_fails_the_run(run):
    known = {"query.status:enum": {"reason": "another", "owner": "mail", "expires": "2026-11-24"}}

    ended, report = run(known, "--fault", "enum/unknown:200.result[].status")

    assert ended.returncode == 1
    assert verdicts(report)[CLAUSE] == "violated"


def test_a_wrong_baseline_ends_the_run_before_a_request_is_sent(run):
    ended, report = run({CLAUSE: {"reason": "a newer status", "owner": "mail"}})

    (last,) = ended.stderr.splitlines()[-1:]
    assert ended.returncode == 4
    assert last.startswith("contract: ")
    assert f"known.json:1: the waiver of {CLAUSE} has no expires; " in last
    assert report["requests"]["sent"] == 0


CONTRACT = samples.contract("jobs")


def run_that_saw(points, expires):
    """Give a run in which the status was broken and had these values, one of which is not known."""
    target = Target("emulator", "http://127.0.0.1:1", "", Secrets({}, ""), True, True, 0)
    client = Client(target, CONTRACT.fragment)
    waiver = Waiver(CLAUSE, "a newer status", "mail", expires, 1)
    run = Run(CONTRACT, target, client, Baseline("known.yaml", CONTRACT.as_of, {CLAUSE: waiver}))
    run.bring = lambda groups: None
    seen = Observation(CLAUSE, checked=9, broken=1, points=dict.fromkeys(points, 1))
    run.ledger.add([seen], samples.exchange(samples.request(CONTRACT), {}))
    return run


def demand_points(run):
    """Put the run to the test of the suite that demands coverage."""
    path = ROOT / "tests" / "contract" / "test_clauses.py"
    spec = importlib.util.spec_from_file_location("suite_under_test", path)
    suite = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(suite)
    suite.test_every_coverage_point_is_seen(CONTRACT.clauses[CLAUSE], run, None)


def test_a_point_that_is_unseen_is_expected_where_its_clause_is_waived():
    run = run_that_saw(CONTRACT.clauses[CLAUSE].points[1:], expires=CONTRACT.as_of)

    with pytest.raises(pytest.xfail.Exception, match="a newer status"):
        demand_points(run)
    assert not run.is_broken


def test_a_point_that_is_unseen_fails_where_the_waiver_is_past_its_time():
    run = run_that_saw(CONTRACT.clauses[CLAUSE].points[1:], expires=date(2026, 11, 23))

    with pytest.raises(pytest.fail.Exception, match="never seen: PENDING") as failed:
        demand_points(run)
    assert run.is_broken
    assert not failed.value.pytrace  # nobody can act on lines of the suite itself


def test_all_points_seen_pass_though_their_clause_is_waived():
    run = run_that_saw(CONTRACT.clauses[CLAUSE].points, expires=CONTRACT.as_of)

    demand_points(run)

    assert run.verdict(CLAUSE) is Verdict.WAIVED
    assert run.unseen(CONTRACT.clauses[CLAUSE]) == []
