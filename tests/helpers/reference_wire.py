"""Frames and messages of a second device, written from docs/wire.md alone: headings "Frame" and "Messages".

It imports nothing of the project, so that it cannot share a mistake with it.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cobs import cobs

PROTOCOL = 2

# Frame

HEADER = "<BBHBB"
PAYLOAD_MAX = 64
BODY_MIN = 6 + 4
BODY_MAX = BODY_MIN + PAYLOAD_MAX
STOP_ZEROS = 4


class WireFrame(NamedTuple):
    """What stands in a frame, its check taken off."""

    type: int
    seq: int
    t_ms: int
    epoch: int
    echo: int
    payload: bytes


def encode(frame: WireFrame) -> bytes:
    """`frame` as bytes of the line, delimiter included; of any length, so that faults can be written."""
    body = struct.pack(HEADER, *frame[:5]) + frame.payload
    return bytes(cobs.encode(body + struct.pack("<I", zlib.crc32(body)))) + b"\0"


def decode(chunk: bytes) -> WireFrame | None:
    """The frame of the bytes between two delimiters; None where they are none."""
    try:
        body = cobs.decode(chunk)
    except cobs.DecodeError:
        return None
    if not BODY_MIN <= len(body) <= BODY_MAX:
        return None
    if zlib.crc32(body[:-4]) != int.from_bytes(body[-4:], "little"):
        return None
    return WireFrame(*struct.unpack(HEADER, body[:6]), body[6:-4])


class Receiver:
    """Cuts what comes in into frames, and sees four zero bytes in a row."""

    def __init__(self) -> None:
        self.bad = 0
        self.zeros = 0
        self.chunk = bytearray()

    def take(self, data: bytes) -> Iterator[WireFrame | None]:
        """In the order of the line: each frame, and None for each stop by zeros."""
        for byte in data:
            if byte:
                self.zeros = 0
                if len(self.chunk) <= BODY_MAX + 1:  # longer is no frame, however much longer
                    self.chunk.append(byte)
                continue
            self.zeros += 1
            if self.chunk:
                frame = decode(bytes(self.chunk))
                self.chunk.clear()
                if frame is None:
                    self.bad += 1
                else:
                    yield frame
            if self.zeros == STOP_ZEROS:
                yield None


# Messages from the host

HELLO, DESCRIBE, ARM, SETPOINTS, HEARTBEAT, STOP, RESET, LIMITS = range(1, 9)
LENGTHS = {DESCRIBE: 1, ARM: 4, HEARTBEAT: 0, STOP: 0, RESET: 0}
"""Payloads of one length only."""


class Row(NamedTuple):
    """One setpoint for every actuator; a rate of None where the frame has none."""

    drives: list[int]
    rates: list[int | None]


def read_setpoints(payload: bytes, has_rate: list[bool]) -> Row | None:
    """What the payload asks for; None where it is malformed."""
    count = len(has_rate)
    size = (count + 7) // 8
    if len(payload) < size:
        return None
    mask = int.from_bytes(payload[:size], "little")
    if mask >> count:
        return None
    named = [i for i in range(count) if mask >> i & 1]
    paced = [i for i in named if has_rate[i]]
    if len(payload) != size + len(named) + len(paced):
        return None
    drives: list[int] = [0] * count
    rates: list[int | None] = [None] * count
    for place, i in enumerate(named):
        drives[i] = payload[size + place]
        if drives[i] == 0:
            return None
    for place, i in enumerate(paced):
        rates[i] = payload[size + len(named) + place]
    return Row(drives, rates)


# Messages from the device

IDENTITY, ACTUATOR, ANSWER, STATUS, LIMITS_HASH = range(0x81, 0x86)

DISARMED, ARMED, PLAYING, HOLDING, STOPPING, TRIPPED = range(6)
STATES = ("disarmed", "armed", "playing", "holding", "stopping", "tripped")

REASONS = (
    "none",
    "stop frame",
    "stop zeros",
    "line break",
    "line dropped",
    "button",
    "link lost",
    "session over",
    "ceiling",
    "excluded",
    "rate",
    "too far ahead",
    "malformed",
    "not armed",
    "wrong limits",
    "resting",
    "wrong epoch",
    "tripped",
    "no such actuator",
    "power budget",
    "busy",
)
REASON = {name: number for number, name in enumerate(REASONS)}

IDENTITY_FIELDS = {
    "protocol": "B",
    "firmware": "H",
    "unit_id": "I",
    "limits_hash": "I",
    "power_budget": "H",
    "rest_s": "H",
    "actuators": "B",
    "slots": "B",
    "rate": "B",
    "payload": "B",
    "model": "24s",
}
ACTUATOR_FIELDS = {
    "index": "B",
    "kind": "B",
    "excluded": "B",
    "x_mm": "h",
    "y_mm": "h",
    "radius_mm": "B",
    "ceiling": "B",
    "start": "B",
    "hold": "B",
    "exponent": "B",
    "attack": "H",
    "release": "H",
    "rate_min": "B",
    "rate_max": "B",
    "id": "12s",
}
KNEADING = 2
NO_PLACE = -32768


def pack_fields(layout: Mapping[str, str], fields: Mapping[str, Any]) -> bytes:
    """The payload of `fields`, by name, in the order of `layout`; texts are padded with zeros."""
    values = [fields[name].encode() if layout[name].endswith("s") else fields[name] for name in layout]
    return struct.pack("<" + "".join(layout.values()), *values)


def table_hash(identity: Mapping[str, Any], table: list[dict[str, Any]]) -> int:
    """The CRC-32 that `limits_hash` has to be."""
    head = struct.pack("<BHHB", PROTOCOL, identity["power_budget"], identity["rest_s"], len(table))
    return zlib.crc32(head + b"".join(pack_fields(ACTUATOR_FIELDS, actuator) for actuator in table))


def session_hash(limits_hash: int, seconds: int, ceilings: list[int]) -> int:
    """The CRC-32 that ARM has to echo."""
    return zlib.crc32(struct.pack("<IH", limits_hash, seconds) + bytes(ceilings))
