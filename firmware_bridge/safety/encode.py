"""The encoder: what the interlock permitted, as bytes.

A host message has no other way to become bytes: its payload is packed here, out of a `PermittedFrame`.
"""

import ctypes
from collections.abc import Sequence
from struct import pack

from firmware_bridge.safety.interlock import PermittedFrame
from firmware_bridge.safety.native_veto import Header
from firmware_bridge.wire.framing import ENCODED_MAX, Frame, pack_frame
from firmware_bridge.wire.messages import SETPOINTS, TYPE_OF, HostMessage, Setpoints, pack_fields
from firmware_bridge.wire.setpoints import Burst, mask_of


def encode(
    permitted: PermittedFrame[HostMessage], *, seq: int, t_ms: int, epoch: int, echo: int = 0
) -> bytes:
    """Bytes for the device. `t_ms` is device time modulo 65536; `seq`, `epoch` and `echo` are bytes.

    `echo` is the number of the status read last, 0 for none.

    Raises TypeError for anything that did not come from the interlock.
    """
    if not isinstance(permitted, PermittedFrame):
        raise TypeError("only a frame that the interlock permitted can be encoded")
    message = permitted.message
    kind = TYPE_OF[type(message)]
    payload = _pack_setpoints(message) if isinstance(message, Setpoints) else pack_fields(kind, message)
    return pack_frame(Frame(kind, seq, t_ms & 0xFFFF, epoch, echo, payload))


def encode_burst(
    library: ctypes.CDLL,
    permitted: PermittedFrame[Burst],
    *,
    seq: int,
    t_ms: Sequence[int],
    epoch: int,
    echo: int = 0,
) -> tuple[bytes, bytes]:
    """Bytes for the device, by veto.c, and the size of each of the frames.

    `t_ms` has the device time of each, `seq` is that of the first; else as `encode`.

    Raises TypeError for anything that did not come from the interlock, ValueError for too long a frame.
    """
    if not isinstance(permitted, PermittedFrame):
        raise TypeError("only a frame that the interlock permitted can be encoded")
    drives, rates, frames, width = permitted.message
    header = Header(width, SETPOINTS, seq & 0xFF, epoch, echo)
    due = pack(f"<{frames}H", *(t & 0xFFFF for t in t_ms))
    into, sizes = ctypes.create_string_buffer(frames * ENCODED_MAX), ctypes.create_string_buffer(frames)
    written: int = library.veto_encode(ctypes.byref(header), drives, rates, due, frames, into, sizes)
    if not written:
        raise ValueError("setpoints for more actuators than a frame holds")
    return into.raw[:written], sizes.raw


def _pack_setpoints(message: Setpoints) -> bytes:
    """Mask, then a drive for each actuator that is on, then a rate for each that has one."""
    drives, rates = message
    mask = mask_of(drives)
    return (
        mask.to_bytes((len(drives) + 7) // 8, "little")
        + drives.replace(b"\0", b"")
        + rates.replace(b"\0", b"")
    )
