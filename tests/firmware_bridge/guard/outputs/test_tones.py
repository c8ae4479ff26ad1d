"""What a tone bank plays: frequency and amplitude as asked for, without a jump, and silence in time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.guard.outputs.tones import (
    FADE_S,
    FULL_SCALE,
    GLIDE_S,
    LOWEST_HZ,
    SILENT_AFTER_S,
    ToneBank,
)

RATE = 48_000
BLOCK = 480
UPDATE = 960
"""Samples between two updates of a guard."""


def played(bank, drives, rates, updates):
    """What a bank plays while the same is asked for so often, 50 times a second."""
    sound = []
    for _ in range(updates):
        bank.update(bytes(drives), bytes(rates))
        sound += [bank.render(BLOCK) for _ in range(UPDATE // BLOCK)]
    return np.concatenate(sound)


def crossings(wave):
    """Where it comes up through zero, in samples."""
    at = np.flatnonzero((wave[:-1] < 0) & (wave[1:] >= 0))
    return at + wave[at] / (wave[at] - wave[at + 1])


def hz_of(wave):
    return RATE / np.diff(crossings(wave)).mean()


@pytest.mark.parametrize("rate", [LOWEST_HZ, 20, 47, 80, 255])
def test_a_rate_is_the_frequency_and_a_drive_the_amplitude(rate):
    wave = played(ToneBank(2, RATE), [255, 128], [rate, rate], 100)[UPDATE:].astype(float)
    assert hz_of(wave[:, 0]) == pytest.approx(rate, rel=1e-4)
    for channel, drive in enumerate([255, 128]):
        assert np.abs(wave[:, channel]).max() == pytest.approx(FULL_SCALE * drive / 255, rel=0.02)


def test_it_starts_at_zero_and_reaches_its_amplitude_within_an_update():
    wave = played(ToneBank(2, RATE), [255, 0], [50, 0], 3)[:, 0]
    assert abs(wave[0]) < 1e-4
    half = np.abs(wave[: RATE // 100]).max()
    assert half < 0.6 * FULL_SCALE
    assert not played(ToneBank(2, RATE), [255, 0], [50, 0], 3)[:, 1].any()


def test_no_mean_is_left_in_it():
    wave = played(ToneBank(2, RATE), [200, 90], [40, 25], 101)[UPDATE:].astype(float)
    assert np.abs(wave.mean(axis=0)).max() < 1e-3 * np.abs(wave).max()


steps = st.lists(
    st.tuples(
        st.lists(st.integers(0, 255), min_size=2, max_size=2),
        st.lists(st.integers(0, 255), min_size=2, max_size=2),
        st.integers(0, 14),
    ),
    min_size=1,
    max_size=8,
)


@given(steps, st.lists(st.integers(1, 1000), min_size=1, max_size=5))
@settings(max_examples=40, deadline=None)
def test_whatever_is_asked_for_there_is_no_jump_and_no_sample_above_full_scale(asked, blocks):
    """A step may be no longer than the steepest sine makes, and the steepest glide from nothing to all."""
    bank = ToneBank(2, RATE)
    sound = [np.zeros((1, 2), np.float32)]
    for drives, rates, more in asked:
        bank.update(bytes(drives), bytes(rates))
        for turn in range(more):
            sound.append(bank.render(blocks[turn % len(blocks)]))
        if more % 5 == 4:
            bank.silence()
    wave = np.concatenate(sound)
    assert np.abs(wave).max() <= FULL_SCALE + 1e-6
    steepest = FULL_SCALE * (2 * np.pi * 255 / RATE + 1 / (FADE_S * RATE))
    assert np.abs(np.diff(wave, axis=0)).max(initial=0.0) <= steepest + 1e-6


def test_a_frequency_glides_to_the_next_and_the_phase_runs_on():
    bank = ToneBank(1, RATE)
    wave = np.concatenate([played(bank, [255], [30], 25), played(bank, [255], [80], 25)])[:, 0].astype(float)
    steepest = FULL_SCALE * 2 * np.pi * 80 / RATE
    assert np.abs(np.diff(wave[UPDATE:])).max() <= steepest * 1.001
    assert hz_of(wave[UPDATE : 25 * UPDATE]) == pytest.approx(30, rel=1e-3)
    assert hz_of(wave[27 * UPDATE :]) == pytest.approx(80, rel=1e-3)


def test_without_an_update_for_a_tenth_of_a_second_of_samples_it_fades_out_and_rises_again():
    bank = ToneBank(1, RATE)
    played(bank, [255], [40], 10)
    bank.update(b"\xff", b"\x28")
    wave = bank.render(RATE)[:, 0]
    last = np.flatnonzero(wave)[-1]
    assert last / RATE + 2 / RATE >= SILENT_AFTER_S
    assert last / RATE <= SILENT_AFTER_S + FADE_S + 1e-3
    assert not bank.silent  # nobody has asked for it
    again = played(bank, [255], [40], 5)[:, 0]
    assert abs(again[0]) < 1e-4
    assert np.abs(again[UPDATE:]).max() > 0.8 * FULL_SCALE


def test_told_to_be_silent_it_fades_within_a_hundredth_of_a_second():
    bank = ToneBank(1, RATE)
    assert bank.silent
    played(bank, [255], [40], 5)
    bank.silence()
    wave = bank.render(BLOCK * 2)[:, 0]
    assert wave[: BLOCK // 2].any()
    assert not wave[BLOCK + 1 :].any()
    assert bank.silent


@pytest.mark.parametrize("rate", [0, LOWEST_HZ - 1, LOWEST_HZ])
def test_below_the_lowest_frequency_nothing_is_played(rate):
    assert played(ToneBank(1, RATE), [255], [rate], 5).any() == (rate >= LOWEST_HZ)


def test_what_goes_off_keeps_its_frequency_as_it_fades():
    bank = ToneBank(1, RATE)
    played(bank, [255], [40], 10)
    fading = played(bank, [0], [0], 1)[:, 0]
    assert fading[: round(GLIDE_S * RATE) // 2].any()
    assert np.abs(np.diff(fading)).max() <= FULL_SCALE * (2 * np.pi * 40 / RATE + 1 / (GLIDE_S * RATE))
    assert not played(bank, [0], [0], 1).any()


def test_after_a_gap_it_rises_from_nothing():
    bank = ToneBank(1, RATE)
    played(bank, [255], [40], 10)
    bank.begin_anew()
    wave = bank.render(UPDATE * 3)[:, 0]
    assert abs(wave[0]) < 1e-4
    assert np.abs(wave[UPDATE:]).max() > 0.8 * FULL_SCALE
