"""What a device says comes back from the wire as it went out."""

import zlib
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.wire.codec import burst_size, encode_report, report_payload, session_hash, setpoints_size
from firmware_bridge.wire.framing import FrameDecoder
from firmware_bridge.wire.messages import (
    PROTOCOL_VERSION,
    ActuatorInfo,
    Answer,
    Identity,
    LimitsHash,
    Report,
    Setpoints,
    Status,
    unpack_report,
)
from firmware_bridge.wire.setpoints import Burst

U8, U16, U32 = st.integers(0, 255), st.integers(0, 65535), st.integers(0, 2**32 - 1)
S16 = st.integers(-32768, 32767)
HEADER = st.fixed_dictionaries({"seq": U8, "t_ms": U16, "epoch": U8})


def name(size: int) -> st.SearchStrategy[str]:
    return st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=size)


REPORTS = st.one_of(
    st.builds(Identity, st.just(PROTOCOL_VERSION), U16, U32, U32, U16, U16, U8, U8, U8, U8, name(24)),
    st.builds(ActuatorInfo, U8, U8, U8, S16, S16, U8, U8, U8, U8, U8, U16, U16, U8, U8, name(12)),
    st.builds(Answer, U8, U8, U8),
    st.builds(Status, U8, U8, U8, U8, U16, U16, U16, st.binary(min_size=1, max_size=8)),
    st.builds(LimitsHash, U32, U16),
)


@given(REPORTS, HEADER)
def test_report_comes_back_as_it_went_out(report: Report, header: dict[str, int]) -> None:
    (frame,) = FrameDecoder().feed(encode_report(report, **header))
    assert unpack_report(frame) == report
    assert type(unpack_report(frame)) is type(report)
    assert {"seq": frame.seq, "t_ms": frame.t_ms, "epoch": frame.epoch} == header
    assert frame.echo == 0
    assert frame.payload == report_payload(report)


def test_the_hash_of_a_session_is_what_the_wire_document_says() -> None:
    """CRC-32 of the hash of the table, the seconds, the ceilings; the bytes are written out by hand."""
    assert session_hash(0x04030201, 0x0258, b"\x64\0\xff") == zlib.crc32(
        b"\x01\x02\x03\x04\x58\x02\x64\0\xff"
    )
    assert session_hash(0, 0, b"") == zlib.crc32(bytes(6))


@pytest.mark.parametrize(
    "other",
    [
        (2, 600, b"\x64\0"),
        (1, 601, b"\x64\0"),
        (1, 600, b"\x63\0"),
        (1, 600, b"\0\x64"),
        (1, 600, b"\x64\0\0"),
    ],
)
def test_any_other_limit_is_another_hash_of_the_session(other: tuple[int, int, bytes]) -> None:
    assert session_hash(*other) != session_hash(1, 600, b"\x64\0")


@given(st.integers(1, 20), st.integers(0, 6), st.randoms(use_true_random=False))
def test_a_burst_takes_what_its_frames_take(width: int, frames: int, rng: Random) -> None:
    levels = [[bytes(rng.choices([0, 1, 255], k=width)) for _ in range(2)] for _ in range(frames)]
    drives, rates = (b"".join(frame[side] for frame in levels) for side in range(2))
    alone = [setpoints_size(Setpoints(*frame)) for frame in levels]
    assert burst_size(Burst(drives, rates, frames, width)) == sum(alone)
