"""Bytes of what a device says, and the size of what it is told.

The other direction, what a host says, is `firmware_bridge.safety.encode`: it takes what the interlock
permitted and nothing else.
"""

import zlib
from collections.abc import Sequence
from struct import pack

from firmware_bridge.wire.framing import FRAME_OVERHEAD, Frame, pack_frame
from firmware_bridge.wire.messages import (
    PROTOCOL_VERSION,
    TYPE_OF,
    ActuatorInfo,
    Report,
    Setpoints,
    pack_fields,
)
from firmware_bridge.wire.setpoints import Burst


def encode_report(report: Report, *, seq: int, t_ms: int, epoch: int) -> bytes:
    """Bytes from a device to the host."""
    return pack_frame(Frame(TYPE_OF[type(report)], seq, t_ms & 0xFFFF, epoch, 0, report_payload(report)))


def report_payload(report: Report) -> bytes:
    """The payload of `report`; also what the hash of the limits is taken over."""
    fields = [field.encode("ascii") if isinstance(field, str) else field for field in report]
    return pack_fields(TYPE_OF[type(report)], fields)


def limits_hash(table: Sequence[ActuatorInfo], power_budget: int, rest_s: int) -> int:
    """CRC-32 over protocol version, power budget, rest and every actuator's payload, in wire order."""
    crc = zlib.crc32(pack("<BHHB", PROTOCOL_VERSION, power_budget, rest_s, len(table)))
    for info in table:
        crc = zlib.crc32(report_payload(info), crc)
    return crc


def session_hash(limits_hash: int, seconds: int, ceilings: bytes) -> int:
    """CRC-32 over the hash of a device's limits and what it keeps for a session; `ceilings` in wire order."""
    return zlib.crc32(pack("<IH", limits_hash, seconds) + ceilings)


def setpoints_size(setpoints: Setpoints) -> int:
    """How many bytes `setpoints` take on the line."""
    drives, rates = setpoints
    on = len(drives) - drives.count(0) + len(rates) - rates.count(0)
    return FRAME_OVERHEAD + (len(drives) + 7) // 8 + on


def burst_size(burst: Burst) -> int:
    """How many bytes a burst takes on the line."""
    drives, rates, frames, width = burst
    on = len(drives) - drives.count(0) + len(rates) - rates.count(0)
    return frames * (FRAME_OVERHEAD + (width + 7) // 8) + on
