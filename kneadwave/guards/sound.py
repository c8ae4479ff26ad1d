"""Shakers on a sound card: opened by one program at a time."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from firmware_bridge.errors import LinkError, PortBusy
from firmware_bridge.guard.outputs.sound import CHANNELS_MAX, CHANNELS_MIN, SoundOutput
from firmware_bridge.guard.outputs.tones import ToneBank
from firmware_bridge.wire.sound_card import SoundCard
from kneadwave.errors import KneadError
from kneadwave.guards.marks import folder
from kneadwave.store.files import own_folder
from kneadwave.store.lock import CannotLock, LockHeld, take_lock

if TYPE_CHECKING:
    from firmware_bridge.clock import Clock

LOCK: Final = "sound.lock"


@dataclass(frozen=True)
class PlaysOn:
    """A sound card: its name, how late it sounds (s), whether this program has it alone."""

    card: str
    latency_s: float
    alone: bool


class LockedOutput(SoundOutput):
    """A sound output that lets go of `lock`, a descriptor, where it is closed."""

    def __init__(self, bank: ToneBank, card: SoundCard, clock: "Clock", lock: int) -> None:
        super().__init__(bank, card, clock.now, clock.sleep)
        self._lock = lock

    def close(self) -> None:
        super().close()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def open_sound(place: str, clock: "Clock", channels: int) -> tuple[SoundOutput, PlaysOn]:
    """The sound card of `place`, playing silence on at least two channels; link errors, DeviceRefused.

    One at a time, whatever the name: a card has several, and two sounds on it would add up past every limit.
    """
    count = min(CHANNELS_MAX, max(CHANNELS_MIN, channels))
    lock = _locked(folder().parent / LOCK)
    try:
        card = SoundCard(place, count)
        bank = ToneBank(count, card.rate)
        output = LockedOutput(bank, card, clock, lock)
        card.play(bank.render, bank.begin_anew)
    except BaseException:
        os.close(lock)
        raise
    return output, PlaysOn(card.name, output.traits.latency_s, card.alone)


def _locked(path: Path) -> int:
    try:
        own_folder(path.parent)
        return take_lock(path)
    except LockHeld as error:
        raise PortBusy(
            "another run plays on a sound card; two at once could add up on the same one"
        ) from error
    except (CannotLock, KneadError, OSError) as error:
        raise LinkError(f"{path} cannot be locked: {error}") from error
