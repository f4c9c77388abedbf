"""Content codings undone, within a limit whatever comes."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.decoding import ACCEPTED, TooLarge, decode

LIMIT = 10_000
BODIES = st.binary(max_size=LIMIT) | st.integers(0, LIMIT).map(bytes)


def raw_deflate(body: bytes) -> bytes:
    zipper = zlib.compressobj(wbits=-15)
    return zipper.compress(body) + zipper.flush()


def joined(body: bytes) -> bytes:
    half = len(body) // 2
    return gzip.compress(body[:half]) + gzip.compress(body[half:])


CODERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("X-GZip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "raw-deflate": ("deflate", raw_deflate),
    "joined-members": ("gzip", joined),
    "identity": ("identity", bytes),
    "none": ("", bytes),
    "nested": ("deflate, gzip", lambda body: gzip.compress(zlib.compress(body))),
    "twice": ("gzip,\tgzip", lambda body: gzip.compress(gzip.compress(body))),
    "three-times": ("gzip, deflate, gzip", lambda body: gzip.compress(raw_deflate(gzip.compress(body)))),
}


@pytest.mark.parametrize("name", CODERS)
@given(body=BODIES)
def test_what_was_encoded_is_decoded(name: str, body: bytes) -> None:
    coding, encode = CODERS[name]

    # The compressed form may be longer than the body, and is held to the limit too.
    assert decode(encode(body), coding, LIMIT + 200) == body


@pytest.mark.parametrize(
    "coding", ["gzip", "deflate", "gzip, deflate", "br", "gzip, br", "", ",,", "gzip;q=1"]
)
@given(body=st.binary(max_size=300))
def test_never_more_than_the_limit_comes_out_whatever_came(coding: str, body: bytes) -> None:
    try:
        decoded = decode(body, coding, 50)
    except TooLarge:
        return

    assert decoded == body or len(decoded) <= 50


@pytest.mark.parametrize("name", ["gzip", "deflate", "raw-deflate", "joined-members", "nested"])
def test_as_much_as_the_limit_comes_out_and_not_a_byte_more(name: str) -> None:
    coding, encode = CODERS[name]

    assert decode(encode(bytes(LIMIT)), coding, LIMIT) == bytes(LIMIT)
    with pytest.raises(TooLarge):
        decode(encode(bytes(LIMIT + 1)), coding, LIMIT)


@pytest.mark.parametrize("name", ["gzip", "deflate", "raw-deflate", "nested"])
@given(data=st.data())
def test_what_is_cut_short_comes_back_as_it_came(name: str, data: st.DataObject) -> None:
    coding, encode = CODERS[name]
    encoded = encode(b"a body that is long enough to be cut " * 3)
    cut = encoded[: data.draw(st.integers(1, len(encoded) - 1))]

    assert decode(cut, coding, LIMIT) == cut


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (b'{"success": true}', "gzip"),
        (b'{"success": true}', "deflate"),
        (gzip.compress(b"{}") + b"garbage", "gzip"),
        (gzip.compress(b"{}")[:-8] + bytes(8), "gzip"),
        (gzip.compress(b"{}"), "br"),
        (gzip.compress(b"{}"), "gzip, br"),
        (gzip.compress(b"{}"), "gzip, gzip"),
        (gzip.compress(b"{}"), "gzip, gzip, gzip, gzip"),
    ],
    ids=["plain-as-gzip", "plain-as-deflate", "garbage-behind", "wrong-checksum", "unknown", "unknown-last"]
    + ["said-twice", "said-four-times"],
)
def test_what_cannot_be_undone_comes_back_as_it_came(body: bytes, coding: str) -> None:
    assert decode(body, coding, LIMIT) == body


def test_every_coding_that_is_asked_for_is_understood() -> None:
    encoders = {"gzip": gzip.compress, "deflate": zlib.compress}

    assert {coding: decode(encoders[coding](b"{}"), coding, LIMIT) for coding in ACCEPTED.split(", ")} == {
        "gzip": b"{}",
        "deflate": b"{}",
    }


@pytest.mark.parametrize("times", [1, 2])
def test_a_bomb_takes_no_more_memory_than_the_limit_allows(times: int) -> None:
    bomb = gzip.compress(bytes(64 * 2**20))
    for _ in range(times - 1):
        bomb = gzip.compress(bomb)
    tracemalloc.start()

    with pytest.raises(TooLarge):
        decode(bomb, ", ".join(["gzip"] * times), 2**20)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 2**20
