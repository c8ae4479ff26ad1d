"""Questions to a person at a terminal."""

import io
import os
import sys
from datetime import date

import pytest
from people import answering

from kneadwave.cli.terminal.prompts import (
    ask_questions,
    ask_yes_no,
    confirm_on_terminal,
    from_terminal,
    somebody_there,
    take_typed_ahead,
)
from kneadwave.errors import NotCleared
from kneadwave.people.screening import questions, ready_list


@pytest.mark.parametrize(
    ("lines", "yes"),
    [
        (["y"], True),
        (["YES"], True),
        (["n"], False),
        (["No"], False),
        (["", "", "y"], True),
        (["maybe", "1", "true", "n"], False),
    ],
)
def test_only_yes_and_no_are_answers(lines, yes):
    assert ask_yes_no("Well?", answering(*lines)) is yes


@pytest.mark.parametrize("columns", [40, 80])
def test_no_word_of_the_list_is_broken(monkeypatch, capsys, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    assert confirm_on_terminal(list(ready_list()), answering("y"))
    lines = capsys.readouterr().err.splitlines()
    assert max(map(len, lines)) <= columns
    words = " ".join(lines).split()
    assert all(word in words for item in ready_list() for word in item.say.split())


def test_no_word_of_a_question_is_broken(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    shown = []
    question = "Have you drunk alcohol, or taken a drug that clouds your senses, so that you feel it?"
    assert ask_yes_no(question, lambda prompt: (shown.append(prompt), "y")[1])
    assert " ".join(shown[0].split()) == f"{question} [y/n]"
    assert max(map(len, shown[0].splitlines())) <= 40


def test_the_list_says_before_its_lines_what_one_yes_stands_for(capsys):
    assert confirm_on_terminal(list(ready_list()), answering("y"))
    head = " ".join(capsys.readouterr().err.partition("  - ")[0].split())
    assert head.endswith("where a single one is not, answer n, and nothing begins.")
    assert "One yes says that all of them are so" in head


def test_each_line_of_the_list_can_be_answered_by_itself():
    """In a file each has an answer of its own, whether or not anybody lies so, or plays music."""
    said = {item.id: item.say for item in ready_list()}
    assert said["towel"].startswith("If anybody")
    assert "if there is any" in said["music"]
    assert said["posture"] == "No device lies under anybody's chest or belly."


def test_the_list_before_a_run_is_shown_once_and_asked_once(capsys):
    assert confirm_on_terminal(list(ready_list()), answering("", "y"))
    assert not confirm_on_terminal(list(ready_list()), answering("n"))
    said = capsys.readouterr()
    assert said.out == ""
    text = " ".join(said.err.split())
    assert all(text.count(item.say) == 2 for item in ready_list())


def test_a_line_is_read_from_the_terminal(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO("  y \n"))
    assert from_terminal("Well? ") == "y"
    assert capsys.readouterr().err == "Well? "
    with pytest.raises(NotCleared, match="nothing was recorded"):
        ask_yes_no("Well?", from_terminal)
    assert capsys.readouterr().err.endswith("Well? [y/n] \n")  # what is told next has a line of its own


def test_after_what_is_no_answer_it_says_which_there_are(capsys):
    assert ask_yes_no("Well?", answering("maybe", "?", "y"))
    assert capsys.readouterr().err == "answer y or n\n" * 2


def test_what_is_told_after_ctrl_c_has_a_line_of_its_own(monkeypatch, capsys):
    class Interrupting(io.StringIO):
        def readline(self, *_):
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", Interrupting())
    with pytest.raises(KeyboardInterrupt):
        from_terminal("Well? ")
    assert capsys.readouterr().err == "Well? \n"


class Person(io.StringIO):
    """Sits at a pseudo-terminal: types the next of `lines` once a question is shown."""

    def __init__(self, keys, *lines):
        super().__init__()
        self._keys = keys
        self._lines = list(lines)

    def flush(self):
        if self._lines and self.getvalue():
            self._keys.write(self._lines.pop(0))


@pytest.fixture
def terminal(monkeypatch):
    """Where keys are pressed; standard input is the other end."""
    ours, theirs = os.openpty()
    with os.fdopen(ours, "wb", buffering=0) as keys, os.fdopen(theirs, encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        yield keys


def test_bytes_that_are_no_text_are_no_answer(monkeypatch, terminal):
    monkeypatch.setattr(sys, "stderr", Person(terminal, b"\xe4\n", b"y\n"))
    assert ask_yes_no("Well?", from_terminal)


def test_what_was_typed_ahead_answers_no_question(monkeypatch, terminal):
    monkeypatch.setattr(sys, "stderr", Person(terminal, b"y\ny\ny\n", b"n\n", b"2\n"))
    terminal.write(b"n\nn\nn")
    assert ask_yes_no("Well?", from_terminal)
    assert not ask_yes_no("And this?", from_terminal)
    terminal.write(b"1\n")
    assert from_terminal("How many? ", lambda: False) == "2"


@pytest.mark.parametrize("typed", [b"9r\nq\n", b"9r\nQ", b"q"])
def test_a_word_that_always_counts_does_so_whenever_it_was_typed(capsys, terminal, typed):
    terminal.write(typed)
    assert from_terminal("Well? ", always=("q", "quit")).lower() == "q"
    assert capsys.readouterr().err == "", "nothing is asked any more"


def test_what_was_typed_ahead_is_told(monkeypatch, terminal):
    shown = Person(terminal, b"y\n")
    monkeypatch.setattr(sys, "stderr", shown)
    terminal.write(b"9r\n10")
    assert from_terminal("Well? ", always=("q",)) == "y"
    assert shown.getvalue() == "(typed before the question came, so it is no answer: 9r 10)\nWell? "


@pytest.mark.parametrize("columns", [40, 80])
def test_no_word_of_any_question_is_broken(monkeypatch, terminal, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr("kneadwave.cli.terminal.output.is_terminal", lambda _: True)
    shown = Person(terminal, b"y\n")
    monkeypatch.setattr(sys, "stderr", shown)
    question = "Will it lie under the person, behind or on them, or is it nowhere near them, as some are? "
    assert from_terminal(question) == "y"
    assert shown.getvalue().split() == question.split()
    assert max(map(len, shown.getvalue().splitlines())) <= columns


def test_a_job_in_the_background_throws_nothing_away(monkeypatch, terminal):
    """It would be stopped for it."""
    monkeypatch.setattr(os, "tcgetpgrp", lambda _fd: os.getpgrp() + 1)
    terminal.write(b"y\n")
    assert take_typed_ahead() == []
    assert sys.stdin.readline() == "y\n"


def test_what_is_piped_answers_one_question_after_another(monkeypatch):
    ours, theirs = os.pipe()
    with os.fdopen(theirs, "wb", buffering=0) as answers, os.fdopen(ours, encoding="utf-8") as piped:
        monkeypatch.setattr(sys, "stdin", piped)
        answers.write(b"y\nn\n")
        assert ask_yes_no("Well?", from_terminal)
        assert not ask_yes_no("And this?", from_terminal)


def test_a_job_in_the_background_asks_nobody(monkeypatch):
    """It would be stopped at its first question, and keep what it has locked."""
    ours, theirs = os.openpty()
    with os.fdopen(ours, "rb"), os.fdopen(theirs, "r") as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setattr(os, "tcgetpgrp", lambda _fd: os.getpgrp() + 1)
        assert not somebody_there()
        monkeypatch.setattr(os, "tcgetpgrp", lambda _fd: os.getpgrp())
        assert somebody_there()


def test_nobody_is_there_without_a_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    assert not somebody_there()
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert not somebody_there()


def test_somebody_is_there_at_a_terminal(monkeypatch):
    ours, theirs = os.openpty()
    with os.fdopen(ours, "rb"), os.fdopen(theirs, "r") as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        monkeypatch.setattr(sys, "stderr", terminal)
        assert somebody_there()
        monkeypatch.setattr(sys, "stderr", io.StringIO())
        assert not somebody_there()


@pytest.mark.parametrize(("yes", "told"), [(True, True), (False, False)])
def test_before_a_yes_is_recorded_it_says_that_it_stands_for_the_day(capsys, yes, told):
    asked = questions()
    first = next(number for number, question in enumerate(asked) if not question.consent)
    words = ["y" if yes and number == first else "n" for number in range(len(asked))]
    given = iter([*words, "y"])
    answers = ask_questions("me", date(2026, 3, 1), lambda _: next(given))
    assert answers.answers[asked[first].id] is yes
    said = " ".join(capsys.readouterr().err.split())
    assert "answered with y or n, and Enter" in said
    assert ("stands for the day" in said) is told


def test_a_question_may_be_answered_again_by_going_back():
    asked = questions()
    at = next(number for number, question in enumerate(asked) if question.consent)
    before, after = ["n"] * at, ["n"] * (len(asked) - at)
    words = [*before, "y", "y", "2026-02-27", "it is well", "b", *after, "y"]
    answers = ask_questions("me", date(2026, 3, 1), answering(*words))
    assert not any(answers.answers.values())
    assert list(answers.answers) == [question.id for question in asked]
    assert answers.consents == {}, "of a yes that was taken back"


def test_before_the_first_question_there_is_none_to_go_back_to():
    answers = ask_questions("me", date(2026, 3, 1), answering("b", *["n"] * len(questions()), "y"))
    assert not any(answers.answers.values())
