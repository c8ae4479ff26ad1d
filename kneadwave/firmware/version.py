"""Which version this package's firmware is, and which a device could have."""

from typing import Final

from firmware_bridge.devices.load import shipped_devices

VERSION: Final = 1
"""The version that a device tells: another number whenever the firmware does something else than before."""


def newest(model: str, told: int) -> int:
    """The newest that is known for a device that `told` a version; of a device that is not ours, that one.

    Ours tells the `model` of a description that ships, and a version from 1 on.
    """
    ours = told > 0 and model in shipped_devices()
    return max(told, VERSION) if ours else told
