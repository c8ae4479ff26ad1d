"""What is left of a day for a recipient: how many sessions, how long, and from when on."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from firmware_bridge.clock import at_that_instant, midnight_after
from kneadwave.errors import NotCleared
from kneadwave.people.allowance import GAP, SESSION_S, SESSIONS_A_DAY, allowed, check_clock
from kneadwave.people.history import FELT_DAY_S, FELT_S, History, same_day
from kneadwave.people.recipient import Recipient
from profiles.model import Profile

DAYS_AHEAD: Final = 2
"""Days ahead on which the next session is looked for: no limit but a doctor's reaches further."""


GOING_ON: Final = "a session is going on right now"


@dataclass(frozen=True)
class Standing:
    """What is left today. `start` is when the next session may begin, None when nobody can tell."""

    had: int
    left: int
    seconds: float
    """The longest that the next session may take."""
    felt_s: float
    """Seconds of felt tests that are left."""
    start: datetime | None
    why: str
    """Why the next session may not begin now; empty when it may."""
    rule: int | None = None
    hint: str = ""
    """What helps where no time does."""


def standing(recipient: Recipient, history: History, now: datetime) -> Standing:
    """What is left of the day for a session that suits anybody; a screening is asked for besides."""
    had = sum(each.session and same_day(each.at, now) for each in history.sittings)
    try:
        check_clock(history, now, recipient.name)
    except NotCleared as refusal:  # by waiting it goes on in years
        return Standing(had, 0, 0.0, 0.0, None, str(refusal), refusal.rule, refusal.hint or "")
    if history.is_going_on(now):
        return Standing(had, 0, 0.0, 0.0, None, GOING_ON, hint="what is left shows when it has ended")
    why, rule = "", None
    start, seconds = None, 0.0
    for at in _candidates(history, now):
        try:
            seconds = allowed(recipient, history, _session_of(SESSION_S), at).seconds
        except NotCleared as refusal:
            if not why:
                why, rule = str(refusal), refusal.rule
            continue
        start = at
        break
    today = start is not None and same_day(start, now)
    left = max(0, SESSIONS_A_DAY - had) if today else 0
    return Standing(had, left, seconds, _felt_left(recipient, history, now), start, why, rule)


def _felt_left(recipient: Recipient, history: History, now: datetime) -> float:
    """Seconds of felt tests that may still be played today."""
    try:
        allowed(recipient, history, _session_of(FELT_S), now)
    except NotCleared:
        return 0.0
    tests = sum(s.seconds for s in history.sittings if s.kind == "felt test" and same_day(s.at, now))
    return FELT_DAY_S - tests


def _candidates(history: History, now: datetime) -> list[datetime]:
    """The times at which a limit may cease to hold: now, after the gap, at the beginning of the next days."""
    ended = [each.ended + GAP for each in history.sittings if each.ended + GAP > now]
    after = [at_that_instant(at, now) for at in ended]
    days = [midnight_after(now, n) for n in range(1, DAYS_AHEAD + 1)]
    gaps = [at_that_instant(day + GAP, now) for day in days]
    return [now, *sorted(at for at in {*after, *days, *gaps} if at > now)]


@lru_cache(maxsize=2)
def _session_of(seconds: float) -> Profile:
    """A session that nobody is kept from; a felt test is none for pregnancy."""
    step = {
        "name": "strokes",
        "technique": {"kind": "stroking"},
        "zones": ["upper-back"],
        "duration_s": seconds,
        "level": 0.2,
    }
    good_for = [] if seconds <= FELT_S else ["pregnancy"]
    return Profile.model_validate({"name": "any", "posture": "seated", "good_for": good_for, "step": [step]})
