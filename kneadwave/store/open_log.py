"""A log that is open: what it holds, and how lines are added to it, wherever they are kept."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from kneadwave.store.log_lines import LogContents, LogEntry, LogFormat, encode


class LogChanged(Exception):
    """A log was changed or replaced by somebody else while it was open."""


class OpenLog(ABC):
    """A log that is open for this process alone, to be closed by it."""

    def __init__(self, form: LogFormat, contents: LogContents) -> None:
        self.contents = contents
        """What it held when it was opened."""
        self.entries: list[LogEntry] = list(contents.entries)
        """Everything in it that can be trusted, oldest first; grows with `append`."""
        self.count = contents.count
        """Whole lines."""
        self.last = contents.last
        """The sum of the last line, "" where there is none."""
        self._form = form

    def append(self, *entries: LogEntry, prev: str | None = None) -> None:
        """Write lines in one piece and wait until they last; all of them, or none.

        `prev` takes the place of the last line's sum in the first of them. OSError where it cannot be
        written, LogChanged where somebody else wrote to it, ValueError as `encode`.
        """
        lines, last = list[bytes](), self.last if prev is None else prev
        for entry in entries:
            line, last = encode(entry, self._form, last)
            lines.append(line)
        self._keep(lines, later=all(entry.event in self._form.later for entry in entries))
        self.entries += entries
        self.count, self.last = self.count + len(entries), last

    @abstractmethod
    def check_unchanged(self) -> None:
        """LogChanged where somebody else wrote to it; OSError."""

    @abstractmethod
    def cut_tail(self) -> None:
        """Cut off a last line that was cut short; OSError where that fails."""

    @abstractmethod
    def close(self) -> None:
        """Let go of it."""

    @abstractmethod
    def _keep(self, lines: Sequence[bytes], *, later: bool) -> None:
        """Add these lines, all or none; `later`: each of them may be handed in later. Errors of `append`."""
