"""What the output stage puts out: lines within slew, ceiling and power budget; ramps and cuts."""

import pytest
from output_stages import AMPLE, FREE, SLOTS, actuator, held, only, play, stage

from firmware_bridge.guard.output_stage import RAMP_MS, REST_MS, Keyframe, OutputStage


def test_a_line_is_interpolated_in_integers_and_holds_after_its_end():
    playout = stage(FREE)
    playout.push(Keyframe(7, b"\x03", b"\x32", 9))
    drives, rates = play(playout, 10)
    assert only(drives) == [(3 * 256 * t // 7) >> 8 for t in range(1, 8)] + [3, 3, 3]
    assert only(rates) == [50 if drive else 0 for drive in only(drives)]
    assert playout.executed == 9


@pytest.mark.parametrize("pieces", [[], [1] * 80, [25, 40], [35]])
def test_a_line_goes_from_keyframe_to_keyframe(pieces):
    """Three wait, and however many of them pass in a piece: each in its own time, rounded down."""
    playout = stage(FREE)
    playout.push(Keyframe(20, b"\x14", b"\0", 1))
    playout.push(Keyframe(30, b"\x29", b"\x09", 2))
    playout.push(Keyframe(70, b"\x10", b"\x04", 3))
    drives, rates = play(playout, 80, pieces)
    lines = ((0, 20, 20), (20, 41, 10), (41, 16, 40))
    expected = [(q0 * (n - t) + q1 * t) // n for q0, q1, n in lines for t in range(1, n + 1)]
    assert only(drives) == expected + [16] * 10
    assert only(rates) == [0] * 20 + [9] * 10 + [4] * 50
    assert playout.executed == 3


def test_a_rate_is_told_only_while_something_is_driven():
    playout = stage(FREE)
    playout.push(Keyframe(20, b"\0", b"\x32", 1))
    assert not any(only(play(playout, 40)[1]))


def test_what_is_on_its_way_to_off_keeps_its_rate():
    """The frame that turns it off gives it no rate, but until then it must not run at none."""
    playout = stage(FREE)
    held(playout, 100, 500, rate=50)
    for due in (540, 560, 580):
        playout.push(Keyframe(due, b"\0", b"\0", 2))
    drives, rates = play(playout, 580)
    assert only(drives)[20] > 0
    assert only(rates) == [50 if drive else 0 for drive in only(drives)]


def test_what_is_late_to_start_begins_where_the_output_is():
    playout = stage(FREE)
    held(playout, 100, 500)
    playout.push(Keyframe(600, b"\0", b"\0", 2))
    drives = only(play(playout, 700)[0])
    assert drives[0] in (98, 99)
    assert drives[49] == 50
    assert drives[99:] == [0] * 101


@pytest.mark.parametrize("attack", [50, 333, 800, 4000])
def test_a_rise_never_exceeds_the_attack_slew(attack):
    playout = stage((actuator(0, attack=attack),))
    drives = held(playout, 255, 6000)
    step = -(-attack * 256 // 1000)
    assert drives[:200] == [min(255 * 256, step * t) >> 8 for t in range(1, 201)]
    assert drives[-1] == 255


@pytest.mark.parametrize("pieces", [[], [10, 1, 9, 1]])
@pytest.mark.parametrize(
    ("attack", "release", "rise", "fall"),
    [(1020, 4000, [1, 2, 3], [0, 0, 0]), (4000, 1020, [3, 3, 3], [1, 0, 0])],
)
def test_even_a_small_step_is_held_to_its_slew(attack, release, rise, fall, pieces):
    """By 262 of 256 a drive unit in each tick, up or down, where the other way is free."""
    playout = stage((actuator(0, attack=attack, release=release),))
    for due, drives in ((10, b"\0"), (11, b"\3"), (20, b"\3"), (21, b"\0"), (30, b"\0")):
        playout.push(Keyframe(due, drives, b"\0", 1))
    assert only(play(playout, 30, pieces)[0]) == [0] * 10 + rise + [3] * 7 + fall + [0] * 7


def test_even_the_smallest_drive_falls_no_faster_than_its_release():
    """By 26 of 256 a drive unit in each tick, where all of the rise takes one."""
    playout = stage((actuator(0, attack=4000, release=100),))
    for due, drives in ((10, b"\0"), (11, b"\2"), (20, b"\2"), (21, b"\0"), (40, b"\0")):
        playout.push(Keyframe(due, drives, b"\0", 1))
    assert only(play(playout, 40)[0]) == [0] * 10 + [2] * 10 + [1] * 9 + [0] * 11


def test_a_line_that_the_output_lags_behind_is_not_begun_anew_by_what_follows_it():
    playout = stage((actuator(0, attack=100),))
    playout.push(Keyframe(20, b"\x14", b"\0", 1))
    playout.push(Keyframe(1000, b"\x14", b"\0", 2))
    assert only(play(playout, 50)[0])[-1] == 50 * 26 >> 8
    playout.push(Keyframe(1020, b"\x14", b"\0", 3))
    drives = only(play(playout, 200)[0])
    assert drives[:140] == [(50 + t) * 26 >> 8 for t in range(1, 141)]
    assert drives[-1] == 20


def test_a_drive_above_its_ceiling_is_clamped_and_an_excluded_one_stays_off():
    playout = stage((actuator(0, ceiling=100), actuator(1, excluded=1)))
    playout.push(Keyframe(20, b"\xff\xff", b"\0\0", 1))
    drives, _ = play(playout, 2000)
    assert max(row[0] for row in drives) == 100
    assert not any(row[1] for row in drives)


def test_nothing_moves_before_it_is_given_ceilings():
    playout = OutputStage(FREE, AMPLE, SLOTS)
    assert (playout.now, playout.last_due) == (0, 0)
    play(playout, REST_MS)
    playout.push(Keyframe(REST_MS + 20, b"\xff", b"\0", 1))
    assert not any(only(play(playout, REST_MS + 500)[0]))


@pytest.mark.parametrize("level", [1, 100, 255])
def test_a_ramp_reaches_zero_in_time_from_any_level_and_forgets_the_queue(level):
    playout = stage((actuator(0, release=1020),))
    held(playout, level, 1000)
    playout.push(Keyframe(1100, b"\xff", b"\0", 2))
    playout.ramp_down()
    assert playout.free_slots == SLOTS
    drives = only(play(playout, 1400)[0])
    assert drives[:RAMP_MS] == [level * (RAMP_MS - k) // RAMP_MS for k in range(1, RAMP_MS + 1)]
    assert not any(drives[RAMP_MS:])
    assert playout.idle


def test_a_second_ramp_does_not_begin_anew():
    playout = stage(FREE)
    held(playout, 255, 1000)
    playout.ramp_down()
    play(playout, 1000 + RAMP_MS // 2)
    playout.ramp_down()
    assert not any(only(play(playout, 1400)[0])[RAMP_MS // 2 :])


def test_a_cut_is_zero_at_the_next_tick_and_what_follows_starts_from_zero():
    playout = stage(FREE)
    held(playout, 255, 1000)
    playout.push(Keyframe(1100, b"\xff", b"\0", 2))
    playout.cut()
    assert playout.still
    assert playout.output_sum == 0
    assert not any(only(play(playout, 1200)[0]))
    playout.push(Keyframe(1300, b"\x64", b"\0", 3))
    assert only(play(playout, 1300)[0])[::10] == list(range(1, 101, 10))


def test_time_does_not_go_back():
    playout = stage(FREE)
    held(playout, 255, 500)
    output = playout.advance(400)
    assert len(output.drive) == 0
    assert playout.now == 500
    assert playout.output_sum == 255


def test_the_queue_says_how_much_room_it_has():
    playout = stage(FREE)
    for k in range(SLOTS):
        assert playout.free_slots == SLOTS - k
        playout.push(Keyframe(20 * (k + 1), b"\1", b"\0", k))
    assert playout.free_slots == 0
    assert playout.last_due == 20 * SLOTS
    play(playout, 20)
    assert playout.free_slots == 1


def test_what_is_put_out_keeps_the_power_budget_while_releases_lag():
    """Two groups take turns, each just within the budget; the release is slow, the attack quick."""
    table = tuple(actuator(i, attack=4000, release=1020) for i in range(4))
    playout = stage(table, 400)
    groups = [bytes((200, 200, 0, 0)), bytes((0, 0, 200, 200))]
    for turn in range(40):
        playout.push(Keyframe(20 * turn + 20, groups[turn // 4 % 2], bytes(4), turn))
        if turn % 10 == 9:
            drives, _ = play(playout, 20 * turn + 20)
            assert max(map(sum, drives)) <= 400
            assert max(map(sum, drives)) > 390, "what is free is used"
