"""Two versions of a step, as one sitting plays them: the same part of both, in an order that is drawn.

It is the part where they differ most, as strong as in their session, and both come from nothing over the same
time. No name of a step tells which version it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

import numpy as np

from firmware_bridge.devices.layout import Layout
from kneadwave.errors import UsageError
from kneadwave.tuning.trials.clips import clips, lead_s
from kneadwave.tuning.trials.passages import LOOKS_HZ, Array, Passage, passages, press_s
from kneadwave.tuning.trials.tape import EDGE_S, Tape, TapePiece, splice
from profiles.body import body_map
from profiles.model import Profile
from profiles.parameters import NUMBERS, names_for, number_of
from profiles.rules.limits import JND, TOLERANCE
from profiles.score import compose
from profiles.step import Step, whole_level
from profiles.waveform import FELT_FLOOR, Renderer

Which = Literal["saved", "edited"]
SAVED: Which = "saved"
EDITED: Which = "edited"
NAMES = ("first", "second")
"""What the two are called while nobody knows which is which."""

STIMULUS_S = 9.0  # seconds of each; project's choice: both hands have a turn, and two rounds fit one sitting
FADE_IN_S, FADE_OUT_S = 1.5, 1.0  # seconds; project's choice: the same for both
BETWEEN_S = 2.4  # seconds at rest between the two; project's choice: a point has rested before the second
AFTER_S = 2.4  # seconds at rest after the second, within which the question comes; project's choice
CHANGE_S = 1.0  # seconds of each change as the check is told it; project's choice: rest lies between the two
ROUNDS = 2
"""How often the two are played in one sitting, at most."""
WHOLE = None
"""The place of the curve over the whole session among the numbers of steps."""


@dataclass(frozen=True)
class Pair:
    """Both versions of a step, and the part of it (seconds from its beginning) that is compared."""

    saved: Passage
    edited: Passage
    start_s: float
    seconds: float

    @property
    def both(self) -> dict[Which, Passage]:
        """Both versions by what they are called."""
        return {SAVED: self.saved, EDITED: self.edited}

    @property
    def lead_s(self) -> float:
        """Seconds of silence before the first round: a sitting of clips may begin with a light stroke."""
        return lead_s(self.saved.step, EDGE_S)

    @property
    def total_s(self) -> float:
        """Seconds of every round."""
        return self.lead_s + ROUNDS * self.round_s

    @property
    def round_s(self) -> float:
        """Seconds of one round: the first, rest, the second, rest."""
        return 2.0 * self.seconds + BETWEEN_S + AFTER_S

    def origin(self, which: Which) -> float:
        """Where the part begins, seconds from the beginning of the step: presses whole."""
        period = press_s(self.both[which].step)
        return round(self.start_s / period) * period if period else self.start_s

    def felt(self, which: Which) -> Array:
        """The levels of the part that is compared."""
        first = round(self.origin(which) * LOOKS_HZ)
        found = self.both[which].felt[first : first + round(self.seconds * LOOKS_HZ) + 1]
        return found if found.size else self.both[which].felt[-1:]

    def peak(self, which: Which) -> float:
        """The highest level in the part that is compared."""
        return float(self.felt(which).max())


def differing(saved: Profile, edited: Profile) -> list[int | None]:
    """The steps (numbers from 0) in which two versions differ; WHOLE for the curve over the session.

    UsageError where one has other steps than the other: there is nothing to hold against each other.
    """
    if len(saved.step) != len(edited.step):
        raise UsageError(
            "the two versions have not the same number of steps, so they cannot be compared",
            hint="save or discard what was changed, and edit anew",
        )
    found: list[int | None] = [
        index for index, (a, b) in enumerate(zip(saved.step, edited.step, strict=True)) if a != b
    ]
    if saved.envelope != edited.envelope:
        found.append(WHOLE)
    return found


def pair_of(saved: Profile, edited: Profile, index: int | None) -> Pair:
    """What is compared of a step; for WHOLE, of the strongest step that the curve over the session changes.

    UsageError for a step that no device plays.
    """
    wanted = range(len(saved.step)) if index is WHOLE else (index,)
    pairs = [
        Pair(a, b, *_window(a, b))
        for number in wanted
        for a, b in zip(passages(saved, number), passages(edited, number), strict=False)
        if a.step.moves and b.step.moves and not a.step.is_guide and not b.step.is_guide
    ]
    if not pairs:
        name = "no step" if index is WHOLE else f"'{saved.step[index].name}' is for hands: no device"
        raise UsageError(
            f"{name} plays what was changed, so there is nothing to feel", hint="compare a step of a device"
        )
    if index is WHOLE:
        pairs = [each for each in pairs if _differ(each.saved, each.edited).any()] or pairs
        return max(pairs, key=lambda each: float(each.edited.felt.max()))
    return max(pairs, key=lambda each: float(_differ(each.saved, each.edited).max()))


def told_apart(pair: Pair) -> bool:
    """Whether anybody could tell the two apart: somewhere they differ by what is just noticed."""
    a, b = pair.felt(SAVED), pair.felt(EDITED)
    count = min(len(a), len(b))
    low, high = np.minimum(a[:count], b[:count]), np.maximum(a[:count], b[:count])
    if bool((high >= np.maximum(low, FELT_FLOOR) * (1.0 + JND) - TOLERANCE).any()):
        return True
    return _otherwise(pair.saved.step, pair.edited.step)


def draw(random: Random) -> tuple[Which, Which]:
    """An order of the two, each as likely as the other."""
    return (SAVED, EDITED) if random.random() < 0.5 else (EDITED, SAVED)


def tape_of(pair: Pair, order: Sequence[Which], layout: Layout) -> Tape:
    """Both rounds as a device plays them: each of the two from nothing, with rest between them."""
    body, places = body_map(layout.stature_m), layout.places()
    samplers = {which: Renderer(compose(each.alone(), body), places) for which, each in pair.both.items()}
    pieces = [
        TapePiece(
            samplers[which],
            start_s=at,
            seconds=pair.seconds - FADE_OUT_S,
            step=2 * number + place,
            origin_s=pair.origin(which),
            fade_in_s=FADE_IN_S,
            fade_out_s=FADE_OUT_S,
        )
        for number in range(ROUNDS)
        for place, (which, at) in enumerate(zip(order, begins(pair, number), strict=True))
    ]
    tape = splice(pieces, len(places), pair.total_s)
    tape.substitutions = tuple(sorted({text for each in samplers.values() for text in each.substitutions}))
    return tape


def begins(pair: Pair, number: int) -> tuple[float, float]:
    """When the first and the second of a round begin, seconds of the sitting; rounds count from 0."""
    start = pair.lead_s + number * pair.round_s
    return start, start + pair.seconds + BETWEEN_S


def profile_of(pair: Pair) -> Profile:
    """The sitting as whoever checks and keeps it is told it: always in the same order, whatever is drawn."""
    rests = (BETWEEN_S, AFTER_S)
    steps = [
        each.step.model_copy(
            update={
                "duration_s": pair.seconds + rest,
                "repeats": 1,
                "level": pair.peak(which),
                "curve": whole_level(),
                "crossfade_s": CHANGE_S,
                "in_order": False,
            }
        )
        for _ in range(ROUNDS)
        for (which, each), rest in zip(pair.both.items(), rests, strict=True)
    ]
    return clips(
        "comparison",
        steps,
        EDGE_S,
        EDGE_S,
        posture=pair.edited.posture,
        self_massage=pair.edited.profile.self_massage,
    )


def _window(a: Passage, b: Passage) -> tuple[float, float]:
    """Where the two differ most, seconds from the beginning of the step; the strongest part of equal ones."""
    length = min(a.seconds, b.seconds, STIMULUS_S)
    count = min(len(a.t), len(b.t))
    taken = max(1, round(length * LOOKS_HZ))
    weight = _differ(a, b)
    if not weight.any():
        weight = np.maximum(a.felt[:count], b.felt[:count])
    sums = np.convolve(weight, np.ones(taken), mode="valid")
    return int(np.argmax(np.round(sums, 9))) / LOOKS_HZ, length


def _differ(a: Passage, b: Passage) -> Array:
    """How far apart the two are at each time, as a part of the stronger one."""
    count = min(len(a.t), len(b.t))
    one, other = a.felt[:count], b.felt[:count]
    return np.asarray(np.abs(one - other) / np.maximum(np.maximum(one, other), FELT_FLOOR))


def _otherwise(a: Step, b: Step) -> bool:
    """Whether two steps differ, beside their level, by more than is just noticed."""
    if a.technique.kind != b.technique.kind:
        return True
    plain = {"name", "level", "curve", "duration_s", "repeats", "crossfade_s", "by_hand", "technique"}
    if a.model_dump(exclude=plain) != b.model_dump(exclude=plain):
        return True
    changed = {field for field, value in a.technique if value != getattr(b.technique, field)}
    for name in names_for(a):
        number = NUMBERS[name]
        field = number.fields.get(a.technique.kind)
        if field not in changed:
            continue
        changed.discard(field)
        low, high = sorted((number_of(a, name), number_of(b, name)))
        if high >= low * (1.0 + number.jnd) - TOLERANCE:
            return True
    return bool(changed)
