"""An envelope is linear between its nodes, jumps where two have one time, and is smoothed by its mean."""

import numpy as np
import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st

from kneadwave.exchange.envelope import Envelope

RAMP = Envelope(np.array([0.0, 2.0]), np.array([0.0, 1.0]))
JUMP = Envelope(np.array([1.0, 2.0, 2.0, 3.0]), np.array([0.2, 0.2, 0.8, 0.8]))


@st.composite
def envelopes(draw: st.DrawFn) -> Envelope:
    gaps = draw(st.lists(st.sampled_from([0.0, 0.01, 0.3, 1.0, 7.0]), min_size=1, max_size=30))
    levels = draw(st.lists(st.floats(0.0, 1.0), min_size=len(gaps) + 1, max_size=len(gaps) + 1))
    return Envelope(np.cumsum([draw(st.sampled_from([0.0, 0.5])), *gaps]), np.array(levels))


def test_levels_lie_on_lines_and_jumps_have_two_sides() -> None:
    assert RAMP.at(np.array([0.0, 0.5, 2.0, 9.0])).tolist() == [0.0, 0.25, 1.0, 1.0]
    at = np.array([0.5, 1.0, 2.0, 3.0])
    assert JUMP.at(at).tolist() == pytest.approx([0.0, 0.2, 0.8, 0.8])
    assert JUMP.before(at).tolist() == pytest.approx([0.0, 0.0, 0.2, 0.8])
    assert Envelope(np.array([1.0]), np.array([0.5])).at(np.array([0.0, 1.0, 2.0])).tolist() == [
        0.0,
        0.5,
        0.5,
    ]


def test_smoothing_takes_the_mean_of_what_there_is() -> None:
    assert JUMP.smoothed(np.array([2.0]), 2.0).tolist() == pytest.approx([0.5])
    assert RAMP.smoothed(np.array([0.0, 1.0]), 1.0).tolist() == pytest.approx([0.125, 0.5])
    assert RAMP.smoothed(np.array([0.0, 1.0]), 0.0).tolist() == pytest.approx([0.0, 0.5])


@settings(max_examples=at_depth(200), deadline=None)
@given(envelopes(), st.sampled_from([0.1, 1.0, 5.0]))
def test_a_mean_is_that_of_many_looks(envelope: Envelope, window: float) -> None:
    middle = envelope.duration / 2.0
    low, high = max(middle - window / 2, 0.0), min(middle + window / 2, envelope.duration)
    looks = low + (np.arange(40_000) + 0.5) * (high - low) / 40_000
    found = float(envelope.smoothed(np.array([middle]), window)[0])
    expected = float(envelope.at(looks).mean()) if high > low else float(envelope.at(np.array([middle]))[0])
    assert found == pytest.approx(expected, abs=2e-4)


@settings(max_examples=at_depth(200), deadline=None)
@given(envelopes(), st.floats(0.001, 0.3))
def test_what_is_thinned_misses_no_node_by_more_than_it_may(envelope: Envelope, within: float) -> None:
    thin = envelope.thinned(within)
    assert set(thin.times) <= set(envelope.times)
    assert (thin.times[0], thin.times[-1]) == (envelope.times[0], envelope.times[-1])
    single = np.array([np.count_nonzero(envelope.times == t) == 1 for t in envelope.times])
    missed = np.abs(thin.at(envelope.times) - envelope.levels)[single]
    assert missed.max(initial=0.0) <= within + 1e-9


@pytest.mark.parametrize("end", [0.5, 1.0, 2.0, 2.5, 3.0, 9.0])
def test_what_is_cut_ends_there_and_is_the_same_before(end: float) -> None:
    cut = JUMP.cut(end)
    assert cut.duration == min(end, 3.0)
    looks = np.linspace(0.0, cut.duration, 50, endpoint=False)
    assert cut.at(looks).tolist() == pytest.approx(JUMP.at(looks).tolist())
