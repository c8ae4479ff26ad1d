"""Reports on their way to the host, and which statuses the host has not yet spoken of."""

from firmware_bridge.wire.codec import encode_report
from firmware_bridge.wire.framing import Frame
from firmware_bridge.wire.messages import Answer, Reason, Report, Status

STATUS_MS = 250
"""A status at least this often, once the host has greeted."""
STATUS_COPIES = 2
"""Of each periodic status: on a lost one hangs a heartbeat, and on three of those the session."""


class Outbox:
    """Numbers reports, stamps them with `epoch`, and keeps them until they are taken.

    No status goes out before the host has `greeted`; the next one is due at `next_status`, device time in ms.
    """

    def __init__(self, epoch: int, now: int) -> None:
        self.greeted = False
        self.next_status = now
        self._epoch = epoch
        self._seq = 0
        self._waiting: list[bytes] = []
        self._status_sent: dict[int, int] = {}  # device time in ms, by sequence number

    def send(self, report: Report, now: int, copies: int = 1) -> None:
        """Queue `report`, sent at device time `now`; all copies carry the same number."""
        self._seq = (self._seq + 1) % 256
        self._waiting.append(encode_report(report, seq=self._seq, t_ms=now, epoch=self._epoch) * copies)
        if isinstance(report, Status):
            self._status_sent[self._seq] = now
            self.next_status = now + STATUS_MS

    def answer(self, frame: Frame, reason: Reason, now: int) -> None:
        """Queue the answer to the request in `frame`."""
        self.send(Answer(frame.type, frame.seq, reason), now)

    def redeem(self, echo: int, now: int, within_ms: int) -> bool:
        """Whether `echo` names a status that went out at most `within_ms` ago.

        Each status counts once: frames replayed out of a buffer keep no dead host alive.
        """
        sent = self._status_sent.pop(echo, None)
        return sent is not None and now - sent <= within_ms

    def take(self) -> bytes:
        """What waits to go to the host; afterwards nothing waits."""
        data = b"".join(self._waiting)
        self._waiting.clear()
        return data
