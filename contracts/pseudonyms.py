"""Pseudonyms: what stands for a value that must not be written down, of the same shape and length.

A pseudonym follows from the value and a key: equal values have equal pseudonyms under one key, so that a
reader can tell what is the same from what is not, and nobody without the key can try values out. What is
to be replaced is decided in `redaction.py`.
"""

import hmac
import secrets
from collections.abc import Mapping
from functools import lru_cache
from hashlib import shake_256
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any

from contracts.errors import UsageError

KEY_ENV = "CONTRACT_PSEUDONYM_KEY"
MIN_KEY_LENGTH = 16
MAX_LENGTH = 200
"""So many characters of a pseudonym are given: nothing that a server says can make a report large."""

_GREEK_LOWER, _GREEK_UPPER = "αβγδεζηθικλμνξοπρστυφχψω", "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ"
_SHAPES = "".join(map(chr, range(0x25A0, 0x25C0)))
_MAX_TRIES = 16
_REMEMBERED = 2**14
_MAX_NUMBER_LENGTH = 128


def key_from(environment: Mapping[str, str]) -> bytes:
    """Give the key that the environment sets, or else a random one, which makes the pseudonyms of this run
    comparable with those of no other.

    Raises:
        UsageError: the key is short enough to be found by trying.
    """
    text = environment.get(KEY_ENV, "")
    if text and len(text) < MIN_KEY_LENGTH:
        problem = f"{KEY_ENV} has fewer than {MIN_KEY_LENGTH} characters"
        raise UsageError(problem, "set a longer, random one, or none: then each run makes its own")
    return text.encode(errors="surrogateescape") if text else secrets.token_bytes(32)


def of_text(text: str, key: bytes, limit: int = MAX_LENGTH) -> str:
    """Give the pseudonym of a text, at most `limit` characters of it.

    Letters become letters of the same case, digits digits, other signs beyond ASCII geometric shapes;
    punctuation, spaces and line breaks stay. It differs from the text wherever anything can be replaced.
    """
    make = _remembered if len(text) <= MAX_LENGTH else _of_text
    return make(text, key, limit)


def of_number(value: Any, key: bytes, limit: int = MAX_LENGTH) -> str:
    """Give the pseudonym of a number as JSON writes it: sign, point and exponent stay."""
    text = number_text(value)[:limit]
    mantissa = text.lower().partition("e")[0]
    first = next((place for place, character in enumerate(mantissa) if character.isdecimal()), 0)
    alphabets = [digits if character.isdecimal() else "" for character in mantissa]
    if len(mantissa) > first + 1:
        # A number of several digits starts with none or one before the point, and stays as long as it is.
        alphabets[first] = "" if mantissa[first] == "0" else digits[1:]
    return _replaced(text, alphabets + [""] * (len(text) - len(mantissa)), text, key)


def _of_text(text: str, key: bytes, limit: int) -> str:
    return _replaced(text[:limit], [_alphabet(character) for character in text[:limit]], text, key)


# The same items come again on many pages.
_remembered = lru_cache(_REMEMBERED)(_of_text)


def number_text(value: Any) -> str:
    """Write a number, or as many nines as say that it is too long for Python to write."""
    try:
        return str(value)
    except ValueError:
        return "9" * _MAX_NUMBER_LENGTH


def _replaced(shown: str, alphabets: list[str], whole: str, key: bytes) -> str:
    """Replace each character that has an alphabet by one of it, as key and whole text decide."""
    seed = hmac.digest(key, whole.encode(errors="surrogatepass"), "sha256")
    pseudonym = shown
    for attempt in range(_MAX_TRIES if any(alphabets) else 0):
        stream = shake_256(seed + bytes([attempt])).digest(len(shown))
        pseudonym = "".join(
            alphabet[byte % len(alphabet)] if alphabet else character
            for character, alphabet, byte in zip(shown, alphabets, stream, strict=True)
        )
        if pseudonym != shown:
            break
    return pseudonym


@lru_cache(_REMEMBERED)
def _alphabet(character: str) -> str:
    """Give what may stand for a character; nothing where it stands for itself."""
    if character.isascii():
        if character.isdecimal():
            return digits
        if character.isalpha():
            return ascii_lowercase if character.islower() else ascii_uppercase
        return "" if character.isprintable() or character in "\t\n\r" else _SHAPES
    if character.isalpha():
        return _GREEK_UPPER if character.isupper() else _GREEK_LOWER
    return digits if character.isdecimal() else _SHAPES
