"""What `knead recipient` and `knead screen` do and say."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from kneadwave.cli.terminal.output import Output
from kneadwave.cli.terminal.prompts import ask_questions, from_terminal, somebody_there
from kneadwave.errors import UsageError
from kneadwave.people import ledger
from kneadwave.people import recipient as recipients
from kneadwave.people.answers import load_answers, template
from kneadwave.people.gate import blocked
from kneadwave.people.recipient import Recipient
from kneadwave.people.records import store_for
from kneadwave.people.screening import (
    Answers,
    Question,
    Recorded,
    answers_of_day,
    questions,
    ready_list,
    record,
    verdict,
)
from kneadwave.text import clean, word_of_command
from profiles.body import DEFAULT_STATURE_M, body_map

TAKEN: Final = ", as it is taken where nobody tells it"


def list_recipients(out: Output) -> None:
    """One line, or one event, for each recipient; the one in use is marked."""
    current = recipients.current()
    names = recipients.names()
    for name in names:
        out.event("recipient", name=name, current=name == current)
        out.say(f"* {name}  (in use)" if name == current else f"  {name}")
    if not names:
        out.say("there is no recipient yet; make one with: knead recipient new me --adult")


def show_recipient(out: Output, name: str | None, now: datetime) -> None:
    """What is recorded of a recipient, what it changes, and how today's screening stands."""
    recipient = recipients.load(recipients.chosen(name))
    factors = {zone: round(factor, 3) for zone, factor in recipient.zone_factors.items()}
    blocked = _blocked(recipient, now)
    state = _screening_state(recipient, now)
    out.event(
        "recipient",
        **recipient.model_dump(exclude={"schema_"}),
        limit=recipient.limit,
        zone_factors=factors,
        ceilings={zone: round(most, 4) for zone, most in recipient.ceilings.items()},
        screening=state,
        blocked=[
            {"id": question.id, "title": question.title, "consent": question.consent} for question in blocked
        ],
        notices=list(recipient.notices),
        folder=store_for(recipient.name).place(recipient.name),
    )
    out.say(out.bold(recipient.name))
    for what, value in _lines(recipient, state):
        out.say(f"  {what:<18}{value}")
    out.say(f"  {'kept in':<18}{clean(store_for(recipient.name).place(recipient.name))}")
    for notice in recipient.notices:
        out.say(f"note: {notice}")


def new_recipient(out: Output, name: str, fields: dict[str, Any]) -> None:
    """Record a recipient; the first one is the one in use."""
    store_for(name)  # a name that is none is told before anything else
    if "adult" not in fields:
        raise UsageError(
            "is it an adult or a child?",
            hint="say --adult or --child; no device is used on a child (rule 98)",
        )
    if name in recipients.names():
        raise UsageError(
            f"there is a recipient '{name}' already", hint=f"change it with: knead recipient change {name}"
        )
    recipient = recipients.validated(name=name, **_without_painless(fields))
    recipients.save(recipient)
    if recipients.current() is None:
        recipients.use(name)
    _told(out, recipient, "recorded")
    if recipient.adult and "stature_m" not in fields:
        out.say(
            f"taken as {recipient.stature_m:.2f} m tall; where spine and kidneys lie, which no motor comes "
            f"near, goes by that; where it is wrong: knead recipient change {name} --stature METRES"
        )
    if recipient.adult:
        out.say(f"before a massage: knead screen --recipient {name}")


def change_recipient(out: Output, name: str, fields: dict[str, Any]) -> None:
    """Change what is given and leave the rest; pain is changed zone by zone."""
    recipient = recipients.load(name)
    if not fields:
        raise UsageError(
            "nothing to change was given", hint="knead recipient change --help lists the options"
        )
    before = recipient.model_dump(exclude={"schema_"})
    pain = {**recipient.pain, **fields.get("pain", {})}
    changed = recipients.validated(**_without_painless({**before, **fields, "pain": pain}))
    recipients.save(changed)
    _told(out, changed, "changed")
    out.say("it counts from the next session on; in one that plays now, press p where it hurts")


def use_recipient(out: Output, name: str) -> None:
    """Make a recipient the one in use."""
    recipients.use(name)
    out.event("recipient", name=name, current=True)
    out.say(f"{name} is in use: knead run plays for {name}")


def pains_from(given: Sequence[str] | None) -> dict[str, int]:
    """ZONE=N, repeated, as a table. UsageError for anything else."""
    pains: dict[str, int] = {}
    for text in given or ():
        zone, equals, figure = text.partition("=")
        if not (zone and equals and figure.isascii() and figure.isdigit()):
            raise UsageError(
                f"'{clean(text)}' does not say where it hurts", hint="write ZONE=N, such as shoulder-left=5"
            )
        pains[zone] = int(figure)
    return pains


def print_template(out: Output, name: str | None) -> None:
    """The questions and the list before a run for `name`, as a file to fill in, or one event each."""
    for question in questions():
        out.event("question", **_question(question), ask=question.ask, consent=question.consent)
    for item in ready_list():
        out.event(
            "ready", id=item.id, rules=list(item.rules), say=item.say, powered=item.powered,
            postures=list(item.postures),
        )  # fmt: skip
    out.put(template(f"knead screen --answers FILE{_option(name)}"))


def screen(out: Output, name: str | None, answers_file: Path | None, now: datetime) -> None:
    """Ask, or read the answers, and record them. NotCleared at the end where a yes blocks."""
    recipient = recipients.load(recipients.chosen(name))
    if answers_file is None and not somebody_there():
        raise UsageError(
            "nobody can be asked here: this is no terminal",
            hint=f"knead screen --recipient {recipient.name} --template prints the questions; "
            "answer them with --answers FILE",
        )
    answers = (
        load_answers(answers_file, now.date())
        if answers_file
        else ask_questions(recipient.name, now.date(), from_terminal)
    )
    _tell_recorded(out, recipient, answers, record(recipient.name, answers, now), from_file=answers_file)


def _tell_recorded(
    out: Output, recipient: Recipient, answers: Answers, recorded: Recorded, *, from_file: Path | None
) -> None:
    missing = answers.not_ready if from_file else ()
    found = recorded.verdict
    out.event(
        "screening",
        recipient=recipient.name,
        clear=found.clear,
        blocked=[_question(q) for q in found.blocked],
        consented=[_question(q) for q in found.consented],
        ready=recorded.ready,
        ready_by_hand=recorded.by_hand,
        not_ready=[{"id": item.id, "say": item.say} for item in missing],
    )
    out.say(f"recorded for {recipient.name}")
    for question in found.consented:
        out.say(f"a doctor agreed: {question.title}{_rules(question)}")
    for question in found.blocked:
        out.say(f"this blocks today: {question.title}{_rules(question)}")
    if found.blocked:
        raise blocked(recipient.name, found.blocked[0])
    if recorded.ready:
        out.say("the list before a run holds for one run within the next hour")
    elif recorded.by_hand:
        out.say("the list holds for one routine by hand within the next hour")
    if missing and not answers.ready:
        out.say("the list before a run was not confirmed; on a terminal knead run asks for it")
    else:
        for item in missing:
            out.say(f"the list before a run lacks: {item.id} ({item.say})")
    out.say("nothing that was asked speaks against a massage today")
    if recipient.adult:
        out.say(f"next: {_next(recipient)}")


def _next(recipient: Recipient) -> str:
    whose = _option(None if recipient.name == recipients.current() else recipient.name)
    if recipient.first_session:
        return f"knead run first-session{whose}; knead profile list shows what else there is"
    return f"knead profile list shows what there is; knead run PROFILE{whose} plays it"


def _option(name: str | None) -> str:
    """The option that names a recipient in a command; "" for the one in use."""
    return "" if name is None else f" --recipient {word_of_command(name)}"


def _blocked(recipient: Recipient, now: datetime) -> tuple[Question, ...]:
    answers = answers_of_day(ledger.view(recipient.name).entries, now)
    return () if answers is None else tuple(verdict(answers).blocked)


def _screening_state(recipient: Recipient, now: datetime) -> str:
    answers = answers_of_day(ledger.view(recipient.name).entries, now)
    if answers is None:
        return "not asked today"
    found = verdict(answers)
    if found.blocked:
        return "blocked today: " + ", ".join(question.title for question in found.blocked)
    return "clear today" if found.clear else "some questions are still to be asked today"


def _lines(recipient: Recipient, state: str) -> list[tuple[str, str]]:
    """What is recorded, as what and how much."""
    lines = [
        ("age", "adult" if recipient.adult else "child: no device (rule 98)"),
        (
            "stature",
            f"{recipient.stature_m:.2f} m{TAKEN if recipient.stature_m == DEFAULT_STATURE_M else ''}",
        ),
        (
            "first session",
            "yes, until the day after one of 5 minutes or more without its pauses: 10 minutes, 15 at most "
            "(rules 167, 224)"
            if recipient.first_session
            else "no",
        ),
        ("sensitivity", f"{recipient.sensitivity}: {recipient.limit * 100:.0f} % of every ceiling"),
        ("posture", recipient.posture),
    ]
    if recipient.pregnancy_month is not None:
        lines.append(("pregnancy", f"month {recipient.pregnancy_month}"))
    if recipient.doctor_max_min is not None:
        lines.append(("doctor's maximum", f"{recipient.doctor_max_min:g} min (rule 223)"))
    lines += [("pain", f"{zone} {pain}{_lowered(recipient, zone)}") for zone, pain in recipient.pain.items()]
    return [*lines, ("screening", state)]


def _lowered(recipient: Recipient, zone: str) -> str:
    zones = body_map().zones_named(zone)
    if not recipient.zone_factors.keys() & {each.id for each in zones}:
        return ""
    theirs = f"{recipient.ceilings[zone] * 100:.0f} % at most there"
    return f": {theirs}, instead of {zones[0].ceiling * 100:.0f} % (rule 20)"


def _without_painless(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "pain": {zone: pain for zone, pain in fields.get("pain", {}).items() if pain > 0}}


def _told(out: Output, recipient: Recipient, what: str) -> None:
    out.event("recipient", **recipient.model_dump(exclude={"schema_"}), notices=list(recipient.notices))
    out.say(f"{recipient.name} is {what}")
    if not recipient.adult:
        out.say(f"note: no device is used on a child, so nothing is played for {recipient.name} (rule 98)")
    for notice in recipient.notices:
        out.say(f"note: {notice}")


def _question(question: Question) -> dict[str, Any]:
    return {"id": question.id, "rules": list(question.rules), "title": question.title}


def _rules(question: Question) -> str:
    numbers = ", ".join(str(rule) for rule in question.rules)
    return f" (rule{'s' if len(question.rules) > 1 else ''} {numbers})"
