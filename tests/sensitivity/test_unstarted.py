"""Whatever keeps a run from beginning, its record says so, and no earlier one is taken for it."""

from functools import partial

import pytest
import sample_records
from suite import run_with_plugins

from contracts.reports import folder
from contracts.reports.reading import read

PLUGINS = {
    "interrupts": "def pytest_collectstart(collector):\n    raise KeyboardInterrupt\n",
    "crashes": "def pytest_collection_modifyitems(items):\n    raise RuntimeError('a bug')\n",
    "breaks_setup": "def pytest_runtest_setup(item):\n    raise RuntimeError('a bug')\n",
}
CASES = {
    "a target that there is not": (["--target", "foo"], 4, "--target foo is none; give emulator or live"),
    "a day that is none": (["--as-of", "nonsense"], 4, "--as-of nonsense is not a date"),
    "a budget that is none": (["--max-requests", "many"], 4, "--max-requests many is no number"),
    "a profile that there is not": (
        ["--hypothesis-profile", "nightyl"],
        4,
        "--hypothesis-profile nightyl is none; give ci or dev or nightly",
    ),
    "a fault that there is not": (["--fault", "foo"], 4, "there is no fault 'foo'"),
    "a path that there is not": (["tests/contract/none.py"], 4, "file or directory not found"),
    "nothing selected": (["-k", "nothing"], 5, "no test was selected"),
    "interrupted while collecting": (["-p", "interrupts"], 7, "interrupted; run again"),
    "a crash while collecting": (["-p", "crashes"], 7, "the suite itself failed, see above"),
    "a crash before the run": (["-p", "breaks_setup", "-x"], 7, "the suite itself failed, see above"),
}


@pytest.fixture
def run(tmp_path):
    """Run the suite in a process of its own, with plugins that go wrong at hand."""
    return partial(run_with_plugins, tmp_path, PLUGINS)


@pytest.mark.parametrize("case", CASES)
def test_a_run_that_does_not_begin_leaves_its_record_and_keeps_the_one_before(run, tmp_path, case):
    options, status, why = CASES[case]
    folder.write_all(sample_records.green(), tmp_path / "reports")

    ended = run(*options)

    report = read(tmp_path / "reports" / "compliance.json")
    assert (ended.returncode, report["outcome"]["exit_status"]) == (status, status)
    assert report["outcome"]["word"] == "untested"
    assert why in report["outcome"]["sentence"]
    assert f"contract: {report['outcome']['sentence']}; what the run before found is kept: " in ended.stderr
    assert read(tmp_path / "reports" / "previous" / "compliance.json")["outcome"]["word"] == "kept"


def test_a_run_that_does_not_begin_says_which_clauses_it_was_to_judge(run, tmp_path):
    run("--as-of", "nonsense", "-k", "200.success:const")

    report = read(tmp_path / "reports" / "compliance.json")
    assert [entry["id"] for entry in report["clauses"]] == ["200.success:const"]


@pytest.mark.parametrize("options", [["--plan"], ["--collect-only"]], ids=["the plan", "the tests"])
def test_who_only_looks_writes_no_record(run, tmp_path, options):
    ended = run("--as-of", "nonsense", *options)

    assert ended.returncode == 4
    assert not (tmp_path / "reports").exists()


def test_the_tests_of_the_project_write_no_record(run, tmp_path):
    ended = run("-k", "nothing", asked="tests/unit/test_options.py")

    assert ended.returncode == 5
    assert not (tmp_path / "reports").exists()


def test_a_key_for_pseudonyms_that_is_too_short_is_refused(run, tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRACT_PSEUDONYM_KEY", "short")

    ended = run()

    assert ended.returncode == 4
    assert ended.stderr.startswith("contract: CONTRACT_PSEUDONYM_KEY has fewer than 16 characters")
    assert read(tmp_path / "reports" / "compliance.json")["outcome"]["exit_status"] == 4


def test_where_no_record_can_be_written_the_reason_is_told_all_the_same(run, tmp_path):
    (tmp_path / "reports").write_text("no folder")

    ended = run("-k", "nothing")

    assert ended.returncode == 5
    assert "no test was selected" in ended.stderr
    assert "its record could not be written" in ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr


def test_what_allure_cannot_be_told_is_told_in_a_sentence_and_by_the_record(run, tmp_path):
    in_the_way = tmp_path / "allure" / "environment.properties"
    in_the_way.mkdir(parents=True)

    ended = run("-k", "200.success:const", f"--alluredir={in_the_way.parent}")

    last = ended.stderr.splitlines()[-1]
    assert ended.returncode == 7
    assert f"could not be written ({in_the_way}: " in last
    assert "Traceback" not in ended.stdout + ended.stderr
    outcome = read(tmp_path / "reports" / "compliance.json")["outcome"]
    assert outcome["exit_status"] == 7
    assert last == f"contract: {outcome['sentence']}"
