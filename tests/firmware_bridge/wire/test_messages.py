"""Messages: every one survives the wire, and nothing that is none passes for one."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.wire import messages
from firmware_bridge.wire.framing import PAYLOAD_MAX, Frame, FrameDecoder
from firmware_bridge.wire.messages import (
    STRUCTS,
    TYPE_OF,
    ActuatorInfo,
    Answer,
    Arm,
    Describe,
    Heartbeat,
    Hello,
    Identity,
    MessageError,
    Reset,
    Setpoints,
    Status,
    Stop,
    unpack_host,
    unpack_report,
    unpack_setpoints,
)

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "frames.json").read_text("utf-8"))["frames"]
MEANT = [vector for vector in VECTORS if vector["message"]]
HOST = [Hello, Describe, Arm, Heartbeat, Stop, Reset]
REPORTS = [Identity, ActuatorInfo, Answer, Status]


def frame(type: int, payload: bytes = b"") -> Frame:
    return Frame(type, 1, 0, 1, 0, payload)


@pytest.mark.parametrize("vector", MEANT, ids=lambda v: v["name"])
def test_vector_means_what_its_fields_say(vector: dict[str, Any]) -> None:
    (got,) = FrameDecoder().feed(bytes.fromhex(vector["wire"]))
    fields = dict(vector["fields"])
    if vector["message"] == "Setpoints":
        count = len(fields["drives"])
        rated = bytes(int(i in fields.get("rated", ())) for i in range(count))
        expected = Setpoints(bytes(fields["drives"]), bytes(fields["rates"]))
        assert unpack_setpoints(got.payload, rated) == expected
    else:
        kind = getattr(messages, vector["message"])
        unpack = unpack_host if kind in HOST else unpack_report
        assert unpack(got) == kind(**fields)
        assert type(unpack(got)) is kind


def test_every_message_has_a_vector_and_a_type_of_its_own() -> None:
    assert {vector["message"] for vector in MEANT} == {kind.__name__ for kind in TYPE_OF}
    assert len(set(TYPE_OF.values())) == len(TYPE_OF) == 11
    assert set(STRUCTS) == set(TYPE_OF.values()) - {TYPE_OF[Setpoints]}


@pytest.mark.parametrize("kind", HOST + REPORTS)
def test_payload_of_another_length_is_refused(kind: type) -> None:
    unpack = unpack_host if kind in HOST else unpack_report
    struct = STRUCTS[TYPE_OF[kind]]
    size = struct.size if struct else 0
    assert size <= PAYLOAD_MAX
    for length in range(PAYLOAD_MAX + 1):
        if length == size:
            assert type(unpack(frame(TYPE_OF[kind], bytes(length)))) is kind
        else:
            with pytest.raises(MessageError, match="bytes of payload"):
                unpack(frame(TYPE_OF[kind], bytes(length)))


@pytest.mark.parametrize(("unpack", "kinds"), [(unpack_host, HOST), (unpack_report, REPORTS)])
def test_only_the_types_of_that_side_are_known(unpack: Any, kinds: list[type]) -> None:
    known = {TYPE_OF[kind] for kind in kinds}
    for number in set(range(256)) - known:
        with pytest.raises(MessageError, match=f"0x{number:02x}"):
            unpack(frame(number))


@given(st.integers(0, 255), st.binary(max_size=PAYLOAD_MAX))
def test_any_payload_is_a_message_or_a_message_error(type: int, payload: bytes) -> None:
    for unpack in (unpack_host, unpack_report):
        try:
            message = unpack(frame(type, payload))
        except MessageError:
            continue
        assert TYPE_OF[message.__class__] == type


@given(st.binary(min_size=24, max_size=24), st.binary(min_size=12, max_size=12))
def test_names_from_the_wire_are_harmless_on_a_terminal(model: bytes, id: bytes) -> None:
    identity = unpack_report(frame(TYPE_OF[Identity], bytes(14) + model))
    info = unpack_report(frame(TYPE_OF[ActuatorInfo], bytes(18) + id))
    assert isinstance(identity, Identity)
    assert isinstance(info, ActuatorInfo)
    for text, raw in ((identity.model, model), (info.id, id)):
        assert all(" " <= c <= "~" for c in text)
        assert text == "".join(chr(b) if 32 <= b <= 126 else "?" for b in raw.rstrip(b"\0"))


def test_escape_sequences_in_a_name_lose_their_escape() -> None:
    raw = b"\x1b[31m\xff\xae\0x\n\0\0"
    info = unpack_report(frame(TYPE_OF[ActuatorInfo], bytes(18) + raw))
    assert isinstance(info, ActuatorInfo)
    assert info.id == "?[31m???x?"


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
