"""What a device has that cannot do a technique, or only accompanies it; and hands that work at once."""

import numpy as np
import pytest
from fine_mat import score_of

from profiles.body import body_map
from profiles.field import position
from profiles.reach import fit
from profiles.score import compose
from profiles.technique import Modality
from profiles.waveform import Place, Renderer


@pytest.mark.parametrize("kind", ["tapping", "vibration"])
@pytest.mark.parametrize("on", [None, ["pressure", "vibration"]])
def test_cells_neither_tap_nor_shake_and_are_told_as_left_out(make_profile, make_step, kind, on):
    """Rules 108, 110: a cell takes half a second to fill, and a tap is over by then."""
    cell = Place("cell", Modality.PRESSURE, 105.0, 35.0, 45.0, True)
    motor = Place("motor", Modality.VIBRATION, 130.0, 90.0, 20.0, True)
    step = make_step(kind, ["gluteal"], duration_s=30.0) | ({"on": on} if on else {})
    for places, on_motor in (((cell, motor), True), ((cell,), False)):
        renderer = Renderer(compose(make_profile(step)), places)
        level = renderer.render(0, 1500).level
        assert not level[:, 0].any()
        assert bool(level[:, 1:].any()) is on_motor
        told = [sentence for sentence in renderer.substitutions if "pressure cell" in sentence]
        assert told == [
            f"{kind} in step 1 '{kind}' leaves every pressure cell out: it fills too slowly for that"
        ]
        assert "the same movement" not in " ".join(renderer.substitutions)
    alone = fit(make_profile(step), [cell], body_map())
    assert alone.step[0].is_guide, "where nothing can do it hands do"


@pytest.mark.parametrize("kind", ["stroking", "rubbing", "squeezing", "vibration"])
def test_heads_accompany_strokes_only_after_the_first_minute_and_are_told(make_profile, make_step, kind):
    """Rules 36, 47: the beginning is light. A head turns at its own pace, whatever the hand does."""
    head = Place("head", Modality.KNEADING, 95.0, 590.0, 35.0, True, 10.0, 60.0)
    steps = [make_step(kind, ["shoulder"], duration_s=seconds) for seconds in (30.0, 60.0, 30.0)]
    renderer = Renderer(compose(make_profile(*steps)), [head])
    level = renderer.render(0, 6000).level[:, 0]
    assert not level[:3000].any()
    assert level[3000:4500].any()
    (told,) = [sentence for sentence in renderer.substitutions if "heads turn" in sentence]
    assert "in steps 2 (from 1:00 on), 3, to be felt where no vibration motor lies" in told


def test_kneading_has_its_heads_from_the_beginning(make_profile, make_step):
    head = Place("head", Modality.KNEADING, 95.0, 590.0, 35.0, True, 10.0, 60.0)
    renderer = Renderer(compose(make_profile(make_step("kneading", ["shoulder-right"]))), [head])
    assert renderer.render(0, 1500).level.any()
    assert renderer.substitutions == ()


def test_deep_spirals_have_both_hands_oncoming():
    """Rule 61: both work all the time, each circling towards the other and away again."""
    zones = ("lumbar", "upper-back", "scapular")
    cue = score_of("rubbing", zones, depth="deep", path="spiral", rate_cpm=75.0, advance_mm_s=130.0).cues[0]
    t = np.arange(cue.start + 1.0, cue.end - 1.0, 0.02)
    (left, _, on_left), (right, _, on_right) = (position(cue, contact, t) for contact in cue.contacts)
    assert (on_left > 0.0).all()
    assert (on_right > 0.0).all()
    apart = np.diff(right - left)
    assert 0.4 < (apart < -0.1).mean() < 0.6, "towards each other for half of the time"
    assert left == pytest.approx(-right)
    soft = score_of("rubbing", zones, path="spiral", rate_cpm=75.0, advance_mm_s=130.0).cues[0]
    assert all(contact.turn is not None for contact in soft.contacts), "elsewhere hands take turns"
