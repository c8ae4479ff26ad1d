import pytest

from profiles.body import body_map
from profiles.errors import ProfileError
from profiles.files.load import from_data
from profiles.reach import HAND_MM, PART_OF_ZONE, REACH_MM, SHARE_MIN, fit, reached, usable_places
from profiles.score import compose
from profiles.technique import TECHNIQUES, Modality
from profiles.waveform import Place

BODY = body_map()
KINDS = [kind for kind in TECHNIQUES if kind != "guide"]


def motor(x, y, active=True, radius=20.0):
    return Place("m", Modality.VIBRATION, x, y, radius, active)


@pytest.fixture
def fitted(make_profile, places):
    """Return a step as the cushion of the tests plays it."""
    return lambda step, on=None: fit(make_profile(step), places if on is None else on, BODY).played[0]


def test_what_is_out_of_reach_is_left_to_hands(fitted, make_step):
    step = make_step(
        "kneading", ["foot"], by_hand="Knead the soles.", repeats=3, crossfade_s=1, on=["vibration"]
    )
    left = fitted(step)
    assert (left.technique.kind, left.technique.instruction, left.technique.part) == (
        "guide", "Knead the soles.", "feet",
    )  # fmt: skip
    assert (left.zones, left.level, left.on, left.moves) == (None, 0.0, None, False)
    assert (left.duration_s, left.repeats, left.crossfade_s, left.name) == (30.0, 3, 1.0, "kneading")


@pytest.mark.parametrize("zones", [["lumbar"], ["foot", "lumbar"], ["calf-left", "lumbar"]])
def test_a_step_partly_within_reach_is_played_on_what_is_there(fitted, make_step, zones):
    step = fitted(make_step(zones=zones))
    assert step.zones == tuple(zones)
    assert step.level == 0.3


@pytest.mark.parametrize(("gap", "within"), [(-0.1, True), (0.0, True), (0.1, False)])
def test_the_reach_ends_where_vibration_is_no_longer_felt(gap, within, fitted, make_step):
    top = max(y for _, y in BODY.zone("neck-right").outline)
    places = [motor(56.0, top + REACH_MM + gap)]
    assert reached(["neck-right"], places, BODY) is within
    assert fitted(make_step(zones=["neck-right"]), places).moves is within


@pytest.mark.parametrize(("gap", "within"), [(-0.1, True), (0.0, True), (0.1, False)])
@pytest.mark.parametrize("path", [[[100, 0]], [[100, 0], [100, 50]], [[20, 40], [100, 40], [100, 0]]])
def test_a_path_is_within_reach_along_all_of_it(gap, within, path, fitted, make_step):
    step = fitted(make_step(zones=None, path=path), [motor(100.0, -REACH_MM - gap)])
    assert step.moves is within
    if not within:
        assert step.path is None
        assert step.technique.instruction == "By hand: stroke the line of this step with flat hands."


def test_places_that_may_not_work_reach_nothing(fitted, make_step):
    spine, off, good = motor(0.0, 400.0), motor(75.0, 400.0, active=False), motor(75.0, 400.0, radius=10.0)
    assert usable_places([spine, off, good], BODY) == [good]
    assert fitted(make_step(zones=["upper-back"]), [spine, off]).is_guide
    assert not fitted(make_step(zones=["upper-back"]), [spine, off, good]).is_guide


@pytest.mark.parametrize(
    ("kind", "zones", "words"),
    [
        ("stroking", ["foot"], "By hand: stroke the feet with flat hands."),
        ("rubbing", ["calf", "foot"], "By hand: rub the calves and the feet in slow circles."),
        ("squeezing", ["thigh-left"], "By hand: squeeze lightly along the left thigh."),
        ("kneading", ["arm-left", "foot"], "By hand: knead the left arm and the feet slowly."),
        ("pressing", ["foot-left"], "By hand: press softly on the left foot, point after point."),
        ("vibration", ["calf-left", "arm-right"], "By hand: shake the left calf and the right arm lightly."),
        ("tapping", ["thigh", "calf", "foot"], "By hand: tap softly on the thighs, the calves and the feet."),
    ],
)
def test_without_words_of_its_own_a_step_says_it_plainly(fitted, make_step, kind, zones, words):
    nowhere = fitted(make_step(kind, zones), [])
    assert nowhere.technique.instruction == words


@pytest.mark.parametrize(
    ("kind", "form", "words"),
    [
        ("kneading", "palm", "knead the calves slowly"),
        ("kneading", "finger", "knead the calves slowly with the pads of the fingers"),
        ("kneading", "pinching", "pinch the calves softly, fold after fold"),
        ("kneading", "shifting", "shift the calves gently from side to side"),
        ("kneading", "felting", "move both hands against each other on the calves, slowly"),
        ("kneading", "stretching", "stretch the calves slowly with both hands"),
        ("vibration", "circles", "shake the calves lightly"),
        ("vibration", "shaking", "shake the calves lightly"),
        ("vibration", "twitching", "pull at the calves in short, soft twitches"),
        ("tapping", "box", "tap softly on the calves"),
        ("tapping", "patting", "pat the calves softly with cupped hands"),
        ("tapping", "fists", "drum softly on the calves with loose fists"),
    ],
)
def test_hands_are_told_the_form_too(fitted, make_step, kind, form, words):
    step = fitted(make_step(kind, ["calf"], parameters={"form": form}), [])
    assert step.technique.instruction == f"By hand: {words}."


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("zone", [*BODY.zones], ids=lambda zone: zone.id)
def test_every_zone_can_be_left_to_hands(fitted, make_step, kind, zone):
    for name in (zone.name, zone.id):
        technique = fitted(make_step(kind, [name]), []).technique
        assert technique.part == PART_OF_ZONE.get(zone.name, "back")
        assert technique.instruction.startswith("By hand: ")
        assert technique.instruction.endswith(".")
        assert "-" not in technique.instruction


def test_a_guide_keeps_its_words_and_loses_only_its_floor(fitted):
    technique = {"kind": "guide", "instruction": "Breathe.", "part": "breath", "posture": "supine"}
    technique["breath"] = {"inhale_s": 4, "exhale_s": 6}
    step = {"name": "b", "technique": technique, "duration_s": 20, "zones": ["foot"], "level": 0.1}
    left = fitted(step)
    assert left.technique.breath.cycle_s == 10.0
    assert (left.technique.instruction, left.technique.posture) == ("Breathe.", "supine")
    assert (left.zones, left.level, left.moves) == (None, 0.0, False)
    assert fitted(step | {"zones": ["lumbar"]}).level == 0.1


def test_a_step_for_hands_stays_as_it_is(make_profile, places):
    step = {"name": "b", "technique": {"kind": "guide", "instruction": "Breathe."}, "duration_s": 20}
    profile = make_profile(step)
    assert fit(profile, places, BODY).played[0] is profile.step[0]


def test_an_order_is_laid_out_and_its_regions_are_left_to_hands(make_profile, make_step, places):
    step = make_step("kneading", zones=None, in_order=True, duration_s=120, level=0.3)
    profile = make_profile(step, order="general")
    assert len(profile.played) == 10
    device = fit(profile, places, BODY)
    assert device.order is None
    assert [a.duration_s for a in device.played] == [a.duration_s for a in profile.played]
    assert [a.name for a in device.played if a.moves] == ["kneading: back"]
    feet = next(a for a in device.played if a.name.endswith("feet"))
    assert feet.technique.instruction == "By hand: knead the feet slowly. From the toes to the ankles."
    assert compose(device).duration == pytest.approx(compose(profile).duration)


def test_a_locked_profile_stays_locked(make_profile, make_step, places):
    with pytest.raises(ProfileError, match="not played"):
        compose(fit(make_profile(make_step(), variant="V5"), places, BODY))


def test_an_unknown_zone_is_a_profile_error(make_step, fitted):
    with pytest.raises(ProfileError):
        fitted(make_step(zones=["nowhere"]))


def test_parts_are_those_of_a_guide():
    drawn = from_data({
        "schema": 1, "name": "m",
        "step": [{"name": p, "technique": {"kind": "guide", "instruction": "i", "part": p}, "duration_s": 9}
                 for p in sorted(set(PART_OF_ZONE.values()))],
    })  # fmt: skip
    assert [step.technique.part for step in drawn.step] == sorted(set(PART_OF_ZONE.values()))


@pytest.mark.parametrize(("inside_mm", "expected"), [(-12, False), (12, True)])
def test_a_zone_of_which_a_device_covers_next_to_nothing_is_left_to_hands(inside_mm, expected):
    # A place on the outer end of each lane of a thigh, moved along it: how much of the way it covers.
    lanes = BODY.zone("thigh-left").lanes
    length = sum(abs(lane[-1][1] - lane[0][1]) for lane in lanes)
    (x, y) = lanes[0][-1]
    beyond = HAND_MM - SHARE_MIN * length / len(lanes) - inside_mm
    assert 0 < beyond <= REACH_MM
    near = [motor(x + other[-1][0] - x, y + beyond) for other in lanes]
    assert reached(["thigh-left"], near, BODY) is expected


def test_a_test_of_a_device_is_never_left_to_hands(make_profile, make_step):
    profile = make_profile(make_step(zones=["foot"]), audience="test")
    assert fit(profile, [], BODY).played == profile.played


@pytest.mark.parametrize(("y", "played"), [(130.0, False), (20.0, True)])
@pytest.mark.parametrize("where", [{"zones": ["gluteal"]}, {"zones": None, "path": [[90, 40], [90, 80]]}])
def test_taps_that_would_land_where_none_may_are_left_to_hands(y, played, where, fitted, make_step):
    near = [motor(x, y) for x in (-90.0, 90.0)]
    assert fitted(make_step("tapping", **where), near).moves is played
    assert fitted(make_step("stroking", **where), near).moves
