"""An excerpt: one step of a profile as `preview` plays it, and where in the step each moment of it lies."""

from dataclasses import dataclass

import numpy as np

from kneadwave.tuning.trials.clips import (
    FADE_OUT_S,
    FADE_S,
    FADE_SHARE,
    clip,
    clips,
    lead_s,
    part_of,
    posture_at,
)
from profiles.curve import IntensityCurve
from profiles.profile import Profile, Step
from profiles.score import Score, compose
from profiles.waveform import session_level

PREVIEW_S = 30.0
"""The longest preview, seconds; project's choice: a taste, not a session."""
LOOKS = 48
"""Looks at what the session makes of the step; a curve has room for MAX_POINTS."""
FINE = 16
"""Looks between two of them, so that no dip is missed."""


@dataclass(frozen=True)
class Excerpt:
    """A step made short enough to be felt at once; times in seconds.

    `lead` is the light stroke before it, `speed` how many seconds of the step pass in one of the preview.
    """

    profile: Profile
    step: Step
    clip: Step
    lead: float
    fade: float

    @property
    def speed(self) -> float:
        """Seconds of the step in one second of the preview."""
        return self.step.duration_s / self.clip.duration_s

    @property
    def whole(self) -> bool:
        """Whether the step is played as long as in the session."""
        return self.clip.total_s == self.step.total_s

    def at(self, elapsed: float) -> float:
        """The time within the step, one repetition of it, at a time of the preview."""
        since = min(max(elapsed - self.lead, 0.0), self.clip.total_s)
        within = since % self.clip.duration_s if since < self.clip.total_s else self.clip.duration_s
        return within * self.speed


def excerpt(profile: Profile, index: int, seconds: float = PREVIEW_S) -> Excerpt:
    """The step `index` (from 0, as in the file) in at most `seconds`, fading in from nothing.

    Nowhere stronger than in the session at that time: envelope and fades of the session count.
    NotPlayable where only hands do the step.
    """
    first = clip(profile, index, seconds)
    part = part_of(profile, index)
    step = profile.played[part]
    fade = min(FADE_S, FADE_SHARE * first.total_s)
    fade_out = min(FADE_OUT_S, FADE_SHARE * first.total_s)
    lead, after = lead_s(first, fade), lead_s(first, fade_out)
    short = clip(profile, index, seconds - lead - after) if lead else first
    score = compose(profile)
    start = score.steps[part].start
    envelope = _envelope(score, start, step, short, lead)
    made = clips(
        "preview",
        [short],
        fade,
        fade_out,
        posture=posture_at(profile, part),
        self_massage=profile.self_massage,
        envelope=envelope,
    )
    return Excerpt(made, step, short, lead, fade)


def _envelope(score: Score, start: float, step: Step, short: Step, lead: float) -> IntensityCurve:
    """What the session makes of the step, in the time of the preview; nowhere more than it does."""
    speed = step.duration_s / short.duration_s
    t = np.linspace(0.0, short.total_s, (LOOKS - 1) * FINE + 1)
    unit = score.duration if score.envelope.unit == "fraction" else 1.0
    turns = np.array([(time * unit - start) / speed for time, _ in score.envelope.points])
    # A curve turns at its points alone: looked at too, the lowest of it is found to the last bit.
    looks = np.sort(np.concatenate((t, turns[(turns > 0.0) & (turns < short.total_s)])))
    # The very end is no part of the session any more.
    found = session_level(score, np.minimum(start + looks * speed, score.duration - 1e-6))
    if float(found.min()) == 1.0:
        return IntensityCurve.preset("hold")
    # A curve lies between its neighbouring points: the least around each of them bounds it from above.
    reach = (FINE + 1) * (t[1] - t[0])
    knots = t[::FINE].tolist()
    least = [float(found[(looks >= knot - reach) & (looks <= knot + reach)].min()) for knot in knots]
    points = tuple((round(lead + knot, 4), level) for knot, level in zip(knots, least, strict=True))
    return IntensityCurve(points=points, unit="seconds")
