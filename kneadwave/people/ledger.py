"""What a recipient received, line by line, in a log that notices when it was changed.

The lines are a chained log (see store/append_log.py), appended one at a time and synced. An anchor beside it
says how many there are and the sum of the last one, and elsewhere a witness says the same (see witness.py).
Where all that lies is the store's business (see store/people_store.py).

A process that is killed leaves at most a line that was cut short, or a line that anchor and witness do not
know yet; both are fine. Anything else is noticed: a line "noticed" begins a new chain, and for that day
nothing more may be played.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from kneadwave.errors import NotCleared, PersonFileError, PersonRemedy
from kneadwave.people.records import store_for
from kneadwave.people.witness import WITNESSED, lost, misfit, witnessed
from kneadwave.store.database import HeldElsewhere
from kneadwave.store.files import reason_of
from kneadwave.store.ledger_end import LedgerEnd
from kneadwave.store.lock import CannotLock, LockHeld
from kneadwave.store.log_lines import NOTICED, Interim, LogEntry, LogFormat
from kneadwave.store.open_log import LogChanged, OpenLog
from kneadwave.store.people_store import PeopleStore

__all__ = ["FORMAT", "Ledger", "LedgerView", "break_in", "in_time", "opened", "read", "view"]

EVENTS: Final = ("screening", "ready", "began", "going", "ended", NOTICED)
_NUMBER: Final = rb"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"
_FIGURES: Final = rb'\{"[a-z_]+":%b(?:,"[a-z_]+":%b)*\}' % (_NUMBER, _NUMBER)
_DOSE: Final = rb'\{(?:"[a-z-]+":%b(?:,"[a-z-]+":%b)*)?\}' % (_FIGURES, _FIGURES)
GOING_LINE: Final = re.compile(
    rb'\{"at":"(?P<at>[0-9T:.+-]{29})","dose":%b,"event":"going","prev":"(?P<prev>[0-9a-f]{64})",'
    rb'"schema":1,"seconds":%b,"sum":"(?P<sum>[0-9a-f]{64})"\}' % (_DOSE, _NUMBER)
)
"""How far a sitting is, as it is nearly always written."""
FORMAT: Final = LogFormat(
    timespec="milliseconds",
    chained=True,
    events=frozenset(EVENTS),
    error=PersonFileError,
    later=frozenset({"going", "ended"}),
    interim=Interim(GOING_LINE, "ended"),
)
_WITHOUT_RECORD: Final = "without a record nothing is played; make room, or look who may write"


class Ledger:
    """The ledger of one recipient, open for this process alone; made by `opened`."""

    def __init__(
        self,
        name: str,
        store: PeopleStore,
        log: OpenLog,
        anchor: LedgerEnd | None,
        witness: LedgerEnd | None,
    ) -> None:
        self._name = name
        self._store = store
        self._log = log
        self._anchor = anchor
        self._witness = witness
        self._witnessed = witnessed(log.contents)

    @property
    def entries(self) -> list[LogEntry]:
        """Everything that can be trusted, oldest first, as `in_time` tells it; grows with `append`."""
        return in_time(self._log.entries)

    def begin_anew(self, now: datetime, why: str) -> None:
        """Begin a new chain on what was there when it was opened. NotCleared where that cannot be written."""
        self.notice(now, why, self._log.contents.everything)

    def append(self, event: str, now: datetime, **fields: Any) -> LogEntry:
        """Write one line and wait until it lies on the disk. NotCleared where that fails."""
        return self._append(LogEntry(now, event, fields), None)

    def notice(self, now: datetime, why: str, before: str) -> None:
        """Begin a new chain on what lies there, whatever it is worth; `before` is the sum of all of it."""
        self._anchor = self._witness = self._end  # they did not fit; the next ones do
        self._append(LogEntry(now, NOTICED, {"why": why}), before)

    def settle(self) -> None:
        """Let anchor and witness, in this order, know every line. NotCleared where that fails."""
        if self._anchor != self._end:
            with _told(self._name):
                self._store.write_anchor(self._name, self._end)
            self._anchor = self._end
        if self._witness != self._end:
            with _told(self._name, "witness of the ledger", f"at {self._store.witness_place(self._name)}"):
                self._store.write_witness(self._name, self._end)
            self._witness = self._end

    @property
    def _end(self) -> LedgerEnd:
        return LedgerEnd(self._log.count, self._log.last)

    def _append(self, entry: LogEntry, prev: str | None) -> LogEntry:
        with _told(self._name):
            self._log.check_unchanged()
        self.settle()  # a line that anchor and witness do not know must stay the only one
        if not self._witnessed:
            entry = replace(entry, fields={**entry.fields, WITNESSED: True})
        with _told(self._name):
            self._log.append(entry, prev=prev)
        self._witnessed = True
        self.settle()
        return entry


@contextmanager
def opened(name: str, now: datetime) -> Iterator[Ledger]:
    """The ledger of `name`, locked, verified, and mended where it was cut short.

    Raises NotCleared when another process has it or when it cannot be written, PersonFileError when it cannot
    be read or is of another version. A break in it is written down as noticed before it is handed out.
    """
    store = store_for(name)
    with _told(name):
        log = store.open_log(name, FORMAT)
    try:
        contents, anchor, witness = log.contents, store.anchor(name), store.witness(name)
        with _told(name):
            log.cut_tail()
        ledger = Ledger(name, store, log, anchor, witness)
        why = misfit(contents, anchor, witness)
        if why:
            ledger.notice(now, why, contents.everything)
        else:
            ledger.settle()
        yield ledger
    finally:
        log.close()


def read(name: str) -> list[LogEntry]:
    """Everything in the ledger of `name` that can be trusted, oldest first; changes and locks nothing.

    PersonFileError when it cannot be read or is of another version.
    """
    store = store_for(name)
    contents = store.read_log(name, FORMAT)
    store.anchor(name)  # one of another version is told
    return in_time(contents.entries)


@dataclass(frozen=True)
class LedgerView:
    """A ledger, read once, without the lines that told how far a sitting was which has ended."""

    entries: tuple[LogEntry, ...]
    """What can be trusted, oldest first, as `in_time` tells it."""
    lines: int
    """Whole lines, all of which were verified."""
    broken: str
    """As `break_in`."""


def view(name: str) -> LedgerView:
    """What the ledger of `name` tells of sittings and days, in a part of the time and room of `read`.

    Errors as `read`.
    """
    store = store_for(name)
    witness, anchor = store.witness(name), store.anchor(name)  # the lines are written before them
    contents = store.read_log(name, FORMAT, brief=True)
    return LedgerView(tuple(in_time(contents.entries)), contents.count, lost(contents, anchor, witness))


def in_time(entries: Sequence[LogEntry]) -> list[LogEntry]:
    """The same, but lines of a clock that ran ahead count for the moment when that was noticed."""
    found: list[LogEntry] = []
    until: datetime | None = None
    for entry in reversed(entries):
        if until is not None and entry.at > until:
            entry = replace(entry, at=until)
        if entry.event == NOTICED:
            until = entry.at
        found.append(entry)
    return found[::-1]


def break_in(name: str) -> str:
    """What in the ledger of `name` does not fit together and no run has noticed yet; "" where all does.

    An anchor or a witness that is behind is left out: a session that is running may not have written it yet.
    Errors as `read`.
    """
    return view(name).broken


@contextmanager
def _told(name: str, what: str = "ledger", where: str = "") -> Iterator[None]:
    """Whatever keeps the ledger of `name` from being written, as NotCleared."""
    try:
        yield
    except HeldElsewhere as error:
        raise NotCleared(
            f"another computer has begun something for '{name}', and has not written down how it ended",
            hint=PersonRemedy.WAIT_OR_REPAIR.of(name=name),
        ) from error
    except LockHeld as error:
        raise NotCleared.while_going_on(name) from error
    except LogChanged as error:
        raise NotCleared(
            f"the ledger of '{name}' was changed while it was in use",
            hint="let nothing else write there; the next run looks at it anew",
        ) from error
    except OSError as error:
        verb = "locked" if isinstance(error, CannotLock) else "written"
        raise NotCleared(
            f"the {what} of '{name}' cannot be {verb}: {reason_of(error)}",
            hint=f"{_WITHOUT_RECORD} {where or 'there'}",
        ) from error
