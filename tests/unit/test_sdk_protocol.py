"""A driver that strays from its protocol: told in one sentence, never a crash of the gate."""

import json
import shlex
import sys
from pathlib import Path
from typing import Any

import perfect_sdk
import pytest
import samples
from hypothesis import given
from hypothesis import strategies as st

from contracts.__main__ import main
from contracts.errors import CouldNotTest
from contracts.exit_status import EXIT_COULD_NOT_TEST
from contracts.sdk import bench, declares, driving, protocol
from contracts.sdk.releases import InstalledRelease
from contracts.sdk.told import losses

README = protocol.DRIVERS / "README.md"
HELLO: dict[str, Any] = {
    "id": 1,
    "version": protocol.VERSION,
    "language": "odd",
    "runtime": "Odd 1",
    "sdk": {"package": "x", "version": "1"},
    "modes": ["default"],
    "clients": ["sync"],
    "methods": ["list"],
}
RAISED = {"class": "E", "classes": ["E"], "is_own": True, "status": None, "message": "", "problems": []}
SAYS = "import sys; sys.stdin.readline(); print({line!r}, flush=True); sys.stdin.readline()"


HELLO_THEN = "import sys; input(); print({hello!r}, flush=True); input(); {then}"


def without(name: str, answer: dict[str, Any] = HELLO) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != name}


def saying(line: str) -> str:
    """Write a driver that answers this line, and then waits."""
    return SAYS.format(line=line)


STRAYING = {
    "hello-without-clients": (saying(json.dumps(without("clients"))), "line 1", '"clients" is a required'),
    "hello-without-sdk": (saying(json.dumps(without("sdk"))), "line 1", '"sdk" is a required property'),
    "hello-of-other-types": (saying(json.dumps(HELLO | {"methods": "list"})), "line 1", "at methods"),
    "raised-without-classes": (
        HELLO_THEN.format(
            hello=json.dumps(HELLO),
            then='print(\'{"id": 2, "raised": {"class": "E"}}\', flush=True); input()',
        ),
        "line 2",
        'at raised: "classes" is a required property',
    ),
    "an-exit-midway": (
        HELLO_THEN.format(hello=json.dumps(HELLO), then="sys.exit('out of memory')"),
        "ended (out of memory)",
        "look into",
    ),
    "another-version": (
        saying(json.dumps(HELLO | {"version": 1})),
        "speaks version 1 of the protocol",
        f"use one that speaks version {protocol.VERSION}",
    ),
    "another-release": (
        saying(json.dumps(HELLO | {"sdk": {"package": "x", "version": "2"}})),
        "drives version 2 of the package",
        "name the version that it drives",
    ),
    "a-list": (saying("[1]"), "line 1", "is no JSON object ('[1]')"),
    "no-json": (saying("Starting..."), "line 1", "is no JSON ('Starting...')"),
    "an-empty-line": (saying(""), "line 1", "is no JSON ('')"),
    "deep": (saying("[" * 100_000), "line 1", "is no JSON"),
    "another-request": (saying(json.dumps(HELLO | {"id": 7})), "line 1", "has not the id of the request, 1"),
    "no-utf-8": (
        "import sys; sys.stdin.readline(); sys.stdout.buffer.write(b'\\xff\\n'); sys.stdout.flush(); input()",
        "line 1",
        "is no JSON",
    ),
    "nothing": ("", "ended", "it wrote nothing to standard error"),
    "an-exit": ("raise SystemExit('out of luck')", "ended (out of luck)", "look into"),
    "half-an-answer": ("print('{', end='')", "ended in the midst of line 1", "try it by itself"),
    "silence": ("input(); input()", "did not answer within", "try it by itself"),
    "an-endless-line": (
        "while True: print('x' * 9999, end='')",
        "line 1",
        "has more than 1 MiB",
    ),
    "endless-lines": ("while True: print('x' * 99)", "line 1", "is no JSON"),
}


@pytest.mark.parametrize("name", STRAYING)
def test_a_driver_that_strays_could_not_be_tested_and_one_sentence_says_what_to_do(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    program, what, then = STRAYING[name]
    file = tmp_path / "driver.py"
    file.write_text(program)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(driving, "LONGEST_LINE_BYTES", 2**20)
    if name == "silence":
        monkeypatch.setattr(driving, "LONGEST_ANSWER_S", 0.2)
    command = shlex.join([sys.executable, "-I", str(file)])

    status = main(["sdk", "odd:x@1", "--driver", f"odd={command}", "--reports", str(tmp_path / "reports")])

    told = capfd.readouterr().err
    (release,) = json.loads((tmp_path / "reports" / "sdk.json").read_text())["releases"]
    assert status == EXIT_COULD_NOT_TEST
    assert "Traceback" not in told
    assert told.splitlines()[-1] == f"contract: could not test: {release['ended_early']}"
    cache = tmp_path / "cache"
    logs = [f"$XDG_CACHE_HOME/{path.relative_to(cache)}" for path in cache.rglob("*.log")]
    assert len(logs) == (then == "look into")
    assert all(f"look into {log}" in release["ended_early"] for log in logs)
    assert "odd:x@1" in release["ended_early"]
    assert what in release["ended_early"]
    assert then in release["ended_early"]


@pytest.mark.parametrize(
    ("word", "answer"),
    [
        ("call", {}),
        ("call", {"raised": without("classes", RAISED)}),
        ("call", {"raised": "E"}),
        ("call", {"raised": RAISED | {"problems": [{"place": [0]}]}}),
        ("call", {"returned": []}),
        ("call", {"returned": {}}),
        ("call", {"returned": {"string": "x", "null": True}}),
        ("call", {"returned": {"integer": 12}}),
        ("call", {"returned": {"date-time": "2026-11-24 09:30"}}),
        ("call", {"returned": {"object": {"a": 1}}}),
        ("call", {"identities": [{"a": 1}]}),
        ("call", {"identities": "x"}),
        ("call", {"unsupported": []}),
        ("describe", {}),
        ("describe", {"not_described": ""}),
        ("describe", {"call": "x", "expresses": [], "parameters": [], "answer": {"kind": "text"}}),
        ("describe", {"call": "x", "expresses": [], "parameters": [], "answer": {"kind": "union"}}),
    ],
)
def test_an_answer_of_another_form_is_refused(word: str, answer: dict[str, Any], tmp_path: Path) -> None:
    line = json.dumps({"id": 1, **answer})
    command = (sys.executable, "-I", "-c", saying(line))
    release = InstalledRelease("odd:x@1", "odd", "x", "1", tmp_path, Path(sys.executable), command)

    def ask() -> None:
        with driving.Driver(release) as driver:
            driver.ask({"do": word})

    with pytest.raises(
        CouldNotTest, match=r"^could not test: line 1 of the driver of odd:x@1 is not in the protocol"
    ):
        ask()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            {"id": 1},
            "has none of the members returned, identities, raised, unsupported, of which it has to have one",
        ),
        (
            {"id": 1, "returned": {"string": "x", "null": True}},
            "at returned: it has several of the members of which it has to have one",
        ),
    ],
)
def test_whoever_writes_a_driver_need_not_know_json_schema(answer: dict[str, Any], told: str) -> None:
    assert protocol.trouble("call", answer).endswith(told)


def test_a_program_that_cannot_be_started_could_not_be_tested(tmp_path: Path) -> None:
    broken = tmp_path / "driver"
    broken.write_bytes(b"\x7fELF")
    broken.chmod(0o700)
    release = InstalledRelease("odd:x@1", "odd", "x", "1", tmp_path, broken, (str(broken),))

    with pytest.raises(CouldNotTest, match="the driver of odd:x@1 cannot be started"):
        driving.Driver(release).__enter__()
    assert list(tmp_path.iterdir()) == [broken]


def test_the_log_of_a_driver_that_failed_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    for words in ("first", "last"):
        command = (sys.executable, "-I", "-c", f"raise SystemExit({words!r})")
        release = InstalledRelease("odd:x@1", "odd", "x", "1", tmp_path, Path(sys.executable), command)
        with driving.Driver(release) as driver, pytest.raises(CouldNotTest):
            driver.ask({"do": "call"})

    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("driver.log", "last\n")]


def test_what_a_driver_wrote_before_it_was_asked_is_told_though_it_has_ended(tmp_path: Path) -> None:
    command = (sys.executable, "-I", "-c", "print('{', end='')")
    release = InstalledRelease("odd:x@1", "odd", "x", "1", tmp_path, Path(sys.executable), command)

    with driving.Driver(release) as driver:
        driver._process.wait()
        with pytest.raises(CouldNotTest, match="ended in the midst of line 1"):
            driver.ask({"do": "call"})


def test_a_folder_that_is_gone_could_not_be_tested(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    release = InstalledRelease("odd:x@1", "odd", "x", "1", gone, Path(sys.executable), (sys.executable,))

    with pytest.raises(CouldNotTest, match=r"gone cannot hold the log of a driver"):
        driving.Driver(release).__enter__()


@pytest.fixture
def examples() -> list[dict[str, Any]]:
    lines = README.read_text().replace("\n ", " ").splitlines()
    return [json.loads(line) for line in lines if line.startswith('{"id": ') and '"do": ' not in line]


def test_the_examples_of_the_readme_are_in_the_protocol(examples: list[dict[str, Any]]) -> None:
    words = ["hello", "hello", "call", "describe", "describe"]

    assert [protocol.trouble(word, answer) for word, answer in zip(words, examples, strict=True)] == [""] * 5


def test_the_type_of_the_readme_is_found_to_lack_what_it_lacks(examples: list[dict[str, Any]]) -> None:
    _, findings = declares.judged(examples[3], samples.contract("jobs"))

    assert "declares:200.result[].status:lacks-SKIPPED" in {finding.id for finding in findings}
    assert not [finding.id for finding in findings if finding.id.startswith("declares:query.page:")]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda below: st.lists(below, max_size=2) | st.dictionaries(st.text(max_size=3), below, max_size=2),
    max_leaves=4,
)
NOTHING = object()


def places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Give the way to every place in a document below its root."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way for step, below in steps for way in ((*here, step), *places(below, (*here, step)))]


@st.composite
def spoiled(draw: st.DrawFn, answer: dict[str, Any]) -> dict[str, Any]:
    """Give an answer that has something else, or nothing, at one place."""
    copy: dict[str, Any] = json.loads(json.dumps(answer))
    *way, last = draw(st.sampled_from(places(copy)))
    owner: Any = copy
    for step in way:
        owner = owner[step]
    value = draw(st.just(NOTHING) | st.sampled_from(["null", "union", 7, True]) | JSON)
    if value is NOTHING:
        del owner[last]
    else:
        owner[last] = value
    return copy


CONTRACT = samples.contract("shelf")
DESCRIBED = {"id": 1, **perfect_sdk.perfect(CONTRACT)}
BODY = {"a": [1, 1.5, None, True, "x", "2026-11-24T09:30:00Z"], "b": {"c": "d"}}
TOLD = {
    "object": {
        "a": {
            "array": [
                {"integer": "1"},
                {"number": "1.5"},
                {"null": True},
                {"boolean": True},
                {"string": "x"},
                {"date-time": "2026-11-24T09:30:00+00:00"},
            ]
        },
        "b": {"object": {"c": {"other": "d", "class": "D"}}, "class": ""},
    },
    "class": "Page",
}
PROBLEM = {"place": ["a", "0"], "is_missing": True, "message": "m"}


@given(spoiled(DESCRIBED))
def test_whatever_a_driver_describes_is_either_judged_or_out_of_the_protocol(answer: dict[str, Any]) -> None:
    if not protocol.trouble("describe", answer):
        declares.judged(answer, CONTRACT)


@given(spoiled({"id": 1, "returned": TOLD}))
def test_whatever_a_driver_returns_is_either_judged_or_out_of_the_protocol(answer: dict[str, Any]) -> None:
    if not protocol.trouble("call", answer):
        list(losses(BODY, answer.get("returned")))


@given(spoiled({"id": 1, "raised": RAISED | {"problems": [PROBLEM]}}))
def test_whatever_a_driver_raises_is_either_read_or_out_of_the_protocol(answer: dict[str, Any]) -> None:
    if not protocol.trouble("call", answer):
        bench._raised(answer.get("raised"))
