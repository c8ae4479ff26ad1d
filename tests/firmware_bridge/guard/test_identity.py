"""The guard starts those devices of the vectors that are sound, and says what is wrong with the others."""

import json
from pathlib import Path

import pytest

from firmware_bridge.guard.device import Guard
from firmware_bridge.guard.identity import UnsoundDevice
from firmware_bridge.wire.messages import ActuatorInfo, DeviceState, Identity

VECTORS = Path(__file__).parents[2] / "vectors"
DEVICES = json.loads((VECTORS / "states.json").read_text(encoding="utf-8"))["sound"]
FAULTS = {
    "another protocol": "its protocol is 3, not 2",
    "no actuator": "0 actuators and has 0; 1 to 64 can be",
    "sixty-five actuators": "65 actuators and has 65; 1 to 64 can be",
    "no slots": "its queue holds 0 setpoints, and 8 are the least",
    "seven slots": "its queue holds 7 setpoints, and 8 are the least",
    "two actuators that changed places": "actuator 0 of its table says that it is 1",
    "an attack of 4001": "actuator 4 rises by 4001 a second",
    "a release of 1019": "falls by 1019; 4000 are the most, and a fall has to be 1020 at least",
    "a release of 4001": "falls by 4001",
    "another hash": "^this device cannot be started: the hash in its identity is not that of its table$",
    "the hash of another power budget": "the hash",
    "the hash of another rest": "the hash",
    "the hash of another ceiling": "the hash",
}


def started(device):
    table = [ActuatorInfo(exponent_percent=row.pop("exponent"), **row) for row in map(dict, device["table"])]
    return Guard(Identity(**device["identity"]), table)


@pytest.mark.parametrize("device", DEVICES, ids=lambda device: device["name"])
def test_a_device_starts_where_it_is_sound(device):
    if device["starts"]:
        assert started(device).state is DeviceState.DISARMED
    else:
        with pytest.raises(UnsoundDevice, match=FAULTS[device["name"]]):
            started(device)


def test_a_table_that_is_shorter_than_it_tells_is_not_sound():
    device = next(device for device in DEVICES if device["name"] == "sixty-four actuators")
    with pytest.raises(UnsoundDevice, match="64 actuators and has 63"):
        started(device | {"table": device["table"][:-1]})
