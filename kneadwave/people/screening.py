"""The screening: which questions there are, what was answered, what follows from it, and writing it down.

One yes blocks for the day. A doctor's consent lifts it where the article leaves room for that (148), and only
there; questions.toml says where.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from kneadwave.errors import NotCleared, PersonRemedy
from kneadwave.people.allowance import check_clock
from kneadwave.people.history import history, same_day
from kneadwave.people.ledger import opened
from kneadwave.store.log_lines import LogEntry

CONSENT_DAYS: Final = 180
"""How old a doctor's consent may be, days. Project's choice: a health that a doctor looked at half a year ago
may be another one by now."""
REASON_MAX: Final = 500  # characters; project's choice: a paragraph, so that a line of the ledger stays short


@dataclass(frozen=True)
class Question:
    """A contraindication as a question; `title` names it in the middle of a sentence."""

    id: str
    rules: tuple[int, ...]
    title: str
    ask: str
    consent: bool


@dataclass(frozen=True)
class Ready:
    """Something that must be so right before a run."""

    id: str
    rules: tuple[int, ...]
    say: str
    powered: bool = False
    """Whether it is asked only where a powered part touches."""
    postures: tuple[str, ...] = ()
    """It is asked only where somebody is in one of these meanwhile; empty: always."""


@dataclass(frozen=True)
class Confirmation:
    """What of the list before a run was confirmed, by id, and when. TypeError for anything but a frozenset.

    A mapping of answers would count a "no" as said.
    """

    items: frozenset[str]
    at: datetime

    def __post_init__(self) -> None:
        if not isinstance(self.items, frozenset):
            raise TypeError("what was confirmed is a frozenset of ids")


@dataclass(frozen=True)
class Consent:
    """A doctor's consent: its day (ISO) and what it says."""

    date: str
    reason: str


@dataclass(frozen=True)
class Answers:
    """What was answered: question id -> yes or no, and the consents to a yes."""

    answers: Mapping[str, bool] = field(default_factory=dict)
    consents: Mapping[str, Consent] = field(default_factory=dict)
    ready: frozenset[str] = frozenset()
    """The items of the list before a run that are so."""

    @property
    def not_ready(self) -> tuple[Ready, ...]:
        """What of the list before a run is not so, or was not answered."""
        return tuple(item for item in ready_list() if item.id not in self.ready)

    @property
    def not_ready_by_hand(self) -> tuple[Ready, ...]:
        """What of it is missing where no powered part touches."""
        return tuple(item for item in ready_list(powered=False) if item.id not in self.ready)

    def fields(self) -> dict[str, Any]:
        """The screening as it stands in the ledger."""
        consents = {key: {"date": c.date, "reason": c.reason} for key, c in self.consents.items()}
        return {"answers": dict(self.answers), "consent": consents}


@dataclass(frozen=True)
class Verdict:
    """What follows from the answers of a day."""

    blocked: tuple[Question, ...] = ()
    """Answered with yes, and no consent lifts it."""
    consented: tuple[Question, ...] = ()
    """Answered with yes, and a doctor agreed."""
    unanswered: tuple[Question, ...] = ()

    @property
    def clear(self) -> bool:
        """Whether somebody may be massaged."""
        return not self.blocked and not self.unanswered


@dataclass(frozen=True)
class Recorded:
    """The verdict of the day, and whether the list before a run was recorded as well."""

    verdict: Verdict
    ready: bool
    by_hand: bool = False
    """Whether that list holds for a routine by hand, which asks less."""


@lru_cache(maxsize=1)
def questions() -> tuple[Question, ...]:
    """Every question, in the order in which it is asked."""
    return tuple(
        Question(q["id"], tuple(q["rules"]), q["title"], q["ask"], q["consent"]) for q in _data()["question"]
    )


@lru_cache(maxsize=32)
def ready_list(*, powered: bool = True, postures: frozenset[str] | None = None) -> tuple[Ready, ...]:
    """The list before a run; without what concerns a device alone where none is `powered`.

    `postures` are those in which somebody is meanwhile; None where nobody knows: then all is asked.
    """
    found = (
        Ready(r["id"], tuple(r["rules"]), r["say"], r.get("powered", False), tuple(r.get("postures", ())))
        for r in _data()["ready"]
    )
    return tuple(
        item
        for item in found
        if (powered or not item.powered)
        and (postures is None or not item.postures or not postures.isdisjoint(item.postures))
    )


def verdict(answers: Answers) -> Verdict:
    """What follows from `answers`: one yes blocks, a question without an answer as well."""
    yes = [q for q in questions() if answers.answers.get(q.id)]
    consented = tuple(q for q in yes if q.consent and q.id in answers.consents)
    return Verdict(
        blocked=tuple(q for q in yes if q not in consented),
        consented=consented,
        unanswered=tuple(q for q in questions() if q.id not in answers.answers),
    )


def answers_of_day(entries: Iterable[LogEntry], now: datetime) -> Answers | None:
    """What was answered on the day of `now`, all screenings together; None when there was none.

    A yes stands for the day; a consent can come later.
    """
    answers: dict[str, bool] = {}
    consents: dict[str, Consent] = {}
    found = False
    for entry in entries:
        if entry.event != "screening" or not same_day(entry.at, now):
            continue
        found = found or _today_everywhere(entry.at, now)
        for key, yes in entry.fields.get("answers", {}).items():
            answers[key] = answers.get(key, False) or yes is not False
        for key, consent in entry.fields.get("consent", {}).items():
            consents[key] = Consent(consent["date"], consent["reason"])
    return Answers(answers, consents) if found else None


def _today_everywhere(then: datetime, now: datetime) -> bool:
    """Whether `then` lies on the day of `now` by the calendars of both places."""
    here, there = then.astimezone(now.tzinfo).date(), now.astimezone(then.tzinfo).date()
    return here == now.date() and there == then.date()


def record(name: str, answers: Answers, now: datetime) -> Recorded:
    """Write `answers` into the ledger of `name`, with the list before a run where all of it is so.

    The verdict takes in what was answered earlier today. Raises as `ledger.opened` does, and NotCleared when
    the clock is behind the ledger, and for the list alone where not every question was answered today.
    """
    with opened(name, now) as ledger:
        check_clock(history(ledger.entries), now, name)
        if answers.answers:
            ledger.append("screening", now, **answers.fields())
        else:
            _require_answers(name, answers_of_day(ledger.entries, now))
        ready, by_hand = not answers.not_ready, not answers.not_ready_by_hand
        if by_hand:
            ledger.append("ready", now, **confirmed_fields(ready_list(powered=ready)))
        return Recorded(verdict(answers_of_day(ledger.entries, now) or answers), ready, by_hand)


def _require_answers(name: str, today: Answers | None) -> None:
    if today is None or verdict(today).unanswered:
        raise NotCleared(
            f"the list before a run is not all: the questions for {name} are still to be answered today",
            hint=PersonRemedy.SCREEN.of(name=name),
        )


def confirmed_fields(items: Sequence[Ready]) -> dict[str, Any]:
    """The fields of a ledger's line for the list before a run: what of it was not asked.

    `by_hand`: nothing that concerns a device alone; `lacks`: the ids that are missing besides.
    """
    by_hand = not any(item.powered for item in items)
    lacks = [item.id for item in ready_list(powered=not by_hand) if item not in items]
    return ({"by_hand": True} if by_hand else {}) | ({"lacks": lacks} if lacks else {})


def holds(fields: Mapping[str, Any], items: Sequence[Ready]) -> bool:
    """Whether a list that was confirmed so holds where these `items` are asked."""
    by_hand, lacks = fields.get("by_hand"), fields.get("lacks", ())
    return not any((item.powered and by_hand) or item.id in lacks for item in items)


def consent_problem(question: Question, consent: Consent, today: date) -> str:
    """Why a consent does not count; empty when it does."""
    if not question.consent:
        return f"no consent lifts this (rule {question.rules[0]})"
    if not consent.reason.strip():
        return "a consent needs the doctor's reason"
    if len(consent.reason) > REASON_MAX:
        return f"the reason is longer than {REASON_MAX} characters"
    try:
        day = date.fromisoformat(consent.date)
    except ValueError:
        return "a consent needs its date, as YYYY-MM-DD"
    if day > today:
        return f"the consent is dated {day}, which is still to come"
    if today - day > timedelta(days=CONSENT_DAYS):
        return f"the consent of {day} is older than {CONSENT_DAYS} days"
    return ""


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "questions.toml").read_text(encoding="utf-8"))
