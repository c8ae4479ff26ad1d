"""Two devices play one score: each within its own limits, and where one fails, both rest."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from players import play_with

from firmware_bridge.devices.description import DeviceDescription
from firmware_bridge.devices.join import join
from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device
from firmware_bridge.errors import DeviceRefused, InterlockTrip, LinkLost, LinkTimeout
from firmware_bridge.play.ending import EndReason
from firmware_bridge.play.joined_device import JoinedDevice, LateOfWorst
from firmware_bridge.play.session import Session
from firmware_bridge.play.updates import Phase
from firmware_bridge.play.wire_device import WireDevice
from firmware_bridge.wire.messages import DeviceState, Reason, Setpoints, Status
from profiles.score import Score
from simulator.clock import VirtualClock
from simulator.cushion import VirtualCushion
from simulator.faults import Fault, FaultyLine, parse_fault
from simulator.link import VirtualLink
from simulator.watch import Watch

RAMP_MS = 300
"""From a stop to rest: the device's 250 ms, and the line."""


def halves() -> tuple[DeviceDescription, DeviceDescription]:
    """The reference cushion as two devices: what lies below its middle, and what lies above."""
    whole = load_device("reference-cushion")
    upper = [spec for spec in whole.actuators if (spec.y_mm or 0) > 330]
    lower = [spec for spec in whole.actuators if spec not in upper]
    named = whole.model_dump(by_alias=True)
    return tuple(
        DeviceDescription(**named | {"name": name, "actuator": part, "power_budget": 900})
        for name, part in (("lower", lower), ("upper", upper))
    )


class LastMoved:
    """When a cushion drove anything last, and the most that it put out at once."""

    def __init__(self) -> None:
        self.ms = 0
        self.most = 0

    def output(self, output: Any) -> None:
        moving = np.flatnonzero(output.drive.any(axis=1))
        if len(moving):
            self.ms = output.start + int(moving[-1])
            self.most = max(self.most, int(output.drive.sum(axis=1).max()))


@dataclass
class RunsAt:
    """The clock of a device that runs so much faster."""

    speed: float
    clock: VirtualClock

    def now(self) -> float:
        return self.clock.now() * self.speed


@dataclass
class Two:
    """Two cushions under one session."""

    clock: VirtualClock
    cushions: list[VirtualCushion]
    moved: list[LastMoved]
    devices: list[WireDevice]
    session: Session

    def come_to_rest(self) -> None:
        for cushion in self.cushions:
            cushion.play_out(int(self.clock.now() * 1000) + 2000)


@pytest.fixture
def two(scored: Callable[..., Score]) -> Callable[..., Two]:
    def make(
        faults: tuple[str, ...] = (),
        warm: tuple[bool, bool] = (True, True),
        repeating: float = 0.0,
        speed: float = 1.0,
        **options: Any,
    ) -> Two:
        clock = VirtualClock()
        descriptions = halves()
        cushions, moved, devices = [], [], []
        for number, description in enumerate(descriptions):
            watch, last = Watch(place_device(description), None), LastMoved()
            told = watch.output
            watch.output = lambda output, told=told, last=last: (told(output), last.output(output))
            cushion = VirtualCushion(description, seed=number, output=watch, warm=warm[number])
            own = [parse_fault(fault) for fault in faults] if number else []
            line = FaultyLine([*own, Fault("duplicate", repeating)] if repeating else own, 3)
            cushions.append(cushion)
            moved.append(last)
            own_clock: Any = RunsAt(speed, clock) if number else clock
            devices.append(WireDevice(VirtualLink(cushion, own_clock, line), clock))
        layout = place_device(join(descriptions))
        joined = JoinedDevice(devices, clock)
        return Two(clock, cushions, moved, devices, Session(scored(), layout, joined, clock, **options))

    return make


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


class Tells:
    """A device that tells one status a read."""

    def __init__(self, *statuses: Status) -> None:
        self.name = "told"
        self.status: Status | None = None
        self._waiting = list(statuses)

    def prepare(self, layout: Any, seconds: float) -> None:
        pass

    def arm_prepared(self) -> None:
        pass

    def beat(self) -> None:
        pass

    def read(self) -> list[Status]:
        self.status = self._waiting.pop(0)
        return [self.status]


def told(state: DeviceState = DeviceState.PLAYING, **more: Any) -> Status:
    at_rest = {"reason": 0, "free_slots": 9, "executed": 1, "late": 0, "bad": 0, "output_sum": 0}
    return Status(**at_rest | {"state": state, "resting": bytes(2)} | more)


def joined(*devices: Tells) -> JoinedDevice:
    device = JoinedDevice(devices, VirtualClock())  # type: ignore[arg-type]
    device.arm(place_device(join(halves())), 60.0)
    return device


def test_the_worst_state_and_the_sums_of_all_are_told() -> None:
    one = Tells(told(free_slots=5, late=2, bad=1, output_sum=7, resting=b"\x01\0"))
    other = Tells(told(DeviceState.HOLDING, reason=3, late=3, output_sum=2, resting=b"\x21"))
    (status,) = joined(one, other).read()
    lower = len(halves()[0].actuators)
    assert status == told(
        DeviceState.HOLDING,
        reason=3,
        free_slots=5,
        late=3,
        bad=1,
        output_sum=9,
        resting=(0x01 | 0x21 << lower).to_bytes(2, "little"),
    )


@pytest.mark.parametrize("standing", [0, 1])
def test_one_whose_setpoints_stand_still_is_not_hidden_by_one_that_plays(standing: int) -> None:
    numbers = [[77] * 8 if place == standing else range(1, 9) for place in (0, 1)]
    turns = [[told(executed=n, resting=bytes(2 - place)) for n in numbers[place]] for place in (0, 1)]
    clock = VirtualClock()
    device = JoinedDevice([Tells(*each) for each in turns], clock)  # type: ignore[list-item]
    device.arm(place_device(join(halves())), 60.0)
    seen = []
    for _ in range(8):
        clock.sleep(0.1)
        seen += [status.executed for status in device.read()]
    assert set(seen[1:]) == {77}


def test_a_state_that_nobody_knows_is_worse_than_any() -> None:
    class Silent(Tells):
        def read(self) -> list[Status]:
            return []

    one, other = Tells(told()), Silent()
    other.status = told(99, resting=bytes(1))  # told before it was armed
    (status,) = joined(one, other).read()
    assert status.state == 99


def test_what_comes_late_at_each_of_several_is_not_added_up(two: Callable[..., Two]) -> None:
    made = two(repeating=0.3)
    assert list(made.session.play())[-1].phase is Phase.DONE
    status = made.session.device.status
    assert status is not None
    own = [device.status.late for device in made.devices if device.status is not None]
    assert max(own) <= status.late < sum(own)


def test_one_at_which_much_comes_late_is_not_hidden_by_what_another_had_before() -> None:
    late = LateOfWorst(2)
    counts = [late.count([1000, first], 0.1 * first) for first in range(0, 100, 5)]
    assert np.diff(counts).tolist() == [5] * 19


def test_a_clock_that_runs_wrong_latches_both(two: Callable[..., Two]) -> None:
    made = two(speed=1.05)
    with pytest.raises(InterlockTrip, match="its clock is"):
        list(made.session.play())
    assert all(device.connection.interlock.trip is not None for device in made.devices)


def test_what_no_device_can_be_in_latches_both() -> None:
    class Latches(Tells):
        tripped = ""

        def trip(self, reason: str) -> None:
            self.tripped = reason
            raise InterlockTrip(reason)

    one, other = Latches(told()), Latches(told(99, resting=bytes(1)))
    with pytest.raises(InterlockTrip, match="a state that nobody knows"):
        joined(one, other).read()
    assert one.tripped == other.tripped != ""
