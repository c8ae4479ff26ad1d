"""Hold: the same for every frame however it is asked, within its level, silent around it."""

import numpy as np
import pytest

from kneadwave.sessions.hold import RAMP_S, Hold, ramp_of
from profiles.technique import KNEADING_MAX_CPM, Modality
from profiles.waveform import FRAME_RATE_HZ, Place

PLACES = [
    Place("a", Modality.VIBRATION, 0.0, 60.0, 20.0, True),
    Place("b", Modality.VIBRATION, 0.0, 60.0, 20.0, True, 40.0, 80.0),
    Place("c", Modality.KNEADING, 0.0, 60.0, 20.0, True, 10.0, 60.0),
    Place("d", Modality.PRESSURE, 0.0, 60.0, 20.0, True),
    Place("off", Modality.VIBRATION, 0.0, 60.0, 20.0, False, 40.0, 80.0),
]
ALL = [place.id for place in PLACES]


def test_what_is_held_rises_stays_and_falls_and_nothing_else_moves() -> None:
    wave = Hold(PLACES, ["a", "c"], 0.4, 5.0).render(-10, 300)
    t = (np.arange(300) - 10) / FRAME_RATE_HZ
    level = wave.level[:, 0]
    assert (level[(t >= RAMP_S) & (t <= 5.0 - RAMP_S)] == 0.4).all()
    assert (np.diff(level[(t >= 0) & (t <= RAMP_S)]) > 0).all()
    assert (np.diff(level[(t >= 5.0 - RAMP_S) & (t <= 5.0)]) < 0).all()
    assert not level[(t <= 0) | (t >= 5.0)].any()
    assert np.array_equal(wave.level[:, 2], level)
    assert not wave.level[:, [1, 3, 4]].any()
    assert np.abs(np.diff(level)).max() < 0.4 * 2.0 / FRAME_RATE_HZ / RAMP_S


def test_rates_are_calm_and_within_what_a_place_can_do() -> None:
    wave = Hold(PLACES, ALL, 0.4, 5.0).render(0, 250)
    middle = wave.rate[125]
    assert middle.tolist() == [0.0, 40.0, 24.0, 0.0, 0.0]
    assert middle[2] <= KNEADING_MAX_CPM
    assert not wave.rate[wave.level == 0.0].any()


@pytest.mark.parametrize("size", [1, 7, 100])
def test_the_same_frames_come_out_whatever_the_size_of_the_blocks(size: int) -> None:
    held = Hold(PLACES, ALL, 0.7, 2.0)
    whole = held.render(0, 120)
    parts = [held.render(at, min(size, 120 - at)) for at in range(0, 120, size)]
    assert np.array_equal(np.concatenate([part.level for part in parts]), whole.level)
    assert np.array_equal(np.concatenate([part.rate for part in parts]), whole.rate)


def test_a_short_hold_has_short_ramps_and_a_level_stays_within_bounds() -> None:
    assert ramp_of(0.5) == 0.125
    assert ramp_of(10.0) == RAMP_S
    assert Hold(PLACES, ALL, 7.0, 2.0).render(50, 1).level.max() == 1.0
    assert not Hold(PLACES, ALL, -1.0, 2.0).render(50, 1).level.any()
