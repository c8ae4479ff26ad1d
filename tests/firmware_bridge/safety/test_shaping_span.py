"""The span of a point: gaps count, and so does what another actuator of the same point works."""

import numpy as np
import pytest
from depth import at_depth
from hypothesis import given, settings
from shaping_runs import UNLIMITED, constant, longest_span, run, slew, wanted

from firmware_bridge.safety.shaping import CHUNK_FRAMES, Memory, shape, shape_exactly

SHAPERS = [shape, shape_exactly]
QUICK = slew(255, 255)
PAIR = slew(255, 255, count=2)


def pulses(frames, on, period, drive=100):
    return np.where(np.arange(frames)[:, np.newaxis] % period < on, drive, 0)


@pytest.mark.parametrize("shaper", SHAPERS)
def test_pulses_of_five_in_a_hundred_rest_as_soon_as_their_span_is_over(shaper):
    """They are driven for 0.1 s in 2 s and never rest for 2.2 s: every sixth pulse is left out."""
    want = pulses(1800, 5, 100)
    drive, events, _ = run(want, QUICK, shaper=shaper)
    expected = want.copy()
    for at in (500, 1100, 1700):
        expected[at : at + 5] = 0
    assert np.array_equal(drive, expected)
    assert events == [(at, 0, "dwell") for at in (500, 1100, 1700)]


@pytest.mark.parametrize("shaper", SHAPERS)
def test_twenty_in_forty_last_no_longer_than_steady_work(shaper):
    drive, events, _ = run(pulses(1000, 20, 40), QUICK, shaper=shaper)
    on = np.flatnonzero(drive[:, 0])
    rests = np.flatnonzero(np.diff(on) > 110)
    assert on[rests[0]] == 459, "the pulse from frame 440 on: the next would end after frame 478"
    assert on[rests[0] + 1] == 571, "111 zeros later"
    assert [event[0] for event in events] == [480]


@pytest.mark.parametrize("shaper", SHAPERS)
@pytest.mark.parametrize(("at", "passes"), [(477, True), (478, True), (479, False), (480, False)])
def test_the_last_pulse_is_back_at_zero_within_the_span(shaper, at, passes):
    """480 intervals: from rest to the first frame, and on to the zero after frame 478."""
    want = pulses(600, 1, 100, drive=20)
    want[401:] = 0
    want[at] = 20
    drive, events, _ = run(want, slew(255, 20), shaper=shaper)
    assert np.array_equal(drive, want) is passes
    assert events == ([] if passes else [(at, 0, "dwell")])


@pytest.mark.parametrize("shaper", SHAPERS)
@pytest.mark.parametrize(("zeros", "rested"), [(109, False), (110, False), (111, True)])
def test_a_pause_that_is_no_rest_is_part_of_the_span(shaper, zeros, rested):
    # The first zero ends the last interval of work, so 111 zeros make 110 intervals of rest.
    want = np.concatenate((constant(1, 20), constant(zeros, 0), constant(478 - zeros, 20), constant(300, 0)))
    drive, events, memory = run(want, slew(255, 20), shaper=shaper, memory=(kept := Memory.silent(1)))
    assert memory is kept
    assert np.array_equal(drive, want), "frame 478 is the last"
    longer = np.concatenate((want[:479], constant(50, 20), constant(300, 0)))
    drive, events, _ = run(longer, slew(255, 20), shaper=shaper)
    assert np.array_equal(drive, longer) is rested
    assert events == ([] if rested else [(479, 0, "dwell")])


@pytest.mark.parametrize("pause", [0, 50, 90])
def test_six_steps_on_one_point_rest_between(pause):
    """Steps of 9 s with pauses too short for a rest: each second one would go on from the first."""
    step = pulses(450, 10, 25)
    want = np.concatenate([np.concatenate((step, constant(pause, 0)))] * 6)
    drive, events, _ = run(want, QUICK)
    assert longest_span(drive, [], rest=110) <= 480
    assert len(events) >= 3
    assert {kind for _, _, kind in events} == {"dwell"}


def test_six_steps_with_rests_between_pass_as_they_are():
    step = pulses(450, 10, 25)
    want = np.concatenate([np.concatenate((step, constant(111, 0)))] * 6)
    drive, events, _ = run(want, QUICK)
    assert np.array_equal(drive, want)
    assert events == []


# -- points ---------------------------------------------------------------------------------------------


def in_turns(frames, turn, drive=100):
    first = np.arange(frames) // turn % 2 == 0
    return np.stack((np.where(first, drive, 0), np.where(first, 0, drive)), axis=1)


@pytest.mark.parametrize("shaper", SHAPERS)
@pytest.mark.parametrize("turn", [1, 25, 120, 240])
def test_two_at_one_point_that_take_turns_come_to_rest_together(shaper, turn):
    want = in_turns(3600, turn)
    drive, _, _ = run(want, PAIR, points=[[0, 1]], shaper=shaper)
    off = np.flatnonzero(~drive[:590].any(axis=1))
    assert off[0] == 479
    assert len(off) == 111, "and begins again once it has rested"
    assert longest_span(drive, [[0, 1]], rest=110) == 480


@pytest.mark.parametrize("shaper", SHAPERS)
def test_apart_they_work_as_long_as_each_may(shaper):
    want = in_turns(3600, 240)
    drive, events, _ = run(want, PAIR, shaper=shaper)
    assert np.array_equal(drive, want)
    assert events == []


@pytest.mark.parametrize("shaper", SHAPERS)
@pytest.mark.parametrize(("begins", "held"), [(478, False), (479, True)])
def test_a_point_that_is_over_its_time_takes_no_other_actuator(shaper, begins, held):
    want = np.zeros((600, 3), dtype=np.int64)
    want[:400, 0] = 100
    want[begins, 1] = 100
    want[begins : begins + 100, 2] = 100  # at another point
    drive, events, _ = run(want, slew(255, 255, count=3), points=[[0, 1]], shaper=shaper)
    assert drive[begins, 1] == (0 if held else 100)
    assert np.array_equal(drive[:, [0, 2]], want[:, [0, 2]])
    assert events == ([(begins, 1, "dwell")] if held else [])


@pytest.mark.parametrize("shaper", SHAPERS)
def test_what_one_works_breaks_the_rest_of_the_other_within_a_chunk(shaper):
    """Looked at alone, the second would have rested for 110 frames by frame 460 and could begin anew."""
    want = np.zeros((600, 2), dtype=np.int64)
    want[:350, 0] = want[400:420, 0] = 100
    want[470:500, 1] = 100
    drive, events, _ = run(want, PAIR, points=[[0, 1]], shaper=shaper)
    assert np.flatnonzero(drive[:, 1]).tolist() == list(range(470, 479))
    assert events == [(479, 1, "dwell")]


@pytest.mark.parametrize("shaper", SHAPERS)
def test_each_actuator_that_is_held_back_is_told(shaper):
    want = np.zeros((600, 2), dtype=np.int64)
    want[:, 0] = 100
    want[100:, 1] = 50
    _, events, memory = run(want, slew(255, 20, count=2), points=[[0, 1]], shaper=shaper)
    assert sorted({who for _, who, _ in events}) == [0, 1]
    assert memory.rest[0] == memory.rest[1]
    assert memory.span[0] == memory.span[1]


def test_the_ways_down_of_two_at_one_point_end_together():
    """The slower one begins sooner: each may be as strong as its own release allows."""
    limits = slew(255, 255, count=2)
    limits.release[:] = (20, 80)
    drive, _, memory = run(constant(480, 200, 200), limits, points=[[0, 1]])
    assert drive[478].tolist() == [20, 80]
    assert drive[479].tolist() == [0, 0]
    assert memory.span.tolist() == [480, 480]


@settings(max_examples=at_depth(200))
@given(wanted())
def test_no_point_is_worked_for_longer_than_its_span(case):
    want, limits, budget, points = case
    for shaper in SHAPERS:
        drive, _, _ = run(want, limits, budget, points, shaper=shaper)
        assert longest_span(drive, points, rest=110) <= 480


@pytest.mark.parametrize("rest_chunks", [1, 2, 3])
def test_chunks_in_which_a_point_rests_are_counted_as_the_definition_does(rest_chunks):
    """One of the two is silent in each chunk: what one works, the memory of both has to know."""
    one, other, silent = (constant(CHUNK_FRAMES, *row) for row in ((50, 0), (0, 50), (0, 0)))
    want = [one, other, one, *[silent] * rest_chunks, other, one, other, one, other]
    short, exact = Memory.silent(2, [[0, 1]]), Memory.silent(2, [[0, 1]])
    for chunk in want:
        drives, held = shape(chunk, short, PAIR, UNLIMITED)
        expected, expected_held = shape_exactly(chunk, exact, PAIR, UNLIMITED)
        assert np.array_equal(drives, expected)
        assert held == expected_held
        for name in ("span", "rest", "dwelling"):
            assert np.array_equal(getattr(short, name), getattr(exact, name)), name
        assert short.span[0] == short.span[1]
