"""What tests/vectors/frames.json holds: frames with their fields, and streams of bytes."""

import struct
from typing import Any

from reference_wire import (
    ACTUATOR,
    ACTUATOR_FIELDS,
    ANSWER,
    ARM,
    DESCRIBE,
    HEARTBEAT,
    HELLO,
    IDENTITY,
    IDENTITY_FIELDS,
    LIMITS,
    LIMITS_HASH,
    NO_PLACE,
    RESET,
    SETPOINTS,
    STATUS,
    STOP,
    WireFrame,
    encode,
    pack_fields,
)

CUSHION = {
    "protocol": 2,
    "firmware": 258,
    "unit_id": 42,
    "limits_hash": 16909060,
    "power_budget": 1800,
    "rest_s": 60,
    "actuators": 16,
    "slots": 32,
    "rate": 50,
    "payload": 64,
    "model": "reference-cushion",
}
SMALL = CUSHION | {
    "firmware": 65535,
    "unit_id": 4294967295,
    "limits_hash": 4294967295,
    "power_budget": 0,
    "rest_s": 65535,
    "actuators": 255,
    "slots": 8,
    "rate": 10,
    "payload": 20,
    "model": "abcdefghijklmnopqrstuvwx",
}
KNEADER = {
    "index": 3,
    "kind": 2,
    "excluded": 0,
    "x_mm": -95,
    "y_mm": 590,
    "radius_mm": 35,
    "ceiling": 200,
    "start": 60,
    "hold": 40,
    "exponent": 50,
    "attack": 400,
    "release": 1600,
    "rate_min": 10,
    "rate_max": 60,
    "id": "knead-l",
}
NOWHERE = KNEADER | {
    "index": 255,
    "kind": 3,
    "excluded": 1,
    "x_mm": NO_PLACE,
    "y_mm": NO_PLACE,
    "radius_mm": 100,
    "ceiling": 0,
    "start": 0,
    "hold": 0,
    "exponent": 250,
    "attack": 4000,
    "release": 4000,
    "rate_min": 0,
    "rate_max": 0,
    "id": "abcdefghijkl",
}
TWO_WITH_A_RATE = {
    "drives": [60, 0, 0, 0, 0, 0, 0, 255, 1, 0, 0, 0, 0, 0, 0, 128],
    "rates": [0] * 8 + [20] + [0] * 6 + [60],
    "rated": list(range(8, 16)),
}
FIFTY_SIX = {"drives": [*range(1, 57), *[0] * 8], "rates": [0] * 64}


def limits(first: int, seconds: int, ceilings: list[int]) -> tuple[bytes, dict[str, Any]]:
    """Payload and fields of LIMITS."""
    fields = {"first": first, "seconds": seconds, "ceilings": ceilings}
    return struct.pack("<BH", first, seconds) + bytes(ceilings), fields


def limits_hash(session_hash: int, seconds: int) -> tuple[bytes, dict[str, Any]]:
    """Payload and fields of LIMITS_HASH."""
    return struct.pack("<IH", session_hash, seconds), {"session_hash": session_hash, "seconds": seconds}


def status(fields: dict[str, Any], size: int) -> tuple[bytes, dict[str, Any]]:
    """Payload and fields of STATUS; `resting` as an integer of `size` bytes."""
    *counts, resting = fields.values()
    return struct.pack("<BBBBHHH", *counts) + resting.to_bytes(size, "little"), fields


def by_layout(layout: dict[str, str], fields: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """Payload and fields of IDENTITY or ACTUATOR."""
    return pack_fields(layout, fields), fields


def silent(count: int) -> dict[str, Any]:
    """Setpoints that drive nothing."""
    return {"drives": [0] * count, "rates": [0] * count}


PLAYING = {
    "state": 2,
    "reason": 0,
    "free_slots": 24,
    "executed": 255,
    "late": 3,
    "bad": 1,
    "output_sum": 1799,
}
TRIPPED = {
    "state": 5,
    "reason": 19,
    "free_slots": 8,
    "executed": 0,
    "late": 65535,
    "bad": 65535,
    "output_sum": 0,
}

FRAMES: list[tuple[str, str, WireFrame, dict[str, Any]]] = []
"""Name, message, frame, fields. A message of no name means nothing, or belongs to another version."""


def add(
    name: str, message: str, head: tuple[int, int, int, int, int], meaning: tuple[bytes, dict[str, Any]]
) -> None:
    """One frame more; `head` is type, seq, t_ms, epoch, echo."""
    payload, fields = meaning
    FRAMES.append((name, message, WireFrame(*head, payload), fields))


add("hello", "Hello", (HELLO, 1, 0, 0, 0), (b"\2", {"protocol": 2}))
add("hello of another protocol, another length", "", (HELLO, 1, 0, 0, 0), (b"\3\1\2\3", {"protocol": 3}))
add("describe", "Describe", (DESCRIBE, 2, 0, 7, 1), (b"\x0f", {"index": 15}))
add("arm", "Arm", (ARM, 3, 0, 7, 9), (b"\xef\xbe\xad\xde", {"session_hash": 0xDEADBEEF}))
add("setpoints silent", "Setpoints", (SETPOINTS, 4, 20, 7, 10), (bytes(2), silent(16)))
add(
    "setpoints, four on, two with a rate",
    "Setpoints",
    (SETPOINTS, 255, 65535, 255, 255),
    (bytes.fromhex("81813cff0180143c"), TWO_WITH_A_RATE),
)
add(
    "setpoints, sixty-four actuators, fifty-six on",
    "Setpoints",
    (SETPOINTS, 0, 32768, 7, 0),
    (b"\xff" * 7 + b"\0" + bytes(range(1, 57)), FIFTY_SIX),
)
add("heartbeat", "Heartbeat", (HEARTBEAT, 5, 0, 7, 200), (b"", {}))
add("stop", "Stop", (STOP, 6, 0, 7, 201), (b"", {}))
add("stop of any epoch", "Stop", (STOP, 0, 0, 0, 0), (b"", {}))
add("reset", "Reset", (RESET, 7, 0, 7, 202), (b"", {}))
add("limits of sixteen", "Limits", (LIMITS, 8, 0, 7, 3), limits(0, 600, [*range(0, 240, 15)]))
add("limits of one, the last", "Limits", (LIMITS, 9, 0, 7, 3), limits(255, 65535, [255]))
add("limits of sixty-one", "Limits", (LIMITS, 10, 0, 7, 3), limits(3, 1200, [*range(1, 62)]))
add("limits without a ceiling", "", (LIMITS, 11, 0, 7, 3), limits(0, 600, []))
add("identity", "Identity", (IDENTITY, 1, 5, 7, 0), by_layout(IDENTITY_FIELDS, CUSHION))
add(
    "identity, texts without padding",
    "Identity",
    (IDENTITY, 255, 65535, 255, 0),
    by_layout(IDENTITY_FIELDS, SMALL),
)
add(
    "identity of another protocol, another length",
    "",
    (IDENTITY, 1, 5, 7, 0),
    (
        bytes.fromhex("0102012a000000040302010807107265666572656e63652d63757368696f6e00000000000000"),
        {"protocol": 1},
    ),
)
add("actuator", "ActuatorInfo", (ACTUATOR, 2, 6, 7, 0), by_layout(ACTUATOR_FIELDS, KNEADER))
add("actuator without a place", "ActuatorInfo", (ACTUATOR, 3, 7, 7, 0), by_layout(ACTUATOR_FIELDS, NOWHERE))
add("answer", "Answer", (ANSWER, 4, 8, 7, 0), (b"\3\3\x0e", {"request": 3, "seq": 3, "reason": 14}))
add(
    "answer, busy",
    "Answer",
    (ANSWER, 5, 9, 7, 0),
    (b"\x08\xff\x14", {"request": 8, "seq": 255, "reason": 20}),
)
add("status", "Status", (STATUS, 9, 1000, 7, 0), status(PLAYING | {"resting": 1 << 63 | 1}, 8))
add("status of nine actuators", "Status", (STATUS, 10, 1075, 7, 0), status(TRIPPED | {"resting": 0x101}, 2))
add("limits hash", "LimitsHash", (LIMITS_HASH, 11, 1080, 7, 0), limits_hash(0xDEADBEEF, 600))
add("all zeros", "", (0, 0, 0, 0, 0), (bytes(64), {}))
add("all ones", "", (255, 255, 65535, 255, 255), (b"\xff" * 64, {}))

WIRE = {name: encode(frame) for name, _, frame, _ in FRAMES}


def flipped(data: bytes, at: int) -> bytes:
    """One bit of byte `at` the other way."""
    return data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]


SHORT = bytes.fromhex("0a010101010128d2202c00")
"""Five bytes of zeros and their check: one less than a header."""

STREAMS: list[tuple[str, bytes, list[str], int, int]] = [
    ("two frames", WIRE["hello"] + WIRE["arm"], ["hello", "arm"], 0, 0),
    (
        "stray delimiters between frames",
        bytes(2) + WIRE["hello"] + b"\0" + WIRE["stop"],
        ["hello", "stop"],
        0,
        0,
    ),
    ("noise in front costs the first frame", b"\x99\x98" + WIRE["hello"] + WIRE["stop"], ["stop"], 1, 0),
    (
        "a lost delimiter costs both frames",
        WIRE["hello"][:-1] + WIRE["describe"] + WIRE["stop"],
        ["stop"],
        1,
        0,
    ),
    ("a flipped bit in the payload", flipped(WIRE["arm"], 9) + WIRE["arm"], ["arm"], 1, 0),
    ("a flipped bit in the echo", flipped(WIRE["heartbeat"], 6) + WIRE["heartbeat"], ["heartbeat"], 1, 0),
    ("a code byte that points beyond the end", b"\xf0\1\2\0" + WIRE["stop"], ["stop"], 1, 0),
    ("right check, no whole header", SHORT, [], 1, 0),
    (
        "right check, sixty-five bytes of payload",
        encode(WireFrame(0, 0, 0, 0, 0, bytes(65))) + WIRE["stop"],
        ["stop"],
        1,
        0,
    ),
    ("two hundred bytes without a delimiter", b"\x55" * 200 + b"\0" + WIRE["stop"], ["stop"], 1, 0),
    ("three zeros are no stop", b"\5" + bytes(3), [], 1, 0),
    ("four zeros are a stop", b"\5" + bytes(4), [], 1, 1),
    ("nine zeros are one stop", bytes(9) + WIRE["stop"], ["stop"], 0, 1),
    (
        "zeros in the middle of a frame",
        WIRE["status"][:14] + bytes(4) + WIRE["status"],
        ["status"],
        1,
        1,
    ),
    ("two runs of zeros are two stops", bytes(4) + WIRE["hello"] + bytes(3), ["hello"], 0, 2),
]


def frames_file() -> dict[str, list[dict[str, Any]]]:
    """Frames and streams, as the file keeps them."""
    frames = [
        {"name": name, "message": message, "wire": WIRE[name].hex()}
        | frame._asdict()
        | {"payload": frame.payload.hex(), "fields": fields}
        for name, message, frame, fields in FRAMES
    ]
    streams = [
        {"name": name, "wire": wire.hex(), "frames": frames, "discarded": discarded, "stops": stops}
        for name, wire, frames, discarded, stops in STREAMS
    ]
    return {"frames": frames, "streams": streams}
