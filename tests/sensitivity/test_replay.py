"""`replay` as a user runs it: what a run found is sent again, to the same emulator or to the live server."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from suite import ROOT

from contracts.emulator.app import Emulator
from contracts.emulator.faults import faults
from contracts.emulator.server import RunningEmulator
from contracts.fragment import default_fragment

FAULT = "enum/unknown:200.result[].status"
CLAUSE = "200.result[].status:enum"
LAX, LAX_CLAUSE = "accepts/method:DELETE", "x-refuses/other-methods"


def contracts(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "contracts", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def recorded(folder, selected, fault):
    command = [sys.executable, "-m", "pytest", "tests/contract", "-q", "-p", "no:cacheprovider"]
    options = ["-k", selected, "--fault", fault, "--reports", str(folder)]
    subprocess.run([*command, *options], cwd=ROOT, capture_output=True, check=False)
    return folder / "compliance.json"


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    return recorded(tmp_path_factory.mktemp("replay"), "status", FAULT)


@pytest.fixture(scope="module")
def lax_record(tmp_path_factory):
    return recorded(tmp_path_factory.mktemp("lax"), "methods", LAX)


NOBODY = {
    "CLOUDFLARE_BASE_URL": "http://127.0.0.1:9/client/v4",
    "CLOUDFLARE_ACCOUNT_ID": "0" * 32,
    "CLOUDFLARE_API_TOKEN": "token-of-nobody",
}


def with_a_token(running):
    """The environment of somebody who has a token for an emulator, and nothing else."""
    fragment, credentials = running.emulator.fragment, running.emulator.credentials
    return {
        fragment.server_env: running.base_url,
        fragment.tenant.env: credentials.own_account,
        "CLOUDFLARE_API_TOKEN": credentials.values["api_token"],
    }


def edited(record, tmp_path, **target):
    report = json.loads(record.read_text())
    report["target"] |= target
    path = tmp_path / "compliance.json"
    path.write_text(json.dumps(report))
    return str(path)


def test_what_is_still_broken_is_said_to_be_with_status_1(record):
    ended = contracts("replay", str(record), CLAUSE)

    assert ended.returncode == 1, ended.stderr
    assert ended.stdout.startswith(f"{CLAUSE} is still broken, at ")


def test_what_is_no_longer_broken_ends_with_0(record, tmp_path):
    ended = contracts("replay", edited(record, tmp_path, fault=None), CLAUSE)

    assert ended.returncode == 0, ended.stderr
    assert re.match(rf"{re.escape(CLAUSE)} is not broken this time, kept at \d+ places \(GET ", ended.stdout)


def test_a_clause_that_the_record_does_not_show_broken_is_refused(record):
    ended = contracts("replay", str(record), "200.result[].job_id:format")

    assert ended.returncode == 4
    assert f"does not show '200.result[].job_id:format' broken; it shows {CLAUSE}" in ended.stderr


def test_another_server_than_that_of_the_record_is_sent_nothing(record, tmp_path):
    path = edited(record, tmp_path, kind="live", fault=None, base_url="https://other.example/v4")

    ended = contracts("replay", path, CLAUSE, **NOBODY)

    assert ended.returncode == 4
    assert (
        "the record is of https://other.example/v4, and the environment names http://127.0.0.1:9"
        in ended.stderr
    )
    assert "token-of-nobody" not in ended.stderr


def test_a_server_that_does_not_answer_cannot_be_tested(record, tmp_path):
    path = edited(record, tmp_path, kind="live", fault=None, base_url=NOBODY["CLOUDFLARE_BASE_URL"])

    ended = contracts("replay", path, CLAUSE, **NOBODY)

    assert ended.returncode == 7
    assert "Traceback" not in ended.stderr


def test_what_only_a_server_of_ones_own_may_be_sent_is_sent_again_where_that_is_asked_for(
    lax_record, tmp_path
):
    fragment = default_fragment()
    emulator = Emulator(fragment, fault=faults(fragment)[LAX])
    with RunningEmulator(emulator) as running:
        path = edited(lax_record, tmp_path, kind="live", fault=None, base_url=running.base_url)
        kept_back = contracts("replay", path, LAX_CLAUSE, **with_a_token(running))
        sent = contracts("replay", path, LAX_CLAUSE, "--unsafe-probes", **with_a_token(running))

    assert kept_back.returncode == 4
    assert "or a server of your own with --unsafe-probes" in kept_back.stderr
    assert sent.returncode == 1, sent.stderr
    assert sent.stdout.startswith(f"{LAX_CLAUSE} is still broken, at ")
    assert "(DELETE /" in sent.stdout


def test_the_vendors_server_is_not_sent_again_what_is_unsafe(lax_record, tmp_path):
    url = default_fragment().server_url
    path = edited(lax_record, tmp_path, kind="live", fault=None, base_url=url)

    ended = contracts("replay", path, LAX_CLAUSE, "--unsafe-probes", **NOBODY | {"CLOUDFLARE_BASE_URL": url})

    assert ended.returncode == 4
    assert "--unsafe-probes goes with a server of your own, and this one is the vendor's" in ended.stderr


def test_two_records_are_compared(record):
    ended = contracts("compare", str(record), str(record))

    assert (ended.returncode, ended.stdout) == (0, "nothing changed\n")


def test_a_form_is_made_from_the_record_alone_and_written_where_it_is_asked_for(record, tmp_path):
    output = tmp_path / "attestation.json"

    printed = contracts("report", str(record), "--format", "attestation")
    written = contracts("report", str(record), "--format", "attestation", "--output", str(output))

    assert (printed.returncode, written.returncode, written.stdout) == (0, 0, "")
    assert output.read_text() == printed.stdout == (record.parent / "attestation.json").read_text()


WEAK, WEAK_CLAUSE = "accepts/no-permission", "security:x-permissions"


@pytest.fixture(scope="module")
def weak_record(tmp_path_factory):
    return recorded(tmp_path_factory.mktemp("weak"), "permissions", WEAK)


@pytest.mark.parametrize(
    ("identity", "account", "missing"),
    [
        pytest.param({}, "own", "CONTRACT_UNPRIVILEGED_TOKEN", id="permission"),
        pytest.param(
            {"schemes": ["api_email", "api_key"], "defect": ""}, "own", "CLOUDFLARE_EMAIL", id="way"
        ),
        pytest.param(
            {"schemes": ["api_token"], "defect": ""}, "other", "CONTRACT_OTHER_ACCOUNT_ID", id="account"
        ),
    ],
)
def test_what_the_environment_lacks_for_a_request_is_named_and_nothing_is_sent_without(
    weak_record, tmp_path, identity, account, missing
):
    fragment = default_fragment()
    emulator = Emulator(fragment)
    with RunningEmulator(emulator) as running:
        path = edited(weak_record, tmp_path, kind="live", fault=None, base_url=running.base_url)
        report = json.loads(Path(path).read_text())
        for exchange in report["exchanges"]:
            exchange["request"]["identity"] |= identity
            exchange["request"]["account"] = account
        Path(path).write_text(json.dumps(report))

        ended = contracts("replay", path, WEAK_CLAUSE, **with_a_token(running))

    assert ended.returncode == 4, ended.stdout
    assert f"{missing}, which is not set" in ended.stderr
    assert "broken" not in ended.stdout


def test_a_credential_without_the_permission_is_sent_again(weak_record):
    ended = contracts("replay", str(weak_record), WEAK_CLAUSE)

    assert ended.returncode == 1, ended.stderr
    assert ended.stdout.startswith(f"{WEAK_CLAUSE} is still broken, at 1 of 1 place: the answer: 200")


def test_a_record_that_somebody_has_changed_makes_nobody_ask_for_more(record, tmp_path):
    fragment = default_fragment()
    with RunningEmulator(Emulator(fragment)) as running:
        path = Path(edited(record, tmp_path, kind="live", fault=None, base_url=running.base_url))
        report = json.loads(path.read_text())
        for exchange in report["exchanges"]:
            exchange["request"]["query"] = [["delete", "all"]]
        path.write_text(json.dumps(report))

        ended = contracts("replay", str(path), CLAUSE, **with_a_token(running))

    assert ended.returncode == 4, ended.stdout
    assert "a parameter that is not documented must not be sent to a live target" in ended.stderr


@pytest.mark.parametrize("text", ["\ud800", "1" * 70_000], ids=["a lone surrogate", "too long a text"])
def test_what_no_url_can_have_is_not_sent_again(record, tmp_path, text):
    report = json.loads(record.read_text())
    for exchange in report["exchanges"]:
        exchange["request"]["query"] = [["page", text]]
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(report))

    ended = contracts("replay", str(path), CLAUSE)

    assert ended.returncode == 4, ended.stderr
    assert ended.stderr.count("\n") == 1
    assert "the recorded request has what no URL can have" in ended.stderr


def test_a_record_that_somebody_has_changed_writes_no_escapes_on_the_terminal(record, tmp_path):
    path = edited(record, tmp_path, kind="live", fault=None, base_url="http://127.0.0.1/\x1b[31m")

    ended = contracts("replay", path, CLAUSE, **NOBODY)

    assert ended.returncode == 4
    assert "\x1b" not in ended.stderr
    assert "\\x1b[31m" in ended.stderr
