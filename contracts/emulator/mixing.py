"""Turns numbers and texts into bits that look random and are always the same."""

from collections.abc import Callable
from hashlib import blake2b, shake_128
from struct import Struct

_MASK = 0xFFFF_FFFF_FFFF_FFFF


def mix(number: int) -> int:
    """Give 64 bits for a number of up to 64; different numbers give different bits.

    Source: the finalizer of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
    generators, 2014).
    """
    number = (number + 0x9E37_79B9_7F4A_7C15) & _MASK
    number = ((number ^ (number >> 30)) * 0xBF58_476D_1CE4_E5B9) & _MASK
    number = ((number ^ (number >> 27)) * 0x94D0_49BB_1331_11EB) & _MASK
    return number ^ (number >> 31)


def bits(content: bytes) -> int:
    """Give 64 bits for bytes of any length."""
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "big")


def drawing(count: int) -> Callable[[int], tuple[int, ...]]:
    """Build the function that gives `count` times 64 bits for a number of up to 64.

    A digest of any length costs less than mixing the number a few times.
    """
    read = Struct(f"<{count}Q")
    return lambda number: read.unpack(shake_128(number.to_bytes(8)).digest(read.size))
