"""The payload of setpoints: a full state in few bytes, and nothing that is none passes for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.wire.framing import PAYLOAD_MAX
from firmware_bridge.wire.messages import MessageError, Setpoints
from firmware_bridge.wire.setpoints import mask_of, unpack_setpoints


@given(st.binary(max_size=64))
def test_the_mask_has_a_bit_for_each_actuator_that_is_on(drives: bytes) -> None:
    assert mask_of(drives) == sum(1 << i for i, drive in enumerate(drives) if drive)


@st.composite
def set_points(draw: st.DrawFn) -> tuple[bytes, bytes, bytes]:
    """Drives, rates and which actuators have a rate, for up to 64 actuators."""
    count = draw(st.integers(1, 64))
    row = st.lists(st.integers(0, 255), min_size=count, max_size=count)
    drives = bytes(draw(row))
    rated = bytes(draw(st.lists(st.sampled_from([0, 0, 1, 60, 255]), min_size=count, max_size=count)))
    rates = bytes(r if rated[i] and drives[i] else 0 for i, r in enumerate(draw(row)))
    return drives, rates, rated


def plain_payload(drives: bytes, rates: bytes, rated: bytes) -> bytes:
    """The payload bit by bit, from the words of docs/wire.md."""
    mask = bytearray((len(drives) + 7) // 8)
    named, turning = [], []
    for i, drive in enumerate(drives):
        if drive:
            mask[i // 8] |= 1 << i % 8
            named.append(drive)
            if rated[i]:
                turning.append(rates[i])
    return bytes(mask) + bytes(named) + bytes(turning)


@given(set_points())
def test_setpoints_come_back_as_they_went_out(given_: tuple[bytes, bytes, bytes]) -> None:
    drives, rates, rated = given_
    assert unpack_setpoints(plain_payload(drives, rates, rated), rated) == Setpoints(drives, rates)


@given(set_points(), st.data())
def test_setpoints_of_another_length_are_refused(
    given_: tuple[bytes, bytes, bytes], data: st.DataObject
) -> None:
    payload = plain_payload(*given_)
    length = data.draw(st.integers(0, 2 * len(payload)).filter(lambda n: n != len(payload)))
    with pytest.raises(MessageError, match="bytes"):
        unpack_setpoints((payload * 3)[:length], given_[2])


@pytest.mark.parametrize("count", [1, 7, 9, 15, 63])
def test_a_mask_beyond_the_last_actuator_is_refused(count: int) -> None:
    rated = bytes(count)
    last = 1 << (count - 1)
    size = (count + 7) // 8
    assert unpack_setpoints(last.to_bytes(size, "little") + b"\x09", rated).drives[-1] == 9
    for beyond in range(count, size * 8):
        with pytest.raises(MessageError, match=f"beyond {count}"):
            unpack_setpoints((1 << beyond).to_bytes(size, "little") + b"\x09", rated)


@pytest.mark.parametrize("rated", [b"\0\0\0", b"\x01\x01\x01"])
def test_an_actuator_that_is_on_with_drive_0_is_refused(rated: bytes) -> None:
    rates = b"\x1e\x1e\x1e" if rated[0] else b""
    assert unpack_setpoints(b"\x07\x01\x01\x01" + rates, rated).drives == b"\x01\x01\x01"
    for drives in (b"\0\x01\x01", b"\x01\0\x01", b"\x01\x01\0", b"\0\0\0"):
        with pytest.raises(MessageError, match="drive 0"):
            unpack_setpoints(b"\x07" + drives + rates, rated)


@given(st.binary(max_size=PAYLOAD_MAX), st.binary(max_size=64))
def test_any_setpoint_payload_names_only_what_is_there(payload: bytes, rated: bytes) -> None:
    try:
        drives, rates = unpack_setpoints(payload, rated)
    except MessageError:
        return
    assert len(drives) == len(rates) == len(rated)
    assert plain_payload(drives, rates, rated) == payload
    assert all(rated[i] and drives[i] for i, rate in enumerate(rates) if rate)


def test_a_device_without_actuators_takes_no_setpoints_but_the_empty_ones() -> None:
    assert unpack_setpoints(b"", b"") == Setpoints(b"", b"")
    with pytest.raises(MessageError):
        unpack_setpoints(b"\0", b"")
