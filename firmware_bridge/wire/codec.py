"""Bytes of what a device says, and the size of what it is told.

The other direction, what a host says, is `firmware_bridge.safety.encode`: it takes what the interlock
permitted and nothing else.
"""

import zlib
from struct import pack
from typing import Any

from firmware_bridge.wire.framing import FRAME_OVERHEAD, Frame, pack_frame
from firmware_bridge.wire.messages import STRUCTS, TAILS, TYPE_OF, Report, Setpoints


def encode_report(report: Report, *, seq: int, t_ms: int, epoch: int) -> bytes:
    """Bytes from a device to the host."""
    return pack_frame(Frame(TYPE_OF[type(report)], seq, t_ms & 0xFFFF, epoch, 0, report_payload(report)))


def report_payload(report: Report) -> bytes:
    """The payload of `report`; also what the hash of the limits is taken over."""
    kind = TYPE_OF[type(report)]
    struct = STRUCTS[kind]
    assert struct is not None  # every report has fields
    fields: tuple[Any, ...] = tuple(
        field.encode("ascii") if isinstance(field, str) else field for field in report
    )
    return struct.pack(*fields[:-1]) + fields[-1] if kind in TAILS else struct.pack(*fields)


def session_hash(limits_hash: int, seconds: int, ceilings: bytes) -> int:
    """CRC-32 over the hash of a device's limits and what it keeps for a session; `ceilings` in wire order."""
    return zlib.crc32(pack("<IH", limits_hash, seconds) + ceilings)


def setpoints_size(setpoints: Setpoints) -> int:
    """How many bytes `setpoints` take on the line."""
    drives, rates = setpoints
    on = len(drives) - drives.count(0) + len(rates) - rates.count(0)
    return FRAME_OVERHEAD + (len(drives) + 7) // 8 + on
