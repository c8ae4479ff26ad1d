"""A virtual game controller behind the kernel's ff-memless.c: effects, the timer that ends them, its traps.

An effect that is changed while it plays counts as not yet sent until the next tick; when it is stopped before
that, nothing is sent any more, and the motors go on with what they were told last.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import floor, inf
from typing import Final

from firmware_bridge.errors import LinkError, LinkLost

TICK_S: Final = 0.004
"""One jiffy of a kernel of 250 Hz."""
EFFECTS: Final = 16
RUMBLE_BITS: Final = 1 << 0x50 | 1 << 0x51 | 1 << 0x58 | 1 << 0x59 | 1 << 0x5A | 1 << 0x60
"""Rumble, what the kernel makes of it (periodic: square, triangle, sine), and gain."""


@dataclass
class _Effect:
    strong: int = 0
    weak: int = 0
    length_s: float = 0.0
    started: bool = False
    sent: bool = False
    aborted: bool = False
    plays_at: float = 0.0
    ends_at: float = 0.0


class VirtualRumble:
    """RumbleMotors whose time is `now()`; `levels` of strong and weak motor are 0 to 255.

    `at_once`: newer kernels send what is played at once, older ones at the next tick. `heard` hears of each
    call. `bits` are its kinds of force feedback.
    """

    def __init__(
        self,
        now: Callable[[], float],
        *,
        at_once: bool = True,
        bits: int = RUMBLE_BITS,
        heard: Callable[[], None] = lambda: None,
    ) -> None:
        self.gone = False
        self._now = now
        self._at_once = at_once
        self._bits = bits
        self._heard = heard
        self._effects: dict[int, _Effect] = {}
        self._motors = (0, 0)
        self._timer = inf

    @property
    def levels(self) -> bytes:
        self._run()
        return bytes(round(motor * 255 / 0xFFFF) for motor in self._motors)

    def force_bits(self) -> int:
        self._refuse_if_gone()
        return self._bits

    def upload(self, effect: int | None, strong: int, weak: int, length_ms: int) -> int:
        self._refuse_if_gone()
        self._run()
        if effect is None:
            effect = next(number for number in range(EFFECTS + 1) if number not in self._effects)
            if effect == EFFECTS:
                raise LinkError("it takes no more effects")
        known = self._effects.setdefault(effect, _Effect())
        if known.started:
            known.sent = False
            self._begin(known)
            self._set_timer()
        known.strong, known.weak, known.length_s = strong, weak, length_ms / 1000
        return effect

    def play(self, *effects: tuple[int, int]) -> None:
        self._refuse_if_gone()
        self._run()
        for number, times in effects:
            self._playback(self._effects[number], times)
        self._heard()

    def close(self) -> None:
        """As a file is closed, by a kill as well: its effects are erased."""
        self._run()
        for effect in self._effects.values():
            self._playback(effect, 0)
        self._effects.clear()

    def _playback(self, effect: _Effect, times: int) -> None:
        if times:
            effect.started = True
            self._begin(effect)
        elif effect.sent:
            effect.aborted = True
        else:
            effect.started = False
        if self._at_once or not times:
            self._send(self._now())
        else:
            self._set_timer()

    def _begin(self, effect: _Effect) -> None:
        effect.plays_at = self._now()
        effect.ends_at = effect.plays_at + effect.length_s

    def _send(self, now: float) -> None:
        strong = weak = 0
        started = [effect for effect in self._effects.values() if effect.started]
        for effect in started:
            if effect.aborted or now >= effect.ends_at:
                effect.started = effect.sent = effect.aborted = False
            else:
                effect.sent = True
                strong, weak = strong + effect.strong, weak + effect.weak
        if started:
            self._motors = (min(strong, 0xFFFF), min(weak, 0xFFFF))
        self._set_timer()

    def _set_timer(self) -> None:
        due = [
            each.ends_at if each.sent else each.plays_at for each in self._effects.values() if each.started
        ]
        self._timer = (floor(min(due) / TICK_S) + 1) * TICK_S if due else inf

    def _run(self) -> None:
        while self._timer <= self._now():
            self._send(self._timer)

    def _refuse_if_gone(self) -> None:
        if self.gone:
            raise LinkLost("the virtual controller is gone")
