"""The sound of a run: its frequency, its amplitude, its sides, and that it never clips."""

import wave
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from firmware_bridge.devices.load import load_device
from kneadwave.exchange.sound import FULL, SAMPLE_RATE_HZ, RunSound
from profiles.profile import load_profile
from profiles.score import compose
from simulator.motor import MotorBank
from simulator.run import OutputRun


@lru_cache(maxsize=1)
def run() -> OutputRun:
    played = OutputRun(compose(load_profile("felt-check")), load_device("reference-cushion"))
    for _ in played.play():
        pass
    return played


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("sounds")
    RunSound(run()).write(folder)
    found = {}
    for path in sorted(folder.iterdir()):
        with wave.open(str(path)) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, SAMPLE_RATE_HZ)
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
        found[path.stem] = samples / 32767.0
    return found


def felt() -> Any:
    frames = run().taken()
    return MotorBank(run().layout.actuators).step(frames.drive, frames.rate)


def test_every_zone_that_is_felt_has_a_file_as_long_as_the_run(sounds: Any) -> None:
    assert set(sounds) == set(RunSound(run()).zones)
    assert {len(each) for each in sounds.values()} == {run().frames * SAMPLE_RATE_HZ // 50}


def test_two_sounds_added_up_do_not_clip(sounds: Any) -> None:
    assert max(np.abs(each).max() for each in sounds.values()) <= FULL
    assert max(np.abs(each.sum(axis=1)).max() for each in sounds.values()) <= 1.0


def test_the_amplitude_of_a_side_is_what_is_felt_there(sounds: Any) -> None:
    levels, checked = felt(), 0
    for zone, samples in sounds.items():
        for channel, side in enumerate(("left", "right")):
            columns = [a.index for a in run().layout.allowed if a.zone == f"{zone}-{side}"]
            expected = levels[:, columns].max(axis=1, initial=0.0)
            # A whole turn of the slowest carrier: the highest sample in it is the amplitude.
            blocks = np.abs(samples[: len(samples) // 800 * 800, channel]).reshape(-1, 800).max(axis=1)
            frames = expected[: len(blocks) * 5].reshape(-1, 5)
            assert (
                blocks <= FULL * np.max(np.pad(frames, ((0, 1), (0, 0)))[: len(blocks)].max(axis=1)) + 1e-3
            ).all()
            near = np.abs(blocks - FULL * frames.max(axis=1)) <= 0.06
            assert near.mean() > 0.9
            checked += bool(expected.any())
    assert checked > 4


def test_the_frequency_is_that_of_the_step(sounds: Any) -> None:
    cue = next(cue for cue in run().session.score.cues if cue.end - cue.start >= 4.0)
    start, stop = (int((t + 0.5) * SAMPLE_RATE_HZ) for t in (cue.start, cue.end - 1.0))
    strongest = max(sounds.values(), key=lambda each: float(np.abs(each[start:stop]).sum()))
    part = strongest[start:stop].sum(axis=1)
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), 8 * SAMPLE_RATE_HZ))
    assert float(spectrum.argmax()) / 8.0 == pytest.approx(cue.carrier_hz, rel=0.05)


def test_there_is_no_jump_from_sample_to_sample(sounds: Any) -> None:
    fastest = max(cue.carrier_hz for cue in run().session.score.cues)
    most = FULL * (2.0 * np.pi * fastest / SAMPLE_RATE_HZ + 0.01)
    assert max(np.abs(np.diff(each, axis=0)).max() for each in sounds.values()) <= most
