"""What a cushion puts out, kept: the same as a whole simulation shows."""

import io
import json

import numpy as np
import pytest

from firmware_bridge.devices.load import load_device
from firmware_bridge.recording.writer import Recorder
from profiles.profile import load_profile
from profiles.score import compose
from simulator.run import OutputRun, Simulation

DEVICE = load_device("seat-pad-8")
SCORE = compose(load_profile("felt-check"))


@pytest.fixture(scope="module")
def played():
    run = OutputRun(SCORE, DEVICE)
    assert run.taken().drive.shape == (0, 8)
    for _ in run.play():
        pass
    return run


def test_it_is_what_a_simulation_records(played):
    stream = io.StringIO()
    for _ in Simulation(SCORE, DEVICE, recorder=Recorder(stream)).play():
        pass
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    ticks = [line for line in lines if line["kind"] == "tick"]
    frames = played.taken()
    assert played.frames == len(frames.drive) == len(ticks)
    assert frames.drive.tolist() == [line["drive"] for line in ticks]
    assert frames.rate.tolist() == [line["rate"] for line in ticks]


def test_frames_count_to_the_step_that_plays(played):
    step = played.taken().step
    assert (np.diff(step) >= 0).all()
    assert sorted(set(step.tolist())) == [s.index for s in SCORE.steps]
    for at in SCORE.steps[1:]:
        began = int(np.argmax(step == at.index)) / 50
        assert began == pytest.approx(at.start, abs=0.5)


def test_it_stops_the_device_when_it_is_left_early():
    run = OutputRun(SCORE, DEVICE)
    updates = run.play()
    for update in updates:
        if update.elapsed > 3.0:
            break
    updates.close()
    assert run.session.stop_confirmed
    assert not run.taken().drive[-1].any()
