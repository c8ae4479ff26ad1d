"""A device behind the wire, as a session is handed it."""

from dataclasses import replace

import pytest
from players import Make, Tap

from firmware_bridge.errors import DeviceRefused, InterlockTrip
from firmware_bridge.guard.states import HARD_LOSS_MS
from firmware_bridge.play.device import OpenedDevice
from firmware_bridge.play.wire_device import WIRE, WireDevice
from firmware_bridge.wire.messages import SETPOINTS, DeviceState, Setpoints


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
        made.device.arm(made.layout)
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
    made.device.arm(made.layout)
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
    made.device.arm(made.layout)
    made.device.send(points(made), made.clock.now(), due_ms=150)
    with pytest.raises(InterlockTrip):
        made.device.send(points(made, drive=255), made.clock.now(), due_ms=170)
    made.device.flush()
    assert not [frame for _, frame in made.wire.frames() if frame.type == SETPOINTS]


def test_what_waits_is_forgotten_at_a_stop(rig: Make) -> None:
    made = rig(wrap=Tap)
    made.device.identify()
    made.device.arm(made.layout)
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
