"""A device of which nobody knows yet where its motors lie, as it is driven to find that out: softly.

It is no description that ships or that a session could take: there a motor without a place stays off. Here
every channel is one, of one model, and what it may do at the most is PLACING_DRIVE_MAX.
"""

from dataclasses import replace
from typing import Final

from firmware_bridge.devices.description import (
    ActuatorSpec,
    DeviceDescription,
    MotorSpec,
    ResponseSpec,
)
from firmware_bridge.devices.layout import Layout, place_device
from firmware_bridge.limits import DRIVE_MAX, PLACING_DRIVE_MAX
from profiles.technique import Modality

MODEL: Final = "placing"
"""What a guard that is built for it calls itself; no description is called so."""
ATTACK_PER_S: Final = 400
RELEASE_PER_S: Final = 1020
NOT_ITS_TURN: Final = "another channel is tried"


def placing_layout(channels: int, turn: int | None = None) -> Layout:
    """The device with so many channels, in wire order; of them only the one whose `turn` it is may move.

    None: each might, which is what the device's own table says. A level times 255 is the drive.
    """
    layout = place_device(_description(channels))
    return replace(
        layout,
        actuators=tuple(
            replace(each, excluded="", ceiling=PLACING_DRIVE_MAX)
            if turn in (None, each.index)
            else replace(each, excluded=NOT_ITS_TURN)
            for each in layout.actuators
        ),
    )


def _description(channels: int) -> DeviceDescription:
    return DeviceDescription(
        schema=1,
        name=MODEL,
        title="A device whose motors are being placed",
        power_budget=PLACING_DRIVE_MAX,  # one at a time
        stops_by_itself=False,
        overall_ceiling=PLACING_DRIVE_MAX / DRIVE_MAX,
        actuator=tuple(
            ActuatorSpec(
                id=f"channel-{index}",
                kind=Modality.VIBRATION,
                radius_mm=1,
                ceiling=PLACING_DRIVE_MAX / DRIVE_MAX,
                attack_per_s=ATTACK_PER_S,
                release_per_s=RELEASE_PER_S,
                response=ResponseSpec(start=0, hold=0, exponent=1.0),
                motor=MotorSpec(tau_ms=60),
            )
            for index in range(channels)
        ),
    )
