"""The lines that a hand follows: rings, rows and slants."""

from itertools import pairwise
from math import hypot

import numpy as np
import pytest
from fine_mat import BACK, gap_s, rendered, score_of
from spans import longest_work

from profiles.body import body_map
from profiles.geometry import contains, distance
from profiles.technique import POINT_MAX_S
from profiles.waveform import FRAME_RATE_HZ

BODY = body_map()
ONE_WAY = [("stroking", "outward", 1.0), ("rubbing", "inward", -1.0)]
NEW_PATHS = [("stroking", "ring"), ("stroking", "outward"), ("rubbing", "diagonal"), ("rubbing", "inward")]


@pytest.mark.parametrize(("kind", "path"), NEW_PATHS)
@pytest.mark.parametrize(
    "zones", [BACK, ("scapular",), ("upper-back", "scapular", "flank"), ("gluteal", "sacrum")]
)
def test_no_path_falls_silent_or_stays_on_a_point(kind, path, zones):
    level = rendered(score_of(kind, zones, path=path))
    assert gap_s(level) <= 0.3, "rule 6"
    assert max(work.seconds for work in longest_work(level > 0.0, FRAME_RATE_HZ)) <= POINT_MAX_S, "rule 55"


def steps_of(route):
    """Each stretch of a route: from, to, and the weight in its middle."""
    points = list(zip(route.x, route.y, strict=True))
    weights = [(a + b) / 2.0 for a, b in zip(route.weight, route.weight[1:], strict=False)]
    return list(zip(points, points[1:], weights, strict=False))


@pytest.mark.parametrize("direction", ["toward-neck", "away"])
def test_a_ring_follows_the_rim_of_the_shoulder_blade(direction):
    score = score_of("stroking", ("scapular",), path="ring", direction=direction)
    for contact, side in zip(score.cues[0].contacts, ("left", "right"), strict=True):
        zone = BODY.zone(f"scapular-{side}")
        edges = list(zip(zone.outline, (*zone.outline[1:], zone.outline[0]), strict=True))
        points = list(zip(contact.route.x, contact.route.y, strict=True))
        assert all(contains(zone.outline, *point) for point in points)
        assert max(min(distance(edge, *point) for edge in edges) for point in points) < 15.0
        assert max(y for _, y in points) > 530.0
        assert min(y for _, y in points) < 440.0
        rising = [abs(a[0]) for a, b, _ in steps_of(contact.route) if b[1] > a[1] + 5.0]
        falling = [abs(a[0]) for a, b, _ in steps_of(contact.route) if b[1] < a[1] - 5.0]
        assert bool(np.mean(rising) < np.mean(falling)) is (direction == "toward-neck")


@pytest.mark.parametrize(("kind", "path", "sign"), ONE_WAY)
def test_rows_run_one_way_and_come_back_light(kind, path, sign):
    score = score_of(kind, ("upper-back", "scapular", "flank"), path=path)
    for contact in score.cues[0].contacts:
        there, back = [], []
        for a, b, weight in steps_of(contact.route):
            way = sign * (abs(b[0]) - abs(a[0]))
            if abs(way) > 2.0:
                (there if way > 0.0 else back).append(weight)
        assert min(there) == 1.0
        assert np.mean(back) < 0.65
        assert min(np.abs(contact.route.x)) < 60.0, "beside the spine"
        assert max(np.abs(contact.route.x)) > 160.0, "the outer edge"
        ends = [
            b[1] for (a, b, weight), (*_, after) in pairwise(steps_of(contact.route)) if weight == 1.0 > after
        ]
        assert np.diff(sorted(ends)).max() <= 60.0, "row by row"


def test_an_inward_rub_runs_on_a_slant_up_to_the_spine():  # 90, 91
    contact = score_of("rubbing", ("scapular", "upper-back"), path="inward").cues[0].contacts[1]
    ways = [(a, b) for a, b, weight in steps_of(contact.route) if weight == 1.0 and a != b]
    assert all(abs(b[0]) < abs(a[0]) for a, b in ways)
    assert np.mean([b[1] > a[1] for a, b in ways]) > 0.9


def test_an_outward_stroke_comes_back_no_stronger_than_asked():
    for asked, most in ((0.2, 0.1), (0.85, 0.425), (1.0, 0.5)):
        score = score_of("stroking", ("scapular",), path="outward", return_level=asked)
        assert min(score.cues[0].contacts[0].route.weight) == pytest.approx(most)


def test_a_diagonal_rub_runs_to_and_fro_on_a_slant():
    contact = score_of("rubbing", ("upper-back", "scapular"), path="diagonal").cues[0].contacts[1]
    assert contact.to_and_fro
    ways = [(abs(b[0] - a[0]), abs(b[1] - a[1])) for a, b, _ in steps_of(contact.route) if a != b]
    assert np.mean([0.1 < along / hypot(across, along) < 0.98 for across, along in ways]) > 0.8
    turns = np.sign(np.diff(contact.route.x))
    assert (np.diff(turns[turns != 0.0]) != 0.0).sum() >= 8
