"""Clips: short enough for a felt test, no stronger than their step, and never an error of the check."""

import pytest

from firmware_bridge.devices.load import load_device, place_device
from kneadwave.errors import NotPlayable
from kneadwave.people.history import FELT_S
from kneadwave.tuning.trials.clips import CLIP_MIN_S, FADE_S, clip, clips, lead_s, part_of
from profiles.files.load import from_data
from profiles.profile import load_profile, shipped_profiles
from profiles.rules.check import check
from profiles.technique import Stroking

PLACES = place_device(load_device("reference-cushion")).places()
PLAYED = [name for name in shipped_profiles() if not load_profile(name).locked_for]


def one(technique: str = "kneading", **more: object) -> object:
    step = {"name": "one", "technique": {"kind": technique}, "zones": ["shoulder"], "level": 0.4}
    return from_data({"schema": 1, "name": "one", "step": [{**step, "duration_s": 100.0, **more}]})


def test_a_longer_step_is_compressed_and_its_curve_with_it() -> None:
    fraction = clip(one(curve="wave"), 0, 20.0)
    assert (fraction.duration_s, fraction.repeats) == (20.0, 1)
    assert fraction.curve == one(curve="wave").step[0].curve
    seconds = clip(one(curve={"unit": "seconds", "points": [[0, 0.2], [50, 1.0], [100, 0.4]]}), 0, 20.0)
    assert seconds.curve.points == ((0.0, 0.2), (10.0, 1.0), (20.0, 0.4))
    assert seconds.curve.unit == "seconds"


def test_points_that_come_too_close_together_are_left_out() -> None:
    points = [[k * 0.01, 0.5] for k in range(20)] + [[90, 1.0], [100, 0.4]]
    short = clip(one(curve={"unit": "seconds", "points": points}), 0, 1.0)
    assert short.curve.points[-1] == (1.0, 0.4)
    close = [[0.0, 0.5], [0.01, 0.6]]
    short = clip(one(curve={"unit": "seconds", "points": close}), 0, 1.0)
    assert len(short.curve.points) == 2
    assert short.peak <= 0.4


@pytest.mark.parametrize(
    ("duration", "repeats", "seconds", "expected"),
    [
        (10.0, 8, 35.0, (10.0, 3)),
        (10.0, 2, 35.0, (10.0, 2)),
        (10.0, 8, 9.0, (9.0, 1)),
        (1.0, 1, 0.1, (0.5, 1)),
    ],
)
def test_repeats_are_as_many_as_fit(
    duration: float, repeats: int, seconds: float, expected: tuple[float, int]
) -> None:
    made = clip(one(duration_s=duration, repeats=repeats), 0, seconds)
    assert (made.duration_s, made.repeats) == expected
    assert made.duration_s >= CLIP_MIN_S


def test_what_hands_do_is_refused() -> None:
    guide = {"kind": "guide", "instruction": "Breathe."}
    steps = [{"name": "breathe", "technique": guide, "duration_s": 10}]
    with pytest.raises(NotPlayable, match="'breathe' is done by hand"):
        clip(from_data({"schema": 1, "name": "hands", "step": steps}), 0, 10.0)


def test_a_step_over_an_order_stands_for_its_first_region() -> None:
    found = [
        (profile, index)
        for profile in map(load_profile, PLAYED)
        for index, step in enumerate(profile.step)
        if step.in_order
    ]
    assert found
    for profile, index in found:
        step = clip(profile, index, 10.0)
        assert not step.in_order
        assert step.zones == profile.played[part_of(profile, index)].zones


def test_what_is_no_stroking_is_led_by_light_strokes_over_the_same_zones() -> None:
    step = clip(one(level=0.4), 0, 20.0)
    made = clips("test", [step])
    assert [s.technique.kind for s in made.step] == ["stroking", "kneading", "stroking"]
    assert {s.zones for s in made.step} == {("shoulder",)}
    assert max(made.step[0].level, made.step[2].level) <= 0.2
    assert made.step[0].duration_s == lead_s(step, FADE_S) == FADE_S
    assert made.fade_in_s == FADE_S
    strokes = clip(one("stroking"), 0, 20.0)
    assert lead_s(strokes, FADE_S) == 0.0
    assert clips("test", [strokes]).step == (strokes,)


def test_too_long_is_refused_to_the_second() -> None:
    step = clip(one("stroking"), 0, 30.0)
    assert clips("test", [step, step]).duration_s == FELT_S
    with pytest.raises(NotPlayable, match=r"60.5 s are no felt test"):
        clips("test", [step, step, step.model_copy(update={"duration_s": 0.5})])


@pytest.mark.parametrize("name", PLAYED)
def test_no_clip_of_a_shipped_profile_has_an_error(name: str) -> None:
    profile = load_profile(name)
    for index in range(len(profile.step)):
        try:
            step = clip(profile, index, 20.0)
        except NotPlayable:
            assert not profile.step[index].moves or profile.step[index].is_guide
            continue
        made = clips("test", [step])
        assert made.audience == "test"
        assert made.duration_s <= 20.0 + FADE_S + 2.0
        assert all(isinstance(end.technique, Stroking) for end in (made.step[0], made.step[-1]))
        assert not [f for f in check(made, None, PLACES) if f.severity == "error"]
