"""The benchmark runs. How long anything takes is nothing that a test may judge."""

import re
import runpy
from pathlib import Path

import pytest

JUDGING = Path(__file__).parents[1] / "benchmarks" / "judging.py"


def test_the_benchmark_prints_a_time_and_a_ratio_for_each_way(capsys: pytest.CaptureFixture[str]) -> None:
    benchmark = runpy.run_path(str(JUDGING))

    benchmark["main"](rounds=1)

    compact, indented = capsys.readouterr().out.strip().split("\n\n")
    for told in (compact, indented):
        head, first, *others = told.splitlines()
        assert re.fullmatch(r"(compact|indented) page, \d\.\d\d MB +ms  x orjson\.loads", head)
        assert re.fullmatch(r"  orjson\.loads +\d+\.\d\d +1\.00", first)
        assert len([line for line in others if re.fullmatch(r"  \S.*\S +\d+\.\d\d +\d+\.\d\d", line)]) == 7
