"""What keeps a ledger from being used, and how it goes on: by a line that says so, at the cost of the day."""

from collections.abc import Sequence
from datetime import datetime

from kneadwave.people import ledger
from kneadwave.people.allowance import CLOCK_SLACK
from kneadwave.store.append_log import NOTICED, LogEntry


def amiss(name: str, now: datetime) -> tuple[str, ...]:
    """What is amiss in the ledger of `name`, in words; changes nothing. Errors as `ledger.read`."""
    broken = ledger.break_in(name)
    ahead = ahead_in(ledger.read(name), now)
    return tuple(filter(None, (broken, ahead)))


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
    with ledger.opened(name, now) as open_ledger:  # notices what does not fit
        ahead = ahead_in(open_ledger.entries, now)
        if ahead:
            open_ledger.begin_anew(now, ahead)
        return tuple(
            str(entry.fields.get("why", ""))
            for entry in open_ledger.entries
            if entry.event == NOTICED and abs(entry.at - now) < CLOCK_SLACK
        )
