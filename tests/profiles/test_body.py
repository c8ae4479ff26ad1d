import math
import tomllib
from importlib.resources import files
from itertools import pairwise

import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.body import Direction, body_map
from profiles.errors import ProfileError
from profiles.geometry import contains

BODY = body_map()
NAMES = [
    "neck", "shoulder", "scapular", "upper-back", "flank", "lumbar",
    "sacrum", "gluteal", "thigh", "calf", "foot", "arm",
]  # fmt: skip


def test_every_zone_is_there_on_both_sides():
    assert sorted({zone.name for zone in BODY.zones}) == sorted(NAMES)
    for name in NAMES:
        assert [zone.id for zone in BODY.zones_named(name)] == [f"{name}-left", f"{name}-right"]


def test_zones_of_both_sides_mirror_each_other():
    for name in NAMES:
        left, right = BODY.zones_named(name)
        assert [(-x, y) for x, y in left.outline] == list(right.outline)
        assert (left.ceiling, left.tapping, left.direction) == (right.ceiling, right.tapping, right.direction)


def test_ceilings_follow_the_rules():
    ceiling = {zone.name: zone.ceiling for zone in BODY.zones}
    assert ceiling["neck"] == min(ceiling.values())  # rule 240
    assert ceiling["sacrum"] == ceiling["gluteal"] == max(ceiling.values())  # rules 22, 241
    assert ceiling["lumbar"] < ceiling["upper-back"]  # rule 246
    assert ceiling["flank"] < ceiling["lumbar"]  # rule 21


@pytest.mark.parametrize("y", range(295, 735, 10))
def test_the_column_beside_the_spine_bears_the_same_all_the_way_up_and_the_neck_less(y):
    # Rules 222, 254, 255: the column beside the spine is capped, also where it is the shoulder's.
    assert all(BODY.ceiling_at(side * x, y, 0) <= 0.7 for x in range(45, 96, 5) for side in (-1, 1))


@pytest.mark.parametrize("side", [-1, 1])
def test_the_collar_bears_no_more_than_the_neck(side):
    # Rule 240: from C7 (640, less 10 of margin) up, for a footprint that reaches there as well.
    neck = BODY.zone("neck-right").ceiling
    for x in range(56, 136, 3):
        assert BODY.ceiling_at(side * x, 631, 0) == BODY.ceiling_at(side * x, 615, 15) == neck
        assert BODY.ceiling_at(side * x, 614, 15) == BODY.zone("shoulder-right").ceiling


def test_the_collar_is_eased_with_the_neck():
    eased = BODY.lowered({"neck": 0.5, "neck-left": 0.5})
    assert (eased.ceiling_at(100, 635, 5), eased.ceiling_at(-100, 635, 5)) == (0.2, 0.1)


def test_tapping_is_allowed_only_away_from_bone_and_kidneys():
    assert {zone.name for zone in BODY.zones if zone.tapping} == {"gluteal", "thigh", "calf"}


def test_directions_follow_the_rules():
    direction = {zone.name: zone.direction for zone in BODY.zones}
    assert direction["neck"] is Direction.AWAY  # rules 4, 189
    assert direction["gluteal"] is Direction.FREE  # rule 243
    for name in ("sacrum", "lumbar", "upper-back", "scapular", "thigh", "calf", "foot", "arm"):
        assert direction[name] is Direction.TOWARD_NECK


@pytest.mark.parametrize(
    ("x", "y", "radius", "excluded"),
    [
        (0, 330, 20, "spine"),
        (0, 110, 0, "spine"),
        (0, 740, 0, "spine"),
        (0, 60, 20, None),  # the sacrum begins below L5
        (68, 240, 20, "kidney-right"),
        (-68, 240, 20, "kidney-left"),
        (75, 430, 22, None),
        (-75, 430, 22, None),
        (80, 140, 20, None),
        (-80, 140, 20, None),
        (140, 240, 22, None),
        (-140, 240, 22, None),
    ],
)
def test_exclusions_where_devices_have_motors(x, y, radius, excluded):
    zone = BODY.exclusion_at(x, y, radius)
    assert (zone.id if zone else None) == excluded


def test_spine_exclusion_is_tight_to_a_millimetre():
    # Half width 30 and margin 10: a disc of radius 22 beside it clears it at 62 mm and no nearer.
    for delta in (-1, 0, 1):
        assert (BODY.exclusion_at(62 + delta, 400, 22) is None) is (delta > 0)


def test_right_kidney_lies_lower_than_the_left():
    left, right = (next(z for z in BODY.excluded if z.id == name) for name in ("kidney-left", "kidney-right"))
    drop = max(y for _, y in left.outline) - max(y for _, y in right.outline)
    assert 10 <= drop <= 20
    for zone in (left, right):
        ys, xs = [y for _, y in zone.outline], [abs(x) for x, _ in zone.outline]
        assert 105 <= max(ys) - min(ys) <= 115
        assert min(xs) == pytest.approx(30, abs=2)
        assert max(xs) == pytest.approx(100, abs=2)


def test_a_disc_is_under_every_zone_that_it_touches_and_the_strictest_bounds_it():
    # The buttock (1.0) ends at y = 110, where the lower back (0.5) begins, from x = 60 on beside the sacrum.
    for delta, zones, ceiling in (
        (-1, {"gluteal-right"}, 1.0),
        (0, {"gluteal-right", "lumbar-right"}, 0.5),
        (1, {"gluteal-right", "lumbar-right"}, 0.5),
    ):
        assert {zone.id for zone in BODY.zones_under(85, 90 + delta, 20)} == zones
        assert BODY.ceiling_at(85, 90 + delta, 20) == ceiling
    low = BODY.lowered({"lumbar-right": 0.5, "gluteal-right": 0.2})
    assert low.ceiling_at(85, 90, 20) == 0.2
    assert low.ceiling_at(85, 115, 4) == 0.25
    assert low.ceiling_at(-85, 90, 20) == 0.5


def test_where_a_disc_may_not_be_its_ceiling_is_nothing():
    assert BODY.zones_under(0, -300, 40) == ()  # between the thighs, which it touches
    assert BODY.ceiling_at(0, -300, 40) == 0.0
    assert BODY.ceiling_at(62, 400, 22) == 0.0  # in the upper back, beside the spine
    assert BODY.ceiling_at(63, 400, 22) == 0.7
    for x, y, radius in ((math.nan, 400, 20), (75, math.inf, 20), (75, 400, math.nan)):
        assert BODY.ceiling_at(x, y, radius) == 0.0


def test_what_is_not_a_number_counts_as_excluded():
    assert BODY.exclusion_at(math.nan, 100.0) is not None
    assert BODY.exclusion_at(100.0, math.nan) is not None
    assert BODY.exclusion_at(100.0, 600.0, math.nan) is not None


def test_lanes_and_outlines_are_on_the_body_and_lanes_are_clear_of_exclusions():
    for zone in BODY.zones:
        for x, y in zone.outline:
            assert BODY.on_body(x, y)
        for lane in zone.lanes:
            assert lane[0][1] < lane[-1][1], "lanes run toward the neck"
            for (ax, ay), (bx, by) in pairwise(lane):
                for k in range(11):
                    assert BODY.exclusion_at(ax + (bx - ax) * k / 10, ay + (by - ay) * k / 10) is None


def test_zones_do_not_overlap():
    for x in range(-305, 306, 7):
        for y in range(-1025, 776, 9):
            hit = [zone.id for zone in BODY.zones if zone_contains(zone, x, y)]
            assert len(hit) <= 1, hit


def zone_contains(zone, x, y):
    xs, ys = [p[0] for p in zone.outline], [p[1] for p in zone.outline]
    if not (min(xs) < x < max(xs) and min(ys) < y < max(ys)):
        return False

    return contains(zone.outline, x, y)


@given(st.floats(1.2, 2.2))
@settings(max_examples=at_depth(20))
def test_everything_scales_with_the_stature(stature):
    scale = stature / 1.70
    other = body_map(stature)
    for zone, base in zip(other.zones, BODY.zones, strict=True):
        for (x, y), (bx, by) in zip(zone.outline, base.outline, strict=True):
            assert x == pytest.approx(bx * scale)
            assert y == pytest.approx(by * scale)
    for zone, base in zip(other.excluded, BODY.excluded, strict=True):
        assert zone.margin >= base.margin


@pytest.mark.parametrize("stature", [1.19, 2.21, 0.0, -1.7, math.nan, math.inf])
def test_other_statures_are_refused(stature):
    with pytest.raises(ProfileError, match="stature"):
        body_map(stature)


def test_the_same_map_comes_back():
    assert body_map() is body_map()


def test_unknown_zone_names_the_nearest():
    with pytest.raises(ProfileError) as caught:
        BODY.zone("sholder-left")
    assert "shoulder-left" in caught.value.hint
    with pytest.raises(ProfileError) as caught:
        BODY.zones_named("zzzz")
    assert "upper-back" in caught.value.hint


@pytest.mark.parametrize(("name", "rule"), [("spine", 85), ("kidney-left", 21), ("kidney", 21)])
def test_excluded_zone_names_its_rule(name, rule):
    with pytest.raises(ProfileError, match="excluded") as caught:
        BODY.zones_named(name)
    assert caught.value.rule == rule


def test_outside_every_zone_is_none():
    assert BODY.zone_at(0, 330) is None
    assert BODY.zone_at(100, -460) is None  # the hollow of the knee
    assert not BODY.on_body(300, 0, 20)


def test_excluded_zones_span_the_vertebrae_that_the_landmarks_give():
    data = tomllib.loads(files("profiles").joinpath("body.toml").read_text(encoding="utf-8"))
    marks = data["landmarks"]
    heights = {zone["id"]: [y for _, y in zone["outline"]] for zone in data["excluded"]}
    assert (min(heights["spine"]), max(heights["spine"])) == (marks["l5_s1"], marks["c1"])
    vertebra = (marks["t12_l1"] - marks["l4_l5"]) / 4  # L1 to L4 lie between the two
    for side in ("left", "right"):
        assert marks["l3"] - vertebra <= min(heights[f"kidney-{side}"]) <= marks["l3"] + 10
        assert marks["t12_l1"] <= max(heights[f"kidney-{side}"]) <= marks["t12_l1"] + vertebra


def test_every_zone_gives_the_source_of_its_ceiling():
    text = files("profiles").joinpath("body.toml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("ceiling")]
    assert len(lines) == len(NAMES) + len({cap.zone for cap in BODY.caps})
    for line in lines:
        assert "#" in line
        assert any(character.isdigit() for character in line.split("#")[1]), "a rule number"


def test_lowered_ceilings_are_those_of_the_named_zones_and_of_no_other():
    low = BODY.lowered({"shoulder-left": 0.5, "lumbar": 0.25})
    factors = {"shoulder-left": 0.5, "lumbar-left": 0.25, "lumbar-right": 0.25}
    for usual, zone in zip(BODY.zones, low.zones, strict=True):
        assert zone.ceiling == usual.ceiling * factors.get(usual.id, 1.0)
        assert zone.outline == usual.outline
    assert low.excluded == BODY.excluded
    assert BODY.lowered({}) is BODY


@pytest.mark.parametrize(
    ("factor", "counts"), [(2.0, 1.0), (1.0, 1.0), (0.0, 0.0), (-1.0, 0.0), (math.nan, 0.0), (math.inf, 0.0)]
)
def test_no_factor_raises_a_ceiling(factor, counts):
    assert BODY.lowered({"neck": factor}).zone("neck-left").ceiling == BODY.zone("neck-left").ceiling * counts
