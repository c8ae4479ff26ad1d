"""A profile that names an order of zones visits them in that order."""

import pytest
from findings import by_rule, told

from profiles.rules.check import check
from profiles.zone_order import orders


def guide(part, posture=None):
    technique = {"kind": "guide", "instruction": "By hand.", "part": part}
    technique |= {"posture": posture} if posture else {}
    return {"name": part, "technique": technique, "duration_s": 30.0}


def knead(make_step, *zones):
    return make_step("kneading", zones=zones)


@pytest.mark.parametrize(
    ("zones", "warnings"),
    [
        ([["lumbar"], ["upper-back"], ["scapular"], ["shoulder"]], 0),
        ([["sacrum", "lumbar", "upper-back"], ["shoulder-left"], ["shoulder-right"]], 0),
        ([["lumbar"], ["gluteal"], ["shoulder"]], 0),  # what the order does not name is free
        ([["lumbar"], ["upper-back"], ["lumbar"]], 0),  # it has been visited
        ([["shoulder"], ["lumbar"]], 1),
        ([["lumbar"], ["scapular-left", "upper-back-left"]], 1),
    ],
)
def test_regions_come_in_the_order_of_the_order(around, make_step, zones, warnings):
    steps = [knead(make_step, *names) for names in zones]
    findings = check(around(*steps, order="shoulders-last"))
    assert by_rule(findings, 66) == [("warning", f"step[{len(steps) + 1}].zones")] * warnings
    assert by_rule(check(around(*steps)), 66) == [], "only a profile that names the order has to keep it"


def test_a_wrong_order_says_what_comes_after_what(around, make_step):
    findings = check(around(knead(make_step, "shoulder"), knead(make_step, "lumbar"), order="shoulders-last"))
    assert "lower back after shoulders" in told(findings, 66)


@pytest.mark.parametrize("name", orders())
def test_a_step_over_the_order_keeps_it(around, make_step, name):
    kneading = make_step("kneading", zones=None, duration_s=200.0, in_order=True)
    strokes = make_step(zones=None, duration_s=200.0, in_order=True)
    first, *_ = orders()[name].rules
    findings = check(around(strokes, kneading, order=name))
    assert "the other way round" not in told(findings, first)


def test_hands_keep_the_order_too(around, make_step):
    back, feet = knead(make_step, "lumbar"), guide("feet")
    assert by_rule(check(around(feet, back, guide("neck"), guide("head"), order="order-b")), 200) == []
    wrong = check(around(back, feet, order="order-b"))
    assert by_rule(wrong, 200) == [("warning", "step[3].technique.part")]


def test_a_part_may_come_once_more_where_the_order_has_it_twice(around, make_step):
    steps = (knead(make_step, "upper-back"), guide("neck"), guide("posture", "supine"), guide("neck"))
    assert by_rule(check(around(*steps, guide("chest"), order="order-a")), 198) == []
    early = (guide("posture", "supine"), knead(make_step, "upper-back"))
    assert by_rule(check(around(*early, order="order-a")), 198) == [("warning", "step[3].zones")]


def test_opening_and_closing_strokes_are_free(around, make_step):
    shoulders = make_step(zones=["shoulder"])
    profile = around(shoulders, knead(make_step, "lumbar"), shoulders, order="shoulders-last")
    assert by_rule(check(profile), 66) == []
    assert by_rule(check(around(order="shoulders-last")), 66) == []


def test_a_change_of_posture_is_no_visit_to_the_part_that_it_names(around, make_step):
    sitting_up = guide("feet", "seated")
    assert by_rule(check(around(knead(make_step, "lumbar"), sitting_up, order="order-b")), 200) == []
    turning = (guide("posture"), knead(make_step, "upper-back"))
    assert by_rule(check(around(*turning, order="order-a")), 198) == []
