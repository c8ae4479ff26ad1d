"""The desk: one profile while it is tuned. Every edit is checked, kept as a version, and can be undone.

The file itself changes with `save` alone, whole and only where it still says what it said when tuning began.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from kneadwave.store.log_lines import LogEntry
from kneadwave.store.outputs import PROFILE, write_output
from kneadwave.tuning import versions
from kneadwave.tuning.checks import Edited, EditRefused, has_errors, news_in, refusal, seen_as
from kneadwave.tuning.journal import Journal, damage, opened, read
from kneadwave.tuning.save import (
    Conflict,
    Saved,
    as_copy,
    changed_elsewhere,
    copy_target,
    course_of,
    place_of,
    refuse_conflict,
    take_along,
    told_as_kept,
    unified,
    unshown,
    write_over,
)
from kneadwave.tuning.versions import Course, Seen, Version, VersionEntry
from profiles.errors import ProfileError
from profiles.profile import Profile, dump, parse
from profiles.rules.check import Finding, check

__all__ = [
    "Conflict",
    "Desk",
    "EditRefused",
    "Edited",
    "Saved",
    "Version",
    "VersionEntry",
    "look",
    "open_desk",
]


class Desk:
    """A profile with its versions; made by `open_desk`, or by `look` to read alone."""

    def __init__(
        self,
        name: str,
        path: Path | None,
        course: Course,
        disk: str | None,
        journal: Journal | None,
        now: Callable[[], datetime],
    ) -> None:
        self.name = name
        self.path = path
        self.damage = ""
        """Which line of the journal could not be read; empty when all could."""
        self._course = course
        self._disk = disk
        self._journal = journal
        self._now = now
        self._unwritten: list[LogEntry] = []
        self._meet_the_disk()
        self.profile: Profile = self._parsed(self.text)

    @property
    def text(self) -> str:
        """The current version."""
        return self._course.current.text

    @property
    def number(self) -> int:
        """The number of the current version."""
        return self._course.current.number

    @property
    def saved_text(self) -> str:
        """What the file held when it was last seen."""
        return self._course.versions[self._course.saved].text

    @property
    def saved(self) -> Profile:
        """What the file held when it was last seen, as a profile."""
        return self._parsed(self.saved_text)

    @property
    def pending(self) -> bool:
        """Whether there is something to save."""
        return self.text != self.saved_text or self.gone

    @property
    def conflict(self) -> bool:
        """Whether there is something to save, and the file holds what it does not know of, or is gone."""
        return self.pending and (self._disk != self.saved_text or bool(self._course.missed))

    @property
    def gone(self) -> bool:
        """Whether the file was taken away, so that only the journal has what it held."""
        return self.path is not None and self._disk is None

    @property
    def undoable(self) -> int:
        """How many undos there are."""
        return self._course.undoable

    @property
    def redoable(self) -> int:
        """How many redos there are."""
        return self._course.redoable

    def undoing(self, n: int = 1) -> list[str]:
        """What `n` undos take back, the latest first. UsageError where there are not so many."""
        self._course.back(n)
        return [move.what for move in self._course.trail[: -1 - n : -1]]

    def redoing(self, n: int = 1) -> list[str]:
        """What `n` redos do again, in order. UsageError where there are not so many."""
        self._course.forth(n)
        return [move.what for move in self._course.ahead[: -1 - n : -1]]

    def edit(self, what: str, change: Callable[[Profile], Profile]) -> Edited:
        """Make the next version by `change`; `what` describes it in the history.

        EditRefused where the check finds an error that was not there before, ProfileError where `change` or
        the result is none; then nothing has changed.
        """
        before, number = self.profile, self.number
        text = dump(change(before), self.text)
        if text == self.text:
            return Edited(before, before, number, "", [], False)
        after = parse(text, self.name)
        diff = unified(self.text, text, self.name, self.name)
        findings = check(after)
        news = news_in(findings, self._seen_before()) if findings else []
        if has_errors(news) or after.locked_for:
            raise refusal(self.name, diff, news or findings)
        line = self._line(
            versions.EDITED,
            number=self._course.next_number,
            what=what,
            text=text,
            seen=[list(seen_as(finding)) for finding in findings],
        )
        self._append(line)
        self.profile = after
        return Edited(before, after, self.number, diff, news, True)

    def undo(self, n: int = 1) -> Version:
        """Go back `n` steps; the version that is current then. UsageError where there are not so many."""
        target = self._course.back(n)
        return self._go(versions.UNDONE, target, f"undo to {target.number}", times=n)

    def redo(self, n: int = 1) -> Version:
        """Go forth again `n` steps; the version that is current then. UsageError as for `undo`."""
        target = self._course.forth(n)
        return self._go(versions.REDONE, target, f"redo to {target.number}", times=n)

    def restore(self, number: int) -> Version:
        """Make a version current again, whichever it is; can be undone. UsageError where there is none."""
        target = self._course.version(number)
        if target.number == self.number:
            return target
        return self._go(versions.RESTORED, target, f"restored {number}")

    def discard(self) -> Version:
        """Go back to what the file says now; can be undone."""
        if self._disk is not None and self._disk != self.saved_text:
            self._parsed(self._disk)
            self._take_up()
            return self._course.current
        if not self.pending:
            return self._course.current
        target = self._course.version(self._course.saved)
        return self._go(versions.DISCARDED, target, f"discarded, back to {target.number}")

    def history(self) -> list[VersionEntry]:
        """What was done, oldest first."""
        return self._course.entries()

    def version(self, number: int) -> Version:
        """A version by its number. UsageError where there is none."""
        return self._course.version(number)

    def diff(self, a: int | None = None, b: int | None = None) -> str:
        """A unified diff: from the saved text to the current one, or between two versions; "" for none."""
        old, from_name = self._named(a, self._course.saved, "saved")
        new, to_name = self._named(b, self.number, "current")
        return unified(old, new, from_name, to_name)

    def note(self, text: str) -> None:
        """Leave a remark in the history."""
        self._append(self._line(versions.NOTE, what=text))

    def save(
        self, as_name: str | None = None, show: Callable[[str], None] = unshown, *, force: bool = False
    ) -> Saved:
        """Write the current version into the file, or into a copy of its own; a shipped profile always so.

        `show` gets the diff before anything is written; where it raises, nothing is.
        EditRefused where the check finds an error, Conflict where the file was changed meanwhile, UsageError
        where the copy is there already, ProfileError where it cannot be written; then nothing has changed.
        """
        if as_name is None and not self.pending:
            return self._nothing()
        findings = self._sound()
        if as_name is None and self.path is not None:
            return self._save_in_place(self.path, findings, show)
        target = copy_target(self.name, as_name, force=force)
        if self.path is not None and target.exists() and target.samefile(self.path):
            return self._save_in_place(self.path, findings, show) if self.pending else self._nothing()
        text = dump(as_copy(self.profile, target.stem), self.text)
        diff = unified(self.saved_text, text, self.name, str(target))
        show(diff)
        self._append(self._line(versions.SAVING, what=f"saving {self.number}", path=_full(target)))
        write_output(target, text, PROFILE, force=force)
        kept, was = self._course.saved, self.number
        self._append(
            self._line(versions.SAVED, number=kept, what=f"saved {was} as {target}", path=_full(target))
        )
        self._take_up()
        return Saved(target, diff, findings, True)

    def _nothing(self) -> Saved:
        return Saved(self.path, "", [], False)

    def _save_in_place(self, path: Path, findings: list[Finding], show: Callable[[str], None]) -> Saved:
        diff = self.diff()
        self._refuse_missed()
        refuse_conflict(path, self.saved_text, self.name)
        show(diff)
        self._append(self._line(versions.SAVING, what=f"saving {self.number}", path=_full(path)))
        self._disk = write_over(path, self.saved_text, self.text, self.name)
        self._append(
            self._line(versions.SAVED, number=self.number, what=f"saved {self.number}", path=_full(path))
        )
        return Saved(path, diff, findings, True)

    def _refuse_missed(self) -> None:
        """Conflict where somebody changed the file, and going back went behind that."""
        if self._course.missed:
            number = min(self._course.missed)
            before = self._course.versions[self._course.replaced[number]].text
            raise changed_elsewhere(self.name, before, self._course.versions[number].text)

    def _sound(self) -> list[Finding]:
        """What the check says of the current version; EditRefused where it finds an error."""
        findings = check(self.profile)
        if has_errors(findings):
            raise refusal(self.name, self.diff(), findings)
        return findings

    def _meet_the_disk(self) -> None:
        """Begin with what lies on the disk, or see whether it is still what it was."""
        disk = self._disk
        if not self._course.begun:
            self._remember(self._line(versions.BEGAN, number=0, what="as it was read", text=disk or ""))
        elif disk is None or disk == self.saved_text:
            return
        elif disk == self.text:
            self._remember(self._line(versions.SAVED, number=self.number, what=f"found {self.number} saved"))
        elif not self.pending:
            with told_as_kept(self.name):
                self._parsed(disk)
            self._remember(self._changed_elsewhere(disk))

    def _changed_elsewhere(self, text: str) -> LogEntry:
        number, what = self._course.next_number, "the file was changed elsewhere"
        return self._line(versions.CHANGED, number=number, what=what, text=text)

    def _seen_before(self) -> list[Seen]:
        known = self._course.seen.get(self.number)
        return [seen_as(finding) for finding in check(self.profile)] if known is None else known

    def _go(self, event: str, target: Version, what: str, **fields: Any) -> Version:
        profile = self._parsed(target.text)
        self._append(self._line(event, number=target.number, what=what, **fields))
        self.profile = profile
        if not self.pending:
            self._take_up()
        return self._course.current

    def _take_up(self) -> None:
        """Go on from what somebody else wrote into the file; where that is no profile the next look tells."""
        if self._disk is not None and self._disk != self.saved_text:
            with suppress(ProfileError):
                self.profile = self._parsed(self._disk)
                self._append(self._changed_elsewhere(self._disk))

    def _named(self, number: int | None, default: int, word: str) -> tuple[str, str]:
        found = self._course.version(default if number is None else number)
        return found.text, f"{self.name} ({word if number is None else f'version {number}'})"

    def _line(self, event: str, **fields: Any) -> LogEntry:
        return LogEntry(self._now(), event, fields)

    def _remember(self, line: LogEntry) -> None:
        """Go on by a line that is written with the next edit: looking at a profile leaves no trace."""
        self._course.apply(line)
        self._unwritten.append(line)

    def _append(self, line: LogEntry) -> None:
        if self._journal is None:
            raise RuntimeError("this desk is for looking")
        self._journal.append(*self._unwritten, line)
        self._unwritten.clear()
        self._course.apply(line)

    def _parsed(self, text: str) -> Profile:
        return parse(text, self.name)


@contextmanager
def open_desk(name: str, now: Callable[[], datetime] | None = None) -> Iterator[Desk]:
    """The desk of a shipped profile or a file; nobody else tunes it meanwhile.

    ProfileError where there is no such profile, InUse where another process tunes it, KeptFileError where its
    journal cannot be used.
    """
    take_along(name)
    path, where = place_of(name)
    with opened(where, name) as journal:
        yield Desk(name, path, *course_of(name, path, journal.lines), journal, now or _local_now())


def look(name: str, now: Callable[[], datetime] | None = None) -> Desk:
    """The desk as it lies there, to read: locks and writes nothing, and passes over damaged lines."""
    path, where = place_of(name)
    contents = read(where)
    desk = Desk(name, path, *course_of(name, path, contents.entries), None, now or _local_now())
    desk.damage = damage(where, contents)
    return desk


def _local_now() -> Callable[[], datetime]:
    from firmware_bridge import clock

    return clock.local_now


def _full(path: Path) -> str:
    return os.path.abspath(path)
