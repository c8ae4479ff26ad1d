"""What was done with + and - while a run was recorded, as a curve over the session."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.load import load_device, place_device
from firmware_bridge.errors import RecordingError
from firmware_bridge.recording.writer import open_recorder
from kneadwave.cli.exits import worded
from kneadwave.tuning.fit.from_recording import (
    AROUND_S,
    IntensityChange,
    OtherRecording,
    RecordedIntensity,
    envelope_of,
    read_run,
)
from profiles.curve import MAX_POINTS, IntensityCurve
from profiles.errors import ProfileError
from profiles.profile import load_profile

BACK = load_profile("relaxing-back")
LAYOUT = place_device(load_device("seat-pad-8"))


def record(path, changes, *, limit=1.0, name="relaxing-back", pain=(), ok=True, ended=True):
    """A run in which live intensity was changed to (elapsed, intensity)."""
    with open_recorder(path) as recorder:
        recorder.header(LAYOUT, name, "host", "seat-pad-8")
        for n, (elapsed, intensity) in enumerate(changes):
            first = {"limit": limit} if n == 0 else {}
            recorder.event(elapsed, "intensity", intensity=intensity, elapsed=elapsed, **first)
        for zone in pain:
            recorder.event(400.0, "pain", zone=zone, action="eased")
        if ended:
            recorder.end(900.0, ok, "completed" if ok else "stopped by a key")
    return path


def times(run, profile=BACK):
    """Times that are not around a change, and the factor that was played then."""
    t = np.arange(0.0, profile.duration_s, 0.05)
    factor = np.ones(len(t))
    for change in run.changes:
        factor[t >= change.elapsed] = change.factor
    away = np.all([np.abs(t - c.elapsed) > AROUND_S + 0.1 for c in run.changes[1:]] or [t >= 0], axis=0)
    return t[away], factor[away]


def error(fitted, run, profile=BACK):
    t, factor = times(run, profile)
    meant = profile.envelope.at(t, profile.duration_s) * factor
    return float(np.abs(fitted.curve.at(t, profile.duration_s) - meant).max())


def test_a_run_tells_what_was_done(tmp_path):
    run = read_run(record(tmp_path / "r.jsonl", [(0.0, 0.6), (100.0, 0.5), (300.0, 0.6)], limit=0.6), BACK)
    assert run.changes == (
        IntensityChange(0.0, 1.0),
        IntensityChange(100.0, 0.8333),
        IntensityChange(300.0, 1.0),
    )
    assert run.changed
    assert run.notes == ()


def test_the_curve_stays_within_the_error_away_from_the_changes(tmp_path):
    run = read_run(record(tmp_path / "r.jsonl", [(0, 1.0), (120.0, 0.9), (121.0, 0.8), (500.0, 1.0)]), BACK)
    fitted = envelope_of(BACK, run)
    assert error(fitted, run) <= 0.03
    assert fitted.error <= 0.03
    assert len(fitted.curve.points) <= 8
    assert fitted.curve.unit == "seconds"


def test_what_the_profile_had_before_is_kept(tmp_path):
    rising = BACK.model_copy(update={"envelope": IntensityCurve(points=((0.0, 0.5), (0.5, 1.0), (1.0, 0.6)))})
    run = read_run(record(tmp_path / "r.jsonl", [(0, 1.0), (200.0, 0.7)]), rising)
    assert error(envelope_of(rising, run), run, rising) <= 0.03


def test_a_fit_lowers_and_never_raises(tmp_path):
    run = read_run(record(tmp_path / "r.jsonl", [(0, 0.5), (100.0, 0.9), (300.0, 0.3)], limit=0.5), BACK)
    assert max(change.factor for change in run.changes) == 1.0
    assert envelope_of(BACK, run).curve.peak <= BACK.envelope.peak


def test_a_change_takes_time(tmp_path):
    run = read_run(record(tmp_path / "r.jsonl", [(0, 1.0), (300.0, 0.4)]), BACK)
    points = envelope_of(BACK, run).curve.points
    (before, after) = [t for t, _ in points if 290 < t < 310]
    assert after - before >= 2 * AROUND_S - 0.5
    assert before < 300.0 < after


def test_pain_and_a_run_cut_short_are_told(tmp_path):
    path = record(tmp_path / "r.jsonl", [(0, 1.0), (100.0, 0.8)], pain=["lumbar", "lumbar"], ok=False)
    run = read_run(path, BACK)
    assert len(run.notes) == 2
    assert "lumbar" in run.notes[0]
    assert "80%" in run.notes[1]
    assert envelope_of(BACK, run).curve.points[-1] == (900.0, 0.8)
    torn = record(tmp_path / "torn.jsonl", [(0, 1.0), (100.0, 0.8)], ended=False)
    assert "cut short" in read_run(torn, BACK).notes[0]


def test_a_run_without_changes_changed_nothing(tmp_path):
    run = read_run(record(tmp_path / "r.jsonl", [(0, 0.6), (400.0, 0.6)], limit=0.6), BACK)
    assert not run.changed


def test_the_recording_of_another_profile_is_refused(tmp_path):
    path = record(tmp_path / "r.jsonl", [(0, 1.0)], name="gentle-back")
    with pytest.raises(OtherRecording, match="a run of 'gentle-back', not of 'relaxing-back'") as caught:
        read_run(path, BACK)
    assert "knead tune fit gentle-back" in worded(caught.value.hint)


def test_a_recording_that_does_not_say_it_names_the_one_that_does(tmp_path):
    with pytest.raises(OtherRecording, match="does not say what was done") as caught:
        read_run(record(tmp_path / "r.jsonl", []), BACK)
    assert "knead run PROFILE --record" in worded(caught.value.hint)


def test_a_longer_run_is_refused(tmp_path):
    with pytest.raises(OtherRecording, match="goes on after 15:00"):
        read_run(record(tmp_path / "r.jsonl", [(0, 1.0), (903.0, 0.5)]), BACK)


SOUND = {"intensity": 0.8, "elapsed": 0, "limit": 1}


WRONG = ({"intensity": "1"}, {"intensity": True}, {"elapsed": -1}, {"limit": 0})
MISSING = ({}, *({k: v for k, v in SOUND.items() if k != key} for key in SOUND))


@pytest.mark.parametrize("fields", [*MISSING, *(SOUND | wrong for wrong in WRONG)])
def test_an_event_that_makes_no_sense_is_an_error_of_the_recording(tmp_path, fields):
    path = record(tmp_path / "r.jsonl", [(0.0, 1.0)])
    lines = path.read_text().splitlines()
    lines[1] = json.dumps({"kind": "event", "t": 0.0, "event": "intensity", **fields})
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(RecordingError, match=r"r\.jsonl"):
        read_run(path, BACK)


def test_a_session_that_goes_back_is_an_error_of_the_recording(tmp_path):
    path = record(tmp_path / "r.jsonl", [(0.0, 1.0), (50.0, 0.8)])
    path.write_text(
        path.read_text().replace('"elapsed":50.0', '"elapsed":-0.0').replace('"elapsed":0.0', '"elapsed":9')
    )
    with pytest.raises(RecordingError, match="goes back"):
        read_run(path, BACK)


def test_a_restless_run_keeps_to_the_points_there_are():
    changes = [
        IntensityChange(0.0, 1.0),
        *(IntensityChange(10.0 * k, 0.5 + 0.5 * (k % 2)) for k in range(1, 90)),
    ]
    with pytest.raises(ProfileError, match=f"{MAX_POINTS} points") as caught:
        envelope_of(BACK, RecordedIntensity(tuple(changes), ()))
    assert "allow an error" in caught.value.hint


@given(
    st.lists(st.tuples(st.floats(1.0, 895.0), st.integers(2, 10).map(lambda k: k / 10)), max_size=12),
    st.sampled_from([0.02, 0.03, 0.1]),
)
def test_whatever_was_done_is_kept_within_the_error(done, within):
    changes = [IntensityChange(0.0, 1.0), *(IntensityChange(round(t, 2), f) for t, f in sorted(done))]
    run = RecordedIntensity(tuple(changes), ())
    fitted = envelope_of(BACK, run, within)
    assert error(fitted, run) <= within + 1e-3
    assert len(fitted.curve.points) <= MAX_POINTS
    assert fitted.curve.peak <= 1.0
