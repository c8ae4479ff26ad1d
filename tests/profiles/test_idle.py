"""Whatever a step says has an effect, or is refused: every technique, path and form, zones and points."""

from itertools import product

import numpy as np
import pytest
from drawn_techniques import choices
from findings import of

from profiles.files.load import from_data
from profiles.idle import idle_fields
from profiles.rules.check import check
from profiles.score import compose
from profiles.technique import TECHNIQUES, Modality
from profiles.waveform import Place, Renderer

MOVING = [kind for kind in TECHNIQUES if kind != "guide"]
ZONES = {"tapping": ["thigh"]}  # rule 257
BACK = ["lumbar", "upper-back"]
THIGH = [[75.0, -415.0], [75.0, -85.0], [125.0, -100.0], [125.0, -400.0]]
POINTS = [[80.0, 130.0], [80.0, 160.0], [125.0, 200.0], [125.0, 300.0], [75.0, 340.0], [75.0, 500.0]]
MOTORS = [
    Place(f"{side * x}-{y}", Modality.VIBRATION, side * x, y, 15.0, True, 2.0, 90.0)
    for side, x, y in product((-1.0, 1.0), (75.0, 125.0), [*range(-400, -60, 60), *range(120, 520, 50)])
]
LINES = [
    (kind, {"path": path} if path else {"form": form} if form else {})
    for kind in MOVING
    for path, form in [
        *((path, None) for path in choices(TECHNIQUES[kind]).get("path", ())),
        *((None, form) for form in choices(TECHNIQUES[kind]).get("form", ()) if kind != "stroking"),
    ]
    or [(None, None)]
]
CASES = [(kind, base, where) for kind, base in LINES for where in ("zones", "path")]


def profile_of(kind, said, where, **more):
    points = THIGH if kind == "tapping" else POINTS
    place = {"zones": ZONES.get(kind, BACK)} if where == "zones" else {"path": points}
    step = {"name": kind, "technique": {"kind": kind, **said}, "duration_s": 20.0, "level": 0.4}
    return from_data({"schema": 1, "name": "made", "step": [step | place | more]})


def rendered(profile):
    wave = Renderer(compose(profile), MOTORS).render(0, 1000)
    return np.concatenate([wave.level, wave.rate / 100.0])


def changes(kind, where):
    """Every field of the technique with values that are not its default."""
    words = choices(TECHNIQUES[kind])
    for name, field in TECHNIQUES[kind].model_fields.items():
        if name == "direction":
            yield name, "away" if where == "zones" else "toward-neck"
        elif name in words:
            yield from ((name, word) for word in words[name] if word != field.default)
        elif name != "kind":
            yield name, 0.6 * field.default


@pytest.mark.parametrize(("kind", "base", "where"), CASES)
def test_what_a_technique_says_changes_what_is_played_or_is_refused(kind, base, where):
    plain = profile_of(kind, base, where)
    before, idle = rendered(plain), idle_fields(plain.step[0])
    for name, value in changes(kind, where):
        if name in base:
            continue
        profile = profile_of(kind, base | {name: value}, where)
        refused = ("step[1].technique." + name) in [place for _, place in of(check(profile), "error")]
        assert refused is (name in idle_fields(profile.step[0])), name
        assert refused or np.abs(rendered(profile) - before).max() > 0.01, f"{name} = {value} does nothing"
        assert name not in idle or refused


@pytest.mark.parametrize(("kind", "base", "where"), CASES)
def test_a_path_or_form_that_would_do_nothing_is_refused(kind, base, where):
    if not base or not (idle := idle_fields(profile_of(kind, base, where).step[0])).keys() & base.keys():
        return
    (name,) = base
    (found,) = [f for f in check(profile_of(kind, base, where)) if f.place == f"step[1].technique.{name}"]
    assert (found.severity, found.rule) == ("error", None)
    assert idle[name] in found.message


@pytest.mark.parametrize("hands", ["both", "alternate"])
@pytest.mark.parametrize("zones", [["lumbar-left", "upper-back-left"], None])
def test_hands_are_of_two_sides(hands, zones):
    where = "zones" if zones else "path"
    profile = profile_of("rubbing", {}, where, hands=hands, **({"zones": zones} if zones else {}))
    assert (None, "step[1].hands") in of(check(profile), "error")
    both = profile_of("rubbing", {}, "zones", hands=hands)
    assert (None, "step[1].hands") not in of(check(both), "error")


@pytest.mark.parametrize("path", ["zigzag", "longitudinal", "diagonal", "inward"])
def test_on_a_straight_path_the_rate_is_that_of_strokes_to_and_fro(path):
    """Rules 92, 220, 259: a line, on which the hand goes forth and back as often as the step says."""
    for rate in (20.0, 45.0):
        score = compose(profile_of("rubbing", {"path": path, "rate_cpm": rate, "advance_mm_s": 0.0}, "zones"))
        level = Renderer(score, MOTORS).render(0, 1000).level
        wave = level[50:200].sum(axis=1) - level[50:200].sum(axis=1).mean()
        assert np.abs(wave).max() > 0.005, "it moves"
        (hand, _) = score.cues[0].contacts
        assert (hand.to_and_fro, hand.circle_hz) == (True, rate / 60.0)
