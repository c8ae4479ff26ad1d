"""How an actuator answers, found by asking a person: what is played next, and what an answer means.

A state machine without any I/O or time of its own; lengths are frames of 50 Hz. For one actuator, in turn:

    rising    from rest in short steps, each a little higher, until it is felt: the method of limits
    pulses    short ones from rest around that, 1 up 1 down, the step halved at each reversal, four of them;
              what half of them are felt at is the threshold (Levitt 1971)
    falling   started well above, then down in short steps until it is no longer felt: the hold level

Among the pulses is one of nothing. Whoever answers to it, or before anything was played, is asked once more
from the beginning; the second time the actuator is reported as unsure.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor
from random import Random

from firmware_bridge.limits import DWELL_LIMIT_FRAMES
from kneadwave.tuning.calibration.subject import Subject, start_from

LOWEST = 6  # drive; below it a probe is off, for its level is under FELT_FLOOR
REACTION = 15  # frames (0.3 s) from a touch to the key; project's choice: reactions take 0.2 to 0.4 s
LISTEN = 32  # frames (0.64 s) after what was played in which a key still answers it; project's choice
STEP = 12  # frames (0.24 s) of one step of a limit, on top of what the motor needs; project's choice
PULSE = 8  # frames (0.16 s) of a pulse, likewise; project's choice
GROWTH = 1.2  # from one rising step to the next; project's choice: what is just noticed in amplitude
FIRST_STEP = 0.06  # of the drive: the first step of the staircase; project's choice
FALL = 0.9  # from one falling step to the next; project's choice: half of a rising one
REVERSALS = 4
PULSES_MAX = 16
EARLY_MAX = 3


class Part(StrEnum):
    """What a trial is for."""

    RISING = "rising"
    PULSE = "pulse"
    NOTHING = "nothing"
    FALLING = "falling"


@dataclass(frozen=True)
class Trial:
    """What is played next, drive by drive, and until which frame from its beginning a key answers it."""

    part: Part
    drives: tuple[int, ...]

    @property
    def listens(self) -> int:
        """Frames from the beginning in which a key is an answer."""
        return len(self.drives) + LISTEN


@dataclass(frozen=True)
class Found:
    """What was found for an actuator, in drives; None where it was not found, and why in `unsure`."""

    first_felt: int | None
    start: int | None
    hold: int | None
    unsure: str = ""
    false_alarms: int = 0


class Search:
    """The questions about one actuator, in their order; `random` draws where the pulse of nothing lies."""

    def __init__(self, subject: Subject, random: Random) -> None:
        self.subject = subject
        self.found: Found | None = None
        """The result, once there is nothing more to ask."""
        self._random = random
        self._false_alarms = self._early = 0
        self._trial: Trial | None = None
        self._begin()

    @property
    def trial(self) -> Trial | None:
        """What is to be played next; None when it is over."""
        return self._trial

    def early(self) -> None:
        """A key before anything was played: the trial is repeated, but not for ever."""
        self._early += 1
        if self._early > EARLY_MAX:
            self._end("keys came before anything was played")

    def answer(self, at: int | None) -> None:
        """A key `at` frames after the beginning of the trial, as the person met it; None: no key."""
        trial = self._trial
        if trial is None:
            raise RuntimeError("the search is over")
        if trial.part is Part.NOTHING:
            if at is None:
                self._pulse()
            else:
                self._false_alarm()
        elif at is not None and at < REACTION // 2:
            self.early()
        elif trial.part is Part.RISING:
            self._risen(at)
        elif trial.part is Part.PULSE:
            self._pulsed(at is not None)
        else:
            self._fallen(at)

    # -- rising --------------------------------------------------------------------------------------------

    def _begin(self, share: float = 0.6) -> None:
        self._level = self._step = self._pulses = 0
        self._last: bool | None = None
        self._turns: list[int] = []
        self._catch_after = self._random.randint(1, REVERSALS)
        self._first = max(LOWEST, round(self.subject.start * share))
        self._hold_frames = STEP + self.subject.lag
        # No longer than one point may be worked on without a rest.
        ladder = _ladder(self._first, self.subject.highest)
        self._levels = ladder[: (DWELL_LIMIT_FRAMES - 2 * REACTION) // self._hold_frames]
        if not self._levels:
            self._end("its ceiling leaves no room to try it")
            return
        rising = [level for level in self._levels for _ in range(self._hold_frames)]
        self._trial = Trial(Part.RISING, tuple(rising))

    def _risen(self, at: int | None) -> None:
        if at is None:
            self._end(f"nothing was felt up to drive {self._levels[-1]}")
            return
        index = _credited(at - REACTION, self._hold_frames, len(self._levels))
        if index == 0 and self._first > LOWEST and self._first == round(self.subject.start * 0.6):
            # Felt at once: it starts lower than was thought.
            self._begin(share=0.3)
            return
        self._level = self._levels[index]
        self._step = max(2, round(self._level * FIRST_STEP))
        self._pulse()

    # -- pulses --------------------------------------------------------------------------------------------

    def _pulse(self) -> None:
        drives = (self._level,) * (PULSE + self.subject.rise(self._level))
        if self._pulses == self._catch_after:
            self._catch_after = -1
            self._trial = Trial(Part.NOTHING, (0,) * len(drives))
        else:
            self._trial = Trial(Part.PULSE, drives)

    def _pulsed(self, felt: bool) -> None:
        self._pulses += 1
        if self._last is not None and felt is not self._last:
            self._turns.append(self._level)
            self._step = max(1, self._step // 2)
        self._last = felt
        following = self._level + (-self._step if felt else self._step)
        held = min(max(following, LOWEST), self.subject.highest)
        if len(self._turns) >= REVERSALS:
            self._settle()
        elif held == self._level:
            self._at_the_edge(felt)
        elif self._pulses >= PULSES_MAX:
            self._end("the answers do not agree with one another")
        else:
            self._level = held
            self._pulse()

    def _at_the_edge(self, felt: bool) -> None:
        if felt:
            self._turns = [self._level, self._level]
            self._settle()
        else:
            self._end(f"nothing was felt up to drive {self._level}")

    def _settle(self) -> None:
        # The last two reversals lie on either side of the threshold.
        self._felt = ceil(sum(self._turns[-2:]) / 2)
        if self.subject.stalls:
            self._fall()
        else:
            self._end()

    # -- falling -------------------------------------------------------------------------------------------

    def _fall(self) -> None:
        felt = self._felt
        top = min(self.subject.highest, felt + max(8, round(felt * 0.15)))
        self._kick = PULSE + self.subject.rise(top)
        self._levels = _stairs_down(felt, max(LOWEST, round(felt * 0.3)))[1:]
        if not self._levels:
            self._end(hold=felt)
            return
        falling = [level for level in self._levels for _ in range(self._hold_frames)]
        self._trial = Trial(Part.FALLING, (*[top] * self._kick, *falling))

    def _fallen(self, at: int | None) -> None:
        if at is None:
            self._end(hold=self._levels[-1])
        elif at - self._kick < REACTION:
            self.early()
        else:
            index = _credited(at - self._kick - REACTION, self._hold_frames, len(self._levels))
            self._end(hold=self._levels[index - 1] if index else self._felt)

    # -- the end -------------------------------------------------------------------------------------------

    def _false_alarm(self) -> None:
        self._false_alarms += 1
        if self._false_alarms > 1:
            self._end("felt when nothing was played")
        else:
            self._begin()

    def _end(self, unsure: str = "", hold: int | None = None) -> None:
        self._trial = None
        if unsure:
            self.found = Found(None, None, None, unsure, self._false_alarms)
            return
        subject = self.subject
        start = start_from(self._felt, subject.exponent, subject.stalls)
        if hold is None:  # nothing to hold: it keeps its place below the start
            hold = min(subject.hold, start)
        self.found = Found(self._felt, start, min(hold, start), "", self._false_alarms)


def _ladder(first: int, last: int) -> list[int]:
    """Drives from `first` up to `last`, each higher by GROWTH."""
    levels: list[int] = []
    level = first
    while level <= last:
        levels.append(level)
        level = max(level + 2, round(level * GROWTH))
    if levels and levels[-1] < last:
        levels.append(last)
    return levels


def _stairs_down(first: int, last: int) -> list[int]:
    levels = [first]
    while levels[-1] > last:
        levels.append(max(last, min(levels[-1] - 2, floor(levels[-1] * FALL))))
    return levels


def _credited(frame: int, length: int, count: int) -> int:
    """The step that was played at `frame`."""
    return min(max(0, frame // length), count - 1)
