"""How a release is named."""

from pathlib import Path

import pytest

from contracts.errors import UsageError
from contracts.sdk.releases import Language, environments_folder, parse


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


def test_a_checkout_may_change_under_its_name(tmp_path: Path) -> None:
    assert parse(f"node:{tmp_path}").may_change


@pytest.mark.parametrize(
    "text", ["cloudflare==5.9.0", "ruby:cloudflare@1", "python:", "python:cloudflare", "node:./no-such.tgz"]
)
def test_what_names_no_release_is_refused_with_advice(text: str) -> None:
    with pytest.raises(UsageError, match="python:NAME==VERSION"):
        parse(text)


def test_environments_are_kept_in_the_folder_for_caches() -> None:
    folder = environments_folder({"XDG_CACHE_HOME": "/caches"})

    assert folder == Path("/caches/bulk-jobs-contract/sdk")
