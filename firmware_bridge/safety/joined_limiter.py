"""A limiter for several devices that play as one: each is held to its own limits and its own power budget."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from firmware_bridge.devices.join import parts_of
from firmware_bridge.devices.layout import Layout
from firmware_bridge.safety.limiter import DriveBlock, Limiter, LimiterState, LimitEvent, Shaper
from firmware_bridge.safety.shaping import shape
from profiles.waveform import Waveform


@dataclass(frozen=True, slots=True)
class JoinedState:
    """The memories of its limiters, for `JoinedLimiter.restore`."""

    parts: tuple[LimiterState, ...]


class JoinedLimiter:
    """Limits what is played on the devices of `layout`, as a Limiter does for one."""

    def __init__(self, layout: Layout, *, shaper: Shaper = shape) -> None:
        self.layout = layout
        self._limiters = [Limiter(part, shaper=shaper) for part in parts_of(layout)]

    def limit(self, block: Waveform, gain: npt.ArrayLike = 1.0) -> tuple[DriveBlock, list[LimitEvent]]:
        """As `Limiter.limit`; the actuators of events are those of the joined layout."""
        shaped, events = [], []
        for limiter, first, last in self._spans():
            own = Waveform(block.start, block.level[:, first:last], block.rate[:, first:last], block.step)
            part, found = limiter.limit(own, gain)
            shaped.append(part)
            events += [replace(e, actuator=e.actuator + first) if e.actuator >= 0 else e for e in found]
        events.sort(key=lambda event: (event.frame, event.actuator, event.kind))
        drive = np.concatenate([part.drive for part in shaped], axis=1)
        rate = np.concatenate([part.rate for part in shaped], axis=1)
        return DriveBlock(block.start, drive, rate, block.step), events

    def snapshot(self) -> JoinedState:
        """As `Limiter.snapshot`."""
        return JoinedState(tuple(limiter.snapshot() for limiter in self._limiters))

    def restore(self, state: JoinedState) -> None:
        """As `Limiter.restore`."""
        for limiter, part in zip(self._limiters, state.parts, strict=True):
            limiter.restore(part)

    def _spans(self) -> Iterator[tuple[Limiter, int, int]]:
        first = 0
        for limiter in self._limiters:
            last = first + len(limiter.layout.actuators)
            yield limiter, first, last
            first = last


def limiter_for(layout: Layout, shaper: Shaper | None = None) -> Limiter | JoinedLimiter:
    """What limits a session on `layout`, of one device or of several, by `shape` where no shaper is given."""
    kind = JoinedLimiter if len(parts_of(layout)) > 1 else Limiter
    return kind(layout, shaper=shaper or shape)
