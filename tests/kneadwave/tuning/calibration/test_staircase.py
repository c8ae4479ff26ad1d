"""The search for one actuator: an ideal person gives back what the motor is, an odd one is noticed."""

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.calibration import probing
from firmware_bridge.devices.load import load_device, place_device
from firmware_bridge.devices.response import Response
from firmware_bridge.limits import DWELL_LIMIT_FRAMES, FELT_FLOOR
from kneadwave.tuning.calibration.staircase import (
    EARLY_MAX,
    LISTEN,
    LOWEST,
    REACTION,
    Part,
    Search,
)
from kneadwave.tuning.calibration.subject import Subject, start_from

PAD, CUSHION = load_device("seat-pad-8"), load_device("reference-cushion")
MOTOR = Subject(0, "thigh-r", 60, 40, 0.5, True, 114, 3, 16)
COIL = replace(MOTOR, id="upper-r", start=10, hold=6, exponent=1.0, stalls=False, lag=1, attack=40)


class Ideal:
    """Feels everything from `start` on (`hold` once it turns), and presses `delay` frames later."""

    def __init__(self, start, hold=0, delay=REACTION + 2):
        self.start, self.hold, self.delay = start, hold, delay

    def answers(self, trial):
        turning = False
        for frame, drive in enumerate(trial.drives):
            turned, turning = turning, drive >= self.start or (turning and drive >= self.hold)
            changed = turned and not turning if trial.part is Part.FALLING else turning and not turned
            if changed:
                return frame + self.delay
        return None


def run(search, person):
    trials = []
    while search.trial is not None:
        trials.append(search.trial)
        search.answer(person.answers(search.trial))
        assert len(trials) < 100
    return trials


@given(st.integers(24, 110), st.floats(0.4, 1.0), st.integers(0, 1000))
def test_an_ideal_person_gives_back_start_and_hold(start, ratio, seed):
    hold = max(LOWEST, round(start * ratio))
    search = Search(MOTOR, Random(seed))
    run(search, Ideal(start, hold))
    assert search.found.unsure == ""
    assert abs(search.found.first_felt - start) <= 1
    assert search.found.start == search.found.first_felt
    # The last level that held: no further above the true one than a step of a tenth.
    assert hold - 1 <= search.found.hold <= max(hold / 0.9, hold + 2) + 1


@given(st.integers(7, 40), st.integers(0, 1000))
def test_what_does_not_stall_is_asked_for_its_threshold_alone(felt, seed):
    search = Search(COIL, Random(seed))
    trials = run(search, Ideal(felt))
    assert abs(search.found.first_felt - felt) <= 1
    assert Part.FALLING not in {trial.part for trial in trials}
    assert search.found.hold == min(COIL.hold, search.found.start)


@given(st.integers(8, 200), st.floats(0.2, 2.5))
def test_the_start_without_stalling_puts_the_floor_at_what_is_first_felt(felt, exponent):
    start = start_from(felt, exponent, stalls=False)
    assert 0 <= start <= felt
    if start > 0:
        assert Response.drive_for(FELT_FLOOR, start, exponent) == pytest.approx(felt, abs=1)
    assert start_from(felt, exponent, stalls=True) == felt


def test_the_order_is_rising_pulses_falling_with_one_pulse_of_nothing():
    search = Search(MOTOR, Random(3))
    parts = [trial.part for trial in run(search, Ideal(60, 40))]
    assert parts[0] is Part.RISING
    assert parts[-1] is Part.FALLING
    assert set(parts[1:-1]) == {Part.PULSE, Part.NOTHING}
    assert parts.count(Part.NOTHING) == 1


@given(st.integers(24, 114), st.integers(0, 1000))
def test_no_trial_is_stronger_than_allowed_or_longer_than_one_point_may_be_worked(start, seed):
    search = Search(MOTOR, Random(seed))
    for trial in run(search, Ideal(start, start // 2)):
        assert max(trial.drives) <= MOTOR.highest
        assert len(trial.drives) < DWELL_LIMIT_FRAMES
        assert trial.listens == len(trial.drives) + LISTEN
        if trial.part is Part.NOTHING:
            assert not any(trial.drives)


def test_slow_actuators_are_given_their_time_but_no_more_than_a_point_bears():
    bare = probing(place_device(CUSHION), 0.6)
    for actuator, spec in zip(bare.actuators, CUSHION.actuators, strict=True):
        if actuator.excluded:
            continue
        subject = Subject.of(actuator, spec)
        assert subject.highest <= 0.6 * spec.ceiling_drive
        trial = Search(subject, Random(0)).trial
        assert len(trial.drives) < DWELL_LIMIT_FRAMES


def test_reversals_halve_the_step_and_four_end_it():
    search = Search(MOTOR, Random(0))
    pulses = [t.drives[0] for t in run(search, Ideal(60, 40)) if t.part is Part.PULSE]
    steps = [abs(b - a) for a, b in pairwise(pulses)]
    assert steps == sorted(steps, reverse=True)
    assert steps[-1] == 1
    felt = [level >= 60 for level in pulses]
    assert sum(a is not b for a, b in pairwise(felt)) == 4


@pytest.mark.parametrize(("delay", "late"), [(REACTION, 0), (REACTION + 15, 1)])
def test_a_slow_person_errs_by_no_more_than_a_step(delay, late):
    search = Search(MOTOR, Random(0))
    run(search, Ideal(60, 40, delay))
    assert abs(search.found.start - 60) <= 1
    assert 40 * 0.9 ** (1 + late) - 1 <= search.found.hold <= 45


def test_nothing_felt_is_told_with_how_far_it_went():
    search = Search(MOTOR, Random(0))
    run(search, Ideal(255))
    assert search.found.start is None
    assert "nothing was felt up to drive" in search.found.unsure


class Guesser(Ideal):
    """Answers everything, also nothing."""

    def answers(self, trial):
        return super().answers(trial) or REACTION + 3


def test_who_answers_to_nothing_is_asked_again_and_then_not_believed():
    search = Search(MOTOR, Random(0))
    trials = run(search, Guesser(60, 40))
    assert [trial.part for trial in trials].count(Part.NOTHING) == 2
    assert [trial.part for trial in trials].count(Part.RISING) == 2
    assert search.found.unsure == "felt when nothing was played"
    assert search.found.false_alarms == 2


def test_one_false_alarm_is_forgiven():
    search, alarms = Search(MOTOR, Random(0)), [REACTION + 3]
    ideal = Ideal(60, 40)
    while search.trial is not None:
        nothing = search.trial.part is Part.NOTHING
        search.answer(alarms.pop() if nothing and alarms else ideal.answers(search.trial))
    assert (search.found.start, search.found.unsure, search.found.false_alarms) == (60, "", 1)


def test_keys_too_early_repeat_the_trial_but_not_for_ever():
    search = Search(MOTOR, Random(0))
    first = search.trial
    for _ in range(EARLY_MAX):
        search.early()
        assert search.trial is first
    search.answer(1)  # sooner than anybody can feel anything
    assert search.trial is None
    assert search.found.unsure == "keys came before anything was played"


def test_answers_that_contradict_one_another_are_not_believed():
    search, answers = Search(MOTOR, Random(0)), [True, False]
    while search.trial is not None:
        felt = search.trial.part is Part.RISING or (
            search.trial.part is Part.PULSE and (answers.pop(0) if answers else True)
        )
        search.answer(REACTION + 60 if felt else None)
    assert search.found.unsure == "the answers do not agree with one another"


def test_felt_at_the_very_lowest_there_is_nothing_to_fall_from():
    search = Search(replace(MOTOR, start=8, hold=7), Random(0))
    run(search, Ideal(1))
    assert (search.found.first_felt, search.found.hold) == (LOWEST, LOWEST)


def test_a_motor_without_room_below_its_ceiling_is_not_tried():
    search = Search(replace(MOTOR, highest=30), Random(0))
    assert search.trial is None
    assert search.found.unsure == "its ceiling leaves no room to try it"
    with pytest.raises(RuntimeError):
        search.answer(None)
