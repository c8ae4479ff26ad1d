"""A step in plain words."""

from typing import Any, get_args

import pytest
from pydantic import BaseModel

from kneadwave.cli.views.wording import (
    FIELDS,
    HANDS,
    KINDS,
    MANNERS,
    SHAPES,
    VERBS,
    ZONES,
    duration,
    sentence,
    shape,
    strength,
    times,
    zone_words,
)
from profiles.body import body_map
from profiles.curve import PRESETS, IntensityCurve
from profiles.model import Step
from profiles.technique import BY_HAND, CARRIER_HZ, PREFERRED, TECHNIQUES, Modality, Moving


def step(technique: dict[str, Any], **fields: Any) -> Step:
    common = {"name": "x", "duration_s": 60.0, "level": 0.45, "zones": ("shoulder",)}
    return Step.model_validate(common | {"technique": technique} | fields)


def choices() -> list[str]:
    """Every value that a form, a depth or a path may have, as the table names it."""
    found = []
    for kind, model in TECHNIQUES.items():
        assert issubclass(model, BaseModel)
        for field in FIELDS:
            if field in model.model_fields:
                values = get_args(model.model_fields[field].annotation)
                found += [f"{kind}.{field}.{value}" for value in values]
    return found


def test_there_are_words_for_all_that_a_profile_can_say() -> None:
    assert set(MANNERS) >= set(choices())
    assert set(VERBS) >= set(TECHNIQUES) - {"guide"}
    assert {name for name in VERBS if "." in name} <= set(choices())
    assert {zone.name for zone in body_map().zones} == set(ZONES)
    assert set(SHAPES) == set(PRESETS)
    assert set(HANDS) == set(get_args(Step.model_fields["hands"].annotation))
    assert set(KINDS) == set(Modality)


@pytest.mark.parametrize(
    ("technique", "fields", "words"),
    [
        (
            {"kind": "kneading", "rate_cpm": 36.0},
            {"hands": "alternate", "duration_s": 90.0, "curve": "light-strong-light"},
            "Knead the shoulders, 36 a minute, both hands by turns, for 1 min 30 s, medium (45 %), "
            "rising and falling.",
        ),
        (
            {"kind": "stroking", "form": "embracing", "speed_mm_s": 95.0, "direction": "toward-neck"},
            {"zones": ("sacrum", "lumbar", "upper-back", "shoulder"), "level": 0.28, "curve": "rise"},
            "Stroke from the sacrum over the lower back and the upper back to the shoulders with "
            "embracing hands, back down the sides, towards the neck, 9.5 cm a second, for 1 min, "
            "light (28 %), growing.",
        ),
        (
            {"kind": "rubbing", "depth": "deep", "path": "zigzag"},
            {"zones": ("lumbar", "flank", "upper-back"), "repeats": 3, "duration_s": 20.0, "curve": "wave"},
            "Rub the lower back, the sides and the upper back deeply, in zigzags, 50 strokes to and fro "
            "a minute, three times, 20 s each, medium (45 %), in waves.",
        ),
        (
            {"kind": "pressing", "hold_s": 3.5},
            {"zones": ("foot-left",), "level": 0.1, "on": ("pressure", "vibration")},
            "Press the left foot, point by point, 3.5 s held at each, using all pressure cells and vibration "
            "motors there, for 1 min, very light (10 %), evenly.",
        ),
        (
            {"kind": "tapping", "rate_hz": 2.5},
            {"zones": ("gluteal",), "level": 0.9, "hands": "both"},
            "Tap the buttocks with loose hands, 2.5 a second, both hands together, for 1 min, "
            "very strong (90 %), evenly.",
        ),
        (
            {"kind": "squeezing", "direction": "away"},
            {"zones": None, "path": ((72.0, 300.0), (72.0, 500.0)), "level": 0.6},
            "Squeeze along a line of 2 points returning with two fingers, away from the neck, 7 cm a second, "
            "for 1 min, strong (60 %), evenly.",
        ),
        (
            {"kind": "vibration", "frequency_hz": 45.0},
            {"zones": ("calf-right",)},
            "Vibrate on the right calf with the fingertips, in small circles, 45 times a second, for 1 min, "
            "medium (45 %), evenly.",
        ),
    ],
)
def test_a_step_is_a_sentence(technique: dict[str, Any], fields: dict[str, Any], words: str) -> None:
    assert sentence(step(technique, **fields)) == words


@pytest.mark.parametrize(
    ("technique", "begins"),
    [
        ({"kind": "kneading", "form": "pinching"}, "Pinch the shoulders between thumb and fingers,"),
        ({"kind": "kneading", "form": "felting"}, "Roll the shoulders between both hands, one against"),
        ({"kind": "vibration", "form": "shaking"}, "Shake the shoulders loosely,"),
        ({"kind": "tapping", "form": "patting"}, "Pat the shoulders with cupped hands,"),
        ({"kind": "stroking", "path": "outward"}, "Stroke the shoulders from the spine outwards,"),
    ],
)
def test_a_form_has_words_of_its_own(technique: dict[str, Any], begins: str) -> None:
    assert sentence(step(technique)).startswith(begins)


def test_what_has_no_words_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kneadwave.cli.views.wording.MANNERS", {})
    monkeypatch.setattr("kneadwave.cli.views.wording.VERBS", {})
    assert sentence(step({"kind": "rubbing", "path": "zigzag"})).startswith(
        "Rubbing the shoulders superficial, zigzag,"
    )
    assert zone_words("third-eye") == "third eye"


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([(0.0, 0.5), (1.0, 0.5)], "evenly"),
        ([(0.0, 0.75), (0.5, 0.75), (1.0, 1.0)], "growing"),
        ([(0.0, 1.0), (1.0, 0.5)], "fading"),
        ([(0.0, 0.2), (0.3, 1.0), (1.0, 0.2)], "rising and falling"),
        ([(0.0, 1.0), (0.3, 0.2), (1.0, 1.0)], "falling and rising"),
        ([(0.0, 0.2), (0.3, 1.0), (0.6, 0.2), (1.0, 1.0)], "in waves"),
    ],
)
def test_the_shape_of_a_curve_in_words(points: list[tuple[float, float]], words: str) -> None:
    assert shape(IntensityCurve(points=tuple(points))) == words


@pytest.mark.parametrize(
    ("level", "word"),
    [
        (0.15, "very light"),
        (0.16, "light"),
        (0.3, "light"),
        (0.5, "medium"),
        (0.51, "strong"),
        (0.71, "very strong"),
    ],
)
def test_a_level_in_a_word(level: float, word: str) -> None:
    assert strength(level) == word


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.5, "0.5 s"), (22.0, "22 s"), (54.54, "55 s"), (59.7, "1 min"), (90.0, "1 min 30 s")],
)
def test_a_duration_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_counts_in_words() -> None:
    assert [times(n) for n in (1, 2, 3, 10, 11)] == ["once", "twice", "three times", "ten times", "11 times"]


def test_every_table_of_techniques_knows_every_technique():
    moving = {get_args(technique.model_fields["kind"].annotation)[0] for technique in get_args(Moving)}
    assert moving == TECHNIQUES.keys() - {"guide"} == BY_HAND.keys()
    assert moving <= VERBS.keys()
    assert PREFERRED.keys() <= moving
    assert CARRIER_HZ.keys() == TECHNIQUES.keys() - {"vibration"}  # which has a frequency of its own


@pytest.mark.parametrize("key", [key for key in VERBS if "." in key])
def test_a_verb_of_a_form_names_a_form_that_there_is(key):
    kind, field, value = key.split(".")
    assert value in get_args(TECHNIQUES[kind].model_fields[field].annotation)
