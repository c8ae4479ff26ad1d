"""Answers as a file: each one by itself."""

import errno
import os
import tomllib
from datetime import date

import pytest
from people import answers_text

from kneadwave.cli.exits import worded
from kneadwave.errors import PersonFileError
from kneadwave.people.answers import load_answers, read_answers, template
from kneadwave.people.screening import questions, ready_list

TODAY = date(2026, 3, 1)
AGREED = {"epilepsy": ("2026-02-20", "the back is fine")}


def read(text):
    return read_answers(text, "answers.toml", TODAY)


def refusal(text):
    with pytest.raises(PersonFileError) as caught:
        read(text)
    assert str(caught.value).startswith("answers.toml: ")
    return caught.value


def test_the_template_holds_every_question_with_an_empty_answer():
    data = tomllib.loads(template("hand them in"))
    assert set(data["question"]) == {q.id for q in questions()}
    assert set(data["ready"]) == {item.id for item in ready_list()}
    assert {entry["answer"] for entry in [*data["question"].values(), *data["ready"].values()]} == {""}
    assert {key for key, entry in data["question"].items() if "consent" in entry} == {
        q.id for q in questions() if q.consent
    }
    assert all(q.ask in template("hand them in") for q in questions())


def test_the_template_as_it_is_answers_nothing():
    assert "question.alcohol-or-drugs: has no answer" in str(refusal(template("hand them in")))


def test_the_template_filled_in_is_read():
    answers = read(template("hand them in").replace('answer = ""', 'answer = "no"'))
    assert set(answers.answers.values()) == {False}
    assert answers.consents == {}
    assert len(answers.not_ready) == len(ready_list())


def test_every_answer_is_taken():
    answers = read(answers_text(yes=["epilepsy"], consents=AGREED))
    assert [key for key, yes in answers.answers.items() if yes] == ["epilepsy"]
    assert answers.consents["epilepsy"].reason == "the back is fine"
    assert answers.not_ready == ()


@pytest.mark.parametrize("word", ['"no"', '"No "', "false"])
def test_no_can_be_written_in_three_ways(word):
    assert read(answers_text().replace('"no"', word)).answers["fever"] is False


@pytest.mark.parametrize("word", ['"yes"', '"YES"', "true"])
def test_yes_can_be_written_in_three_ways(word):
    text = answers_text(yes=["fever"], ready=False).replace('"yes"', word)
    assert read(text).answers["fever"] is True


@pytest.mark.parametrize("word", ['"y"', '"maybe"', "0", "1.5", "[]", '["no"]'])
def test_any_other_answer_is_refused(word):
    error = refusal(answers_text(yes=["fever"], ready=False).replace('"yes"', word))
    assert "question.fever" in str(error)


@pytest.mark.parametrize("name", [q.id for q in questions()])
def test_a_missing_answer_is_named(name):
    lines = answers_text().splitlines()
    place = lines.index(f"[question.{name}]")
    assert f"question.{name}: has no answer" in str(refusal("\n".join(lines[:place] + lines[place + 2 :])))
    empty = [*lines[: place + 1], 'answer = ""', *lines[place + 2 :]]
    assert f"question.{name}: has no answer" in str(refusal("\n".join(empty)))


@pytest.mark.parametrize(
    ("before", "after", "said", "hint"),
    [
        ("[question.fever]", "[question.fevr]", "question.fevr: unknown", "did you mean 'fever'?"),
        ("[ready.meal]", "[ready.meel]", "ready.meel: unknown", "did you mean 'meal'?"),
        ("[question.fever]", "[question.fever]\nall = true", "question.fever.all: unknown", "template"),
        ("[ready.meal]", "[ready.meal]\nanwser = 1", "ready.meal.anwser: unknown", "'answer'"),
    ],
)
def test_what_is_not_asked_is_refused_and_the_nearest_named(before, after, said, hint):
    error = refusal(answers_text().replace(before, after))
    assert said in str(error)
    assert hint in worded(error.hint)


@pytest.mark.parametrize("head", ["all = 'no'", "answer = 'no'", "default = false"])
def test_there_is_no_way_to_answer_all_at_once(head):
    assert "unknown" in str(refusal(answers_text(head=head)))


@pytest.mark.parametrize("head", ['date = "2026-03-01"', "date = 2026-03-01", 'date = ""', ""])
def test_answers_may_say_that_they_are_of_today(head):
    assert read(answers_text(head=head)).not_ready == ()


@pytest.mark.parametrize(
    "head", ['date = "2026-02-28"', "date = 2026-03-02", "date = 1", "date = 2026-03-01T00:00:00"]
)
def test_answers_of_another_day_are_refused(head):
    assert "today is 2026-03-01" in str(refusal(answers_text(head=head)))


@pytest.mark.parametrize(
    ("consents", "yes", "said"),
    [
        ({"epilepsy": ("2026-03-02", "fine")}, ["epilepsy"], "still to come"),
        ({"epilepsy": ("2025-01-01", "fine")}, ["epilepsy"], "older than"),
        ({"epilepsy": ("2026-02-20", "")}, ["epilepsy"], "reason"),
        ({"epilepsy": ("", "fine")}, ["epilepsy"], "date"),
        ({"epilepsy": ("2026-02-20", "fine")}, [], "belongs to a yes"),
        ({"fever": ("2026-02-20", "fine")}, ["fever"], "no consent lifts this (rule 142)"),
        (
            {"early-pregnancy": ("2026-02-20", "fine")},
            ["early-pregnancy"],
            "no consent lifts this (rule 149)",
        ),
    ],
)
def test_a_consent_that_does_not_count_is_refused(consents, yes, said):
    assert said in str(refusal(answers_text(yes=yes, consents=consents)))


def test_a_consent_with_a_date_of_toml_counts():
    text = answers_text(yes=["epilepsy"], consents=AGREED).replace('"2026-02-20"', "2026-02-20")
    assert read(text).consents["epilepsy"].date == "2026-02-20"


NO = '\nanswer = "no"\n'


@pytest.mark.parametrize(
    "text",
    [
        "question = 1",
        "[question]\nalcohol-or-drugs = 'no'",
        answers_text().replace(
            f"[question.epilepsy]{NO}", "[question.epilepsy]\nanswer = 'yes'\nconsent = 'ok'\n"
        ),
        answers_text(head="ready = []").partition("[ready.")[0],
        answers_text().partition("[ready.")[0] + "[ready]\nmeal = 'yes'\n",
    ],
)
def test_what_must_be_a_table_is_one(text):
    assert "must be a table" in str(refusal(text))


def test_a_consent_of_the_wrong_kind_is_refused():
    text = answers_text(yes=["epilepsy"], consents=AGREED).replace('"the back is fine"', "7")
    assert "date and reason are texts" in str(refusal(text))


@pytest.mark.parametrize("text", ["question = ", "\x00", answers_text()[:-3]])
def test_what_is_no_toml_is_refused(text):
    assert "not valid TOML" in str(refusal(text))


def test_an_item_that_is_not_so_is_told():
    text = answers_text().replace('[ready.meal]\nanswer = "yes"', '[ready.meal]\nanswer = "no"')
    assert [item.id for item in read(text).not_ready] == ["meal"]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.with_name("another").touch(), "is not there"),
        (lambda path: path.mkdir(), "not a regular file"),
        (lambda path: path.write_bytes(b"x" * (1 << 17)), "at most 65536"),
        (lambda path: path.write_bytes(b"\xff\xff"), "not valid TOML"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path, make, said):
    path = tmp_path / "answers.toml"
    make(path)
    with pytest.raises(PersonFileError, match=said):
        load_answers(path, TODAY)


def test_a_file_that_may_not_be_read_is_told(tmp_path, monkeypatch):
    path = tmp_path / "answers.toml"
    path.write_text(answers_text(), encoding="utf-8")

    def forbidden(*_, **__):
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(os, "open", forbidden)
    with pytest.raises(PersonFileError, match="cannot be read: permission denied"):
        load_answers(path, TODAY)


def test_a_file_is_read(tmp_path):
    path = tmp_path / "answers.toml"
    path.write_text(answers_text(), encoding="utf-8")
    assert load_answers(path, TODAY).not_ready == ()
