"""What the Python driver tells of an SDK. The SDK is invented, and sends to the driver's own server."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import samples
import tiny_sdk
from tiny_sdk import Sdk

import contracts
from contracts.contract import Contract
from contracts.sdk.declares import judged, request_for

DRIVER = Path(contracts.__file__).parent / "sdk" / "drivers" / "python" / "describe.py"
ALL = ("books.remove", "books.shelf", "books.list")


@pytest.fixture(scope="module")
def driver() -> ModuleType:
    """The driver's part that answers `describe`, loaded as the driver does it: by its file."""
    spec = importlib.util.spec_from_file_location("describe", DRIVER)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def described(driver: ModuleType) -> dict[str, Any]:
    """What the driver tells of the tiny SDK."""
    fragment = samples.contract("shelf").fragment
    answer: dict[str, Any] = driver.describe(Sdk(*ALL), request_for(fragment))
    return answer


@pytest.fixture
def book(described: dict[str, Any]) -> dict[str, Any]:
    """The members of a book."""
    members: dict[str, Any] = described["answer"]["members"]["books"]["type"]["items"]["members"]
    return members


def alternatives(member: dict[str, Any]) -> Iterator[str]:
    """Yield the kinds of a union."""
    yield from (part["kind"] for part in member["type"]["of"])


def test_the_method_is_the_one_that_sends_the_operation(described: dict[str, Any]) -> None:
    assert described["call"] == "client.books.list"


@pytest.mark.parametrize("methods", [(), ("books.remove", "books.shelf")], ids=["none", "others only"])
def test_no_method_is_told_where_none_sends_the_operation(
    methods: tuple[str, ...], driver: ModuleType, shelf: Contract
) -> None:
    answer = driver.describe(Sdk(*methods), request_for(shelf.fragment))

    assert answer["call"] == ""


def test_parameters_are_arguments_that_cross_the_wire_under_the_names_that_they_have_there(
    described: dict[str, Any],
) -> None:
    found = {(entry["in"], entry["name"]): entry for entry in described["parameters"]}

    assert list(found) == [
        ("path", "shelf_id"),
        ("query", "genre"),
        ("query", "sheet"),
        ("query", "written_by"),
        ("query", "lent"),
    ]
    assert [entry["required"] for entry in found.values()] == [True, False, False, False, False]
    assert found["query", "written_by"]["argument"] == "author"


def test_a_parameter_that_has_to_be_given_is_told_as_required(driver: ModuleType, shelf: Contract) -> None:
    answer = driver.describe(Sdk("books.by"), request_for(shelf.fragment))

    assert answer["call"] == "client.books.by"
    assert {entry["name"]: entry["required"] for entry in answer["parameters"]} == {
        "shelf_id": True,
        "written_by": True,
        "sheet": False,
    }


def test_what_stands_for_an_argument_that_is_not_given_is_no_part_of_its_type(
    described: dict[str, Any],
) -> None:
    genre = next(entry for entry in described["parameters"] if entry["name"] == "genre")

    assert genre["type"] == {"kind": "literal", "values": ["NOVEL", "POETRY"], "text": "Genre"}


def test_members_have_the_names_that_they_have_in_json(book: dict[str, Any]) -> None:
    assert "book_id" in book
    assert "id" not in book
    assert book["book_id"]["type"] == {"kind": "uuid", "text": "UUID"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [("bought_at", "date-time"), ("weight", "number"), ("tags", "object"), ("genre", "literal")],
)
def test_a_type_is_told_in_the_words_of_the_protocol(name: str, kind: str, book: dict[str, Any]) -> None:
    assert book[name]["type"]["kind"] == kind


def test_an_optional_member_is_null_where_it_is_absent(book: dict[str, Any]) -> None:
    assert list(alternatives(book["printed"])) == ["date", "null"]
    assert (book["printed"]["required"], book["printed"]["absent"]) == (False, True)
    assert (book["weight"]["required"], book["weight"]["absent"]) == (False, False)
    assert (book["genre"]["required"], book["genre"]["absent"]) == (True, False)


def test_the_shapes_of_a_union_are_told_with_what_is_required_of_them(book: dict[str, Any]) -> None:
    paper, cloth = book["covers"]["type"]["items"]["of"]

    assert list(paper["members"]) == ["kind"]
    assert paper["members"]["kind"]["type"]["values"] == ["PAPER"]
    assert {name: told["required"] for name, told in cloth["members"].items()} == {
        "kind": True,
        "colour": False,
    }


def test_a_member_is_deprecated_where_its_text_or_its_field_says_so(book: dict[str, Any]) -> None:
    marked = [name for name, told in book.items() if told["deprecated"]]

    assert marked == ["title", "shelf_mark"]


def test_a_parameter_is_deprecated_where_the_text_of_its_argument_says_so(described: dict[str, Any]) -> None:
    marked = [entry["name"] for entry in described["parameters"] if entry["deprecated"]]

    assert marked == ["written_by"]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Deprecated, use the other.\n\nEnd of life: November 1, 2026.", True),
        ("Nonfunctional field. End of life: December 1, 2026.", True),
        ("The title.\n\n(deprecated)", True),
        ("This field is deprecated.", True),
        ("", False),
        ("Replaces the deprecated title.", False),
        ("At the end of the life of a book.", False),
    ],
)
def test_a_text_is_read_for_what_it_says_of_its_own_member(
    text: str, is_one: bool, driver: ModuleType
) -> None:
    assert driver.is_deprecated(text) is is_one


def test_a_dataclass_is_told_as_an_object(described: dict[str, Any]) -> None:
    info = described["answer"]["members"]["sheet_info"]["type"]["members"]

    assert {name: (told["required"], told["deprecated"]) for name, told in info.items()} == {
        "held": (True, False),
        "size": (True, False),
        "grand_total": (False, True),
    }


def test_a_type_that_contains_itself_is_told_once(book: dict[str, Any]) -> None:
    assert list(alternatives(book["next_book"])) == ["any", "null"]


def test_what_may_be_read_one_by_one_is_told_as_an_array(driver: ModuleType) -> None:
    told = driver.Types().tell(driver.returned(tiny_sdk.Books.titles))

    assert (told["kind"], told["items"]["kind"]) == ("array", "string")


def test_what_is_told_can_be_compared_with_the_contract(described: dict[str, Any], shelf: Contract) -> None:
    _, findings = judged(described, shelf)

    assert {finding.id.removeprefix("declares:") for finding in findings} >= {
        "query.written_by:adds",
        "query.sheet_size:lacks",
        "200.books[].binding:lacks",
        "200.books[].covers:adds-required",
        "200.books[].printed:adds",
        "200.sheet_info.size:fractional",
        "200.sheet_info.grand_total:past-its-end",
    }
