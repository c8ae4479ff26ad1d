"""The same forbidden thing, written in each way that a profile allows: zones, sides, points, parts."""

import pytest
from findings import by_rule

from profiles.body import body_map
from profiles.rules.check import check

BODY = body_map()


def line(zone, *, down=False):
    """Points along the middle lines of one side of some zones, as a hand of the zones' own would go."""
    lanes = [BODY.zone(f"{name}-right").lanes[0] for name in zone]
    return [list(point) for lane in lanes for point in (lane[::-1] if down else lane)]


def ways_to_write(step, zones, *, down=False):
    """Every way to write a step over zones, each as the steps that a session has one after another."""
    named = step | {"zones": list(zones)}
    mirrored = [f"{zone}-{side}" for zone in zones for side in ("left", "right")]
    half = named | {"duration_s": step["duration_s"] / 2.0}
    pointed = {**step, "zones": None, "path": line(zones, down=down)}
    technique = {key: value for key, value in step["technique"].items() if key not in ("direction", "form")}
    if step["technique"]["kind"] != "stroking" and "form" in step["technique"]:
        technique["form"] = step["technique"]["form"]
    pointed = {key: value for key, value in (pointed | {"technique": technique}).items() if value is not None}
    yield "zones", [named]
    yield "sides", [named | {"zones": mirrored}]
    yield "both", [named | {"hands": "both"}]
    yield "split", [half, half | {"name": "again"}]
    yield "repeats", [half | {"repeats": 2}]
    yield "points", [pointed]


def written(kind, zones, *, down=False, **parameters):
    """Every way to write a technique with parameters over zones, as a pair of name and steps."""
    if down:
        parameters["direction"] = "away"
    step = {"name": kind, "technique": {"kind": kind, **parameters}, "duration_s": 24.0, "level": 0.3}
    return list(ways_to_write(step, zones, down=down))


FORBIDDEN = [
    (4, "stroking", ["neck"], {"direction": "toward-neck"}, False),
    (14, "rubbing", ["neck"], {"direction": "toward-neck"}, False),
    (14, "rubbing", ["shoulder"], {"direction": "toward-neck"}, False),
    (86, "stroking", ["upper-back", "lumbar"], {}, True),
    (86, "kneading", ["thigh"], {}, True),
    (86, "rubbing", ["calf"], {}, True),
    (165, "squeezing", ["gluteal"], {"return_level": 0.5}, True),
    (177, "stroking", ["lumbar", "upper-back"], {"speed_mm_s": 151.0}, False),
    (177, "stroking", ["lumbar", "upper-back"], {"speed_mm_s": 300.0}, False),
    (58, "squeezing", ["lumbar", "upper-back"], {"speed_mm_s": 200.0}, False),
    (246, "kneading", ["lumbar"], {"advance_mm_s": 200.0}, False),
    (246, "rubbing", ["lumbar"], {"advance_mm_s": 151.0}, False),
    (65, "kneading", ["gluteal"], {"advance_mm_s": 101.0}, False),
    (204, "vibration", ["foot"], {}, False),
    (204, "vibration", ["neck"], {}, False),
    (205, "vibration", ["thigh"], {}, False),
    (205, "vibration", ["calf"], {"form": "twitching"}, False),
    (205, "vibration", ["gluteal"], {"form": "shaking"}, False),
    (110, "vibration", ["gluteal"], {"frequency_hz": 4.0}, False),
    (236, "tapping", ["lumbar"], {}, False),
    (257, "tapping", ["upper-back"], {}, False),
    (53, "rubbing", ["gluteal"], {"rate_cpm": 101.0}, False),
    (64, "kneading", ["gluteal"], {"rate_cpm": 61.0}, False),
]
CASES = [
    pytest.param(rule, steps, id=f"{rule}-{kind}-{zones[0]}-{form}")
    for rule, kind, zones, parameters, down in FORBIDDEN
    for form, steps in written(kind, zones, down=down, **parameters)
]


@pytest.mark.parametrize(("rule", "steps"), CASES)
def test_what_is_forbidden_is_so_in_every_form(around, rule, steps):
    found = by_rule(check(around(*steps)), rule)
    assert found
    assert all(severity in ("warning", "error") for severity, _ in found)
    assert all(place.startswith(("step[2]", "step[3]")) for _, place in found)


ALLOWED = [
    ("stroking", ["neck"], {}, True),
    ("rubbing", ["shoulder"], {}, True),
    ("rubbing", ["upper-back", "lumbar"], {}, True),
    ("stroking", ["lumbar", "upper-back"], {"speed_mm_s": 150.0}, False),
    ("squeezing", ["lumbar", "upper-back"], {"speed_mm_s": 100.0}, False),
    ("kneading", ["lumbar"], {"advance_mm_s": 100.0}, False),
    ("rubbing", ["lumbar", "upper-back", "shoulder"], {}, False),
    ("vibration", ["calf"], {"form": "shaking"}, False),
    ("vibration", ["gluteal"], {"frequency_hz": 5.0}, False),
]
ASKED = (4, 14, 86, 165, 177, 58, 65, 246, 204, 205, 110)


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(steps, id=f"{kind}-{zones[0]}-{form}")
        for kind, zones, parameters, down in ALLOWED
        for form, steps in written(kind, zones, down=down, **parameters)
    ],
)
def test_what_is_right_is_so_in_every_form(around, steps):
    assert [pair for pair in by_rule(check(around(*steps)), *ASKED) if "step[2]" in pair[1]] == []


def test_a_toning_massage_and_a_test_may_hurry(around, make_step):
    quick = make_step(parameters={"speed_mm_s": 300.0})
    for said, warnings in (({}, 1), ({"purpose": "toning"}, 0), ({"audience": "test"}, 0)):
        assert len(by_rule(check(around(quick, **said)), 177)) == warnings


def test_shoulders_that_nobody_says_more_of_are_rubbed_down(around, make_step):
    assert by_rule(check(around(make_step("rubbing", ["shoulder"]))), 14) == []
    up = make_step("rubbing", ["upper-back", "shoulder"])
    assert by_rule(check(around(up)), 14) == [("warning", "step[2].technique.direction")]
    from_the_waist = make_step("rubbing", ["lumbar", "upper-back", "shoulder"])
    assert by_rule(check(around(from_the_waist)), 14) == [], "rules 60, 86"


@pytest.mark.parametrize("seconds", [80.0, 40.0, 12.0])
def test_equal_steps_are_one_level_however_they_are_cut(around, make_step, seconds):
    """Rule 282: six steps of 80 s that differ in nothing are eight minutes of the same."""
    steps = [make_step("kneading", level=0.3, duration_s=seconds) for _ in range(int(480 / seconds))]
    assert by_rule(check(around(*steps)), 282) == [("warning", "step[2].curve")]
    touch = make_step("stroking", level=0.3, duration_s=2.0, crossfade_s=1.0)
    apart = [part for step in steps for part in (step, touch)]
    assert by_rule(check(around(*apart)), 282) == [("warning", "step[2].curve")], "a touch changes nothing"
    waves = [step | {"level": 0.3 + 0.05 * (k % 2)} for k, step in enumerate(steps)]
    assert by_rule(check(around(*waves)), 282) == []


def test_a_dip_at_the_end_of_a_long_level_does_not_make_it_vary(around, make_step):
    long = {"unit": "seconds", "points": [[0.0, 1.0], [380.0, 1.0], [400.0, 0.6]]}
    step = make_step("kneading", duration_s=400.0, curve=long)
    assert by_rule(check(around(step)), 282) == [("warning", "step[2].curve")]


@pytest.mark.parametrize("rule", [30, 36])
def test_a_short_peak_between_two_looks_is_seen(around, rule):
    """Rules 30, 36: a second of strength in the light beginning, wherever it lies."""
    peak = {30: 20.0, 36: 50.0}[rule]
    points = [[0.0, 0.5], [peak, 0.5], [peak + 0.6, 1.0], [peak + 1.2, 0.5], [500.0, 0.5]]
    opening = {"level": 0.36, "curve": {"unit": "seconds", "points": points}}
    assert (("warning", "step[1].level")) in by_rule(check(around(opening=opening)), rule)


@pytest.mark.parametrize(
    ("breath", "errors"),
    [
        ({"inhale_s": 4.0, "hold_s": 10.0, "exhale_s": 6.0}, []),
        ({"inhale_s": 4.0, "hold_s": 30.0, "exhale_s": 6.0}, ["hold_s"]),
        ({"inhale_s": 0.0, "hold_s": 10.0, "exhale_s": 0.0}, ["inhale_s", "exhale_s"]),
        ({"inhale_s": 0.5, "hold_s": 9.0, "exhale_s": 0.5}, ["inhale_s", "exhale_s"]),
        ({"inhale_s": 1.0, "hold_s": 10.0, "exhale_s": 1.0}, []),
        ({"inhale_s": 0.0, "hold_s": 0.0, "exhale_s": 6.0}, []),
    ],
)
def test_a_breath_is_not_held_by_one_hold_after_another(around, breath, errors):
    technique = {"kind": "guide", "instruction": "Hold.", "part": "breath", "breath": breath}
    step = {"name": "hold", "technique": technique, "duration_s": sum(breath.values()), "repeats": 3}
    places = [f"step[2].technique.breath.{name}" for name in errors]
    assert by_rule(check(around(step)), 317) == [("error", place) for place in places]


@pytest.mark.parametrize(("seconds", "found"), [(170.0, None), (190.0, "warning"), (310.0, "error")])
@pytest.mark.parametrize("form", ["zones", "sides", "points", "many points", "split", "by hand"])
def test_nobodys_neck_has_more_than_five_minutes(around, make_step, seconds, found, form):
    """Rule 288, self-massage or not; a test, and what hands alone do, have no such limit."""
    step = make_step("kneading", ["neck"], level=0.3, duration_s=seconds)
    steps = [step]
    if form == "sides":
        steps = [step | {"zones": ["neck-left", "neck-right", "neck"]}]
    elif form in ("points", "many points"):
        beside = [[58.0, 649.0]] * (90 if form == "many points" else 0)
        del step["zones"]
        steps = [step | {"path": [[58.0, 735.0], [58.0, 655.0], *beside]}]
    elif form == "split":
        steps = [step | {"duration_s": seconds / 5.0}] * 5
    elif form == "by hand":
        guide = {"kind": "guide", "instruction": "Knead.", "part": "neck"}
        steps = [{"name": "hands", "technique": guide, "duration_s": seconds}]
    told = [severity for severity, _ in by_rule(check(around(*steps)), 288)]
    assert told == ([found] if found else [])
    assert by_rule(check(around(*steps, audience="test")), 288) == []


def test_an_order_is_kept_along_points_as_well(around, make_step):
    steps = [
        make_step("kneading", None, path=line([zone]), duration_s=8.0) for zone in ("shoulder", "lumbar")
    ]
    found = by_rule(check(around(*steps, order="shoulders-last")), 66)
    assert found == [("warning", "step[3].path")]
