"""A curve of few points for an envelope, and an error that is true."""

import numpy as np
import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st

from kneadwave.exchange.envelope import Envelope
from kneadwave.exchange.fit import SMOOTH_S, WITHIN, fit_envelope
from profiles.curve import MAX_POINTS

SLOW = Envelope(np.array([0.0, 60.0, 120.0]), np.array([0.1, 0.9, 0.3]))


def noise(points: int, seconds: float) -> Envelope:
    rng = np.random.default_rng(7)
    return Envelope(np.sort(rng.uniform(0.0, seconds, points)), rng.uniform(0.0, 1.0, points))


def test_what_is_slow_needs_little_smoothing_and_few_points() -> None:
    found = fit_envelope(SLOW)
    assert found.smooth_s == SMOOTH_S
    assert len(found.curve.points) <= 8
    assert found.error <= WITHIN
    assert found.off_most <= WITHIN + SMOOTH_S * 0.8 / 60.0


def test_a_short_file_is_not_smoothed_away() -> None:
    found = fit_envelope(Envelope(np.array([0.0, 0.4, 0.8]), np.array([0.0, 1.0, 0.0])))
    assert found.smooth_s == pytest.approx(0.1)
    assert found.curve.peak > 0.9


@pytest.mark.parametrize(("points", "seconds"), [(2_000, 60.0), (200_000, 1080.0)])
def test_noise_is_smoothed_until_a_hand_can_follow(points: int, seconds: float) -> None:
    found = fit_envelope(noise(points, seconds))
    assert len(found.curve.points) <= MAX_POINTS
    assert found.error <= WITHIN
    assert found.off_mean > 0.1  # and that is told


@pytest.mark.parametrize("seconds", [0.5, 0.55, 10.05, 10.049999, 10.95, 1079.95, 1079.999, 1080.0])
def test_a_curve_ends_with_its_step_whatever_the_length(seconds: float) -> None:
    found = fit_envelope(Envelope(np.array([0.0, seconds / 2, seconds]), np.array([0.1, 0.9, 0.2])))
    assert found.curve.points[-1][0] == round(seconds, 1)


@pytest.mark.parametrize("smooth_s", [0.0, 0.5, 600.0])
def test_smoothing_that_was_asked_for_is_kept_whatever_it_costs(smooth_s: float) -> None:
    found = fit_envelope(noise(4_000, 100.0), smooth_s)
    assert found.smooth_s == smooth_s
    assert len(found.curve.points) <= MAX_POINTS


@settings(max_examples=at_depth(60), deadline=None)
@given(
    st.lists(st.floats(0.05, 40.0), min_size=1, max_size=40).filter(lambda gaps: sum(gaps) >= 0.5),
    st.lists(st.floats(0.0, 1.0), min_size=41, max_size=41),
    st.sampled_from([None, 0.0, 3.0]),
)
def test_the_error_that_is_stated_is_true(
    gaps: list[float], levels: list[float], smooth_s: float | None
) -> None:
    envelope = Envelope(np.cumsum([0.0, *gaps]), np.array(levels[: len(gaps) + 1]))
    found = fit_envelope(envelope, smooth_s)
    tenths = np.arange(round(round(envelope.duration, 1) / 0.1) + 1) * 0.1
    looks, curve = np.minimum(tenths, envelope.duration), found.curve.evaluate(tenths)
    assert np.abs(curve - envelope.smoothed(looks, found.smooth_s)).max() <= found.error + 1e-9
    steepest = float(np.abs(np.diff(envelope.levels) / np.diff(envelope.times)).max())
    between = steepest * envelope.duration / 20_000 + 0.01  # a look of the fine ones to the next
    assert np.abs(curve - envelope.at(looks)).max() <= found.off_most + max(between, 0.1)
    assert found.off_mean <= found.off_most
