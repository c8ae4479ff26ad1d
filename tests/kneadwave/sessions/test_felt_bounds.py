"""What nobody trusts is bounded: samplers by the score that stands for them, tunings by the layout before."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from felt import Always, stroke
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.load import load_device, place_device
from firmware_bridge.devices.response import Response
from kneadwave.sessions.felt_bounds import Bounded, refuse_raised
from profiles.score import compose
from profiles.waveform import FRAME_RATE_HZ, Waveform, session_level

LAYOUT = place_device(load_device("reference-cushion"))
WIDTH = len(LAYOUT.actuators)
FELT = Response.felt_for(LAYOUT.ceilings, LAYOUT.starts, LAYOUT.exponents)
SCORE = compose(stroke(seconds=8.0, level=0.35, fade_in_s=2.0, fade_out_s=1.0))


class Wild:
    """A sampler that says anything."""

    def __init__(self, levels: list[float], rates: list[float]) -> None:
        self._levels, self._rates = levels, rates

    def render(self, start_frame: int, n_frames: int) -> Waveform:
        shape = (n_frames, WIDTH)
        step = np.full(n_frames, -99)
        return Waveform(start_frame + 7, np.resize(self._levels, shape), np.resize(self._rates, shape), step)


@given(
    st.lists(st.floats(), min_size=1, max_size=40),
    st.lists(st.floats(), min_size=1, max_size=40),
    st.integers(-100, 500),
    st.integers(0, 120),
)
def test_nothing_is_stronger_than_score_ceilings_and_fades_allow(
    levels: list[float], rates: list[float], start: int, count: int
) -> None:
    wave = Bounded(Wild(levels, rates), SCORE, LAYOUT).render(start, count)
    t = (start + np.arange(count)) / FRAME_RATE_HZ
    assert wave.start == start
    assert wave.level.shape == wave.rate.shape == (count, WIDTH)
    assert np.isfinite(wave.level).all()
    assert np.isfinite(wave.rate).all()
    assert (wave.level >= 0.0).all()
    assert (wave.level <= np.minimum(FELT, 0.35 * session_level(SCORE, t)[:, None]) + 1e-12).all()
    assert not wave.level[:, [a.index for a in LAYOUT.excluded]].any()
    assert not wave.level[(t < 0.0) | (t >= 8.0)].any()
    assert (wave.step == 0).all()


def test_what_is_allowed_passes_untouched() -> None:
    wave = Bounded(Always(WIDTH, 0.3), SCORE, LAYOUT).render(150, 50)
    allowed = [actuator.index for actuator in LAYOUT.allowed if FELT[actuator.index] >= 0.3]
    assert allowed
    assert (wave.level[:, allowed] == 0.3).all()
    assert (wave.rate == 50.0).all()


@pytest.mark.parametrize("shape", [(10, WIDTH + 1), (9, WIDTH), (10,)])
def test_frames_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    class Odd:
        def render(self, start_frame: int, n_frames: int) -> Waveform:
            return Waveform(start_frame, np.zeros(shape), np.zeros(shape), np.zeros(n_frames, dtype=np.int_))

    with pytest.raises(ValueError, match="a sampler gave"):
        Bounded(Odd(), SCORE, LAYOUT).render(0, 10)


def changed(index: int, **fields: Any) -> Any:
    actuators = list(LAYOUT.actuators)
    actuators[index] = replace(actuators[index], **fields)
    return replace(LAYOUT, actuators=tuple(actuators))


def test_a_layout_may_be_lowered_in_every_way_and_raised_in_none() -> None:
    free, off = LAYOUT.allowed[0], LAYOUT.excluded[0]
    refuse_raised(LAYOUT, LAYOUT)
    refuse_raised(LAYOUT, changed(free.index, ceiling=free.ceiling - 1))
    refuse_raised(LAYOUT, changed(free.index, start=free.start + 3, hold=free.hold + 1, exponent=1.0))
    refuse_raised(LAYOUT, changed(free.index, ceiling=0, excluded="it hurts"))
    refuse_raised(LAYOUT, replace(LAYOUT, power_budget=LAYOUT.power_budget - 1))
    for index, fields in (
        (free.index, {"ceiling": free.ceiling + 1}),
        (off.index, {"excluded": ""}),
        (free.index, {"attack": free.attack + 1}),
        (free.index, {"release": free.release + 1}),
        (free.index, {"rate_max": free.rate_max + 1}),
        (free.index, {"zone": "lumbar"}),
        (free.index, {"id": "another"}),
    ):
        with pytest.raises(ValueError, match="raises what actuator"):
            refuse_raised(LAYOUT, changed(index, **fields))
    with pytest.raises(ValueError, match="of another device"):
        refuse_raised(LAYOUT, replace(LAYOUT, power_budget=LAYOUT.power_budget + 1))
    with pytest.raises(ValueError, match="of another device"):
        refuse_raised(LAYOUT, replace(LAYOUT, actuators=LAYOUT.actuators[:-1]))
    with pytest.raises(ValueError, match="of another device"):
        refuse_raised(LAYOUT, place_device(load_device("seat-pad-8")))
