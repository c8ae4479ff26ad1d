"""An output over a sound card: bass shakers, tactile transducers and haptic cushions behind an amplifier.

The one output with an honest frequency: the rate that a frame asks for is what is played. Its sound ends with
its process, and after 100 ms without an update, by the card's own call for samples.
"""

from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from firmware_bridge.errors import LinkLost
from firmware_bridge.guard.outputs.output import OutputStuck, Traits
from firmware_bridge.guard.outputs.tones import FADE_S, GLIDE_S, SILENT_AFTER_S, ToneBank

CHANNELS_MAX: Final = 8
CHANNELS_MIN: Final = 2
"""A stream of one channel would be played on every output of a card."""
STALLED_S: Final = 0.2
STALLED_UPDATES: Final = 10
"""A card that calls for no samples for so long, and over so many updates, is gone: a busy computer that gave
its process no time holds up both."""
GAPS_MAX: Final = 5
GAPS_WITHIN_S: Final = 2.0
"""More gaps than that within that time, and the card cannot be fed: a gap is a click in a shaker."""
QUIET_S: Final = 0.15
"""The longest that fading out may take besides the card's own latency."""


class Card(Protocol):
    """An open sound card that plays what it calls for. `gaps` counts how often it ran dry.

    `falls_silent`: whether it is known to fall silent when it is not fed.
    """

    name: str
    latency_s: float
    falls_silent: bool
    gaps: int

    def playing(self) -> bool:
        """Whether it still calls for samples."""
        ...

    def close(self) -> None:
        """Silence, at once. Never raises."""
        ...


class SoundOutput:
    """Plays `bank` on `card`; a GuardOutput. `now` and `sleep` are of the clock of its process."""

    def __init__(
        self, bank: ToneBank, card: Card, now: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self.traits = Traits(
            channels=CHANNELS_MAX,
            steps=255,
            refresh_s=0.05,
            gap_s=0.0,
            latency_s=card.latency_s + GLIDE_S,
            stops_after_s=SILENT_AFTER_S + FADE_S if card.falls_silent else None,
            readback=False,
            rated=True,
        )
        self._bank = bank
        self._card = card
        self._now = now
        self._sleep = sleep
        self._rendered = 0
        self._rendered_at = now()
        self._idle_updates = 0
        self._gaps = card.gaps
        self._gaps_at: deque[float] = deque(maxlen=GAPS_MAX + 1)

    def ask(self, now: float) -> bool:
        self._refuse_if_gone()
        self._rendered_at = now  # a card may take its time to begin
        return self._bank.rendered > 0

    def put(self, drives: bytes, rates: bytes, now: float) -> None:
        self._bank.update(drives, rates)
        self.tend(now)

    def tend(self, now: float) -> None:
        self._refuse_if_gone()
        self._look_for_a_stall(now)
        self._look_for_gaps(now)

    def zero(self) -> None:
        self._bank.silence()
        deadline = self._now() + QUIET_S
        while not self._bank.silent:
            self._refuse_if_gone()
            if self._now() >= deadline:
                self._card.close()
                raise OutputStuck("the sound card calls for no more samples")
            self._sleep(0.002)
        self._sleep(self._card.latency_s)  # what was rendered before is still on its way

    def close(self) -> None:
        self._card.close()

    def _refuse_if_gone(self) -> None:
        if not self._card.playing():
            raise LinkLost(f"{self._card.name} is gone")

    def _look_for_a_stall(self, now: float) -> None:
        if self._bank.rendered != self._rendered:
            self._rendered, self._rendered_at = self._bank.rendered, now
            self._idle_updates = 0
            return
        self._idle_updates += 1
        if self._idle_updates > STALLED_UPDATES and now - self._rendered_at > STALLED_S:
            raise LinkLost(f"{self._card.name} calls for no more samples")

    def _look_for_gaps(self, now: float) -> None:
        for _ in range(min(self._card.gaps - self._gaps, GAPS_MAX + 1)):
            self._gaps_at.append(now)
        self._gaps = self._card.gaps
        if len(self._gaps_at) > GAPS_MAX and now - self._gaps_at[0] < GAPS_WITHIN_S:
            raise LinkLost(f"{self._card.name} runs dry: this computer is too busy to feed it")
