"""The gate in front of every massage: only what it hands out, a Clearance, opens a device or guides hands.

    with admit(name, profile, now, confirmed=…) as sitting:
        …                                                     open and arm the device with sitting.clearance
        sitting.begin(profile.name, url, planned_s, now)      writes it down; before anything moves
        sitting.going(seconds, dose, now)                     at every update; writes every 15 s
        sitting.end("completed", seconds, dose, now)

Deny by default: without a recipient, a screening of today, the list before a run, and time that is left,
there is no Clearance. Nobody else can make one. Where hands do it all (`powered=False`), the same holds but
for what concerns a device alone; such a Clearance opens none.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import InitVar, dataclass, field
from datetime import datetime, timedelta
from typing import Final

from kneadwave.errors import NotCleared, PersonRemedy
from kneadwave.people.allowance import (
    CLOCK_SLACK,
    Allowance,
    allowed,
    check_clock,
    check_person,
    check_untouched,
    left_of_last,
)
from kneadwave.people.diary import Dose, SittingDiary
from kneadwave.people.history import history
from kneadwave.people.ledger import Ledger, opened
from kneadwave.people.recipient import Recipient, chosen, load
from kneadwave.people.screening import (
    Confirmation,
    Question,
    Ready,
    answers_of_day,
    confirmed_fields,
    holds,
    ready_list,
    verdict,
)
from profiles.model import Profile
from profiles.posture import taken
from profiles.technique import Mounting

__all__ = ["Clearance", "Confirmation", "Dose", "Ready", "Sitting", "admit", "simulation", "unconfirmed"]

READY_FOR: Final = timedelta(hours=1)  # how long a confirmed list holds, for one run; project's choice
_MAKER: Final = object()


@dataclass(frozen=True)
class Clearance:
    """The permission to open a device, and how far it goes. TypeError where anybody else makes one."""

    recipient: Recipient | None
    """Who is massaged; None for a simulation."""
    allowed_s: float
    """Seconds that may be played at most."""
    limit: float
    """The highest level, as a fraction of every ceiling."""
    factors: dict[str, float]
    """Zone id -> factor on its ceiling, for zones that hurt; zones that are not named keep theirs."""
    notices: tuple[str, ...]
    """What the person should be told before it begins."""
    maker: InitVar[object]
    _holds: Callable[[], bool] = field(repr=False, compare=False)

    def __post_init__(self, maker: object) -> None:
        if maker is not _MAKER:
            raise TypeError("only the gate makes a Clearance")

    def covers(self, *, simulated: bool) -> bool:
        """Whether a device may be opened with it, now; `simulated` says that it is a virtual cushion.

        A simulation covers a virtual cushion alone; a sitting covers any device until it is over.
        """
        return simulated if self.recipient is None else self._holds()


class Sitting:
    """One run for one recipient; what happens goes into the ledger. Made by `admit`."""

    def __init__(
        self,
        ledger: Ledger,
        recipient: Recipient,
        allowed_s: float,
        notices: tuple[str, ...],
        maker: object,
        *,
        goes_on: bool = False,
        powered: bool = True,
    ) -> None:
        self._goes_on = goes_on
        self.clearance = Clearance(
            recipient=recipient,
            allowed_s=allowed_s,
            limit=recipient.limit,
            factors=recipient.zone_factors,
            notices=notices,
            maker=maker,
            _holds=lambda: powered and not self._diary.over,
        )
        self._ledger = ledger
        self._diary = SittingDiary(ledger)

    def begin(self, profile: Profile | str, device: str, planned_s: float, now: datetime) -> None:
        """Write down that it begins, which uses up the list before a run; `device` is "" for hands alone.

        Call it when the device is armed, before anything moves. NotCleared when it cannot be written, and
        when the screening grew old or the clock went back while the list was read.
        """
        if self._diary.begun or self._diary.over or self.clearance.recipient is None:
            raise RuntimeError("a sitting begins once")
        self.check(now)
        name = profile.name if isinstance(profile, Profile) else profile
        self._diary.begin(name, device, planned_s, now, goes_on=self._goes_on)

    def check(self, now: datetime) -> None:
        """NotCleared where the screening grew old or the clock went back since; nothing is opened then."""
        assert self.clearance.recipient is not None
        try:
            check_clock(history(self._ledger.entries), now, self.clearance.recipient.name)
            _check_screening(self._ledger, self.clearance.recipient, now)
        except NotCleared:
            self._diary.over = True
            raise

    def going(self, seconds: float, dose: Dose, now: datetime) -> None:
        """Note how far it is: `seconds` that the device moved or hands worked, and the dose so far.

        Call it at every update; it writes at most every 15 s. NotCleared when it cannot be written: then the
        session has to stop.
        """
        self._diary.going(seconds, dose, now)

    def end(self, reason: str, seconds: float, dose: Dose, now: datetime, *, losses: int = 0) -> None:
        """Write down that it is over, why, and how often the link was lost; once.

        NotCleared when it cannot be written.
        """
        self._diary.end(reason, seconds, dose, now, losses=losses)

    def leave(self) -> None:
        self._diary.leave()


def simulation() -> Clearance:
    """A clearance for a virtual cushion and nothing else."""
    return Clearance(
        recipient=None,
        allowed_s=float("inf"),
        limit=1.0,
        factors={},
        notices=(),
        maker=_MAKER,
        _holds=lambda: False,
    )


@contextmanager
def admit(
    name: str | None,
    profile: Profile,
    now: datetime,
    *,
    minutes: float | None = None,
    confirmed: Confirmation | None,
    going_on: bool = False,
    powered: bool = True,
    mountings: Sequence[Mounting] = (),
) -> Iterator[Sitting]:
    """Let `profile` be played for the recipient `name` (None: the one in use), one run at a time.

    `confirmed` is what was said to `unconfirmed`, None where nobody can be asked; it serves one run, within
    the hour. `going_on`: take up the last sitting, which lost its device, for the time that is left of it.
    Where nothing is `powered`, hands do it all; `mountings` are how the devices lie, where that is known.
    Raises NotCleared, with the rule behind it, PersonFileError for records that cannot be read, UsageError
    for a recipient that does not exist. A sitting that is left without `end` is written down as broken off.
    """
    recipient = load(chosen(name))
    with opened(recipient.name, now) as ledger:
        allowance = _allowance(ledger, recipient, profile, now, minutes, going_on=going_on, powered=powered)
        asked = _asked(profile, powered=powered, mountings=mountings)
        _check_ready(ledger, recipient.name, now, confirmed, asked)
        notices = recipient.notices + allowance.notices
        sitting = Sitting(
            ledger, recipient, allowance.seconds, notices, _MAKER, goes_on=going_on, powered=powered
        )
        try:
            yield sitting
        finally:
            sitting.leave()


def unconfirmed(
    name: str | None,
    profile: Profile,
    now: datetime,
    *,
    minutes: float | None = None,
    going_on: bool = False,
    powered: bool = True,
    mountings: Sequence[Mounting] = (),
) -> tuple[Ready, ...]:
    """What `admit` will ask to be confirmed, empty where it was within the last hour; raises as it does."""
    recipient = load(chosen(name))
    with opened(recipient.name, now) as ledger:
        _allowance(ledger, recipient, profile, now, minutes, going_on=going_on, powered=powered)
        asked = _asked(profile, powered=powered, mountings=mountings)
        return () if _confirmed(ledger, now, asked) else asked


def _asked(profile: Profile, *, powered: bool, mountings: Sequence[Mounting]) -> tuple[Ready, ...]:
    return ready_list(powered=powered, postures=taken(profile, mountings if powered else ()))


def _allowance(
    ledger: Ledger,
    recipient: Recipient,
    profile: Profile,
    now: datetime,
    minutes: float | None,
    *,
    going_on: bool,
    powered: bool,
) -> Allowance:
    """What this recipient may have now; NotCleared where that is nothing."""
    past = history(ledger.entries)
    check_person(recipient, profile)
    check_clock(past, now, recipient.name)
    check_untouched(past, now, recipient.name)
    _check_screening(ledger, recipient, now)
    if going_on:
        return left_of_last(recipient, past, profile, now, minutes)
    return allowed(recipient, past, profile, now, minutes, powered=powered)


def _check_screening(ledger: Ledger, recipient: Recipient, now: datetime) -> None:
    """A screening of today, and no yes in it that nothing lifts."""
    hint = PersonRemedy.SCREEN.of(name=recipient.name)
    answers = answers_of_day(ledger.entries, now)
    if answers is None:
        raise NotCleared(f"'{recipient.name}' was not asked today what speaks against a massage", hint=hint)
    found = verdict(answers)
    if found.blocked:
        raise blocked(recipient.name, found.blocked[0])
    if found.unanswered:
        raise NotCleared(f"today's screening lacks an answer: {found.unanswered[0].ask}", hint=hint)
    _check_pregnancy(recipient, "later-pregnancy" in (q.id for q in found.consented), hint)


def _check_pregnancy(recipient: Recipient, consented: bool, hint: str) -> None:
    """What is recorded and what was answered have to agree: the posture (273) depends on it."""
    if recipient.pregnancy_month is not None and not consented:
        raise NotCleared(
            f"'{recipient.name}' is recorded as pregnant, and no doctor's consent is recorded today",
            rule=272,
            hint=hint,
        )
    if recipient.pregnancy_month is None and consented:
        raise NotCleared(
            f"'{recipient.name}' was said to be pregnant today, but the month is not recorded",
            rule=272,
            hint=PersonRemedy.RECORD_MONTH.of(name=recipient.name),
        )


def blocked(name: str, question: Question) -> NotCleared:
    """The error for a yes that blocks."""
    consent = PersonRemedy.RECORD_CONSENT.of(name=name)
    hint = consent if question.consent else "nothing lifts this; it stands for the day"
    return NotCleared(f"no massage for '{name}' today: {question.title}", rule=question.rules[0], hint=hint)


def _check_ready(
    ledger: Ledger, name: str, now: datetime, confirmed: Confirmation | None, asked: tuple[Ready, ...]
) -> None:
    """The list before a run: recorded within the last hour and not used yet, or confirmed for this one."""
    if _confirmed(ledger, now, asked):
        return
    if confirmed is None:
        raise NotCleared(
            "the list before a run was not confirmed, and nobody can be asked here",
            hint=PersonRemedy.CONFIRM_LIST.of(name=name),
        )
    if not all(item.id in confirmed.items for item in asked):
        raise NotCleared("not everything on the list before a run is so", hint="see to it, then start again")
    used = _last_began(ledger)
    if not _is_fresh(confirmed.at, now) or (used is not None and confirmed.at <= used):
        raise NotCleared(
            "the list before a run was confirmed for an earlier one, or more than an hour ago",
            hint="confirm it anew; it holds for one run",
        )
    ledger.append("ready", now, **confirmed_fields(asked))


def _confirmed(ledger: Ledger, now: datetime, asked: tuple[Ready, ...]) -> bool:
    """Whether what is `asked` was recorded within the last hour, and nothing began since.

    The latest list counts; one that was confirmed for hands does not do for a device.
    """
    for entry in reversed(ledger.entries):
        if entry.event == "began":
            return False
        if entry.event == "ready" and _is_fresh(entry.at, now):
            return holds(entry.fields, asked)
    return False


def _last_began(ledger: Ledger) -> datetime | None:
    """When a run began last, to the end of that millisecond: a ledger knows no shorter times."""
    began = (entry.at for entry in reversed(ledger.entries) if entry.event == "began")
    return next((at + timedelta(milliseconds=1) for at in began), None)


def _is_fresh(at: datetime, now: datetime) -> bool:
    return -CLOCK_SLACK <= now - at < READY_FOR
