"""Two devices play one score: each within its own limits, and where one fails, both rest."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from joined_rig import Two, make_two
from players import play_with

from firmware_bridge.errors import DeviceRefused, InterlockTrip, LinkLost, LinkTimeout
from firmware_bridge.play.ending import EndReason
from firmware_bridge.play.health import BAD_SECONDS
from firmware_bridge.play.session import TOP_UP_S
from firmware_bridge.play.updates import Phase
from firmware_bridge.wire.messages import DeviceState, Reason, Setpoints, Status
from profiles.score import Score

RAMP_MS = 300
"""From a stop to rest: the device's 250 ms, and the line."""


@pytest.fixture
def two(scored: Callable[..., Score]) -> Callable[..., Two]:
    return lambda *faults, **options: make_two(scored(), *faults, **options)


def test_both_play_the_score_to_its_end_each_within_its_budget(two: Callable[..., Two]) -> None:
    made = two()
    updates = list(made.session.play())
    assert updates[-1].phase is Phase.DONE
    assert made.session.stop_confirmed
    made.come_to_rest()
    assert all(0 < moved.most <= 900 for moved in made.moved)
    assert all(cushion.state is DeviceState.DISARMED for cushion in made.cushions)
    status = made.session.device.status
    assert status is not None
    assert len(status.resting) == 2


def test_it_drives_what_one_device_of_all_actuators_would(two: Callable[..., Two], rig: Any) -> None:
    joined, single = two(), rig()
    together = [update.drives for update in joined.session.play()]
    apart = [update.drives for update in single.session.play()]
    order = [a.id for a in joined.session.layout.actuators]
    own = [a.id for a in single.layout.actuators]
    at = [own.index(name) for name in order]
    strongest = np.frombuffer(b"".join(filter(None, apart)), np.uint8).reshape(-1, len(own)).max(axis=0)
    found = np.frombuffer(b"".join(filter(None, together)), np.uint8).reshape(-1, len(own)).max(axis=0)
    assert np.array_equal(found > 0, strongest[at] > 0)
    assert np.abs(found.astype(int) - strongest[at]).max() <= 25  # budgets differ: 900 each


@pytest.mark.parametrize("failing", [0, 1])
def test_a_trip_of_one_stops_both(two: Callable[..., Two], failing: int) -> None:
    made = two()
    at = lambda: int(made.clock.now() * 1000)  # noqa: E731
    pressed = []

    def press() -> None:
        pressed.append(at())
        made.cushions[failing].press_button(at())

    with pytest.raises(InterlockTrip, match="the device tripped: button"):
        play_with(made.session, {3.0: press})
    made.come_to_rest()
    assert made.cushions[failing].state is DeviceState.TRIPPED
    assert made.moved[failing].ms <= pressed[0]
    assert made.moved[1 - failing].ms <= pressed[0] + 100 + RAMP_MS  # the loop looks each 100 ms
    assert made.cushions[1 - failing].state is DeviceState.DISARMED


def test_one_that_is_unplugged_stops_the_other(two: Callable[..., Two]) -> None:
    made = two(("unplug@4s",))
    with pytest.raises(LinkLost, match="unplugged"):
        list(made.session.play())
    assert not made.session.stop_confirmed
    made.come_to_rest()
    assert made.cushions[0].state is DeviceState.DISARMED
    assert made.moved[0].ms <= 4000 + 100 + RAMP_MS
    assert (made.cushions[1].state, made.cushions[1].reason) == (DeviceState.TRIPPED, Reason.LINK_LOST)
    assert made.moved[1].ms <= 4000 + 600


def test_one_that_falls_silent_ends_the_session(two: Callable[..., Two]) -> None:
    made = two(("stall@4s+30s",))
    with pytest.raises(LinkLost):
        list(made.session.play())
    made.come_to_rest()
    assert made.moved[0].ms <= 5500 + RAMP_MS


def test_one_that_does_not_answer_lets_neither_begin(two: Callable[..., Two]) -> None:
    made = two()
    made.cushions[1].receive = lambda data, now: None  # type: ignore[method-assign]  # noqa: ARG005
    with pytest.raises(LinkTimeout, match="does not answer"):
        list(made.session.play())
    assert all(not cushion.output_sum for cushion in made.cushions)


@pytest.mark.parametrize("warm", [(True, False), (False, True)])
def test_one_that_is_ready_at_once_does_not_latch_while_the_other_rests(
    two: Callable[..., Two], warm: tuple[bool, bool]
) -> None:
    made = two(warm=warm)
    assert list(made.session.play())[-1].phase is Phase.DONE
    assert made.clock.now() > 12.0


def test_a_stop_reaches_both(two: Callable[..., Two]) -> None:
    made = two()
    play_with(made.session, {3.0: lambda: made.session.stop(EndReason.BY_KEY)})
    assert made.session.stop_confirmed
    made.come_to_rest()
    assert all(moved.ms < 3800 for moved in made.moved)


def test_a_thing_that_the_host_itself_refuses_latches_both(two: Callable[..., Two]) -> None:
    made = two()

    device = made.session.device

    def too_much() -> None:
        width = len(made.session.layout.actuators)
        everything = Setpoints(bytes([100] * width), bytes(width))
        with pytest.raises(InterlockTrip, match="is off"):
            device.send(everything, made.clock.now(), due_ms=0)

    with pytest.raises(InterlockTrip):
        play_with(made.session, {3.0: too_much})
    assert made.session.stop_confirmed
    for each in made.devices:
        assert each.connection.interlock.trip is not None


def test_as_many_devices_as_are_described(two: Callable[..., Two], rig: Any) -> None:
    made = two()
    with pytest.raises(DeviceRefused, match="2 devices are open, 1 are described"):
        made.session.device.arm(rig().layout, 10.0)


def test_a_button_that_is_pressed_while_the_other_is_armed_is_heard_before_anything_plays(
    two: Callable[..., Two],
) -> None:
    made = two()
    arm = made.devices[1].arm_prepared

    def press_and_arm() -> None:
        made.cushions[0].press_button(int(made.clock.now() * 1000))
        arm()
        made.clock.sleep(2 * TOP_UP_S)

    made.devices[1].arm_prepared = press_and_arm  # type: ignore[method-assign]
    made.session.device.identify()
    with pytest.raises(InterlockTrip, match="tripped: button"):
        made.session.device.arm(made.session.layout, 60.0)


@pytest.mark.parametrize("standing", [0, 1])
def test_one_whose_setpoints_stand_still_is_not_hidden_by_one_that_plays(
    two: Callable[..., Two], standing: int
) -> None:
    made = two()
    made.says[standing] = lambda status, at: status._replace(executed=77) if at > 4.0 else status
    with pytest.raises(LinkLost, match="missed"):
        list(made.session.play())
    assert made.clock.now() < 4.0 + BAD_SECONDS + 2.2


def holding(second: int) -> Callable[[Status, float], Status]:
    """Once in two seconds one status tells that the device holds: that second is bad."""

    def say(status: Status, at: float) -> Status:
        holds = at > 2.0 and 0.2 <= at % 2.0 - second < 0.2 + TOP_UP_S - 1e-6
        return status._replace(state=DeviceState.HOLDING) if holds else status

    return say


def test_what_each_misses_at_other_moments_is_not_added_up(two: Callable[..., Two]) -> None:
    made = two()
    made.says.update({number: holding(number) for number in (0, 1)})
    assert list(made.session.play())[-1].phase is Phase.DONE


def test_what_one_of_them_misses_ends_it(two: Callable[..., Two]) -> None:
    made = two()
    made.says[1] = lambda status, at: holding(1)(holding(0)(status, at), at)
    with pytest.raises(LinkLost, match="missed"):
        list(made.session.play())


def test_what_comes_late_at_each_of_several_is_not_added_up(two: Callable[..., Two]) -> None:
    made = two(repeating=0.3)
    assert list(made.session.play())[-1].phase is Phase.DONE
    status = made.session.device.status
    assert status is not None
    own = [told.late for told in made.session.device.statuses]
    assert max(own) == status.late < sum(own)


def test_a_clock_that_runs_wrong_latches_both(two: Callable[..., Two]) -> None:
    made = two(speed=1.05)
    with pytest.raises(InterlockTrip, match="its clock gained"):
        list(made.session.play())
    assert all(device.connection.interlock.trip is not None for device in made.devices)
