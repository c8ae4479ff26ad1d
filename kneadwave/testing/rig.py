"""What the contract asks of a virtual device, and how it drives one."""

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import StrEnum
from typing import Final, Protocol

import pytest

from firmware_bridge.clock import Clock
from firmware_bridge.errors import LinkError
from firmware_bridge.guard.outputs.output import GuardOutput, OutputRefused, OutputStuck

EVERY_S: Final = 0.02
"""How often a guard's process hands over what it puts out."""
SETTLED_S: Final = 5.0
"""By then a virtual device has done what it was told, by a virtual clock; a real one has a minute."""
REAL_S: Final = 60.0
NOISE_BYTES: Final = 1 << 14


class Ability(StrEnum):
    """What can be made to befall the device of a rig; a test of what cannot is skipped."""

    MUTE = "answers nothing"
    SPEAK = "says whatever it is told to say"
    CLOG = "takes nothing for a while"
    VANISH = "is unplugged"


class OutputRig(Protocol):
    """An output against a virtual device of at most as many actuators as `levels` has bytes.

    `levels` are what the device does now (0 to 255), `heard` what it did each time that it was told anything:
    when, by `clock`, and its levels from then on. `highest` are its levels where everything is asked for 255,
    `rates` what to ask for besides: zeros where it takes none.
    """

    output: GuardOutput
    clock: Clock
    timed: bool
    abilities: frozenset[Ability]

    @property
    def levels(self) -> bytes: ...
    @property
    def heard(self) -> Sequence[tuple[float, bytes]]: ...
    @property
    def highest(self) -> bytes: ...
    @property
    def rates(self) -> bytes: ...
    def mute(self) -> None: ...
    def say(self, data: bytes) -> None: ...
    def take_nothing(self) -> None: ...
    def take_again(self) -> None: ...
    def vanish(self) -> None: ...


def until(
    rig: OutputRig, condition: Callable[[], bool], drives: bytes | None = None, rates: bytes = b""
) -> None:
    """Let time pass, with these drives if any, until `condition` holds; it has to."""
    deadline = rig.clock.now() + (SETTLED_S if rig.timed else REAL_S)
    while not condition():
        assert rig.clock.now() < deadline, f"it never came; the device does {list(rig.levels)}"
        if drives is not None:
            rig.output.put(drives, rates or rig.rates, rig.clock.now())
        rig.clock.sleep(EVERY_S)


def reach(rig: OutputRig, drives: bytes, levels: bytes) -> None:
    """Ask for these drives until the device does `levels`."""
    rig.output.put(drives, rig.rates, rig.clock.now())
    until(rig, lambda: rig.levels == levels, drives)


def put_until_refused(rig: OutputRig, seconds: float) -> float:
    """Drive until that fails, for so long at most; how long it took."""
    began, drive = rig.clock.now(), 100
    with suppress(OutputStuck, LinkError):
        while rig.clock.now() < began + seconds:
            rig.output.put(bytes([drive]) * len(rig.levels), rig.rates, rig.clock.now())
            rig.clock.sleep(EVERY_S)
            drive ^= 1
    return rig.clock.now() - began


def until_settled(rig: OutputRig, drives: bytes) -> None:
    """Ask for these drives until the device has had the time for them."""
    traits = rig.output.traits
    end = rig.clock.now() + traits.gap_s + traits.latency_s + 2 * EVERY_S
    while rig.clock.now() < end:
        rig.output.put(drives, rig.rates, rig.clock.now())
        rig.clock.sleep(EVERY_S)


def needs(rig: OutputRig, ability: Ability) -> None:
    """Skip a test of what cannot befall this device."""
    if ability not in rig.abilities:
        pytest.skip(f"nothing makes it so that the device {ability}")


def timed(rig: OutputRig) -> None:
    """Skip a test that compares moments where there are none to compare."""
    if not rig.timed:
        pytest.skip("its clock is the real one")


def noise(rig: OutputRig, dice: random.Random, rounds: int, drives: bytes) -> None:
    """Drive a device that says whatever it likes, so many `rounds` of NOISE_BYTES."""
    for number in range(rounds):
        rig.say(dice.randbytes(NOISE_BYTES) if number % 2 else bytes([dice.randrange(256)]) * NOISE_BYTES)
        for _ in range(4):
            with suppress(OutputStuck, LinkError):
                rig.output.put(drives, rig.rates, rig.clock.now())
            with suppress(OutputRefused, OutputStuck, LinkError):
                rig.output.ask(rig.clock.now())
            rig.clock.sleep(EVERY_S)


def alone(count: int, channel: int, level: int) -> bytes:
    """Levels of so many channels, 0 but for one."""
    return bytes(level if each == channel else 0 for each in range(count))


def settled(rig: OutputRig, drive: int) -> bytes:
    """What the device does when everything is asked for `drive`, which is above zero."""
    until_settled(rig, bytes([drive]) * len(rig.levels))
    until(rig, lambda: any(rig.levels), bytes([drive]) * len(rig.levels))
    return rig.levels
