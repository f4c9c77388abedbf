"""Remembers what was made of texts that clients send again and again."""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

_TEXTS = 1024
_LONGEST_BYTES = 512

Made = TypeVar("Made")


def remembering(make: Callable[[bytes], Made]) -> Callable[[bytes], Made]:
    """Give a function that does as `make`, but not again for one of the last texts, unless it is a long one.

    What it gives is shared, so it must stay as it is.
    """
    remembered = lru_cache(_TEXTS)(make)

    def give(text: bytes) -> Made:
        return remembered(text) if len(text) <= _LONGEST_BYTES else make(text)

    return give
