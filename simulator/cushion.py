"""The virtual cushion: a guard built to a description, with simulated motors for an output, or none."""

from firmware_bridge.devices.load import DeviceDescription
from firmware_bridge.guard.device import Guard
from firmware_bridge.guard.output import DriveOutput
from firmware_bridge.wire.identity import device_table, identity_of


class VirtualCushion(Guard):
    """A device built to `description`; `seed` draws its epochs and is its unit's number."""

    def __init__(
        self, description: DeviceDescription, *, seed: int = 0, output: DriveOutput | None = None
    ) -> None:
        identity = identity_of(description, unit_id=seed & 0xFFFFFFFF)
        super().__init__(identity, device_table(description), seed=seed, output=output)
