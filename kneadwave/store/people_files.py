"""People in files: a folder for each, which they can read themselves.

recipients/current              who is in use
recipients/NAME/recipient.toml  what was said of them, and other records beside it
recipients/NAME/ledger.jsonl    the log, see append_log.py
recipients/NAME/ledger.anchor   how far it goes, replaced whole after each line
recipients/NAME/ledger.lock     held by the one process that may write
witnesses/NAME-….json           the same as the anchor, in another folder
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from kneadwave.errors import PersonFileError
from kneadwave.store.append_log import AppendLog, open_log, read_log
from kneadwave.store.files import own_folder, read_private, reason_of, refuse_link, write_private
from kneadwave.store.ledger_end import NOTHING, LedgerEnd, read_end, write_end
from kneadwave.store.lock import CannotLock, take_lock
from kneadwave.store.log_lines import LogContents, LogFormat
from kneadwave.store.people_store import ANCHOR, LINES, RECIPIENT, WITNESS, PersonKept

CURRENT: Final = "current"
"""The file that holds the name of who is in use."""
LOCK: Final = "ledger.lock"


class PeopleFiles:
    """The store of one person, or of a few; see `people_store.PeopleStore`."""

    def __init__(self, root: Path, witnesses: Path) -> None:
        self._root = root
        self._witnesses = witnesses

    def names(self) -> list[str]:
        try:
            return [entry.name for entry in self._root.iterdir() if (entry / RECIPIENT).is_file()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise PersonFileError(f"{self._root}: cannot be read: {reason_of(error)}") from error

    def knows(self, name: str) -> bool:
        folder = self._real_folder(name)
        return (folder / RECIPIENT).is_file() or (folder / LINES).is_file()

    def read(self, name: str, record: str) -> bytes | None:
        return read_private(self._real_folder(name) / record, error=PersonFileError)

    def write(self, name: str, record: str, text: str) -> None:
        folder = self.folder(name)
        if record == RECIPIENT and not (folder / RECIPIENT).exists():
            self.begin(name)  # later on a log that is missing was taken away
        if record == RECIPIENT:
            self._own_folder(folder)
        write_private(folder / record, text)

    def drop(self, name: str, record: str) -> None:
        (self.folder(name) / record).unlink(missing_ok=True)

    def current(self) -> bytes | None:
        refuse_link(self._root)
        return read_private(self._root / CURRENT, error=PersonFileError)

    def use(self, name: str) -> None:
        write_private(self._root / CURRENT, f"{name}\n")

    def begin(self, name: str) -> None:
        """Prepare the log of somebody new; a witness that is there tells of a log that is gone. OSError."""
        folder = self.folder(name)
        self._own_folder(folder)
        if not (folder / ANCHOR).exists() and not (folder / LINES).exists():
            write_end(folder / ANCHOR, NOTHING)

    def open_log(self, name: str, form: LogFormat) -> AppendLog:
        folder = self._real_folder(name)
        return open_log(folder / LINES, form, folder / LOCK)

    def read_log(self, name: str, form: LogFormat, *, brief: bool = False) -> LogContents:
        return read_log(self._real_folder(name) / LINES, form, brief=brief)

    def anchor(self, name: str) -> LedgerEnd | None:
        return read_end(self.folder(name) / ANCHOR)

    def write_anchor(self, name: str, end: LedgerEnd) -> None:
        write_end(self.folder(name) / ANCHOR, end)

    def witness(self, name: str) -> LedgerEnd | None:
        return read_end(self.witness_path(name))

    def write_witness(self, name: str, end: LedgerEnd) -> None:
        own_folder(self._witnesses)
        write_end(self.witness_path(name), end)

    def kept(self, name: str) -> list[str]:
        found = sorted(path.name for path in self._real_folder(name).iterdir() if path.name != LOCK)
        return [*found, WITNESS] if self.witness_path(name).is_file() else found

    def content(self, name: str, what: str) -> bytes | None:
        path = self.witness_path(name) if what == WITNESS else self._real_folder(name) / what
        return read_private(path) if path.is_file() and not path.is_symlink() else None

    def delete(self, name: str) -> None:
        folder = self._real_folder(name)
        gone = folder.with_name(f".deleted-{name}-{os.getpid()}")
        with self._alone(folder):
            with suppress(FileNotFoundError):
                if (self._root / CURRENT).read_text(encoding="utf-8").strip() == name:
                    (self._root / CURRENT).unlink()
            if os.name != "nt":
                folder.rename(gone)
        if os.name == "nt":  # which moves no folder with an open file in it
            folder.rename(gone)
        shutil.rmtree(gone)

    def rename(self, name: str, new: str, renamed: Callable[[str], str]) -> None:
        folder, there = self._real_folder(name), self.folder(new)
        if os.path.lexists(there):
            raise FileExistsError(f"something else lies at {there}")
        old_witness, new_witness = self.witness_path(name), self.witness_path(new)
        with self._alone(folder):
            text = (folder / RECIPIENT).read_text(encoding="utf-8-sig")
            if old_witness.is_file():
                own_folder(new_witness.parent)
                write_private(new_witness, old_witness.read_text(encoding="ascii"))
            if os.name != "nt":
                folder.rename(there)
        if os.name == "nt":
            folder.rename(there)
        write_private(there / RECIPIENT, renamed(text))
        old_witness.unlink(missing_ok=True)

    def take_in(self, people: Iterable[PersonKept]) -> None:
        made: list[PersonKept] = []
        waiting = self._root / f".taken-in-{os.getpid()}"
        try:
            for each in people:
                if os.path.lexists(self.folder(each.name)):
                    raise FileExistsError(f"there is '{each.name}' already")
                for path in (self._root, waiting, waiting / each.name):
                    own_folder(path)
                for what, text in {**each.records, **({LINES: each.lines} if each.lines else {})}.items():
                    write_private(waiting / each.name / what, text.decode())
                write_end(waiting / each.name / ANCHOR, each.end)
                made.append(PersonKept(each.name, {}, b"", each.end))
            for each in made:
                if each.end.count:
                    self.write_witness(each.name, each.end)
                (waiting / each.name).rename(self.folder(each.name))
        except BaseException:
            for each in made:
                if (waiting / each.name).exists():
                    continue
                shutil.rmtree(self.folder(each.name), ignore_errors=True)
                self.witness_path(each.name).unlink(missing_ok=True)
            raise
        finally:
            shutil.rmtree(waiting, ignore_errors=True)

    def held_elsewhere(self, name: str) -> bool:  # noqa: ARG002  (nobody else can reach it)
        return False

    def take_over(self, name: str) -> None:
        """Nothing: nobody else can reach it."""

    def place(self, name: str, record: str = "") -> str:
        return str(self.folder(name) / record)

    def witness_place(self, name: str) -> str:
        return str(self.witness_path(name))

    def place_of_current(self) -> str:
        return str(self._root / CURRENT)

    def folder(self, name: str) -> Path:
        """The folder of one person, whether it is there or not."""
        return self._root / name

    def witness_path(self, name: str) -> Path:
        """The witness of one person's log, whether it is there or not.

        A copy of the recipients' folder that is put back leaves it as it is. It is that of one folder: two
        data folders do not share a witness.
        """
        place = hashlib.sha256(str(self.folder(name).resolve()).encode()).hexdigest()[:16]
        return self._witnesses / f"{name}-{place}.json"

    def _real_folder(self, name: str) -> Path:
        folder = self.folder(name)
        refuse_link(folder)
        return folder

    def _own_folder(self, folder: Path) -> None:
        refuse_link(folder)
        for path in (self._root, folder):
            own_folder(path)

    @contextmanager
    def _alone(self, folder: Path) -> Iterator[None]:
        """While nobody has the log; where no lock can be had, as it is."""
        fd = None
        with suppress(CannotLock):
            fd = take_lock(folder / LOCK)
        try:
            yield
        finally:
            if fd is not None:
                os.close(fd)
