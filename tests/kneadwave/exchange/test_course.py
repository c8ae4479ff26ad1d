"""What is exported of a profile: the level of a step, and that of each zone over the session."""

import numpy as np
import pytest

from kneadwave.errors import UsageError
from kneadwave.exchange.course import WITHIN, step_envelope, zone_envelopes
from profiles.body import body_map
from profiles.errors import ProfileError
from profiles.profile import load_profile, shipped_profiles

BACK = load_profile("relaxing-back")
BODY = body_map()


def test_a_step_gives_its_curve_times_its_level() -> None:
    step = BACK.step[7]
    envelope = step_envelope(BACK, "8")
    looks = np.arange(0.0, step.duration_s, 0.1)
    asked = step.level * step.curve.at(looks, step.duration_s)
    assert envelope.duration == step.duration_s
    assert np.abs(envelope.at(looks) - asked).max() <= WITHIN + 1e-9


def test_the_session_has_a_curve_as_well() -> None:
    assert step_envelope(BACK, "session").duration == BACK.duration_s


@pytest.mark.parametrize("name", [name for name in shipped_profiles() if not load_profile(name).locked_for])
def test_each_zone_that_a_profile_works_on_has_an_envelope_below_its_ceiling(name: str) -> None:
    profile = load_profile(name)
    found = zone_envelopes(profile, (), BODY)
    worked = {zone for step in profile.played if step.moves for zone in step.zones or ()}
    assert bool(found) is bool(worked or any(step.path for step in profile.played))
    for zone, envelope in found.items():
        assert envelope.duration == pytest.approx(profile.duration_s, abs=0.01)
        assert 0.0 < envelope.peak <= min(each.ceiling for each in BODY.zones_named(zone)) + 1e-9
        assert envelope.at(np.array([envelope.duration])).tolist() == [0.0]


def test_a_zone_is_silent_while_another_is_worked_on() -> None:
    envelope = zone_envelopes(BACK, ("gluteal",), BODY)["gluteal"]
    steps = [step for step in BACK.played if "gluteal" in (step.zones or ())]
    felt = np.arange(0.0, BACK.duration_s, 0.1)
    worked = float((envelope.at(felt) > WITHIN).mean()) * BACK.duration_s
    assert worked <= sum(step.total_s + step.crossfade_s for step in steps) + 1.0


def test_one_side_is_told_apart_where_the_sides_differ() -> None:
    profile = load_profile("shoulder-relief")
    step = profile.step[0].model_copy(update={"zones": ("shoulder-left",)})
    found = zone_envelopes(profile.model_copy(update={"step": (step,)}), (), BODY)
    assert list(found) == ["shoulder-left"]


def test_a_zone_that_is_not_worked_on_or_never_is_refused() -> None:
    with pytest.raises(UsageError, match="relaxing-back does not work on foot"):
        zone_envelopes(BACK, ("foot",), BODY)
    with pytest.raises(ProfileError) as raised:
        zone_envelopes(BACK, ("spine",), BODY)
    assert raised.value.rule == 85
