"""Questions to a person at a terminal: one at a time, never answered by default.

They go to standard error, so that standard output stays a result. Ctrl-C and the end of the input leave
everything as it was.
"""

import os
import select
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from typing import Final

from kneadwave.cli.terminal.columns import paragraph
from kneadwave.cli.terminal.keys import Keys
from kneadwave.cli.terminal.output import is_terminal, show_line, shown
from kneadwave.errors import NotCleared
from kneadwave.people.screening import Answers, Consent, Question, Ready, consent_problem, questions
from kneadwave.text import clean

YES, NO, BACK = ("y", "yes"), ("n", "no"), ("b", "back")
Answer = Callable[[str], str]
"""Shows a prompt and returns the line that was typed; EOFError when there is no more."""
_BULLET: Final = "  - "
TOGETHER: Final = (
    "Each line is a thing of its own, to be seen to now. One yes says that all of them are so; where a "
    "single one is not, answer n, and nothing begins."
)
EARLY_MAX: Final = 40
"""Characters that are shown of what was typed before a question."""
EARLY_BYTES: Final = 4096
LOOK_S: Final = 0.1
"""How often somebody who waits for a line looks whether to leave."""


def somebody_there() -> bool:
    """Whether a person can be asked: standard input and error are a terminal, and this process has it."""
    streams = (sys.stdin, sys.stderr)
    return all(stream is not None and is_terminal(stream) for stream in streams) and not _in_background()


def _in_background() -> bool:
    """Whether this is a background job: one that asks is stopped by its terminal, and keeps its locks."""
    if os.name == "nt":
        return False
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) != os.getpgrp()
    except (OSError, ValueError):  # a terminal that controls no jobs
        return False


def from_terminal(prompt: str, leave: Callable[[], bool] | None = None, always: Sequence[str] = ()) -> str:
    """Show `prompt` and wait for a line; "" once `leave()` turns true. EOFError at the end of the input.

    At a terminal only what is typed after it was shown is an answer to it, but for a word of `always`, which
    is one whenever it was typed; that something else was typed before is told.
    """
    early = take_typed_ahead()
    meant = next((line for line in early if line.lower() in always), None)
    if meant is not None:
        return meant
    tell_early(early)
    text = prompt.rstrip()
    print(shown(text, sys.stderr) + prompt[len(text) :], end="", file=sys.stderr, flush=True)
    if leave is not None and os.name != "nt":  # there nothing tells whether a line has been typed
        while not select.select([sys.stdin], [], [], LOOK_S)[0]:
            if leave():
                return ""
    try:
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        print(file=sys.stderr)  # what is told next begins a line of its own
        raise
    except UnicodeDecodeError:  # another encoding than that of the terminal: no answer to anything
        return ""
    if not line:
        print(file=sys.stderr)
        raise EOFError
    return line.strip()


def tell_early(words: Sequence[str]) -> None:
    """Say that what was typed before a question was put answers nothing; nothing where nothing was."""
    if words:
        said = " ".join(map(clean, words))
        show_line(f"(typed before the question came, so it is no answer: {said[:EARLY_MAX]})", sys.stderr)


def take_typed_ahead() -> list[str]:
    """Take away what was typed at a terminal before a question was put; its lines, but for empty ones.

    What is piped stays.
    """
    if sys.stdin is None or not is_terminal(sys.stdin) or _in_background():
        return []
    if os.name == "nt":
        return "".join(Keys(windows=True).typed()).split()
    import termios

    data = b""
    with suppress(OSError, ValueError, termios.error):
        data = _waiting_bytes(sys.stdin.fileno())
    lines = data.decode("utf-8", "replace").splitlines()
    return [line.strip() for line in lines if line.strip()]


def _waiting_bytes(fd: int) -> bytes:
    """What a terminal holds, of a line that is not ended, too."""
    import termios

    before, mode = termios.tcgetattr(fd), termios.tcgetattr(fd)
    mode[3] &= ~termios.ICANON
    mode[6][termios.VMIN], mode[6][termios.VTIME] = 0, 0
    data = b""
    try:
        termios.tcsetattr(fd, termios.TCSANOW, mode)
        while some := os.read(fd, EARLY_BYTES):
            data = (data + some)[:EARLY_BYTES]
    finally:
        termios.tcsetattr(fd, termios.TCSANOW, before)
    return data


def ask_yes_no(question: str, answer: Answer = from_terminal) -> bool:
    """Ask until the answer is yes or no. NotCleared at the end of the input."""
    return _ask(question, answer, YES + NO, "answer y or n") in YES


def _ask(question: str, answer: Answer, words: Sequence[str], otherwise: str) -> str:
    """Ask until the answer is one of `words`."""
    prompt = "\n".join(paragraph(f"{question} [y/n]"))
    while True:
        word = _answered(f"{prompt} ", answer).lower()
        if word in words:
            return word
        _show(otherwise)


def ask_questions(name: str, today: date, answer: Answer = from_terminal) -> Answers:
    """Ask `name` every question of the screening, with the doctor's consent where one counts.

    NotCleared when the person does not want the answers recorded, or when the input ends.
    """
    asked = questions()
    for line in paragraph(
        f"{len(asked)} questions, each to be answered with y or n, and Enter; b goes back to the one before. "
        "Ctrl-C leaves without a trace."
    ):
        _show(line)
    answers: dict[str, bool] = {}
    consents: dict[str, Consent] = {}
    number = 0
    while number < len(asked):
        question = asked[number]
        said = f"{number + 1}/{len(asked)}  {question.ask}"
        word = _ask(said, answer, YES + NO + BACK, "answer y or n, or b for the question before")
        if word in BACK:
            number = max(number - 1, 0)
            continue
        answers[question.id] = word in YES
        consent = _ask_consent(question, today, answer) if word in YES and question.consent else None
        consents.pop(question.id, None)
        if consent is not None:
            consents[question.id] = consent
        number += 1
    _sum_up([question for question in asked if answers[question.id]], consents)
    if not ask_yes_no("Record these answers?", answer):
        raise NotCleared("nothing was recorded", hint=f"start again with: knead screen --recipient {name}")
    return Answers(answers, consents)


def confirm_on_terminal(items: Sequence[Ready], answer: Answer = from_terminal) -> bool:
    """Show the list before a run once, and ask once whether all of it is so: it is asked before each run."""
    _show("Before it begins:")
    for line in paragraph(TOGETHER):
        _show(line)
    for item in items:
        show_item(item.say)
    return ask_yes_no("Is all of this so?", answer)


def show_item(text: str) -> None:
    """Show an item of a list, in lines as wide as the terminal."""
    for line in paragraph(text, first=_BULLET, indent=len(_BULLET)):
        _show(line)


def _ask_consent(question: Question, today: date, answer: Answer) -> Consent | None:
    while ask_yes_no("     Has a doctor agreed to a massage all the same?", answer):
        day = _answered("     On which day (YYYY-MM-DD)? ", answer)
        reason = _answered("     What did the doctor say? ", answer)
        consent = Consent(day, reason)
        problem = consent_problem(question, consent, today)
        if not problem:
            return consent
        _show(f"     {problem}")
    return None


def _sum_up(yes: Sequence[Question], consents: dict[str, Consent]) -> None:
    if not yes:
        _show("No question was answered with yes.")
        return
    _show("Answered with yes:")
    for question in yes:
        consent = consents.get(question.id)
        agreed = f" (a doctor agreed on {consent.date}: {clean(consent.reason)})" if consent else ""
        show_item(f"{question.title}{agreed}")
    _show("Once it is recorded, what speaks against a massage stands for the day; n records nothing.")


def _answered(prompt: str, answer: Answer) -> str:
    try:
        return answer(prompt).strip()
    except EOFError:
        raise NotCleared("the answers broke off; nothing was recorded", hint="start again") from None


def _show(line: str) -> None:
    show_line(line, sys.stderr)
