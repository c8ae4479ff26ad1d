"""A step where it stands in its session: how strong it is felt there, and the same step by itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kneadwave.tuning.trials.clips import posture_at
from profiles.body import BodyMap, body_map
from profiles.contact import Contact
from profiles.curve import MAX_POINTS, IntensityCurve
from profiles.errors import ProfileError
from profiles.hands import contacts
from profiles.model import Profile
from profiles.step import Step
from profiles.technique import Posture

Array = NDArray[np.float64]

LOOKS_HZ = 10  # project's choice: ten looks a second at a level that changes within seconds


@dataclass(frozen=True)
class Passage:
    """One step as it is played, `start_s` seconds into a session of `duration_s` under `envelope`.

    `part` is its place, from 0, in `profile.played`.
    """

    profile: Profile
    step: Step
    start_s: float
    duration_s: float
    envelope: IntensityCurve
    part: int = 0

    @property
    def posture(self) -> Literal["any", Posture]:
        """How the recipient lies or sits in it."""
        return posture_at(self.profile, self.part)

    @property
    def seconds(self) -> float:
        """How long it lasts, with all repeats."""
        return self.step.total_s

    @cached_property
    def t(self) -> Array:
        """Times from the beginning of the step, `LOOKS_HZ` a second, the end included."""
        return np.linspace(0.0, self.seconds, max(2, round(self.seconds * LOOKS_HZ) + 1))

    @cached_property
    def felt(self) -> Array:
        """The level at each of the times `t`: its own, the curve and the envelope, under the ceiling."""
        return np.asarray(np.minimum(self.step.level * self._shape, self.ceiling))

    @cached_property
    def _shape(self) -> Array:
        """What curve and envelope leave of the level at each of the times `t`."""
        step = self.step
        turn = np.minimum(np.floor(self.t / step.duration_s), step.repeats - 1.0)
        curve = step.curve.at(self.t - turn * step.duration_s, step.duration_s)
        return np.asarray(curve * self._whole(self.t))

    @cached_property
    def ceiling(self) -> float:
        """The highest ceiling of the zones that the step names; 1 for a path."""
        return _ceiling(self.step, body_map())

    @property
    def factor(self) -> float:
        """What curve and envelope leave of the step's level at its strongest."""
        return float(self._shape.max())

    def alone(self, step: Step | None = None) -> Profile:
        """A test profile of this step (or another in its place) by itself, as strong as in the session.

        It has no fades: whoever plays a part of it brings them. It may be longer than a felt test.
        """
        here = (step or self.step).model_copy(update={"crossfade_s": 0.0, "in_order": False})
        share = np.linspace(0.0, 1.0, MAX_POINTS // 2)
        points = tuple(zip(share.tolist(), self._whole(share * self.seconds).tolist(), strict=True))
        return Profile(
            schema_=1,
            name="felt-test",
            audience="test",
            posture=self.posture,
            fade_in_s=0.0,
            fade_out_s=0.0,
            envelope=IntensityCurve(points=points),
            step=(here,),
        )

    def _whole(self, t: Array) -> Array:
        """The envelope of the session at times from the beginning of the step."""
        return self.envelope.at(np.minimum(self.start_s + t, self.duration_s), self.duration_s)


def passages(profile: Profile, index: int) -> list[Passage]:
    """Wherever the step number `index` (from 0) of the file is played: once, unless it follows an order."""
    found: list[Passage] = []
    start = 0.0
    for part, (step, origin) in enumerate(zip(profile.played, profile.origins, strict=True)):
        if origin == index:
            found.append(Passage(profile, step, start, profile.duration_s, profile.envelope, part))
        start += step.total_s
    return found


def press_s(step: Step) -> float:
    """Seconds from one press of a hand to its next; 0 for a step that does not press point after point."""
    found = (c.turn.period for c in _contacts(step) if c.hop is not None and c.turn is not None)
    return max(found, default=0.0)


def period_s(step: Step) -> float:
    """Seconds after which a step has shown what it does: its own time of coming round.

    Two circles, a press of each hand that presses, a turn of one of two hands, one way over the zones;
    0 for what moves so fast that it needs no time.
    """
    return max((_comes_round(contact) for contact in _contacts(step)), default=0.0)


def _comes_round(contact: Contact) -> float:
    turn, circles = contact.turn, 2.0 / contact.circle_hz if contact.circle_hz > 0.0 else 0.0
    if turn is not None:
        return max(circles, turn.period if contact.hop is not None else turn.period / 2.0)
    if circles or contact.speed == 0.0:
        return circles
    return contact.route.length / 2.0 / abs(contact.speed)


def _contacts(step: Step) -> tuple[Contact, ...]:
    return contacts(step, body_map(), "step")


def _ceiling(step: Step, body: BodyMap) -> float:
    if step.zones is None:
        return 1.0
    try:
        return max(zone.ceiling for name in step.zones for zone in body.zones_named(name))
    except ProfileError:  # what the zones are is told elsewhere
        return 1.0
