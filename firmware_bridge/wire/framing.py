"""Frames on the wire: COBS-delimited bytes with a CRC-32. docs/wire.md, "Frame", is the law here.

`COBS( type u8 | seq u8 | t_ms u16 | epoch u8 | echo u8 | payload <= 64 | CRC-32/ISO-HDLC u32 ) 00`
"""

import zlib
from struct import Struct
from typing import NamedTuple

from cobs import cobs

BAUD = 115200
"""Speed of the line, bits a second."""

PAYLOAD_MAX = 64
_HEADER = Struct("<BBHBB")
_CRC = Struct("<I")
_BODY_MIN = _HEADER.size + _CRC.size
_BODY_MAX = _BODY_MIN + PAYLOAD_MAX
FRAME_OVERHEAD = _BODY_MIN + 2
"""Bytes on the line beside the payload: header, check, one for COBS (below 254 bytes), the delimiter."""
ENCODED_MAX = FRAME_OVERHEAD + PAYLOAD_MAX
"""Longest frame on the line, bytes."""

STOP_ZEROS = 4
"""So many consecutive zero bytes are a stop: COBS traffic never holds more than a stray delimiter."""


class Frame(NamedTuple):
    """One frame, its check passed; what it means is for `messages` to say."""

    type: int
    seq: int
    t_ms: int
    epoch: int
    echo: int
    payload: bytes


def pack_frame(frame: Frame) -> bytes:
    """`frame` as bytes for the line, delimiter included.

    Raises ValueError when the payload is longer than PAYLOAD_MAX.
    """
    payload = frame.payload
    if len(payload) > PAYLOAD_MAX:
        raise ValueError(f"payload of {len(payload)} bytes; a frame holds {PAYLOAD_MAX}")
    body = _HEADER.pack(*frame[:-1]) + payload
    return bytes(cobs.encode(body + _CRC.pack(zlib.crc32(body)))) + b"\0"


class FrameDecoder:
    """Turns a byte stream, cut anywhere, into frames. Never raises, whatever the bytes."""

    def __init__(self) -> None:
        self.discarded = 0
        """Frames dropped so far: bad COBS, bad check, too short or too long."""
        self.stops = 0
        """Runs of STOP_ZEROS zero bytes seen so far; each counts once however long it is."""
        self._partial = b""
        self._zeros = 0

    @property
    def unfinished(self) -> int:
        """How many bytes of a frame that is not complete yet are kept."""
        return len(self._partial)

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that `data` completes, in order. Keeps at most one unfinished frame."""
        frames: list[Frame] = []
        *chunks, rest = data.split(b"\0")
        for chunk in chunks:
            if self._partial:
                chunk = self._partial + chunk
                self._partial = b""
            if not chunk:
                self._zeros += 1
                if self._zeros == STOP_ZEROS:
                    self.stops += 1
                continue
            self._zeros = 1
            frame = _unpack(chunk)
            if frame is None:
                self.discarded += 1
            else:
                frames.append(frame)
        if rest:
            self._zeros = 0
            self._partial = (self._partial + rest)[:ENCODED_MAX]  # cut: too long to be a frame anyway
        return frames


def _unpack(chunk: bytes) -> Frame | None:
    if len(chunk) >= ENCODED_MAX:
        return None
    try:
        body: bytes = cobs.decode(chunk)
    except cobs.DecodeError:
        return None
    split = len(body) - _CRC.size
    if (
        not _BODY_MIN <= len(body) <= _BODY_MAX
        or zlib.crc32(body[:split]) != _CRC.unpack_from(body, split)[0]
    ):
        return None
    kind, seq, t_ms, epoch, echo = _HEADER.unpack_from(body)
    return Frame(kind, seq, t_ms, epoch, echo, body[_HEADER.size : split])
