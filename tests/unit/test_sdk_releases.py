"""How a release is named."""

import re
import sys
from pathlib import Path

import pytest

from contracts.errors import UsageError
from contracts.sdk.releases import Language, drivers, environments_folder, parse, without_home


@pytest.mark.parametrize(
    ("text", "language", "requirement"),
    [
        ("python:cloudflare==5.9.0", Language.PYTHON, "cloudflare==5.9.0"),
        ("node:cloudflare@7.3.0", Language.NODE, "cloudflare@7.3.0"),
        ("node:@scope/name@1.0.0-beta.1", Language.NODE, "@scope/name@1.0.0-beta.1"),
    ],
)
def test_a_release_of_a_registry_is_named_with_its_version(
    text: str, language: Language, requirement: str
) -> None:
    spec = parse(text)

    assert (spec.language, spec.requirement, spec.path) == (language, requirement, None)
    assert str(spec) == text


def test_a_file_is_a_release_and_another_file_another_one(tmp_path: Path) -> None:
    wheel = tmp_path / "sdk-1.0-py3-none-any.whl"
    wheel.write_bytes(b"one")
    before = parse(f"python:{wheel}")
    old_key = before.key
    wheel.write_bytes(b"two")

    assert before.path == wheel
    assert not before.may_change
    assert parse(f"python:{wheel}").key != old_key


def test_another_python_has_another_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("python:sdk==1", "node:sdk@1.0.0")
    before = [parse(name).key for name in names]

    monkeypatch.setattr(sys.implementation, "cache_tag", "cpython-399")

    assert [parse(name).key == old for name, old in zip(names, before, strict=True)] == [False, True]


def test_a_checkout_may_change_under_its_name(tmp_path: Path) -> None:
    assert parse(f"node:{tmp_path}").may_change


@pytest.mark.parametrize(
    "text", ["cloudflare==5.9.0", "ruby:cloudflare", "python:", "python:cloudflare", "node:./no-such.tgz"]
)
def test_what_names_no_release_is_refused_with_advice(text: str) -> None:
    with pytest.raises(UsageError, match="python:NAME==VERSION"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("python:cloudflare@5.6", "python:cloudflare==5.6"),
        ("python:cloudflare=5.6", "python:cloudflare==5.6"),
        ("node:cloudflare==7.0.0", "node:cloudflare@7.0.0"),
        ("node:@scope/name==1.0.0", "node:@scope/name@1.0.0"),
    ],
)
def test_a_release_that_is_spelt_as_in_another_registry_is_told_how_it_is_here(text: str, meant: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse(text)

    assert raised.value.advice == f"did you mean {meant}?"


def test_environments_are_kept_in_the_folder_for_caches() -> None:
    folder = environments_folder({"XDG_CACHE_HOME": "/caches"})

    assert folder == Path("/caches/bulk-jobs-contract/sdk")


def test_a_release_of_another_language_is_driven_by_the_command_that_was_given() -> None:
    given = drivers([f"go={sys.executable} 'my driver.py'"])

    spec = parse("go:github.com/cloudflare/cloudflare-go/v5@v5.1.0", given)

    assert str(spec) == "go:github.com/cloudflare/cloudflare-go/v5@v5.1.0"
    assert spec.driver == (sys.executable, "my driver.py")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("go", "'go' does not give a driver"),
        ("go=", "'go=' does not give a driver"),
        ("go='unclosed", "does not give a driver"),
        ("=./driver", "gives a driver of no language"),
        ("Go lang=./driver", "gives a driver of no language"),
        ("python=./driver", "there is a driver of python already"),
        ("go=./no-such-driver", "'./no-such-driver', the driver of go, is no program that can be run"),
    ],
)
def test_what_gives_no_driver_is_refused_and_it_is_said_why(text: str, told: str) -> None:
    with pytest.raises(UsageError, match=re.escape(told)):
        drivers([text])


def test_a_language_has_one_driver() -> None:
    with pytest.raises(UsageError, match="there is a driver of go already"):
        drivers([f"go={sys.executable}", f"go={sys.executable}"])


def test_a_language_without_a_driver_is_refused_with_the_option_that_gives_one() -> None:
    with pytest.raises(UsageError, match="there is no driver of ruby; give it as --driver LANGUAGE=COMMAND"):
        parse("ruby:cloudflare@1")


def test_a_release_of_another_language_has_a_version() -> None:
    with pytest.raises(UsageError, match="name it as go:NAME@VERSION"):
        parse("go:cloudflare", {"go": ("driver",)})


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"HOME": "/home/me"}, "look into ~/.cache/x, not /home/me-too or /mnt/home/me/x"),
        (
            {"HOME": "/home/me", "XDG_CACHE_HOME": "/home/me/.cache"},
            "look into $XDG_CACHE_HOME/x, not /home/me-too or /mnt/home/me/x",
        ),
        (
            {"HOME": "/", "XDG_CACHE_HOME": ""},
            "look into /home/me/.cache/x, not /home/me-too or /mnt/home/me/x",
        ),
        ({}, "look into /home/me/.cache/x, not /home/me-too or /mnt/home/me/x"),
    ],
    ids=["home", "a folder for caches", "no home of one's own", "no home"],
)
def test_a_path_is_told_without_the_home_of_whoever_has_it(environment: dict[str, str], told: str) -> None:
    text = "look into /home/me/.cache/x, not /home/me-too or /mnt/home/me/x"

    assert without_home(text, environment) == told
