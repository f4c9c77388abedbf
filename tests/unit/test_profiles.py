"""How much is generated."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from contracts.profiles import DEFAULT, PROFILES, current, register

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", PROFILES)
def test_the_profile_that_hypothesis_has_loaded_is_the_one_in_use(name: str) -> None:
    register()
    try:
        settings.load_profile(name)

        assert current() == PROFILES[name]
    finally:
        settings.load_profile(DEFAULT)


def test_the_default_examples_are_the_same_each_time() -> None:
    assert not PROFILES[DEFAULT].is_random


def test_random_profiles_are_random_in_ci_too() -> None:
    ask = (
        "from hypothesis import settings",
        "from contracts.profiles import PROFILES, current, register",
        "register()",
        "random = [name for name, profile in PROFILES.items() if profile.is_random]",
        "print(*(settings.load_profile(name) or current().is_random for name in random))",
    )

    assert _told(*ask, CI="true") == ["True True"]


def test_who_sends_does_not_load_the_generators() -> None:
    ask = (
        "import sys, conftest, contracts.run; from contracts.profiles import DEFAULT, PROFILES, current",
        "print(current() == PROFILES[DEFAULT], {'hypothesis', 'schemathesis'} & sys.modules.keys())",
    )

    assert _told(*ask) == ["True set()"]


def _told(*lines: str, **environment: str) -> list[str]:
    """Run Python on its own, and give the lines that it prints."""
    command = [sys.executable, "-c", "\n".join(lines)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=env).stdout.splitlines()
