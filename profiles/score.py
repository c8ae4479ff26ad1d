"""compose(profile) -> Score: which hand is where on the body, how strongly and when.

A cue is a step made playable. Neighbouring cues overlap by the cross-fade of the first, so there is no gap
between them.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from math import ceil, floor
from typing import Any

from profiles.body import BodyMap, body_map
from profiles.contact import Contact, form_of
from profiles.curve import IntensityCurve
from profiles.errors import ProfileError, ProfileRemedy
from profiles.hands import contacts
from profiles.idle import idle_fields
from profiles.model import Profile, Step
from profiles.technique import (
    CARRIER_HZ,
    KNEADING_MAX_CPM,
    PREFERRED,
    SETTLING_MAX,
    Guide,
    Kneading,
    Modality,
    Rubbing,
    Tapping,
    Vibration,
)

FADE_MIN_S = 0.001  # project's choice: a twentieth of a frame
CALM_CPM = 24.0  # project's choice: the rate of kneading heads that merely accompany another technique


@dataclass(frozen=True)
class Cue:
    """A step in the time of the session (s): `start` to `end`, fading in from `start` and out after `end`."""

    index: int
    name: str
    kind: str
    start: float
    end: float
    fade_in: float
    fade_out: float
    level: float
    curve: IntensityCurve
    period: float
    repeats: int
    contacts: tuple[Contact, ...]
    prefers: Modality
    on: tuple[Modality, ...] | None
    carrier_hz: float
    asked_hz: float | None
    rate_cpm: float
    taps_hz: float = 0.0
    onset: float = 0.0


@dataclass(frozen=True)
class ScoreStep:
    """A step as a person follows it; `index` counts from 0, times in seconds of the session."""

    index: int
    name: str
    technique: str
    start: float
    end: float
    zones: tuple[str, ...] = ()
    guide: Guide | None = None
    repeats: int = 1

    def as_dict(self) -> dict[str, Any]:
        """The step as events and recordings have it; steps count from 1 there."""
        return {
            "step": self.index + 1,
            "name": self.name,
            "technique": self.technique,
            "zones": list(self.zones),
            "guide": self.guide_as_dict(),
        }

    def guide_as_dict(self) -> dict[str, Any] | None:
        """What hands or breath are asked for; `duration_s` is that of one repetition."""
        if self.guide is None:
            return None
        return {
            **self.guide.model_dump(exclude={"kind"}),
            "repeats": self.repeats,
            "duration_s": round((self.end - self.start) / self.repeats, 3),
        }


@dataclass(frozen=True)
class Score:
    """A profile laid out in time over a body; what a Renderer samples."""

    name: str
    duration: float
    steps: tuple[ScoreStep, ...]
    cues: tuple[Cue, ...]
    body: BodyMap
    envelope: IntensityCurve
    fade_in: float
    fade_out: float

    @property
    def closing_start(self) -> float:
        """When the last step that moves begins: where a session goes that is to end early but gently."""
        return next((step.start for step in reversed(self.steps) if step.guide is None), 0.0)

    def step_at(self, t: float) -> ScoreStep:
        """Return the step at a time in seconds; the first before the beginning, the last after the end."""
        starts = [step.start for step in self.steps]
        return self.steps[max(0, bisect_right(starts, t) - 1)]


def compose(profile: Profile, body: BodyMap | None = None) -> Score:
    """Lay the profile out in time over the body (the default one if none is given).

    Circle rates are capped to the limits of rules 53 and 64 whatever the profile says. Raises ProfileError
    for a profile that is locked (98), and for a zone that is unknown or excluded; everything else that
    `rules.check` finds fault with is the caller's to refuse.
    """
    if profile.locked_for:
        raise ProfileError(
            f"this profile is to be read, not played: {profile.locked_for}",
            place="locked",
            hint=ProfileRemedy.READ_PROFILE.of(profile=profile.name),
            rule=98,
        )
    body = body_map() if body is None else body
    played = profile.played
    cues: list[Cue] = []
    start, fade = 0.0, 0.0
    for index, step in enumerate(played):
        end = start + step.total_s
        following = played[index + 1].total_s if index + 1 < len(played) else 0.0
        fade_out = _fade(min(step.crossfade_s, following, step.total_s))
        cue = _cue(index, step, start, end, fade, fade_out, body)
        cues.append(_going_on(cue, cues[-1]) if cues else cue)
        start, fade = end, fade_out
    steps = tuple(_score_step(step, cue) for step, cue in zip(played, cues, strict=True))
    half = start / 2.0
    return Score(
        name=profile.name,
        duration=start,
        steps=steps,
        cues=tuple(cues),
        body=body,
        envelope=profile.envelope,
        fade_in=_fade(min(profile.fade_in_s, half)),
        fade_out=_fade(min(profile.fade_out_s, half)),
    )


def _going_on(cue: Cue, before: Cue) -> Cue:
    """Return a cue whose presses and pulls go on after the last point of the cue before, on the same line."""
    if len(cue.contacts) != len(before.contacts):
        return cue
    pairs = zip(cue.contacts, before.contacts, strict=True)
    return replace(cue, contacts=tuple(_from_where(hand, last, before) for hand, last in pairs))


def _from_where(hand: Contact, last: Contact, before: Cue) -> Contact:
    if hand.hop is None or last.hop is None or hand.turn is None or last.turn is None:
        return hand
    if hand.route != last.route:
        return hand
    old = last.turn
    begun = ceil((before.end - old.phase) / old.period)
    following = old.phase + begun * old.period
    # A turn that has begun is still at its point; the next one comes when it would have come anyway.
    turns = begun - floor((before.start - old.phase) / old.period) - (following > before.end)
    turn = replace(hand.turn, phase=following)
    return replace(hand, ahead=last.ahead + turns * last.hop, turn=turn)


def _score_step(step: Step, cue: Cue) -> ScoreStep:
    return ScoreStep(
        index=cue.index,
        name=cue.name,
        technique=cue.kind,
        start=cue.start,
        end=cue.end,
        zones=step.zones or (),
        guide=step.technique if isinstance(step.technique, Guide) else None,
        repeats=step.repeats,
    )


def _fade(seconds: float) -> float:
    """Return a fade that can be divided by: one too short for a single frame is none."""
    return seconds if seconds >= FADE_MIN_S else 0.0


def _cue(
    index: int, step: Step, start: float, end: float, fade_in: float, fade_out: float, body: BodyMap
) -> Cue:
    technique, level = step.technique, step.level
    rate_cpm, taps_hz, onset, carrier_hz = CALM_CPM, 0.0, 0.0, CARRIER_HZ.get(technique.kind, 0.0)
    prefers = PREFERRED.get(technique.kind, Modality.VIBRATION)
    asked_hz: float | None = None
    match technique:
        case Kneading():
            if "rate_cpm" not in idle_fields(step):
                rate_cpm = min(technique.rate_cpm, KNEADING_MAX_CPM)
            prefers = form_of(technique).prefers
        case Rubbing():
            # Heads that accompany the rubbing still knead: they keep to their own limit.
            rate_cpm = min(technique.rate_cpm, KNEADING_MAX_CPM)
        case Tapping():
            taps_hz, onset = technique.rate_hz, technique.onset_s * form_of(technique).onset
        case Vibration():
            carrier_hz = asked_hz = technique.frequency_hz
        case Guide():
            level = min(level, SETTLING_MAX)
        case _:
            pass
    return Cue(
        index=index,
        name=step.name,
        kind=technique.kind,
        start=start,
        end=end,
        fade_in=fade_in,
        fade_out=fade_out,
        level=level,
        curve=step.curve,
        period=step.duration_s,
        repeats=step.repeats,
        contacts=contacts(step, body, f"step[{index + 1}]"),
        prefers=prefers,
        on=step.on,
        carrier_hz=carrier_hz,
        asked_hz=asked_hz,
        rate_cpm=rate_cpm,
        taps_hz=taps_hz,
        onset=onset,
    )
