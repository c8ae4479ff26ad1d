"""`knead screen`: what speaks against a massage today."""

import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from people import answering, answers_text, make_recipient

from firmware_bridge.clock import local_now
from kneadwave.people import ledger
from kneadwave.people.screening import questions, ready_list


@pytest.fixture(autouse=True)
def data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def answers(tmp_path):
    """Write an answers file; its path."""

    def write(**what):
        path = tmp_path / "answers.toml"
        path.write_text(answers_text(**what), encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def person(monkeypatch):
    """Put a person at a terminal who types these lines."""

    def sit(*lines):
        words = answering(*lines)

        def typed(prompt):
            try:
                return words(prompt)
            except StopIteration:
                raise EOFError from None

        monkeypatch.setattr("kneadwave.cli.views.people.somebody_there", lambda: True)
        monkeypatch.setattr("kneadwave.cli.views.people.from_terminal", typed)

    return sit


DAY = (local_now() - timedelta(days=3)).date().isoformat()
NO = ["n"] * len(questions())


def at(number, *lines):
    """Every answer no, but these at question `number` (from 0)."""
    return [*NO[:number], *lines, *NO[number + 1 :]]


def place(name):
    return [q.id for q in questions()].index(name)


def test_answers_from_a_file_are_recorded(knead, answers):
    make_recipient()
    ended = knead("screen", "--answers", answers())
    assert ended.code == 0
    assert "nothing that was asked speaks against a massage today" in ended.out
    assert "next: knead profile list shows what there is; knead run PROFILE plays it" in ended.out
    assert "holds for one run" in ended.out
    assert [entry.event for entry in ledger.read("me")] == ["screening", "ready"]


def test_another_recipient_can_be_named(knead, answers):
    make_recipient("guest")
    make_recipient("me")
    assert knead("screen", "--recipient", "guest", "--answers", answers()).code == 0
    assert ledger.read("me") == []
    assert len(ledger.read("guest")) == 2


def test_one_yes_blocks_and_is_recorded(knead, answers):
    make_recipient()
    ended = knead("screen", "--answers", answers(yes=["fever"]))
    assert ended.code == 7
    assert "this blocks today: fever (rules 142, 151)" in ended.out
    assert "error: no massage for 'me' today: fever (rule 142)" in ended.err
    assert ledger.read("me")[0].fields["answers"]["fever"] is True
    assert knead("screen", "--answers", answers()).code == 7


def test_a_consent_in_the_file_lifts_a_yes(knead, answers):
    make_recipient()
    assert knead("screen", "--answers", answers(yes=["epilepsy"])).code == 7
    agreed = answers(yes=["epilepsy"], consents={"epilepsy": (DAY, "fine")})
    ended = knead("screen", "--answers", agreed)
    assert ended.code == 0
    assert "a doctor agreed: epilepsy (rule 138)" in ended.out


def test_a_list_that_is_not_all_so_is_told(knead, answers):
    make_recipient()
    path = Path(answers())
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('[ready.meal]\nanswer = "yes"', '[ready.meal]\nanswer = "no"'), encoding="utf-8"
    )
    ended = knead("screen", "--answers", path)
    assert ended.code == 0
    assert "the list before a run lacks: meal" in ended.out
    assert [entry.event for entry in ledger.read("me")] == ["screening"]


def test_a_list_that_nobody_confirmed_is_told_in_one_line(knead, answers):
    make_recipient()
    ended = knead("screen", "--answers", answers(ready=False))
    assert ended.code == 0
    assert "the list before a run was not confirmed; on a terminal knead run asks for it" in ended.out
    assert "lacks" not in ended.out


def test_oil_speaks_against_a_device_and_not_against_hands(knead, answers):
    make_recipient()
    path = Path(answers())
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('[ready.no-oil]\nanswer = "yes"', '[ready.no-oil]\nanswer = "no"'), "utf-8")
    ended = knead("screen", "--answers", str(path))
    assert ended.code == 0
    assert "holds for one routine by hand" in ended.out
    assert "lacks: no-oil" in ended.out
    assert knead("run", "felt-check", "--device", "/dev/cushion").code == 7
    told = knead("screen", "--answers", str(path), "--json").events[0]
    assert (told["ready"], told["ready_by_hand"]) == (False, True)


def test_json_tells_the_verdict(knead, answers):
    make_recipient()
    first, end = knead("screen", "--answers", answers(yes=["wounds"]), "--json").events
    assert first["event"] == "screening"
    assert (first["clear"], first["ready"]) == (False, True)
    assert [q["id"] for q in first["blocked"]] == ["wounds"]
    assert (end["ok"], end["exit"]) == (False, 7)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('answer = "no"', 'answer = ""', "question.alcohol-or-drugs: has no answer"),
        ("[question.fever]", "[question.fevr]", "question.fevr: unknown"),
        ("[question.alcohol", 'date = "2001-01-01"\n[question.alcohol', "today is"),
        ('answer = "no"', "answer = ", "not valid TOML"),
    ],
)
def test_a_file_that_is_not_valid_records_nothing(knead, answers, before, after, said):
    make_recipient()
    with open(answers(), encoding="utf-8") as file:
        text = file.read()
    with open("answers.toml", "w", encoding="utf-8") as file:
        file.write(text.replace(before, after, 1))
    ended = knead("screen", "--answers", "answers.toml")
    assert ended.code == 3
    assert said in ended.err
    assert ledger.read("me") == []


def test_a_file_that_is_not_there_is_told(knead):
    make_recipient()
    ended = knead("screen", "--answers", "nowhere.toml")
    assert ended.code == 3
    assert "--template" in ended.err


def test_without_a_terminal_it_never_asks(knead):
    make_recipient()
    ended = knead("screen")
    assert ended.code == 2
    assert "--template" in ended.err
    assert "--answers" in ended.err


def test_the_template_can_be_filled_in(knead, tmp_path):
    make_recipient()
    text = knead("screen", "--template").out
    path = tmp_path / "filled.toml"
    path.write_text(text.replace('answer = ""', 'answer = "no"'), encoding="utf-8")
    assert knead("screen", "--answers", str(path)).code == 0


def test_the_template_tells_whose_answers_it_takes(knead):
    for name in ("me", "anna"):
        make_recipient(name)
    text = knead("screen", "--recipient", "anna", "--template").out
    assert "knead screen --answers FILE --recipient anna" in text
    assert "--recipient" not in knead("screen", "--template").out


def test_the_template_as_json_is_every_question(knead):
    events = knead("screen", "--template", "--json").events
    assert [e["id"] for e in events if e["event"] == "question"] == [q.id for q in questions()]
    assert [e["id"] for e in events if e["event"] == "ready"] == [item.id for item in ready_list()]
    assert events[-1] == {"event": "end", "ok": True}


def test_template_and_answers_exclude_each_other(knead, answers):
    assert knead("screen", "--template", "--answers", answers()).code == 2


def test_no_switch_answers_all_at_once(knead):
    make_recipient()
    for switch in ("--yes", "--no", "--all", "--yes-to-all", "-y", "--force", "--skip"):
        assert knead("screen", switch).code == 2


def test_without_a_recipient_the_hint_says_how_to_make_one(knead, answers):
    ended = knead("screen", "--answers", answers())
    assert ended.code == 7
    assert "knead recipient new" in ended.err


def test_two_screenings_at_once_wait_for_each_other(knead, answers):
    make_recipient()
    with ledger.opened("me", local_now()):
        assert knead("screen", "--answers", answers()).code == 7


def test_on_a_terminal_each_question_is_asked(knead, person):
    make_recipient()
    person(*NO, "y")
    ended = knead("screen")
    assert ended.code == 0
    assert "No question was answered with yes." in ended.err
    (screening,) = ledger.read("me")
    assert set(screening.fields["answers"].values()) == {False}


def test_on_a_terminal_a_yes_is_shown_before_it_is_recorded(knead, person):
    make_recipient()
    person(*at(place("fever"), "y"), "y")
    ended = knead("screen")
    assert ended.code == 7
    assert "- fever" in ended.err
    assert ledger.read("me")[0].fields["answers"]["fever"] is True


def test_on_a_terminal_a_consent_is_asked_for(knead, person):
    make_recipient()
    consent = ("y", "y", "someday", "fine", "y", DAY, "the back is fine")
    person(*at(place("epilepsy"), *consent), "y")
    ended = knead("screen")
    assert ended.code == 0
    assert "a consent needs its date" in ended.err
    assert f"(a doctor agreed on {DAY}: the back is fine)" in ended.err
    assert "a doctor agreed: epilepsy" in ended.out


def test_on_a_terminal_no_consent_is_asked_for_where_none_counts(knead, person):
    make_recipient()
    person(*at(place("wounds"), "y"), "y")
    assert knead("screen").code == 7


@pytest.mark.parametrize(
    "lines", [[*NO, "n"], NO, NO[:3], at(place("epilepsy"), "y", "y", "2026-01-01")[:20]]
)
def test_what_is_not_agreed_to_or_broken_off_is_not_recorded(knead, person, lines):
    make_recipient()
    person(*lines)
    ended = knead("screen")
    assert ended.code == 7
    assert "nothing was recorded" in ended.err
    assert ledger.read("me") == []


def test_ctrl_c_records_nothing(knead, person, monkeypatch):
    make_recipient()
    person()

    def interrupted(_prompt):
        raise KeyboardInterrupt

    monkeypatch.setattr("kneadwave.cli.views.people.from_terminal", interrupted)
    assert knead("screen").code == 130
    assert ledger.read("me") == []


def test_a_signal_between_the_questions_leaves_no_trace_but_a_last_line(knead, person, monkeypatch):
    make_recipient()
    person()

    def hung(_prompt):
        assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
        os.kill(os.getpid(), signal.SIGTERM)
        return "n"

    monkeypatch.setattr("kneadwave.cli.views.people.from_terminal", hung)
    ended = knead("screen", "--json")
    assert ended.code == 143
    assert ended.events[-1]["exit"] == 143
    assert ledger.read("me") == []


def list_alone(tmp_path, *, said="yes"):
    path = tmp_path / "list.toml"
    items = "".join(f'[ready.{item.id}]\nanswer = "{said}"\n' for item in ready_list())
    path.write_text(items, encoding="utf-8")
    return str(path)


def test_the_list_alone_confirms_anew_what_was_answered_today(knead, answers, tmp_path):
    make_recipient()
    assert knead("screen", "--answers", answers()).code == 0
    ended = knead("screen", "--answers", list_alone(tmp_path), "--json")
    assert ended.code == 0
    assert ended.events[0]["ready"] is True
    assert ended.events[0]["clear"] is True
    assert [entry.event for entry in ledger.read("me")] == ["screening", "ready", "ready"]


def test_the_list_alone_does_not_do_where_nothing_was_answered(knead, tmp_path):
    make_recipient()
    ended = knead("screen", "--answers", list_alone(tmp_path))
    assert ended.code == 7
    assert "still to be answered today" in ended.err
    assert "knead screen --recipient me" in ended.err
    assert ledger.read("me") == []


def test_a_yes_of_today_blocks_whatever_list_is_confirmed(knead, answers, tmp_path):
    make_recipient()
    assert knead("screen", "--answers", answers(yes={"fever"})).code == 7
    assert knead("screen", "--answers", list_alone(tmp_path)).code == 7


def test_a_list_of_which_something_is_not_so_confirms_nothing(knead, answers, tmp_path):
    make_recipient()
    knead("screen", "--answers", answers(ready=False))
    ended = knead("screen", "--answers", list_alone(tmp_path, said="no"), "--json")
    assert ended.events[0]["ready"] is False
    assert [entry.event for entry in ledger.read("me")] == ["screening"]
