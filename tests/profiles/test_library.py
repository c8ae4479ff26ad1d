"""The shipped profiles: each variant of the source once, as its table has it, and without a finding."""

import numpy as np
import pytest
from depth import thinned
from spans import longest_work
from variants import of_kind, variants

from firmware_bridge.devices.join import mountings_of
from firmware_bridge.devices.load import load_device, place_device, shipped_devices
from firmware_bridge.limits import DWELL_MAX_S, DWELL_REST_S, DWELL_REST_SLACK_S, DWELL_SLACK_S
from firmware_bridge.safety.limiter import Limiter
from profiles.body import body_map, zone_name
from profiles.errors import ProfileError
from profiles.model import PURPOSES, indications
from profiles.posture import goes_with
from profiles.profile import load_profile, shipped_profiles
from profiles.reach import fit
from profiles.rests import points_of, runs
from profiles.rules.check import check
from profiles.score import compose
from profiles.technique import Guide, Mounting
from profiles.waveform import FELT_FLOOR, Renderer

BESIDES = {"first-session": 600.0, "shoulder-relief": 300.0, "felt-check": 30.0}
ON_DEVICES = [variants()[name]["profile"] for name in of_kind("device")]
ALWAYS_FELT = [
    *("relaxing-back", "first-session", "shoulder-relief", "home-back"),
    *("back-all-over", "back-by-repeats", "zigzag-back"),
]


def usable_places(device):
    return place_device(load_device(device), body_map()).places()


def played_on(name, device):
    """The profile as the device plays it, and the levels of its actuators."""
    places = usable_places(device)
    score = compose(fit(load_profile(name), places, body_map()))
    return score, places, Renderer(score, places).render(0, round(score.duration * 50)).level


def test_the_library_holds_the_27_variants_and_three_more():
    named = [entry["profile"] for entry in variants().values()]
    assert len(set(named)) == 27
    assert sorted(shipped_profiles()) == sorted([*named, *BESIDES])
    assert sorted(load_profile(name).variant for name in named) == sorted(variants())
    assert {load_profile(name).variant for name in BESIDES} == {""}


@pytest.mark.parametrize("name", shipped_profiles())
def test_shipped_profiles_say_what_they_are(name):
    profile = load_profile(name)
    assert profile.name == name
    assert profile.title
    assert profile.description
    assert profile.purpose in PURPOSES
    assert profile.purpose != "other"
    assert set(profile.good_for) <= set(indications())


def test_each_occasion_of_the_article_has_a_profile():
    suggested = {name for profile in shipped_profiles() for name in load_profile(profile).good_for}
    assert suggested == set(indications())


@pytest.mark.parametrize("name", BESIDES)
def test_the_others_keep_their_time(name):
    assert load_profile(name).duration_s == BESIDES[name]


def test_relaxing_back_lasts_a_quarter_of_an_hour():
    assert load_profile("relaxing-back").duration_s == 900.0


@pytest.mark.parametrize(
    "name", ["self-neck-shoulders", "chest", "abdomen", "before-leaving", "before-interview"]
)
def test_self_massage_spends_at_most_five_minutes_on_a_part(name):  # 288
    profile = load_profile(name)
    assert profile.self_massage
    seconds = {}
    for step in profile.played:
        part = step.technique.part if isinstance(step.technique, Guide) else step.zones[0]
        seconds[part] = seconds.get(part, 0.0) + step.total_s
    assert max(seconds.values()) <= 300.0


@pytest.mark.parametrize("name", of_kind("device", "hands"))
def test_a_variant_is_for_a_device_or_for_hands(name):
    entry = variants()[name]
    profile = load_profile(entry["profile"])
    assert profile.guided_only is (entry["played"] == "hands")
    assert not profile.locked_for
    assert any(not isinstance(step.technique, Guide) for step in profile.played) is not profile.guided_only


@pytest.mark.parametrize("name", ["relaxing-back", "home-back", "back-all-over", "back-by-repeats"])
def test_shoulders_and_shoulder_blades_come_last(name):
    profile = load_profile(name)
    assert profile.order == "shoulders-last"
    kneading = [step for step in profile.step if step.technique.kind == "kneading"]
    assert set(kneading[-1].zones) == {"scapular", "shoulder"}


@pytest.mark.parametrize("name", of_kind("never"))
def test_a_child_s_routine_is_refused_whatever_a_file_says(name):
    profile = load_profile(variants()[name]["profile"])
    for locked in (profile, profile.model_copy(update={"locked": ""})):
        with pytest.raises(ProfileError) as refused:
            compose(locked)
        assert refused.value.rule == 98
        assert [(f.severity, f.rule) for f in check(locked)] == [("error", 98)]
    assert all(step.is_guide and not step.moves for step in profile.played)


@pytest.mark.parametrize("device", [None, *shipped_devices()])
@pytest.mark.parametrize("name", [*ON_DEVICES, *BESIDES])
def test_shipped_profiles_keep_every_rule(name, device):
    """Clean on every device whose mounting goes with the posture; elsewhere that is all there is to say."""
    places = None if device is None else usable_places(device)
    mountings = () if device is None else mountings_of(load_device(device))
    findings = check(load_profile(name), places=places, mountings=mountings)
    wrong = {(finding.severity, finding.rule) for finding in findings if finding.severity != "info"}
    plays = places is not None and any(
        step.moves for step in fit(load_profile(name), places, body_map()).step
    )
    misfit = plays and not goes_with(load_profile(name), mountings)
    assert wrong == ({("warning", 29)} if misfit else set())


def test_every_posture_goes_with_some_way_to_lie():
    """A device that lies on the person would play those for lying on the front; one of them turns over."""
    prone = [name for name in ON_DEVICES if load_profile(name).posture == "prone"]
    prone.remove("prone-and-supine")
    assert prone
    assert all(goes_with(load_profile(name), [Mounting.ON]) for name in prone)
    assert not any(goes_with(load_profile(name), [each]) for name in prone for each in ("under", "behind"))


@pytest.mark.parametrize(
    ("name", "device", "zone"),
    [
        ("feet", "foot-plate", "foot"),
        ("legs", "foot-plate", "foot"),
        ("back-by-zone", "neck-pillow", "neck"),
        ("back-neck-shoulders", "neck-pillow", "neck"),
    ],
)
def test_feet_and_neck_are_reached_by_a_device_that_ships(name, device, zone):
    layout = place_device(load_device(device))
    there = [each.index for each in layout.allowed if zone_name(each.zone) == zone]
    assert len(there) >= 2
    _, _, levels = played_on(name, device)
    assert (levels[:, there] > FELT_FLOOR).any(axis=0).all()


@pytest.mark.parametrize("name", [variants()[name]["profile"] for name in of_kind("hands")])
def test_guided_profiles_keep_every_rule(name):
    assert [finding for finding in check(load_profile(name)) if finding.severity != "info"] == []


@pytest.mark.parametrize("name", ON_DEVICES)
def test_a_declared_exception_is_the_source_s_own_and_needed(name):
    profile = load_profile(name)
    without = check(profile.model_copy(update={"exception": ()}))
    warned = {finding.rule for finding in without if finding.severity == "warning"}
    assert {declared.rule for declared in profile.exception} == warned


EVERY = [
    (name, device, stature)
    for name in [*ON_DEVICES, *BESIDES]
    for device in shipped_devices()
    for stature in (1.5, 1.7, 1.95)
]
PLAYED = thinned(thinned(EVERY))
"""Every profile on every device and for three people: few of them unless all is asked for."""
COMMON = {"sacrum", "lumbar", "flank", "upper-back", "scapular", "shoulder"}  # what a device for the back has


@pytest.mark.parametrize("name", ON_DEVICES)
def test_what_a_device_may_lack_is_told_for_hands(name):
    for step in load_profile(name).step:
        zones = {zone.removesuffix("-left").removesuffix("-right") for zone in step.zones or ()}
        if step.moves and not zones & COMMON:
            assert step.by_hand, step.name
            assert step.in_order is ("{region}" in step.by_hand)


@pytest.mark.parametrize(("name", "device", "stature"), PLAYED)
def test_no_point_is_worked_for_long_without_a_rest(name, device, stature):
    body = body_map(stature)
    layout = place_device(load_device(device), body)
    score = compose(fit(load_profile(name), layout.places(), body), body)
    wave = Renderer(score, layout.places()).render(0, round(score.duration * 50) + 50)
    # What limiter and interlock count: drives, that of an interval between two frames if either has one.
    driven = Limiter(layout).slew_only(wave) > 0
    driven[1:] |= driven[:-1].copy()
    on = np.stack([driven[:, columns].any(axis=1) for columns in points_of(layout.places())], axis=1)
    limit, rest = DWELL_MAX_S - DWELL_SLACK_S, DWELL_REST_S + DWELL_REST_SLACK_S
    assert max(work.seconds for work in longest_work(on, 50.0, rest)) < limit


@pytest.mark.parametrize(("name", "device", "stature"), PLAYED)
def test_rests_take_next_to_nothing(name, device, stature):
    body = body_map(stature)
    places = place_device(load_device(device), body).places()
    score = compose(fit(load_profile(name), places, body), body)
    renderer, count = Renderer(score, places), round(score.duration * 50)
    with_rests, without = (renderer.render(0, count, rests=rests).level for rests in (True, False))
    assert (with_rests <= without).all()
    assert with_rests.sum() >= 0.99 * without.sum()


@pytest.mark.parametrize(("name", "device", "stature"), PLAYED)
def test_shipped_profiles_keep_every_rule_for_everybody(name, device, stature):
    body = body_map(stature)
    places = place_device(load_device(device), body).places()
    findings = check(load_profile(name), body, places)
    assert [finding for finding in findings if finding.severity != "info"] == []


@pytest.mark.parametrize("name", ALWAYS_FELT)
def test_something_is_always_felt(name, places):
    score = compose(fit(load_profile(name), places, body_map()))
    peak = Renderer(score, places).render(0, round(score.duration * 50)).level.max(axis=1)
    by_hand = [step for step in score.steps if step.guide is not None]
    for step in by_hand:
        peak[round(step.start * 50) : round((step.end + 3.0) * 50)] = 1.0
    inside = peak[round(score.fade_in * 50) : -round(score.fade_out * 50)]
    starts, ends = runs(inside < FELT_FLOOR)
    # In the first minute the heads in the shoulders do not turn yet (36).
    early = starts < 60 * 50
    assert max((ends - starts)[~early], default=0) <= 15
    assert max((ends - starts)[early], default=0) <= 75
    assert by_hand or np.abs(np.diff(peak)).max() < 0.15, "nothing jumps"


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


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("relaxing-back", ["the thumb circles", "the thumb rests"]),  # 50
        ("arms", ["sounds of nature"]),  # 157
        ("arms", ["olive", "almond", "jojoba", "peach", "apricot"]),  # 159
        ("arms", ["orange", "myrtle", "aloe vera", "avocado"]),  # 213
        ("arms", ["loose clothes"]),  # 270
        ("arms", ["back straight", "weight"]),  # 275
        ("arms", ["at a table", "feet apart", "lean in"]),  # 276
        ("arms", ["on the floor kneel", "change position often"]),  # 277
    ],
)
def test_a_tip_for_hands_stands_where_hands_read_it(name, words):
    steps = load_profile(name).played
    told = [
        step.technique.instruction if isinstance(step.technique, Guide) else step.by_hand for step in steps
    ]
    assert any(all(word in text.lower() for word in words) for text in told)
