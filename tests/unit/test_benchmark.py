"""The benchmarks run. How long anything takes is nothing that a test may judge."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["judging", "suite", "auditing", "documents"])
def test_a_benchmark_prints_and_records_a_figure_and_a_ratio_for_each_way(tmp_path: Path, name: str) -> None:
    record = tmp_path / "record.json"

    ended = run(str(BENCHMARKS), name, "--quick", "--record", str(record))

    assert ended.returncode == 0, ended.stderr
    for group in json.loads(record.read_text())["groups"]:
        assert group["title"] in ended.stdout
        first, *others = group["figures"]
        assert group["ratios"][first] == 1
        assert len(others) >= 1
        assert all(re.search(rf"^  {re.escape(other)} +\d+\.\d\d", ended.stdout, re.M) for other in others)


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


def test_the_tables_of_the_readme_are_renewed_in_their_place(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("before\n<!-- benchmarks -->\nold\n<!-- end of benchmarks -->\nafter\n")

    ended = run(
        *(str(BENCHMARKS), "auditing", "--quick"),
        *("--record", str(tmp_path / "record.json"), "--readme", str(readme)),
    )

    assert ended.returncode == 0, ended.stderr
    text = readme.read_text()
    assert text.startswith("before\n<!-- benchmarks -->\nMeasured on 20")
    assert text.endswith("\n<!-- end of benchmarks -->\nafter\n")
    assert "\n| ours, one process | " in text
    assert "old" not in text


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
