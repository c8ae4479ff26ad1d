"""What a felt test may not do: sampler and tuning are held to what was checked and told to the gate."""

import numpy as np

from firmware_bridge.devices.layout import Actuator, Layout
from firmware_bridge.devices.response import Response
from profiles.score import Score
from profiles.waveform import FRAME_RATE_HZ, Array, Sampler, Waveform, session_level


class Bounded:
    """A sampler that is not trusted, held to the score that stands for it and to the layout's ceilings.

    Whatever is not finite is off. No level is ever stronger than the score's strongest step is allowed to be
    at that time, envelope and fades included; there is silence before and after the score. Steps are the
    score's.
    """

    def __init__(self, sampler: Sampler, score: Score, layout: Layout) -> None:
        self._sampler = sampler
        self._score = score
        self._most = min(1.0, max((cue.level * cue.curve.peak for cue in score.cues), default=0.0))
        felt = Response.felt_for(layout.ceilings, layout.starts, layout.exponents)
        allowed = np.array([not actuator.excluded for actuator in layout.actuators], dtype=np.bool_)
        self._ceiling: Array = np.where(allowed, felt, 0.0)
        self._ends = np.array([step.end for step in score.steps])

    def render(self, start_frame: int, n_frames: int) -> Waveform:
        """Return what may be felt of what the sampler says; ValueError for frames of another shape."""
        wave = self._sampler.render(start_frame, n_frames)
        count = max(0, int(n_frames))
        shape = (count, len(self._ceiling))
        level, rate = np.asarray(wave.level, dtype=np.float64), np.asarray(wave.rate, dtype=np.float64)
        if level.shape != shape or rate.shape != shape:
            raise ValueError(f"a sampler gave levels {level.shape} and rates {rate.shape}, not {shape}")
        t = (start_frame + np.arange(count)) / FRAME_RATE_HZ
        most = np.minimum(self._ceiling, self._most * session_level(self._score, t)[:, None])
        step = np.minimum(np.searchsorted(self._ends, t, side="right"), len(self._ends) - 1)
        felt = np.clip(np.where(np.isfinite(level), level, 0.0), 0.0, most)
        return Waveform(start_frame, felt, np.where(np.isfinite(rate), rate, 0.0), step)


def refuse_raised(before: Layout, after: Layout) -> None:
    """ValueError where a tuned layout allows anything that the layout before it did not."""
    same = before.description == after.description and len(before.actuators) == len(after.actuators)
    if not same or after.power_budget > before.power_budget:
        raise ValueError("a tuned layout is of another device")
    for old, new in zip(before.actuators, after.actuators, strict=True):
        if _bounds(old) != _bounds(new) or new.ceiling > old.ceiling or (old.excluded and not new.excluded):
            raise ValueError(f"a tuned layout raises what actuator '{new.id}' may do")


def _bounds(actuator: Actuator) -> tuple[object, ...]:
    """What no tuning changes: what an actuator is, where it lies and how fast it may change."""
    return (
        actuator.index,
        actuator.id,
        actuator.kind,
        actuator.x_mm,
        actuator.y_mm,
        actuator.zone,
        actuator.attack,
        actuator.release,
        actuator.rate_min,
        actuator.rate_max,
    )
