"""The output stage lets no actuator work for more than ten seconds without a whole rest."""

import numpy as np
import pytest
from output_stages import AMPLE, FREE, TABLE, WIDTH, actuator, held, only, play

from firmware_bridge.guard.output_stage import DWELL_MS, DWELL_RELEASE_MS, REST_MS, Keyframe, OutputStage


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
