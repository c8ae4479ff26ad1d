"""Frames: what goes in comes out, and nothing else ever does."""

import json
import random
import zlib
from pathlib import Path
from typing import Any

import pytest
from depth import at_depth
from hypothesis import example, given, settings
from hypothesis import strategies as st

from firmware_bridge.wire.framing import (
    ENCODED_MAX,
    FRAME_OVERHEAD,
    PAYLOAD_MAX,
    STOP_ZEROS,
    Frame,
    FrameDecoder,
    pack_frame,
)

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "frames.json").read_text("utf-8"))
BYTE = st.integers(0, 255)
FRAMES = st.builds(Frame, BYTE, BYTE, st.integers(0, 65535), BYTE, BYTE, st.binary(max_size=PAYLOAD_MAX))


def plain_crc(data: bytes) -> int:
    """CRC-32/ISO-HDLC bit by bit, as the standard describes it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xEDB88320 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def plain_cobs(data: bytes) -> bytes:
    """COBS as its paper describes it, for less than 254 bytes."""
    return b"".join(bytes([len(part) + 1]) + part for part in data.split(b"\0"))


def plain_frame(frame: Frame) -> bytes:
    """The frame put together without anything of the code under test."""
    head = bytes([frame.type, frame.seq, frame.t_ms & 0xFF, frame.t_ms >> 8, frame.epoch, frame.echo])
    body = head + frame.payload
    return plain_cobs(body + plain_crc(body).to_bytes(4, "little")) + b"\0"


def decode(data: bytes) -> list[Frame]:
    return FrameDecoder().feed(data)


def test_check_is_the_published_crc_32() -> None:
    assert plain_crc(b"123456789") == 0xCBF43926
    assert zlib.crc32(b"123456789") == 0xCBF43926


def frame_of(vector: dict[str, Any]) -> Frame:
    fields = [vector[name] for name in ("type", "seq", "t_ms", "epoch", "echo")]
    return Frame(*fields, bytes.fromhex(vector["payload"]))


@pytest.mark.parametrize("vector", VECTORS["frames"], ids=lambda v: v["name"])
def test_vector_is_encoded_and_decoded(vector: dict[str, Any]) -> None:
    frame, wire = frame_of(vector), bytes.fromhex(vector["wire"])
    assert pack_frame(frame) == wire
    assert decode(wire) == [frame]
    assert plain_frame(frame) == wire


@pytest.mark.parametrize("vector", VECTORS["streams"], ids=lambda v: v["name"])
@pytest.mark.parametrize("piece", [1, 2, 3, 1000])
def test_vector_stream_gives_its_frames_however_it_is_cut(vector: dict[str, Any], piece: int) -> None:
    named = {v["name"]: frame_of(v) for v in VECTORS["frames"]}
    wire = bytes.fromhex(vector["wire"])
    decoder = FrameDecoder()
    frames = [f for at in range(0, len(wire), piece) for f in decoder.feed(wire[at : at + piece])]
    assert frames == [named[name] for name in vector["frames"]]
    assert decoder.discarded == vector["discarded"]
    assert decoder.stops == vector["stops"]


@given(FRAMES)
@example(Frame(0, 0, 0, 0, 0, bytes(PAYLOAD_MAX)))
@example(Frame(255, 255, 65535, 255, 255, b"\xff" * PAYLOAD_MAX))
@example(Frame(1, 0, 0, 0, 0, b""))
def test_frame_comes_back_as_it_went_out(frame: Frame) -> None:
    wire = pack_frame(frame)
    assert decode(wire) == [frame]
    assert wire == plain_frame(frame)
    assert len(wire) == len(frame.payload) + FRAME_OVERHEAD <= ENCODED_MAX
    assert wire.count(0) == 1


@given(FRAMES.filter(lambda f: len(f.payload) < 40), st.binary(min_size=1, max_size=40))
def test_wire_holds_no_zero_but_the_last(frame: Frame, more: bytes) -> None:
    wire = pack_frame(frame._replace(payload=(frame.payload + more)[:PAYLOAD_MAX]))
    assert wire.index(0) == len(wire) - 1


@pytest.mark.parametrize("over", [-1, 0, 1, 100])
def test_payload_longer_than_the_wire_carries_is_refused(over: int) -> None:
    frame = Frame(1, 2, 3, 4, 5, bytes(PAYLOAD_MAX + over))
    if over > 0:
        with pytest.raises(ValueError, match=str(PAYLOAD_MAX)):
            pack_frame(frame)
    else:
        assert decode(pack_frame(frame)) == [frame]


PIECES = st.one_of(
    FRAMES.map(pack_frame),
    st.binary(max_size=100),
    st.integers(1, 9).map(bytes),
    FRAMES.map(lambda f: pack_frame(f)[:-3]),
)


@given(st.lists(PIECES, max_size=12), st.randoms(use_true_random=False))
def test_stream_gives_the_same_frames_however_it_is_cut(pieces: list[bytes], rng: random.Random) -> None:
    stream = b"".join(pieces)
    whole = FrameDecoder()
    frames = whole.feed(stream)
    single = FrameDecoder()
    assert [f for byte in stream for f in single.feed(bytes([byte]))] == frames
    ragged, found, at = FrameDecoder(), [], 0
    while at < len(stream):
        size = rng.randint(0, 30)
        found += ragged.feed(stream[at : at + size])
        at += size
    assert found == frames
    for other in (single, ragged):
        assert (other.discarded, other.stops) == (whole.discarded, whole.stops)


@given(st.lists(st.binary(max_size=300), max_size=10))
def test_no_bytes_make_the_decoder_raise_or_grow(chunks: list[bytes]) -> None:
    decoder = FrameDecoder()
    for chunk in chunks:
        for frame in decoder.feed(chunk):
            assert len(frame.payload) <= PAYLOAD_MAX
        assert decoder.unfinished <= ENCODED_MAX


def test_a_megabyte_of_noise_without_a_delimiter_is_not_kept() -> None:
    decoder = FrameDecoder()
    for _ in range(1024):
        assert decoder.feed(b"\x55" * 1024) == []
    assert decoder.unfinished <= ENCODED_MAX
    assert decoder.feed(b"\0") == []
    assert decoder.discarded == 1
    frame = Frame(1, 2, 3, 4, 5, b"x")
    assert decoder.feed(pack_frame(frame)) == [frame]


def test_noise_before_a_frame_costs_that_frame_only() -> None:
    first, second = Frame(1, 1, 1, 1, 0, b"a"), Frame(2, 2, 2, 2, 0, b"b")
    decoder = FrameDecoder()
    assert decoder.feed(b"\x99\x98" + pack_frame(first) + pack_frame(second)) == [second]
    assert decoder.discarded == 1


@pytest.mark.parametrize("length", [0, 1, 30, PAYLOAD_MAX])
def test_no_single_or_double_bit_flip_gives_another_frame(length: int) -> None:
    rng = random.Random(length)
    wire = pack_frame(Frame(4, 9, 1000, 17, 0, rng.randbytes(length)))
    whole = int.from_bytes(wire, "big")
    bits = len(wire) * 8
    pairs = [(1 << a, 0) for a in range(bits)]
    if length <= 1:
        pairs += [(1 << a, 1 << b) for a in range(bits) for b in range(a)]
    else:
        pairs += [(1 << rng.randrange(bits), 1 << rng.randrange(bits)) for _ in range(at_depth(6000))]
    original = decode(wire)
    for one, other in pairs:
        mask = one | other
        # The delimiter that follows shows what a lost delimiter does.
        got = decode((whole ^ mask).to_bytes(len(wire), "big") + b"\0")
        assert got in ([], original if mask < 256 else []), f"flip {mask:x}"


@settings(max_examples=at_depth(200))
@given(FRAMES, st.data())
def test_a_burst_of_changed_bytes_never_gives_another_frame(frame: Frame, data: st.DataObject) -> None:
    wire = pack_frame(frame)
    at = data.draw(st.integers(0, len(wire) - 2))
    burst = data.draw(st.binary(min_size=1, max_size=4))
    changed = wire[:at] + burst + wire[at + len(burst) :]
    assert all(got == frame for got in decode(changed + b"\0"))


@pytest.mark.parametrize("body", [b"", b"\x01", bytes(9), b"\x01" * 9, b"\x07" * 75, b"\x07" * 200])
def test_bodies_that_are_too_short_or_too_long_are_discarded(body: bytes) -> None:
    """Each of them carries a right check, so only its length tells."""
    sealed = body + plain_crc(body).to_bytes(4, "little")
    decoder = FrameDecoder()
    wire = plain_cobs(sealed)
    expected = [] if len(body) < 6 or len(body) > 6 + PAYLOAD_MAX else None
    frames = decoder.feed(wire + b"\0")
    if expected is None:
        assert frames == [Frame(body[0], body[1], body[2] | body[3] << 8, body[4], body[5], body[6:])]
        assert decoder.discarded == 0
    else:
        assert frames == []
        assert decoder.discarded == 1


@pytest.mark.parametrize("count", range(10))
@pytest.mark.parametrize("piece", [1, 3, 100])
def test_four_zeros_are_one_stop_however_many_follow(count: int, piece: int) -> None:
    decoder = FrameDecoder()
    stream = b"\x05" + bytes(count)
    for at in range(0, len(stream), piece):
        decoder.feed(stream[at : at + piece])
    assert decoder.stops == (count >= STOP_ZEROS)


def test_each_run_of_zeros_counts_once() -> None:
    decoder = FrameDecoder()
    decoder.feed(bytes(4) + b"\x01" + bytes(6) + pack_frame(Frame(1, 0, 0, 0, 0, b"")) + bytes(3))
    assert decoder.stops == 3  # the delimiter of the frame is the first zero of the last run
    decoder.feed(b"\x01\0\x01\0\0\x01\0\0\0\x01")
    assert decoder.stops == 3


@given(st.lists(FRAMES, min_size=1, max_size=20))
def test_traffic_alone_is_never_a_stop(frames: list[Frame]) -> None:
    decoder = FrameDecoder()
    assert decoder.feed(b"".join(map(pack_frame, frames))) == frames
    assert decoder.stops == 0
    assert decoder.discarded == 0
