"""The payload of setpoints: a mask, drives, rates. docs/wire.md, "Setpoints", is the law here."""

from functools import lru_cache
from typing import NamedTuple

from firmware_bridge.wire.messages import MessageError, Setpoints

_BINARY_DIGITS = b"0" + b"1" * 255


class Burst(NamedTuple):
    """Setpoints of so many frames, one after the other: drives and rates, each `width` bytes a frame."""

    drives: bytes
    rates: bytes
    frames: int
    width: int


def mask_of(drives: bytes) -> int:
    """The wire's mask: bit i is set where actuator i is on."""
    return int(drives[::-1].translate(_BINARY_DIGITS) or b"0", 2)


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
