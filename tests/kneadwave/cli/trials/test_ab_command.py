"""`knead tune ab` in virtual time: which step is meant, and what is told and written down at the end."""

from random import Random

import pytest
from two_versions import KNEADING, softer

from kneadwave.cli.terminal.output import Output
from kneadwave.cli.trials.ab import chosen, compare, conclude
from kneadwave.errors import UsageError
from kneadwave.sessions.felt_test import Bench
from kneadwave.tuning.trials.ab import EDITED, SAVED
from kneadwave.tuning.workspace import open_desk

ORDER = (EDITED, SAVED)
SIM = Bench(device="sim:")


@pytest.fixture
def desk():
    with open_desk("relaxing-back") as opened:
        yield opened


def test_without_edits_there_is_nothing_to_compare(desk):
    with pytest.raises(UsageError, match="no edits"):
        chosen(desk, None)


def test_the_only_step_that_differs_is_meant(desk):
    desk.edit("softer", softer(0.45))
    assert chosen(desk, None) == KNEADING
    assert chosen(desk, "8") == KNEADING
    assert chosen(desk, "kneading up") == KNEADING
    with pytest.raises(UsageError, match="the same in both versions") as caught:
        chosen(desk, "3")
    assert "8 kneading upwards" in caught.value.hint


def test_of_several_one_has_to_be_named(desk):
    desk.edit("softer", softer(0.45))
    desk.edit("softer", softer(0.55, 8))
    with pytest.raises(UsageError, match="several steps differ") as caught:
        chosen(desk, None)
    assert "8 kneading upwards, 9 shoulders and shoulder blades" in caught.value.hint
    assert chosen(desk, "9") == 8


def test_a_change_of_words_is_not_felt(desk):
    desk.edit("title", lambda profile: profile.model_copy(update={"title": "Another title"}))
    with pytest.raises(UsageError, match="no step differs"):
        chosen(desk, None)


@pytest.mark.parametrize(
    ("answer", "better", "said", "hint"),
    [
        ("1", EDITED, "the edited version was better", "knead tune save relaxing-back"),
        ("2", SAVED, "the saved version was better", "knead tune discard relaxing-back"),
        ("0", "no difference", "no difference felt", ""),
    ],
)
def test_the_answer_is_told_and_written_down(desk, capsys, answer, better, said, hint):
    desk.edit("softer", softer(0.45))
    out = Output()
    conclude(out, desk, "8 kneading upwards", answer, ORDER, 1)
    told = capsys.readouterr()
    assert told.out == f"first was the edited version, second the saved one: {said}\n"
    assert hint in told.err
    assert bool(told.err) is bool(hint)
    assert out.end == {"answer": better, "order": [EDITED, SAVED], "rounds": 1}
    assert desk.history()[-1].what.startswith("compared 8 kneading upwards: ")
    assert desk.pending


@pytest.mark.parametrize(
    ("rounds", "said"), [(0, "nothing was compared"), (1, "no answer; which was which stays untold")]
)
def test_without_an_answer_nothing_is_written_down(desk, capsys, rounds, said):
    desk.edit("softer", softer(0.45))
    entries = len(desk.history())
    out = Output()
    conclude(out, desk, "8 kneading upwards", "", ORDER, rounds)
    assert capsys.readouterr().out.startswith(said)
    assert out.end["answer"] is None
    assert out.end["order"] is None
    assert len(desk.history()) == entries


@pytest.fixture
def sitting_there(one_clock, press, monkeypatch):
    """Somebody at a terminal, whose keys are those of `press`."""
    monkeypatch.setattr("kneadwave.cli.live_session.somebody_there", lambda: True)
    monkeypatch.setattr("kneadwave.cli.terminal.prompts.somebody_there", lambda: True)
    monkeypatch.setattr("kneadwave.cli.trials.ab.MonotonicClock", lambda: one_clock)
    return press


@pytest.mark.parametrize("seed", range(4))
def test_the_order_is_told_afterwards_only(sitting_there, capsys, seed):
    with open_desk("relaxing-back") as desk:
        desk.edit("softer", softer(0.4))
    sitting_there(24.0, "1")
    out = Output(as_json=True)
    compare(out, SIM, "relaxing-back", None, Random(seed))
    said = capsys.readouterr()
    assert SAVED not in said.out + said.err
    assert EDITED not in said.out + said.err
    assert "first" in said.err
    assert out.end["answer"] == out.end["order"][0]
    assert sorted(out.end["order"]) == [EDITED, SAVED]


def test_two_that_nobody_could_tell_apart_are_said_to_be_so_and_played_all_the_same(sitting_there, capsys):
    with open_desk("relaxing-back") as desk:
        desk.edit("softer", softer(0.49))
    sitting_there(24.0, "0")
    compare(Output(), SIM, "relaxing-back", "8")
    said = capsys.readouterr()
    assert "less than is just noticed" in said.err
    assert "no difference felt" in said.out
    with open_desk("relaxing-back") as desk:
        assert "nobody could tell them apart" in desk.history()[-1].what


def test_a_question_that_waits_is_asked_on_without_the_device(sitting_there, capsys):
    with open_desk("relaxing-back") as desk:
        desk.edit("softer", softer(0.4))
    sitting_there(50.0, "2")
    compare(Output(), SIM, "relaxing-back", None, Random(1))
    assert capsys.readouterr().err.count("Which was better?") == 2


def test_the_curve_over_the_session_is_felt_in_a_step_that_is_named(sitting_there, capsys):
    with open_desk("relaxing-back") as desk:
        curve = desk.profile.envelope.preset("rise")
        desk.edit("rise", lambda profile: profile.model_copy(update={"envelope": curve}))
    sitting_there(3.0, "x")
    compare(Output(), SIM, "relaxing-back", None)
    said = capsys.readouterr()
    assert "Two versions of session, felt in '" in said.err
    assert "nothing was compared" in said.out


def test_nobody_at_a_terminal_is_a_usage_error():
    with pytest.raises(UsageError, match="knead tune ab asks how it feels"):
        compare(Output(), SIM, "relaxing-back", None)
