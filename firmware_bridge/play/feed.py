"""Setpoints on demand: the score rendered and limited a block at a time, steered while it plays.

A pause, a change of intensity, an easing, a jump or a refresh takes hold at the next frame that has not been
handed out: the running block is cut there, the limiter brought to that very frame, and a new block begun.
"""

from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from firmware_bridge.devices.layout import Layout
from firmware_bridge.devices.response import Response
from firmware_bridge.safety.limiter import DriveBlock, LimitEvent
from firmware_bridge.wire.messages import Setpoints
from firmware_bridge.wire.setpoints import Burst
from profiles.waveform import FRAME_RATE_HZ, Sampler, Waveform

BLOCK_FRAMES = 2 * FRAME_RATE_HZ
"""Frames rendered and limited at once: two seconds, and one chunk of the limiter."""
PAUSE_FRAMES = FRAME_RATE_HZ // 5
INTENSITY_STEP = 0.1
INTENSITY_MIN = 0.2
EASED = 0.4
"""What is left of a zone that hurt, for the rest of the session; rules 65, 249; project's choice."""
RECENT_FRAMES = 5 * FRAME_RATE_HZ
"""What somebody means who says that it hurts: the last five seconds of work; project's choice."""


class QueuedFrame(NamedTuple):
    """One frame of the session: what to send, and where in the score it stands (-1 while paused or over)."""

    setpoints: Setpoints
    position: int
    step: int


class Limiting(Protocol):
    """A Limiter of one device or of several; a snapshot is its own business."""

    layout: Layout

    def limit(self, block: Waveform, gain: float = 1.0) -> tuple[DriveBlock, list[LimitEvent]]: ...
    def snapshot(self) -> Any: ...
    def restore(self, state: Any) -> None: ...


class Feed:
    """Endless frames: the score, then silence. `over` turns true once the last drive has come to rest.

    `frames` is the length of the score, `width` the number of actuators, `limit` the most that live intensity
    may reach, 0 to 1.
    """

    def __init__(
        self, renderer: Sampler, limiter: Limiting, frames: int, width: int, limit: float = 1.0
    ) -> None:
        self.intensity = limit
        self.paused = False
        self.events: list[LimitEvent] = []
        self._renderer = renderer
        self._limiter = limiter
        self._frames = frames
        self._nothing = bytes(width)
        self._limit = limit
        self._eased = np.zeros(width, dtype=np.bool_)
        self._hurt = np.full(width, np.inf)  # the felt level that hurt, where something is eased
        self._recent: deque[bytes] = deque(maxlen=RECENT_FRAMES)
        self._position = 0
        self._silent = False
        self._noted = 0
        self._bytes = (b"", b"")  # drives and rates of the block, one frame after the other
        self._steps: list[int] = []
        self._first: int | None = None  # where in the score it begins; None while that stands still
        self._wave: Waveform | None = None
        self._before: Any = None
        self._taken = 0

    @property
    def position(self) -> int:
        """The next frame of the score to be handed out."""
        return self._position

    @property
    def over(self) -> bool:
        """Whether the score has ended and everything is at rest."""
        return self._position >= self._frames and self._silent

    @property
    def at_rest(self) -> bool:
        """Whether the frame handed out last drives nothing."""
        return self._silent

    def next(self) -> QueuedFrame:
        """The next frame."""
        if self._taken == len(self._steps):
            self._fill()
        cue = self._cue(self._taken)
        self._hand_out(1)
        self._silent = cue.setpoints.drives == self._nothing
        if not self._silent:
            self._recent.append(cue.setpoints.drives)
        return cue

    def peek(self, most: int) -> Burst | None:
        """What `next` would give, `most` times or to the end of the block; None at the end of the score."""
        frames = min(most, len(self._steps) - self._taken, self._frames - 1 - self._position)
        if frames < 1:
            return None
        width = len(self._nothing)
        span = slice(self._taken * width, (self._taken + frames) * width)
        drives, rates = self._bytes
        return Burst(drives[span], rates[span], frames, width)

    def take(self, burst: Burst) -> QueuedFrame:
        """Hand out what `peek` gave; gives the last frame of it."""
        width = burst.width
        each = [burst.drives[at : at + width] for at in range(0, len(burst.drives), width)]
        self._recent.extend(drives for drives in each if drives != self._nothing)
        self._silent = each[-1] == self._nothing
        cue = self._cue(self._taken + burst.frames - 1)
        self._hand_out(burst.frames)
        return cue

    @property
    def moved(self) -> bytes:
        """The last drives handed out that were not all zero."""
        return self._recent[-1] if self._recent else b""

    def _cue(self, k: int) -> QueuedFrame:
        """Frame `k` of the block."""
        width = len(self._nothing)
        span = slice(k * width, (k + 1) * width)
        drives, rates = self._bytes
        position = -1 if self._first is None else self._first + k
        return QueuedFrame(Setpoints(drives[span], rates[span]), position, self._steps[k])

    def _hand_out(self, frames: int) -> None:
        self._taken += frames
        if self._first is not None:
            self._position = self._first + self._taken

    def silence(self) -> QueuedFrame:
        """A frame that drives nothing, to begin with; it is no part of the score."""
        return QueuedFrame(Setpoints(self._nothing, self._nothing), -1, 0)

    def pause(self) -> None:
        """Fade out and stay there."""
        self._cut()
        self.paused = True

    def resume(self) -> None:
        """Go on where the pause began."""
        self._cut()
        self.paused = False

    def change_intensity(self, by: float) -> bool:
        """Add `by`; the result stays between INTENSITY_MIN (or the limit, if that is lower) and the limit.

        Tells whether anything changed.
        """
        self._cut()
        low, before = min(INTENSITY_MIN, self._limit), self.intensity
        self.intensity = min(self._limit, max(low, round(before + by, 3)))
        return self.intensity != before

    @property
    def hurt(self) -> float | None:
        """The lowest level, as it is felt, at which something hurt; None where that is not known."""
        lowest = float(self._hurt.min(initial=np.inf))
        return lowest if np.isfinite(lowest) else None

    def ease(self, actuators: Sequence[int], hurt: float | None = None) -> None:
        """Keep these actuators, until the end, at EASED of what they would do.

        Neither more intensity nor a stronger step brings them above EASED of what they just did, or of the
        felt level that `hurt` before.
        """
        self._cut()
        eased = list(actuators)
        self._eased[eased] = True
        level = self._felt_lately(eased) if hurt is None else hurt
        self._hurt[eased] = np.minimum(self._hurt[eased], level)

    def jump(self, frame: int) -> None:
        """Go on at `frame` of the score."""
        self._cut()
        self._position = frame

    def refresh(self) -> None:
        """Ask the renderer anew for what has not been handed out yet."""
        self._cut()

    def _cut(self) -> None:
        if self._wave is None or self._before is None:
            return
        self._limiter.restore(self._before)
        del self.events[self._noted :]
        if self._taken:
            head = _first(self._wave, self._taken)
            self.events.extend(self._limiter.limit(head, self.intensity)[1])
        self._wave = None
        del self._steps[self._taken :]

    def _fill(self) -> None:
        wave = self._render()
        self._before = self._limiter.snapshot()
        self._wave = wave
        self._taken = 0
        block, events = self._limiter.limit(wave, self.intensity)
        self._noted = len(self.events)
        self.events.extend(events)
        self._bytes = block.drive.tobytes(), block.rate.tobytes()
        self._steps = block.step.tolist()
        self._first = self._position if self._moving() else None

    def _moving(self) -> bool:
        return not self.paused and self._position < self._frames

    def _render(self) -> Waveform:
        if self._moving():
            wave = self._renderer.render(self._position, min(BLOCK_FRAMES, self._frames - self._position))
            return self._softened(wave) if self._eased.any() else wave
        nothing = np.zeros((PAUSE_FRAMES, len(self._nothing)))
        return Waveform(start=self._position, level=nothing, rate=nothing, step=np.full(PAUSE_FRAMES, -1))

    def _felt_lately(self, actuators: list[int]) -> float:
        """The strongest that was felt of these actuators lately; infinite where none of them worked."""
        lately = np.frombuffer(b"".join(self._recent), dtype=np.uint8).reshape(-1, len(self._nothing))
        drives, layout = lately[:, actuators], self._limiter.layout
        if not drives.any():
            return float("inf")
        return float(Response.felt_for(drives, layout.starts[actuators], layout.exponents[actuators]).max())

    def _softened(self, wave: Waveform) -> Waveform:
        eased, layout = self._eased, self._limiter.layout
        most = Response.felt_for(layout.ceilings[eased], layout.starts[eased], layout.exponents[eased])
        if self.intensity > 0:
            most = np.minimum(most, self._hurt[eased] / self.intensity)
        level = wave.level.copy()
        # Brought under its ceiling first: a part of a wish that was held back anyway would ease nothing.
        level[:, eased] = np.minimum(level[:, eased], most) * EASED
        return Waveform(wave.start, level, wave.rate, wave.step)


def _first(wave: Waveform, count: int) -> Waveform:
    return Waveform(wave.start, wave.level[:count], wave.rate[:count], wave.step[:count])
