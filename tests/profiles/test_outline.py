"""A profile in figures, without playing it."""

import pytest
from written_profiles import BREATHING, EVENING

from firmware_bridge.devices.load import load_device, place_device, shipped_devices
from profiles.body import body_map
from profiles.files.load import parse
from profiles.outline import fitter, hands_work, intensity, parts, timed, visits
from profiles.profile import load_profile, shipped_profiles
from profiles.reach import fit
from profiles.score import compose


@pytest.mark.parametrize("name", shipped_profiles())
def test_times_are_those_of_the_score(name: str) -> None:
    profile = load_profile(name)
    rows = timed(profile)
    assert rows[-1].end == pytest.approx(profile.duration_s, abs=0.01)
    if not profile.locked_for:
        assert [(row.start, row.end) for row in rows] == [(s.start, s.end) for s in compose(profile).steps]


@pytest.mark.parametrize("device", shipped_devices())
@pytest.mark.parametrize("name", shipped_profiles())
def test_a_device_plays_what_fitting_leaves_to_it(name: str, device: str) -> None:
    profile, body = load_profile(name), body_map()
    places = place_device(load_device(device), body).places()
    told = fitter(device, places, body)(profile)
    fitted = fit(profile, places, body)
    assert told.played_s == pytest.approx(sum(step.total_s for step in fitted.played if step.moves))
    assert told.moving_s == pytest.approx(sum(step.total_s for step in profile.played if step.moves))
    assert told.whole is (told.moving_s - told.played_s <= 0.5)


def test_zones_and_hands_share_the_whole_time() -> None:
    profile = parse(EVENING)
    by_device = sum(visit.seconds for visit in visits(profile, body_map()))
    by_hand = sum(parts(profile).values())
    settling = 60.0  # the device strokes on while hands work: it counts for both
    assert by_device + by_hand - settling == pytest.approx(profile.duration_s, abs=0.01)


def test_intensity_is_level_times_curve_times_envelope() -> None:
    profile = parse(EVENING.replace("rest_s = 300", "envelope = [[0.0, 0.5], [1.0, 0.5]]"))
    levels = intensity(profile, 670)
    assert levels[10] == pytest.approx(0.15)
    assert levels[300] == 0.0
    assert levels[580] == pytest.approx(0.65 / 2, rel=0.02)
    assert levels[590] == pytest.approx(0.65 * 0.4 / 2, rel=0.02)
    assert levels[669] == pytest.approx(0.1)


def test_hands_work_while_no_device_moves() -> None:
    assert hands_work(parse(BREATHING), 7) == [True] * 7
    evening = hands_work(parse(EVENING), 670)
    assert (evening[10], evening[300], evening[430]) == (False, True, False)
