"""A number of a step walked from one value to another in felt steps, as one sitting plays it.

The hand goes on its way while the number changes, as it does in a session: values are not begun anew, except
presses, which are whole.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from math import ceil, isfinite, log

from firmware_bridge.devices.layout import Layout
from kneadwave.errors import TuningRemedy, UsageError
from kneadwave.tuning.trials.clips import clips, lead_s
from kneadwave.tuning.trials.passages import Passage, passages, period_s, press_s
from kneadwave.tuning.trials.tape import EDGE_S, Tape, TapePiece, splice
from profiles.body import body_map
from profiles.model import Profile
from profiles.parameters import NUMBERS, names_for, number_of, unit_of, with_number
from profiles.score import compose
from profiles.step import Step
from profiles.waveform import Renderer

VALUE_MIN_S = 4.0  # seconds of each value at least; project's choice: less is not judged
VALUE_USUAL_S = 6.0  # seconds of each value where there is time; project's choice
WALK_MAX_S = 56.0  # seconds of a whole walk; project's choice: what opening and end leave
CHANGE_S = 1.0  # seconds over which one value gives way to the next; project's choice
FADE_IN_S, FADE_OUT_S = 1.5, 1.0  # seconds, from nothing and to nothing; project's choice
REACTION_S = 0.5
"""Seconds within which a key still means what was felt before; project's choice: a slow reaction."""
VALUES_MIN = 2
WIDEST = 1000.0  # project's choice: one value that is so many times another makes that next to nothing
UNFELT = ("cross-fade", "duration")
"""Numbers that show only between two steps, or when a step is over."""


@dataclass(frozen=True)
class Walk:
    """The values of a number in their order, each with its seconds, and the passage that they are felt in."""

    passage: Passage
    number: str
    unit: str
    values: tuple[float, ...]
    seconds: tuple[float, ...]

    @property
    def total_s(self) -> float:
        """Seconds of the whole walk, its last fade included."""
        return sum(self.seconds) + FADE_OUT_S

    @property
    def lead_s(self) -> float:
        """Seconds of silence before it: a sitting of clips may begin with a light stroke."""
        return lead_s(self.passage.step, EDGE_S)

    @property
    def begins(self) -> tuple[float, ...]:
        """When each value begins, seconds of the sitting."""
        return tuple(accumulate(self.seconds[:-1], initial=self.lead_s))

    @property
    def ends(self) -> float:
        """When the last value begins to go, seconds of the sitting."""
        return self.lead_s + sum(self.seconds)

    def index_at(self, seconds: float) -> int:
        """Which value is felt then, from 0; the first before the beginning, the last after the end."""
        return max(0, bisect_right(self.begins, seconds) - 1)

    def meant_at(self, seconds: float) -> int:
        """Which value somebody means who presses a key then."""
        return self.index_at(seconds - REACTION_S)

    def step(self, index: int) -> Step:
        """The step with one of the values, even and as strong as the session is where it is strongest."""
        here = with_number(self.passage.step, self.number, self.values[index])
        return here.model_copy(
            update={
                "level": here.level * self.passage.factor,
                "curve": here.curve.preset("hold"),
                "duration_s": self.total_s,
                "repeats": 1,
                "crossfade_s": 0.0,
                "in_order": False,
            }
        )


def walk_of(
    profile: Profile, index: int, number: str, start: float, end: float, count: int | None = None
) -> Walk:
    """Plan a walk over a number of step `index` (from 0): `count` values, or as many as are just told apart.

    UsageError for a number that cannot be felt, a step for hands, and more values than a sitting holds;
    ProfileError for a number that the step has not, or a value that a file may not say.
    """
    written = profile.step[index]
    if number in UNFELT:
        raise UsageError(
            f"{number} is felt between two steps only"
            if number != "duration"
            else "a duration is no feeling",
            hint=f"this step has {', '.join(felt_names(written))}",
        )
    number_of(written, number)
    here = [each for each in passages(profile, index) if each.step.moves and not each.step.is_guide]
    if not here:
        raise UsageError(
            f"'{written.name}' is for hands: no device plays it, so there is nothing to feel",
            hint="choose a step of a device",
        )
    passage = max(here, key=lambda each: float(each.felt.max()))
    if not (isfinite(start) and isfinite(end)) or start == end:
        raise UsageError("a sweep runs between two different values", hint=TuningRemedy.TWO_ENDS)
    for value in (start, end):
        with_number(written, number, value)
    most = _most(passage, number, start, end)
    if count is None:
        count = min(most, max(VALUES_MIN, felt_steps(start, end, NUMBERS[number].jnd) + 1))
    elif count < VALUES_MIN:
        raise UsageError(f"a sweep has {VALUES_MIN} values at the least", hint=TuningRemedy.FEWEST_VALUES)
    elif count > most:
        raise UsageError(
            f"{count} values do not fit a sitting of a minute; {most} do",
            hint=TuningRemedy.MOST_VALUES.of(most=str(most)),
        )
    values = values_between(start, end, count)
    return Walk(passage, number, unit_of(written, number), values, _seconds(passage, number, values))


def felt_names(step: Step) -> list[str]:
    """The numbers of a step that are felt while it plays."""
    return [name for name in names_for(step) if name not in UNFELT]


def felt_steps(start: float, end: float, jnd: float) -> int:
    """How many steps of what is just told apart lie between two values; at least one."""
    low, high = sorted((start, end))
    if _by_parts(start, end):
        return max(1, round(log(high / low) / log(1.0 + jnd)))
    return max(1, round((high - low) / (jnd * high)))


def values_between(start: float, end: float, count: int) -> tuple[float, ...]:
    """`count` values from one to the other, rounded to three digits, both ends as given.

    Each is the same part more or less than the one before; where an end is next to nothing, the same amount.
    """
    parts = [place / (count - 1) for place in range(1, count - 1)]
    if _by_parts(start, end):
        inner = [start * (end / start) ** part for part in parts]
    else:
        inner = [start + (end - start) * part for part in parts]
    return (start, *(float(f"{value:.3g}") for value in inner), end)


def _by_parts(start: float, end: float) -> bool:
    """Whether a number grows by parts of itself between two values, as what is felt does."""
    low, high = sorted((start, end))
    return 0.0 < high <= WIDEST * low


def tape_of(walk: Walk, layout: Layout) -> Tape:
    """The walk as a device plays it: from nothing, value after value, to nothing."""
    body, places = body_map(layout.stature_m), layout.places()
    steps = [walk.step(index) for index in range(len(walk.values))]
    renderers = [Renderer(compose(_alone(walk, step), body), places) for step in steps]
    pieces, presses, last = [], 0, len(steps) - 1
    for index, (at, seconds) in enumerate(zip(walk.begins, walk.seconds, strict=True)):
        period = press_s(steps[index])
        pieces.append(
            TapePiece(
                renderers[index],
                start_s=at,
                seconds=seconds,
                step=index,
                origin_s=presses * period if period else at - walk.lead_s,
                fade_in_s=FADE_IN_S if index == 0 else CHANGE_S,
                fade_out_s=FADE_OUT_S if index == last else CHANGE_S,
            )
        )
        presses += round(seconds / period) if period else 0
    tape = splice(pieces, len(places), walk.lead_s + walk.total_s)
    tape.substitutions = renderers[0].substitutions
    return tape


def profile_of(walk: Walk) -> Profile:
    """The sitting as whoever checks and keeps it is told it: one step for each value."""
    steps = [
        walk.step(index).model_copy(
            update={
                "name": value_text(walk.number, value, walk.unit),
                "duration_s": seconds,
                "crossfade_s": CHANGE_S,
            }
        )
        for index, (value, seconds) in enumerate(zip(walk.values, walk.seconds, strict=True))
    ]
    steps[-1] = steps[-1].model_copy(update={"duration_s": walk.seconds[-1] + FADE_OUT_S})
    passage = walk.passage
    return clips(
        "sweep", steps, EDGE_S, EDGE_S, posture=passage.posture, self_massage=passage.profile.self_massage
    )


def value_text(number: str, value: float, unit: str) -> str:
    """Return a number with its value and unit, in words: "rate 40 cycles/min"."""
    return f"{number} {value:g}" + ("" if unit in ("", "1") else f" {unit}")


def _alone(walk: Walk, step: Step) -> Profile:
    return Profile(
        schema_=1,
        name="felt-test",
        audience="test",
        posture=walk.passage.posture,
        fade_in_s=0.0,
        fade_out_s=0.0,
        step=(step,),
    )


def _most(passage: Passage, number: str, start: float, end: float) -> int:
    """The most values that a sitting holds, each as long as it takes."""
    count = int(WALK_MAX_S // VALUE_MIN_S)
    while count > VALUES_MIN:
        if sum(_least(passage, number, values_between(start, end, count))) <= WALK_MAX_S - FADE_OUT_S:
            break
        count -= 1
    return count


def _seconds(passage: Passage, number: str, values: tuple[float, ...]) -> tuple[float, ...]:
    """The seconds of each value: whole presses, else as long as there is time, the usual at most."""
    least = _least(passage, number, values)
    room = WALK_MAX_S - FADE_OUT_S
    if sum(least) > room:  # two values of something very slow: as much of each as there is time
        return tuple(room / len(values) for _ in values)
    if press_s(passage.step):
        return least
    usual = tuple(max(each, VALUE_USUAL_S) for each in least)
    return usual if sum(usual) <= room else least


def _least(passage: Passage, number: str, values: tuple[float, ...]) -> tuple[float, ...]:
    found = []
    for value in values:
        step = with_number(passage.step, number, value)
        press = press_s(step)
        if press:
            presses = max(1, ceil(VALUE_MIN_S / press), 2 if number == "spacing" else 1)
            found.append(press * presses)
        else:
            found.append(max(VALUE_MIN_S, period_s(step)))
    return tuple(found)
