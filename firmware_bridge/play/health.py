"""Whether a device plays what it is sent, looked at second by second."""

from typing import Final

from firmware_bridge.errors import LinkLost
from firmware_bridge.limits import FRAME_S
from firmware_bridge.wire.messages import DeviceState, Status

SECOND_S: Final = 1.0
LOST_MAX_S: Final = 0.05
"""Of each second, what a device may miss by holding and by setpoints that come late; project's choice."""
LATE_MAX: Final = 25
"""Setpoints of a second that may come late and count for nothing: a line that repeats itself brings each
twice, and what a few miss the device bridges; project's choice: half of them."""
BAD_SECONDS: Final = 3
"""So many in a row end a session: a line that stalls for a moment spoils two at most; project's choice."""
KNOWN: Final = frozenset(DeviceState)


class Health:
    """Adds up what a device misses. Frames that are lost are none of that: it bridges them."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._late = 0
        self._held_s = 0.0
        self._seen = 0.0
        self._bad = 0

    def begin_anew(self) -> None:
        """Forget the second that runs: what is missing in it is this computer's own doing."""
        self._began, self._bad = None, 0

    def note(self, status: Status, now: float) -> None:
        """Take a status; LinkLost where the device missed too much of several seconds in a row."""
        if self._began is None:
            self._began, self._late, self._held_s, self._seen = now, status.late, 0.0, now
            return
        if status.state == DeviceState.HOLDING:
            self._held_s += now - self._seen
        self._seen = now
        if now - self._began < SECOND_S:
            return
        late = (status.late - self._late) & 0xFFFF
        missed_s = self._held_s + (late * FRAME_S if late > LATE_MAX else 0.0)
        self._bad = self._bad + 1 if missed_s > LOST_MAX_S * (now - self._began) else 0
        if self._bad >= BAD_SECONDS:
            raise LinkLost(
                f"the device missed {missed_s:.2f} s of the last {now - self._began:.1f} s "
                f"({late} setpoints came late)",
                hint="check the cable; close programs that keep this computer busy",
            )
        self._began = None
        self.note(status, now)
