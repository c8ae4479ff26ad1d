"""What several devices tell is heard of each, and told as that of one."""

from typing import Any

import pytest
from joined_rig import halves

from firmware_bridge.devices.join import join
from firmware_bridge.devices.layout import place_device
from firmware_bridge.errors import DeviceRefused, InterlockTrip, LinkLost
from firmware_bridge.play.joined_device import JoinedDevice
from firmware_bridge.wire.messages import DeviceState, Reason, Status


class Tells:
    """A device that tells one status a read, from `armed` on."""

    def __init__(self, *statuses: Status, armed: bool = False) -> None:
        self.name = "told"
        self.tells = armed
        self.status: Status | None = None
        self._waiting = list(statuses)

    def prepare(self, layout: Any, seconds: float) -> None:
        pass

    def arm_prepared(self) -> None:
        pass

    def beat(self) -> None:
        pass

    @property
    def statuses(self) -> tuple[Status, ...]:
        return () if self.status is None else (self.status,)

    def read(self) -> list[Status]:
        if not self.tells:
            return []
        self.status = self._waiting.pop(0)
        return [self.status]


class Latches(Tells):
    tripped = ""

    def trip(self, reason: str) -> None:
        self.tripped = reason
        raise InterlockTrip(reason)


def told(state: DeviceState = DeviceState.PLAYING, **more: Any) -> Status:
    at_rest = {"reason": 0, "free_slots": 9, "executed": 1, "late": 0, "bad": 0, "output_sum": 0}
    return Status(**at_rest | {"state": state, "resting": bytes(2)} | more)


def joined(*devices: Tells) -> JoinedDevice:
    device = JoinedDevice(devices)  # type: ignore[arg-type]
    device.arm(place_device(join(halves())), 60.0)
    for each in devices:
        each.tells = True
    return device


@pytest.mark.parametrize(
    ("state", "reason", "raises", "says"),
    [
        (DeviceState.TRIPPED, Reason.BUTTON, InterlockTrip, "told tripped: button"),
        (DeviceState.TRIPPED, Reason.LINK_LOST, LinkLost, "told lost the link"),
        (DeviceState.DISARMED, Reason.NONE, DeviceRefused, "told stopped"),
        (DeviceState.STOPPING, Reason.NONE, DeviceRefused, "told stopped"),
        (99, Reason.NONE, InterlockTrip, "a state that nobody knows"),
    ],
)
def test_one_that_is_armed_no_longer_while_the_other_is_armed_is_heard(
    state: DeviceState, reason: Reason, raises: type[Exception], says: str
) -> None:
    one, other = Latches(told(state, reason=reason), armed=True), Latches()
    with pytest.raises(raises, match=says):
        joined(one, other)
    assert bool(one.tripped) is bool(other.tripped) is (raises is InterlockTrip)


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


def test_a_state_that_nobody_knows_is_worse_than_any() -> None:
    class Silent(Tells):
        def read(self) -> list[Status]:
            return []

    one, other = Tells(told()), Silent()
    other.status = told(99, resting=bytes(1))  # told before it was armed
    (status,) = joined(one, other).read()
    assert status.state == 99


def test_what_no_device_can_be_in_latches_both() -> None:
    one, other = Latches(told()), Latches(told(99, resting=bytes(1)))
    with pytest.raises(InterlockTrip, match="a state that nobody knows"):
        joined(one, other).read()
    assert one.tripped == other.tripped != ""
