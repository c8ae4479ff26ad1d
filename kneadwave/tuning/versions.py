"""What the lines of a tuning journal come to: the versions, where one stands, what can be undone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kneadwave.errors import TuningRemedy, UsageError
from kneadwave.store.log_lines import LogEntry

BEGAN = "began"  # version 0, as the file was read
EDITED = "edited"
CHANGED = "changed"  # the file on the disk says something else now
UNDONE, REDONE, RESTORED, DISCARDED = "undone", "redone", "restored", "discarded"
SAVING = "saving"  # about to be written; a journal that takes no line is noticed before the file changes
SAVED = "saved"
NOTE = "note"
_NONE: frozenset[int] = frozenset()
Seen = tuple[str, int | None, str]
"""Severity, rule and place of a finding: what tells it from another."""


@dataclass(frozen=True)
class Version:
    """A whole text of the profile; number 0 is what was read when tuning began."""

    number: int
    at: datetime
    what: str
    text: str


@dataclass(frozen=True)
class VersionEntry:
    """One line of the history; `number` is the version that it made or led to, None for a remark."""

    number: int | None
    at: datetime
    event: str
    what: str
    made: bool = False
    """Whether it made that version."""
    current: bool = False
    saved: bool = False


@dataclass(frozen=True)
class Move:
    """One step on the way: where it led, and what it was."""

    number: int
    what: str


class Course:
    """The way through the versions so far. Nothing is ever taken out of it."""

    def __init__(self, lines: Iterable[LogEntry] = (), name: str = "") -> None:
        """Take the lines so far of the profile `name`, as it was named: what is told of it calls it so."""
        self.name = name
        self.versions: dict[int, Version] = {}
        self.seen: dict[int, list[Seen]] = {}
        """What the check found in a version, where that was written down."""
        self.saved = 0
        """The version that the file held when it was last seen."""
        self.known: dict[int, frozenset[int]] = {}
        """Which changes of others, by their versions, went into a version."""
        self.replaced: dict[int, int] = {}
        """What the file held before somebody else changed it: that version -> the one before."""
        self.trail: list[Move] = []
        """The way from where tuning began to where one stands."""
        self.ahead: list[Move] = []
        """What was undone and can be redone, the next one last."""
        self._lines: list[LogEntry] = []
        for line in lines:
            self.apply(line)

    @property
    def begun(self) -> bool:
        """Whether there is any version."""
        return bool(self.trail)

    @property
    def current(self) -> Version:
        """Where one stands."""
        return self.versions[self.trail[-1].number]

    @property
    def next_number(self) -> int:
        """The number of the next version."""
        return max(self.versions, default=-1) + 1

    @property
    def undoable(self) -> int:
        """How many steps back there are."""
        return len(self.trail) - 1

    @property
    def redoable(self) -> int:
        """How many steps forth again there are."""
        return len(self.ahead)

    @property
    def missed(self) -> frozenset[int]:
        """Changes of others that are in the file and did not go into the current version."""
        return self.known.get(self.saved, _NONE) - self.known.get(self.current.number, _NONE)

    def version(self, number: int) -> Version:
        """A version by its number. UsageError where there is none."""
        if number in self.versions:
            return self.versions[number]
        last = self.next_number - 1
        raise UsageError(
            f"there is no version {number}", hint=TuningRemedy.VERSIONS.of(profile=self.name, last=str(last))
        )

    def back(self, n: int) -> Version:
        """Where `n` undos lead. UsageError where there are not so many."""
        self._enough(n, self.undoable, "undo")
        return self.versions[self.trail[-1 - n].number]

    def forth(self, n: int) -> Version:
        """Where `n` redos lead. UsageError where there are not so many."""
        self._enough(n, self.redoable, "redo")
        return self.versions[self.ahead[-n].number]

    def apply(self, line: LogEntry) -> None:
        """Go on by one line; one that leads to a version whose own line is missing leads nowhere."""
        self._lines.append(line)
        fields, number = line.fields, line.fields.get("number")
        if line.event in (NOTE, SAVING) or not isinstance(number, int):
            return
        if "text" in fields:
            self.versions[number] = Version(number, line.at, _what(line), str(fields["text"]))
            self.seen[number] = [(s, r, p) for s, r, p in fields.get("seen", ())]
            if "seen" not in fields:
                del self.seen[number]
            if line.event == CHANGED:
                self.known[number] = self.known.get(self.saved, _NONE) | {number}
                self.replaced[number] = self.saved
            elif self.trail:
                self.known[number] = self.known.get(self.trail[-1].number, _NONE)
            if self.saved not in self.versions:  # where tuning began was damaged
                self.saved = number
        if number not in self.versions:
            return
        if line.event == UNDONE:
            self._shift(self.trail, self.ahead, number, line)
        elif line.event == REDONE:
            self._shift(self.ahead, self.trail, number, line)
        elif not self.trail or self.trail[-1].number != number:
            self.trail.append(Move(number, _what(line)))
            if line.event != CHANGED:  # behind what somebody else wrote, a redo is a conflict, as an undo is
                self.ahead.clear()
        if line.event in (BEGAN, CHANGED, SAVED):
            self.saved = number

    def entries(self) -> list[VersionEntry]:
        """Every line, oldest first; the current and the saved version are marked where they began."""
        found = []
        for line in self._lines:
            if line.event == SAVING:
                continue
            number, made = line.fields.get("number"), "text" in line.fields
            here = made and self.begun and number == self.current.number
            kept = made and number == self.saved
            found.append(VersionEntry(number, line.at, line.event, _what(line), made, here, kept))
        return found

    def _shift(self, source: list[Move], target: list[Move], number: int, line: LogEntry) -> None:
        for _ in range(min(int(line.fields.get("times", 1)), len(source))):
            target.append(source.pop())
        if not self.trail or self.trail[-1].number != number:  # a line between was damaged
            self.trail.append(Move(number, _what(line)))

    def _enough(self, n: int, there: int, verb: str) -> None:
        if n < 1:
            raise UsageError(f"{n} is no number of edits to {verb}", hint="1 or more")
        if n > there:
            only = "are only" if there > 1 else "is only"
            what = f"there {only} {there} edit{'s' if there > 1 else ''}" if there else "there is nothing"
            raise UsageError(f"{what} to {verb}", hint=TuningRemedy.HISTORY.of(profile=self.name))


def _what(line: LogEntry) -> str:
    return str(line.fields.get("what", line.event))
