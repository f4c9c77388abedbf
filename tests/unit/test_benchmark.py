"""The benchmarks run. How long anything takes is nothing that a test may judge."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)


@dataclass(frozen=True)
class Measured:
    """What a benchmark left that has been run."""

    printed: str
    groups: list[dict[str, Any]]
    readme: str


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Measured]:
    """Give what a benchmark left; each is run once."""

    @cache
    def of(name: str) -> Measured:
        folder = tmp_path_factory.mktemp(name)
        record, readme = folder / "record.json", folder / "README.md"
        readme.write_text("before\n<!-- benchmarks -->\nold\n<!-- end of benchmarks -->\nafter\n")
        command = [str(BENCHMARKS), name, "--quick", "--record", str(record), "--readme", str(readme)]
        ended = run(*command)
        assert ended.returncode == 0, ended.stderr
        return Measured(ended.stdout, json.loads(record.read_text())["groups"], readme.read_text())

    return of


@pytest.mark.parametrize("name", ["judging", "suite", "auditing", "documents"])
def test_a_benchmark_prints_and_records_a_figure_and_a_ratio_for_each_way(
    measured: Callable[[str], Measured], name: str
) -> None:
    left = measured(name)

    for group in left.groups:
        assert group["title"] in left.printed
        first, *others = group["figures"]
        assert group["ratios"][first] == 1
        assert len(others) >= 1
        assert all(re.search(rf"^  {re.escape(other)} +\d+\.\d\d", left.printed, re.M) for other in others)


def test_the_tables_of_the_readme_are_renewed_in_their_place(measured: Callable[[str], Measured]) -> None:
    text = measured("auditing").readme

    assert text.startswith("before\n<!-- benchmarks -->\nMeasured on 20")
    assert text.endswith("\n<!-- end of benchmarks -->\nafter\n")
    assert "\n| ours, one process | " in text
    assert "old" not in text


def test_only_what_got_slower_by_more_than_a_fifth_is_named(tmp_path: Path) -> None:
    files = []
    for name, a_ratio, b_ratio in (("old", 2.0, 3.0), ("new", 2.3, 3.7)):
        group = {"title": "t", "is_less_better": True, "ratios": {"base": 1, "a": a_ratio, "b": b_ratio}}
        files.append(tmp_path / name)
        files[-1].write_text(json.dumps({"groups": [group]}))

    ended = run(str(BENCHMARKS / "compare.py"), *map(str, files))

    assert (ended.returncode, ended.stdout) == (1, "t: b: 3.00 before, 3.70 now\n")


def test_what_got_faster_is_not_called_slower(tmp_path: Path) -> None:
    files = []
    for name, ratio in (("old", 2.0), ("new", 9.0)):
        group = {"title": "t", "is_less_better": False, "ratios": {"base": 1, "a": ratio}}
        files.append(tmp_path / name)
        files[-1].write_text(json.dumps({"groups": [group]}))

    ended = run(str(BENCHMARKS / "compare.py"), *map(str, files))

    assert (ended.returncode, ended.stdout) == (0, "nothing got slower by more than a fifth\n")


def test_the_size_of_what_was_measured_may_change_a_little(tmp_path: Path) -> None:
    files = []
    for name, size, ratio in (("old", "0.69", 1.0), ("new", "0.70", 9.0)):
        group = {"title": f"{size} MB of x", "is_less_better": True, "ratios": {"base": 1, "a": ratio}}
        files.append(tmp_path / name)
        files[-1].write_text(json.dumps({"groups": [group]}))

    ended = run(str(BENCHMARKS / "compare.py"), *map(str, files))

    assert (ended.returncode, ended.stdout) == (1, "MB of x: a: 1.00 before, 9.00 now\n")


def test_records_without_anything_in_common_are_not_called_alike(tmp_path: Path) -> None:
    files = []
    for name in ("old", "new"):
        group = {"title": name, "is_less_better": True, "ratios": {"base": 1}}
        files.append(tmp_path / name)
        files[-1].write_text(json.dumps({"groups": [group]}))

    ended = run(str(BENCHMARKS / "compare.py"), *map(str, files))

    assert ended.returncode == 4
    assert "in one of them only, and not compared: old: base" in ended.stdout


def test_an_unknown_benchmark_is_refused_before_anything_is_measured() -> None:
    ended = run(str(BENCHMARKS), "auditing", "document")

    assert ended.returncode == 2
    assert "'document' is none of judging, " in ended.stderr


def test_comparing_without_two_files_says_how_it_is_done() -> None:
    ended = run(str(BENCHMARKS / "compare.py"))

    assert ended.returncode == 4
    assert "OLD.json NEW.json" in ended.stderr


@pytest.mark.parametrize("text", ["nothing of that kind\n", None])
def test_a_file_without_a_place_for_the_tables_is_refused_before_anything_is_measured(
    text: str | None, tmp_path: Path
) -> None:
    readme = tmp_path / "README.md"
    if text:
        readme.write_text(text)

    ended = run(str(BENCHMARKS), "--readme", str(readme))

    assert (ended.returncode, ended.stdout) == (1, "")
    assert "has no place for the tables" in ended.stderr
