"""How often and how fully: rounds, both sides alike, each centimetre passed over."""

import pytest
from findings import by_rule, told

from profiles.body import body_map
from profiles.geometry import contains
from profiles.rules.check import check
from profiles.rules.coverage import GRID_MM, covered_share
from profiles.rules.traces import rounds, traces
from profiles.score import compose

# 240 mm there and 240 mm back: a hand at 48 mm/s is round in ten seconds.
LINE = {"zones": None, "path": [[75.0, 300.0], [75.0, 540.0]]}
STROKE = {"parameters": {"speed_mm_s": 48.0}} | LINE
RUB = {"parameters": {"advance_mm_s": 48.0}} | LINE


@pytest.mark.parametrize(("seconds", "warnings"), [(29.9, 1), (30.0, 0), (60.0, 0)])
def test_the_opening_has_three_strokes_at_least(make_profile, make_step, seconds, warnings):
    first = make_step(duration_s=seconds, **STROKE)
    profile = make_profile(first, make_step("rubbing"), make_step(duration_s=60.0, level=0.2))
    assert by_rule(check(profile), 177) == [("warning", "step[1].duration_s")] * warnings


def test_all_strokes_before_anything_else_are_the_opening(make_profile, make_step):
    strokes = [make_step(duration_s=15.0, **STROKE) for _ in range(2)]
    by_hand = {"name": "by hand", "technique": {"kind": "guide", "instruction": "Wait."}, "duration_s": 5.0}
    profile = make_profile(strokes[0], by_hand, strokes[1], make_step("kneading"), make_step(level=0.2))
    assert by_rule(check(profile), 177) == []


@pytest.mark.parametrize(("seconds", "warnings"), [(14.9, 1), (15.0, 0), (60.0, 0)])
def test_rubbing_passes_three_times_there_or_back(around, make_step, seconds, warnings):
    profile = around(make_step("rubbing", duration_s=seconds, **RUB))
    assert by_rule(check(profile), 178) == [("warning", "step[2].duration_s")] * warnings


def test_each_stage_of_rubbing_counts_by_itself(around, make_step):
    short, kneading = make_step("rubbing", duration_s=8.0, **RUB), make_step("kneading")
    assert by_rule(check(around(short, short)), 178) == []
    findings = by_rule(check(around(short, kneading, short)), 178)
    assert findings == [("warning", "step[2].duration_s"), ("warning", "step[4].duration_s")]


@pytest.mark.parametrize(("seconds", "warnings"), [(19.9, 1), (20.0, 0), (60.0, 0)])
def test_the_closing_has_two_strokes_at_least(make_profile, make_step, seconds, warnings):
    last = make_step(duration_s=seconds, level=0.2, **STROKE)
    profile = make_profile(make_step(duration_s=60.0), make_step("kneading"), last)
    assert by_rule(check(profile), 181) == [("warning", "step[3].duration_s")] * warnings


@pytest.mark.parametrize(("seconds", "warnings"), [(19.9, 1), (20.0, 0)])
def test_of_nothing_but_strokes_the_last_step_is_the_closing(make_profile, make_step, seconds, warnings):
    profile = make_profile(*(make_step(duration_s=time, **STROKE) for time in (30.0, seconds)))
    assert by_rule(check(profile), 181) == [("warning", "step[2].duration_s")] * warnings


@pytest.mark.parametrize(
    ("seconds", "warnings"),
    [(8.9, 1), (9.0, 0), (10.0, 0), (11.0, 0), (11.1, 1), (15.0, 1), (20.0, 0), (3.0, 1)],
)
@pytest.mark.parametrize(("kind", "rule"), [("stroking", 177), ("squeezing", 260)])
def test_a_repeat_is_a_whole_number_of_strokes(around, make_step, seconds, warnings, kind, rule):
    step = make_step(kind, duration_s=seconds, repeats=4, **STROKE)
    assert by_rule(check(around(step)), rule) == [("warning", "step[2].repeats")] * warnings
    assert by_rule(check(around(step | {"repeats": 1})), rule) == []


@pytest.mark.parametrize(("seconds", "warnings"), [(5.0, 0), (5.5, 0), (7.0, 1), (10.0, 0)])
def test_a_repeat_of_rubbing_is_a_whole_number_of_ways(around, make_step, seconds, warnings):
    step = make_step("rubbing", duration_s=seconds, repeats=6, **RUB)
    assert by_rule(check(around(step)), 178) == [("warning", "step[2].repeats")] * warnings


def test_the_remedy_for_a_broken_repeat_mends_it(around, make_step):
    step = make_step(duration_s=14.0, repeats=4, **STROKE)
    (found,) = [finding for finding in check(around(step)) if finding.rule == 177]
    assert found.remedy == "write duration_s = 10.0"


def test_a_taller_body_needs_no_other_file(around, make_step):
    profile = around(make_step(duration_s=10.0, repeats=4, **STROKE), make_step("rubbing", **RUB))
    zones = around(make_step("stroking", duration_s=200.0, curve="wave"))
    for stature in (1.45, 2.0):
        assert by_rule(check(zones, body_map(stature)), 177, 178, 181) == []
    assert by_rule(check(profile), 177, 178, 181) == []


def test_a_hand_that_does_not_move_on_does_no_round(around, make_step):
    circling = make_step("rubbing", zones=["lumbar"], repeats=2, parameters={"advance_mm_s": 0.0})
    assert by_rule(check(around(circling)), 178)[:2] == [
        ("warning", "step[2].duration_s"),
        ("warning", "step[2].repeats"),
    ]


def test_rounds_follow_turns_and_take_the_slower_hand(make_profile, make_step):
    both, by_turns = make_step(hands="both"), make_step(hands="alternate")
    pressing = make_step("pressing")
    point = make_step(zones=None, path=[[75.0, 430.0]])
    cues = compose(make_profile(both, by_turns, pressing, point)).cues
    assert rounds(cues[1], 90.0) == pytest.approx(rounds(cues[0], 90.0) * 5.3 / 9.0)
    assert rounds(cues[2], 90.0) == rounds(cues[3], 90.0) == float("inf")


@pytest.mark.parametrize(("right", "warnings"), [(100.0, 0), (118.0, 0), (123.0, 1), (200.0, 1)])
def test_both_sides_get_the_same(make_profile, make_step, right, warnings):
    def side(zone, seconds):
        return make_step(zones=[f"{zone}-left", f"{zone}-left"], duration_s=seconds, crossfade_s=0.0)

    other = make_step(zones=["upper-back-right"], duration_s=right, crossfade_s=0.0)
    findings = check(make_profile(side("upper-back", 100.0), other))
    assert by_rule(findings, 114) == [("warning", "step")] * warnings


def test_the_side_that_gets_less_is_named(around, make_step):
    left_only = make_step("kneading", zones=["upper-back-left"], level=0.6, duration_s=300.0, curve="wave")
    assert "the right side gets" in told(check(around(left_only)), 114)


def test_a_path_counts_for_the_side_on_which_it_runs(make_profile, make_step):
    there = make_step(zones=None, path=[[75.0, 300.0], [75.0, 540.0]], duration_s=100.0)
    mirrored = make_step(zones=None, path=[[-75.0, 300.0], [-75.0, 540.0]], duration_s=100.0)
    assert by_rule(check(make_profile(there, mirrored)), 114) == []
    assert "the left side gets 0 % of" in told(check(make_profile(there, there)), 114)


def test_taps_count_by_their_strength(around, make_step):
    taps = make_step("tapping", zones=["gluteal"], duration_s=100.0, parameters={"rate_hz": 10.0})
    assert by_rule(check(around(taps)), 114) == []


@pytest.mark.parametrize(("kind", "rule"), [("kneading", 115), ("rubbing", 178)])
@pytest.mark.parametrize(
    ("seconds", "advance", "warnings"), [(30.0, 5.0, 1), (29.9, 5.0, 0), (120.0, 60.0, 0)]
)
def test_kneading_and_rubbing_pass_over_all_of_their_zones(
    around, make_step, kind, rule, seconds, advance, warnings
):
    step = make_step(
        kind, zones=["thigh"], duration_s=seconds, parameters={"advance_mm_s": advance}, curve="wave"
    )
    found = [entry for entry in by_rule(check(around(step)), rule) if entry[1] == "step[2].zones"]
    assert found == [("warning", "step[2].zones")] * warnings


@pytest.mark.parametrize("form", ["pinching", "stretching"])
def test_forms_for_single_places_need_not_pass_over_everything(around, make_step, form):
    step = make_step("kneading", zones=["thigh"], parameters={"form": form, "advance_mm_s": 5.0})
    assert by_rule(check(around(step)), 115) == []


def test_what_is_covered_is_what_lies_under_the_hand(make_profile, make_step):
    body = body_map()
    score = compose(make_profile(make_step(zones=None, path=[[70.0, 430.0]], level=0.3)))
    (trace,) = traces(score)
    zones = [body.zone("upper-back-right"), body.zone("scapular-right")]
    grid = [
        (GRID_MM * column, GRID_MM * row)
        for column in range(-31, 32)
        for row in range(-103, 79)
        if any(contains(zone.outline, GRID_MM * column, GRID_MM * row) for zone in zones)
        and body.exclusion_at(GRID_MM * column, GRID_MM * row) is None
    ]
    under = [(x, y) for x, y in grid if (x - 70.0) ** 2 + (y - 430.0) ** 2 <= 55.0**2]
    assert covered_share(trace, zones, body) == len(under) / len(grid)


def test_nothing_is_covered_where_nothing_is_felt(make_profile, make_step):
    body = body_map()
    (trace,) = traces(compose(make_profile(make_step("kneading", zones=["thigh"], level=0.0))))
    assert covered_share(trace, body.zones_named("thigh"), body) == 0.0


def test_a_zone_beside_the_map_asks_for_nothing(make_profile, make_step):
    body = body_map()
    (trace,) = traces(compose(make_profile(make_step())))
    assert covered_share(trace, (), body) == 1.0
