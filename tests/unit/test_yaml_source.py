"""Strict YAML: lines remembered, surprises refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import FragmentError
from contracts.yaml_source import YamlSource, escape, unescape


def source(tmp_path: Path, text: str | bytes) -> YamlSource:
    path = tmp_path / "some.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return YamlSource(path, "some.yaml")


def test_plain_json_data_is_read_as_it_stands(tmp_path: Path) -> None:
    text = 'a: [1, -2, 0, 1.5, true, false, null]\nb: {"yes": "2026-11-01", c: plain words}\nd: "012"\n'

    data = source(tmp_path, text).data

    assert data == {
        "a": [1, -2, 0, 1.5, True, False, None],
        "b": {"yes": "2026-11-01", "c": "plain words"},
        "d": "012",
    }


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        pytest.param("", 1, id="the document"),
        pytest.param("/a", 1, id="a member"),
        pytest.param("/b/0", 3, id="an item"),
        pytest.param("/b/1/c~1d", 5, id="a name with a slash"),
        pytest.param("/b/1/c~1d/none", 5, id="what is missing stands where its parent does"),
        pytest.param("/nothing/at/all", 1, id="nothing stands where the document does"),
    ],
)
def test_every_place_has_the_line_on_which_it_stands(tmp_path: Path, pointer: str, line: int) -> None:
    text = "a: 1\nb:\n  - x\n  -\n    c/d: 1\n"

    found = source(tmp_path, text).line(pointer)

    assert found == line


SURPRISES = {
    "date": "2026-11-01",
    "time stamp": "2026-11-01T10:00:00Z",
    "yes": "yes",
    "off": "off",
    "True": "True",
    "octal": "012",
    "hexadecimal": "0x1F",
    "binary": "0b11",
    "underscores": "1_000",
    "sexagesimal": "12:30:45",
    "sexagesimal with a fraction": "1:30.5",
    "plus": "+5",
    "infinity": ".inf",
    "not a number": ".nan",
    "bare point": "1.",
    "tilde": "~",
    "nothing": "",
    "NULL": "NULL",
    "own tag": "!mine 5",
    "bytes": "!!binary aGk=",
}


@pytest.mark.parametrize("scalar", SURPRISES.values(), ids=SURPRISES)
def test_a_scalar_that_yaml_turns_into_something_else_is_refused(tmp_path: Path, scalar: str) -> None:
    with pytest.raises(FragmentError) as refusal:
        source(tmp_path, f"first: 1\nsecond: {scalar}\n")

    assert (refusal.value.file, refusal.value.line) == ("some.yaml", 2)
    assert refusal.value.problem.startswith("YAML reads ")
    assert refusal.value.advice == "put it in quotes, or write it as JSON does"


def test_a_number_that_yaml_leaves_a_string_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FragmentError) as refusal:
        source(tmp_path, "first: 1\nsecond: 1e3\n")

    assert refusal.value.line == 2


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        pytest.param('a: 1\nb: 2\n"a": 3\n', 3, 'the key "a" stands twice', id="duplicate key"),
        pytest.param("a: {b: 1,\n b: 1}\n", 2, 'the key "b" stands twice', id="duplicate key below"),
        pytest.param("a: 1\non: 2\n", 2, "the key on is not a string", id="key that is a boolean"),
        pytest.param("a: 1\n200: 2\n", 2, "the key 200 is not a string", id="key that is a number"),
        pytest.param("a: &x {c: 1}\nb: *x\n", 2, "an alias stands here", id="alias"),
        pytest.param("a: &x\n  b: *x\n", 2, "an alias stands here", id="alias of a parent"),
        pytest.param("a: &x {c: 1}\nb:\n  <<: *x\n", 3, "the key << is not a string", id="merge key"),
        pytest.param("a: 1\nb: [1\n", 3, "is not YAML: ", id="syntax"),
        pytest.param("a: 1\n---\nb: 1\n", 2, "is not YAML: ", id="two documents"),
        pytest.param("", 0, "is empty", id="empty"),
        pytest.param("# nothing\n", 0, "is empty", id="only a comment"),
        pytest.param(b"a: \xff\n", 0, "cannot be read (", id="not UTF-8"),
        pytest.param(b"a: \x07\n", 0, "is not YAML: ", id="control character"),
    ],
)
def test_what_is_a_trap_in_a_contract_is_refused_with_its_line(
    tmp_path: Path, text: str | bytes, line: int, problem: str
) -> None:
    with pytest.raises(FragmentError) as refusal:
        source(tmp_path, text)

    assert refusal.value.line == line
    assert refusal.value.problem.startswith(problem)
    assert refusal.value.advice


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FragmentError) as refusal:
        YamlSource(tmp_path / "none.yaml", "none.yaml")

    assert str(refusal.value).startswith("none.yaml: cannot be read (")


def test_a_refusal_says_file_line_problem_and_advice() -> None:
    refusal = FragmentError("some.yaml", 7, "it is wrong", "right it")

    assert str(refusal) == "some.yaml:7: it is wrong; right it"


@given(st.text())
def test_a_name_survives_a_reference_token(name: str) -> None:
    token = escape(name)

    assert unescape(token) == name
    assert "/" not in token
