"""Nothing private leaves a live run, however it ends: every byte it printed or wrote is searched.

The server of `canary_server.py` puts a canary wherever a body is private and repeats what it was sent.
"""

import html
import json
import os
import re
import signal
import stat
import subprocess
import sys
import threading
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from canary_server import (
    CANARIES,
    EMAIL,
    ENVIRONMENT,
    KEY,
    MADE_UP,
    PRIVATE_NUMBER,
    UNKNOWN_STATUS,
    Door,
    mail_of_a_job,
    serving,
)

from contracts.reports.folder import FORMS, FURTHER

ROOT = Path(__file__).resolve().parents[2]
SOME = "deprecation or enum or authentication"
HELD_REQUEST = 12


@dataclass(frozen=True)
class Case:
    """One way in which a run can go. The server answers so many requests; after the next it hangs up, or is
    silent, whereupon the run may be interrupted. `plugin` is loaded into pytest."""

    status: int
    options: tuple[str, ...] = ()
    plugin: str = ""
    answers: int = sys.maxsize
    refuses_all: bool = False
    is_silent: bool = False
    is_interrupted: bool = False
    environment: dict[str, str] = field(default_factory=dict)


IN_A_CHECK = """
from contracts import checks

def crash(reading, contract):
    body, headers = reading.exchange.body.decode(), reading.exchange.headers
    raise ValueError(f"cannot read {body[:2000]!r} {body!r} {headers!r}")

checks.CHECKS = (*checks.CHECKS, crash)
"""
IN_THE_CLIENT = """
from contracts.wire import Wire

def send(self, method, url, headers):
    try:
        raise KeyError(str(headers))
    except KeyError as error:
        raise RuntimeError(f"{method} {url} with {headers}") from error

Wire.send = send
"""
IN_A_HOOK = """
from contracts import checks

said = []

def listen(reading, contract):
    said.append(f"{reading.exchange.body!r} {reading.exchange.headers!r}")
    return ()

checks.CHECKS = (*checks.CHECKS, listen)

def pytest_%s():
    everything = "".join(said)
    if said:
        raise ValueError(everything)
"""
CASES = {
    "red": Case(1, ("--hypothesis-profile", "dev")),
    "some-clauses": Case(1, ("-k", SOME, "--hypothesis-profile", "dev", "-vv")),
    "crash-in-a-check": Case(7, ("-k", SOME), IN_A_CHECK),
    "crash-in-the-client": Case(7, ("-k", SOME), IN_THE_CLIENT),
    "crash-in-a-hook": Case(1, ("-k", SOME), IN_A_HOOK % "runtest_logreport"),
    "crash-at-the-end": Case(1, ("-k", SOME), IN_A_HOOK % "sessionfinish"),
    "refused": Case(7, refuses_all=True),
    "hung-up-on": Case(1, answers=HELD_REQUEST),
    "timed-out": Case(1, ("-k", SOME, "--timeout", "1"), answers=HELD_REQUEST, is_silent=True),
    "interrupted": Case(1, ("--full-trace",), answers=HELD_REQUEST, is_silent=True, is_interrupted=True),
    "wrong-environment": Case(
        4, ("--full-trace",), environment={"CLOUDFLARE_ACCOUNT_ID": ENVIRONMENT["CLOUDFLARE_ACCOUNT_ID"] * 2}
    ),
}
WITH_VALUES = {
    "values-shown": Case(1, ("--show-values",)),
    "values-shown-and-crash-in-a-check": Case(7, ("--show-values", "-k", SOME), IN_A_CHECK),
    "values-shown-and-crash-in-the-client": Case(7, ("--show-values", "-k", SOME), IN_THE_CLIENT),
}


@dataclass(frozen=True)
class Ended:
    """A run that has ended, with every byte that it printed or wrote, by where that was."""

    status: int
    arguments: list[str]
    texts: dict[str, bytes]
    open_files: list[str]

    @property
    def printed(self) -> str:
        """What was printed."""
        return (self.texts["stdout"] + self.texts["stderr"]).decode(errors="replace")

    @property
    def report(self) -> dict[str, Any]:
        """The record of the run."""
        return json.loads(
            next(text for where, text in self.texts.items() if where.endswith("compliance.json"))
        )

    @property
    def actual(self) -> set[str]:
        """What came where something else was promised, as the record tells it."""
        exemplars = [exemplar for clause in self.report["clauses"] for exemplar in clause["exemplars"]]
        return {exemplar["actual"] for exemplar in exemplars}

    def holding(self, needles: set[str]) -> dict[str, list[str]]:
        """Give where each of the needles is found, in any case."""
        lowered = {where: text.lower() for where, text in self.texts.items()}
        found = {
            needle: [where for where, text in lowered.items() if needle.lower().encode() in text]
            for needle in needles
        }
        return {needle: places for needle, places in found.items() if places}


def secrets(values: Iterable[str] = tuple(ENVIRONMENT.values())) -> set[str]:
    """Give every form of every secret."""
    forms = (
        str,
        quote,
        quote_plus,
        html.escape,
        lambda secret: quote(secret, safe=""),
        lambda secret: json.dumps(secret)[1:-1],
        lambda secret: repr(secret)[1:-1],
        lambda secret: "".join(f"\\u{ord(character):04x}" for character in secret),
        lambda secret: b64encode(secret.encode()).decode().rstrip("=")[:-1],
        lambda secret: urlsafe_b64encode(secret.encode()).decode().rstrip("=")[:-1],
        lambda secret: secret.encode().hex(),
        lambda secret: secret[: len(secret) // 2],
        lambda secret: secret[len(secret) // 2 :] if "@" not in secret else secret,
    )
    basic = b64encode(f"{EMAIL}:{KEY}".encode()).decode().rstrip("=")[:-1]
    return {form(secret) for secret in values for form in forms} | {basic}


def canaries() -> set[str]:
    """Give every canary that was sent, none of which may be anywhere."""
    return set(CANARIES.values())


def run_suite(folder: Path, case: Case) -> Ended:
    """Run the suite, as talkative as it can be made, with all that it writes in one folder."""
    for name in ("home", "tmp", "plugins"):
        (folder / name).mkdir()
    (folder / "plugins" / "planted.py").write_text(case.plugin)
    (folder / "junit.xml").touch(mode=0o644)  # as an earlier run may have left it
    command = [sys.executable, "-m", "pytest", "tests/contract", "--target", "live", "-p", "planted"]
    command += ["-p", "no:cacheprovider", "--reports", str(folder / "reports"), "--showlocals", "--tb=long"]
    command += [f"--junitxml={folder / 'junit.xml'}", f"--alluredir={folder / 'allure'}", "-rA"]
    command += ["--record", str(folder / "recorded.jsonl")]
    command += ["-o", "log_level=DEBUG", "--log-cli-level=DEBUG", f"--log-file={folder / 'log.txt'}"]
    command += ["--log-file-level=DEBUG", "-o", "junit_logging=all", *case.options]
    own = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "PYTHONPATH": str(folder / "plugins"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "hypothesis"),
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
    }
    started = time.time()
    is_held, may_go_on = threading.Event(), threading.Event()

    def receives(number: int, _: Door) -> bool:
        if number <= case.answers:
            return True
        is_held.set()
        if case.is_silent:
            may_go_on.wait(60)
        return False

    with serving(receives, case.refuses_all) as base_url:
        environment = {**own, **ENVIRONMENT, "CLOUDFLARE_BASE_URL": base_url, **case.environment}
        with subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as running:
            if case.is_interrupted:
                assert is_held.wait(60)
                running.send_signal(signal.SIGINT)
            printed, complained = running.communicate(timeout=120)
            may_go_on.set()
    wrote = written(folder, started) | written(ROOT, started)
    own_files = [path for path in wrote if path.startswith(str(folder)) and "plugins" not in path]
    return Ended(
        running.returncode,
        running.args,
        {**wrote, "stdout": printed, "stderr": complained},
        [path for path in own_files if stat.S_IMODE(os.stat(path).st_mode) & 0o077],
    )


def written(top: Path, since: float) -> dict[str, bytes]:
    """Give every file that was written after this moment."""
    found = {}
    for folder, names, files in os.walk(top):
        names[:] = [name for name in names if name not in (".git", ".tox", ".venv")]
        for path in (Path(folder, file) for file in files):
            with suppress(FileNotFoundError):  # what another run, at the same time, has cleared away
                if path.stat().st_mtime >= since - 1:
                    found[str(path)] = path.read_bytes()
    return found


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Ended]:
    """Give how a case ended; each is run once."""
    known: dict[str, Ended] = {}

    def of(name: str) -> Ended:
        if name not in known:
            known[name] = run_suite(tmp_path_factory.mktemp(name), {**CASES, **WITH_VALUES}[name])
        return known[name]

    return of


@pytest.mark.parametrize("case", [*CASES, *WITH_VALUES])
def test_a_run_ends_as_it_should(ended, case):
    assert ended(case).status == {**CASES, **WITH_VALUES}[case].status, ended(case).printed[-3000:]


@pytest.mark.parametrize("case", [*CASES, *WITH_VALUES])
def test_no_secret_is_printed_or_written(ended, case):
    assert ended(case).holding(secrets()) == {}


@pytest.mark.parametrize("case", [*CASES, *WITH_VALUES])
def test_no_wrong_credential_is_printed_or_written(ended, case):
    assert ended(case).holding(secrets(MADE_UP)) == {}


@pytest.mark.parametrize("case", ["red", "values-shown"])
def test_a_wrong_credential_that_comes_back_is_named_after_the_right_one(ended, case):
    assert len(MADE_UP) >= len(("token", "address", "key"))
    assert "text/html; note=$WRONG_CLOUDFLARE_API_TOKEN" in ended(case).actual


@pytest.mark.parametrize("case", CASES)
def test_nothing_private_is_printed_or_written(ended, case):
    assert ended(case).holding(canaries()) == {}


@pytest.mark.parametrize("case", [*CASES, *WITH_VALUES])
def test_no_secret_is_among_the_arguments_of_the_process(ended, case):
    arguments = " ".join(ended(case).arguments)

    assert not [secret for secret in ENVIRONMENT.values() if secret in arguments]


@pytest.mark.parametrize("case", [*CASES, *WITH_VALUES])
def test_whatever_is_written_can_be_read_by_its_owner_only(ended, case):
    assert ended(case).open_files == []


@pytest.mark.parametrize("case", [*CASES, *WITH_VALUES])
def test_every_form_of_the_record_and_a_log_are_there_to_be_searched(ended, case):
    names = {Path(where).name for where in ended(case).texts}

    assert {*FORMS, *FURTHER, "log.txt"} <= names


@pytest.mark.parametrize("case", ["red", "values-shown"])
def test_a_recording_of_the_run_is_there_to_be_searched(ended, case):
    (recorded,) = [text for where, text in ended(case).texts.items() if where.endswith("/recorded.jsonl")]

    assert b'"body"' in recorded


def test_what_would_write_down_every_exception_is_refused(tmp_path):
    case = Case(4, (f"--debug={tmp_path / 'debug.log'}",), IN_A_CHECK)

    refused = run_suite(tmp_path, case)

    assert "--debug goes with the emulator only" in refused.printed
    assert refused.status == 4
    assert refused.holding(secrets() | canaries()) == {}


def test_the_search_finds_private_values_where_they_are_shown(ended):
    # The server makes its values while it runs.
    shown = ended("values-shown")
    mail, number = mail_of_a_job(), CANARIES[PRIVATE_NUMBER]

    found = shown.holding({mail, number})

    assert [where for where in found[mail] if "/allure/" in where]
    assert [where for where in found[number] if "/allure/" in where]


def test_the_search_finds_a_secret_that_is_planted():
    text = b64encode(f"{EMAIL}:{KEY}".encode()) + quote(EMAIL).encode()

    planted = Ended(0, [], {"here": b"...", "there": text}, [])

    assert {tuple(places) for places in planted.holding(secrets()).values()} == {("there",)}


def test_an_engineer_sees_the_unknown_value_and_that_others_are_pseudonyms(ended):
    actual = ended("red").actual

    assert f'"{UNKNOWN_STATUS}"' in actual
    assert [text for text in actual if text.endswith('" (pseudonym)')]


def test_no_pseudonym_stands_where_values_are_shown(ended):
    assert not [text for text in ended("values-shown").actual if "(pseudonym)" in text]


@pytest.mark.parametrize("case", ["red", "values-shown"])
def test_a_secret_that_comes_back_is_named_by_its_variable(ended, case):
    assert '"$CLOUDFLARE_API_TOKEN"' in ended(case).actual


def test_an_answer_that_is_no_json_is_seen_to_have_tags(ended):
    attached = [text for where, text in ended("red").texts.items() if "/allure/" in where]

    assert [text for text in attached if b"not read as JSON" in text and text.count(b"</") > 2]


@pytest.mark.parametrize("case", ["red", "values-shown"])
def test_the_record_says_whether_values_are_shown_but_never_the_account(ended, case):
    report = ended(case).report

    assert report["shows_values"] is (case == "values-shown")
    assert re.fullmatch("[a-z0-9]{32}", report["target"]["account"])
    assert report["target"]["account"] != ENVIRONMENT["CLOUDFLARE_ACCOUNT_ID"]


def test_runs_under_one_key_record_the_same_account(ended):
    accounts = {ended(case).report["target"]["account"] for case in ("red", "refused", "hung-up-on")}

    assert len(accounts) == 1


@pytest.mark.parametrize("case", ["crash-in-a-check", "crash-in-the-client"])
def test_a_crash_is_told_by_its_lines_of_code(ended, case):
    printed = ended(case).printed

    assert "planted.py" in printed
    assert re.search(r"(ValueError|RuntimeError): \(its message is not shown", printed)


def test_the_message_of_a_crash_is_shown_where_values_are(ended):
    assert "ValueError: cannot read" in ended("values-shown-and-crash-in-a-check").printed
