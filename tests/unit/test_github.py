"""What GitHub Actions is told: annotations that it takes as they are meant, and the summary of the job."""

import re
import stat
from collections.abc import Mapping
from configparser import ConfigParser
from fnmatch import fnmatch
from pathlib import Path

import pytest
import sample_records as records

from contracts.reports import github
from contracts.reports.ci import ci_job, source_url
from contracts.reports.github import MAX_ANNOTATIONS, annotations, told
from contracts.reports.headline import headline
from contracts.reports.markdown import markdown
from contracts.reports.terminal import broken_entry
from contracts.reports.visible import visible

BROKEN = records.broken()
ON_GITHUB = {"GITHUB_ACTIONS": "true"}
COMMAND = re.compile(r"::error ((?:\w+=[^,:\r\n]*,?)*)::([^\r\n]*)")


def read(command):
    """Read a command as GitHub's runner does."""
    properties, message = COMMAND.fullmatch(command).groups()
    pairs = dict(one.split("=", 1) for one in properties.split(","))
    return {name: unescaped(value) for name, value in pairs.items()}, unescaped(message)


def unescaped(text):
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


def test_a_broken_clause_is_annotated_on_its_line_in_the_words_of_the_terminal():
    entry, file = records.entry_of(BROKEN, records.BROKEN), BROKEN["fragment"]["file"]

    (command,) = annotations(BROKEN, "")

    assert read(command) == (
        {"file": file, "line": str(entry["line"]), "title": f"{records.BROKEN} is broken"},
        broken_entry(entry, file, "first do this"),
    )


@pytest.mark.parametrize("text", records.HOSTILE.values(), ids=records.HOSTILE)
def test_no_text_ends_a_command_or_begins_another(text):
    (command,) = annotations(records.hostile(BROKEN, lambda _: text), "")

    properties, message = read(command)
    assert properties["file"] == visible(text)
    assert visible(text)[:1000] in message


@pytest.mark.parametrize("count", [10, 11, 3000])
def test_no_more_are_printed_than_github_shows_and_the_rest_is_counted(count):
    commands = list(annotations(records.many(count, "x"), ""))

    assert len(commands) == MAX_ANNOTATIONS
    is_cut = count > MAX_ANNOTATIONS
    assert commands[-1].endswith(f"{count - 9} more clauses are broken, see compliance.md") is is_cut


def test_a_run_that_says_too_little_is_annotated_with_the_reason():
    assert list(annotations(None, "no account")) == ["::error title=contract::no account"]
    assert list(annotations(records.green(), "too little, 3%")) == [
        "::error title=contract::too little, 3%25"
    ]


def test_a_run_that_saw_too_little_is_annotated_even_where_nothing_more_is_said_of_it():
    report = records.green()
    report["outcome"] |= {"word": "incomplete", "exit_status": 1}

    (command,) = annotations(report, "")

    assert read(command) == ({"title": "contract"}, headline(report))


def test_a_run_that_ended_early_is_annotated_with_all_that_it_says():
    report = records.interrupted()

    (command,) = annotations(report, report["outcome"]["sentence"])

    assert read(command) == ({"title": "contract"}, headline(report))


@pytest.mark.parametrize(
    ("environment", "is_here"), [({}, False), (ON_GITHUB, True), ({"GITHUB_STEP_SUMMARY": "a"}, True)]
)
def test_github_is_told_where_it_asks_for_it(environment, is_here):
    assert github.is_here(environment) is is_here


def test_nothing_is_printed_elsewhere_and_nothing_where_there_was_no_run():
    assert told(BROKEN, "", {}) == []
    assert told(BROKEN, "", {"GITHUB_ACTIONS": "false"}) == []
    assert told(None, "", ON_GITHUB) == []
    assert told(BROKEN, "", ON_GITHUB) == list(annotations(BROKEN, ""))


def test_the_summary_is_appended_to_what_other_steps_wrote(tmp_path):
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")

    assert told(BROKEN, "", {"GITHUB_STEP_SUMMARY": str(summary)}) == []
    told(None, "no account", {"GITHUB_STEP_SUMMARY": str(summary)})

    assert summary.read_text() == f"before\n{markdown(BROKEN)}\n## ⚠️ no account\n\n"


def test_a_summary_that_is_new_can_be_read_by_its_owner_only(tmp_path):
    told(BROKEN, "", {"GITHUB_STEP_SUMMARY": str(tmp_path / "new.md")})

    assert stat.S_IMODE((tmp_path / "new.md").stat().st_mode) == 0o600


def test_a_summary_that_cannot_be_written_is_told_and_ends_nothing(tmp_path):
    assert told(BROKEN, "", {"GITHUB_STEP_SUMMARY": str(tmp_path)}) == [
        "contract: the summary of the job could not be written (Is a directory)"
    ]


class Listening(Mapping):
    """An environment that has whatever is asked for, but what a system lacks, and notes all of it."""

    def __init__(self, lacking=""):
        self.lacking, self.heard = lacking, set()

    def __getitem__(self, name):
        self.heard.add(name)
        if name == self.lacking:
            raise KeyError(name)
        return "x"

    def __iter__(self):
        return iter(self.heard)

    def __len__(self):
        return len(self.heard)


def read_of_the_environment():
    """Give the names of the variables of CI systems that are read."""
    on_github, on_gitlab = Listening(), Listening("GITHUB_RUN_ID")
    jobs = [ci_job(environment) for environment in (on_github, on_gitlab)]
    assert [job["name"] for job in jobs] == ["GitHub Actions", "GitLab CI"]
    urls = [source_url(environment, "spec", 1) for environment in (on_github, on_gitlab)]
    assert all(urls)
    return sorted({"GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"} | on_github.heard | on_gitlab.heard)


@pytest.mark.parametrize("name", read_of_the_environment())
@pytest.mark.parametrize("environment", ["testenv:emulator", "testenv:live"])
def test_tox_lets_the_variables_of_ci_systems_through(environment, name):
    tox = ConfigParser()
    tox.read(Path(__file__).parents[2] / "tox.ini")

    assert "{[reports]pass_env}" in tox[environment]["pass_env"].split()
    assert any(fnmatch(name, pattern) for pattern in tox["reports"]["pass_env"].split())
