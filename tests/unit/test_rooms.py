"""Which rooms of the suite know of which others, and what two must not share: one bug would hide in both."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APART = ("reports", "emulator", "sdk")
READS_THE_FRAGMENT = ("clauses", "errors", "fragment", "location", "operation", "schema")
LOOKS_PLACES_UP = ("values", "values_in", "owned_values")
"""As the checks do, to judge what stands there."""


def imported(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield (file, module, name) for all that the files in a folder take from modules."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                yield from ((path.name, node.module, alias.name) for alias in node.names)


def imports(room: str) -> Iterator[tuple[str, str, str]]:
    """Yield the same for all that a room takes from the suite, whose own name is left out."""
    for file, module, name in imported(ROOT / "contracts" / room):
        if module == "contracts":
            yield file, name, name
        elif module.startswith("contracts."):
            yield file, module.removeprefix("contracts."), name


@pytest.mark.parametrize("room", APART)
def test_rooms_that_are_apart_do_not_import_each_other(room: str) -> None:
    found = list(imports(room))

    others = [other for other in APART if other != room]
    assert found
    assert [entry for entry in found if entry[1].split(".")[0] in others] == []


def test_the_emulator_shares_the_reading_of_the_fragment_with_the_checks_and_nothing_that_judges() -> None:
    found = [entry for entry in imports("emulator") if entry[1].split(".")[0] != "emulator"]

    assert found
    assert [entry for entry in found if entry[1].split(".")[0] not in READS_THE_FRAGMENT] == []
    assert [entry for entry in found if entry[2] in LOOKS_PLACES_UP] == []


def test_what_tests_share_stands_in_no_test() -> None:
    found = [entry for entry in imported(ROOT / "tests") if entry[1].startswith("test_")]

    assert found == []
