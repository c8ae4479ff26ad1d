"""What the check rendered is what the session plays: the same frames, computed once."""

from dataclasses import replace

import pytest

from kneadwave.descriptions import load_described
from kneadwave.sessions.prepare import load, place
from profiles import waveform
from profiles.score import compose
from profiles.waveform import FRAME_RATE_HZ, Renderer
from simulator.run import Simulation

DEVICES = ("reference-cushion", "seat-pad-8", "foot-plate")


def placed_on(device, profile="first-session"):
    return place(load(profile, 1.7), load_described(device))


@pytest.fixture(name="computed")
def _computed(monkeypatch):
    """A list that grows with each chunk of a score that is computed."""
    found, real = [], waveform.session_level

    def counted(score, t):
        found.append(float(t[0]))
        return real(score, t)

    monkeypatch.setattr(waveform, "session_level", counted)
    return found


@pytest.mark.parametrize("device", DEVICES)
def test_it_gives_what_a_renderer_of_its_own_would_give(device):
    placed = placed_on(device)
    assert placed.rendered is not None
    assert placed.rendered.renders(placed.score, placed.layout.places())
    assert repr(placed.score) == repr(compose(placed.profile, placed.score.body))
    fresh = Renderer(placed.score, placed.layout.places())
    count = round(placed.score.duration * FRAME_RATE_HZ)
    for _ in range(3):  # computed by the check, then kept, then computed anew
        for start in range(0, count, 700):
            kept, new = placed.rendered.render(start, 700), fresh.render(start, 700)
            assert (kept.level.tobytes(), kept.rate.tobytes()) == (new.level.tobytes(), new.rate.tobytes())


def test_a_session_computes_no_chunk_that_the_check_computed(computed):
    placed, description = placed_on("reference-cushion"), load_described("reference-cushion")
    assert len(computed) > 1
    before = len(computed)
    simulation = Simulation(placed.score, description, rendered=placed.rendered)
    next(simulation.play())
    assert len(computed) == before
    sentences = simulation.session.substitutions
    assert sentences == Simulation(placed.score, description).session.substitutions


def test_a_session_on_other_places_renders_them_itself(computed):
    placed = placed_on("reference-cushion")
    before = len(computed)
    next(Simulation(placed.score, load_described("seat-pad-8"), rendered=placed.rendered).play())
    assert len(computed) > before
    assert not placed.rendered.renders(replace(placed.score), placed.layout.places())


def test_where_ceilings_were_lowered_nothing_is_taken_over():
    piece, description = load("first-session", 1.7), load_described("reference-cushion")
    lowered = place(piece, description, {"upper-back": 0.5})
    assert lowered.rendered is None
    assert lowered.score.body is not piece.body
