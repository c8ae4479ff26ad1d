"""The log of one person in PostgreSQL, which outlives a line to it that is cut.

A thread hands in one line after the other. What may be handed in later (`LogFormat.later`: how far a sitting
is, and that it is over) is waited for a moment only: where the database does not take it, it is kept by this
computer, and handed in as soon as that answers, or when this computer opens a log next. Everything else is
waited for, and fails where it cannot be written.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Event, Thread
from typing import Final, Protocol

from kneadwave.store.database import Database, PersonHold, RowExists, Statement, StoreLost
from kneadwave.store.log_lines import LogContents, LogFormat, decode, encode
from kneadwave.store.open_log import LogChanged, OpenLog
from kneadwave.store.rows_log import ANY_LINE, SealedLines
from kneadwave.store.unsent import Unsent

MOMENT_S: Final = 0.1
"""How long a running session waits for a line to be taken, seconds; project's choice: nothing that plays may
stall for longer."""
RETRY_S: Final = 2.0
"""Between two tries to reach a database that is lost, seconds."""
SURE_S: Final = 10.0
"""How long to wait for a line without which nothing begins, seconds."""
LEAVE_S: Final = 5.0
"""How long to wait at the end for what is still to be handed in, seconds."""


class SharedHold(PersonHold, Protocol):
    """That no other computer writes for a person, kept over a line that was cut."""

    def database(self) -> tuple[Database, bool]:
        """A connection that has the lock, and whether it is another one than the last time.

        StoreLost, LockHeld.
        """

    def rows(self) -> list[Statement]:
        """What says in the database that this computer writes; nothing where it says so already."""

    def written(self) -> None:
        """Those rows are there."""

    def release(self) -> None:
        """Say that all is handed in. OSError."""


@dataclass
class Delivery:
    """Lines on their way."""

    first: int
    """The number of the first one."""
    lines: Sequence[bytes]
    may_wait: bool
    done: Event = field(default_factory=Event)
    error: Exception | None = None
    given_up: bool = False


class PostgresLog(OpenLog):
    """The log of one person in PostgreSQL; made by `PeopleInPostgres`."""

    def __init__(
        self,
        hold: SharedHold,
        lines: SealedLines,
        unsent: Unsent,
        form: LogFormat,
        contents: LogContents,
        most: int,
    ) -> None:
        super().__init__(form, contents)
        self._hold = hold
        self._lines = lines
        self._unsent = unsent
        self._most = most
        self._queue: SimpleQueue[Delivery | None] = SimpleQueue()
        self._leaving = Event()
        self._thread: Thread | None = None
        self._abandoned = False
        self._spoiled: LogChanged | None = None  # somebody else wrote
        self._left = 0  # lines that the thread could not hand in

    def check_unchanged(self) -> None:
        """Nothing: whoever wrote meanwhile took the number of the next line."""

    def cut_tail(self) -> None:
        """Nothing: there is no part of a row."""

    def close(self) -> None:
        try:
            self._leaving.set()
            if self._thread is not None:
                self._queue.put(None)
                self._thread.join(LEAVE_S)
                self._abandoned = self._thread.is_alive()  # then it closes what it still works with
            if not (self._abandoned or self._left or self._spoiled):
                self._unsent.clear()
                self._hold.release()
        except OSError:
            pass  # the next log that this computer opens sees to it
        finally:
            if self._thread is None or not self._thread.is_alive():
                self._hold.close()

    def _keep(self, lines: Sequence[bytes], *, later: bool) -> None:
        self._deliver(Delivery(self._most + 1, lines, later))
        self._most += len(lines)

    def _deliver(self, delivery: Delivery) -> None:
        if self._spoiled is not None:  # noticed too late to be told at once
            raise self._spoiled
        if self._thread is None:
            self._thread = Thread(target=self._hand_in, daemon=True)
            self._thread.start()
        self._queue.put(delivery)
        if not delivery.done.wait(MOMENT_S if delivery.may_wait else SURE_S):
            if not delivery.may_wait:
                delivery.given_up = True
                raise StoreLost("the database does not answer")
            for number, line in enumerate(delivery.lines, delivery.first):
                self._unsent.add(number, line)
        elif delivery.error is not None:
            raise delivery.error

    def _hand_in(self) -> None:
        while (delivery := self._queue.get()) is not None:
            if not self._left and self._spoiled is None and self._handed_in(delivery):
                delivery.done.set()
            else:  # and so are all that follow: no line overtakes another
                self._left += len(delivery.lines)
        if self._abandoned:
            self._hold.close()

    def _handed_in(self, delivery: Delivery) -> bool:
        """Try until it is there, or nothing is left to do about it; once more when the log is left."""
        once_more = True
        while not (delivery.given_up or self._tried(delivery)):
            if not self._leaving.wait(RETRY_S):
                continue
            if not once_more:
                return False
            once_more = False
        return True

    def _tried(self, delivery: Delivery) -> bool:
        """Try once; whether that is all there is to do."""
        try:
            db, another = self._hold.database()
            if not (another and self._lines.have(db, delivery.first, delivery.lines)):
                db.change([*self._hold.rows(), *self._lines.added(delivery.lines, delivery.first)])
            self._hold.written()
        except RowExists:
            delivery.error = self._spoiled = LogChanged("rows")
        except Exception as error:  # whatever it is, the thread goes on
            if delivery.may_wait:
                return False
            delivery.error = error if isinstance(error, OSError) else StoreLost(str(error))
        return True


def hand_in(db: Database, lines: SealedLines, unsent: Unsent, form: LogFormat) -> None:
    """Add what this computer kept, as it is where nobody wrote meanwhile, else behind that. OSError."""
    waiting = [(number, line) for number, line in unsent.lines() if not lines.have(db, number, [line])]
    most = lines.extent(db)[1]
    if waiting and waiting[0][0] == most + 1:
        db.change(lines.added([line for _, line in waiting], most + 1))
    elif waiting:
        last, data = lines.end(db).last, []
        for _, line in waiting:
            for entry in decode(line, ANY_LINE, "").entries:
                again, last = encode(entry, form, last)
                data.append(again)
        db.change(lines.added(data, most + 1))
    unsent.clear()
