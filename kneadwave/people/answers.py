"""Answers to the screening as a file: `knead screen --template` writes it empty, `--answers` reads it."""

from datetime import date
from pathlib import Path
from typing import Any, Final

from kneadwave.errors import PersonFileError, PersonRemedy
from kneadwave.people.screening import (
    Answers,
    Consent,
    Question,
    consent_problem,
    questions,
    ready_list,
)
from profiles.files.toml_model import TomlKind, joined, key_text, parse_table, read_text, shown
from profiles.near import nearest_or

MAX_BYTES: Final = 1 << 16
"""64 KiB. Project's choice: the template filled in is some 10 KiB."""
KIND: Final = TomlKind("file of answers", MAX_BYTES, joined(PersonFileError))
_KEYS: Final = ("date", "question", "ready")
_HEAD: Final = """\
# Questions before a massage, on a device or by hand. Write "yes" or "no" into each answer, one by one.
# A yes to a question means: no massage today. The list behind the questions needs a yes to each line.
# Where a `consent` stands, a doctor's consent (date and reason) lifts a question's yes.
# Then: {then}
# date = "YYYY-MM-DD"    may be given; the answers then count on that day alone
"""
_READY_HEAD: Final = """
# The list right before a run. When all of it is "yes", it holds for one run within the next hour.
"""


def template(then: str) -> str:
    """Every question and the list before a run, as TOML with empty answers; `then` says what to do next."""
    parts = [_HEAD.format(then=then)]
    for question in questions():
        parts.append(
            f"\n[question.{question.id}]    # rule {_numbers(question.rules)}\n# {question.ask}\n"
            'answer = ""\n'
        )
        if question.consent:
            parts.append('consent = { date = "", reason = "" }\n')
    parts.append(_READY_HEAD)
    for item in ready_list():
        only = ", for a device alone" if item.powered else ""
        parts.append(
            f'\n[ready.{item.id}]    # rule {_numbers(item.rules)}{only}\n# {item.say}\nanswer = ""\n'
        )
    return "".join(parts)


def load_answers(path: Path, today: date) -> Answers:
    """Read an answers file. PersonFileError names file, question and what is wrong."""
    try:
        text = read_text(path, KIND)
    except OSError as error:
        raise PersonFileError(f"{path}: is not there", hint=PersonRemedy.ANSWERS_TEMPLATE) from error
    return read_answers(text, str(path), today)


def read_answers(text: str, path: str, today: date) -> Answers:
    """Read answers from TOML; `path` is named in errors.

    A file that holds the list before a run and no question at all answers none: those of the day stand.

    PersonFileError for an unknown question, one without an answer, a consent that does not
    count, and answers for another day.
    """
    data = parse_table(text, KIND, path)
    _refuse_unknown(path, "", data, _KEYS)
    _check_date(path, data.get("date"), today)
    if "ready" in data and "question" not in data:
        return Answers(ready=_ready(path, data["ready"]))
    asked = _table(path, "question", data.get("question", {}))
    _refuse_unknown(path, "question.", asked, tuple(q.id for q in questions()))
    answers: dict[str, bool] = {}
    consents: dict[str, Consent] = {}
    for question in questions():
        place = f"question.{question.id}"
        given = _table(path, place, asked.get(question.id, {}))
        _refuse_unknown(path, f"{place}.", given, ("answer", "consent"))
        answers[question.id] = _answer(path, question, given.get("answer"))
        consent = _consent(path, place, given.get("consent"))
        if consent is not None:
            _check_consent(path, question, consent, answers[question.id], today)
            consents[question.id] = consent
    return Answers(answers, consents, _ready(path, data.get("ready", {})))


def _ready(path: str, data: Any) -> frozenset[str]:
    items = _table(path, "ready", data)
    _refuse_unknown(path, "ready.", items, tuple(item.id for item in ready_list()))
    ready = set()
    for key, value in items.items():
        given = _table(path, f"ready.{key}", value)
        _refuse_unknown(path, f"ready.{key}.", given, ("answer",))
        word = given.get("answer", "")
        if word != "" and _yes_or_no(path, f"ready.{key}", word):
            ready.add(key)
    return frozenset(ready)


def _answer(path: str, question: Question, word: Any) -> bool:
    place = f"question.{question.id}"
    if word is None or word == "":
        raise PersonFileError(
            f"{path}: {place}: has no answer", hint=f'answer with "yes" or "no": {question.ask}'
        )
    return _yes_or_no(path, place, word)


def _yes_or_no(path: str, place: str, word: Any) -> bool:
    if isinstance(word, bool):
        return word
    known = {"yes": True, "no": False}
    found = known.get(word.strip().lower()) if isinstance(word, str) else None
    if found is None:
        raise PersonFileError(
            f"{path}: {place}.answer: {shown(word)} is neither yes nor no", hint='write "yes" or "no"'
        )
    return found


def _consent(path: str, place: str, value: Any) -> Consent | None:
    if value is None:
        return None
    table = _table(path, f"{place}.consent", value)
    _refuse_unknown(path, f"{place}.consent.", table, ("date", "reason"))
    day, reason = table.get("date", ""), table.get("reason", "")
    day = day.isoformat() if type(day) is date else day
    if not (isinstance(day, str) and isinstance(reason, str)):
        raise PersonFileError(f"{path}: {place}.consent: date and reason are texts")
    return Consent(day.strip(), reason.strip()) if day or reason else None


def _check_consent(path: str, question: Question, consent: Consent, yes: bool, today: date) -> None:
    problem = consent_problem(question, consent, today)
    if not problem and not yes:
        problem = "a consent belongs to a yes"
    if problem:
        raise PersonFileError(
            f"{path}: question.{question.id}.consent: {problem}", hint="correct it, or leave it out"
        )


def _check_date(path: str, value: Any, today: date) -> None:
    if value is None or value == "":
        return
    day = value.isoformat() if type(value) is date else value
    if day != today.isoformat():
        raise PersonFileError(
            f"{path}: date: these answers are for {value}, today is {today}", hint="answer the questions anew"
        )


def _table(path: str, place: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise PersonFileError(f"{path}: {place}: must be a table", hint=PersonRemedy.ANSWERS_FORM)
    return value


def _refuse_unknown(path: str, place: str, given: dict[str, Any], known: tuple[str, ...]) -> None:
    for key in given:
        if key not in known:
            hint = nearest_or(key, known, PersonRemedy.ANSWERS_ASKED)
            raise PersonFileError(f"{path}: {place}{key_text(key)}: unknown", hint=hint)


def _numbers(rules: tuple[int, ...]) -> str:
    return ", ".join(str(rule) for rule in rules)
