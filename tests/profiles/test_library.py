import numpy as np
import pytest

from profiles.measure import longest_work, runs
from profiles.profile import load_profile, shipped_profiles
from profiles.rules import check
from profiles.score import compose
from profiles.waveform import FELT_FLOOR, Renderer

SECONDS = {"relaxing-back": 900.0, "first-session": 600.0, "shoulder-relief": 300.0, "felt-check": 30.0}


def test_the_library_is_complete():
    assert sorted(shipped_profiles()) == sorted(SECONDS)


@pytest.mark.parametrize("name", SECONDS)
def test_shipped_profiles_say_what_they_are(name):
    profile = load_profile(name)
    assert profile.name == name
    assert profile.title
    assert profile.description
    assert profile.duration_s == SECONDS[name]


@pytest.mark.parametrize("name", SECONDS)
def test_shipped_profiles_keep_every_rule(name, places):
    for findings in (check(load_profile(name)), check(load_profile(name), places=places)):
        assert [finding for finding in findings if finding.severity != "info"] == []


@pytest.mark.parametrize("name", SECONDS)
def test_no_actuator_works_for_long_without_a_rest(name, places):
    score = compose(load_profile(name))
    level = Renderer(score, places).render(0, round(score.duration * 50)).level
    # A rest of 2.3 s leaves room for the release ramp before the 2 s that count; so do 9.4 s of work.
    assert max(work.seconds for work in longest_work(level > 0.0, 50.0, rest_s=2.3)) < 9.4


@pytest.mark.parametrize("name", ["relaxing-back", "first-session", "shoulder-relief"])
def test_something_is_always_felt(name, places):
    score = compose(load_profile(name))
    peak = Renderer(score, places).render(0, round(score.duration * 50)).level.max(axis=1)
    inside = peak[round(score.fade_in * 50) : -round(score.fade_out * 50)]
    starts, ends = runs(inside < FELT_FLOOR)
    assert max(ends - starts, default=0) <= 15
    assert np.abs(np.diff(peak)).max() < 0.15, "nothing jumps"


def test_relaxing_back_goes_through_the_five_stages_in_order():
    kinds = [step.technique.kind for step in load_profile("relaxing-back").step]
    stages = [kind for kind, before in zip(kinds, [None, *kinds], strict=False) if kind != before]
    assert stages == ["stroking", "rubbing", "squeezing", "rubbing", "kneading", "stroking"]


def test_relaxing_back_grows_stage_by_stage_and_works_the_shoulders_last():
    steps = load_profile("relaxing-back").step
    levels = [step.peak for step in steps[:9]]
    assert levels == sorted(levels)
    assert set(steps[8].zones) == {"shoulder", "scapular"}


def test_relaxing_back_ends_with_the_first_stage_once_more_and_weaker():
    steps = load_profile("relaxing-back").step
    for first, last in zip(steps[:3], steps[-3:], strict=True):
        assert (first.technique, first.zones, first.duration_s) == (
            last.technique,
            last.zones,
            last.duration_s,
        )
        assert last.peak < first.peak


def test_felt_check_reaches_every_actuator_well_above_the_floor(places):
    peak = Renderer(compose(load_profile("felt-check")), places).render(0, 1500).level.max(axis=0)
    for place, level in zip(places, peak, strict=True):
        assert bool(level > 10 * FELT_FLOOR) is place.active, place.id
