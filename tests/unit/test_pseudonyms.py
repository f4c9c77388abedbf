"""Pseudonyms: of the same shape and length, keyed, and never the value itself."""

import string
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import UsageError
from contracts.pseudonyms import (
    KEY_ENV,
    MIN_KEY_LENGTH,
    key_from,
    number_text,
    of_number,
    of_text,
)

KEY, OTHER_KEY = b"one key of thirty-two characters", b"and another, just as long, I say"
# Lone surrogates, too: JSON may escape one.
TEXTS = st.text(alphabet=st.characters(codec=None, exclude_categories=()))
NUMBERS = (
    st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.decimals(allow_nan=False, allow_infinity=False)
)


def kind(character: str) -> str:
    """Give what a pseudonym keeps of a character."""
    if not character.isascii():
        letter = "upper" if character.isupper() else "letter"
        return letter if character.isalpha() else "digit" if character.isdecimal() else "sign"
    if character.isalpha():
        return "ascii upper" if character.isupper() else "ascii lower"
    if character.isdecimal():
        return "digit"
    return character if character.isprintable() or character in "\t\n\r" else "sign"


@given(text=TEXTS)
def test_a_pseudonym_has_the_shape_and_length_of_its_text(text: str) -> None:
    assert list(map(kind, of_text(text, KEY))) == list(map(kind, text[:200]))


@given(text=TEXTS)
def test_a_pseudonym_differs_from_its_text_where_anything_can_be_replaced(text: str) -> None:
    is_fixed = all(character in string.punctuation + " \t\n\r" for character in text[:200])

    assert (of_text(text, KEY) == text[:200]) is is_fixed


@given(text=TEXTS)
def test_equal_texts_have_equal_pseudonyms_under_one_key(text: str) -> None:
    assert of_text(text, KEY) == of_text(text, KEY)


@given(text=st.text(alphabet=string.ascii_letters + string.digits, min_size=16, max_size=64))
def test_another_key_gives_another_pseudonym(text: str) -> None:
    assert of_text(text, KEY) != of_text(text, OTHER_KEY)


def test_texts_that_differ_at_the_end_only_have_nothing_in_common() -> None:
    one, other = of_text("somebody@example.org", KEY), of_text("somebody@example.com", KEY)

    assert sum(here == there for here, there in zip(one, other, strict=True)) < 10


def test_texts_of_which_the_same_part_is_given_are_told_apart() -> None:
    assert of_text("x" * 300 + "1", KEY) != of_text("x" * 300 + "2", KEY)


@given(text=TEXTS, limit=st.integers(0, 50))
def test_no_more_of_a_pseudonym_is_given_than_was_asked_for(text: str, limit: int) -> None:
    assert len(of_text(text, KEY, limit)) == min(len(text), limit)


@given(number=NUMBERS)
def test_the_pseudonym_of_a_number_keeps_sign_point_and_exponent(number: float | Decimal) -> None:
    text, pseudonym = number_text(number)[:200], of_number(number, KEY)

    mantissa, _, exponent = text.partition("E" if "E" in text else "e")
    pseudonym_mantissa, _, pseudonym_exponent = pseudonym.partition("E" if "E" in text else "e")
    assert len(mantissa) == len(pseudonym_mantissa)
    assert exponent == pseudonym_exponent
    assert [c for c in mantissa if not c.isdecimal()] == [c for c in pseudonym_mantissa if not c.isdecimal()]


@given(number=st.integers())
def test_the_pseudonym_of_an_integer_is_another_integer_of_as_many_digits(number: int) -> None:
    pseudonym = of_number(number, KEY)

    assert str(int(pseudonym)) == pseudonym or number in range(-9, 1)
    assert pseudonym != str(number)


@pytest.mark.parametrize(
    ("number", "length"),
    [
        pytest.param(10**5000, 128, id="one that Python does not write"),
        pytest.param(10**300, 200, id="one of 301 digits"),
    ],
)
def test_the_pseudonym_of_a_huge_number_is_bounded(number: int, length: int) -> None:
    assert len(of_number(number, KEY)) == length


def test_the_environment_sets_the_key() -> None:
    assert key_from({KEY_ENV: "k" * MIN_KEY_LENGTH}) == b"k" * MIN_KEY_LENGTH


@pytest.mark.parametrize("environment", [{}, {KEY_ENV: ""}], ids=["unset", "empty"])
def test_without_a_key_each_run_has_its_own(environment: dict[str, str]) -> None:
    assert key_from(environment) != key_from(environment)


def test_a_key_that_can_be_guessed_is_refused_and_not_shown() -> None:
    with pytest.raises(UsageError) as refused:
        key_from({KEY_ENV: "guess" * 3})

    assert KEY_ENV in str(refused.value)
    assert "guess" not in str(refused.value)
