"""What the gate must never do: end with 0 where nothing was judged, or hand our credentials to an SDK."""

import configparser
import fnmatch
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from contracts import __main__ as commands
from contracts.errors import CouldNotTest, UsageError
from contracts.fragment import default_fragment
from contracts.sdk import command, driving, installers, protocol, terminal
from contracts.sdk.findings import Finding, Severity
from contracts.sdk.gate import Judgement
from contracts.sdk.releases import InstalledRelease, Language, parse
from contracts.signals import ended_by_sigterm

ROOT = Path(__file__).resolve().parents[2]


def test_a_driver_that_is_dead_before_it_is_asked_could_not_be_tested(tmp_path, monkeypatch):
    ends_at_once = tmp_path / "driver.py"
    ends_at_once.write_text("")
    monkeypatch.setitem(driving._FILES, Language.PYTHON, (("-I",), ends_at_once))
    release = InstalledRelease("python:x==1", Language.PYTHON, "x", "1", tmp_path, Path(sys.executable))

    def ask():
        with driving.Driver(release) as driver:
            driver._process.wait()
            driver.ask({"do": "hello"})

    with pytest.raises(CouldNotTest):
        ask()


@pytest.fixture
def driver_of(tmp_path, monkeypatch):
    """Give a driver that is this program, started and ready to be asked."""

    def give(program):
        file = tmp_path / "driver.py"
        file.write_text(program)
        monkeypatch.setitem(driving._FILES, Language.PYTHON, (("-I",), file))
        release = InstalledRelease("python:x==1", Language.PYTHON, "x", "1", tmp_path, Path(sys.executable))
        return driving.Driver(release)

    return give


def test_of_a_driver_that_fails_the_error_is_told_whole_and_not_the_end_of_its_log(driver_of):
    words = " ".join(["many words"] * 100)

    with driver_of(f"raise ValueError({words!r})") as driver, pytest.raises(CouldNotTest) as raised:
        driver.hello(default_fragment())

    assert raised.value.problem == f"the driver of python:x==1 ended (ValueError: {words})"


def test_where_a_driver_failed_is_told_without_the_home_of_whoever_runs_the_gate(
    driver_of, tmp_path, monkeypatch
):
    monkeypatch.setenv("HOME", str(tmp_path.parent))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)

    with driver_of(f"raise ValueError('no {tmp_path}/x')") as driver, pytest.raises(CouldNotTest) as raised:
        driver.hello(default_fragment())

    name = f"~/{tmp_path.name}"
    assert raised.value.problem == f"the driver of python:x==1 ended (ValueError: no {name}/x)"
    assert raised.value.advice == f"look into {name}/driver.log"


def test_a_package_without_a_client_could_not_be_tested_and_it_is_said_why(driver_of):
    about = {"version": protocol.VERSION, "language": "python", "runtime": "CPython"}
    answer = {"id": 1, **about, "no_client": "it has none"}
    program = f"input(); print({json.dumps(answer)!r}, flush=True); input()"

    with driver_of(program) as driver, pytest.raises(CouldNotTest) as raised:
        driver.hello(default_fragment())

    assert raised.value.problem == "python:x==1 is no SDK of this API: it has none"


def test_no_credential_reaches_what_installs_an_sdk(monkeypatch):
    fragment = default_fragment()
    secrets = [fragment.tenant.env, *(scheme.env for scheme in fragment.schemes.values()), "ANY_OTHER_TOKEN"]
    for name in secrets:
        monkeypatch.setenv(name, "canary")
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example")

    settings = installers._settings()

    assert "canary" not in settings.values()
    assert settings["PIP_INDEX_URL"] == "https://index.example"
    assert settings["PATH"] == os.environ["PATH"]


def test_tox_lets_through_whatever_an_installer_needs():
    tox = configparser.ConfigParser()
    tox.read(ROOT / "tox.ini")

    passed = tox["testenv:sdk"]["pass_env"].split()

    # Those without which nothing runs tox hands on unasked.
    unasked = {"PATH", "LANG", "TMPDIR"}
    needed = {name.upper() for name in installers._NEEDED} | {f"{one}X" for one in installers._NEEDED_OF}
    assert {
        name for name in needed - unasked if not any(fnmatch.fnmatch(name, one) for one in passed)
    } == set()


@pytest.mark.parametrize(
    ("name", "is_unbuffered", "status"),
    [("clauses", True, 0), ("clauses", False, 0), ("compare", True, 7), ("compare", False, 1)],
)
def test_a_reader_that_goes_away_never_makes_a_verdict_good(tmp_path, name, is_unbuffered, status):
    old = ROOT / "tests" / "unit" / "vectors" / "compliance-1.json"
    new = tmp_path / "new.json"
    report = json.loads(old.read_text())
    report["clauses"] = []
    for counts in (report["verdicts"], *report["families"].values()):
        counts.update(dict.fromkeys(counts, 0))
    new.write_text(json.dumps(report))
    arguments = [name] if name == "clauses" else [name, str(old), str(new)]
    # The reading end is closed before anything is written.
    reading, writing = os.pipe()
    os.close(reading)

    ended = subprocess.run(
        [sys.executable, *(["-u"] if is_unbuffered else []), "-m", "contracts", *arguments],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
        stdout=writing,
        stderr=subprocess.PIPE,
    )
    os.close(writing)

    assert ended.returncode == status, ended.stderr
    assert b"Traceback" not in ended.stderr


def test_a_release_that_cannot_be_named_leaves_a_record_all_the_same(tmp_path, monkeypatch):
    def refuse(self, specs):
        raise UsageError("the registry has no such release", "name another")

    monkeypatch.setattr(command.Gate, "install", refuse)
    (tmp_path / "sdk.json").write_text('{"of": "an earlier run"}')
    parsed = commands._parser().parse_args(["sdk", "python:x==1", "--reports", str(tmp_path)])

    with pytest.raises(UsageError):
        command.run(parsed, default_fragment())

    assert "no such release" in json.loads((tmp_path / "sdk.json").read_text())["ended_early"]


def test_a_second_ctrl_c_does_not_keep_the_gate_from_telling_what_it_found(tmp_path, monkeypatch, capsys):
    def judge(*_):
        raise KeyboardInterrupt

    def write(*arguments):
        signal.raise_signal(signal.SIGINT)
        return written(*arguments)

    written = command.write
    monkeypatch.setattr(command.Gate, "install", lambda *_: [None])
    monkeypatch.setattr(command.Gate, "judge", judge)
    monkeypatch.setattr(command, "write", write)
    # A shell that starts the tests in the background lets them ignore it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        status = commands.main(["sdk", "python:x==1", "--reports", str(tmp_path)])
    finally:
        signal.signal(signal.SIGINT, before)

    assert status == 7
    assert json.loads((tmp_path / "sdk.json").read_text())["ended_early"].startswith("interrupted")
    assert "interrupted; run again to judge the rest" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["python:x"], "is neither a release with its version nor a file"),
        (["go:x@1"], "there is no driver of go"),
        (["python:x==1", "--driver", "go=./none"], "is no program that can be run"),
        (["python:x==1", "--driver", f"go={sys.executable}"], "no release is of go, whose driver is given"),
        (["python:x==1", "--against", "python:x==1"], "would be compared with itself"),
        (["python:x==1", "--baseline", "none.yaml"], "none.yaml"),
    ],
)
def test_a_run_that_could_not_begin_leaves_no_record_of_an_earlier_one(arguments, why, tmp_path, capsys):
    (tmp_path / "sdk.json").write_text('{"of": "an earlier run"}')

    status = commands.main(["sdk", *arguments, "--reports", str(tmp_path)])

    written = json.loads((tmp_path / "sdk.json").read_text())
    assert status == 4
    assert why in written["ended_early"]
    assert capsys.readouterr().err == f"python -m contracts: {written['ended_early']}\n"
    assert written["releases"] == []


def test_a_gate_that_fails_itself_leaves_no_record_of_an_earlier_run(tmp_path, monkeypatch):
    (tmp_path / "sdk.json").write_text('{"of": "an earlier run"}')
    monkeypatch.setattr(command.Gate, "install", lambda self, specs: 1 / 0)

    status = commands.main(["sdk", "python:x==1", "--reports", str(tmp_path)])

    assert status == 7
    assert json.loads((tmp_path / "sdk.json").read_text())["ended_early"] == "the gate itself failed"


@pytest.mark.parametrize(("is_grave", "status"), [(False, 7), (True, 1)])
def test_what_was_found_is_printed_though_the_record_cannot_be_written(
    is_grave, status, tmp_path, monkeypatch, capsys
):
    def judge(self, releases, reference):
        grave = Finding("sends:x", "sends", Severity.BREAKS, "x is not sent")
        self.judgements.append(Judgement(releases[0], findings=[grave] if is_grave else []))

    release = InstalledRelease("python:x==1", "python", "x", "1", tmp_path, Path(sys.executable))
    monkeypatch.setattr(command.Gate, "install", lambda self, specs: [release])
    monkeypatch.setattr(command.Gate, "judge", judge)
    # What has this name already cannot be replaced by a file.
    (tmp_path / "sdk.json" / "folder").mkdir(parents=True)

    ended = commands.main(["sdk", "python:x==1", "--reports", str(tmp_path)])

    told = capsys.readouterr()
    assert ended == status
    assert "python:x==1" in told.out
    assert told.out.endswith("; there is no record\n")
    assert told.err == (
        f"contract: could not test: the record could not be written to {tmp_path} (Is a directory); "
        "make room, and run again\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["sdk.json"]


def test_text_that_a_terminal_cannot_show_is_written_in_another_way(tmp_path, monkeypatch, capsys):
    def judge(self, releases, reference):
        odd = Finding("sends:x", "sends", Severity.MISLEADS, "\ud800 is not sent")
        self.judgements.append(Judgement(releases[0], findings=[odd]))

    release = InstalledRelease("python:x==1", "python", "x", "1", tmp_path, Path(sys.executable))
    monkeypatch.setattr(command.Gate, "install", lambda self, specs: [release])
    monkeypatch.setattr(command.Gate, "judge", judge)

    assert commands.main(["sdk", "python:x==1", "--reports", str(tmp_path)]) == 0
    assert r"misleads: \ud800 is not sent" in capsys.readouterr().out


def test_what_is_new_or_gone_is_not_said_to_have_been_nothing():
    change = {"kind": "new", "severity": None, "sentence": "s", "was": "", "is_now": "a type"}
    report = {"releases": [{"name": "a", "is_reference": True}]}

    told = list(terminal.changed(report, {"release": "b", "changes": [change]}))

    assert told == ["from a to b:", "  new: s", "      now: a type", ""]


def test_what_releases_do_differently_is_told_of_each():
    shared = {"severity": "misleads", "id": "i", "sentence": "s", "expected": "e", "is_waived": False}
    told = [shared | {"release": "a", "actual": "x"}, shared | {"release": "b", "actual": "y"}]

    assert list(terminal._finding(told))[2:-1] == [
        "  id        i",
        "  expected  e",
        "  actual    x (a)",
        "  actual    y (b)",
    ]


def test_what_is_said_of_releases_in_other_words_is_told_of_each():
    shared = {"severity": "misleads", "id": "i", "expected": "", "actual": "", "is_waived": False}
    told = [shared | {"release": "a", "sentence": "x"}, shared | {"release": "b", "sentence": "y"}]

    assert list(terminal._finding(told))[:2] == ["misleads: x (a)", "misleads: y (b)"]


def test_a_path_that_is_no_package_is_not_laid_to_the_registry(tmp_path):
    refuse = [sys.executable, "-c", "import sys; sys.exit('not installable')"]

    with pytest.raises(CouldNotTest) as raised:
        installers._run(refuse, parse(f"python:{tmp_path}"), tmp_path, lock=1)

    assert str(raised.value) == (
        f"could not test: python:{tmp_path} could not be installed (not installable); "
        f"look whether {tmp_path} is a package"
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_terminal_that_is_closed_ends_a_run_as_ctrl_c_does(number):
    with pytest.raises(KeyboardInterrupt), ended_by_sigterm():
        os.kill(os.getpid(), number)


def test_the_hang_up_that_was_to_be_ignored_still_is():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ended_by_sigterm():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
