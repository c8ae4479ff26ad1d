"""`knead tune sweep` in virtual time: what is shown, what a key takes, and what is written."""

import io
import json
from pathlib import Path

import pytest
from felt import Sitting

from firmware_bridge.play.ending import EndReason
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.trials.sweep import HEARD_S, LiveLine, Walking, sweep
from kneadwave.errors import Exit, UsageError
from kneadwave.sessions.felt_test import Bench
from kneadwave.tuning.checks import EditRefused
from kneadwave.tuning.trials.sweep import profile_of, tape_of, walk_of
from kneadwave.tuning.workspace import look, open_desk
from profiles.profile import load_profile, profile_source

KNEADING = 7
SIM = Bench(device="sim:")
PLANNED = "rate 30 cycles/min  1 of 4\nrate 35.6 cycles/min  2 of 4\nrate 42.2 cycles/min  3 of 4\n"
BEGUN = 0.45
"""Seconds from the opening of a device to the first frame of the score that it plays, about."""


@pytest.fixture(scope="module")
def walk():
    return walk_of(load_profile("relaxing-back"), KNEADING, "rate", 30.0, 50.0)


class Trial:
    """One sitting, with keys at given seconds of its clock."""

    def __init__(self, walk, keys, allowed_s=60.0):
        self.shown, self.events = io.StringIO(), []
        self.procedure = Walking(
            walk, LiveLine(self.shown), lambda event, **more: self.events.append((event, more))
        )
        self.sitting = Sitting(
            profile_of(walk), keys, sampler=lambda layout: tape_of(walk, layout), allowed_s=allowed_s
        )
        self.sitting.play(self.procedure)
        self.reason = self.sitting.session.stop_reason


def test_every_value_is_shown_and_reaching_the_end_takes_none(walk):
    trial = Trial(walk, {})
    assert trial.shown.getvalue() == PLANNED + "rate 50 cycles/min  4 of 4\n"
    assert [more["value"] for _, more in trial.events] == [30.0, 35.6, 42.2, 50.0]
    assert [more["index"] for _, more in trial.events] == [1, 2, 3, 4]
    assert {event for event, _ in trial.events} == {"value"}
    assert (trial.procedure.taken, trial.reason) == (None, "")
    assert trial.sitting.put_out.trips == 0


@pytest.mark.parametrize("key", ["\r", "\n", " "])
def test_a_key_takes_the_value_that_is_felt_and_stops_at_once(walk, key):
    trial = Trial(walk, {15.5: key})
    assert trial.procedure.taken == 42.2
    assert trial.reason == EndReason.BY_ANSWER
    assert trial.shown.getvalue() == PLANNED
    assert 15.0 < trial.sitting.put_out.last_moving() <= 16.1
    assert trial.sitting.session.stop_confirmed


def test_just_after_a_change_the_value_before_is_taken(walk):
    change = walk.begins[2]
    taken = {at: Trial(walk, {change + at: " "}).procedure.taken for at in (0.0, 0.3, 1.2)}
    assert taken == {0.0: 35.6, 0.3: 35.6, 1.2: 42.2}


@pytest.mark.parametrize("key", ["x", "q", "other", "\x1b", "\x04", "5"])
def test_any_other_key_stops_and_takes_nothing(walk, key):
    trial = Trial(walk, {9.0: key})
    assert trial.procedure.taken is None
    assert trial.reason == EndReason.BY_KEY
    assert trial.sitting.put_out.last_moving() <= 9.6


def test_before_anything_is_felt_nothing_is_taken(walk):
    trial = Trial(walk, {0.2: "\r"})
    assert trial.procedure.taken is None
    assert trial.reason == EndReason.BY_KEY
    assert trial.shown.getvalue() == ""


@pytest.mark.parametrize(("keys", "taken"), [({9.0: " ", 9.001: "x"}, 35.6), ({9.0: "x", 9.001: " "}, None)])
def test_of_keys_typed_together_the_first_counts(walk, keys, taken):
    assert Trial(walk, keys).procedure.taken == taken


def test_a_day_that_leaves_less_time_leaves_no_value_out_unheard(walk):
    trial = Trial(walk, {}, allowed_s=15.0)
    assert trial.reason == "out of time"
    assert trial.procedure.taken is None


def test_a_value_is_shown_when_it_is_felt_not_when_it_is_sent(walk):
    shown = {}

    class Timed(LiveLine):
        def show(self, text):
            shown.setdefault(text, trial.clock.now())

    procedure = Walking(walk, Timed(io.StringIO()), lambda *_, **__: None)
    trial = Sitting(profile_of(walk), {}, sampler=lambda layout: tape_of(walk, layout))
    trial.play(procedure)
    at = list(shown.values())
    for index, begins in enumerate(walk.begins):
        assert begins <= at[index] <= begins + HEARD_S + BEGUN + 0.2


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_line_is_written_over_on_a_terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    line = LiveLine(stream)
    for text in ("rate 42.2  1 of 2", "rate 42.2  1 of 2", "rate 50  2 of 2"):
        line.show(text)
    line.close()
    line.close()
    assert stream.getvalue() == "\rrate 42.2  1 of 2\rrate 50  2 of 2  \n"


# -- the whole of it, on a simulated device ----------------------------------------------------------------


@pytest.fixture
def sitting_there(one_clock, press, monkeypatch):  # noqa: ARG001
    """Somebody at a terminal, whose keys are those of `press`."""
    monkeypatch.setattr("kneadwave.cli.live_session.somebody_there", lambda: True)
    monkeypatch.setattr("kneadwave.cli.terminal.prompts.somebody_there", lambda: True)
    return press


@pytest.fixture
def path():
    Path("evening.toml").write_text(profile_source("relaxing-back"), encoding="utf-8")
    return "evening.toml"


def test_the_value_taken_is_written_as_an_edit(sitting_there, path, capsys):
    before = Path(path).read_bytes()
    sitting_there(16.0, "\r")
    out = Output()
    sweep(out, SIM, path, "8", "rate", 30.0, 50.0)
    said = capsys.readouterr()
    assert "rate 42.2 cycles/min  3 of 4" in said.err
    assert "8 kneading upwards: rate 36 -> 42.2" in said.out
    assert '+technique = { kind = "kneading", rate_cpm = 42.2, advance_mm_s = 40 }' in said.out
    assert f"back: knead tune undo {path}" in said.out
    assert {key: out.end[key] for key in ("number", "before", "value")} == {
        "number": "rate",
        "before": 36.0,
        "value": 42.2,
    }
    assert Path(path).read_bytes() == before
    with open_desk(path) as desk:
        assert desk.profile.step[KNEADING].technique.rate_cpm == 42.2
        assert desk.history()[-1].what == "sweep: step 8 rate 42.2 cycles/min"
        desk.undo()
        assert desk.text == before.decode()


@pytest.mark.parametrize("key", ["x", None])
def test_without_a_value_nothing_is_written(sitting_there, path, capsys, key):
    if key:
        sitting_there(9.0, key)
    out = Output(as_json=True)
    sweep(out, SIM, path, "8", "rate", 30.0, 50.0)
    said = capsys.readouterr()
    assert out.end["value"] is None
    assert "edited" not in {json.loads(line)["event"] for line in said.out.splitlines()}
    assert not look(path).pending
    assert len(look(path).history()) <= 1


def test_as_text_it_says_that_nothing_was_taken(sitting_there, path, capsys):
    sitting_there(5.0, "x")
    sweep(Output(), SIM, path, "8", "rate", 30.0, 50.0)
    assert "nothing was taken; rate 36 cycles/min stays" in capsys.readouterr().out


def test_the_value_that_it_had_is_no_edit(sitting_there, path, capsys):
    sitting_there(3.0, " ")
    sweep(Output(), SIM, path, "8", "rate", 36.0, 50.0)
    assert "rate 36 cycles/min feels right as it is" in capsys.readouterr().out
    assert not look(path).pending


def test_what_is_taken_may_bring_a_warning(sitting_there, capsys):
    Path("gentle.toml").write_text(profile_source("gentle-back"), encoding="utf-8")
    step = next(
        n for n, step in enumerate(load_profile("gentle-back").step) if step.technique.kind == "pressing"
    )
    sitting_there(4.0, " ")
    sweep(Output(), SIM, "gentle.toml", str(step + 1), "hold", 1.0, 3.0)
    said = capsys.readouterr()
    assert "a hold of 1 s is hardly a pressure" in said.err
    assert look("gentle.toml").pending


@pytest.mark.parametrize(
    ("number", "start", "end", "rule"),
    [("rate", 30.0, 61.0, 64), ("rate", 70.0, 40.0, 64), ("level", 0.3, 0.6, 246)],
)
def test_an_end_that_the_check_calls_an_error_is_refused_before_anything_moves(
    sitting_there, path, capsys, monkeypatch, number, start, end, rule
):
    def played(*_args, **_more):
        raise AssertionError

    monkeypatch.setattr("kneadwave.cli.trials.sweep.feel", played)
    sitting_there(3.0, " ")
    with pytest.raises(EditRefused, match=rf"\(rule {rule}\)") as caught:
        sweep(Output(), SIM, path, "8", number, start, end)
    assert caught.value.exit is Exit.INVALID
    assert caught.value.hint
    assert "+++" not in capsys.readouterr().out  # what is refused is not shown as if it were made
    assert not look(path).pending


def test_the_session_has_no_numbers(sitting_there, path):  # noqa: ARG001
    with pytest.raises(UsageError, match="the session has no numbers"):
        sweep(Output(), SIM, path, "session", "rate", 30.0, 50.0)


def test_nobody_at_a_terminal_is_a_usage_error(path):
    with pytest.raises(UsageError, match="knead tune sweep asks how it feels"):
        sweep(Output(), SIM, path, "8", "rate", 30.0, 50.0)


def test_what_a_device_cannot_vary_is_said_beforehand(sitting_there, capsys):
    toning = load_profile("toning")
    step = next(n for n, step in enumerate(toning.step) if step.technique.kind == "vibration")
    sitting_there(3.0, "x")
    bench = Bench(device="sim:", on="seat-pad-8")
    sweep(Output(), bench, "toning", str(step + 1), "frequency", 40.0, 70.0)
    said = capsys.readouterr().err
    assert said.count("the frequency follows the drive on this device") == 1
    assert f"vibration in step {step + 1} {toning.step[step].name}" in said
