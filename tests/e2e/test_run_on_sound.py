"""Shakers on a real PortAudio, ALSA and PulseAudio with a null sink: what sounds, and when it stops."""

import json
import signal

import numpy as np
import pytest
from guard_faults import EndedBefore
from sound_faults import HUNG_S, KILLED_S, URL, Playing, silent_after
from sound_server import MISSING, RATE, SoundServer

from firmware_bridge.guard.outputs.tones import FULL_SCALE
from kneadwave.guards.marks import folder

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"needs {' and '.join(MISSING)}")
TICK = RATE // 50
SEEN_TICKS = 5
"""A sine of 20 Hz and more shows its amplitude within so long."""
JITTER_TICKS = 3
"""A card asks for samples in blocks of its own size, up to 60 ms: so much sooner or later a tick is heard."""
TRIES = 3
"""A machine that gives nobody time leaves gaps, and makes a stop look late: it is tried again."""


def tried(attempt):
    """What an attempt gives, the first that holds."""
    for left in reversed(range(TRIES)):
        try:
            return attempt()
        except (AssertionError, EndedBefore):
            if not left:
                raise
    raise AssertionError


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
def test_whoever_dies_or_hangs_it_falls_silent_and_leaves_no_mark(tmp_path_factory, which, number, most_s):
    def attempt():
        took, before = silent_after(tmp_path_factory.mktemp("sound"), which, number)
        assert took <= most_s
        assert hz_of(before[:, 0]) == pytest.approx(45, rel=0.01)
        assert not list(folder().glob("*"))

    tried(attempt)


def test_a_card_that_is_gone_ends_the_session(tmp_path):
    with SoundServer(tmp_path, channels=4) as server:
        playing = Playing(server)
        server.end()
        said = playing.end("guard")
    assert said.startswith(("LinkLost: ", "LinkTimeout: "))


def test_a_felt_check_sounds_as_it_was_sent(benches, tmp_path_factory):
    tried(lambda: holds_what_was_sent(*felt_check(benches(), tmp_path_factory.mktemp("sound"))))


def felt_check(bench, place):
    """What sounded in a felt check, (samples, channels), and what was sent: amplitude and Hz by tick."""
    with SoundServer(place) as server:
        bench.env |= server.env
        bench.clear()
        ended = bench.call("run", "felt-check", "--device", URL, "--record", "felt.jsonl")
        assert ended.code == 0, ended.err
        assert "plays on pulse, " in ended.out + ended.err
        sound = server.sound()
    lines = map(json.loads, (bench.folder / "felt.jsonl").read_text().splitlines())
    ticks = [line for line in lines if line["kind"] == "tick"]
    sent, hz = (np.array([tick[key] for tick in ticks]) for key in ("drive", "rate"))
    return sound, sent * FULL_SCALE / 255, hz


def holds_what_was_sent(sound, sent, hz):
    """Nothing above what was sent, no jump, no mean, the envelope."""
    assert np.abs(sound).max() <= sent.max() * 1.001
    assert np.abs(np.diff(sound, axis=0)).max() <= sent.max() * (2 * np.pi * hz.max() / RATE + 1 / TICK)
    for channel in range(2):
        holds_its_envelope(sound[:, channel], sent[:, channel])
        assert abs(sound[:, channel].mean()) < 1e-3 * np.abs(sound[:, channel]).max()


def holds_its_envelope(wave, drives):
    """The amplitude is what was sent, within 1 dB, wherever that is steady, with one shift for all of it."""
    windows = np.lib.stride_tricks.sliding_window_view
    peaks = np.abs(wave[: len(wave) // TICK * TICK]).reshape(-1, TICK).max(axis=1)
    seen = windows(peaks, SEEN_TICKS).max(axis=1)
    sent = windows(drives, SEEN_TICKS + 2 * JITTER_TICKS)
    steady = (sent.min(axis=1) > 0.05) & (sent.min(axis=1) > 0.97 * sent.max(axis=1))
    assert steady.sum() > 50
    wanted = sent.max(axis=1)[steady]
    shifted = (seen[at : at + len(sent)][steady] for at in range(len(seen) - len(sent) + 1))
    assert min(np.abs(20 * np.log10((heard + 1e-9) / wanted)).max() for heard in shifted) <= 1.0
