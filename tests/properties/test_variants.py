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
from sweeps import FELT, LEFT, RIGHT, TURN_S, bursts, likeness
from takes import Take
from variants import followed, of_kind, variants, words

from firmware_bridge.devices.load import shipped_devices
from kneadwave.sessions.simulate import SimulatedSession, SimulationRequest
from profiles.body import body_map
from profiles.errors import ProfileError
from profiles.geometry import distance
from profiles.profile import load_profile
from profiles.route import runs_away
from profiles.rules.traces import rounds
from profiles.score import compose
from profiles.step import Step
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
NEARLY = 0.02  # of the way: who counts it otherwise comes to the other side of SHARE
ROUNDS_MIN = 3.0  # of one motor a side: in fewer the round that is cut short weighs more than a fifth
CANNOT = {"tapping": ("pressure", "kneading"), "vibration": ("pressure",)}  # too slow for it (108, 110)
STRAY_MM = 120.0  # a hand and the way half to the next motor of a sparse device
APART_MM = 60.0  # columns of actuators between which a hand on its way can be told
MARGIN_S = 1.0  # motors run down, and a recording tells a step within half a second
UNSWEPT = {"pressing", "tapping", "ring", "inward"}  # no way up and down: points, taps, a ring, across
PULLED = {"pinching", "stretching", "shifting"}  # in pulses, so that rounds cannot be counted


@dataclass(frozen=True)
class Played:
    """A row of the table as it was played: the profile's step, the recorded one, and when it is alone."""

    row: dict
    meant: Step
    step: dict
    start: float
    begin: float
    end: float
    rounds: float
    zones: tuple

    @property
    def words(self):
        return words(self.meant.technique)

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
    laid = [(row, meant) for row, steps in followed(entry, profile.played) for meant in steps]
    assert len(take.steps) == len(laid) == len(score.steps)
    result = []
    for (row, meant), step, cue, scored in zip(laid, take.steps, score.cues, score.steps, strict=True):
        begin = cue.start + max(cue.fade_in, 0.5) + MARGIN_S
        zones = tuple(zone for name in meant.zones or () for zone in body.zones_named(name))
        times = rounds(cue, scored.end - scored.start)
        result.append(Played(row, meant, step, cue.start, begin, cue.end, times, zones))
    return result


def moving(steps):
    return [here for here in steps if not here.by_hand]


def off(take, here):
    """How far each actuator lies from the zones of a step, in mm."""
    return np.array([away(here.zones, x, y) for x, y in zip(take.x, take.y, strict=True)])


def near(take, here, side):
    """How many actuators of a side a person feels at the zones of a step."""
    return int((take.x * side > 0)[off(take, here) <= REACH_MM].sum())


def worked_on(take, here):
    """Which part of the middle lines of a step's zones lies under a hand that some actuator is near to."""
    cannot = CANNOT.get(here.row["do"].split()[0], ())
    usable = np.array([not each["excluded"] and each["kind"] not in cannot for each in take.actuators])
    if "tapping" in here.row["do"]:
        zones = [body_map().zone_at(x, y) for x, y in zip(take.x, take.y, strict=True)]
        usable &= np.array([zone is not None and zone.tapping for zone in zones])
    if not usable.any():
        return 0.0
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
        technique = here.meant.technique.kind
        share = worked_on(take, here) if here.zones else 1.0
        if share < SHARE - NEARLY or (share < SHARE + NEARLY and here.by_hand):
            technique = "guide"  # the device has next to nothing there: by hand, at the same time
        assert here.step["technique"] == technique, here.step["name"]
        if technique != "guide":
            assert here.step["zones"] == list(here.meant.zones)
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
        if here.words & UNSWEPT or not 1.0 <= here.rounds < np.inf:
            continue
        sign = -1.0 if runs_away(here.zones, here.meant.technique.direction) else 1.0
        for side in (LEFT, RIGHT):
            alike = likeness(take, here.start, here.begin, here.end, side, here.rounds)
            assert alike is None or sign * alike > 0.4, here.step["name"]


def test_a_repeat_is_once_up_and_back(pair):
    take, steps = pair
    for here in moving(steps):
        times = here.meant.repeats
        if times == 1:
            continue
        for side in (LEFT, RIGHT):
            if here.words & PULLED:
                if near(take, here, side) < 2:
                    continue  # one motor: a pull that passes it by cannot be told from the next
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
        if here.rounds < ROUNDS_MIN and near(take, here, LEFT) < 2:
            continue
        if here.end - here.start >= 60.0 and (off(take, here) == 0.0).any():
            assert max(sides) <= (1.0 + JND) * min(sides), here.step["name"]


def test_the_closing_is_weaker_than_the_opening(pair):
    take, steps = pair
    strokes = [here for here in moving(steps) if here.step["technique"] == "stroking"]
    if not strokes:
        meant = [here for here in steps if here.meant.technique.kind == "stroking"]
        assert all(here.by_hand for here in meant), "they are work for hands"
        return
    assert strokes[0] == moving(steps)[0]
    if steps[-1].by_hand:
        return  # the device has nothing where the closing strokes pass
    assert strokes[-1] == moving(steps)[-1]
    drives = [take.span(here.begin, here.end) for here in strokes]
    # Where a session closes depends on the device: the last strokes to meet most of the opening's actuators.
    shared = [drives[0].any(axis=0) & drive.any(axis=0) for drive in drives]
    closing = max(range(1, len(drives)), key=lambda k: (shared[k].sum(), k))
    both = shared[closing]
    opening, last = drives[0][:, both].max(), drives[closing][:, both].max()
    ceilings = np.array([actuator["ceiling"] for actuator in take.actuators])[both]
    assert last < opening or opening >= ceilings.min() - 1e-3, "but what a ceiling holds is as strong as it"


def test_hands_are_as_high_as_the_variant_has_them(pair):
    take, steps = pair
    body = body_map()
    for here in moving(steps):
        drive = take.span(here.begin, here.end).sum(axis=0)
        for key in ("at", "below", "up_to"):
            if key not in here.row:
                continue
            edges = [y for zone in body.zones_named(here.row[key]) for _, y in zone.outline]
            low, high = min(edges), max(edges)
            if key == "at":
                inside = (take.y >= low - REACH_MM) & (take.y <= high + REACH_MM)
            elif key == "below":
                inside = take.y <= low + REACH_MM
            else:  # whatever the device has there, as far as a hand feels it, gets its part
                near = (take.y > low - 2.0 * HAND_MM) & (take.y <= low) & (drive > 0)
                assert near.any() or not ((take.y > low - HAND_MM) & (take.y <= low)).any(), here.step["name"]
                continue
            assert drive[inside].sum() >= 0.9 * drive.sum(), here.step["name"]


def test_one_side_comes_first_where_hands_take_turns(pair):
    take, steps = pair
    for here in moving(steps):
        if "first" not in here.row:
            continue
        drive = take.span(here.begin - MARGIN_S, here.start + TURN_S - MARGIN_S).sum(axis=0)
        left, right = (drive[take.x * side > 0].sum() for side in (LEFT, RIGHT))
        first, other = (left, right) if here.row["first"] == "left" else (right, left)
        assert first > 4.0 * other, here.step["name"]


def test_hands_that_work_across_lead_the_way_that_the_variant_has(pair):
    take, steps = pair
    for here in moving(steps):
        sign = 1.0 if "outward" in here.words else -1.0 if "inward" in here.words else 0.0
        for side in (LEFT, RIGHT):
            columns = (take.x * side > 0) & (off(take, here) <= REACH_MM)
            if not sign or not lie_across(take.x[columns], take.y[columns]):
                continue
            drive = take.span(here.begin, here.end)[:, columns]
            whole = drive.sum(axis=1)
            told = (whole[1:] > FELT) & (whole[:-1] > FELT)
            aside = (drive * np.abs(take.x[columns])).sum(axis=1) / np.maximum(whole, FELT)
            assert sign * (np.diff(aside) * whole[1:])[told].sum() > 0.0, here.step["name"]


def lie_across(x, y):
    """Whether two of them lie beside each other: a hand on its way up passes those that do not one by one."""
    aside, above = (np.abs(each[:, np.newaxis] - each) for each in (x, y))
    return bool(((aside >= APART_MM) & (above <= HAND_MM / 2)).any())


def test_turns_of_posture_and_breath_are_in_the_recording(pair):
    _, steps = pair
    for here in steps:
        if "posture" in here.row:
            assert here.step["guide"]["posture"] == here.row["posture"], here.step["name"]
        if "breath" in here.row:
            assert here.step["guide"]["breath"], here.step["name"]


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
