"""The path of the operation, filled with texts and read back."""

import pytest
from samples import Edited

from contracts.contract import Contract
from contracts.fragment import Fragment
from contracts.paths import filled, texts_in

TEMPLATE = "/shelves/{shelf_id}/books".split("/")


def test_the_example_stands_for_a_parameter_without_a_text(shelf: Contract) -> None:
    assert filled(shelf.fragment, {}) == "/shelves/shelf-01/books"
    assert filled(shelf.fragment, {"shelf_id": "$SHELF"}) == "/shelves/$SHELF/books"


@pytest.mark.parametrize(
    ("note", "path"),
    [
        pytest.param("example: a/b", "/shelves/a%2Fb/books", id="that has to be quoted"),
        pytest.param("examples: [first, second]", "/shelves/first/books", id="one of several"),
        pytest.param("description: none", "/shelves/shelf_id/books", id="none but the name"),
    ],
)
def test_an_example_is_what_the_fragment_has(note: str, path: str, edited: Edited) -> None:
    fragment = Fragment(edited(("example: shelf-01", note)))

    assert filled(fragment, {}) == path


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        pytest.param("/shelves/a%2Fb/books", {"shelf_id": "a/b"}, id="quoted"),
        pytest.param("/%73helves/a/books", {"shelf_id": "a"}, id="more quoted than it needs to be"),
        pytest.param("/shelves//books", {"shelf_id": ""}, id="empty"),
        pytest.param("/shelves/a/b/books", None, id="one segment too many"),
        pytest.param("/shelves/a/films", None, id="another path"),
    ],
)
def test_the_texts_of_a_path_are_read_back(path: str, texts: dict[str, str] | None) -> None:
    assert texts_in(path.split("/"), TEMPLATE) == texts
