"""A log in a file of lines (log_lines.py), for one process alone."""

import errno
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from kneadwave.store.files import lines_private, open_private, sync_folder
from kneadwave.store.lock import also_lock, still_there, take_lock
from kneadwave.store.log_lines import LogContents, LogFormat, read_lines
from kneadwave.store.open_log import LogChanged, OpenLog


class AppendLog(OpenLog):
    """A log in a file; made by `open_log`."""

    def __init__(self, path: Path, fds: tuple[int, int], form: LogFormat, contents: LogContents) -> None:
        super().__init__(form, contents)
        self.path = path
        self.size = contents.size
        """Bytes of the whole lines."""
        self._fd, self._lock_fd = fds
        self._length = contents.length or 0

    def check_unchanged(self) -> None:
        """LogChanged where another file lies at its path, or somebody wrote to this one; OSError."""
        if not (still_there(self._fd, self.path) and os.fstat(self._fd).st_size == self._length):
            raise LogChanged(str(self.path))

    def cut_tail(self) -> None:
        """Cut off a last line that was cut short; OSError where that fails."""
        if self._length > self.size:
            os.ftruncate(self._fd, self.size)
            self._length = self.size

    def close(self) -> None:
        """Let go of the file and of its lock."""
        os.close(self._fd)
        os.close(self._lock_fd)

    def _keep(self, lines: Sequence[bytes], *, later: bool) -> None:  # noqa: ARG002  (a file takes it now)
        data = b"".join(lines)
        self.check_unchanged()
        self._write(data)
        self.size += len(data)

    def _write(self, data: bytes) -> None:
        try:
            self.cut_tail()
            if os.write(self._fd, data) != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._fd)
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._fd, self.size)
            self._length = os.fstat(self._fd).st_size
            raise
        self._length = self.size + len(data)
        if self.size == 0:
            sync_folder(self.path.parent)


def open_log(path: Path, form: LogFormat, lock: Path) -> AppendLog:
    """Open the log at `path`, made where it is missing, for this process alone: it holds the file `lock`.

    Taking the lock file away lets nobody else in: the log itself is locked as well. Changes nothing yet, and
    leaves it to the caller what a break in it means. LockHeld where another process has it, CannotLock where
    there can be no lock, another OSError where it cannot be opened, the format's error for all else.
    """
    lock_fd = take_lock(lock, error=form.error)
    try:
        contents = read_log(path, form)
        fd = open_private(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, error=form.error)
        try:
            also_lock(fd)
            log = AppendLog(path, (fd, lock_fd), form, contents)
            log.check_unchanged()  # since it was read
        except BaseException:
            os.close(fd)
            raise
    except BaseException:
        os.close(lock_fd)
        raise
    return log


def read_log(path: Path, form: LogFormat, *, brief: bool = False) -> LogContents:
    """What the log at `path` holds, nothing where there is none; changes and locks nothing.

    `brief` verifies and counts every line, but leaves those out of the entries that tell how far something is
    which has ended. The format's error where it cannot be read, or is of another version.
    """
    with lines_private(path, error=form.error) as lines:
        return LogContents() if lines is None else read_lines(lines, form, str(path), brief=brief)
