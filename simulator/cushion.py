"""The virtual cushion: a guard built to a description, with simulated motors for an output, or none.

It is played by the guard in Python, or by the kernel that the firmware runs.
"""

from ctypes import CDLL
from typing import Any

from firmware_bridge.devices.load import DeviceDescription
from firmware_bridge.guard.device import Guard
from firmware_bridge.guard.output import DriveOutput, NoOutput
from firmware_bridge.guard.output_stage import REST_MS, OutputBlock
from firmware_bridge.wire.identity import device_table, identity_of
from firmware_bridge.wire.messages import ActuatorInfo, Identity
from simulator.kernel import KernelGuard


class VirtualCushion(Guard):
    """A device built to `description`; `seed` draws its epochs and is its unit's number.

    A `warm` one was switched on REST_MS before its time 0, so that it has had the rest that it owes then; its
    output hears of nothing before that. `cuts` is the guard's.
    """

    def __init__(
        self,
        description: DeviceDescription,
        *,
        seed: int = 0,
        output: DriveOutput | None = None,
        warm: bool = False,
        cuts: bool = False,
    ) -> None:
        now, shown = switched_on(output, warm=warm)
        super().__init__(*built_to(description, seed), seed=seed, output=shown, now=now, cuts=cuts)
        self.play_out(0)


class KernelCushion(KernelGuard):
    """The same, played by the firmware's kernel in `library`."""

    def __init__(
        self,
        library: CDLL,
        description: DeviceDescription,
        *,
        seed: int = 0,
        output: DriveOutput | None = None,
        warm: bool = False,
        cuts: bool = False,
    ) -> None:
        now, shown = switched_on(output, warm=warm)
        super().__init__(library, *built_to(description, seed), seed=seed, output=shown, now=now, cuts=cuts)
        self.play_out(0)


def virtual_cushion(
    library: CDLL | None,
    description: DeviceDescription,
    *,
    seed: int = 0,
    output: DriveOutput | None = None,
    warm: bool = False,
) -> VirtualCushion | KernelCushion:
    """A cushion that the kernel in `library` plays, where there is one, and else the guard."""
    if library is None:
        return VirtualCushion(description, seed=seed, output=output, warm=warm)
    return KernelCushion(library, description, seed=seed, output=output, warm=warm)


def built_to(description: DeviceDescription, seed: int) -> tuple[Identity, tuple[ActuatorInfo, ...]]:
    """What a device says of itself that is built to `description`; `seed` is its unit's number."""
    return identity_of(description, unit_id=seed & 0xFFFFFFFF), device_table(description)


def switched_on(output: DriveOutput | None, *, warm: bool) -> tuple[int, DriveOutput | None]:
    """The device time (ms) at which a cushion is switched on, and what then hears of it from time 0 on."""
    return (-REST_MS, _FromZero(output or NoOutput())) if warm else (0, output)


class _FromZero:
    """Tells an output of what happens from time 0 on."""

    def __init__(self, output: DriveOutput) -> None:
        self._output = output

    def output(self, output: OutputBlock) -> None:
        if output.start > 0:
            self._output.output(output)

    def accepted(self, due_ms: int, drives: bytes) -> None:
        self._output.accepted(due_ms, drives)

    def event(self, at_ms: int, event: str, **fields: Any) -> None:
        if at_ms >= 0:
            self._output.event(at_ms, event, **fields)
