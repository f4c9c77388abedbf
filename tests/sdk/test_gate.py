"""The gate as a command, over real releases: what it says of them was found in their sources, too."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from contracts.__main__ import main
from contracts.exit_status import EXIT_BROKEN, EXIT_COULD_NOT_TEST
from contracts.sdk.findings import Question
from contracts.sdk.record import SCHEMA
from contracts.sdk.releases import InstalledRelease

PYTHON, NODE = "python:cloudflare==5.6.0", "node:cloudflare@7.0.0"
PATIENCE_S = 30
STOPPING = {
    # `default_headers` of the client names both keys, and `auth_headers` ends before the token.
    PYTHON: {
        "sends:security:api_token:beside-api_email+api_key:lost",
        # A lone e-mail or a lone key ends `auth_headers` before the token, too.
        "sends:security:api_token:beside-api_email:lost",
        "sends:security:api_token:environment:beside-api_email:refused",
        "sends:security:api_token:beside-api_key:lost",
        "sends:security:api_token:environment:beside-api_key:refused",
        "walks:refused-end:raises",
        "fails-well:redirect:api_email+api_key:leak",
        # A page without a result is one without items, and the last.
        "walks:unsuccessful-midway:lost",
    },
    NODE: {
        "walks:refused-end:raises",
        "walks:unsuccessful-midway:lost",
        # What is not JSON is given as text, and a text has no result.
        "walks:html-midway:lost",
        "fails-well:redirect:api_email+api_key:leak",
    },
}


@pytest.fixture(scope="module")
def report(
    installed: Callable[[str], InstalledRelease], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    for name in (PYTHON, NODE):
        installed(name)
    folder: Path = tmp_path_factory.mktemp("reports")

    status = main(["sdk", PYTHON, "--against", NODE, "--as-of", "2026-11-24", "--reports", str(folder)])

    assert status == EXIT_BROKEN
    written: dict[str, Any] = json.loads((folder / "sdk.json").read_text())
    return written


def test_the_record_follows_its_schema(report: dict[str, Any]) -> None:
    errors = Draft202012Validator(json.loads(SCHEMA.read_text())).iter_errors(report)

    assert [error.message for error in errors] == []


def test_a_release_is_stopped_by_what_its_sources_show_and_by_nothing_else(report: dict[str, Any]) -> None:
    grave = {
        release["name"]: {
            finding["id"] for finding in release["findings"] if finding["severity"] in report["fails_on"]
        }
        for release in report["releases"]
    }

    assert grave == STOPPING


def test_every_question_was_asked_of_every_release(report: dict[str, Any]) -> None:
    for release in report["releases"]:
        assert release["ended_early"] == ""
        assert all(sum(outcomes.values()) for outcomes in release["outcomes"].values())


def test_what_a_customer_notices_is_told_breaking_changes_first(report: dict[str, Any]) -> None:
    (comparison,) = report["comparisons"]
    changes = [change for change in comparison["changes"] if change["kind"] != "gone"]

    assert changes[0]["id"] == "sends:security:api_token:beside-api_email+api_key:lost"


@pytest.mark.parametrize("name", ["python:cloudflare==4.0.0", "node:cloudflare@4.0.0"])
def test_a_client_without_the_operation_breaks_customers_and_nothing_else_is_said(
    name: str, installed: Callable[[str], InstalledRelease], tmp_path: Path
) -> None:
    installed(name)

    assert main(["sdk", name, "--reports", str(tmp_path)]) == EXIT_BROKEN
    (release,) = json.loads((tmp_path / "sdk.json").read_text())["releases"]
    assert [finding["id"] for finding in release["findings"]] == ["declares:operation:lacks"]
    assert release["ended_early"] == ""
    assert {check["outcome"] for check in release["checks"]} == {"not supported"}


@pytest.mark.parametrize("name", ["python:requests==2.32.3", "node:left-pad@1.3.0"])
def test_a_package_without_a_client_could_not_be_tested(
    name: str, installed: Callable[[str], InstalledRelease], tmp_path: Path
) -> None:
    installed(name)

    assert main(["sdk", name, "--reports", str(tmp_path)]) == EXIT_COULD_NOT_TEST
    (release,) = json.loads((tmp_path / "sdk.json").read_text())["releases"]
    assert release["findings"] == []
    assert "is no SDK of this API" in release["ended_early"]


def children(parent: int) -> list[int]:
    """Give the processes that another one started."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    return [pid for pid, owner in pairs if owner == parent]


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for processes that are not its own")
@pytest.mark.parametrize("name", [PYTHON, NODE])
def test_a_gate_that_is_killed_leaves_nothing_running(
    name: str, installed: Callable[[str], InstalledRelease], tmp_path: Path
) -> None:
    installed(name)
    command = [sys.executable, "-m", "contracts", "sdk", name, "--reports", str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as gate:
        assert gate.stderr
        next(line for line in gate.stderr if line.endswith(f"{Question.WALKS.heading}\n"))
        left = {}
        for pid in children(gate.pid):
            with suppress(ProcessLookupError):  # it has ended meanwhile
                left[os.pidfd_open(pid)] = pid
        os.kill(gate.pid, signal.SIGKILL)
        assert len(left) > 1

        for ended, pid in left.items():
            assert select.select([ended], [], [], PATIENCE_S)[0], f"{pid} still runs"
            os.close(ended)


def test_no_credential_of_ours_is_written_down(report: dict[str, Any]) -> None:
    text = json.dumps(report)

    for secret in ("Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY", "144c9defac04969c7bfad8efaa8ea194"):
        assert secret not in text
