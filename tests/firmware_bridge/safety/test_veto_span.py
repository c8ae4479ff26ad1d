"""How long a point is worked, as the veto counts: from its first frame till it has rested for two seconds."""

import pytest
from depth import at_depth
from hypothesis import example, given, settings
from hypothesis import strategies as st
from interlocks import HASH, Make, admits, armed, disarm_and_arm, hold, points, refusal

from firmware_bridge.safety.interlock import Interlock, InterlockEvent
from firmware_bridge.safety.veto import SpanLog
from firmware_bridge.wire.messages import Arm, Reset, Stop

# -- rests --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("d", [-1, 0, 1])
def test_only_an_unbroken_rest_of_two_seconds_ends_a_span(actuator: Make, d: int) -> None:
    interlock = armed([actuator()])
    hold(interlock, 450, 10)
    hold(interlock, 100 + d, 0)
    assert admits(interlock, points(10)) is (d >= 0)


def test_after_a_rest_there_are_ten_seconds_again(actuator: Make) -> None:
    interlock = armed([actuator()])
    for _ in range(3):
        hold(interlock, 500, 10)
        hold(interlock, 100, 0)
    hold(interlock, 500, 10)
    assert not admits(interlock, points(10))


def test_two_halves_of_a_rest_are_no_rest(actuator: Make) -> None:
    interlock = armed([actuator()])
    hold(interlock, 330, 10)
    hold(interlock, 60, 0)
    hold(interlock, 1, 10)
    hold(interlock, 60, 0)
    hold(interlock, 49, 10)
    assert not admits(interlock, points(10)), "500 frames after the first one"


@pytest.mark.parametrize(("on", "off"), [(5, 95), (1, 99), (20, 20), (1, 1), (450, 50), (25, 75), (401, 99)])
def test_work_cut_into_pieces_lasts_no_longer(actuator: Make, on: int, off: int) -> None:
    """Gaps count: pulses of 0.1 s in 2 s never rest, 0.4 s in 0.8 s are no way to work a point for 20 s."""
    interlock = armed([actuator()])
    admitted = 0
    while admits(interlock, points(10 if admitted % (on + off) < on else 0)):
        admitted += 1
    assert 500 <= admitted < 500 + off + 1
    assert admitted % (on + off) < on
    assert interlock.trip is not None
    assert interlock.trip.rule == 55


@pytest.mark.parametrize(("on", "off"), [(1, 100), (5, 100), (400, 100), (500, 100), (500, 101)])
def test_work_that_rests_enough_goes_on(actuator: Make, on: int, off: int) -> None:
    interlock = armed([actuator()])
    for _ in range(12):
        hold(interlock, on, 10)
        hold(interlock, off, 0)


def test_silence_before_the_first_work_counts_for_nothing(actuator: Make) -> None:
    interlock = armed([actuator()])
    hold(interlock, 50, 0)
    hold(interlock, 500, 10)
    assert not admits(interlock, points(10))


@pytest.mark.parametrize("off", [0, 1, 40])
def test_a_span_that_is_over_its_time_takes_no_more_work_until_it_rested(actuator: Make, off: int) -> None:
    interlock = armed([actuator()])
    hold(interlock, 500, 10)
    hold(interlock, off, 0)
    assert not admits(interlock, points(10))


# -- nothing buys time ----------------------------------------------------------------------------------


def test_a_fresh_arm_buys_no_time(actuator: Make) -> None:
    interlock = armed([actuator()])
    hold(interlock, 500, 10)
    disarm_and_arm(interlock)
    assert not admits(interlock, points(10))


def test_a_reset_buys_no_time(actuator: Make) -> None:
    interlock = armed([actuator()])
    hold(interlock, 500, 10)
    interlock.admit(Stop())
    interlock.observe(InterlockEvent.DISARMED)
    arm_after_reset(interlock)
    assert not admits(interlock, points(10))


def test_refused_silence_counts_as_no_rest(actuator: Make) -> None:
    """Two hundred refused frames take no time."""
    interlock = armed([actuator()])
    hold(interlock, 500, 10)
    interlock.admit(Stop())
    interlock.observe(InterlockEvent.DISARMED)
    for _ in range(200):
        refusal(interlock, points(0))
    arm_after_reset(interlock)
    assert not admits(interlock, points(10))


def test_refused_work_ends_a_rest(actuator: Make) -> None:
    """To be on the safe side: who tries to go on too early begins its rest anew."""
    interlock = armed([actuator()])
    hold(interlock, 500, 10)
    hold(interlock, 99, 0)
    assert not admits(interlock, points(10))
    arm_after_reset(interlock)
    hold(interlock, 99, 0)
    assert not admits(interlock, points(10))
    arm_after_reset(interlock)
    hold(interlock, 100, 0)
    assert admits(interlock, points(10))


def arm_after_reset(interlock: Interlock) -> None:
    interlock.admit(Reset())
    interlock.admit(Arm(HASH))
    interlock.observe(InterlockEvent.ARM_CONFIRMED)


# -- points ---------------------------------------------------------------------------------------------


def test_each_point_has_a_span_of_its_own(actuator: Make) -> None:
    interlock = armed([actuator(0), actuator(1)])
    hold(interlock, 500, 10, 0)
    hold(interlock, 500, 0, 10)
    assert admits(interlock, points(10, 0))
    hold(interlock, 98, 10, 0)
    assert "'a1'" in refusal(interlock, points(10, 10)).reason


@pytest.mark.parametrize("turn", [1, 25, 250, 500])
@pytest.mark.parametrize("apart", [(20, 0), (0, -20), (12, 16), (0, 0)])
def test_two_at_one_point_that_take_turns_work_it_together(
    actuator: Make, turn: int, apart: tuple[int, int]
) -> None:
    """Each by itself would rest enough; together they worked one point for a minute and more."""
    interlock = armed([actuator(0, at_mm=(0, 60)), actuator(1, at_mm=(apart[0], 60 + apart[1]))])
    for frame in range(500):
        interlock.admit(points(10, 0) if frame // turn % 2 else points(0, 10))
    trip = refusal(interlock, points(0, 10))
    assert trip.rule == 55
    assert "the point of actuator 'a1'" in trip.reason, "the one that is driven"


@pytest.mark.parametrize("apart", [(21, 0), (0, -21), (12, 17)])
def test_a_millimetre_more_makes_two_points(actuator: Make, apart: tuple[int, int]) -> None:
    interlock = armed([actuator(0, at_mm=(0, 60)), actuator(1, at_mm=(apart[0], 60 + apart[1]))])
    for frame in range(3000):
        interlock.admit(points(10, 0) if frame // 250 % 2 else points(0, 10))


def test_the_smaller_footprint_decides(actuator: Make) -> None:
    for radius, shared in ((19, False), (20, True), (21, True)):
        for radii in ((radius, 60), (60, radius)):
            places = zip(((0, 60), (20, 60)), radii, strict=True)
            interlock = armed([actuator(i, at_mm=at, radius_mm=r) for i, (at, r) in enumerate(places)])
            hold(interlock, 250, 10, 0)
            hold(interlock, 250, 0, 10)
            assert admits(interlock, points(0, 10)) is not shared


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (0, 3, 1, 2), (3, 1, 0, 2), (2, 0, 3, 1)])
def test_a_chain_is_one_point_in_whatever_order_it_is_wired(actuator: Make, order: tuple[int, ...]) -> None:
    interlock = armed([actuator(i, at_mm=(20 * place, 60)) for i, place in enumerate(order)])
    for i in range(4):
        hold(interlock, 125, *(10 * (k == i) for k in range(4)))
    assert not admits(interlock, points(0, 0, 0, 10))


def test_the_rest_of_a_point_is_that_of_all_its_actuators(actuator: Make) -> None:
    for d in (-1, 0, 1):
        interlock = armed([actuator(0), actuator(1, at_mm=(0, 60))])
        hold(interlock, 450, 10, 0)
        hold(interlock, 50, 0, 10)
        hold(interlock, 100 + d, 0, 0)
        assert admits(interlock, points(10, 10)) is (d >= 0)


def test_one_without_a_place_is_a_point_of_its_own(actuator: Make) -> None:
    """All of them are told to be at 0, 0."""
    lost = [actuator(i, at_mm=(0, 0), placed=i == 2) for i in range(3)]
    interlock = armed(lost)
    for i in range(3):
        hold(interlock, 500, *(10 * (k == i) for k in range(3)))


# -- the log by itself ------------------------------------------------------------------------------------

POINTS = (0b0011, 0b0100, 0b1000)
RUNS = st.lists(
    st.tuples(st.integers(0, 15), st.sampled_from([1, 2, 30, 98, 99, 100, 101, 250])), max_size=30
)


@settings(max_examples=at_depth(100))
@given(RUNS)
@example([(1, 250), (2, 250), (1, 1), (0, 100), (1, 250)])
@example([(1, 30), (0, 99)] * 4 + [(2, 1)])
@example([(4, 250), (5, 250), (5, 2), (0, 100), (5, 250)])
def test_the_log_says_what_counting_frame_by_frame_says(runs: list[tuple[int, int]]) -> None:
    log = SpanLog(POINTS)
    spans = [0] * len(POINTS)
    rests = [0] * len(POINTS)
    for mask, count in runs:
        for _ in range(count):
            tired = log.count(mask)
            for p, point in enumerate(POINTS):
                on = bool(mask & point)
                rests[p] = 0 if on else rests[p] + 1
                spans[p] = 0 if rests[p] >= 100 else spans[p] + (on or spans[p] > 0)
            over = [p for p, point in enumerate(POINTS) if mask & point and spans[p] > 500]
            assert tired == (over[0] if over else None)
