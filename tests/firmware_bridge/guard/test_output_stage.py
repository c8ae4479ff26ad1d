"""The output stage, tick for tick against a slow model of it that was written from its description."""

from itertools import pairwise

import numpy as np
import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_playout import SlowPlayout

from firmware_bridge.guard.output_stage import (
    CHUNK_MS,
    DWELL_MS,
    DWELL_RELEASE_MS,
    QUEUE_SLOTS,
    RAMP_MS,
    REST_MS,
    Keyframe,
    OutputStage,
)
from firmware_bridge.wire.messages import ActuatorInfo, Kind


def actuator(index, ceiling=255, attack=4000, release=4000, excluded=0):
    return ActuatorInfo(
        index=index,
        kind=Kind.VIBRATION,
        excluded=excluded,
        x_mm=80,
        y_mm=300,
        radius_mm=20,
        ceiling=ceiling,
        start=0,
        hold=0,
        exponent_percent=100,
        attack=attack,
        release=release,
        rate_min=0,
        rate_max=255,
        id=f"a{index}",
    )


# Slews that divide evenly and ones that do not, a ceiling below the drive, and one that is excluded.
TABLE = (
    actuator(0, ceiling=204, attack=800, release=1600),
    actuator(1, attack=4000, release=4000),
    actuator(2, ceiling=100, attack=50, release=1020),
    actuator(3, attack=333, release=1111),
    actuator(4, excluded=1),
)
WIDTH = len(TABLE)
FREE = (actuator(0),)
NOTHING = bytes(WIDTH)
AMPLE = 64 * 255


def play(playout, until, splits=()):
    """Drives and rates of every tick up to `until`, advanced in pieces of at most a chunk."""
    drives, rates, splits = [], [], list(splits)
    while playout.now < until:
        size = splits.pop(0) if splits else CHUNK_MS
        start = playout.now
        output = playout.advance(min(until, playout.now + size))
        assert output.start == start + 1
        assert output.drive.shape == output.rate.shape == (playout.now - start, len(playout.work_ms))
        assert output.drive.dtype == output.rate.dtype == np.uint8
        if output.silent:
            assert not output.drive.any()
        drives += output.drive.tolist()
        rates += output.rate.tolist()
    return drives, rates


def levels():
    return st.one_of(st.just(0), st.just(255), st.integers(0, 255))


def rows():
    return st.lists(levels(), min_size=WIDTH, max_size=WIDTH).map(bytes)


def splits():
    return st.lists(st.one_of(st.integers(1, 30), st.integers(1, CHUNK_MS)), max_size=8)


OPERATIONS = st.one_of(
    st.tuples(st.just("push"), st.integers(1, 500), rows(), rows()),
    st.tuples(st.just("push"), st.just(20), rows(), rows()),
    st.tuples(st.just("advance"), st.integers(0, 700), splits()),
    st.tuples(st.just("advance"), st.sampled_from([1999, 2000, 2001, 3000, 9699, 9700, 10001]), splits()),
    st.tuples(st.just("ramp")),
    st.tuples(st.just("cut")),
)


def follow(operations):
    """Run the operations on both models and compare every tick and everything that they remember."""
    fast, slow = OutputStage(TABLE, AMPLE), SlowPlayout(TABLE)
    seq = 0
    for name, *arguments in operations:
        match name:
            case "push":
                ahead, drives, rates = arguments
                if not fast.free_slots:
                    continue
                seq = (seq + 1) % 256
                key = Keyframe(max(fast.now, fast.last_due) + ahead, drives, rates, seq)
                fast.push(key)
                slow.push(key)
            case "advance":
                milliseconds, pieces = arguments
                expected = [slow.tick() for _ in range(milliseconds)]
                drives, rates = play(fast, fast.now + milliseconds, pieces)
                assert drives == [drive for drive, _ in expected]
                assert rates == [rate for _, rate in expected]
            case "ramp":
                fast.ramp_down()
                slow.ramp_down()
            case "cut":
                fast.cut()
                slow.cut()
        assert fast.now == slow.now
        assert fast.executed == slow.executed
        assert fast.free_slots == QUEUE_SLOTS - len(slow.queue)
        assert fast.work_ms.tolist() == slow.work
        assert fast.resting.tolist() == slow.resting
        assert fast.output_sum == sum(q // 256 for q in slow.out)
        assert fast.still == (not any(slow.out))


@settings(max_examples=at_depth(60))
@given(st.lists(OPERATIONS, max_size=25))
def test_every_tick_is_as_the_slow_model_has_it(operations):
    follow(operations)


@settings(max_examples=at_depth(12))
@given(st.lists(st.tuples(levels(), st.integers(1, 120)), min_size=5, max_size=30), splits())
def test_a_long_stream_of_keyframes_is_as_the_slow_model_has_it(levels_held, pieces):
    """A frame each 20 ms, a level held for a while: what a massage looks like, dwell and rests included."""
    operations = []
    for level, frames in levels_held:
        drives = bytes([level, 255 - level, level // 2, level, level])
        for k in range(0, frames, 10):
            operations += [("push", 20, drives, drives)] * min(10, frames - k)
            operations.append(("advance", 200, pieces))
    follow(operations)


@settings(max_examples=at_depth(25))
@given(st.lists(OPERATIONS, max_size=15), st.data())
def test_any_cut_of_time_gives_the_same_output(operations, data):
    whole, cut = OutputStage(TABLE, AMPLE), OutputStage(TABLE, AMPLE)
    for name, *arguments in operations:
        for playout in (whole, cut):
            if name == "ramp":
                playout.ramp_down()
            elif name == "cut":
                playout.cut()
            elif name == "push" and playout.free_slots:
                ahead, drives, rates = arguments
                playout.push(Keyframe(max(playout.now, playout.last_due) + ahead, drives, rates, 1))
        if name == "advance":
            until = whole.now + arguments[0]
            assert play(whole, until) == play(cut, until, data.draw(splits()))


def only(drives):
    return [row[0] for row in drives]


def held(playout, level, until, rate=0):
    """Hold `level` up to `until` (the line to it takes one millisecond); the drives of each tick."""
    playout.push(Keyframe(playout.now + 1, bytes([level]), bytes([rate]), 1))
    return only(play(playout, until)[0])


def test_a_line_is_interpolated_in_integers_and_holds_after_its_end():
    playout = OutputStage(FREE, AMPLE)
    playout.push(Keyframe(7, b"\x03", b"\x32", 9))
    drives, rates = play(playout, 10)
    assert only(drives) == [(3 * 256 * t // 7) >> 8 for t in range(1, 8)] + [3, 3, 3]
    assert only(rates) == [50 if drive else 0 for drive in only(drives)]
    assert playout.executed == 9


def test_a_rate_is_told_only_while_something_is_driven():
    playout = OutputStage(FREE, AMPLE)
    playout.push(Keyframe(20, b"\0", b"\x32", 1))
    assert not any(only(play(playout, 40)[1]))


def test_what_is_on_its_way_to_off_keeps_its_rate():
    """The frame that turns it off gives it no rate, but until then it must not run at none."""
    playout = OutputStage(FREE, AMPLE)
    held(playout, 100, 500, rate=50)
    for due in (540, 560, 580):
        playout.push(Keyframe(due, b"\0", b"\0", 2))
    drives, rates = play(playout, 580)
    assert only(drives)[20] > 0
    assert only(rates) == [50 if drive else 0 for drive in only(drives)]


def test_what_is_late_to_start_begins_where_the_output_is():
    playout = OutputStage(FREE, AMPLE)
    held(playout, 100, 500)
    playout.push(Keyframe(600, b"\0", b"\0", 2))
    drives = only(play(playout, 700)[0])
    assert drives[0] in (98, 99)
    assert drives[49] == 50
    assert drives[99:] == [0] * 101


@pytest.mark.parametrize("attack", [50, 333, 800, 4000])
def test_a_rise_never_exceeds_the_attack_slew(attack):
    playout = OutputStage((actuator(0, attack=attack),), AMPLE)
    drives = held(playout, 255, 6000)
    step = -(-attack * 256 // 1000)
    assert drives[:200] == [min(255 * 256, step * t) >> 8 for t in range(1, 201)]
    assert drives[-1] == 255


def test_a_drive_above_its_ceiling_is_clamped_and_an_excluded_one_stays_off():
    playout = OutputStage((actuator(0, ceiling=100), actuator(1, excluded=1)), AMPLE)
    playout.push(Keyframe(20, b"\xff\xff", b"\0\0", 1))
    drives, _ = play(playout, 2000)
    assert max(row[0] for row in drives) == 100
    assert not any(row[1] for row in drives)


@pytest.mark.parametrize("level", [1, 100, 255])
def test_a_ramp_reaches_zero_in_time_from_any_level_and_forgets_the_queue(level):
    playout = OutputStage((actuator(0, release=1020),), AMPLE)
    held(playout, level, 1000)
    playout.push(Keyframe(1100, b"\xff", b"\0", 2))
    playout.ramp_down()
    assert playout.free_slots == QUEUE_SLOTS
    drives = only(play(playout, 1400)[0])
    assert drives[RAMP_MS - 1 :] == [0] * (400 - RAMP_MS + 1)
    assert all(a >= b for a, b in pairwise(drives))
    assert playout.idle


def test_a_second_ramp_does_not_begin_anew():
    playout = OutputStage(FREE, AMPLE)
    held(playout, 255, 1000)
    playout.ramp_down()
    play(playout, 1000 + RAMP_MS // 2)
    playout.ramp_down()
    assert not any(only(play(playout, 1400)[0])[RAMP_MS // 2 :])


def test_a_cut_is_zero_at_the_next_tick_and_what_follows_starts_from_zero():
    playout = OutputStage(FREE, AMPLE)
    held(playout, 255, 1000)
    playout.push(Keyframe(1100, b"\xff", b"\0", 2))
    playout.cut()
    assert playout.still
    assert playout.output_sum == 0
    assert not any(only(play(playout, 1200)[0]))
    playout.push(Keyframe(1300, b"\x64", b"\0", 3))
    assert only(play(playout, 1300)[0])[::10] == list(range(1, 101, 10))


@pytest.mark.parametrize("release", [1020, 1111, 4000])
def test_one_actuator_never_works_longer_than_ten_seconds_and_then_rests(release):
    playout = OutputStage((actuator(0, release=release),), AMPLE)
    drives = np.array(held(playout, 255, 40_000)) > 0
    edges = np.flatnonzero(np.diff(drives, prepend=False, append=False))
    lengths = np.diff(edges)
    works, rests = lengths[::2], lengths[1::2]
    assert len(works) > 2
    assert works.max() <= DWELL_MS
    assert works[0] >= DWELL_RELEASE_MS
    assert rests.min() >= REST_MS


@pytest.mark.parametrize(("work", "forced"), [(DWELL_RELEASE_MS - 1, False), (DWELL_RELEASE_MS, True)])
def test_the_release_begins_after_exactly_so_much_work(work, forced):
    playout = OutputStage(FREE, AMPLE)
    held(playout, 255, work)
    assert playout.work_ms.tolist() == [work]
    assert playout.resting.tolist() == [forced]
    drives = only(play(playout, work + 2)[0])
    assert drives == ([251, 247] if forced else [255, 251])


@pytest.mark.parametrize(("rest", "forced"), [(REST_MS - 1, True), (REST_MS, False)])
def test_only_an_unbroken_rest_of_two_seconds_clears_the_work(rest, forced):
    playout = OutputStage(FREE, AMPLE)
    held(playout, 255, 9000)
    playout.cut()
    play(playout, 9000 + rest)
    assert playout.work_ms.tolist() == [9000 if forced else 0]
    drives = held(playout, 255, 9000 + rest + 1200)
    assert (min(drives[30:]) == 0) is forced


def test_a_rest_cut_short_again_and_again_does_not_buy_time():
    """On for 500 ms, off for 1999 ms: never cleared, so it is off for good in time."""
    playout = OutputStage(FREE, AMPLE)
    on = 0
    for _ in range(25):
        on += sum(drive > 0 for drive in held(playout, 255, playout.now + 500))
        if playout.resting.any():
            break
        playout.cut()
        play(playout, playout.now + REST_MS - 1)
    assert DWELL_RELEASE_MS <= on <= DWELL_MS
    assert playout.resting.any()


def test_one_actuator_resting_does_not_touch_the_others():
    playout = OutputStage((actuator(0), actuator(1)), AMPLE)
    playout.push(Keyframe(1, b"\xff\0", b"\0\0", 1))
    play(playout, 8000)
    playout.push(Keyframe(8001, b"\xff\xff", b"\0\0", 2))
    drives, _ = play(playout, 11_000)
    assert drives[-1] == [0, 255]


def test_idle_time_is_silent_and_still_counts_as_rest():
    playout = OutputStage(TABLE, AMPLE)
    assert playout.idle
    output = playout.advance(1000)
    assert output.silent
    assert output.drive.shape == (1000, WIDTH)
    assert not output.rate.any()


def test_a_rest_ends_while_nothing_is_asked_for():
    playout = OutputStage(FREE, AMPLE)
    held(playout, 255, 9710)
    assert playout.resting.all()
    playout.cut()
    play(playout, 9710 + REST_MS - 1)
    assert playout.resting.all()
    play(playout, 9710 + REST_MS)
    assert not playout.resting.any()


def test_time_does_not_go_back():
    playout = OutputStage(FREE, AMPLE)
    held(playout, 255, 500)
    output = playout.advance(400)
    assert len(output.drive) == 0
    assert playout.now == 500
    assert playout.output_sum == 255


def test_the_queue_says_how_much_room_it_has():
    playout = OutputStage(FREE, AMPLE)
    for k in range(QUEUE_SLOTS):
        assert playout.free_slots == QUEUE_SLOTS - k
        playout.push(Keyframe(20 * (k + 1), b"\1", b"\0", k))
    assert playout.free_slots == 0
    assert playout.last_due == 20 * QUEUE_SLOTS
    play(playout, 20)
    assert playout.free_slots == 1


def test_what_is_put_out_keeps_the_power_budget_while_releases_lag():
    """Two groups take turns, each just within the budget; the release is slow, the attack quick."""
    table = tuple(actuator(i, attack=4000, release=1020) for i in range(4))
    playout = OutputStage(table, 400)
    groups = [bytes((200, 200, 0, 0)), bytes((0, 0, 200, 200))]
    for turn in range(40):
        playout.push(Keyframe(20 * turn + 20, groups[turn // 4 % 2], bytes(4), turn))
        if turn % 10 == 9:
            drives, _ = play(playout, 20 * turn + 20)
            assert max(map(sum, drives)) <= 400
            assert max(map(sum, drives)) > 390, "what is free is used"
