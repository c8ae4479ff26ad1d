"""Shakers on a real PortAudio, ALSA and PulseAudio with a null sink: what sounds, and when it stops."""

import json
import signal

import numpy as np
import pytest
from sound_faults import HUNG_S, KILLED_S, URL, Playing, silent_after
from sound_server import MISSING, RATE, SoundServer

from firmware_bridge.guard.outputs.tones import FULL_SCALE
from kneadwave.guards.marks import folder

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"needs Debian's {' and '.join(MISSING)}")
TICK = RATE // 50
SEEN_TICKS = 5
"""A sine of 20 Hz and more shows its amplitude within so long."""
TRIES = 3
"""A recorder that got no time makes a stop look later than it was, never earlier: it is tried again."""


def hz_of(wave):
    """The frequency of a wave that may have pauses, by its crossings of zero."""
    at = np.flatnonzero((wave[:-1] < 0) & (wave[1:] >= 0))
    exact = at + wave[at] / (wave[at] - wave[at + 1])
    return RATE / np.median(np.diff(exact))


@pytest.fixture(autouse=True)
def state_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@pytest.mark.parametrize(
    ("which", "number", "most_s"),
    [
        ("player", signal.SIGKILL, KILLED_S),
        ("guard", signal.SIGKILL, KILLED_S),
        ("player", signal.SIGSTOP, HUNG_S),
        ("guard", signal.SIGSTOP, KILLED_S),
    ],
)
def test_whoever_dies_or_hangs_it_falls_silent_and_leaves_no_mark(tmp_path, which, number, most_s):
    for left in reversed(range(TRIES)):
        took, before = silent_after(tmp_path, which, number)
        if took <= most_s or not left:
            break
    assert took <= most_s
    assert hz_of(before[:, 0]) == pytest.approx(45, rel=0.01)
    assert not list(folder().glob("*"))


def test_a_card_that_is_gone_ends_the_session(tmp_path):
    with SoundServer(tmp_path, channels=4) as server:
        playing = Playing(server)
        server.end()
        said = playing.end("guard")
    assert said.startswith("LinkLost: pulse ")


def test_a_felt_check_sounds_as_it_was_sent(bench, tmp_path):
    with SoundServer(tmp_path) as server:
        bench.env |= server.env
        bench.clear()
        ended = bench.call("run", "felt-check", "--device", URL, "--record", "felt.jsonl")
        assert ended.code == 0, ended.err
        assert "plays on pulse, " in ended.out + ended.err
        sound = server.sound()
    lines = map(json.loads, (bench.folder / "felt.jsonl").read_text().splitlines())
    ticks = [line for line in lines if line["kind"] == "tick"]
    drives = np.array([tick["drive"] for tick in ticks]) * FULL_SCALE / 255
    steepest = max(rate for tick in ticks for rate in tick["rate"])
    assert np.abs(sound).max() <= drives.max() * 1.001
    assert np.abs(np.diff(sound, axis=0)).max() <= drives.max() * (2 * np.pi * steepest / RATE + 1 / TICK)
    for channel in range(2):
        holds_its_envelope(sound[:, channel], drives[:, channel])
        assert abs(sound[:, channel].mean()) < 1e-3 * np.abs(sound[:, channel]).max()


def holds_its_envelope(wave, drives):
    """The amplitude is what was sent, within 1 dB, wherever that is steady, with one shift for all of it."""
    peaks = np.abs(wave[: len(wave) // TICK * TICK]).reshape(-1, TICK).max(axis=1)
    seen = np.lib.stride_tricks.sliding_window_view(peaks, SEEN_TICKS).max(axis=1)
    sent = np.lib.stride_tricks.sliding_window_view(drives, SEEN_TICKS)
    steady = (sent.min(axis=1) > 0.05) & (sent.min(axis=1) > 0.97 * sent.max(axis=1))
    assert steady.sum() > 50
    wanted = sent.max(axis=1)[steady]
    shifted = (seen[at : at + len(sent)][steady] for at in range(len(seen) - len(sent) + 1))
    assert min(np.abs(20 * np.log10((heard + 1e-9) / wanted)).max() for heard in shifted) <= 1.0
