"""The clock of a device, as its reports tell it, held against the host's own."""

from collections import deque

WRAP = 0x10000
RECENT_S = 1.0
"""Reports that are so recent tell the time: the one that was least on its way counts."""
BASE_S = 5.0
"""So long a reading is what the next ones are held against, seconds; project's choice."""
DRIFT_PER_S = 20.0
"""Milliseconds a second (2 %) by which two sound clocks may drift apart; project's choice: RC oscillators of
small boards keep 1 %."""
DRIFT_MS = 250.0
"""On top of it, what reports may be late; project's choice: a line that delays more starves the device."""


class DeviceClock:
    """Device time in ms, from reports that carry it modulo 65536 and are read at host times in seconds."""

    def __init__(self) -> None:
        self._device_ms: int | None = None
        self._went_back = False
        self._recent: deque[tuple[float, float]] = deque()  # host time, device time less host time in ms
        self.ahead_ms = 0.0
        """Device time less host time, as far as a report that was on its way can tell."""
        self._bases: list[tuple[float, float]] = []  # the first reading, and one of the last five seconds

    def read(self, t_ms: int, now: float) -> None:
        """Take the time of a report that was read at host time `now`."""
        if self._device_ms is None:
            self._device_ms = t_ms
        step = (t_ms - self._device_ms) % WRAP
        if step >= WRAP // 2:  # an older one, which a line that repeats itself brought once more, or a jump
            self._went_back = self._went_back or WRAP - step > DRIFT_MS
            return
        self._device_ms += step
        self._recent.append((now, self._device_ms - now * 1000))
        while now - self._recent[0][0] > RECENT_S:
            self._recent.popleft()
        self.ahead_ms = max(ahead for _, ahead in self._recent)

    def fault(self, now: float) -> str:
        """Why it cannot be trusted; empty where it can. Call it when all that has arrived was read."""
        if self._went_back:
            return "its clock went back"
        if not self._recent:
            return ""
        ahead = self.ahead_ms
        for since, before in self._bases:
            if abs(ahead - before) > DRIFT_MS + DRIFT_PER_S * (now - since):
                return _drifted(ahead - before, now - since)
        if not self._bases:
            self._bases = [(now, ahead)] * 2
        elif now - self._bases[1][0] >= BASE_S:
            self._bases[1] = (now, ahead)
        return ""


def _drifted(ms: float, seconds: float) -> str:
    if ms > 0:
        return f"its clock gained {ms:.0f} ms within {seconds:.1f} s"
    lost = f"its clock lost {-ms:.0f} ms within {seconds:.1f} s"
    return f"{lost}: it hung, as a virtual one does on a busy computer"
