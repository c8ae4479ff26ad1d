"""The encoder: what the interlock permitted, as bytes.

A host message has no other way to become bytes: its payload is packed here, out of a `PermittedFrame`.
"""

from firmware_bridge.safety.interlock import PermittedFrame
from firmware_bridge.wire.framing import Frame, pack_frame
from firmware_bridge.wire.messages import STRUCTS, TYPE_OF, HostMessage, Setpoints, mask_of


def encode(permitted: PermittedFrame[HostMessage], *, seq: int, t_ms: int, epoch: int) -> bytes:
    """Bytes for the device. `t_ms` is device time modulo 65536; `seq` and `epoch` are bytes.

    Raises TypeError for anything that did not come from the interlock.
    """
    if not isinstance(permitted, PermittedFrame):
        raise TypeError("only a frame that the interlock permitted can be encoded")
    message = permitted.message
    payload = _pack_setpoints(message) if isinstance(message, Setpoints) else _pack_fields(message)
    return pack_frame(Frame(TYPE_OF[type(message)], seq, t_ms & 0xFFFF, epoch, 0, payload))


def _pack_fields(message: HostMessage) -> bytes:
    struct = STRUCTS[TYPE_OF[type(message)]]
    return b"" if struct is None else struct.pack(*message)


def _pack_setpoints(message: Setpoints) -> bytes:
    """Mask, then a drive for each actuator that is on, then a rate for each that has one."""
    drives, rates = message
    mask = mask_of(drives)
    return (
        mask.to_bytes((len(drives) + 7) // 8, "little")
        + drives.replace(b"\0", b"")
        + rates.replace(b"\0", b"")
    )
