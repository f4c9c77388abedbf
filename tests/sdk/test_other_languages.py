"""The gate over a language that it knows nothing of, by a driver written after the protocol alone."""

import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from contracts.__main__ import main
from contracts.exit_status import EXIT_KEPT
from contracts.sdk.findings import Question

DRIVER = Path(__file__).parent / "foreign" / "driver.pl"
NAME = "perl:bulk-jobs@1.0"
PERL = shutil.which("perl") or ""
MODULES = ("-MHTTP::Tiny", "-MJSON::PP", "-MMath::BigInt")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    if not PERL or subprocess.run([PERL, *MODULES, "-e", "1"], capture_output=True, check=False).returncode:
        told = "needs Perl with the modules that come with it"
        assert os.environ.get("CI") != "true", told
        pytest.skip(told)
    folder = tmp_path_factory.mktemp("reports")
    driver = f"perl={shlex.join([PERL, str(DRIVER)])}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))

        status = main(["sdk", NAME, "--driver", driver, "--as-of", "2026-11-24", "--reports", str(folder)])

    assert status == EXIT_KEPT
    written: dict[str, Any] = json.loads((folder / "sdk.json").read_text())
    return written


def test_a_driver_in_another_language_is_asked_every_question_it_can_answer(report: dict[str, Any]) -> None:
    (release,) = report["releases"]

    assert (release["name"], release["language"], release["package"]) == (NAME, "perl", "bulk-jobs")
    assert release["ended_early"] == ""
    assert {check["question"] for check in release["checks"]} == set(Question)


def test_what_its_client_lacks_is_found_and_nothing_else(report: dict[str, Any]) -> None:
    (release,) = report["releases"]

    # It has no retries, and all else as the contract has it.
    assert [finding["id"] for finding in release["findings"]] == [
        "fails-well:429:seconds:gives-up",
        "fails-well:429:date:gives-up",
        "fails-well:500:once:gives-up",
    ]


def test_what_it_cannot_describe_is_not_supported_and_no_finding(report: dict[str, Any]) -> None:
    (release,) = report["releases"]
    declared = [check for check in release["checks"] if check["question"] == Question.DECLARES]

    assert [(check["outcome"], check["detail"]) for check in declared] == [
        ("not supported", "not described: Perl declares no types")
    ]
