"""What Allure is told of a run as a whole, and what makes its history hold."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import sample_records as records
import samples
from allure_commons.model2 import Parameter
from allure_commons.utils import represent
from allure_pytest.utils import get_history_id

from contracts.contract import Contract
from contracts.fragment import Fragment
from contracts.reports import allure
from contracts.reports.allure_page import offline
from contracts.reports.ci import source_url
from contracts.reports.headline import headline

ROOT = Path(__file__).parents[2]
GITHUB = {
    "GITHUB_SERVER_URL": "https://github.example",
    "GITHUB_REPOSITORY": "o/r",
    "GITHUB_RUN_ID": "1",
    "GITHUB_SHA": "abc",
}
GITLAB = {"GITLAB_CI": "true", "CI_PROJECT_URL": "https://gitlab.example/g/p", "CI_COMMIT_SHA": "abc"}


def history_id(clause):
    parameter = Parameter(name="clause", value=represent(clause))
    return get_history_id("tests.contract.test_clauses#test_clause", [parameter], {"clause": clause})


def test_the_history_of_a_clause_goes_on_when_its_line_moves(tmp_path):
    moved = tmp_path / "moved.openapi.yaml"
    moved.write_text("# one line more\n" + samples.FILES["jobs"].read_text("utf-8"), "utf-8")
    before, after = samples.contract("jobs").clauses, Contract(Fragment(moved), samples.AS_OF).clauses

    assert {clause.line + 1 for clause in before.values()} == {clause.line for clause in after.values()}
    assert {id_: history_id(clause) for id_, clause in before.items()} == {
        id_: history_id(clause) for id_, clause in after.items()
    }
    assert len(set(map(history_id, before.values()))) == len(before)


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        pytest.param(GITHUB, "https://github.example/o/r/blob/abc/spec/a.yaml#L7", id="github"),
        pytest.param(GITLAB, "https://gitlab.example/g/p/-/blob/abc/spec/a.yaml#L7", id="gitlab"),
        pytest.param({}, "", id="elsewhere"),
        pytest.param({**GITHUB, "GITHUB_SHA": ""}, "", id="no revision"),
    ],
)
def test_a_line_of_the_fragment_has_the_address_that_the_job_gives_it(environment, url):
    assert source_url(environment, "spec/a.yaml", 7) == url


def test_the_environment_the_categories_and_the_executor_stand_beside_the_results(tmp_path):
    allure.write_facts(records.broken(), tmp_path / "allure-results")

    found = {path.name: path.read_text() for path in (tmp_path / "allure-results").iterdir()}
    categories = [category["name"] for category in json.loads(found["categories.json"])]
    assert f"Outcome={headline(records.broken())}\n" in found["environment.properties"]
    assert "As\\ of=2026-11-24\n" in found["environment.properties"]
    assert list(dict.fromkeys(categories)) == [
        "Broken promise",
        "Waived",
        "Unstable",
        "Not seen",
        "Past its end of life",
        "Not sent",
        "Could not test",
    ]
    assert json.loads(found["executor.json"]) == {
        "name": "GitHub Actions",
        "type": "github",
        "buildOrder": 17,
        "buildName": "contract #17",
        "buildUrl": "https://github.example/o/r/actions/runs/1",
    }
    assert categories == [one["name"] for one in json.loads(found["allurerc.json"])["categories"]]


def test_a_run_outside_of_ci_names_no_executor(tmp_path):
    allure.write_facts(records.unstarted(), tmp_path)

    assert "executor.json" not in {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize("text", records.HOSTILE.values(), ids=records.HOSTILE)
def test_no_text_breaks_a_line_of_the_environment(tmp_path, text):
    allure.write_facts(records.hostile(records.broken(), lambda _: text), tmp_path)

    lines = (tmp_path / "environment.properties").read_text("utf-8").splitlines()
    assert len(lines) == 9
    assert not [line for line in lines if "=" not in line]


def results_of(tmp_path, *options, **environment):
    """Run the suite on some clauses, and give its results by name."""
    folder = tmp_path / "allure-results"
    command = [sys.executable, "-m", "pytest", "tests/contract", "-q", "-p", "no:cacheprovider"]
    command += ["--reports", str(tmp_path), "--alluredir", str(folder), *options]
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=120)
    found = [json.loads(path.read_text("utf-8")) for path in folder.glob("*-result.json")]
    return {result["name"]: result for result in found}


def labels(result):
    return {label["name"]: label["value"] for label in result["labels"]}


def test_a_broken_clause_has_labels_links_steps_and_what_went_over_the_wire(tmp_path):
    clause = samples.contract("jobs").clauses[records.BROKEN]

    found = results_of(tmp_path, "--fault", "enum/unknown:200.result[].status", "-k", "status:enum", **GITHUB)

    result = found[records.BROKEN]
    assert result["status"] == "failed"
    assert result["historyId"] == history_id(clause)
    assert [parameter["mode"] for parameter in result["parameters"]] == ["hidden"]
    assert (
        labels(result).items()
        >= {
            "epic": "List bulk action jobs",
            "feature": "enum",
            "story": clause.promise,
            "severity": "critical",
            "verdict": "violated",
        }.items()
    )
    assert [link["url"] for link in result["links"]] == [
        samples.contract("jobs").fragment.documentation_url,
        f"https://github.example/o/r/blob/abc/spec/{samples.FILES['jobs'].name}#L{clause.line}",
    ]
    assert result["description"].startswith(f"{clause.promise}.")
    send, look = result["steps"]
    assert send["name"].startswith("send what shows it: ")
    assert [step["attachments"][0]["name"] for step in look["steps"]] == ["curl"] * 5
    assert result["attachments"][0]["name"].startswith("GET /accounts/$CLOUDFLARE_ACCOUNT_ID/")


def test_a_run_that_could_not_test_calls_no_test_passed(tmp_path):
    account = {"CLOUDFLARE_ACCOUNT_ID": "a" * 32, "CLOUDFLARE_API_TOKEN": "b" * 40}

    found = results_of(tmp_path, "--target", "live", CLOUDFLARE_BASE_URL="http://127.0.0.1:9", **account)

    (result,) = found.values()
    assert result["status"] == "broken"
    assert result["statusDetails"]["message"].startswith("could not test: ")


def test_a_page_loads_no_script_from_elsewhere_and_keeps_its_own():
    own = '<script>let a = 1</script><script src="data:text/javascript;base64,YQ=="></script>'

    assert offline(f'{own}<script async src="https://t.example/g.js?id=G"></script><p>') == f"{own}<p>"
