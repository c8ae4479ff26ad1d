import numpy as np
import pytest
from drawn_techniques import choices
from spans import longest_work

from profiles.body import body_map
from profiles.errors import ProfileError
from profiles.field import position, strength
from profiles.score import compose
from profiles.technique import Stroking


def test_steps_follow_each_other_without_a_gap(make_profile, make_step):
    score = compose(
        make_profile(make_step(duration_s=20), make_step("rubbing", repeats=3, duration_s=10), make_step())
    )
    assert [(step.start, step.end) for step in score.steps] == [(0, 20), (20, 50), (50, 80)]
    assert score.duration == 80
    assert score.closing_start == 50
    assert [step.index for step in score.steps] == [0, 1, 2]


def test_step_at_finds_the_step_also_outside_the_session(make_profile, make_step):
    score = compose(make_profile(make_step(duration_s=20), make_step(duration_s=10)))
    assert [score.step_at(t).index for t in (-1, 0, 19.99, 20, 29, 99)] == [0, 0, 0, 1, 1, 1]


def test_neighbouring_cues_overlap_by_the_cross_fade_at_equal_power(make_profile, make_step):
    score = compose(make_profile(make_step(crossfade_s=4), make_step()))
    t = np.linspace(30.0, 34.0, 50)
    power = sum(strength(cue, t) ** 2 for cue in score.cues)
    assert power == pytest.approx(np.full(50, 0.3**2))


def test_a_cross_fade_is_never_longer_than_the_steps(make_profile, make_step):
    score = compose(
        make_profile(make_step(crossfade_s=30, duration_s=5), make_step(duration_s=2), make_step())
    )
    assert [cue.fade_out for cue in score.cues] == [2.0, 2.0, 0.0]


@pytest.mark.parametrize(
    ("kind", "rate", "circles_a_second"),
    [("kneading", 600, 1.0), ("kneading", 61, 1.0), ("kneading", 30, 0.5), ("rubbing", 600, 100 / 60)],
)
def test_circle_rates_are_capped_whatever_the_profile_says(
    make_profile, make_step, kind, rate, circles_a_second
):
    score = compose(make_profile(make_step(kind, parameters={"rate_cpm": rate})))
    assert score.cues[0].rate_cpm <= 60
    for contact in score.cues[0].contacts:
        assert contact.circle_hz == pytest.approx(circles_a_second)


def test_stroked_circles_keep_below_the_rubbing_limit(make_profile, make_step):
    score = compose(make_profile(make_step(parameters={"path": "circular", "speed_mm_s": 400})))
    assert all(contact.circle_hz <= 100 / 60 for contact in score.cues[0].contacts)


@pytest.mark.parametrize(("zone", "rule"), [("spine", 85), ("kidney-left", 21), ("sacrun", None)])
def test_a_zone_that_may_not_or_does_not_exist_stops_the_composing(make_profile, make_step, zone, rule):
    with pytest.raises(ProfileError) as caught:
        compose(make_profile(make_step(), make_step(zones=["lumbar", zone])))
    assert caught.value.place == "step[2].zones[2]"
    assert caught.value.rule == rule


def test_two_hands_mirror_each_other(make_profile, make_step):
    cue = compose(make_profile(make_step())).cues[0]
    t = np.linspace(0.0, 30.0, 301)
    (lx, ly, lw), (rx, ry, rw) = (position(cue, contact, t) for contact in cue.contacts)
    assert lx == pytest.approx(-rx)
    assert ly == pytest.approx(ry)
    assert lw == pytest.approx(rw)


def test_hands_that_take_turns_leave_no_gap_and_both_rest(make_profile, make_step):
    cue = compose(make_profile(make_step("kneading", zones=["shoulder"], duration_s=60))).cues[0]
    t = np.arange(0.0, 60.0, 0.02)
    left, right = (position(cue, contact, t)[2] for contact in cue.contacts)
    assert (left**2 + right**2).min() > 0.99
    for hand in (left, right):
        assert longest_work((hand > 0)[:, None], 50.0)[0].seconds < 6.0


def test_turns_go_on_across_steps(make_profile, make_step):
    steps = [make_step("kneading", zones=["shoulder"], duration_s=7.3) for _ in range(5)]
    score = compose(make_profile(*steps))
    t = np.arange(0.0, score.duration, 0.02)
    works = np.zeros(len(t), dtype=bool)
    for cue in score.cues:
        inside = (t >= cue.start) & (t < cue.end + cue.fade_out)
        works |= inside & (position(cue, cue.contacts[0], t)[2] > 0)
    assert longest_work(works[:, None], 50.0)[0].seconds < 6.0


def test_a_pressing_hand_stands_still_while_it_presses(make_profile, make_step):
    cue = compose(make_profile(make_step("pressing", zones=["lumbar", "upper-back"], duration_s=60))).cues[0]
    t = np.arange(0.0, 60.0, 0.02)
    for contact in cue.contacts:
        x, y, weight = position(cue, contact, t)
        moving = np.hypot(np.diff(x), np.diff(y)) > 1e-9
        assert not (moving & (weight[:-1] > 1e-9) & (weight[1:] > 1e-9)).any()
        assert moving.sum() >= 4


@pytest.mark.parametrize("path", choices(Stroking)["path"])
def test_no_hand_presses_where_it_would_cross_an_excluded_zone(make_profile, make_step, path):
    body = body_map()
    zones = ["gluteal", "sacrum", "lumbar", "flank", "upper-back", "shoulder"]
    cue = compose(make_profile(make_step(zones=zones, parameters={"path": path, "speed_mm_s": 200}))).cues[0]
    for contact in cue.contacts:
        route = contact.route
        for x, y, weight in zip(route.x, route.y, route.weight, strict=True):
            assert weight == 0.0 or body.exclusion_at(x, y) is None
        assert (route.x[0], route.y[0]) == (route.x[-1], route.y[-1]), "a route ends where it begins"
        assert np.mean(np.array(route.weight) > 0) > 0.8


def test_a_path_across_the_spine_is_silent_there(make_profile, make_step):
    cue = compose(make_profile(make_step(zones=None, path=[[-100, 400], [100, 400]]))).cues[0]
    x, _, weight = cue.contacts[0].route.at(np.linspace(0.0, 200.0, 41))
    assert (weight[np.abs(x) <= 40] == 0).all()
    assert (weight[np.abs(x) >= 60] > 0).all()


def test_the_way_back_is_lighter(make_profile, make_step):
    cue = compose(make_profile(make_step(parameters={"return_level": 0.5}))).cues[0]
    route = cue.contacts[0].route
    up = [w for y0, y1, w in zip(route.y, route.y[1:], route.weight[1:], strict=False) if y1 > y0]
    down = [w for y0, y1, w in zip(route.y, route.y[1:], route.weight[1:], strict=False) if y1 < y0]
    assert np.mean(up) > 0.95
    assert np.mean(down) < 0.6


def test_embracing_strokes_come_back_down_the_sides(make_profile, make_step):
    cue = compose(make_profile(make_step(parameters={"form": "embracing"}))).cues[0]
    route = cue.contacts[1].route
    widest = max(x for x, y in zip(route.x, route.y, strict=True) if 300 < y < 400)
    assert widest > 130


def test_everything_scales_with_the_body(make_profile, make_step):
    profile = make_profile(make_step())
    small, large = (compose(profile, body_map(stature)).cues[0].contacts[0].route for stature in (1.5, 2.0))
    assert max(large.y) / max(small.y) == pytest.approx(2.0 / 1.5)


@pytest.mark.parametrize(("attack", "hold", "release"), [(0.2, 0.0, 20.0), (20.0, 0.0, 0.2), (1.0, 3.5, 1.0)])
def test_a_press_never_jumps_whatever_its_shape(make_profile, make_step, attack, hold, release):
    shape = {"attack_s": attack, "hold_s": hold, "release_s": release}
    for zones in (["shoulder"], ["shoulder-left"]):
        cue = compose(make_profile(make_step("pressing", zones=zones, parameters=shape, duration_s=60))).cues[
            0
        ]
        t = np.arange(0.0, 60.0, 0.01)
        for contact in cue.contacts:
            assert np.abs(np.diff(position(cue, contact, t)[2])).max() < 0.1


def test_a_zigzag_goes_over_the_whole_zone(make_profile, make_step):
    cue = compose(make_profile(make_step("rubbing", zones=["gluteal"], parameters={"path": "zigzag"}))).cues[
        0
    ]
    route = cue.contacts[1].route
    assert min(route.x) < 40
    assert max(route.x) > 160
    assert min(route.y) < -50
    assert max(route.y) > 90


@pytest.mark.parametrize("hold", [2.0, 3.5])
def test_presses_of_the_next_step_go_on_where_the_last_one_was(make_profile, make_step, hold):
    steps = [
        make_step("pressing", ["upper-back", "shoulder"], parameters={"hold_s": seconds}, duration_s=20.0)
        for seconds in (3.5, hold)
    ]
    first, second = compose(make_profile(*steps)).cues
    for last, hand in zip(first.contacts, second.contacts, strict=True):
        t = np.arange(0.0, 20.0, 0.05)
        _, before, weight = position(first, last, t)
        _, after, _ = position(second, hand, np.array([20.0 + hand.turn.period]))
        worked = set(np.round(before[weight > 0.5]).tolist())
        assert len(worked) >= 2
        assert min(abs(float(after[0]) - y) for y in worked) > 20.0, "none of them again, nor beside it"


def test_presses_elsewhere_begin_at_the_beginning(make_profile, make_step):
    steps = [make_step("pressing", [zone], duration_s=20.0) for zone in ("lumbar", "upper-back")]
    assert {contact.ahead for cue in compose(make_profile(*steps)).cues for contact in cue.contacts} == {0.0}
