"""However a recording is cut, the same records are read."""

import gzip

import pytest
import zstandard

from contracts.audit import pieces
from contracts.audit.inputs import find
from contracts.audit.lines import write
from contracts.audit.record import Record, Unreadable

RECORDS = [Record("GET", f"/{number}", 200, body=b"x" * (number * 37 % 200)) for number in range(40)]
TEXT = b"".join([*map(write, RECORDS[:20]), b"\n", b"not a record\n", *map(write, RECORDS[20:])]).rstrip(
    b"\n"
)
PACK = {"gzip": gzip.compress, "zstd": zstandard.ZstdCompressor(write_checksum=True).compress}
PACKED = {"plain": TEXT, "gzip": gzip.compress(TEXT), "zstd": zstandard.compress(TEXT)}


def read(path, piece_bytes):
    found = [
        each
        for one in find([str(path)])
        for piece in pieces.cut(one, piece_bytes)
        for each in pieces.records(piece)
    ]
    return [(offset, str(one) if isinstance(one, Unreadable) else one) for offset, one in found]


@pytest.mark.parametrize("packed", PACKED)
@pytest.mark.parametrize("piece_bytes", [1, 7, 100, 1000, 10**6])
def test_every_record_is_read_once_at_the_same_offset(tmp_path, packed, piece_bytes):
    path = tmp_path / "recording"
    path.write_bytes(PACKED[packed])

    found = read(path, piece_bytes)

    assert [one for _, one in found if isinstance(one, Record)] == RECORDS
    assert [(offset, one) for offset, one in found if isinstance(one, str)] == [
        (TEXT.index(b"not a record"), "the line is not JSON")
    ]
    assert all(TEXT[offset : offset + 1] in (b"{", b"n") for offset, _ in found)


@pytest.mark.parametrize("packed", ["plain", "gzip"])
@pytest.mark.parametrize("piece_bytes", [60, 10**6])
def test_a_line_that_is_too_long_is_unreadable_and_the_next_is_read(
    tmp_path, monkeypatch, packed, piece_bytes
):
    monkeypatch.setattr(pieces, "MAX_LINE_BYTES", 500)
    text = write(RECORDS[0]) + b"y" * 5000 + b"\n" + write(RECORDS[1])
    path = tmp_path / "recording"
    path.write_bytes(text if packed == "plain" else gzip.compress(text))

    found = read(path, piece_bytes)

    assert found == [
        (0, RECORDS[0]),
        (text.index(b"yyyy"), "the line is longer than 500 bytes"),
        (text.rindex(b"\n{") + 1, RECORDS[1]),
    ]


@pytest.mark.parametrize("packed", ["gzip", "zstd"])
def test_a_compressed_file_that_is_cut_is_read_as_far_as_it_goes(tmp_path, packed):
    path = tmp_path / "recording"
    path.write_bytes(PACK[packed](TEXT + b"\n") + PACKED[packed][:-5])

    found = read(path, 1000)

    assert len([one for _, one in found if isinstance(one, Record)]) >= 40
    assert found[-1][1] == "the stream is cut behind this place"


@pytest.mark.parametrize("place", [1, 50, 200])
def test_a_frame_of_zstd_that_is_cut_between_two_lines_is_noticed(tmp_path, place):
    path = tmp_path / "recording"
    path.write_bytes(zstandard.compress(TEXT)[:place])

    if place == 1:
        assert [why for _, why in read(path, 1000)] == ["the line is not JSON"]
    else:
        assert read(path, 1000)[-1][1] == "the stream is cut behind this place"


@pytest.mark.parametrize("packed", ["gzip", "zstd"])
@pytest.mark.parametrize("place", [0.3, 0.6, 1.0])
def test_nothing_is_read_of_a_stream_that_is_damaged_and_all_of_those_before(tmp_path, packed, place):
    pack = PACK[packed]
    damaged = bytearray(pack(bytes(range(256)) * 4 + b"\n" + TEXT))
    damaged[int(len(damaged) * place) - 6] ^= 1
    path = tmp_path / "recording"
    path.write_bytes(pack(TEXT + b"\n") + damaged)

    found = read(path, 1000)

    assert [one for _, one in found if isinstance(one, Record)] == RECORDS
    assert found[-1] == (len(TEXT) + 1, "the stream is damaged at or before this place")


@pytest.mark.parametrize("packed", ["gzip", "zstd"])
def test_bytes_behind_a_compressed_stream_take_nothing_of_it_away(tmp_path, packed):
    path = tmp_path / "recording"
    path.write_bytes(PACK[packed](TEXT + b"\n") + b"no stream")

    found = read(path, 1000)

    assert [one for _, one in found if isinstance(one, Record)] == RECORDS
    assert found[-1] == (len(TEXT) + 1, "the stream is damaged at or before this place")


def test_zeros_behind_gzip_and_frames_to_skip_before_zstd_are_nothing(tmp_path):
    skipped = b"\x51\x2a\x4d\x18\x03\0\0\0abc"
    for name, packed in (("a", PACKED["gzip"] + b"\0" * 2000), ("b", skipped + PACKED["zstd"] + skipped)):
        (tmp_path / name).write_bytes(packed)

        assert [one for _, one in read(tmp_path / name, 1000) if isinstance(one, Record)] == RECORDS


@pytest.mark.parametrize("size", [0, 1500])
@pytest.mark.parametrize("piece_bytes", [1000, 10**6])
def test_a_file_that_has_become_shorter_since_it_was_found_is_noticed(tmp_path, size, piece_bytes):
    path = tmp_path / "recording"
    path.write_bytes(TEXT)
    inputs = find([str(path)])
    path.write_bytes(TEXT[:size])

    found = [each for piece in pieces.cut(inputs[0], piece_bytes) for each in pieces.records(piece)]

    assert size in [offset for offset, why in found if str(why) == pieces.SHORTER]
    assert len([one for _, one in found if isinstance(one, Record)]) == len(TEXT[:size].splitlines()[:-1])


@pytest.mark.parametrize("name", ["a.har", "a.yaml", "a.jsonl.gz"])
def test_a_recording_that_was_emptied_since_it_was_found_is_noticed(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(PACKED["gzip"])
    inputs = find([str(path)])
    path.write_bytes(b"")

    found = [each for piece in pieces.cut(inputs[0], 10**6) for each in pieces.records(piece)]

    assert [isinstance(why, Unreadable) for _, why in found] == [True]
