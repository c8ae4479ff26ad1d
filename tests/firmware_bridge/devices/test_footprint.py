"""The second computation of what is off: it agrees with the placement, from the bare millimetres alone."""

import math
import random
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st

import profiles
from firmware_bridge.devices.footprint import ROUNDING_MM, footprint_limits
from firmware_bridge.devices.load import load_device, place_device, shipped_devices
from firmware_bridge.devices.response import Response
from profiles.body import ROUNDING_MM as BAND_MM
from profiles.body import body_map

TABLE = tomllib.loads((Path(profiles.__file__).parent / "body.toml").read_text(encoding="utf-8"))
BODIES, DISCS = 400, 250
"""10^5 discs in all."""


def disc(x, y, radius=20.0, *, ceiling=1.0, start=0, exponent=1.0):
    """What a description says of an actuator: with this response its drive is 255 times what is felt."""
    response = SimpleNamespace(start=start, exponent=exponent)
    return SimpleNamespace(x_mm=x, y_mm=y, radius_mm=radius, ceiling=ceiling, response=response)


def judged(x, y, radius=20.0, *, stature_m=1.70, **said):
    (limit,) = footprint_limits([disc(x, y, radius, **said)], stature_m)
    return limit


def drive_of(felt):
    return int(255 * felt + 0.5 + 1e-9)


def drawn_disc(chance, excluded):
    """A disc over or around an excluded zone; of every other one the rim all but meets the zone's."""
    zone = chance.choice(excluded)
    at = chance.randrange(len(zone.outline))
    (ax, ay), (bx, by) = zone.outline[at - 1], zone.outline[at]
    along, radius = chance.choice([0.0, chance.random(), chance.random()]), chance.uniform(1.0, 60.0)
    turn, away = chance.uniform(0.0, 2 * math.pi), chance.uniform(0.0, 120.0)
    if chance.random() < 0.5:
        turn = math.atan2(by - ay, bx - ax) + chance.choice([-1, 1]) * math.pi / 2
        away = zone.margin + radius + chance.choice([-1, 1]) * 10.0 ** chance.uniform(-9.0, 0.0)
    x, y = ax + (bx - ax) * along, ay + (by - ay) * along
    return disc(x + away * math.cos(turn), y + away * math.sin(turn), radius)


@pytest.mark.parametrize("part", range(4))
def test_it_agrees_with_the_placement_on_random_discs_and_bodies(part):
    """It allows no less than the placement, and no more than that would of a disc smaller by BAND_MM."""
    chance, usual, seen = random.Random(part), body_map(), {True: 0, False: 0}
    for _ in range(at_depth(BODIES) // 4):
        stature_m = chance.uniform(1.2, 2.2)
        here = body_map(stature_m)
        discs = [drawn_disc(chance, here.excluded) for _ in range(DISCS)]
        for one, limit in zip(discs, footprint_limits(discs, stature_m), strict=True):
            felt, at_most = (
                min(each.ceiling_at(one.x_mm, one.y_mm, radius) for each in (here, usual))
                for radius in (one.radius_mm, one.radius_mm - BAND_MM)
            )
            assert drive_of(felt) <= limit.ceiling <= drive_of(at_most), (vars(one), stature_m)
            assert (limit.ceiling == 0) is (limit.off != "")
            seen[limit.off == ""] += 1
    assert min(seen.values()) > DISCS


@pytest.mark.parametrize("name", shipped_devices())
def test_it_agrees_with_the_placement_of_every_shipped_device(name):
    description = load_device(name)
    for stature_m in [s / 100 for s in range(120, 221, 5)]:
        placed = place_device(description, body_map(stature_m)).actuators
        limits = footprint_limits(description.actuators, stature_m)
        assert [(one.ceiling, one.excluded != "") for one in placed] == [
            (limit.ceiling, limit.off != "") for limit in limits
        ]


@pytest.mark.parametrize("side", [-1, 1])
def test_it_holds_the_column_beside_the_spine_and_the_collar_by_itself(side):
    """Rules 222, 240: read from the millimetres of body.toml by this half alone."""
    for x in range(45, 96, 10):
        assert all(judged(side * x, y, 1).ceiling <= drive_of(0.7) for y in range(295, 645, 10))
    for x in range(56, 136, 5):
        assert judged(side * x, 631, 1).ceiling == judged(side * x, 615, 15).ceiling == drive_of(0.4)
        assert judged(side * x, 614, 15).ceiling == drive_of(0.7)
    assert judged(side * 160, 640, 15).off, "a cap is no place to work on by itself"


@settings(max_examples=at_depth(400))
@given(
    st.floats(0.2, 2.5),
    st.integers(0, 254),
    st.floats(0.0, 1.0),
    st.sampled_from([(100, 0), (80, 140), (140, 240)]),
)
def test_rounding_of_a_drive_never_puts_it_below_the_placement(exponent, start, ceiling, at):
    """Else an ordinary session would trip at the top of a zone's ceiling."""
    felt = body_map().ceiling_at(*at, 15)
    drive = min(int(Response.drive_for(felt, start, exponent)), int(255 * ceiling + 1e-9))
    limit = judged(*at, 15, start=start, exponent=exponent, ceiling=ceiling)
    assert drive <= limit.ceiling <= drive + 1


@pytest.mark.parametrize("stature_m", [1.2, 1.5, 1.7, 1.95, 2.2])
@pytest.mark.parametrize("area", TABLE["excluded"], ids=lambda area: area["id"])
def test_a_rim_that_meets_a_grown_area_is_off_and_a_hair_further_is_not_for_it(area, stature_m):
    """By hand: to the right or left of the corner that lies furthest out, on the body of that stature."""
    scale = stature_m / 1.70
    side = -1 if area["id"].endswith("left") else 1
    x, y = max(area["outline"], key=lambda corner: side * corner[0])
    near = area["margin_mm"] * max(1.0, scale) + 20.0
    for beyond in (-1.0, -1e-3, 0.0, 1e-3, 1.0):
        limit = judged(x * scale + side * (near + beyond), y * scale, stature_m=stature_m)
        margin = area["margin_mm"] * max(1.0, scale)
        named = f"reaches {area['id']}, grown by its margin of {margin:.0f} mm (rules" in limit.off
        # Beyond it another body's area, that of 1.70 m, may still be the reason.
        assert named if beyond <= 0.0 else not named or scale != 1.0
        assert limit.ceiling == 0 or beyond > 0.0


def test_rounding_counts_as_touching_and_less_so_than_for_the_placement():
    """So no actuator is ever allowed by the placement and refused here because of a last bit."""
    assert 0.0 < ROUNDING_MM < BAND_MM
    edge = 30.0 + 10.0 + 20.0
    assert judged(edge + ROUNDING_MM / 2, 400).off
    assert not judged(edge + (ROUNDING_MM + BAND_MM) / 2, 400).off
    assert body_map().exclusion_at(edge + (ROUNDING_MM + BAND_MM) / 2, 400, 20) is not None


def test_off_on_the_body_of_the_table_is_off_on_every_body():
    """A device's own table is made for that body."""
    assert not judged(64, 400, 20).off
    assert not judged(64, 400, 20, stature_m=1.68).off
    assert "spine" in judged(64, 400, 20, stature_m=2.0).off
    assert "spine" in judged(60, 400, 20, stature_m=1.4).off


@pytest.mark.parametrize(
    ("x", "y", "radius"),
    [
        (None, None, 20),
        (None, 400.0, 20),
        (80.0, None, 20),
        (math.nan, 400.0, 20),
        (80.0, math.inf, 20),
        (80.0, 400.0, math.nan),
        (80.0, 400.0, math.inf),
    ],
)
def test_an_actuator_without_a_place_is_off(x, y, radius):
    known, unknown = footprint_limits([disc(70.0, 400.0, 15.0), disc(x, y, radius)], 1.70)
    assert known == (179, "")
    assert unknown == (0, "has no place on the body (deny by default, rule 188)")


@pytest.mark.parametrize("stature_m", [1.19, 2.21, 0.0, -1.7, math.nan, math.inf])
def test_a_stature_of_nobody_leaves_everything_off(stature_m):
    assert judged(70, 400, 15, stature_m=stature_m).ceiling == 0
    assert judged(70, 400, 15, stature_m=stature_m).off


def test_nothing_is_known_of_no_actuators():
    assert footprint_limits([], 1.70) == ()


def test_outside_every_zone_is_off():
    assert judged(0, -300) == (0, "lies in no zone of the body map (deny by default, rule 188)")


def test_the_strictest_zone_that_the_rim_meets_bounds_the_drive():
    """A cell just inside the buttock (1.0) reaches the lower back (0.5), on either side."""
    for side in (-1, 1):
        assert judged(side * 100, 65, 44).ceiling == 255
        assert judged(side * 100, 65, 45).ceiling == drive_of(0.5)
        assert judged(side * 70, 108, 20).ceiling == drive_of(0.5)


def test_the_ceiling_is_the_lower_of_the_zones_and_the_descriptions():
    assert judged(100, 65, start=55, exponent=0.5).ceiling == 255
    assert judged(80, 140, start=55, exponent=0.5).ceiling == int(55 + 200 * math.sqrt(0.5) + 0.5)
    assert judged(80, 140, ceiling=0.2).ceiling == 51
    assert judged(80, 140, ceiling=0.0) == (0, "ceiling is 0 (deny by default, rule 188)")
