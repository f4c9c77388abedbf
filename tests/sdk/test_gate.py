"""The gate as a command, over real releases: what it says of them was found in their sources, too."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from contracts.__main__ import main
from contracts.exit_status import EXIT_BROKEN
from contracts.sdk.record import SCHEMA
from contracts.sdk.releases import InstalledRelease

PYTHON, NODE = "python:cloudflare==5.6.0", "node:cloudflare@7.0.0"
STOPPING = {
    # `default_headers` of the client names both keys, and `auth_headers` ends before the token.
    PYTHON: {
        "sends:security:api_token:beside-api_email+api_key:lost",
        "walks:refused-end:raises",
        "fails-well:redirect:api_email+api_key:leak",
    },
    NODE: {
        "understands:integers:53-bit:lost",
        "understands:integers:64-bit:lost",
        "walks:refused-end:raises",
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


def test_no_credential_of_ours_is_written_down(report: dict[str, Any]) -> None:
    text = json.dumps(report)

    for secret in ("Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY", "144c9defac04969c7bfad8efaa8ea194"):
        assert secret not in text
