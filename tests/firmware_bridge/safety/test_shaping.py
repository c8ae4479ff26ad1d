"""Dwell, slew and budget frame by frame, and the short way that must give the same."""

import numpy as np
import pytest
from depth import at_depth
from hypothesis import given, settings
from shaping_runs import UNLIMITED, constant, run, slew, wanted

from firmware_bridge.safety.shaping import CHUNK_FRAMES, Memory, shape, shape_exactly, slew_only


@settings(max_examples=at_depth(200))
@given(wanted())
def test_the_short_way_gives_what_the_definition_gives(case):
    short, exact = run(*case), run(*case, shaper=shape_exactly)
    assert np.array_equal(short[0], exact[0])
    assert short[1] == exact[1]
    for name in ("drive", "span", "rest", "dwelling", "over_budget"):
        assert np.array_equal(getattr(short[2], name), getattr(exact[2], name)), name


@settings(max_examples=at_depth(100))
@given(wanted())
def test_nothing_is_ever_more_than_was_wanted_except_on_the_way_down(case):
    want, limits, budget, _ = case
    drive, _, _ = run(*case)
    before = np.concatenate((np.zeros((1, drive.shape[1]), dtype=np.int64), drive[:-1]))
    assert (drive <= np.maximum(want, before - limits.release)).all()
    assert (drive - before <= limits.attack).all()
    assert (before - drive <= limits.release).all()
    assert (drive.sum(axis=1) <= budget).all()


def test_an_onset_rises_and_a_stop_falls_no_faster_than_the_slew():
    drive, events, _ = run(np.concatenate((constant(20, 200), constant(20, 0))), slew(16, 32))
    assert drive[:14, 0].tolist() == [*range(16, 208, 16), 200, 200]
    assert drive[20:28, 0].tolist() == [168, 136, 104, 72, 40, 8, 0, 0]
    assert events == []


def test_a_ramp_that_turns_round_is_followed_from_where_it_stands():
    want = np.array([[100], [100], [10], [255], [255], [0]])
    assert run(want, slew(16, 32))[0][:, 0].tolist() == [16, 32, 10, 26, 42, 10]


@pytest.mark.parametrize("shaper", [shape, shape_exactly])
@pytest.mark.parametrize(("drive", "release"), [(255, 20), (255, 80), (1, 20), (21, 20), (20, 20), (137, 32)])
def test_work_comes_to_rest_at_the_limit_itself_whatever_the_way_down_takes(shaper, drive, release):
    out, events, memory = run(constant(480, drive), slew(255, release), shaper=shaper)
    # 480 intervals: from rest to the first frame, and on to the first frame at zero again.
    assert out[478, 0] > 0
    assert out[479, 0] == 0
    assert memory.span.tolist() == [480]
    assert [kind for _, _, kind in events] == ["dwell"]


@pytest.mark.parametrize("shaper", [shape, shape_exactly])
@pytest.mark.parametrize(("frames", "held"), [(478, False), (479, False), (480, True), (481, True)])
def test_work_just_within_the_limit_is_left_alone(shaper, frames, held):
    want = np.concatenate((constant(frames, 20), constant(110, 0)))  # frames + 1 intervals of work
    drive, events, _ = run(want, slew(255, 20), shaper=shaper)
    assert np.array_equal(drive, want) is not held
    assert events == ([(479, 0, "dwell")] if held else [])


@pytest.mark.parametrize(("zeros", "rested"), [(109, False), (110, False), (111, True)])
def test_only_a_full_rest_ends_a_dwell(zeros, rested):
    want = np.concatenate((constant(300, 20), constant(zeros, 0), constant(300, 20)))
    drive, events, _ = run(want, slew(255, 20))
    # The first zero ends the last interval of work, so 111 zeros make 110 intervals of rest.
    assert np.array_equal(drive, want) is rested
    assert bool(events) is not rested


def test_short_gaps_do_not_make_a_dwell_longer():
    want = np.where(np.arange(1000)[:, np.newaxis] % 25 < 12, 0, 100)  # pulses of 0.26 s, as in tapping
    drive, events, _ = run(want, slew(40, 40))
    assert [kind for _, _, kind in events] == ["dwell"]
    gaps = np.diff(np.flatnonzero(drive[:, 0]), append=len(drive)) - 1  # zeros after each driven frame
    held_at = int(np.flatnonzero(drive[:, 0])[gaps.argmax()])
    assert gaps.max() >= 110
    assert held_at <= events[0][0] + 25, "the rest begins with the very pulse that is held back"


def test_a_dwell_is_told_once_however_often_it_holds_back():
    want = constant(580, 100)
    want[500:][np.arange(80) % 10 < 5] = 0
    _, events, memory = run(want, slew(40, 40))
    assert [kind for _, _, kind in events] == ["dwell"]
    assert memory.dwelling.all()


def test_one_actuator_at_its_limit_does_not_hold_back_another():
    want = np.zeros((1000, 2), dtype=np.int64)
    want[:, 0] = 100
    want[480:800, 1] = 100
    drive, events, _ = run(want, slew(100, 100, count=2))
    assert np.array_equal(drive[:, 1], want[:, 1])
    assert {who for _, who, _ in events} == {0}


def test_increases_share_what_the_budget_leaves():
    drive, events, _ = run(constant(10, 100, 200), slew(200, 200, count=2), budget=150)
    assert drive[0].tolist() == [50, 100]
    assert drive.sum(axis=1).max() == 150
    assert events == [(0, -1, "budget")]


def test_a_decrease_is_never_held_back_by_the_budget():
    want = np.concatenate((constant(5, 150, 0), constant(5, 0, 255)))
    drive, events, _ = run(want, slew(255, 50, count=2), budget=150)
    assert drive[5:8, 0].tolist() == [100, 50, 0]
    assert drive[5:8, 1].tolist() == [50, 100, 150]
    assert events == [(5, -1, "budget")]


def test_a_budget_that_binds_again_is_told_again():
    want = np.concatenate((constant(5, 200), constant(5, 0), constant(5, 200)))
    assert run(want, slew(255, 255), budget=150)[1] == [(0, -1, "budget"), (10, -1, "budget")]


@pytest.mark.parametrize("shaper", [shape, shape_exactly])
@pytest.mark.parametrize(("asked", "given"), [(149, 149), (150, 150), (151, 150)])
def test_the_budget_itself_may_be_used_and_nothing_more(shaper, asked, given):
    drive, events, _ = run(constant(5, asked), slew(255, 255), budget=150, shaper=shaper)
    assert drive[:, 0].tolist() == [given] * 5
    assert bool(events) is (asked > 150)


def test_a_quiet_chunk_between_two_runs_over_budget_separates_them():
    over, quiet = constant(CHUNK_FRAMES, 200), constant(CHUNK_FRAMES, 100)
    _, events, _ = run(np.concatenate((over, quiet, over)), slew(255, 255), budget=150)
    assert events == [(0, -1, "budget"), (2 * CHUNK_FRAMES, -1, "budget")]


def test_a_copy_of_the_memory_is_its_own():
    memory = Memory.silent(2)
    copy = memory.copy()
    run(constant(10, 50, 50), slew(count=2), memory=memory)
    assert memory.span.tolist() == [10, 10]
    assert copy.span.tolist() == [0, 0]


def test_a_copy_of_the_memory_knows_the_points():
    assert Memory.silent(3, [[0, 2]]).copy().points == [[0, 2]]
    assert Memory.silent(3).copy().points == ()


def test_a_copy_of_the_memory_forgets_nothing():
    """Not even that the budget binds: whoever goes on from it is not told a second time."""
    memory = Memory.silent(2)
    run(
        np.concatenate((constant(490, 100, 0), constant(5, 100, 200))),
        slew(255, 255, count=2),
        150,
        memory=memory,
    )
    copy = memory.copy()
    assert memory.over_budget
    assert memory.dwelling.tolist() == [True, False]
    for name in ("drive", "span", "rest", "dwelling", "over_budget"):
        assert np.array_equal(getattr(copy, name), getattr(memory, name)), name
    assert run(constant(1, 0, 200), slew(255, 255, count=2), 150, memory=copy)[1] == []


def same(frames, limits):
    """What `shape` makes of chunks, after making sure that it is what the definition makes of them."""
    short, exact = Memory.silent(1), Memory.silent(1)
    told = []
    for chunk in frames:
        drives, held = shape(chunk, short, limits, UNLIMITED)
        expected, expected_held = shape_exactly(chunk, exact, limits, UNLIMITED)
        assert np.array_equal(drives, expected)
        assert held == expected_held
        assert (short.span, short.rest, short.dwelling) == (exact.span, exact.rest, exact.dwelling)
        told.append([kind for _, _, kind in held])
    return told


def test_the_weakest_drive_is_work_too():
    """Single frames of 1 between zeros, up to the dwell: each costs the way there and the way back."""
    steady = [constant(CHUNK_FRAMES, 20)] * 3
    flicker = [np.tile([[0], [1]], (CHUNK_FRAMES // 2, 1))] * 3
    assert ["dwell"] in same(steady + flicker, slew(40, 40))


def test_a_dwell_is_told_again_after_a_rest_of_whole_chunks():
    work, silence = [constant(CHUNK_FRAMES, 100)] * 5, [constant(CHUNK_FRAMES, 0)] * 3
    told = same(work + silence + work, slew(40, 40))
    assert told == [[]] * 4 + [["dwell"]] + [[]] * 7 + [["dwell"]]


def test_a_silent_chunk_too_short_for_a_rest_does_not_end_a_dwell():
    work, pause = [constant(CHUNK_FRAMES, 100)] * 5, [constant(20, 0)] * 2
    assert same([*work, *pause, constant(20, 100)], slew(40, 40))[5:] == [[], [], []]


@settings(max_examples=at_depth(200))
@given(wanted())
def test_slew_alone_holds_nothing_but_the_step_from_frame_to_frame(case):
    want, limits, *_ = case
    given_drives = want.copy()
    last, exact = np.zeros(want.shape[1], dtype=np.int64), []
    for row in want:
        last = np.clip(row, last - limits.release, last + limits.attack)
        exact.append(last)
    assert np.array_equal(slew_only(want, limits), np.array(exact))
    assert np.array_equal(want, given_drives), "what was wanted is left as it was"


def test_slew_alone_knows_no_dwell_and_no_budget():
    drives = slew_only(constant(60 * 50, 255, 255), slew(count=2))
    assert (drives[16:] == 255).all()
