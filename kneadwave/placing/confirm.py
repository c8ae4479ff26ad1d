"""What has to be so before a device moves of which nobody knows where its motors lie: nobody is on it.

The gate of kneadwave.people asks about a person on a device. Here nobody is, and that is what is asked,
before each run; the answer is kept nowhere.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kneadwave.errors import NotCleared

HOLDS_FOR: Final = timedelta(minutes=2)
"""From the answer to the opening of the device; project's choice."""


@dataclass(frozen=True)
class Promise:
    """One thing that has to be so."""

    id: str
    say: str


PROMISES: Final = (
    Promise("in-front", "The device lies in front of me, on a table or on the floor."),
    Promise("nobody", "Nobody sits, lies, stands or leans on it, and nobody wears it."),
    Promise("hand", "One hand lies flat on it, and I take it away at once where it is unpleasant."),
    Promise("plug", "I can pull its plug, or reach its switch, from where I am."),
)


@dataclass(frozen=True)
class NobodyOnIt:
    """What was promised, and when."""

    promised: frozenset[str]
    at: datetime

    def check(self, now: datetime) -> None:
        """NotCleared unless all of it was promised just now."""
        missing = [promise.say for promise in PROMISES if promise.id not in self.promised]
        if missing:
            raise NotCleared(f"nothing was moved; this has to be so: {missing[0]}", hint=AGAIN)
        if not timedelta(0) <= now - self.at <= HOLDS_FOR:
            raise NotCleared("what was confirmed is too long ago; nothing was moved", hint=AGAIN)


AGAIN: Final = "see to it, then start again; or measure where each motor lies, for which nothing has to move"
