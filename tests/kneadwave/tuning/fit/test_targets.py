"""Targets: read, placed in the curve of the step that plays, and met without touching what else is felt."""

import numpy as np
import pytest

from kneadwave.errors import UsageError
from kneadwave.tuning.fit.targets import LevelTarget, OutOfReach, meet, parse_targets, place_targets, share_at
from profiles.curve import MAX_POINTS, IntensityCurve
from profiles.errors import ProfileError
from profiles.profile import load_profile
from profiles.rules.check import check
from profiles.score import compose

BACK = load_profile("relaxing-back")
KNEADING, SHOULDERS = 7, 8  # steps of the file, from 0: 8:30 to 11:00, and 11:00 to 12:30


def placed(text, profile=BACK):
    return place_targets(profile, parse_targets([text]))


def met(text, profile=BACK):
    return meet(profile, placed(text, profile))


def with_step(index, **change):
    steps = list(BACK.step)
    steps[index] = steps[index].model_copy(update=change)
    return BACK.model_copy(update={"step": tuple(steps)})


def felt(profile, played, time):
    """What the formula says: level times curve times what the session leaves."""
    score = compose(profile)
    cue = score.cues[played]
    level = cue.level * float(cue.curve.at(np.array([time - cue.start]), cue.period)[0])
    return level * share_at(score, played, time)


@pytest.mark.parametrize(
    ("words", "targets"),
    [
        (["lumbar=40%@8:40"], [("lumbar", 0.4, 520.0)]),
        (["lumbar=0.4@520", "shoulder=0.55@700s"], [("lumbar", 0.4, 520.0), ("shoulder", 0.55, 700.0)]),
        (["a=1@0:00.5  b=0%@1:00, c=0.2@2"], [("a", 1.0, 0.5), ("b", 0.0, 60.0), ("c", 0.2, 2.0)]),
    ],
)
def test_targets_are_read_in_every_form(words, targets):
    assert parse_targets(words) == [LevelTarget(*target) for target in targets]


@pytest.mark.parametrize(
    "text",
    ["", "lumbar", "lumbar=0.4", "lumbar@8:40", "=0.4@1", "lumbar=1.2@8:40", "lumbar=x@1"]
    + [f"lumbar=0.4@{time}" for time in ("-1", "8:99x", "nan", "1e9")]
    + ["lumbar=nan@1"],
)
def test_what_is_no_target_says_how_one_is_written(text):
    with pytest.raises(UsageError) as caught:
        parse_targets([text])
    assert caught.value.hint


def test_a_target_becomes_a_point_of_the_step_that_plays():
    after = met("lumbar=40%@8:40")
    assert after.step[KNEADING].level == BACK.step[KNEADING].level
    points = dict(after.step[KNEADING].curve.points)
    assert points.pop(0.0667) == 0.8
    assert points == dict(BACK.step[KNEADING].curve.points)
    assert after.step[:KNEADING] == BACK.step[:KNEADING]
    assert after.step[KNEADING + 1 :] == BACK.step[KNEADING + 1 :]
    assert felt(after, KNEADING, 520.0) == pytest.approx(0.4, abs=1e-3)


def test_seconds_stay_seconds():
    after = met("lumbar=20%@0:20")
    assert after.step[0].curve.unit == "seconds"
    assert (20.0, round(0.2 / 0.28, 4)) in after.step[0].curve.points


def test_several_targets_of_one_step_are_met_together():
    after = met("gluteal=30%@8:40 lumbar=45%@9:40 shoulder=20%@10:50")
    for time, level in ((520.0, 0.3), (580.0, 0.45), (650.0, 0.2)):
        assert felt(after, KNEADING, time) == pytest.approx(level, abs=1e-3)


def test_other_points_close_to_a_target_give_way():
    # The preset has a point at 60 % of the step, 10:00.
    after = met("lumbar=30%@10:00.5")
    times = [t for t, _ in after.step[KNEADING].curve.points]
    assert 0.6 not in times
    assert 0.4 in times
    assert 0.6033 in times


def test_a_level_out_of_the_reach_of_the_curve_raises_the_step_and_nothing_else():
    before = with_step(SHOULDERS, level=0.4)
    after = met("shoulder=60%@11:45", before)
    assert after.step[SHOULDERS].level == 0.6
    assert felt(after, SHOULDERS, 705.0) == pytest.approx(0.6, abs=1e-3)
    for (t, y), (_, old) in zip(
        [p for p in after.step[SHOULDERS].curve.points if p[0] in (0.0, 0.4, 0.6, 1.0)],
        before.step[SHOULDERS].curve.points,
        strict=True,
    ):
        assert y * 0.6 == pytest.approx(old * 0.4, abs=1e-3), t


def test_the_envelope_counts():
    half = BACK.model_copy(update={"envelope": IntensityCurve(points=((0.0, 0.8), (1.0, 0.8)))})
    after = met("lumbar=32%@8:40", half)
    assert dict(after.step[KNEADING].curve.points)[0.0667] == pytest.approx(0.8, abs=1e-3)


@pytest.mark.parametrize(("level", "fits"), [("49%", True), ("50%", True), ("51%", False)])
def test_the_ceiling_of_the_zone_is_the_most_that_can_be_asked_for(level, fits):
    if fits:
        assert placed(f"lumbar={level}@8:40")
        return
    with pytest.raises(OutOfReach, match=r"above the ceiling of the zone 'lumbar', 0.5 \(rule \d+\)"):
        placed(f"lumbar={level}@8:40")


def test_what_the_fades_leave_nothing_of_is_out_of_reach():
    with pytest.raises(OutOfReach, match="fades"):
        placed("lumbar=20%@0:00")


def test_a_zone_that_is_not_worked_on_then_says_what_plays_and_when_it_is():
    with pytest.raises(
        UsageError, match="at 8:40 step 8 'kneading upwards' plays, on gluteal, lumbar"
    ) as caught:
        placed("scapular=30%@8:40")
    assert "11:00 to 12:30" in caught.value.hint
    with pytest.raises(UsageError) as caught:
        placed("foot=30%@8:40")
    assert "nowhere" in caught.value.hint


def test_a_wrong_zone_names_the_nearest_and_an_excluded_one_its_rule():
    with pytest.raises(UsageError) as caught:
        placed("lumber=30%@8:40")
    assert "lumbar" in caught.value.hint
    with pytest.raises(ProfileError) as excluded:
        placed("spine=30%@8:40")
    assert excluded.value.rule is not None


def test_a_time_after_the_end_is_refused():
    assert placed("lumbar=10%@14:50")
    with pytest.raises(UsageError, match="ends at 15:00"):
        placed("lumbar=10%@15:01")


def test_two_targets_at_once_are_refused():
    with pytest.raises(UsageError, match="two levels of step 8 at once"):
        placed("lumbar=30%@8:40 gluteal=40%@8:40.5")


def test_guided_steps_play_nothing():
    profile = load_profile("head")
    with pytest.raises(UsageError, match="for hands"):
        placed("shoulder=20%@1:00", profile)


def test_a_step_over_an_order_is_changed_in_the_file_wherever_it_plays():
    profile = load_profile("prone-and-supine")
    step = next(n for n in set(profile.origins) if profile.step[n].in_order and profile.step[n].moves)
    played = [n for n, origin in enumerate(profile.origins) if origin == step and profile.played[n].moves]
    one, other = played[0], played[-1]
    cues = compose(profile).cues
    middle = round((cues[one].start + cues[one].end) / 2, 1)
    after = met(f"{profile.played[one].zones[0]}=0.15@{middle}", profile)
    assert felt(after, one, middle) == pytest.approx(0.15, abs=0.005)
    assert after.played[other].curve == after.played[one].curve == after.step[step].curve


def test_a_full_curve_takes_no_more_points():
    full = IntensityCurve(points=tuple((round(k / (MAX_POINTS - 1), 4), 0.5) for k in range(MAX_POINTS)))
    with pytest.raises(ProfileError, match="points"):
        met("lumbar=20%@8:47.3", with_step(KNEADING, curve=full, duration_s=300.0))


def test_what_is_met_passes_the_check():
    after = met("lumbar=40%@8:40 shoulder=55%@11:40")
    assert not [finding for finding in check(after) if finding.severity == "error"]
