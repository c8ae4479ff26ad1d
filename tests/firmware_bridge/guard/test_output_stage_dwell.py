"""The output stage lets no point be worked for more than ten seconds without a whole rest."""

import numpy as np
import pytest
from output_stages import FREE, TABLE, WIDTH, actuator, held, only, play, stage

from firmware_bridge.guard.output_stage import DWELL_MS, DWELL_RELEASE_MS, REST_MS, Keyframe


@pytest.mark.no_cover
@pytest.mark.parametrize("release", [1020, 1111, 4000])
def test_one_actuator_never_works_longer_than_ten_seconds_and_then_rests(release):
    playout = stage((actuator(0, release=release),))
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
    playout = stage(FREE)
    held(playout, 255, work)
    assert playout.span_ms.tolist() == [work]
    assert playout.resting.tolist() == [forced]
    assert playout.forced == ([(work, 0)] if forced else [])
    drives = only(play(playout, work + 2)[0])
    assert drives == ([251, 247] if forced else [255, 251])


SLOW_TO_RISE = actuator(0, attack=1)  # by 1/256 a tick


@pytest.mark.parametrize(("ticks", "span"), [(255, 0), (256, 1), (257, 2)])
@pytest.mark.parametrize("rising", [Keyframe(256, b"\1", b"\0", 1), Keyframe(1, b"\xff", b"\0", 1)])
def test_a_span_begins_with_the_first_drive(rising, ticks, span):
    """Along a line, and held back by its slew: both reach 256 / 256 in tick 256."""
    playout = stage((SLOW_TO_RISE,))
    playout.push(rising)
    play(playout, ticks)
    assert playout.span_ms.tolist() == [span]


def test_no_span_begins_while_nothing_works():
    """After the start, with nothing asked for and with what the first rest keeps off; gaps belong to it."""
    playout = stage(FREE, cold=True)
    play(playout, 500)
    assert playout.span_ms.tolist() == [0]
    held(playout, 255, 900)
    assert playout.span_ms.tolist() == [0]
    held(playout, 255, REST_MS + 1)
    assert playout.span_ms.tolist() == [1]
    playout.cut()
    play(playout, REST_MS + 500)
    assert playout.span_ms.tolist() == [500]


@pytest.mark.parametrize(("rest", "span"), [(REST_MS - 1, 3600), (REST_MS, 501), (REST_MS + 1, 500)])
def test_a_span_begins_anew_after_a_rest_though_another_point_works_on(rest, span):
    """Within the stretch in which the rest is over it works again, and nothing has to be held back."""
    playout = stage((actuator(0), actuator(1)))
    for due, drives in ((100, b"\xc8\xc8"), (1000, b"\xc8\xc8"), (1100, b"\0\xc8")):
        playout.push(Keyframe(due, drives, b"\0\0", 1))
    play(playout, 2600)
    start = 1099 + rest  # it is off from tick 1100 on, and on again in the tick after this
    for due, drives in ((start, b"\0\xc8"), (start + 100, b"\xc8\xc8")):
        playout.push(Keyframe(due, drives, b"\0\0", 2))
    play(playout, 3600)
    assert playout.span_ms.tolist() == [span, 3600]


def test_the_gap_after_a_single_tick_of_work_belongs_to_its_span():
    """While another point is held back by its slew."""
    playout = stage((actuator(0), actuator(1, attack=1)))
    for due, drives in ((1, b"\2\xff"), (2, b"\0\xff"), (400, b"\0\xff")):
        playout.push(Keyframe(due, drives, b"\0\0", 1))
    drives, _ = play(playout, 400)
    assert only(drives)[:3] == [2, 0, 0]
    assert playout.span_ms.tolist() == [400, 145]


@pytest.mark.parametrize(("ticks", "told"), [(255, [0]), (256, [0, 1])])
def test_a_rest_is_told_of_those_that_work_alone(ticks, told):
    playout = stage((actuator(0), actuator(1, x_mm=80, attack=1)))
    playout.push(Keyframe(1, b"\xff\0", b"\0\0", 1))
    play(playout, DWELL_RELEASE_MS - ticks)
    playout.push(Keyframe(playout.now + 1, b"\xff\xff", b"\0\0", 2))
    play(playout, DWELL_RELEASE_MS + 10)
    assert playout.forced == [(DWELL_RELEASE_MS, i) for i in told]


def test_rests_are_told_of_one_after_the_other_until_they_are_taken():
    playout = stage((actuator(0), actuator(1)))
    playout.push(Keyframe(1, b"\xff\0", b"\0\0", 1))
    play(playout, 5)
    playout.push(Keyframe(6, b"\xff\xff", b"\0\0", 2))
    play(playout, 9000)
    playout.advance(9900)
    assert playout.forced == [(DWELL_RELEASE_MS, 0), (DWELL_RELEASE_MS + 5, 1)]


@pytest.mark.parametrize(("rest", "released"), [(REST_MS - 1, True), (REST_MS, False)])
def test_only_an_unbroken_rest_of_two_seconds_ends_a_span(rest, released):
    playout = stage(FREE)
    held(playout, 255, 3000)
    playout.cut()
    play(playout, 3000 + rest)
    assert playout.span_ms.tolist() == [3000 + rest if released else 0]
    drives = held(playout, 255, DWELL_RELEASE_MS + 100)
    assert (drives[-1] == 0) is released


@pytest.mark.no_cover
@pytest.mark.parametrize(("on", "off"), [(500, REST_MS - 1), (5, 95), (20, 20), (1, REST_MS - 1)])
def test_a_rest_cut_short_again_and_again_does_not_buy_time(on, off):
    """However work is cut into pieces, the span counts from the first of it on, gaps included."""
    playout = stage(FREE)
    drives = []
    while len(drives) < 40_000:
        drives += held(playout, 255, playout.now + on)
        playout.cut()
        drives += only(play(playout, playout.now + off)[0])
    works = np.flatnonzero(drives)
    begins = np.concatenate(([0], np.flatnonzero(np.diff(works) > REST_MS) + 1))
    ends = np.concatenate((begins[1:], [len(works)])) - 1
    spans = works[ends] - works[begins] + 1
    assert len(spans) > 2
    assert spans.max() <= DWELL_MS
    assert spans[0] > DWELL_RELEASE_MS - off - on


def test_nothing_moves_in_the_first_two_seconds():
    playout = stage(FREE, cold=True)
    assert playout.resting.all()
    drives = held(playout, 255, REST_MS + 100)
    assert not any(drives[:REST_MS])
    assert drives[REST_MS] > 0


@pytest.mark.no_cover
def test_two_actuators_that_take_turns_at_one_point_have_one_span():
    playout = stage((actuator(0), actuator(1, x_mm=100)))  # 20 mm apart, 20 mm wide
    for turn in range(60):
        drives = bytes([255, 0] if turn % 2 else [0, 255])
        playout.push(Keyframe(500 * turn + 20, drives, bytes(2), turn % 256))
        worked = [any(row) for row in play(playout, 500 * turn + 500)[0]]
        if turn == 19:
            assert playout.resting.all()
        if turn in (20, 21, 22):
            assert not any(worked[300:])


def test_one_actuator_resting_does_not_touch_the_others():
    playout = stage((actuator(0), actuator(1)))
    playout.push(Keyframe(1, b"\xff\0", b"\0\0", 1))
    play(playout, 8000)
    playout.push(Keyframe(8001, b"\xff\xff", b"\0\0", 2))
    drives, _ = play(playout, 11_000)
    assert drives[-1] == [0, 255]


def test_idle_time_is_silent_and_still_counts_as_rest():
    playout = stage(TABLE)
    assert playout.idle
    output = playout.advance(1000)
    assert output.silent
    assert output.drive.shape == (1000, WIDTH)
    assert not output.rate.any()


def test_a_rest_ends_while_nothing_is_asked_for():
    playout = stage(FREE)
    held(playout, 255, 9710)
    assert playout.resting.all()
    playout.cut()
    play(playout, 9710 + REST_MS - 1)
    assert playout.resting.all()
    play(playout, 9710 + REST_MS)
    assert not playout.resting.any()
