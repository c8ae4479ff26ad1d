"""Bytes of what a device says, and the size of what it is told.

The other direction, what a host says, is `firmware_bridge.safety.encode`: it takes what the interlock
permitted and nothing else.
"""

from firmware_bridge.wire.framing import FRAME_OVERHEAD, Frame, pack_frame
from firmware_bridge.wire.messages import STRUCTS, TYPE_OF, Report, Setpoints


def encode_report(report: Report, *, seq: int, t_ms: int, epoch: int) -> bytes:
    """Bytes from a device to the host."""
    return pack_frame(Frame(TYPE_OF[type(report)], seq, t_ms & 0xFFFF, epoch, 0, report_payload(report)))


def report_payload(report: Report) -> bytes:
    """The payload of `report`; also what the hash of the limits is taken over."""
    struct = STRUCTS[TYPE_OF[type(report)]]
    assert struct is not None  # every report has fields
    return struct.pack(*(field.encode("ascii") if isinstance(field, str) else field for field in report))


def setpoints_size(setpoints: Setpoints) -> int:
    """How many bytes `setpoints` take on the line."""
    drives, rates = setpoints
    on = len(drives) - drives.count(0) + len(rates) - rates.count(0)
    return FRAME_OVERHEAD + (len(drives) + 7) // 8 + on
