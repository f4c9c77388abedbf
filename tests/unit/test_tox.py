"""What tox runs the tests with, as a selection behind `--` changes it."""

import os
import shlex
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def ran(*given: str) -> subprocess.CompletedProcess[str]:
    """Let the environment for all tests only look which there are, with what was given behind `--`."""
    tox = ConfigParser()
    tox.read(ROOT / "tox.ini")
    section = next(name for name in tox.sections() if name.endswith("tests") and "sdk" not in name)
    (line,) = tox[section]["commands"].replace("{posargs}", shlex.join(given)).strip().splitlines()
    options = "--collect-only -q -rs -p no:cacheprovider"
    return subprocess.run(
        [sys.executable, *shlex.split(line)[1:]],
        cwd=ROOT,
        env=os.environ | {"PYTEST_ADDOPTS": options},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_selection_of_tests_is_run_once() -> None:
    told = ran("tests/unit/test_tox.py", "-k", "run_once")

    assert (told.returncode, told.stdout.count("is_run_once\n")) == (0, 1)


def test_without_a_selection_every_test_is_run_and_none_twice() -> None:
    modules = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")]

    told = ran()

    tests = [line for line in told.stdout.splitlines() if line.startswith("tests/") and "::" in line]
    assert told.returncode == 0
    assert len(tests) == len(set(tests))
    # A module that needs what is not installed is named as skipped.
    assert [module for module in modules if module not in told.stdout] == []


@pytest.mark.parametrize("red", ["unit", "browser", "sdk"])
def test_what_goes_wrong_in_one_of_the_processes_is_what_all_end_with(red: str, tmp_path: Path) -> None:
    for folder in ("unit", "browser", "sdk"):
        (tmp_path / "tests" / folder).mkdir(parents=True)
        test = f"def test_{folder}(): assert {folder != red}"
        (tmp_path / "tests" / folder / f"test_{folder}.py").write_text(test)
    shutil.copy(ROOT / "tests" / "every.py", tmp_path / "tests")
    settings = '[tool.pytest]\ntestpaths = ["tests/sdk", "tests/unit"]\n'
    (tmp_path / "pyproject.toml").write_text(settings)
    command = [sys.executable, "tests/every.py"]

    told = subprocess.run(
        command,
        cwd=tmp_path,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (told.stdout.count("1 passed"), told.stdout.count("1 failed")) == (2, 1)
    assert told.returncode == pytest.ExitCode.TESTS_FAILED
