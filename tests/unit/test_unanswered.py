"""What is said of a run to which no answer came: nothing that takes one."""

import hashlib
import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
import samples
from sample_records import CONTRACT, FACTS

from contracts import __main__ as commands
from contracts.client import Client
from contracts.contract import Contract
from contracts.errors import TargetUnreachable
from contracts.ledger import Ledger
from contracts.reports import deprecations
from contracts.reports.compliance import compliance
from contracts.reports.folder import as_json
from contracts.reports.html import page
from contracts.reports.junit import junit
from contracts.run import Run
from contracts.targets import Secrets, Target
from contracts.traffic import Spent

TARGET = Target("live", "http://127.0.0.1:1", "http://127.0.0.1:1", Secrets({}, ""), False, False, 9)
WHY = "nobody listens there"
UNANSWERED = compliance(
    CONTRACT,
    Ledger(),
    replace(
        FACTS, sent=1, ended_early=WHY, exit_status=7, cut_short={}, parts={"access": Spent(1, 0.1, False)}
    ),
)


def test_a_part_in_which_the_run_ended_is_not_whole():
    contract = Contract(CONTRACT.fragment, CONTRACT.as_of)
    secrets = Secrets(dict.fromkeys(contract.fragment.schemes, "secret-of-ours"), "a" * 32)
    target = replace(TARGET, secrets=secrets)
    with Client(target, contract.fragment) as client:
        run = Run(contract, target, client)
        with pytest.raises(TargetUnreachable):
            run.bring(["access"])

    assert not run.traffic.spent["access"].is_whole


def traffic(report):
    return ET.fromstring(junit(report)).find(".//property[@name='traffic.access']").get("value")


def test_a_part_in_which_the_run_ended_is_told_to_be_cut_short():
    assert traffic(UNANSWERED) == f"1 request, 0.100 s, cut short: {WHY}"


def test_a_part_that_came_to_its_end_is_not():
    report = compliance(CONTRACT, Ledger(), replace(FACTS, cut_short={}, parts={"access": Spent(1, 0.1)}))

    assert traffic(report) == "1 request, 0.100 s"


def test_nobody_is_told_what_a_server_announced_that_did_not_answer():
    assert not [line for line in deprecations.told(UNANSWERED) if "announced" in line]
    assert "the server itself announces" not in page(UNANSWERED)


def test_the_page_says_that_no_answer_came():
    told = page(UNANSWERED)

    assert "and no answer came." in told
    assert "the answers put" not in told


def test_a_request_to_which_no_answer_came_is_not_counted_as_answered():
    ledger = Ledger()
    exchange = samples.answered(CONTRACT).exchange
    ledger.record(exchange)
    ledger.record(replace(exchange, status=0))

    assert (ledger.requests, ledger.answered) == (2, 1)


def test_an_attestation_is_about_the_file_as_it_is(tmp_path, capsys):
    path = tmp_path / "kept.json"
    path.write_text(json.dumps(json.loads(as_json(UNANSWERED))))

    commands.main(["report", str(path), "--format", "attestation"])

    subject = json.loads(capsys.readouterr().out)["subject"][1]
    assert subject == {
        "name": "kept.json",
        "digest": {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()},
    }
