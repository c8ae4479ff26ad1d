"""Reports on their way to the host, and which statuses the host has not yet spoken of."""

from collections.abc import Iterator
from contextlib import contextmanager

from firmware_bridge.wire.codec import encode_report
from firmware_bridge.wire.framing import Frame
from firmware_bridge.wire.messages import Answer, Reason, Report, Status

STATUS_MS = 75
"""A status at least this often, once the host has greeted. Thirteen of them, and what echoes them, would have
to be lost for a host to count as lost."""


class Outbox:
    """Numbers reports, stamps them with `epoch` and the time since `born`, keeps them until they are taken.

    No status goes out before the host has `greeted`; the next one is due at `next_status`. Times are ms.
    """

    def __init__(self, epoch: int, now: int, born: int = 0) -> None:
        self.greeted = False
        self.next_status = now
        self._epoch = epoch
        self._born = born
        self.sent = 0
        """Reports so far."""
        self._seq = 0
        self._waiting: list[bytes] = []
        self._held: list[Status] | None = None  # statuses that an answer goes before
        self._status_sent: dict[int, int] = {}  # device time in ms, by sequence number

    def send(self, report: Report, now: int) -> None:
        """Queue `report`, sent at device time `now`."""
        if self._held is not None and isinstance(report, Status):
            self._held.append(report)
            return
        self.sent += 1
        self._seq = self._seq % 255 + 1  # never 0: by that a host says that it has read none
        self._waiting.append(encode_report(report, seq=self._seq, t_ms=now - self._born, epoch=self._epoch))
        if isinstance(report, Status):
            self._status_sent[self._seq] = now
            self.next_status = now + STATUS_MS

    def answer(self, frame: Frame, reason: Reason, now: int) -> None:
        """Queue the answer to the request in `frame`."""
        self.send(Answer(frame.type, frame.seq, reason), now)

    @contextmanager
    def answer_first(self, now: int) -> Iterator[None]:
        """While entered, statuses wait: the answer to a request goes before what comes of it."""
        held: list[Status] = []
        self._held = held
        try:
            yield
        finally:
            self._held = None
        for status in held:
            self.send(status, now)

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
