"""How long a recipient may be massaged now. Every limit counts; the strictest one wins.

The ledger's history makes the limits hold from one run to the next: starting anew gains nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import isfinite
from typing import Final, NamedTuple

from firmware_bridge.clock import at_that_instant
from kneadwave.errors import NotCleared, PersonRemedy, UsageError
from kneadwave.people.history import FELT_DAY_S, FELT_S, History, Received, part_of, same_day
from kneadwave.people.recipient import SESSION_MIN, Recipient
from kneadwave.text import clock_text
from profiles.body import body_map
from profiles.model import Profile, Step
from profiles.technique import Guide

SESSION_S: Final = SESSION_MIN * 60.0  # rule 84
FIRST_S: Final = 10 * 60.0  # unless more is asked for; rule 224
FIRST_MOST_S: Final = 15 * 60.0  # rules 167, 224
FIRST_HAD_S: Final = 5 * 60.0  # a session this long on an earlier day was the first one; project's choice
SESSIONS_A_DAY: Final = 2  # rule 155; project's choice
GAP: Final = timedelta(hours=1)  # from the end of a session to the next start; project's choice
PART_S: Final = 5 * 60.0  # self-massage, each part of the body; rule 288
PART_WINDOW: Final = timedelta(hours=1)  # the time over which rule 288 counts; project's choice
CLOCK_SLACK: Final = timedelta(minutes=2)  # a clock may be set back that far; project's choice
LEAST_S: Final = 2.0  # in less than this nothing would move: a session fades in and out; project's choice
EARLY_MONTHS: Final = 4  # rules 149, 272
NO_PART: Final = frozenset(("", "breath", "posture", "whole"))


@dataclass(frozen=True)
class Allowance:
    """How many seconds may be played now, and what the person should know about it."""

    seconds: float
    notices: tuple[str, ...] = ()


class Limit(NamedTuple):
    """A limit in seconds, why there is one, and the rule behind it."""

    seconds: float
    why: str
    rule: int | None


def allowed(
    recipient: Recipient,
    history: History,
    profile: Profile,
    now: datetime,
    minutes: float | None = None,
    *,
    powered: bool = True,
) -> Allowance:
    """How long `profile` may be played for `recipient` now; `minutes` is what they asked for.

    Sessions of a day, and the hour between two, are counted where something is `powered`.

    A profile of at most a minute is a felt test: it has a limit of its own, a day's.
    Raises NotCleared, with the rule behind it, when it may not be played at all; UsageError for minutes that
    are no length.
    """
    check_person(recipient, profile)
    check_clock(history, now, recipient.name)
    check_untouched(history, now, recipient.name)
    session, notices = _session_limit(recipient, history, now, minutes)
    limits = [session]
    if powered:
        felt = profile.duration_s <= FELT_S
        limits.append(_felt_limit(history, now) if felt else _day_limit(history, now))
    if recipient.doctor_max_min is not None:
        limits.append(Limit(recipient.doctor_max_min * 60.0, "the doctor's maximum", 223))
    if profile.self_massage:
        limits.append(part_limit(history, profile, now))
    strictest = min(limits, key=lambda limit: limit.seconds)
    if strictest.seconds < LEAST_S:
        raise NotCleared(f"nothing is left: {strictest.why}", rule=strictest.rule, hint="try again later")
    if strictest.seconds < profile.duration_s:
        rule = f" (rule {strictest.rule})" if strictest.rule is not None else ""
        times = f"{clock_text(strictest.seconds)} of {clock_text(profile.duration_s)}"
        notices.append(f"it ends after {times} min: {strictest.why}{rule}")
    return Allowance(strictest.seconds, tuple(notices))


def left_of_last(
    recipient: Recipient,
    history: History,
    profile: Profile,
    now: datetime,
    minutes: float | None = None,
) -> Allowance:
    """What is left of the last sitting, which lost its device: what it might have had, less what it took.

    Raises NotCleared where there is none that may be taken up, and as `allowed` does.
    """
    hint = "begin a session anew"
    last = history.sittings[-1] if history.sittings else None
    if last is None or not last.may_go_on(profile.name, now):
        raise NotCleared("no session of this profile has lost its device in the last ten minutes", hint=hint)
    if profile.self_massage:
        raise NotCleared("self-massage is not taken up: its minutes count by parts", rule=288, hint=hint)
    whole = allowed(recipient, replace(history, sittings=history.sittings[:-1]), profile, now, minutes)
    left = whole.seconds - last.took_s
    if left < LEAST_S:
        raise NotCleared("nothing is left of the session that lost its device", hint=hint)
    return Allowance(left, whole.notices)


def check_person(recipient: Recipient, profile: Profile) -> None:
    """Raise NotCleared when this recipient may never get this profile, from a device or by hand."""
    if profile.locked_for:
        raise NotCleared(
            f"'{profile.name}' is never played: {profile.locked_for}",
            rule=98,
            hint=PersonRemedy.READ_PROFILE.of(profile=profile.name),
        )
    if not recipient.adult:
        raise NotCleared(
            f"'{recipient.name}' is recorded as a child, for whom nothing is played",
            rule=98,
            hint=PersonRemedy.BY_HAND.of(name=recipient.name),
        )
    month = recipient.pregnancy_month
    if month is None:
        return
    if month <= EARLY_MONTHS:
        raise NotCleared(
            f"no massage in month {month} of pregnancy, nor in any of the first {EARLY_MONTHS}",
            rule=272,
            hint=PersonRemedy.TELL_MONTH.of(name=recipient.name),
        )
    if "pregnancy" not in profile.good_for:
        raise NotCleared(
            f"'{profile.name}' does not say that it is for pregnancy; only what says so is played then",
            rule=273,
            hint=PersonRemedy.NOT_PRONE,
        )
    if _prone(recipient, profile):
        raise NotCleared(
            "nobody who is pregnant lies on the stomach",
            rule=273,
            hint=PersonRemedy.NOT_PRONE,
        )


def check_clock(history: History, now: datetime, name: str) -> None:
    """Raise NotCleared when the clock went back behind what is written already."""
    if history.last is not None and now < history.last - CLOCK_SLACK:
        raise NotCleared(
            f"the clock is behind the ledger, whose last line is of {_minute(history.last)}",
            hint=PersonRemedy.SET_CLOCK.of(name=name),
        )


def check_untouched(history: History, now: datetime, name: str) -> None:
    """Raise NotCleared when it was noticed today that the ledger had been changed."""
    if any(same_day(at, now) for at in history.noticed):
        raise NotCleared(
            "the ledger was changed by something else: that counts as the daily limit reached",
            hint=PersonRemedy.TOMORROW.of(name=name),
        )


def parts_of(step: Step) -> tuple[str, ...]:
    """The parts of the body that a step works on, each once for each of its zones."""
    if isinstance(step.technique, Guide) and step.technique.part not in NO_PART:
        return (step.technique.part,)
    if step.zones is not None:
        return tuple(part_of(zone) for zone in step.zones)
    if step.path is not None:
        found = (body_map().zone_at(x, y) for x, y in step.path)
        return tuple(part_of(zone.id) for zone in found if zone is not None)
    return ()


def _prone(recipient: Recipient, profile: Profile) -> bool:
    turns = (s.technique.posture for s in profile.played if isinstance(s.technique, Guide))
    asked = {profile.posture, *turns}
    return "prone" in asked or (profile.posture == "any" and recipient.posture == "prone")


def _session_limit(
    recipient: Recipient, history: History, now: datetime, minutes: float | None
) -> tuple[Limit, list[str]]:
    """The longest single session, and what to tell about it."""
    if minutes is not None and not (isfinite(minutes) and minutes > 0):
        raise UsageError(f"{minutes:g} minutes are no length", hint="write a number above 0")
    first = recipient.first_session and not _had_first(history, now)
    most, rule = (FIRST_MOST_S, 167) if first else (SESSION_S, 84)
    what = "a first session" if first else "a session"
    if minutes is None:
        usual = Limit(FIRST_S, "this is a first session", 224) if first else Limit(SESSION_S, what, 84)
        return usual, []
    if minutes * 60.0 <= most:
        return Limit(minutes * 60.0, "as was asked for", None), []
    told = f"{minutes:g} minutes were asked for; {what} lasts {most / 60:g} at most (rule {rule})"
    return Limit(most, f"the most for {what}", rule), [told]


def _had_first(history: History, now: datetime) -> bool:
    return any(s.seconds >= FIRST_HAD_S and not same_day(s.at, now) for s in _sessions(history))


def _sessions(history: History) -> Iterable[Received]:
    return (sitting for sitting in history.sittings if sitting.session)


def _day_limit(history: History, now: datetime) -> Limit:
    """NotCleared when today's sessions are used up, or the last one is not long enough ago."""
    ended = [sitting.ended for sitting in _sessions(history)]
    if ended and now - max(ended) < GAP:
        last, again = (at_that_instant(at, now) for at in (max(ended), max(ended) + GAP))
        raise NotCleared(
            f"the last session ended at {_minute(last)}; an hour lies between two",
            rule=155,
            hint=f"try again after {_minute(again)}",
        )
    today = sum(same_day(sitting.at, now) for sitting in _sessions(history))
    if today >= SESSIONS_A_DAY:
        raise NotCleared(
            f"{today} sessions today; {SESSIONS_A_DAY} are the most",
            rule=155,
            hint="the next one may begin tomorrow",
        )
    return Limit(SESSION_S, "a session", 84)


def _felt_limit(history: History, now: datetime) -> Limit:
    tests = (s.seconds for s in history.sittings if s.kind == "felt test" and same_day(s.at, now))
    return Limit(min(FELT_S, FELT_DAY_S - sum(tests)), "felt tests of five minutes a day", None)


def parts_used(history: History, now: datetime) -> dict[str, float]:
    """Seconds that each part of the body got within PART_WINDOW; PART_S are the most for self-massage."""
    used: dict[str, float] = {}
    for sitting in history.sittings:
        if now - sitting.ended < PART_WINDOW:
            for part, seconds in sitting.parts.items():
                used[part] = used.get(part, 0.0) + seconds
    return used


def part_limit(history: History, profile: Profile, now: datetime) -> Limit:
    """How far into the profile no part of the body has got more than PART_S within PART_WINDOW."""
    used = parts_used(history, now)
    elapsed = 0.0
    for step in profile.played:
        parts = parts_of(step)
        for part in set(parts) & used.keys():  # what was not worked on yet is the check's business
            share = parts.count(part) / len(parts)
            left = PART_S - used[part]
            if step.total_s * share > left:
                why = f"self-massage of the {part}, five minutes within an hour"
                return Limit(elapsed + max(0.0, left) / share, why, 288)
            used[part] += step.total_s * share
        elapsed += step.total_s
    return Limit(SESSION_S, "a session", 84)


def _minute(at: datetime) -> str:
    return at.strftime("%H:%M on %Y-%m-%d")
