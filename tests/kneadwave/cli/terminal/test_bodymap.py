"""The body as text: sizes, glyphs, sides, and layouts that nobody ships."""

import re
from typing import Any

import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.devices.load import DeviceDescription, Layout, load_device, place_device
from kneadwave.cli.terminal.bodymap import (
    ANSI,
    COMPACT,
    FULL,
    LEVELS,
    body_spans,
    draw_body,
    legend,
    level_glyph,
)
from profiles.body import body_map

Place = tuple[int | None, int | None]


def layout(*places: Place, stature_m: float = 1.70, radius: int = 10, kind: str = "vibration") -> Layout:
    actuators: list[dict[str, Any]] = [
        {
            "id": f"a{i}",
            "kind": kind,
            **({} if x is None else {"x_mm": x, "y_mm": y}),
            "radius_mm": radius,
            "ceiling": 0.9,
            "attack_per_s": 800,
            "release_per_s": 1600,
            "response": {"start": 60, "hold": 40, "exponent": 0.5},
            "motor": {"tau_ms": 60},
        }
        for i, (x, y) in enumerate(places)
    ]
    description = {"schema": 1, "name": "bench", "title": "Bench", "power_budget": 900, "actuator": actuators}
    return place_device(DeviceDescription.model_validate(description), body_map(stature_m))


SHIPPED = {name: place_device(load_device(name)) for name in ("reference-cushion", "seat-pad-8", "mat-64")}


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("size", [FULL, COMPACT])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_every_line_is_as_wide_as_asked_and_there_are_not_more_than_asked(
    name: str, size: tuple[int, int], ascii_only: bool
) -> None:
    lines = draw_body(SHIPPED[name], width=size[0], ascii_only=ascii_only)
    assert {len(line) for line in lines} == {size[0]}
    assert len(lines) <= size[1]
    assert not ascii_only or all(line.isascii() for line in lines)


def test_the_body_of_the_reference_cushion_is_drawn_like_this() -> None:
    assert draw_body(SHIPPED["reference-cushion"], ascii_only=True) == [
        "           |  !  |                          ",
        "           /  !  \\            neck          ",
        "          /   !   \\                         ",
        "      /       !       \\       shoulder      ",
        "    \\    k    !    k    /                   ",
        "     |        !        |                    ",
        "     |        !        |                    ",
        "     | v      !      v |      scapular      ",
        "     |        !        |      upper-back    ",
        "     |    v   !   v    |                    ",
        "     |        !        |                    ",
        "     \\        x        /                    ",
        "      |  ~~~  !  ~~   |       flank         ",
        "      v  ~x~  !  ~x~  v                     ",
        "      |  ~~~  !  ~~~  |       lumbar        ",
        "      |       !       |                     ",
        "      /   v   !   v   \\                     ",
        "     |                 |                    ",
        "     /        v        \\      sacrum        ",
        "    |   p           p   |     gluteal       ",
        "    |       |   |       |                   ",
        "    |       |   |       |                   ",
    ]


def test_without_levels_each_actuator_shows_its_kind_and_the_excluded_a_cross() -> None:
    drawn = "".join(
        span.text
        for line in body_spans(SHIPPED["reference-cushion"])
        for span in line
        if is_actuator(span.style)
    )
    assert sorted(drawn) == sorted("v" * 9 + "kk" + "pp" + "xxx")


def is_actuator(style: str) -> bool:
    return style in ("actuator", "excluded", "off") or style.startswith("level-")


def glyphs(place: Layout, levels: list[float] | None = None, **how: Any) -> list[tuple[str, str]]:
    return [
        (s.text, s.style) for line in body_spans(place, levels, **how) for s in line if is_actuator(s.style)
    ]


def test_levels_rise_through_eight_glyphs() -> None:
    for ascii_only in (False, True):
        shown = [level_glyph((i + 0.5) / 8, ascii_only=ascii_only) for i in range(8)]
        assert "".join(shown) == LEVELS[ascii_only]


@pytest.mark.parametrize("level", [0.0, 0.0199, -1.0, float("nan"), float("-inf")])
def test_what_is_not_felt_is_drawn_as_off(level: float) -> None:
    assert glyphs(layout((75, 400)), [level]) == [("·", "off")]


@pytest.mark.parametrize("level", [1.0, 7.0, float("inf")])
def test_a_level_at_or_over_full_is_drawn_as_full(level: float) -> None:
    assert glyphs(layout((75, 400)), [level]) == [("█", "level-8")]


def test_an_excluded_actuator_is_a_cross_whatever_its_level() -> None:
    assert glyphs(layout((0, 400)), [1.0]) == [("x", "excluded")]


def test_in_a_shared_cell_the_strongest_allowed_one_is_shown() -> None:
    place = layout((50, 400), (75, 400), (75, 400), (75, 400))
    assert ("█", "level-8") in glyphs(place, [1.0, 0.1, 1.0, 0.5])
    crowd = layout(*[(75, 400)] * 56)
    assert glyphs(crowd, [0.0] * 55 + [0.6]) == [("▅", "level-5")]


def test_an_excluded_actuator_never_covers_an_allowed_one() -> None:
    # Same cell: one just clear of the margin of the spine, one just inside it.
    place = layout((51, 400), (49, 400))
    assert [bool(a.excluded) for a in place.actuators] == [False, True]
    assert glyphs(place, [0.5, 0.0]) == [("▄", "level-4")]


def test_the_recipients_right_is_on_the_right_and_the_head_above() -> None:
    lines = draw_body(layout((120, 480), (-120, -20)), [1.0, 0.3])
    high = next(i for i, line in enumerate(lines) if "█" in line[:29])
    low = next(i for i, line in enumerate(lines) if "▃" in line[:29])
    spine = lines[high].index("┊")
    assert high < low
    assert lines[high].index("█") > spine
    assert lines[low].index("▃") < spine


def test_zone_names_stand_beside_with_their_strongest_left_and_right() -> None:
    lines = draw_body(layout((120, 480), (-120, 480), (-120, 500)), [1.0, 0.1, 0.3])
    (label,) = [line for line in lines if "scapular" in line]
    assert label.rstrip().endswith("scapular   ▃█")


def test_names_are_left_out_where_there_is_no_room() -> None:
    assert "shoulder" not in "".join(draw_body(SHIPPED["mat-64"], width=COMPACT[0]))


def test_legs_and_arms_are_drawn_where_actuators_lie_on_them() -> None:
    torso = draw_body(layout((75, 400)))
    legs = draw_body(layout((75, 400), (90, -950)))
    arms = draw_body(layout((75, 400), (265, 200)))
    assert "foot" not in "".join(torso)
    assert "arm" not in "".join(torso)
    assert "foot" in "".join(legs)
    assert "arm" in "".join(arms)


def test_an_actuator_without_a_place_is_not_drawn() -> None:
    assert glyphs(layout((None, None), (75, 400)), [0.0, 1.0]) == [("█", "level-8")]
    assert glyphs(layout((None, None))) == []


def test_levels_that_do_not_match_the_actuators_are_an_error() -> None:
    with pytest.raises(ValueError, match="2 levels for 1 actuators"):
        draw_body(layout((75, 400)), [0.1, 0.2])


def test_colour_only_adds_escape_codes() -> None:
    place = SHIPPED["reference-cushion"]
    levels = [i / 16 for i in range(16)]
    plain, coloured = draw_body(place, levels), draw_body(place, levels, colour=True)
    assert "\x1b" in "".join(coloured)
    assert [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in coloured] == plain


def test_every_style_has_a_colour() -> None:
    styles = {span.style for place in SHIPPED.values() for line in body_spans(place) for span in line}
    assert styles - {""} <= set(ANSI)


def test_the_legend_names_every_glyph_family() -> None:
    assert "excluded" in legend(levels=False)
    assert LEVELS[False] in legend(levels=True)
    assert legend(levels=True, ascii_only=True).isascii()


places = st.lists(st.tuples(st.integers(-290, 290), st.integers(-1010, 760)), min_size=1, max_size=20)


@given(
    places=places,
    width=st.integers(1, 80),
    height=st.integers(1, 40),
    stature=st.sampled_from([1.2, 1.7, 2.2]),
)
@settings(max_examples=at_depth(30))
def test_any_layout_is_drawn_within_its_size_and_twice_the_same(
    places: list[Place], width: int, height: int, stature: float
) -> None:
    place = layout(*places, stature_m=stature)
    levels = [0.5] * len(places)
    lines = draw_body(place, levels, width, height=height)
    assert {len(line) for line in lines} == {max(width, 9)}
    assert len(lines) <= max(height, 4)
    assert lines == draw_body(place, levels, width, height=height)
    assert any("x" in line or "▄" in line for line in lines)
