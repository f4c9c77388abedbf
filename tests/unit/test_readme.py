"""Every command of the README runs: here, or in `.ci/run`, which takes the two first ones from it."""

import re
import shlex
import shutil
import subprocess
import sys
from configparser import ConfigParser
from datetime import date
from pathlib import Path

import pytest
import yaml

from contracts.baseline import load
from contracts.clauses import derive
from contracts.fragment import default_fragment
from contracts.reports.folder import FORMS
from contracts.reports.sensitivity import figures
from contracts.reports.sensitivity import measured as measured_on

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
SNIPPETS = [yaml.safe_load(text) for text in re.findall(r"^```yaml\n(.*?)^```$", README, re.M | re.S)]
LINES = [line for block in BLOCKS for line in block.splitlines()]
HEADINGS = re.findall(r"^#+ (.+)$", README, re.MULTILINE)
PYTHON = ".venv/bin/python "
IN_CI = [line for line in LINES if "pip install" in line or ".venv/bin/tox " in line]
ELSEWHERE = {"test_main.py": "contracts emulator", "test_live.py": "--target live"}
HERE = [
    line
    for line in LINES
    if line.startswith(PYTHON) and line not in IN_CI and not any(told in line for told in ELSEWHERE.values())
]


RECORDS = ("reports", "last-release", "recorded.jsonl")
"""What commands of the README read and write."""
BROKEN = ("--fault", " replay ", " audit recorded")
"""What ends with 1, as it is meant to."""


@pytest.fixture(scope="session")
def record(tmp_path_factory):
    """What a run has left when the reader comes to the commands that read it."""
    folder = tmp_path_factory.mktemp("record") / "reports"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests/contract",
        "-k",
        "status:enum",
        "-p",
        "no:cacheprovider",
    ]
    subprocess.run([*command, "--reports", str(folder)], cwd=ROOT, capture_output=True, check=True)
    return folder


def moved(argument, folder):
    return str(folder / argument) if argument.split("/")[0] in RECORDS else argument


@pytest.mark.parametrize("block", [block for block in BLOCKS if set(block.splitlines()) & set(HERE)])
def test_the_commands_of_a_block_end_as_the_readme_says(block, record, tmp_path):
    for name in RECORDS[:2]:
        shutil.copytree(record, tmp_path / name)

    for line in block.splitlines():
        if line not in HERE:
            continue
        command = [moved(each, tmp_path) for each in shlex.split(line.removeprefix(PYTHON))]
        if "pytest" in line:
            command += ["-q", "-p", "no:cacheprovider"]
            command += [] if "--reports" in line else ["--reports", str(tmp_path / "reports")]

        ended = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)

        is_broken = any(sign in line for sign in BROKEN)
        assert ended.returncode == is_broken, f"{line}\n{ended.stdout[-2000:]}{ended.stderr[-2000:]}"


@pytest.mark.parametrize("line", IN_CI)
def test_a_command_that_installs_something_is_run_by_the_gate(line):
    gate = (ROOT / ".ci" / "run").read_text()

    assert line in gate


def test_every_command_of_the_readme_is_run_somewhere():
    others = [line for line in LINES if line not in HERE + IN_CI and not line.startswith("export ")]

    assert [line for line in others if not any(told in line for told in ELSEWHERE.values())] == []


def test_every_link_of_the_readme_leads_somewhere():
    headings = {re.sub(r"[^a-z0-9 -]", "", line.lower()).replace(" ", "-") for line in HEADINGS}
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", README) if not target.startswith("https://")]

    lost = [
        target
        for target in targets
        if not (target[1:] in headings if target.startswith("#") else (ROOT / target).exists())
    ]
    assert targets
    assert lost == []


def test_how_sure_the_suite_is_stands_in_the_readme_as_it_was_measured():
    measured = figures(measured_on(default_fragment().digest))
    faults, variants, proven = (measured[name] for name in ("faults", "variants", "proven"))

    assert f"{measured['caught']} of {faults} faults caught by a clause they break, " in README
    assert f"{measured['passed']} of {variants} honest variants pass\n" in README
    assert f"{proven} of {len(derive(default_fragment()))} clauses have shown that they can fail\n" in README
    assert re.search(rf"any\s+of\s+{faults}\s+faults", README)
    assert re.search(rf"in\s+one\s+of\s+{variants}\s+ways", README)


def without_figures(text):
    """Leave out what follows from what is generated, and so from the constants in the code; and the time."""
    text = re.sub(r"at [\d,]+ of [\d,]+ places", "at N of N places", text)
    text = re.sub(r"on [\d,]+ requests", "on N requests", text)
    return re.sub(r"in [\d.]+ ?s\b", "in N s", text)


def shown_beginning_with(words):
    """Give the block of output that begins with these words."""
    (found,) = re.findall(rf"^```text\n({re.escape(words)}.*?)^```$", README, re.MULTILINE | re.DOTALL)
    return found.strip()


def printed(*arguments):
    command = [sys.executable, "-m", "pytest", *arguments, "-q", "-p", "no:cacheprovider"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout


def test_the_end_of_a_run_that_the_readme_shows_is_a_real_one(tmp_path):
    shown = shown_beginning_with("retired: ")
    day = re.search(r" as of ([\d-]+),", shown)[1]

    ended = printed("tests/contract", "--as-of", day, "--reports", str(tmp_path))

    assert without_figures(shown) in without_figures(ended.replace(str(tmp_path), "reports"))


def test_the_failure_that_the_readme_shows_is_a_real_one(tmp_path):
    shown = shown_beginning_with("200.result")
    line = next(line for line in LINES if "--fault" in line)

    ended = printed(*shlex.split(line)[3:], "--reports", str(tmp_path))

    assert without_figures(shown) in without_figures(ended)


def snippet(member):
    """Give the one snippet of YAML that has this member at its top."""
    (found,) = [snippet for snippet in SNIPPETS if member in snippet]
    return found


def test_the_known_violation_that_the_readme_shows_can_be_used(tmp_path):
    (text,) = [text for text in re.findall(r"^```yaml\n(.*?)^```$", README, re.M | re.S) if "owner:" in text]
    path = tmp_path / "known.yaml"
    path.write_text(text)

    baseline = load(path, derive(default_fragment()), date(2026, 12, 31))

    assert list(baseline.waivers) == ["200.result[].status:enum"]


def test_the_jobs_that_the_readme_gives_for_ci_run_what_there_is_and_keep_its_results():
    github, gitlab = snippet("jobs"), snippet("contract")
    steps = github["jobs"]["live"]["steps"]
    scripts = [[step["run"] for step in steps if "run" in step], gitlab["contract"]["script"]]

    tox = ConfigParser()
    tox.read(ROOT / "tox.ini")
    assert scripts == [["pip install tox", "tox run -e live"]] * 2
    assert "testenv:live" in tox
    assert "junit.xml" in FORMS
    assert gitlab["contract"]["artifacts"]["reports"] == {"junit": "reports/junit.xml"}
    assert "contract.sarif" in FORMS
    assert {"sarif_file": "reports/contract.sarif"} in [step.get("with") for step in steps]


def test_the_jobs_that_the_readme_gives_for_ci_hand_over_variables_that_are_let_through():
    tox = ConfigParser()
    tox.read(ROOT / "tox.ini")
    variables = [name for step in snippet("jobs")["jobs"]["live"]["steps"] for name in step.get("env", ())]

    assert set(variables) == {"CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_API_TOKEN"}
    assert set(variables) <= set(tox["testenv:live"]["pass_env"].split())


def test_every_variable_that_the_readme_names_reaches_a_live_run_through_tox():
    tox = ConfigParser()
    tox.read(ROOT / "tox.ini")
    named = set(re.findall(r"`((?:CLOUDFLARE|CONTRACT|SSL|HTTPS)_[A-Z_]+|NO_PROXY)`", README))

    assert named <= set(tox["testenv:live"]["pass_env"].split())


def test_what_commands_write_goes_where_git_does_not_look():
    named = re.findall(r"--(?:reports|output|history) ([\w./-]+)", "\n".join(LINES))

    assert len(named) > 3
    assert {name.split("/")[0] for name in named} == {"reports"}
    assert "reports/" in (ROOT / ".gitignore").read_text().splitlines()
