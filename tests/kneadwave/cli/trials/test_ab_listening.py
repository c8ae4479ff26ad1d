"""Two versions felt one after the other in virtual time: what is announced, asked and answered."""

import numpy as np
import pytest
from felt import Scripted, Sitting
from two_versions import KNEADING, softer

from firmware_bridge.play.ending import EndReason
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.trials.ab import Listening, answered
from kneadwave.errors import StoppedOutside
from kneadwave.sessions.controls import StopSession
from kneadwave.tuning.trials.ab import BETWEEN_S, EDITED, SAVED, begins, pair_of, profile_of, tape_of
from profiles.profile import load_profile
from simulator.clock import VirtualClock

ORDER = (EDITED, SAVED)


CHOICES = "[1] first  [2] second  [0] no difference  [r] once more  [q] leave"


@pytest.fixture(scope="module")
def pair():
    saved = load_profile("relaxing-back")
    return pair_of(saved, softer()(saved), KNEADING)


class Trial:
    """One sitting, with keys at given seconds of its clock."""

    def __init__(self, pair, keys, allowed_s=60.0, on_question=None):
        self.lines, self.events = [], []
        self.sitting = Sitting(
            profile_of(pair),
            keys,
            sampler=lambda layout: tape_of(pair, ORDER, layout),
            allowed_s=allowed_s,
        )
        self.procedure = Listening(pair, self.sitting.clock, self.lines.append, self.event)
        self.on_question = on_question
        self.sitting.play(self.procedure)
        self.reason = self.sitting.session.stop_reason

    def event(self, event, **more):
        self.events.append((event, more))
        if event == "question" and self.on_question is not None:
            self.on_question(self.sitting)

    @property
    def parts(self):
        return [(more["part"], more["round"]) for event, more in self.events if event == "part"]

    @property
    def asked(self):
        return [more["choices"] for event, more in self.events if event == "question"]


def moving(trial):
    """Seconds at which anything was driven, each spell of it as its begin and its end."""
    busy = np.flatnonzero(trial.sitting.put_out.drive.any(axis=1)) / 1000.0
    breaks = np.flatnonzero(np.diff(busy) > 1.5)
    return list(zip(busy[[0, *(breaks + 1)]], busy[[*breaks, -1]], strict=True))


def test_both_are_felt_and_announced_and_then_it_is_asked(pair):
    trial = Trial(pair, {25.0: "1"})
    assert trial.lines[:2] == ["  first", "  second"]
    assert trial.lines[2] == f"Which was better?  {CHOICES}"
    assert trial.parts == [("first", 1), ("second", 1)]
    assert trial.asked == [["1", "2", "0", "r"]]
    assert (trial.procedure.answer, trial.procedure.rounds, trial.reason) == ("1", 1, EndReason.BY_ANSWER)
    (first, rest), (again, end) = moving(trial)
    assert again - rest == pytest.approx(BETWEEN_S, abs=0.3)
    assert end - again == pytest.approx(rest - first, abs=0.3)
    assert trial.sitting.put_out.trips == 0


@pytest.mark.parametrize("key", ["1", "2", "0"])
def test_an_answer_ends_the_sitting(pair, key):
    trial = Trial(pair, {24.0: key})
    assert trial.procedure.answer == key
    assert not trial.procedure.left
    assert trial.sitting.session.stop_confirmed


@pytest.mark.parametrize("key", ["x", "1", " ", "\r", "other"])
@pytest.mark.parametrize("at", [3.0, 10.0, 15.0])
def test_any_key_while_it_plays_stops_and_nothing_is_asked(pair, key, at):
    trial = Trial(pair, {at: key})
    assert trial.procedure.left
    assert (trial.procedure.answer, trial.asked, trial.reason) == ("", [], EndReason.BY_KEY)
    assert trial.sitting.put_out.last_moving() <= at + 0.6


def test_once_more_plays_both_once_more_in_the_same_order(pair):
    trial = Trial(pair, {24.0: "r"})
    assert trial.parts == [("first", 1), ("second", 1), ("first", 2), ("second", 2)]
    assert trial.procedure.rounds == 2
    assert trial.asked == [["1", "2", "0", "r"]]
    assert trial.reason == ""
    assert trial.lines[3:6] == ["Once more, both of them. Any key stops.", "  first", "  second"]
    spells = moving(trial)
    assert len(spells) == 4
    drive = trial.sitting.put_out.drive
    first, second, third, fourth = (
        drive[round(start * 1000) : round(end * 1000)].max(axis=0).tolist() for start, end in spells
    )
    assert first == third
    assert second == fourth
    assert first != second


def test_only_keys_that_answer_count_as_answers(pair):
    trial = Trial(pair, {24.0: "3", 24.5: "x", 25.0: "other", 26.0: "2"})
    assert trial.procedure.answer == "2"


@pytest.mark.parametrize("key", ["q", "s", "\x04", "\x1a"])
def test_the_question_may_be_left(pair, key):
    trial = Trial(pair, {24.0: key})
    assert trial.procedure.left
    assert trial.procedure.answer == ""


def test_keys_typed_together_count_once(pair):
    assert Trial(pair, {24.0: "2", 24.001: "1"}).procedure.answer == "2"


def test_the_device_is_let_go_when_there_is_no_time_for_another_round(pair):
    trial = Trial(pair, {})
    assert trial.reason == EndReason.TIME_OVER  # nobody pressed anything
    assert (trial.procedure.answer, trial.procedure.left, trial.procedure.rounds) == ("", False, 1)
    assert 31.0 < trial.sitting.clock.now() < 36.0


@pytest.mark.parametrize("at", [24.0, 28.0, 31.5])
def test_a_second_round_asked_for_at_the_last_moment_still_fits(pair, at):
    trial = Trial(pair, {at: "r"})
    assert (trial.procedure.rounds, trial.reason) == (2, "")
    assert not trial.sitting.session.hurried
    assert trial.sitting.put_out.last_moving() < 60.0


def test_a_day_that_leaves_less_time_cuts_no_part_short_unheard(pair):
    trial = Trial(pair, {}, allowed_s=15.0)
    assert trial.reason == "out of time"
    assert trial.procedure.rounds == 0


@pytest.mark.parametrize(
    ("reason", "ask"),
    [
        (EndReason.BY_SIGNAL, lambda sitting: sitting.inbox.post(StopSession(EndReason.BY_SIGNAL))),
        (EndReason.BY_REQUEST, lambda sitting: sitting.inbox.post(StopSession(EndReason.BY_REQUEST))),
        (EndReason.BY_ABSENCE, lambda sitting: setattr(sitting.typed, "gone_at", 0.0)),
    ],
)
def test_while_the_question_waits_everything_else_still_stops(pair, reason, ask):
    trial = Trial(pair, {}, on_question=ask)
    assert trial.reason == reason
    assert trial.procedure.answer == ""
    assert trial.sitting.session.stop_confirmed
    assert trial.sitting.clock.now() < 26.0


class Present(Scripted):
    """Keys that can be entered, as those of a terminal."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        ({5.0: "1"}, "1"),
        ({5.0: "x", 6.0: "0"}, "0"),
        ({2.0: "r", 9.0: "2"}, "2"),
        ({1.0: "q"}, ""),
        ({601.0: "1"}, ""),
    ],
)
def test_the_question_stays_when_the_device_is_at_rest(keys, answer, capsys):
    clock = VirtualClock()
    assert answered(Present(clock, keys), clock, Output()) == answer
    said = capsys.readouterr().err
    assert "[1] first  [2] second  [0] no difference  [q] leave\n" in said
    assert ("the sitting is over" in said) is ("r" in keys.values())
    assert ("that key means nothing here: [1] first" in said) is ("x" in keys.values())


def test_a_key_that_is_no_answer_is_told_which_are(pair):
    trial = Trial(pair, {24.0: "x", 25.0: "2"})
    assert trial.procedure.answer == "2"
    assert trial.lines[3] == f"that key means nothing here: {CHOICES}"


def test_a_terminal_that_goes_away_is_no_answer():
    clock = VirtualClock()
    keys = Present(clock, {})
    keys.gone_at = 3.0
    with pytest.raises(StoppedOutside, match="terminal went away"):
        answered(keys, clock, Output())


def test_the_parts_lie_where_they_are_announced(pair):
    assert begins(pair, 0)[0] == pair.lead_s
    assert begins(pair, 1)[0] == pytest.approx(pair.lead_s + pair.round_s)
    assert pair.total_s <= 50.0
