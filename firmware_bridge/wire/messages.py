"""What frames mean: one table of messages, each a struct. docs/wire.md, "Messages", is the law here."""

from collections.abc import Callable
from enum import IntEnum
from functools import lru_cache
from struct import Struct
from typing import Final, NamedTuple

from firmware_bridge.wire.framing import Frame

PROTOCOL_VERSION = 1
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
    WRONG_PROTOCOL = 15
    WRONG_EPOCH = 16
    TRIPPED = 17
    NO_SUCH_ACTUATOR = 18
    POWER = 19


class Hello(NamedTuple):
    """Host: who are you?"""

    protocol: int = PROTOCOL_VERSION


class Describe(NamedTuple):
    """Host: tell me of actuator `index`."""

    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody needs here


class Arm(NamedTuple):
    """Host: be ready to move, under the limits with this hash."""

    limits_hash: int


class Heartbeat(NamedTuple):
    """Host: I am alive; the last status I read was `echo`."""

    echo: int


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
    """Device: what I am. `limits_hash` covers every actuator and the power budget."""

    protocol: int
    firmware: int
    unit_id: int
    limits_hash: int
    power_budget: int
    actuators: int
    model: str


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
    too late and frames that did not pass the check; bit i of `resting` is set while actuator i must rest.
    """

    state: int
    reason: int
    free_slots: int
    executed: int
    late: int
    bad: int
    output_sum: int
    resting: int


HostMessage = Hello | Describe | Arm | Heartbeat | Stop | Reset | Setpoints
Report = Identity | ActuatorInfo | Answer | Status

_HELLO = Struct("<B")
_DESCRIBE = Struct("<B")
_ARM = Struct("<I")
_HEARTBEAT = Struct("<B")
_IDENTITY = Struct("<BHIIHB24s")
_ACTUATOR = Struct("<BBBhhBBBBBHHBB12s")
_ANSWER = Struct("<BBB")
_STATUS = Struct("<BBBBHHHQ")

_BINARY_DIGITS = b"0" + b"1" * 255

HELLO, DESCRIBE, ARM, SETPOINTS, HEARTBEAT, STOP, RESET = range(0x01, 0x08)
IDENTITY, ACTUATOR, ANSWER, STATUS = range(0x81, 0x85)

TYPE_OF: dict[type, int] = {
    Hello: HELLO,
    Describe: DESCRIBE,
    Arm: ARM,
    Setpoints: SETPOINTS,
    Heartbeat: HEARTBEAT,
    Stop: STOP,
    Reset: RESET,
    Identity: IDENTITY,
    ActuatorInfo: ACTUATOR,
    Answer: ANSWER,
    Status: STATUS,
}

STRUCTS: Final[dict[int, Struct | None]] = {
    HELLO: _HELLO,
    DESCRIBE: _DESCRIBE,
    ARM: _ARM,
    HEARTBEAT: _HEARTBEAT,
    STOP: None,
    RESET: None,
    IDENTITY: _IDENTITY,
    ACTUATOR: _ACTUATOR,
    ANSWER: _ANSWER,
    STATUS: _STATUS,
}
"""The layout of every fixed payload; None where there is none. Setpoints have no fixed layout."""


def mask_of(drives: bytes) -> int:
    """The wire's mask: bit i is set where actuator i is on."""
    return int(drives[::-1].translate(_BINARY_DIGITS) or b"0", 2)


def unpack_host(frame: Frame) -> HostMessage:
    """The host's message in `frame`, setpoints excepted (they need the device's table).

    Raises MessageError for an unknown type or a payload of the wrong length.
    """
    return _unpack(frame, _HOST)  # type: ignore[return-value]


def unpack_report(frame: Frame) -> Report:
    """The device's report in `frame`; MessageError when it is none."""
    return _unpack(frame, _REPORTS)  # type: ignore[return-value]


def unpack_setpoints(payload: bytes, rated: bytes) -> Setpoints:
    """Setpoints for the device whose actuator i has an adjustable rate where `rated[i]` is not 0.

    What the payload does not name is off. Raises MessageError when the mask names an actuator that is not
    there, an actuator is on with drive 0, or the length does not fit the mask.
    """
    count = len(rated)
    mask_bytes = (count + 7) // 8
    if len(payload) < mask_bytes:
        raise MessageError(f"setpoints of {len(payload)} bytes; the mask alone has {mask_bytes}")
    mask = int.from_bytes(payload[:mask_bytes], "little")
    if mask >> count:
        raise MessageError(f"setpoints name an actuator beyond {count}")
    on, turning = _named(mask, rated)
    rates_at = mask_bytes + len(on)
    if len(payload) != rates_at + len(turning):
        raise MessageError(f"setpoints of {len(payload)} bytes for {len(on)} actuators that are on")
    given = payload[mask_bytes:rates_at]
    if 0 in given:
        raise MessageError("setpoints name an actuator with drive 0")
    drives, rates = bytearray(count), bytearray(count)
    for i, drive in zip(on, given, strict=True):
        drives[i] = drive
    for i, rate in zip(turning, payload[rates_at:], strict=True):
        rates[i] = rate
    return Setpoints(bytes(drives), bytes(rates))


@lru_cache(maxsize=1024)
def _named(mask: int, rated: bytes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The actuators that `mask` names, and those of them that carry a rate."""
    on = tuple(i for i in range(len(rated)) if mask >> i & 1)
    return on, tuple(i for i in on if rated[i])


def _unpack(frame: Frame, table: dict[int, Callable[..., object]]) -> object:
    make = table.get(frame.type)
    if make is None:
        raise MessageError(f"no message has type 0x{frame.type:02x}")
    struct = STRUCTS[frame.type]
    size = 0 if struct is None else struct.size
    if len(frame.payload) != size:
        raise MessageError(f"type 0x{frame.type:02x} has {size} bytes of payload, not {len(frame.payload)}")
    if struct is None:
        return make()
    fields = struct.unpack(frame.payload)
    return make(*(_text(v) if isinstance(v, bytes) else v for v in fields))


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
}
_REPORTS: dict[int, Callable[..., object]] = {
    IDENTITY: Identity,
    ACTUATOR: ActuatorInfo,
    ANSWER: Answer,
    STATUS: Status,
}
