"""One sitting in the ledger: that it began, how far it is, that it is over; by a device or by hand."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from kneadwave.errors import NotCleared
from kneadwave.people.history import BROKEN_OFF, GOING_S
from kneadwave.people.ledger import Ledger

Dose = Mapping[str, Mapping[str, float]]
"""Zone id ("lumbar-left") -> peak, mean (0 to 1), active_s, dwell_s, counted from the start of the sitting.

Time of a guided step by hand counts under its part ("neck"), with active_s alone."""


class SittingDiary:
    """Writes one sitting down, from `begin` to `end`."""

    def __init__(self, ledger: Ledger) -> None:
        self.running = False
        """Whether it has begun and is not over."""
        self.over = False
        """Whether it is over, begun or not."""
        self._ledger = ledger
        self._written: tuple[float, datetime] | None = None
        self._sent: dict[str, dict[str, float]] = {}
        self._latest: tuple[float, Dose, datetime] | None = None

    @property
    def begun(self) -> bool:
        """Whether it has begun, over or not."""
        return self._latest is not None

    def begin(
        self, profile: str, device: str, planned_s: float, now: datetime, *, goes_on: bool = False
    ) -> None:
        """Write down that it begins; `device` is "" for hands alone. NotCleared when it cannot be written.

        `goes_on`: it is the rest of the sitting before it, which lost its device.
        """
        more = {"goes_on": True} if goes_on else {}
        try:
            self._ledger.append(
                "began", now, profile=profile, device=device, planned_s=_rounded(planned_s), **more
            )
        except BaseException:
            self.over = True  # what is not written down is not played
            raise
        self._written, self._latest, self.running = (0.0, now), (0.0, {}, now), True

    def going(self, seconds: float, dose: Dose, now: datetime) -> None:
        """Note how far it is; writes at most every 15 s. NotCleared when it cannot be written."""
        if not self.running or self._written is None:
            raise RuntimeError("the sitting has not begun, or is over")
        self._latest = (seconds, dose, now)
        written_s, written_at = self._written
        if seconds - written_s < GOING_S and abs((now - written_at).total_seconds()) < GOING_S:
            return
        rounded = _dose(dose)
        changed = {zone: figures for zone, figures in rounded.items() if figures != self._sent.get(zone)}
        self._written = (seconds, now)
        self._ledger.append("going", now, seconds=_rounded(seconds), dose=changed)
        self._sent = rounded

    def end(self, reason: str, seconds: float, dose: Dose, now: datetime, *, losses: int = 0) -> None:
        """Write down that it is over, and why; once. NotCleared when it cannot be written.

        `losses` is how often the link to the device was lost and the sitting went on by itself.
        """
        self.over = True
        if not self.running:
            return
        self.running = False
        more = {"losses": losses} if losses else {}
        dosed = _dose(dose)
        self._ledger.append("ended", now, reason=reason, seconds=_rounded(seconds), dose=dosed, **more)

    def leave(self) -> None:
        """End what nobody ended; where even that cannot be written, the lines so far speak."""
        if self.running and self._latest is not None:
            seconds, dose, now = self._latest
            with suppress(NotCleared):
                self.end(BROKEN_OFF, seconds, dose, now)
        self.running, self.over = False, True


def _dose(dose: Dose) -> dict[str, dict[str, float]]:
    return {zone: {key: _rounded(value) for key, value in figures.items()} for zone, figures in dose.items()}


def _rounded(value: float) -> float:
    return round(float(value), 3)
