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
    CEILINGS_MAX,
    PROTOCOL_VERSION,
    STRUCTS,
    TAILS,
    TYPE_OF,
    ActuatorInfo,
    Answer,
    Arm,
    Describe,
    Heartbeat,
    Hello,
    Identity,
    Limits,
    LimitsHash,
    MessageError,
    Reset,
    Setpoints,
    Status,
    Stop,
    unpack_host,
    unpack_report,
)
from firmware_bridge.wire.setpoints import unpack_setpoints

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "frames.json").read_text("utf-8"))["frames"]
MEANT = [vector for vector in VECTORS if vector["message"]]
HOST = [Hello, Describe, Arm, Heartbeat, Stop, Reset, Limits]
REPORTS = [Identity, ActuatorInfo, Answer, Status, LimitsHash]
NAMES = {"exponent": "exponent_percent"}
"""Fields that have a longer name here than on the page."""


def as_held(name: str, fields: dict[str, Any]) -> Any:
    """A field of a vector as messages hold it: rows of bytes, and bits, are bytes."""
    value = fields[name]
    if name == "ceilings":
        return bytes(value)
    if name == "resting":
        return value.to_bytes((value.bit_length() + 7) // 8 or 1, "little")
    return value


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
        assert unpack(got) == kind(**{NAMES.get(name, name): as_held(name, fields) for name in fields})
        assert type(unpack(got)) is kind


def test_every_message_has_a_vector_and_a_type_of_its_own() -> None:
    assert {vector["message"] for vector in MEANT} == {kind.__name__ for kind in TYPE_OF}
    assert len(set(TYPE_OF.values())) == len(TYPE_OF) == 13
    assert set(STRUCTS) == set(TYPE_OF.values()) - {TYPE_OF[Setpoints]}


def test_the_tables_give_the_lengths_of_the_page() -> None:
    sizes = {kind: struct.size if struct else 0 for kind, struct in STRUCTS.items()}
    assert sizes == {1: 1, 2: 1, 3: 4, 5: 0, 6: 0, 7: 0, 8: 3, 0x81: 43, 0x82: 30, 0x83: 3, 0x84: 10, 0x85: 6}
    assert CEILINGS_MAX == 61
    assert {kind: (tail[0], tail[-1]) for kind, tail in TAILS.items()} == {8: (1, 61), 0x84: (1, 8)}


@pytest.mark.parametrize("kind", HOST + REPORTS)
def test_payload_of_another_length_is_refused(kind: type) -> None:
    unpack = unpack_host if kind in HOST else unpack_report
    struct = STRUCTS[TYPE_OF[kind]]
    size = struct.size if struct else 0
    lengths = {size + more for more in TAILS.get(TYPE_OF[kind], range(1))}
    if kind is Stop:  # a stop is one whatever comes with it
        lengths = set(range(PAYLOAD_MAX + 1))
    assert max(lengths) <= PAYLOAD_MAX
    for length in range(PAYLOAD_MAX + 1):
        payload = bytes([PROTOCOL_VERSION]) * length
        if length in lengths:
            assert type(unpack(frame(TYPE_OF[kind], payload))) is kind
        else:
            with pytest.raises(MessageError, match=f"payload of {length} bytes"):
                unpack(frame(TYPE_OF[kind], payload))


@pytest.mark.parametrize(("count", "taken"), [(0, False), (1, True), (60, True), (61, True)])
def test_limits_carry_one_to_sixty_one_ceilings(count: int, taken: bool) -> None:
    payload = b"\x05\xb0\x04" + bytes(range(1, count + 1))
    if taken:
        assert unpack_host(frame(8, payload)) == Limits(5, 1200, bytes(range(1, count + 1)))
    else:
        with pytest.raises(MessageError):
            unpack_host(frame(8, payload))


@pytest.mark.parametrize("count", [1, 8, 9, 16, 17, 57, 64])
def test_a_status_is_as_long_as_its_actuators_ask(count: int) -> None:
    resting = (1 << count - 1).to_bytes((count + 7) // 8, "little")
    status = unpack_report(frame(0x84, bytes(10) + resting))
    assert status == Status(0, 0, 0, 0, 0, 0, 0, resting)


# What stands behind the first byte of another protocol nobody knows here, and nobody has to.
OTHER_PROTOCOLS = [p for p in (0, 1, 3, 255) if p != PROTOCOL_VERSION]


@pytest.mark.parametrize("rest", [b"", b"\0", bytes(37), b"\x1b" * 42, bytes(63)], ids=len)
@pytest.mark.parametrize("protocol", OTHER_PROTOCOLS)
def test_of_another_protocol_hello_and_identity_say_only_that(protocol: int, rest: bytes) -> None:
    assert unpack_report(frame(0x81, bytes([protocol]) + rest)) == Identity(protocol)
    assert unpack_host(frame(0x01, bytes([protocol]) + rest)) == Hello(protocol)


@pytest.mark.parametrize("kind", [0x01, 0x81])
def test_without_a_protocol_hello_and_identity_are_malformed(kind: int) -> None:
    for unpack in (unpack_host, unpack_report):
        with pytest.raises(MessageError):
            unpack(frame(kind))


def test_vectors_of_another_protocol_say_which() -> None:
    others = [v for v in VECTORS if "another protocol" in v["name"]]
    assert len(others) == 2
    for vector in others:
        (got,) = FrameDecoder().feed(bytes.fromhex(vector["wire"]))
        unpack = unpack_host if got.type == 0x01 else unpack_report
        assert unpack(got)._asdict()["protocol"] == vector["fields"]["protocol"]


@pytest.mark.parametrize("name", ["limits without a ceiling", "all zeros", "all ones"])
def test_vectors_without_a_meaning_have_none(name: str) -> None:
    (vector,) = (v for v in VECTORS if v["name"] == name)
    (got,) = FrameDecoder().feed(bytes.fromhex(vector["wire"]))
    for unpack in (unpack_host, unpack_report):
        with pytest.raises(MessageError):
            unpack(got)


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
    identity = unpack_report(frame(TYPE_OF[Identity], bytes([PROTOCOL_VERSION]) + bytes(18) + model))
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
