"""Hands and breath in the ledger: no device moves, so there is no gate, but what a body had is remembered."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from kneadwave.errors import NotCleared
from kneadwave.people.allowance import LEAST_S, Allowance, check_clock, part_limit
from kneadwave.people.diary import SittingDiary
from kneadwave.people.history import history
from kneadwave.people.ledger import Ledger, opened
from kneadwave.people.recipient import chosen, current, load
from profiles.model import Profile

UNLIMITED = Allowance(float("inf"))


@contextmanager
def sitting(
    name: str | None, profile: Profile, now: datetime
) -> Iterator[tuple[SittingDiary | None, Allowance]]:
    """A diary for a routine of hands, and how long it may take; without a recipient there is no diary.

    Self-massage keeps to five minutes a part of the body within an hour (rule 288). Raises NotCleared when
    they are used up, another run is going on or nothing can be written, and PersonFileError and UsageError as
    the gate does.
    """
    if name is None and current() is None:
        yield None, UNLIMITED
        return
    with opened(load(chosen(name)).name, now) as ledger:
        allowance = _allowance(ledger, profile, now)
        diary = SittingDiary(ledger)
        diary.begin(profile.name, "", profile.duration_s, now)
        yield diary, allowance


def _allowance(ledger: Ledger, profile: Profile, now: datetime) -> Allowance:
    past = history(ledger.entries)
    check_clock(past, now)
    if not profile.self_massage:
        return UNLIMITED
    limit = part_limit(past, profile, now)
    if limit.seconds < LEAST_S:
        raise NotCleared(f"nothing is left: {limit.why}", rule=limit.rule, hint="try again in an hour")
    if limit.seconds >= profile.duration_s:
        return UNLIMITED
    return Allowance(limit.seconds, (f"it ends early: {limit.why} (rule {limit.rule})",))
