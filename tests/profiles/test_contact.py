"""How wide the hand of a technique is, and how it goes unless a step says otherwise."""

import numpy as np
import pytest

from profiles.contact import WIDE_MM
from profiles.score import compose


@pytest.fixture
def hands(make_profile, make_step):
    """The contacts of a step of that kind with those parameters, on both sides of the back."""

    def contacts(kind, **parameters):
        return compose(make_profile(make_step(kind, parameters=parameters))).cues[0].contacts

    return contacts


@pytest.mark.parametrize("kind", ["stroking", "rubbing"])
def test_deep_work_is_narrower_than_superficial(hands, kind):
    superficial = {hand.radius for hand in hands(kind, depth="superficial")}
    assert superficial == {WIDE_MM} == {hand.radius for hand in hands(kind)}
    assert max(hand.radius for hand in hands(kind, depth="deep")) < WIDE_MM


@pytest.mark.parametrize("form", ["planar", "embracing"])
def test_a_stroke_is_as_wide_as_a_hand_unless_it_is_deep(hands, form):
    for hand in hands("stroking", form=form):
        assert (hand.radius, hand.circle, hand.pulse) == (WIDE_MM, 0.0, None)


def test_a_stroke_has_the_paths_of_the_article(hands):
    circling = {path: hands("stroking", path=path)[0] for path in ("circular", "spiral")}
    straight = {path: hands("stroking", path=path)[0] for path in ("longitudinal", "transverse")}
    assert all(hand.circle > 0.0 and hand.circle_hz > 0.0 for hand in circling.values())
    assert [hand.breathing for hand in circling.values()] == [False, True]
    assert all(hand.circle == 0.0 for hand in straight.values())
    up, across = straight.values()
    assert up.route != across.route
    assert max(across.route.x) - min(across.route.x) > max(up.route.x) - min(up.route.x) - 1e-9


def test_rubbing_circles_unless_a_step_says_otherwise(hands):
    assert hands("rubbing") == hands("rubbing", path="circular")
    for hand in hands("rubbing"):
        assert hand.circle > 0.0
        assert hand.radius == WIDE_MM
        assert not hand.breathing
    assert all(hand.breathing for hand in hands("rubbing", path="spiral"))


@pytest.mark.parametrize(("spacing", "hop"), [(50.0, 53.5), (60.0, 53.5), (80.0, 71.33), (400.0, 214.0)])
def test_presses_are_spread_evenly_so_that_none_comes_beside_the_last_at_a_turn(
    make_profile, make_step, spacing, hop
):
    """The way up the column of the upper back is 214 mm, and so is the way down again."""
    step = make_step("pressing", zones=["upper-back-right"], parameters={"spacing_mm": spacing})
    (contact,) = compose(make_profile(step)).cues[0].contacts
    assert contact.hop == pytest.approx(hop, abs=0.01)
    arcs = np.arange(2 * round(contact.route.length / 2.0 / contact.hop)) * contact.hop
    _, y, _ = contact.route.at(arcs)
    assert np.abs(np.diff(y)).min() == pytest.approx(contact.hop, abs=1e-6)
