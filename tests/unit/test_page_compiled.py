"""Compiled templates, kept beside the templates."""

import sys
from pathlib import Path

import jinja2
import pytest

from contracts.reports.html.compiled import CompiledBeside


@pytest.fixture(autouse=True)
def _writing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def render(folder: Path, environment: str = "") -> str:
    loader, cache = jinja2.FileSystemLoader(folder), CompiledBeside(folder, environment)
    return jinja2.Environment(loader=loader, bytecode_cache=cache, autoescape=True).get_template("a").render()


def kept(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in (folder / "__pycache__").glob("*")]


def test_what_was_compiled_once_is_not_compiled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_text("{{ 1 + 1 }}")
    assert render(tmp_path) == "2"
    monkeypatch.delattr(jinja2.Environment, "_generate")

    assert render(tmp_path) == "2"


@pytest.mark.parametrize("change", ["template", "environment", "jinja"])
def test_what_would_be_compiled_to_something_else_is_compiled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    (tmp_path / "a").write_text("{{ 1 + 1 }}")
    render(tmp_path)
    before = kept(tmp_path)

    if change == "template":
        (tmp_path / "a").write_text("{{ 1 + 2 }}")
    if change == "jinja":
        monkeypatch.setattr(jinja2, "__version__", "4.0")
    rendered = render(tmp_path, "others" if change == "environment" else "")

    assert rendered == ("3" if change == "template" else "2")
    assert kept(tmp_path) != before


def test_a_file_that_was_spoiled_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("{{ 1 + 1 }}")
    render(tmp_path)
    (spoiled,) = (tmp_path / "__pycache__").glob("*")
    whole = spoiled.read_bytes()
    spoiled.write_bytes(whole[:-20])

    assert render(tmp_path) == "2"
    assert spoiled.read_bytes() == whole


def test_where_nothing_can_be_kept_the_page_is_still_made(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("{{ 1 + 1 }}")
    (tmp_path / "__pycache__").write_text("not a folder")

    assert render(tmp_path) == "2"


def test_nothing_is_kept_where_python_keeps_no_compiled_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_text("{{ 1 + 1 }}")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    assert render(tmp_path) == "2"
    assert kept(tmp_path) == []
