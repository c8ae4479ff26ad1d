"""What keeps a ledger from being used, and how it goes on: by a line that says so, at the cost of the day."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from kneadwave.errors import NotCleared
from kneadwave.people import ledger
from kneadwave.people.allowance import CLOCK_SLACK
from kneadwave.people.records import store_for
from kneadwave.store.files import reason_of
from kneadwave.store.lock import LockHeld
from kneadwave.store.log_lines import NOTICED, LogEntry
from kneadwave.store.people_store import PeopleStore

ELSEWHERE: Final = "another computer has begun something, and has not written down how it ended"


def amiss(name: str, now: datetime) -> tuple[str, ...]:
    """What is amiss in the ledger of `name`, in words; changes nothing. Errors as `ledger.read`."""
    broken = ledger.break_in(name)
    ahead = ahead_in(ledger.read(name), now)
    elsewhere = ELSEWHERE if store_for(name).held_elsewhere(name) else ""
    return tuple(filter(None, (broken, ahead, elsewhere)))


def ahead_in(entries: Sequence[LogEntry], now: datetime) -> str:
    """Which lines were written by a clock that ran ahead, in words; "" where none was."""
    late = [entry.at for entry in entries if entry.at > now + CLOCK_SLACK]
    if not late:
        return ""
    lines = "1 line is" if len(late) == 1 else f"{len(late)} lines are"
    return f"{lines} from the future, the last of {max(late):%Y-%m-%d %H:%M}"


def repair(name: str, now: datetime) -> tuple[str, ...]:
    """Write down what is amiss, so that the ledger goes on; what it was. Nothing is taken out.

    NotCleared where the ledger is in use or cannot be written.
    """
    store = store_for(name)
    elsewhere = store.held_elsewhere(name)
    if elsewhere:
        _take_over(store, name)
    with ledger.opened(name, now) as open_ledger:  # notices what does not fit
        ahead = ahead_in(open_ledger.entries, now) or (ELSEWHERE if elsewhere else "")
        if ahead:
            open_ledger.begin_anew(now, ahead)
        return tuple(
            str(entry.fields.get("why", ""))
            for entry in open_ledger.entries
            if entry.event == NOTICED and abs(entry.at - now) < CLOCK_SLACK
        )


def _take_over(store: PeopleStore, name: str) -> None:
    try:
        store.take_over(name)
    except LockHeld as error:
        raise NotCleared(
            f"another computer may be massaging '{name}' right now", hint="try again in two hours"
        ) from error
    except OSError as error:
        raise NotCleared(
            f"the ledger of '{name}' cannot be written: {reason_of(error)}", hint="try again"
        ) from error
