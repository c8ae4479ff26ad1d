"""The variants of the source's table, shown on recordings of their playing on every shipped device.

What is expected is tests/vectors/variants.toml; what is looked at are the lines of a recording: its header,
its step events and its drives.
"""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product

import numpy as np
import pytest
from depth import thinned
from sweeps import LEFT, RIGHT, bursts, likeness
from takes import Take
from variants import as_played, of_kind, variants

from firmware_bridge.devices.load import shipped_devices
from kneadwave.sessions.simulate import SimulatedSession, SimulationRequest
from profiles.body import body_map
from profiles.errors import ProfileError
from profiles.geometry import distance
from profiles.profile import load_profile
from profiles.rules.traces import rounds
from profiles.score import compose
from simulator.clock import VirtualClock

REFERENCE = "reference-cushion"
OTHERS = [device for device in shipped_devices() if device != REFERENCE]
PLAYED = [
    *((name, REFERENCE) for name in of_kind("device")),
    *thinned(thinned(product(of_kind("device"), OTHERS))),
]
"""Every variant on the reference cushion; on the others few of them: each is a session of 15 min."""
JND = 0.2  # what is just told apart: a fifth more
REACH_MM = 60.0  # what a device has that near to a zone, a person feels there
HAND_MM = 100.0  # the middle of a hand that still lies half on what an actuator shakes
SHARE = 0.25  # of the way through the zones of a step: a device that has less leaves it to hands
STRAY_MM = 120.0  # a hand and the way half to the next motor of a sparse device
MARGIN_S = 1.0  # motors run down, and a recording tells a step within half a second
UNSWEPT = {"pressing", "tapping", "ring"}  # no way up and down: points, taps, a ring
PULLED = {"pinching", "stretching", "shifting"}  # in pulses, so that rounds cannot be counted


@dataclass(frozen=True)
class Played:
    """One row of the table as it was played: the step, its time by the profile, and when it is alone."""

    row: dict
    step: dict
    start: float
    begin: float
    end: float
    rounds: float
    zones: tuple

    @property
    def by_hand(self):
        return self.step["technique"] == "guide"


@pytest.fixture(scope="module")
def look(takes):
    """Gives the recording of a variant on a device, and what was played by the table's rows."""

    @cache
    def looked(name, device):
        entry = variants()[name]
        take = takes.take(entry["profile"], device)
        return take, played(entry, take)

    return looked


@pytest.fixture(params=PLAYED, ids="-".join)
def pair(request, look):
    return look(*request.param)


def played(entry, take: Take):
    profile, body = load_profile(entry["profile"]), body_map()
    score = compose(profile)
    rows = as_played(entry)
    assert len(take.steps) == len(rows) == len(score.steps)
    result = []
    for row, step, cue, scored in zip(rows, take.steps, score.cues, score.steps, strict=True):
        begin = cue.start + max(cue.fade_in, 0.5) + MARGIN_S
        zones = tuple(zone for name in row.get("zones", ()) for zone in body.zones_named(name))
        times = rounds(cue, scored.end - scored.start)
        result.append(Played(row, step, cue.start, begin, cue.end, times, zones))
    return result


def moving(steps):
    return [here for here in steps if not here.by_hand]


def off(take, here):
    """How far each actuator lies from the zones of a step, in mm."""
    return np.array([away(here.zones, x, y) for x, y in zip(take.x, take.y, strict=True)])


def worked_on(take, here):
    """Which part of the middle lines of a step's zones lies under a hand that some actuator is near to."""
    usable = np.array([not actuator["excluded"] for actuator in take.actuators])
    if off(take, here)[usable].min() > REACH_MM:
        return 0.0
    x, y = take.x[usable], take.y[usable]
    way = np.concatenate([spread(lane) for zone in here.zones for lane in zone.lanes])
    gaps = np.hypot(way[:, :1] - x, way[:, 1:] - y).min(axis=1)
    return float((gaps <= HAND_MM).mean())


def spread(lane):
    """Points about a centimetre apart along a line."""
    corners = np.array(lane)
    arc = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))))
    at = np.arange(5.0, arc[-1], 10.0)
    return np.stack([np.interp(at, arc, corners[:, 0]), np.interp(at, arc, corners[:, 1])], axis=1)


@cache
def away(zones, x, y):
    return min(distance(zone.outline, x, y) for zone in zones)


def test_a_recording_ends_well_and_nothing_trips(pair):
    take, _ = pair
    assert take.ended["kind"] == "end"
    assert (take.ended["ok"], take.ended["reason"]) == (True, "completed")
    assert "trip" not in take.events
    assert "link" not in take.events
    assert not take.broken


def test_an_excluded_actuator_is_never_driven(pair):
    take, _ = pair
    excluded = [bool(actuator["excluded"]) for actuator in take.actuators]
    assert not take.drive[:, excluded].any()


def test_a_tap_falls_on_zones_that_bear_it_alone(pair):  # 236, 257
    take, steps = pair
    zones = [body_map().zone_at(x, y) for x, y in zip(take.x, take.y, strict=True)]
    bare = np.array([zone is None or not zone.tapping for zone in zones])
    for here in moving(steps):
        if here.step["technique"] == "tapping":
            assert not take.span(here.begin, here.end)[:, bare].any(), here.step["name"]


def test_techniques_and_zones_come_in_the_order_and_at_the_times_of_the_variant(pair):
    take, steps = pair
    for here in steps:
        assert here.step["t"] == pytest.approx(here.start, abs=0.5), here.step["name"]
        technique = here.row["do"].split()[0]
        if here.zones and worked_on(take, here) < SHARE:
            technique = "guide"  # the device has next to nothing there: by hand, at the same time
        assert here.step["technique"] == technique, here.step["name"]
        if technique != "guide":
            assert here.step["zones"] == here.row["zones"]
    assert steps[-1].end == pytest.approx(take.ended["t"], abs=1.0)


def test_a_step_drives_what_lies_at_its_zones(pair):
    take, steps = pair
    for here in moving(steps):
        drive = take.span(here.begin, here.end).sum(axis=0)
        assert drive.any(), here.step["name"]
        gap = off(take, here)
        assert gap[drive > 0].max() <= STRAY_MM, here.step["name"]
        assert drive[gap <= REACH_MM].sum() >= 0.6 * drive.sum(), here.step["name"]


def test_the_device_is_off_while_hands_or_breath_work(pair):
    take, steps = pair
    for here in steps:
        if here.by_hand:
            assert not take.span(here.begin, here.end - 0.5).any(), here.step["name"]


def test_hands_go_the_way_that_the_variant_has(pair):
    take, steps = pair
    for here in moving(steps):
        if set(here.row["do"].split()) & UNSWEPT or not 1.0 <= here.rounds < np.inf:
            continue
        sign = -1.0 if here.row.get("way") == "down" else 1.0
        for side in (LEFT, RIGHT):
            alike = likeness(take, here.start, here.begin, here.end, side, here.rounds)
            assert alike is None or sign * alike > 0.4, here.step["name"]


def test_a_repeat_is_once_up_and_back(pair):
    take, steps = pair
    for here in moving(steps):
        times = here.row.get("times", 1)
        if times == 1:
            continue
        for side in (LEFT, RIGHT):
            if set(here.row["do"].split()) & PULLED:
                assert bursts(take, here.begin - 0.5, here.end - 0.3, side) == times, here.step["name"]
                continue
            counts = (times - 1, times, times + 1)
            alike = [likeness(take, here.start, here.begin, here.end, side, count) for count in counts]
            if None in alike:
                continue  # too few motors on that side to show a way
            assert alike[1] == max(alike), here.step["name"]
            assert alike[1] > 0.7, here.step["name"]


def test_left_and_right_get_the_same(pair):
    take, steps = pair
    left, right = (take.drive[:, take.x * side > 0].sum() for side in (LEFT, RIGHT))
    assert max(left, right) <= (1.0 + JND) * min(left, right)
    for here in moving(steps):
        sides = [take.span(here.begin, here.end)[:, take.x * side > 0].sum() for side in (LEFT, RIGHT)]
        if "side" in here.row:
            other = sides[1] if here.row["side"] == "left" else sides[0]
            assert other <= 0.02 * sum(sides), here.step["name"]
        elif here.end - here.start >= 60.0 and (off(take, here) == 0.0).any():
            assert max(sides) <= (1.0 + JND) * min(sides), here.step["name"]


def test_the_closing_is_weaker_than_the_opening(pair):
    take, steps = pair
    strokes = [here for here in moving(steps) if here.step["technique"] == "stroking"]
    if not strokes:
        assert not take.drive.any(), "all of it is work for hands"
        return
    assert (strokes[0], strokes[-1]) == (moving(steps)[0], moving(steps)[-1])
    drives = [take.span(here.begin, here.end) for here in strokes]
    # Where a session closes depends on the device: the last strokes to meet most of the opening's actuators.
    shared = [drives[0].any(axis=0) & drive.any(axis=0) for drive in drives]
    closing = max(range(1, len(drives)), key=lambda k: (shared[k].sum(), k))
    both = shared[closing]
    assert drives[closing][:, both].max() < drives[0][:, both].max()


def test_no_step_falls_out_of_its_time(pair):
    take, steps = pair
    for before, after in pairwise(steps):
        assert before.end == pytest.approx(after.start)
        assert before.step["t"] < after.step["t"]
    assert not take.drive[-1].any()


@pytest.mark.parametrize("device", shipped_devices())
@pytest.mark.parametrize("name", of_kind("never"))
def test_a_child_s_routine_is_not_even_simulated(name, device, tmp_path):
    record = tmp_path / "none.jsonl"
    profile = variants()[name]["profile"]
    asked = SimulationRequest(profile, device, limit=0.1, stature_m=1.2, record=record)
    with pytest.raises(ProfileError) as refused:
        list(SimulatedSession(asked).events(VirtualClock()))
    assert refused.value.rule == 98
    assert not record.exists()
