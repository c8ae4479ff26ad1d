"""A device behind the wire, as a session is handed it."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from players import Make, Tap

from firmware_bridge.devices.load import DeviceDescription, load_device
from firmware_bridge.devices.person import limited
from firmware_bridge.errors import DeviceRefused, InterlockTrip, LimitsMismatch, LinkLost
from firmware_bridge.guard.states import HARD_LOSS_MS
from firmware_bridge.play.device import OpenedDevice
from firmware_bridge.play.wire_device import WIRE, WireDevice
from firmware_bridge.wire.identity import DeviceSelf
from firmware_bridge.wire.messages import LIMITS_HEAD, SETPOINTS, DeviceState, Report, Setpoints, Status


def points(made, drive: int = 0) -> Setpoints:
    width = len(made.layout.actuators)
    return Setpoints(bytes([drive]) * width, bytes(width))


def test_it_is_what_a_session_talks_to(rig: Make) -> None:
    device: OpenedDevice = rig().device
    assert device.name == "sim:"
    assert (device.told, device.status, device.frames_sent) == (None, None, 0)


def test_its_watchdog_is_the_one_that_a_device_keeps() -> None:
    assert WIRE.watchdog_s * 1000 == HARD_LOSS_MS


def test_identity_and_limits_are_known_once_it_was_asked(rig: Make) -> None:
    made = rig()
    told = made.device.identify()
    assert made.device.told is told
    assert told.table == made.cushion.table
    assert made.device.reports_read >= 1 + len(told.table)


def test_asked_again_it_is_taken_for_another_device(rig: Make) -> None:
    """Sequence numbers and counters begin anew; another epoch is no restart under a session."""
    made = rig()
    made.device.identify()
    sent = made.device.frames_sent
    made.cushion.reset(round(made.clock.now() * 1000))
    made.device.identify()
    assert made.device.frames_sent == sent


def test_a_stop_before_it_was_asked_counts_among_its_frames(rig: Make) -> None:
    """`seq` counts the sender's frames (docs/wire.md): a greeting after a stop goes on counting."""
    made = rig(wrap=Tap)
    made.device.send_stop()
    made.device.identify()
    numbers = [frame.seq for _, frame in made.device.link.frames()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_it_is_not_armed_before_it_was_asked_what_it_is(rig: Make) -> None:
    made = rig()
    with pytest.raises(DeviceRefused):
        made.device.arm(made.layout, 60.0)
    assert made.cushion.state is DeviceState.DISARMED


def test_nothing_goes_out_before_it_is_armed(rig: Make) -> None:
    made = rig(wrap=Tap)
    made.device.identify()
    with pytest.raises(InterlockTrip):
        made.device.send(points(made), made.clock.now(), due_ms=100)
    made.device.flush()
    assert not [frame for _, frame in made.wire.frames() if frame.type == SETPOINTS]


def test_setpoints_go_out_together_when_they_are_flushed(rig: Make) -> None:
    made = rig(wrap=Tap)
    made.device.identify()
    made.device.arm(made.layout, 60.0)
    before = len(made.wire.writes)
    for due in (150, 170):
        made.device.send(points(made), made.clock.now(), due_ms=due)
    assert len(made.wire.writes) == before
    made.device.flush()
    made.device.flush()
    assert len(made.wire.writes) == before + 1
    assert [frame.t_ms for _, frame in made.wire.frames() if frame.type == SETPOINTS] == [150, 170]


def test_what_waits_is_forgotten_where_a_later_frame_trips(rig: Make) -> None:
    made = rig(wrap=Tap)
    made.device.identify()
    made.device.arm(made.layout, 60.0)
    made.device.send(points(made), made.clock.now(), due_ms=150)
    with pytest.raises(InterlockTrip):
        made.device.send(points(made, drive=255), made.clock.now(), due_ms=170)
    made.device.flush()
    assert not [frame for _, frame in made.wire.frames() if frame.type == SETPOINTS]


def test_what_waits_is_forgotten_at_a_stop(rig: Make) -> None:
    made = rig(wrap=Tap)
    made.device.identify()
    made.device.arm(made.layout, 60.0)
    made.device.send(points(made), made.clock.now(), due_ms=150)
    assert made.device.stop()
    made.device.flush()
    assert not [frame for _, frame in made.wire.frames() if frame.type == SETPOINTS]


@pytest.mark.parametrize(
    "lacks", [{"watchdog_s": 0.0}, {"watchdog_s": 1.001}, {"watchdog_s": float("nan")}, {"clock": False}]
)
def test_a_device_that_would_go_on_without_its_host_is_not_played_on(rig: Make, lacks: dict) -> None:
    made = rig(wrap=Tap)

    class Lacking(WireDevice):
        capabilities = replace(WIRE, **lacks)

    made.session.device = Lacking(made.wire, made.clock)
    with pytest.raises(DeviceRefused, match="by itself"):
        list(made.session.play())
    assert made.cushion.state is DeviceState.DISARMED
    assert not [frame for _, frame in made.wire.frames() if frame.type == SETPOINTS]


# -- what a device says of itself, and what it is told -------------------------------------------------------


def saying(made, **fields):
    """Arm the device as one that says so of itself."""
    told = made.device.identify()
    made.device.told = DeviceSelf(told.identity._replace(**fields), told.table)
    made.device.arm(made.layout, 60.0)
    return made.device


@pytest.mark.parametrize(
    "fields",
    [{"slots": 7}, {"slots": 0}, {"rate": 0}, {"rate": 49}, {"rate": 100}, {"payload": 10}, {"rest_s": 61}],
)
def test_a_device_that_it_cannot_serve_is_not_armed(rig: Make, fields: dict) -> None:
    made = rig()
    with pytest.raises(DeviceRefused):
        saying(made, **fields)
    assert made.cushion.state is DeviceState.DISARMED


@pytest.mark.parametrize(
    ("slots", "rate", "ahead_ms"), [(32, 50, 250), (13, 50, 240), (8, 50, 140), (8, 25, 250), (8, 10, 250)]
)
def test_no_more_is_kept_ahead_than_there_are_slots(rig: Make, slots: int, rate: int, ahead_ms: int) -> None:
    assert saying(rig(), slots=slots, rate=rate).ahead_ms == ahead_ms


@pytest.mark.parametrize(("rate", "every"), [(50, 1), (25, 2), (10, 5)])
def test_a_slower_device_gets_every_second_or_fifth_and_all_are_checked(
    rig: Make, rate: int, every: int
) -> None:
    made = rig(wrap=Tap)
    device = saying(made, rate=rate)
    for number in range(20):
        device.send(points(made), made.clock.now(), due_ms=150 + 20 * number)
    device.flush()
    sent = [frame.t_ms for _, frame in made.wire.frames() if frame.type == SETPOINTS]
    assert sent == list(range(150, 550, 20 * every))
    device.send(points(made), made.clock.now(), due_ms=550)
    with pytest.raises(InterlockTrip):  # also where it would not have gone out
        device.send(points(made, drive=255), made.clock.now(), due_ms=570)


def test_a_device_that_keeps_other_limits_than_it_was_told_is_not_armed(rig: Make) -> None:
    made = rig()
    made.device.identify()
    own = made.cushion.machine.limits.take
    made.cushion.machine.limits.take = lambda told: own(told._replace(seconds=told.seconds - 1))
    with pytest.raises(LimitsMismatch):
        made.device.arm(made.layout, 60.0)
    assert made.cushion.state is DeviceState.DISARMED


@pytest.mark.parametrize(("asked", "told"), [(59.2, 60), (60.0, 60), (1200.0, 1200), (5000.0, 1200)])
def test_the_device_is_told_this_persons_ceilings_and_seconds(rig: Make, asked: float, told: int) -> None:
    made = rig()
    weak = limited(made.layout, 0.3)
    made.device.identify()
    made.device.arm(weak, asked)
    limits = made.cushion.machine.limits
    assert limits.seconds == told
    assert limits.ceilings == bytes(actuator.ceiling for actuator in weak.actuators)
    assert max(limits.ceilings) < max(actuator.ceiling for actuator in made.layout.actuators)


def test_a_board_that_has_just_started_is_waited_for(rig: Make) -> None:
    made = rig()
    made.cushion.reset(0)
    made.device.identify()
    made.device.arm(made.layout, 60.0)
    assert 1.9 < made.clock.now() < 2.3
    assert made.cushion.state is DeviceState.ARMED


def test_a_device_that_rests_without_end_is_given_up(rig: Make) -> None:
    made = rig()
    made.device.identify()
    tired = made.device.status._replace(resting=b"\x01\0")
    made.device.read = list
    made.device.connection.status = tired
    with pytest.raises(DeviceRefused, match="rest"):
        made.device.arm(made.layout, 60.0)


def test_a_clock_that_runs_wrong_trips(rig: Make) -> None:
    made = rig()
    updates = made.session.play()
    for _ in range(5):
        next(updates)
    made.link.clock = SimpleNamespace(now=lambda: 2 * made.clock.now())
    with pytest.raises(InterlockTrip, match="clock"):
        list(updates)
    assert made.cushion.output_sum == 0


def lies(made: Any, lie: dict) -> None:
    """After twenty frames every status says `lie`."""
    connection = made.device.connection
    receive = connection.receive

    def lying(*heard: Any, **how: Any) -> list[Report]:
        reports = receive(*heard, **how)
        if made.session.device.frames_sent > 20 and connection.status is not None:
            connection.status = connection.status._replace(**lie)
        return [each._replace(**lie) if isinstance(each, Status) else each for each in reports]

    connection.receive = lying


@pytest.mark.parametrize("lie", [{"state": 9}, {"resting": b"\0" * 8}, {"output_sum": 60_000}])
def test_a_status_that_cannot_be_true_trips(rig: Make, lie: dict) -> None:
    made = rig()
    updates = made.session.play()
    next(updates)
    lies(made, lie)
    with pytest.raises(InterlockTrip, match="cannot be trusted"):
        list(updates)


@pytest.mark.parametrize("lie", [{"state": DeviceState.ARMED}, {"executed": 7}])
def test_a_device_that_plays_nothing_does_not_complete_a_session(rig: Make, lie: dict) -> None:
    made = rig()
    lies(made, lie)
    with pytest.raises(LinkLost, match="missed"):
        list(made.session.play())


def test_a_device_whose_frames_hold_no_ceiling_is_refused(rig: Make) -> None:
    """A head of LIMITS has three bytes: so long a payload holds setpoints of few actuators, and no limit."""
    pad = load_device("seat-pad-8")
    one = DeviceDescription(**pad.model_dump(by_alias=True) | {"actuator": pad.actuators[:1]})
    assert one.full_frame_bytes < LIMITS_HEAD
    for payload in range(LIMITS_HEAD + 2):
        made = rig(description=one)
        if payload > LIMITS_HEAD:
            saying(made, payload=payload)
            assert made.cushion.state is DeviceState.ARMED
        else:
            with pytest.raises(DeviceRefused, match=f"payloads of {payload} bytes; 4 are needed"):
                saying(made, payload=payload)
