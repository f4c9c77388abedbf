"""Parameters: what must be accepted, what must be refused, what is left to the server."""

import pytest
import samples
from hypothesis import given
from hypothesis import strategies as st
from samples import Edited

from contracts.contract import Contract
from contracts.errors import FragmentError
from contracts.fragment import Fragment
from contracts.operation import Parameter
from contracts.parameters import Assessment, Standing, assess, boundaries, default, invalid_texts, is_counted

ALLOWED, OPEN = Assessment(Standing.ALLOWED), Assessment(Standing.OPEN)


def forbidden(keyword: str) -> Assessment:
    return Assessment(Standing.FORBIDDEN, keyword)


def parameter(name: str, of: str = "shelf") -> Parameter:
    return samples.contract(of).fragment.parameter(name)


@pytest.mark.parametrize(
    ("name", "texts", "expected"),
    [
        pytest.param("genre", [], ALLOWED, id="left out"),
        pytest.param("genre", ["POETRY"], ALLOWED, id="value of the enum"),
        pytest.param("genre", ["poetry"], forbidden("enum"), id="wrong case"),
        pytest.param("genre", ["OPERA"], forbidden("enum"), id="value that is not in the enum"),
        pytest.param("genre", [" POETRY"], forbidden("enum"), id="value with a space"),
        pytest.param("genre", [""], OPEN, id="empty"),
        pytest.param("genre", ["NOVEL", "POETRY"], OPEN, id="repeated"),
        pytest.param("sheet_size", ["1"], ALLOWED, id="least"),
        pytest.param("sheet_size", ["5"], ALLOWED, id="greatest"),
        pytest.param("sheet_size", ["0"], forbidden("minimum"), id="below"),
        pytest.param("sheet_size", ["-3"], forbidden("minimum"), id="negative"),
        pytest.param("sheet_size", ["6"], forbidden("maximum"), id="above"),
        pytest.param("sheet_size", ["two"], forbidden("type"), id="word"),
        pytest.param("sheet_size", ["1.5"], forbidden("type"), id="fraction"),
        pytest.param("sheet_size", ["0x2"], forbidden("type"), id="hexadecimal"),
        pytest.param("sheet_size", ["nan"], forbidden("type"), id="not a number"),
        pytest.param("sheet_size", ["infinity"], forbidden("type"), id="infinity"),
        pytest.param("sheet_size", ["2.0"], OPEN, id="whole with a fraction"),
        pytest.param("sheet_size", ["+2"], OPEN, id="plus"),
        pytest.param("sheet_size", ["02"], OPEN, id="leading zero"),
        pytest.param("sheet_size", [" 2"], OPEN, id="space"),
        pytest.param("sheet_size", ["2e0"], OPEN, id="exponent"),
        pytest.param("sheet_size", ["-3.0"], OPEN, id="too small, or no integer"),
        pytest.param("sheet_size", ["-0"], OPEN, id="minus zero"),
        pytest.param("sheet_size", ["6e0"], OPEN, id="too large, or no integer"),
        pytest.param("sheet_size", ["٢"], OPEN, id="digit of another script"),
        pytest.param("sheet_size", [""], OPEN, id="empty number"),
        pytest.param("sheet_size", ["2", "2"], OPEN, id="repeated number"),
        pytest.param("shelf_id", ["12345678"], ALLOWED, id="longest"),
        pytest.param("shelf_id", ["123456789"], forbidden("maxLength"), id="too long"),
        pytest.param("shelf_id", [], OPEN, id="required and left out"),
    ],
)
def test_the_contract_stands_to_texts_as_it_says(name: str, texts: list[str], expected: Assessment) -> None:
    assert assess(parameter(name), texts) == expected


@given(number=st.integers(min_value=1))
def test_every_page_number_is_an_integer_however_large(number: int) -> None:
    standing = assess(parameter("page", "jobs"), [str(number)]).standing

    assert standing is not Standing.FORBIDDEN


@pytest.mark.parametrize("text", ["1" + "0" * 400, "9" * 400], ids=["ten to the 400", "400 nines"])
def test_a_page_number_beyond_a_float_is_not_forbidden(text: str) -> None:
    standing = assess(parameter("page", "jobs"), [text]).standing

    assert standing is not Standing.FORBIDDEN


@given(text=st.text())
def test_any_text_at_all_is_assessed(text: str) -> None:
    for name in ("genre", "sheet_size", "shelf_id"):
        assessment = assess(parameter(name), [text])

        assert bool(assessment.keyword) == (assessment.standing is Standing.FORBIDDEN)


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        pytest.param("{type: string, format: date-time, x-source: docs}", "yesterday", id="format"),
        pytest.param("{type: string, pattern: '^[0-9]+$', x-source: docs}", "x", id="pattern"),
        pytest.param("{type: string, minLength: 3, x-source: docs}", "x", id="minLength"),
        pytest.param("{type: boolean, x-source: docs}", "maybe", id="boolean"),
        pytest.param("{type: number, maximum: 3, x-source: docs}", "4", id="number"),
    ],
)
def test_a_text_that_breaks_a_keyword_of_its_parameter_is_not_called_allowed(
    edited: Edited, schema: str, text: str
) -> None:
    standing = standing_in_a_copy(edited, schema, text)

    assert standing is not Standing.ALLOWED


def test_a_text_of_an_integer_enum_is_not_called_forbidden(edited: Edited) -> None:
    standing = standing_in_a_copy(edited, "{type: integer, enum: [1, 2], x-source: docs}", "2")

    assert standing is not Standing.FORBIDDEN


def standing_in_a_copy(edited: Edited, schema: str, text: str) -> Standing | None:
    """Assess a text for a parameter of another schema; None where such a schema is refused on load."""
    path = edited(("{type: integer, minimum: 1, default: 1, x-source: docs}", schema))
    try:
        contract = Contract(Fragment(path), samples.AS_OF)
    except FragmentError:
        return None
    return assess(contract.fragment.parameter("sheet"), [text]).standing


@pytest.mark.parametrize(
    ("name", "of", "expected"),
    [
        pytest.param("page", "jobs", ["1"], id="no maximum"),
        pytest.param("per_page", "jobs", ["1", "20", "999", "1000"], id="range with a default"),
        pytest.param("genre", "shelf", ["NOVEL", "POETRY"], id="enum"),
        pytest.param("sheet_size", "shelf", ["1", "2", "4", "5"], id="small range"),
        pytest.param("shelf_id", "shelf", ["shelf-01", "xxxxxxxx"], id="free text"),
    ],
)
def test_the_boundaries_are_the_texts_most_likely_to_tell(name: str, of: str, expected: list[str]) -> None:
    assert boundaries(parameter(name, of)) == expected


@pytest.mark.parametrize(
    ("name", "of"),
    [("page", "jobs"), ("per_page", "jobs"), ("status", "jobs"), ("action_type", "jobs"), ("genre", "shelf")],
)
def test_every_invalid_text_is_forbidden_by_its_class(name: str, of: str) -> None:
    classes = invalid_texts(parameter(name, of))

    assert classes
    for keyword, texts in classes.items():
        assert [assess(parameter(name, of), [text]) for text in texts] == [forbidden(keyword)] * len(texts)


def test_every_boundary_is_allowed(each: Contract) -> None:
    for one in each.fragment.query:
        assert [assess(one, [text]) for text in boundaries(one)] == [ALLOWED] * len(boundaries(one))


@pytest.mark.parametrize("size", [1, 5])
def test_of_the_only_number_that_is_allowed_there_is_no_other_boundary(
    size: int, edited_contract: samples.EditedContract
) -> None:
    limits = "minimum: 1, maximum: 5, default: 2"
    contract = edited_contract((limits, f"minimum: {size}, maximum: {size}, default: {size}"))

    assert boundaries(contract.fragment.parameter("sheet_size")) == [str(size)]


def test_a_default_is_none_where_the_contract_names_none() -> None:
    assert (default(parameter("sheet_size")), default(parameter("genre"))) == (2, None)
    assert (is_counted(parameter("sheet_size")), is_counted(parameter("genre"))) == (True, False)
