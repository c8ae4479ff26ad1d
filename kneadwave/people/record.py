"""Writing a screening down, and what follows from it for the day."""

from dataclasses import dataclass
from datetime import datetime

from kneadwave.people.allowance import check_clock
from kneadwave.people.history import history
from kneadwave.people.ledger import opened
from kneadwave.people.screening import Answers, Verdict, answers_of_day, verdict


@dataclass(frozen=True)
class Recorded:
    """The verdict of the day, and whether the list before a run was recorded as well."""

    verdict: Verdict
    ready: bool


def record(name: str, answers: Answers, now: datetime) -> Recorded:
    """Write `answers` into the ledger of `name`, with the list before a run where all of it is so.

    The verdict takes in what was answered earlier today. Raises as `ledger.opened` does, and NotCleared when
    the clock is behind the ledger.
    """
    with opened(name, now) as ledger:
        check_clock(history(ledger.entries), now)
        ledger.append("screening", now, **answers.fields())
        ready = not answers.not_ready
        if ready:
            ledger.append("ready", now)
        return Recorded(verdict(answers_of_day(ledger.entries, now) or answers), ready)
