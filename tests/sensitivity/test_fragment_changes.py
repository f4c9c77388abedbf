"""A change of the fragment alone changes what is sent, what is accepted and what is reported."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLAUSE = "200.result[].status:enum"


@pytest.fixture
def checkout(tmp_path):
    for name in ("spec", "contracts", "tests/contract"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def edit(checkout, old, new):
    path = next((checkout / "spec").glob("*.openapi.yaml"))
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def judge(checkout):
    command = [sys.executable, "-m", "pytest", "tests/contract", "-q", "-p", "no:cacheprovider"]
    ended = subprocess.run(command, cwd=checkout, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout[-3000:]
    report = json.loads((checkout / "reports" / "compliance.json").read_text())
    return {entry["id"]: entry for entry in report["clauses"]}


def test_an_enum_value_that_is_added_is_sent_served_and_seen(checkout):
    edit(checkout, "        - SKIPPED\n", "        - SKIPPED\n        - ARCHIVED\n")

    clauses = judge(checkout)

    assert clauses[CLAUSE]["points"]["ARCHIVED"] > 0
    assert clauses["query.status:accepted"]["points"]["ARCHIVED"] > 0
    assert clauses["query.status:x-filters/all-matching"]["points"]["ARCHIVED"] > 0


def test_an_enum_value_that_is_removed_is_neither_sent_nor_expected(checkout):
    edit(checkout, "        - SKIPPED\n", "")

    clauses = judge(checkout)

    assert "SKIPPED" not in clauses[CLAUSE]["points"]
    assert "SKIPPED" not in clauses["query.status:accepted"]["points"]


def test_a_parameter_of_free_text_that_is_added_is_sent_and_refused_where_it_is_too_long(checkout):
    edit(
        checkout,
        '        - $ref: "#/components/parameters/status"\n',
        """        - $ref: "#/components/parameters/status"
        - name: search
          in: query
          schema: {type: string, maxLength: 10, example: phish, x-source: docs}
""",
    )

    clauses = judge(checkout)

    assert set(clauses["query.search:accepted"]["points"]) == {"phish", "x" * 10}
    assert clauses["query.search:maxLength"]["verdict"] == "verified"


def test_a_refusal_that_is_added_without_a_body_is_one_all_the_same(checkout):
    edit(
        checkout, '        "4XX":\n', '        "401":\n          description: Who are you?\n        "4XX":\n'
    )

    clauses = judge(checkout)

    assert clauses["security/api_token:wrong-credentials"]["verdict"] == "verified"
