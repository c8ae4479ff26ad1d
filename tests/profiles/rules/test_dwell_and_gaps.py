"""What only the playing shows: of several gaps the longest is told, and hands leave no gap."""

import pytest
from findings import by_rule, told

from profiles.rules.check import check


@pytest.mark.parametrize(("seconds", "at"), [((10.0, 4.0), "8:27"), ((4.0, 10.0), "8:48")])
def test_the_longest_of_several_gaps_is_told(around, make_step, seconds, at):
    first, second = seconds
    ends = [0.0, 10.0, 10.0 + first, 30.0, 30.0 + second, 60.0]
    levels = [1.0, 0.0, 0.0, 0.0, 0.0, 1.0]
    points = [[time, level] for time, level in zip(ends, levels, strict=True)]
    points.insert(3, [20.0 + first / 2.0, 1.0])
    step = make_step(duration_s=60.0, curve={"unit": "seconds", "points": points})
    message = told(check(around(step)), 6)
    assert f"from {at}" in message
    assert "the longest of 2 gaps" in message


@pytest.mark.parametrize(("seconds", "warnings"), [(0.2, 0), (0.28, 0), (0.36, 1), (1.0, 1)])
def test_a_gap_is_longer_than_three_tenths_of_a_second(around, make_step, seconds, warnings):
    points = [[10.0, 1.0], [10.002, 0.0], [10.0 + seconds, 0.0], [10.002 + seconds, 1.0]]
    step = make_step(curve={"unit": "seconds", "points": points})
    assert by_rule(check(around(step)), 6) == [("warning", "step[2]")] * warnings


def test_nothing_has_to_be_felt_while_hands_work(around, make_step):
    technique = {"kind": "guide", "instruction": "Breathe slowly."}
    by_hand = {"name": "by hand", "technique": technique, "duration_s": 60.0, "crossfade_s": 6.0}
    kneading = make_step("kneading", curve=[[0.0, 0.0], [0.15, 0.0], [0.2, 1.0], [1.0, 1.0]])
    assert by_rule(check(around(by_hand, kneading)), 6) == []
    silent = make_step(duration_s=20.0, level=0.0)
    assert by_rule(check(around(by_hand, silent)), 6) == [("warning", "step[3]")]
