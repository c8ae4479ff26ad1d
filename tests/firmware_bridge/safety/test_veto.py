"""The veto, through the interlock: every limit at one below, at, and one above."""

from typing import Any

import pytest
from interlocks import STEP_DOWN, STEP_UP, Make, admits, armed, disarm_and_arm, hold, points, refusal, rise

from firmware_bridge.safety import veto
from firmware_bridge.safety.interlock import Interlock
from firmware_bridge.wire.messages import Setpoints
from profiles.technique import Modality

# -- limits -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("d", [-1, 0, 1])
def test_ceiling_is_the_most_that_goes_out(actuator: Make, d: int) -> None:
    interlock = armed([actuator(ceiling=100)])
    rise(interlock, 90)
    assert admits(interlock, points(100 + d)) is (d <= 0)


def test_drive_above_the_ceiling_names_actuator_and_ceiling(actuator: Make) -> None:
    trip = refusal(armed([actuator(0, ceiling=20), actuator(1, ceiling=15)]), points(20, 16))
    assert "'a1'" in trip.reason
    assert "15" in trip.reason
    assert trip.rule == 188


@pytest.mark.parametrize("drive", [1, 10, 255])
def test_excluded_actuator_is_never_driven(actuator: Make, drive: int) -> None:
    """Even where a layout gives it a ceiling by mistake."""
    spine = actuator(0, excluded="touches the spine (rule 85)", ceiling=200)
    assert admits(armed([spine, actuator(1)]), points(0, 20))
    trip = refusal(armed([spine, actuator(1)]), points(drive, 0))
    assert "touches the spine (rule 85)" in trip.reason
    assert trip.rule == 188


@pytest.mark.parametrize("d", [-1, 0, 1])
def test_attack_bounds_the_rise_of_one_frame(actuator: Make, d: int) -> None:
    assert admits(armed([actuator()]), points(STEP_UP + d)) is (d <= 0)
    interlock = armed([actuator()])
    rise(interlock, 37)
    assert admits(interlock, points(37 + STEP_UP + d)) is (d <= 0)


@pytest.mark.parametrize("d", [-1, 0, 1])
def test_release_bounds_the_fall_of_one_frame(actuator: Make, d: int) -> None:
    interlock = armed([actuator()])
    rise(interlock, 90)
    assert admits(interlock, points(90 - STEP_DOWN - d)) is (d <= 0)


@pytest.mark.parametrize("d", [-1, 0, 1])
def test_a_fall_to_zero_keeps_the_release_too(actuator: Make, d: int) -> None:
    interlock = armed([actuator()])
    rise(interlock, STEP_DOWN + d)
    assert admits(interlock, points(0)) is (d <= 0)


@pytest.mark.parametrize(("to", "jump"), [(61, "from drive 40 to 61"), (0, "from drive 41 to 0")])
def test_a_jump_names_who_jumps_and_rule_164(actuator: Make, to: int, jump: str) -> None:
    """Not the one beside it, which moves as fast as it may."""
    interlock = armed([actuator(0), actuator(1)])
    rise(interlock, 40, 41 if to == 0 else 40)
    trip = refusal(interlock, points(0 if to == 0 else 60, to))
    assert "'a1'" in trip.reason
    assert jump in trip.reason
    assert trip.rule == 164


@pytest.mark.parametrize(("per_second", "per_frame"), [(49, 1), (50, 1), (99, 1), (100, 2), (1019, 20)])
def test_slew_of_a_frame_is_rounded_down_but_not_to_zero(
    actuator: Make, per_second: int, per_frame: int
) -> None:
    make = [actuator(attack=per_second)]
    assert admits(armed(make), points(per_frame))
    assert not admits(armed(make), points(per_frame + 1))


@pytest.mark.parametrize(("per_second", "per_frame"), [(1, 1), (49, 1), (50, 1), (99, 1), (100, 2)])
def test_release_of_a_frame_is_rounded_down_but_not_to_zero(
    actuator: Make, per_second: int, per_frame: int
) -> None:
    for fall, allowed in ((per_frame, True), (per_frame + 1, False)):
        interlock = armed([actuator(release=per_second)])
        rise(interlock, 80)
        assert admits(interlock, points(80 - fall)) is allowed


@pytest.mark.parametrize("d", [-1, 0, 1])
@pytest.mark.parametrize("kind", [Modality.VIBRATION, Modality.KNEADING])
def test_rate_has_a_lower_and_an_upper_bound(actuator: Make, kind: Modality, d: int) -> None:
    make = [actuator(kind=kind, rate=(20, 50))]
    assert admits(armed(make), points(10, rates=(50 + d,))) is (d <= 0)
    assert admits(armed(make), points(10, rates=(20 + d,))) is (d >= 0)


@pytest.mark.parametrize("d", [-1, 0, 1])
def test_kneading_stays_at_60_a_minute_whatever_the_device_can(actuator: Make, d: int) -> None:
    make = [actuator(kind=Modality.KNEADING, rate=(10, 120))]
    assert admits(armed(make), points(10, rates=(60 + d,))) is (d <= 0)


def test_kneading_above_60_names_rule_64(actuator: Make) -> None:
    for top in (60, 120):
        trip = refusal(armed([actuator(kind=Modality.KNEADING, rate=(10, top))]), points(10, rates=(61,)))
        assert trip.rule == 64
        assert "(rule 64)" in str(trip)


def test_vibration_above_its_rate_does_not_name_the_kneading_rule(actuator: Make) -> None:
    make = [actuator(0, rate=(20, 60)), actuator(1, rate=(20, 60))]
    trip = refusal(armed(make), points(10, 10, rates=(60, 61)))
    assert trip.rule == 188
    assert "rate 61 for actuator 'a1'" in trip.reason


def test_vibration_may_go_faster_than_kneading(actuator: Make) -> None:
    assert admits(armed([actuator(rate=(20, 80))]), points(10, rates=(80,)))


@pytest.mark.parametrize(("drive", "rate"), [(0, 30), (10, 0), (10, 19)])
def test_a_rate_goes_with_a_drive_and_a_drive_with_a_rate(actuator: Make, drive: int, rate: int) -> None:
    trip = refusal(armed([actuator(rate=(20, 80))]), points(drive, rates=(rate,)))
    assert f"rate {rate}" in trip.reason


@pytest.mark.parametrize("drive", [0, 10])
def test_an_actuator_without_a_rate_takes_none(actuator: Make, drive: int) -> None:
    assert admits(armed([actuator()]), points(drive, rates=(0,)))
    assert not admits(armed([actuator()]), points(drive, rates=(1,)))


@pytest.mark.parametrize("d", [-1, 0, 1])
def test_drives_add_up_to_the_power_budget_at_most(actuator: Make, d: int) -> None:
    interlock = armed([actuator(0), actuator(1), actuator(2)], budget=120)
    rise(interlock, 40, 40, 30)
    assert admits(interlock, points(40, 40, 40 + d)) is (d <= 0)


def test_over_budget_names_sum_and_budget(actuator: Make) -> None:
    trip = refusal(armed([actuator(0), actuator(1)], budget=30), points(20, 11))
    assert "31" in trip.reason
    assert "30" in trip.reason
    assert trip.rule == 163


@pytest.mark.parametrize("count", [0, 1, 3, 64])
def test_setpoints_for_another_number_of_actuators_trip(actuator: Make, count: int) -> None:
    make = [actuator(0), actuator(1)]
    assert admits(armed(make), points(0, 0))
    assert not admits(armed(make), Setpoints(bytes(count), bytes(count)))
    assert not admits(armed(make), Setpoints(bytes(2), bytes(count)))
    assert not admits(armed(make), Setpoints(bytes(count), bytes(2)))


@pytest.mark.parametrize("part", ["drives", "rates"])
def test_setpoints_that_could_still_change_are_not_admitted(actuator: Make, part: str) -> None:
    """A buffer reused by its owner would be compared with itself: no jump could ever be seen."""
    whole: dict[str, Any] = {"drives": b"\x14", "rates": b"\0"}
    message = Setpoints(**whole | {part: bytearray(whole[part])})
    assert not admits(armed([actuator()]), message)


# -- time ---------------------------------------------------------------------------------------------


def test_ten_seconds_of_work_is_the_most(actuator: Make) -> None:
    interlock = armed([actuator()])
    hold(interlock, 500, 10)
    trip = refusal(interlock, points(10))
    assert trip.rule == 55
    assert "'a0'" in trip.reason


def test_ten_seconds_may_end_in_time(actuator: Make) -> None:
    interlock = armed([actuator()])
    hold(interlock, 500, 10)
    assert admits(interlock, points(0))


def test_after_a_stop_drives_rise_from_zero(actuator: Make) -> None:
    interlock = armed([actuator()])
    rise(interlock, 80)
    disarm_and_arm(interlock)
    assert not admits(interlock, points(80))
    interlock = armed([actuator()])
    rise(interlock, 80)
    disarm_and_arm(interlock)
    assert admits(interlock, points(STEP_UP))


def play_alternately(interlock: Interlock, frames: int) -> None:
    """Two actuators take turns of 8 s, so that each rests enough."""
    left, right = points(10, 0), points(0, 10)
    for frame in range(frames):
        interlock.admit(left if frame // 400 % 2 else right)


@pytest.mark.parametrize("d", [-1, 0, 1])
def test_twenty_minutes_are_the_longest_session(actuator: Make, d: int) -> None:
    interlock = armed([actuator(0), actuator(1)])
    play_alternately(interlock, 20 * 60 * 50 - 1 + d)
    if d < 1:
        assert admits(interlock, points(0, 10) if d else points(10, 10))
    else:
        assert refusal(interlock, points(0, 10)).rule == 84


@pytest.mark.parametrize(("work", "pause"), [(0, 19), (1, 18), (10, 9), (19, 0)])
def test_a_pause_counts_as_the_session_does(
    actuator: Make, monkeypatch: pytest.MonkeyPatch, work: int, pause: int
) -> None:
    """From the first frame on, also if that was silent."""
    monkeypatch.setattr(veto, "SESSION_FRAMES", 20)
    for d in (-1, 0, 1):
        interlock = armed([actuator()])
        hold(interlock, work, 10)
        hold(interlock, pause + d, 0)
        if d < 1:
            assert admits(interlock, points(10))
        else:
            trip = refusal(interlock, points(10))
            assert "20 minutes" in trip.reason
            assert trip.rule == 84


def test_silence_goes_on_after_the_session(actuator: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes to rest in time needs no trip."""
    monkeypatch.setattr(veto, "SESSION_FRAMES", 20)
    interlock = armed([actuator()])
    hold(interlock, 20, 10)
    assert all(admits(interlock, points(0)) for _ in range(50))
    assert refusal(interlock, points(10)).rule == 84


def test_a_fresh_arm_does_not_begin_another_session(actuator: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(veto, "SESSION_FRAMES", 20)
    interlock = armed([actuator()])
    hold(interlock, 20, 10)
    disarm_and_arm(interlock)
    assert refusal(interlock, points(10)).rule == 84
