"""What the words of a shipped profile promise, in figures: gentle, brisk, quick, soft."""

import pytest
from variants import of_kind, variants

from profiles.profile import load_profile
from profiles.technique import KNEADING_MAX_CPM, RUBBING_MAX_CPM

PLAYED = [variants()[name]["profile"] for name in of_kind("device")]
PLAYED += ["first-session", "shoulder-relief"]
TONING, RELAXING = load_profile("toning"), load_profile("relaxing-back")


def working(profile, *kinds):
    """The steps that massage, or those of some techniques."""
    steps = [step for step in profile.played if step.moves and not step.is_guide]
    return [step for step in steps if not kinds or step.technique.kind in kinds]


def mean_level(profile):
    steps = working(profile)
    return sum(step.peak * step.total_s for step in steps) / sum(step.total_s for step in steps)


def pace(step):
    """How fast the hand is: its speed in mm/s, or its circles a minute."""
    technique = step.technique
    return technique.speed_mm_s if technique.kind == "stroking" else technique.rate_cpm


@pytest.mark.parametrize("name", PLAYED)
def test_what_ships_stays_below_the_middle_of_the_scale_most_of_the_time(name):
    steps = working(load_profile(name))
    strong = sum(step.total_s for step in steps if step.peak > 0.5)
    assert strong < sum(step.total_s for step in steps) / 3.0
    assert mean_level(load_profile(name)) < 0.5


def test_a_first_session_never_reaches_the_middle_of_the_scale():
    assert max(step.peak for step in working(load_profile("first-session"))) < 0.5


@pytest.mark.parametrize("kind", ["stroking", "rubbing", "kneading"])
def test_toning_is_faster_than_relaxing(kind):
    toning = [pace(step) for step in working(TONING, kind)]
    relaxing = [pace(step) for step in working(RELAXING, kind)]
    assert max(toning) > max(relaxing)
    assert sum(toning) / len(toning) > sum(relaxing) / len(relaxing)


def test_toning_is_more_vigorous_than_relaxing_within_the_same_limits():
    assert mean_level(TONING) > mean_level(RELAXING)
    assert max(pace(step) for step in working(TONING, "kneading")) <= KNEADING_MAX_CPM
    assert max(pace(step) for step in working(TONING, "rubbing")) <= RUBBING_MAX_CPM


@pytest.mark.parametrize("kind", ["rubbing", "kneading"])
def test_the_hands_of_a_toning_massage_move_on_faster(kind):
    toning = [step.technique.advance_mm_s for step in working(TONING, kind)]
    # But for the oncoming hands of rule 61, which are accelerated in the relaxing one itself.
    steps = [step for step in working(RELAXING, kind) if getattr(step.technique, "path", "") != "spiral"]
    relaxing = [step.technique.advance_mm_s for step in steps]
    assert min(toning) > max(relaxing)


def test_the_waist_is_stroked_more_slowly_than_the_rest_of_the_back():
    strokes = [step for step in working(load_profile("back-by-zone"), "stroking") if "neck" not in step.zones]
    waist = next(step for step in strokes if step.zones[0] == "lumbar")
    assert all(pace(waist) < pace(other) for other in strokes if other is not waist)


@pytest.mark.parametrize("name", ["daily-stress-back", "before-leaving"])
def test_quick_rubbing_is_the_quicker_one(name):
    first, *_, quick = (pace(step) for step in working(load_profile(name), "rubbing"))
    assert 1.5 * first < quick <= RUBBING_MAX_CPM
