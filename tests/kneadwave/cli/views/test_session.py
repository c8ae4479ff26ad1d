"""What is told of a session with guided steps: sparsely for a person, in full for a script."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from firmware_bridge.play.updates import Phase, Update
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.views.session import COUNT_S, JsonLines, TextLines, note
from kneadwave.sessions.end_events import HandsDone
from kneadwave.sessions.events import Event, ForRecipient, PainTold
from kneadwave.sessions.guided import GuidedSession
from kneadwave.sessions.record import record
from kneadwave.sessions.track import Tracker
from profiles.profile import parse
from profiles.score import Score, compose
from simulator.clock import VirtualClock

ROUTINE = """
schema = 1
name = "routine"

[[step]]
name = "many"
technique = { kind = "guide", instruction = "Tap lightly.", part = "head" }
duration_s = 0.5
repeats = 60

[[step]]
name = "breaths"
duration_s = 22
repeats = 3
[step.technique]
kind = "guide"
instruction = "Breathe."
part = "breath"
breath = { inhale_s = 4, hold_s = 10, exhale_s = 8 }
"""


class Recorded:
    """Keeps the events of a recording."""

    t = 0.0

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []

    def event(self, t: float, event: str, **fields: Any) -> None:
        assert t == 0.0
        json.dumps(fields)
        self.events.append((event, fields))


@pytest.fixture
def score() -> Score:
    return compose(parse(ROUTINE))


def told(
    score: Score, capsys: pytest.CaptureFixture[str], *, as_json: bool, recorder: Any = None
) -> list[str]:
    out = Output(as_json)
    shows = [JsonLines(out, 10.0).show, TextLines(out, lines=not as_json).show]
    tracker = Tracker(score)
    events: list[Event] = list(tracker.start(""))
    for update in GuidedSession(score, VirtualClock()).play():
        events += tracker.track(update)
    for event in [*events, PainTold("shoulder", stopped=False), PainTold("shoulder", stopped=True)]:
        if recorder is not None:
            record(recorder, event)
        for show in shows:
            show(event)
    return capsys.readouterr().out.splitlines()


def test_a_person_reads_the_instruction_and_a_count_now_and_then(
    score: Score, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = told(score, capsys, as_json=False)
    counts = [line.strip() for line in lines if " of 60" in line]
    assert lines[0] == "no device moves in this routine"
    assert "Tap lightly." in lines[2]
    assert 2 <= len(counts) <= 30 / COUNT_S + 1
    assert [line.strip() for line in lines if line.strip() in {"1 of 3", "2 of 3", "3 of 3"}] == [
        *("1 of 3", "2 of 3", "3 of 3")
    ]
    assert "      breathe in 4 s, hold 10 s, out 8 s" in lines
    assert sum("the shoulder zone gets less" in line for line in lines) == 1


def test_a_script_and_a_recording_get_every_field(score: Score, capsys: pytest.CaptureFixture[str]) -> None:
    recorder = Recorded()
    events = [json.loads(line) for line in told(score, capsys, as_json=True, recorder=recorder)]
    steps = [event for event in events if event["event"] == "step"]
    assert steps[0]["technique"] == "guide"
    assert steps[0]["guide"]["instruction"] == "Tap lightly."
    assert (steps[0]["guide"]["repeats"], steps[0]["guide"]["duration_s"]) == (60, 0.5)
    assert steps[1]["guide"]["breath"] == {"inhale_s": 4.0, "hold_s": 10.0, "exhale_s": 8.0}
    recorded = [fields for event, fields in recorder.events if event == "step"]
    wanted = {"step", "name", "technique", "zones", "guide"}
    assert [set(fields) for fields in recorded] == [wanted] * 2
    assert [fields["name"] for fields in recorded] == ["many", "breaths"]
    pains = [fields for event, fields in recorder.events if event == "pain"]
    assert pains == [{"zone": "shoulder", "action": "eased"}, {"zone": "shoulder", "action": "stopped"}]


def test_whoever_was_hurt_reads_how_the_zone_gets_less_the_next_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = TextLines(Output(False), lines=True)
    over = HandsDone("stopped for pain", 30.0, 120.0)
    for event in (ForRecipient("me", 1.7, 1.0, {}), PainTold("shoulder-left", stopped=True), over):
        lines.show(event)
    assert "knead recipient change me --pain shoulder-left=N" in capsys.readouterr().err
    nobody_hurt = TextLines(Output(False), lines=True)
    nobody_hurt.show(over)
    assert "--pain" not in capsys.readouterr().err


def played() -> Any:
    """A session as far as a tracker asks: its limit, its device, and what its limiter did."""
    return SimpleNamespace(
        most=1.0,
        feed=SimpleNamespace(intensity=0.8, events=[]),
        layout=SimpleNamespace(
            description=SimpleNamespace(name="pad"), actuators=(), excluded=(), stature_m=1.7
        ),
        device=SimpleNamespace(identities=()),
        substitutions=(),
        hurried=False,
        losses=SimpleNamespace(count=0),
    )


def test_intensity_is_recorded_where_it_begins_changes_and_where_the_score_jumps(score: Score) -> None:
    recorder: Any = Recorded()
    tracker = Tracker(score, played())
    assert list(tracker.start(""))
    for elapsed, intensity in ((0.0, 0.8), (0.25, 0.8), (0.5, 0.9), (0.75, 0.9), (1.75, 0.9), (9.0, 0.9)):
        for event in tracker.track(Update(Phase.PLAYING, elapsed, 0.0, 0, intensity, b"", b"", None)):
            record(recorder, event)
    assert [fields for event, fields in recorder.events if event == "intensity"] == [
        {"intensity": 0.8, "elapsed": 0.0, "limit": 0.8},
        {"intensity": 0.9, "elapsed": 0.5},
        {"intensity": 0.9, "elapsed": 9.0},
    ]


def test_a_note_is_for_people_and_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    note(Output(), "one\ntwo\x1b[2J")
    note(Output(as_json=True), "one")
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "note: one two?[2J\n"
