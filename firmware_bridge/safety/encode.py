"""The encoder: what the interlock permitted, as bytes.

A host message has no other way to become bytes: its payload is packed here, out of a `PermittedFrame`.
"""

from firmware_bridge.safety.interlock import PermittedFrame
from firmware_bridge.wire.framing import Frame, pack_frame
from firmware_bridge.wire.messages import TYPE_OF, HostMessage, Setpoints, pack_fields
from firmware_bridge.wire.setpoints import mask_of


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


def _pack_setpoints(message: Setpoints) -> bytes:
    """Mask, then a drive for each actuator that is on, then a rate for each that has one."""
    drives, rates = message
    mask = mask_of(drives)
    return (
        mask.to_bytes((len(drives) + 7) // 8, "little")
        + drives.replace(b"\0", b"")
        + rates.replace(b"\0", b"")
    )
