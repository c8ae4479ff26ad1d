"""What the interlock holds while motors are placed: short soft pulses of one channel, and nothing else.

Where a motor lies is not known yet, so what `veto` holds does not apply: it would deny everything. These
limits come in its place. They hold whatever the profile, the limiter or the layout says.
"""

from typing import Final, final

from firmware_bridge.limits import (
    PLACING_DRIVE_MAX,
    PLACING_PULSE_MAX_S,
    PLACING_REST_S,
    PLACING_STEP_MAX,
    PLACING_TOTAL_S,
    frames,
)
from firmware_bridge.safety.veto import Objection
from firmware_bridge.wire.messages import Setpoints
from profiles.waveform import FRAME_RATE_HZ

_PULSE_FRAMES: Final = frames(PLACING_PULSE_MAX_S)
_REST_FRAMES: Final = frames(PLACING_REST_S)
_TOTAL_FRAMES: Final = frames(PLACING_TOTAL_S)


@final
class PlacingVeto:
    """Checks the setpoints of one device whose motors are placed, frame after frame at 50 Hz.

    It goes on over every time that the device is armed. `spent_s` are the seconds of pulses in runs before
    this one. A pulse takes the time from the last silent frame before it to the first one after it.
    """

    def __init__(self, channels: int, spent_s: float = 0.0) -> None:
        self._channels = channels
        self._spent = frames(spent_s)
        self._last = bytes(channels)
        self._pulse = 0  # intervals of the pulse that runs
        self._silent = 0  # silent intervals since the last one; nobody knows what was before the first frame

    @property
    def spent_s(self) -> float:
        """Seconds of pulses so far, those of earlier runs included."""
        return self._spent / FRAME_RATE_HZ

    def at_rest(self) -> None:
        """The device confirmed that nothing moves. What was spent stays spent."""
        self._spent += any(self._last)
        self._last = bytes(self._channels)
        self._pulse = self._silent = 0

    def objection(self, setpoints: Setpoints) -> Objection | None:
        """What speaks against `setpoints`; None lets them pass, and remembers them."""
        drives, rates = setpoints
        last = self._last
        if type(drives) is not bytes or type(rates) is not bytes:
            return Objection("setpoints that could still change")
        if len(drives) != len(last) or len(rates) != len(last):
            return Objection(f"setpoints for {len(drives)} channels on a device with {len(last)}")
        if any(rates):
            return Objection("a rate while motors are placed")
        above = self.above_ceiling(0, drives)
        if above is not None:
            return above
        if any(new > old + PLACING_STEP_MAX for new, old in zip(drives, last, strict=True)):
            return Objection(f"a pulse that rises by more than {PLACING_STEP_MAX} in one frame", 164)
        if any(drives) and any(last) and not any(map(min, drives, last)):
            return Objection("one channel right after another while motors are placed", 188)
        return self._too_long(drives)

    def above_ceiling(self, first: int, ceilings: bytes) -> Objection | None:
        """What speaks against telling a device these ceilings, of the channels from `first` on."""
        if type(ceilings) is not bytes:
            return Objection("limits that could still change")
        if not 0 <= first < first + len(ceilings) <= self._channels:
            return Objection(f"limits for {len(ceilings)} channels from number {first} on")
        if max(ceilings) > PLACING_DRIVE_MAX:
            return Objection(
                f"drive {max(ceilings)} while motors are placed; {PLACING_DRIVE_MAX} is the most", 188
            )
        if sum(map(bool, ceilings)) > 1:
            return Objection("more than one channel at a time while motors are placed", 188)
        return None

    def _too_long(self, drives: bytes) -> Objection | None:
        on, was_on = any(drives), any(self._last)
        if on and not was_on and self._silent < _REST_FRAMES:
            return Objection(f"a pulse before {PLACING_REST_S:g} s of rest")
        moves = on or was_on
        pulse = self._pulse + 1 if moves else 0
        if pulse > _PULSE_FRAMES - on:  # the way to silence is still to come
            return Objection(f"a pulse of more than {PLACING_PULSE_MAX_S:g} s")
        if self._spent + moves + on > _TOTAL_FRAMES:
            return Objection(f"more than {PLACING_TOTAL_S:g} s of pulses in all")
        self._spent += moves
        self._pulse = pulse
        self._silent = 0 if moves else self._silent + 1
        self._last = drives
        return None
