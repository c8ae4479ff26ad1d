"""Channel by channel: a pulse, a question, an answer. Knows no terminal and opens nothing.

placing = Placing(notes, keep)
while placing.turn is not None:
    if placing.wants_pulse: … let it move, then placing.moved()
    placing.take(what somebody said)
"""

from collections.abc import Callable
from typing import Final

from firmware_bridge.limits import PLACING_PULSE_MAX_S
from kneadwave.errors import UsageError
from kneadwave.placing.notes import ChannelNote, Notes, note_of
from kneadwave.placing.places import NOT_CLEAR, Measured, Off, reaches_excluded, said
from profiles.body import Zone

AGAIN: Final = ("a", "again", "")
BACK: Final = ("b", "back")
QUIT: Final = ("q", "quit")
YES: Final = ("y", "yes")
NO: Final = ("n", "no")


class Placing:
    """Takes answers for one channel after another; whatever is said is handed to `keep` at once.

    `turn` is the channel that is asked for, None once all were said or somebody left; `unclear` is the zone
    that was said of it, where it is still to be said whether the motor lies clear of spine and kidneys.
    """

    def __init__(self, notes: Notes, keep: Callable[[Notes], None]) -> None:
        self.notes = notes
        self._keep = keep
        self.left = False
        self.unclear: Zone | None = None
        self.wants_pulse = True
        self._asked = sorted(channel for channel in range(notes.channels) if notes.of(channel) is not None)
        self.turn: int | None = self._next()

    @property
    def spent_s(self) -> float:
        """Seconds of pulses that the device had at the most."""
        return self.notes.pulses * PLACING_PULSE_MAX_S

    def moves(self) -> None:
        """A pulse is about to be given: written down before it is."""
        self._note(self.notes.model_copy(update={"pulses": self.notes.pulses + 1}))
        self.wants_pulse = False

    def goes_without(self) -> None:
        """There is no pulse to be had: what is said is measured, or known."""
        self.wants_pulse = False

    def take(self, text: str) -> Measured | Off | None:
        """An answer for the channel whose turn it is; where it lies then, None where nothing was decided.

        UsageError for an answer that means nothing.
        """
        assert self.turn is not None
        word = text.strip().lower()
        if word in QUIT:
            self.turn, self.left = None, True
        elif word in BACK:
            self._back()
        elif word in AGAIN:
            self.wants_pulse, self.unclear = True, None
        elif self.unclear is not None:
            return self._decide(self.unclear, word)
        else:
            meant = said(text)
            if isinstance(meant, Zone) and reaches_excluded(meant.id):
                self.unclear = meant
                return None
            return self._put(note_of(meant, clear=False))
        return None

    def _decide(self, zone: Zone, word: str) -> Measured | Off:
        if word not in YES + NO:
            raise UsageError("that is neither yes nor no", hint="y: it lies clear of them; n: it stays off")
        return self._put(note_of(zone, clear=True) if word in YES else ChannelNote(off=NOT_CLEAR))

    def _put(self, note: ChannelNote) -> Measured | Off:
        assert self.turn is not None
        self._note(self.notes.with_note(self.turn, note))
        self._asked.append(self.turn)
        self._begin(self._next())
        return note.at()

    def _back(self) -> None:
        if not self._asked:
            raise UsageError(
                "no channel comes before this one", hint="say where this one was, or q to leave for now"
            )
        channel = self._asked.pop()
        self._note(self.notes.with_note(channel, None))
        self._begin(channel)

    def _begin(self, channel: int | None) -> None:
        self.turn, self.unclear, self.wants_pulse = channel, None, True

    def _next(self) -> int | None:
        unsaid = (channel for channel in range(self.notes.channels) if self.notes.of(channel) is None)
        return next(unsaid, None)

    def _note(self, notes: Notes) -> None:
        self._keep(notes)
        self.notes = notes
