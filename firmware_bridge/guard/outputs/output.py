"""What a guard's process asks of whatever it drives."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Traits:
    """What a dialect can do; times are seconds.

    `channels` are the most that it drives, `steps` the levels of each above zero. A held level is said again
    after `refresh_s`, and no update follows another within `gap_s`. `latency_s` lies between an update and
    what it moves. `stops_after_s` is the silence after which the device stops by itself, None if it never
    does.
    `readback`: whether it tells what it does. `rated`: whether it takes rates: Hz, one for each channel. What
    was turned off is said again after each of `again_s`. `fixed`: every such device has just so many
    channels, so that a description with fewer is one of another device.
    """

    channels: int
    steps: int
    refresh_s: float
    gap_s: float
    latency_s: float
    stops_after_s: float | None
    readback: bool
    rated: bool
    again_s: tuple[float, ...] = (0.02,)
    fixed: bool = False


class OutputRefused(Exception):
    """The device that answers cannot be driven, or does not answer; the message says why."""


class OutputStuck(Exception):
    """The device takes nothing more."""


class OffSwitch(Protocol):
    """What can tell a device to be off."""

    def zero(self) -> None:
        """Everything off, at once, in the safest form that there is, twice.

        Raises OutputStuck, and LinkLost where the device is gone.
        """
        ...

    def close(self) -> None:
        """Give the device up. Never raises."""
        ...


class GuardOutput(OffSwitch, Protocol):
    """An opened device of another dialect. Nothing here blocks, but `zero`, which takes 0.3 s at most."""

    traits: Traits

    def ask(self, now: float) -> bool:
        """Ask the device what it is, again where that is due; whether it has answered. OutputRefused."""
        ...

    def put(self, drives: bytes, rates: bytes, now: float) -> None:
        """From now on these drives (0 to 255) and rates, in the order of the actuators; the latest counts.

        Raises OutputStuck, and LinkLost where the device is gone.
        """
        ...

    def tend(self, now: float) -> None:
        """Say what waits or is due again, and read what was answered; raises as `put` does."""
        ...
