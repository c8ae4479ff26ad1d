"""Whether a device plays what it is sent, looked at second by second, and whether its word can be true."""

from typing import Final

from firmware_bridge.errors import LinkLost
from firmware_bridge.limits import FRAME_S
from firmware_bridge.wire.messages import DeviceState, Status

SECOND_S: Final = 1.0
LOST_MAX_S: Final = 0.05
"""Of each second, what a device may miss by not playing and by setpoints that come late; project's choice."""
LATE_MAX: Final = 25
"""Setpoints of a second that may come late and count for nothing: a line that repeats itself brings each
twice, and what a few miss the device bridges; project's choice: half of them."""
BAD_SECONDS: Final = 3
"""So many in a row end a session: a line that stalls for a moment spoils two at most; project's choice."""
KNOWN: Final = frozenset(DeviceState)


def doubt(status: Status, actuators: int, power_budget: int) -> str:
    """Why `status` cannot be true of a device with so many actuators and this power budget; "" if it can."""
    if status.state not in KNOWN:
        return f"it is in a state that nobody knows: {status.state}"
    if len(status.resting) != (actuators + 7) // 8:
        return f"it tells the rest of {8 * len(status.resting)} actuators, where there are {actuators}"
    if status.output_sum > power_budget:
        return f"it puts out {status.output_sum} at once, where {power_budget} is the most"
    return ""


class Losses:
    """Counts how often a device lost the link for a moment, and played on by itself."""

    def __init__(self) -> None:
        self.count = 0
        self._held = False

    def note(self, status: Status) -> None:
        """Take each status in its turn: one that holds may be followed at once by one that plays."""
        self.count += self._held and status.state == DeviceState.PLAYING
        self._held = status.state == DeviceState.HOLDING


class Health:
    """Adds up what a device misses. Frames that are lost are none of that: it bridges them."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._late = 0
        self._idle_s = 0.0
        self._seen = 0.0
        self._executed: set[int] = set()
        self._bad = 0

    def begin_anew(self) -> None:
        """Forget the second that runs: what is missing in it is this computer's own doing."""
        self._began, self._bad = None, 0

    def note(self, status: Status, now: float) -> None:
        """Take a status; LinkLost where the device missed too much of several seconds in a row."""
        if self._began is None:
            self._begin(status, now)
            return
        if status.state != DeviceState.PLAYING:
            self._idle_s += now - self._seen
        self._seen = now
        self._executed.add(status.executed)
        if now - self._began < SECOND_S:
            return
        late = (status.late - self._late) & 0xFFFF
        idle_s = self._idle_s if len(self._executed) > 1 else now - self._began  # what it plays has numbers
        missed_s = idle_s + (late * FRAME_S if late > LATE_MAX else 0.0)
        self._bad = self._bad + 1 if missed_s > LOST_MAX_S * (now - self._began) else 0
        if self._bad >= BAD_SECONDS:
            raise LinkLost(
                f"the device missed {missed_s:.2f} s of the last {now - self._began:.1f} s "
                f"({late} setpoints came late)",
                hint="check the cable; close programs that keep this computer busy",
            )
        self._begin(status, now)

    def _begin(self, status: Status, now: float) -> None:
        self._began, self._late, self._idle_s, self._seen = now, status.late, 0.0, now
        self._executed = {status.executed}


def stood_still(seconds: float) -> LinkLost:
    """What to raise where this computer did not run for so long that its device switched off."""
    return LinkLost(
        f"this computer did not run for {seconds:.1f} s, so the device switched off",
        hint="keep it from sleeping",
    )
