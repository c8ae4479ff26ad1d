"""What frames mean: one table of messages, each a struct. docs/wire.md, "Messages", is the law here."""

from collections.abc import Callable, Sequence
from enum import IntEnum
from struct import Struct
from typing import Any, Final, NamedTuple

from firmware_bridge.wire.framing import PAYLOAD_MAX, Frame

PROTOCOL_VERSION = 2
EPOCH_ANY = 0
"""The epoch of a host that has not yet heard from the device; only HELLO and STOP may carry it."""


class MessageError(ValueError):
    """A frame passed its check but holds no message we know."""


class Kind(IntEnum):
    """Kind of an actuator."""

    VIBRATION = 1
    KNEADING = 2
    PRESSURE = 3


class DeviceState(IntEnum):
    """What the device says it is doing."""

    DISARMED = 0
    ARMED = 1
    PLAYING = 2
    HOLDING = 3
    STOPPING = 4
    TRIPPED = 5


class Reason(IntEnum):
    """Why the device stopped, tripped or refused."""

    NONE = 0
    STOP_FRAME = 1
    STOP_ZEROS = 2
    LINE_BREAK = 3
    LINE_DROPPED = 4
    BUTTON = 5
    LINK_LOST = 6
    SESSION_OVER = 7
    CEILING = 8
    EXCLUDED = 9
    RATE = 10
    TOO_FAR_AHEAD = 11
    MALFORMED = 12
    NOT_ARMED = 13
    WRONG_LIMITS = 14
    RESTING = 15
    WRONG_EPOCH = 16
    TRIPPED = 17
    NO_SUCH_ACTUATOR = 18
    POWER = 19
    BUSY = 20


NOWHERE_MM: Final = -32768
"""The place, on the wire, of an actuator whose place is not known."""


class Hello(NamedTuple):
    """Host: who are you?"""

    protocol: int = PROTOCOL_VERSION


class Describe(NamedTuple):
    """Host: tell me of actuator `index`."""

    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody needs here


class Limits(NamedTuple):
    """Host: what this person may have: `ceilings` of the actuators from `first` on, and seconds."""

    first: int
    seconds: int
    ceilings: bytes


class Arm(NamedTuple):
    """Host: be ready to move, under the limits of device and session with this hash."""

    session_hash: int


class Heartbeat(NamedTuple):
    """Host: I am alive, and have nothing else to say."""


class Stop(NamedTuple):
    """Host: ramp down and disarm."""


class Reset(NamedTuple):
    """Host: a person has looked; clear the trip. Never restarts anything."""


class Setpoints(NamedTuple):
    """Host: the whole state at the frame's `t_ms`; one drive and one rate byte for every actuator.

    On the wire only actuators that are on are named, and a rate only where one is given.
    """

    drives: bytes
    rates: bytes


class Identity(NamedTuple):
    """Device: what I am. `limits_hash` covers every actuator, the power budget and the rest.

    After a session that ran out it rests for `rest_s` seconds. Its queue holds `slots` setpoints, it takes
    `rate` of them a second, and payloads of `payload` bytes at most. Of another protocol only `protocol` is
    known; the rest is 0.
    """

    protocol: int
    firmware: int = 0
    unit_id: int = 0
    limits_hash: int = 0
    power_budget: int = 0
    rest_s: int = 0
    actuators: int = 0
    slots: int = 0
    rate: int = 0
    payload: int = 0
    model: str = ""


class ActuatorInfo(NamedTuple):
    """Device: one of my actuators; drives 0-255, slews in drive units a second, places in mm."""

    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody needs here
    kind: int
    excluded: int
    x_mm: int
    y_mm: int
    radius_mm: int
    ceiling: int
    start: int
    hold: int
    exponent_percent: int
    attack: int
    release: int
    rate_min: int
    rate_max: int
    id: str


class Answer(NamedTuple):
    """Device: your request `request` with sequence `seq` was taken (reason NONE) or refused."""

    request: int
    seq: int
    reason: int


class Status(NamedTuple):
    """Device: how I am. `output_sum` adds up every drive that is put out at this moment.

    `executed` is the sequence of the last setpoints played, `late` and `bad` count setpoints that came
    too late and frames that did not pass the check; bit i % 8 of byte i / 8 of `resting` is set while
    actuator i must rest.
    """

    state: int
    reason: int
    free_slots: int
    executed: int
    late: int
    bad: int
    output_sum: int
    resting: bytes


class LimitsHash(NamedTuple):
    """Device: the hash of my limits and the session's, as I keep them, and the seconds that it may take."""

    session_hash: int
    seconds: int


HostMessage = Hello | Describe | Limits | Arm | Heartbeat | Stop | Reset | Setpoints
Report = Identity | ActuatorInfo | Answer | Status | LimitsHash

_HELLO = Struct("<B")
_DESCRIBE = Struct("<B")
_LIMITS = Struct("<BH")
_ARM = Struct("<I")
_IDENTITY = Struct("<BHIIHHBBBB24s")
_ACTUATOR = Struct("<BBBhhBBBBBHHBB12s")
_ANSWER = Struct("<BBB")
_STATUS = Struct("<BBBBHHH")
_LIMITS_HASH = Struct("<IH")

HELLO, DESCRIBE, ARM, SETPOINTS, HEARTBEAT, STOP, RESET, LIMITS = range(0x01, 0x09)
IDENTITY, ACTUATOR, ANSWER, STATUS, LIMITS_HASH = range(0x81, 0x86)

TYPE_OF: dict[type, int] = {
    Hello: HELLO,
    Describe: DESCRIBE,
    Arm: ARM,
    Setpoints: SETPOINTS,
    Heartbeat: HEARTBEAT,
    Stop: STOP,
    Reset: RESET,
    Limits: LIMITS,
    Identity: IDENTITY,
    ActuatorInfo: ACTUATOR,
    Answer: ANSWER,
    Status: STATUS,
    LimitsHash: LIMITS_HASH,
}

STRUCTS: Final[dict[int, Struct | None]] = {
    HELLO: _HELLO,
    DESCRIBE: _DESCRIBE,
    ARM: _ARM,
    HEARTBEAT: None,
    STOP: None,
    RESET: None,
    LIMITS: _LIMITS,
    IDENTITY: _IDENTITY,
    ACTUATOR: _ACTUATOR,
    ANSWER: _ANSWER,
    STATUS: _STATUS,
    LIMITS_HASH: _LIMITS_HASH,
}
"""The layout of every payload; None where there is none. Setpoints have no layout."""

LIMITS_HEAD: Final = _LIMITS.size
"""Bytes before the ceilings in a payload of LIMITS."""
CEILINGS_MAX: Final = PAYLOAD_MAX - LIMITS_HEAD
"""Ceilings in one frame of LIMITS."""
TAILS: Final[dict[int, range]] = {LIMITS: range(1, CEILINGS_MAX + 1), STATUS: range(1, 9)}
"""How many bytes may follow the layout, as the last field, where any do."""
_NO_TAIL = range(1)
_IN_EVERY_PROTOCOL: Final = frozenset({HELLO, IDENTITY})
_OURS = bytes([PROTOCOL_VERSION])


def unpack_host(frame: Frame) -> HostMessage:
    """The host's message in `frame`, setpoints excepted (they need the device's table).

    Raises MessageError for an unknown type or a payload of the wrong length. A HELLO of another protocol may
    be longer than ours; a STOP is one whatever comes with it.
    """
    if frame.type == STOP:
        return Stop()
    return _unpack(frame, _HOST)  # type: ignore[return-value]


def unpack_report(frame: Frame) -> Report:
    """The device's report in `frame`; MessageError when it is none."""
    return _unpack(frame, _REPORTS)  # type: ignore[return-value]


def pack_fields(kind: int, fields: Sequence[Any]) -> bytes:
    """The payload of a message of type `kind`, texts as bytes, setpoints excepted."""
    struct = STRUCTS[kind]
    if struct is None:
        return b""
    return struct.pack(*fields[:-1]) + fields[-1] if kind in TAILS else struct.pack(*fields)


def _unpack(frame: Frame, table: dict[int, Callable[..., object]]) -> object:
    make = table.get(frame.type)
    if make is None:
        raise MessageError(f"no message has type 0x{frame.type:02x}")
    if frame.type in _IN_EVERY_PROTOCOL and frame.payload[:1] not in (b"", _OURS):
        return make(frame.payload[0])  # what follows in another protocol is not known
    struct, payload = STRUCTS[frame.type], frame.payload
    size = 0 if struct is None else struct.size
    tail = TAILS.get(frame.type, _NO_TAIL)
    if len(payload) - size not in tail:
        raise MessageError(f"a payload of {len(payload)} bytes in a frame of type 0x{frame.type:02x}")
    if struct is None:
        return make()
    fields = (_text(v) if isinstance(v, bytes) else v for v in struct.unpack_from(payload))
    return make(*fields) if tail is _NO_TAIL else make(*fields, payload[size:])


def _text(raw: bytes) -> str:
    """Printable ASCII or nothing: names from the wire reach a person's terminal."""
    text = raw.rstrip(b"\0").decode("ascii", "replace")
    return "".join(c if c.isprintable() and c != "�" else "?" for c in text)


_HOST: dict[int, Callable[..., object]] = {
    HELLO: Hello,
    DESCRIBE: Describe,
    ARM: Arm,
    HEARTBEAT: Heartbeat,
    STOP: Stop,
    RESET: Reset,
    LIMITS: Limits,
}
_REPORTS: dict[int, Callable[..., object]] = {
    IDENTITY: Identity,
    ACTUATOR: ActuatorInfo,
    ANSWER: Answer,
    STATUS: Status,
    LIMITS_HASH: LimitsHash,
}
