"""What tox runs the tests with, as a selection behind `--` changes it."""

import os
import shlex
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).parents[2]


def commands(*given: str) -> list[list[str]]:
    """Give the commands of the environment for all tests, with what was given behind `--`."""
    tox = ConfigParser()
    tox.read(ROOT / "tox.ini")
    section = next(name for name in tox.sections() if name.endswith("tests") and "sdk" not in name)
    lines = tox[section]["commands"].replace("{posargs}", shlex.join(given)).strip().splitlines()
    return [[sys.executable, *shlex.split(line)[1:]] for line in lines]


def ran(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command that only looks which tests there are."""
    environment = os.environ | {"PYTEST_ADDOPTS": "--collect-only -q -rs -p no:cacheprovider"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_a_selection_of_tests_is_run_once() -> None:
    first, *further = commands("tests/unit/test_tox.py", "-k", "run_once")

    told = ran(first)
    assert (told.returncode, told.stdout.count("run_once\n")) == (0, 1)
    assert [(told.returncode, told.stdout) for told in map(ran, further)] == [(0, "")] * len(further)


def test_without_a_selection_those_in_a_browser_are_run_too() -> None:
    _, last = commands()

    assert "tests/browser/test_page_in_a_browser.py" in ran(last).stdout
