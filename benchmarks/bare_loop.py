"""The yardstick: pack, check (CRC-32) and stuff (COBS) so many setpoint frames, undo it, and nothing else.

One frame at a time, with the project's own framing and messages, four of sixteen actuators on: about as many
as relaxing-back has on the reference cushion. `python -m benchmarks.bare_loop 52000`
"""

import sys

from firmware_bridge.safety.encode import _pack_setpoints as pack_setpoints
from firmware_bridge.wire.framing import Frame, FrameDecoder, pack_frame
from firmware_bridge.wire.messages import SETPOINTS, Setpoints
from firmware_bridge.wire.setpoints import unpack_setpoints

RATED = bytes(16)
DRIVES = bytes(60 + i if i % 4 == 0 else 0 for i in range(16))


def main() -> None:
    """Encode and decode as many frames as the first argument says."""
    count = int(sys.argv[1])
    decoder = FrameDecoder()
    decoded = 0
    for i in range(count):
        payload = pack_setpoints(Setpoints(DRIVES, RATED))
        data = pack_frame(Frame(SETPOINTS, i & 0xFF, i * 20 & 0xFFFF, 7, 0, payload))
        for frame in decoder.feed(data):
            unpack_setpoints(frame.payload, RATED)
            decoded += 1
    if decoded != count:
        raise SystemExit(f"{decoded} of {count} frames came back")


if __name__ == "__main__":
    main()
