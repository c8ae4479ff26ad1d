"""Two-motor rumble of Linux (force feedback): the strong motor and the weak one of a game controller.

Each level is an effect of LENGTH_S that is played anew before it ends: the kernel stops it where nobody does,
and erases the effects of a file that is closed, by whatever. What plays is never changed, as the kernel's
ff-memless.c loses sight of a motor whose effect is stopped just after it was changed: a killed guard would
leave it turning. So there are two effects: the one that plays is stopped, the other is played, at once.
From the kernel's source and linux/input.h; no controller was touched.
"""

from collections.abc import Callable
from math import inf
from typing import Final, Protocol

from firmware_bridge.guard.outputs.output import OutputRefused, Traits
from firmware_bridge.wire.evdev import FF_RUMBLE, Times

LENGTH_S: Final = 0.2
"""How long an effect plays when nobody plays it anew."""
AGAIN_S: Final = 0.1
ZERO_GAP_S: Final = 0.02
MAGNITUDE: Final = 0xFFFF // 255
"""What one step of a drive is of the 16 bits of an effect."""
FORCES: Final = {
    0x52: "constant",
    0x53: "spring",
    0x54: "friction",
    0x55: "damper",
    0x56: "inertia",
    0x57: "ramp",
}
"""Bits of force feedback of what pushes a hand, such as a wheel; linux/input-event-codes.h."""


class RumbleMotors(Protocol):
    """An open input device. Each may raise LinkError."""

    def force_bits(self) -> int:
        """A bit for each kind of force feedback that it has."""
        ...

    def upload(self, effect: int | None, strong: int, weak: int, length_ms: int) -> int:
        """Make an effect, or change one that does not play, of 16-bit magnitudes; its number."""
        ...

    def play(self, *effects: Times) -> None:
        """Play and stop effects, all in one call, which no kill divides."""
        ...

    def close(self) -> None:
        """Erase its effects. Never raises."""
        ...


class RumbleOutput:
    """Drives `motors`; a GuardOutput. `sleep` is of the clock of its process."""

    traits = Traits(
        channels=2,
        steps=255,
        refresh_s=AGAIN_S,
        gap_s=AGAIN_S,  # each change is a moment of rest for the motor
        latency_s=0.01,  # one tick of a slow kernel
        stops_after_s=LENGTH_S,
        readback=False,
        rated=False,
        fixed=True,
    )

    def __init__(self, motors: RumbleMotors, sleep: Callable[[float], None]) -> None:
        self._motors = motors
        self._sleep = sleep
        self._effects: tuple[int, ...] = ()
        self._plays = 0
        self._wanted = self._said = bytes(2)
        self._said_at = -inf

    def ask(self, now: float) -> bool:  # noqa: ARG002  (the kernel answers at once)
        bits = self._motors.force_bits()
        if not bits >> FF_RUMBLE & 1:
            raise OutputRefused("it has no rumble motors")
        pushes = [name for bit, name in FORCES.items() if bits >> bit & 1]
        if pushes:
            raise OutputRefused(
                f"it does not only rumble, it pushes ({', '.join(pushes)}): a wheel or a stick"
            )
        self._prepare()
        return True

    def put(self, drives: bytes, rates: bytes, now: float) -> None:  # noqa: ARG002  (it takes no rates)
        self._wanted = drives[:2].ljust(2, b"\0")
        self.tend(now)

    def tend(self, now: float) -> None:
        off = any(old and not new for old, new in zip(self._said, self._wanted, strict=True))
        if any(self._wanted):
            if now - self._said_at < AGAIN_S and not off:
                return
            if self._wanted == self._said:
                self._motors.play((self._effects[self._plays], 1))
            else:
                self._swap()
        elif off:
            self._stop()
        else:
            return
        self._said, self._said_at = self._wanted, now

    def zero(self) -> None:
        self._wanted = self._said = bytes(2)
        self._prepare()
        self._stop()
        self._sleep(ZERO_GAP_S)
        self._swap()  # an effect of nothing: it tells the motors once more, and ends by itself

    def close(self) -> None:
        self._motors.close()

    def _prepare(self) -> None:
        while len(self._effects) < 2:
            self._effects += (self._upload(None, bytes(2)),)

    def _swap(self) -> None:
        self._prepare()
        before, self._plays = self._plays, 1 - self._plays
        self._upload(self._effects[self._plays], self._wanted)
        self._motors.play((self._effects[before], 0), (self._effects[self._plays], 1))

    def _stop(self) -> None:
        self._motors.play(*((effect, 0) for effect in self._effects))

    def _upload(self, effect: int | None, drives: bytes) -> int:
        strong, weak = (drive * MAGNITUDE for drive in drives)
        return self._motors.upload(effect, strong, weak, int(LENGTH_S * 1000))
