"""What every property needs: any profile that the model accepts, and an eye on every millisecond put out."""

from functools import cache

import numpy as np
import pytest
from drawn_techniques import GUIDE, choices
from hypothesis import strategies as st

from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device
from firmware_bridge.guard.device import Cushion
from firmware_bridge.play.session import Session
from firmware_bridge.play.wire_device import WireDevice
from firmware_bridge.wire.messages import Kind
from profiles.model import Profile
from profiles.technique import TECHNIQUES as TECHNIQUE_MODELS
from simulator.clock import VirtualClock
from simulator.faults import FaultyLine
from simulator.link import VirtualLink

ZONE_NAMES = [
    *("neck", "shoulder", "scapular", "upper-back", "flank", "lumbar"),
    *("sacrum", "gluteal", "thigh", "calf", "foot", "arm"),
    *("shoulder-left", "lumbar-right", "sacrum-left", "scapular-right"),
]
FORBIDDEN_NAMES = ["spine", "kidney-left", "kidney-right", "kidney", "nowhere"]
KNEADING_MAX_CPM = 60
DWELL_MS, REST_MS = 10_000, 2_000


def floats(low, high):
    """Numbers of the whole range, its ends more often than chance has it."""
    ends = [float(low), float(high)] + [5e-324] * (low == 0)
    return st.one_of(st.sampled_from(ends), st.floats(low, high, allow_nan=False))


def technique(kind, **figures):
    """Any form and path that there is; any parameter may be left out."""
    words = {name: st.sampled_from(allowed) for name, allowed in choices(TECHNIQUE_MODELS[kind]).items()}
    return st.fixed_dictionaries({"kind": st.just(kind)}, optional=words | figures)


TECHNIQUES = st.one_of(
    technique("stroking", speed_mm_s=floats(5, 400), return_level=floats(0, 1)),
    technique(
        "rubbing",
        rate_cpm=floats(1, 600),
        circle_mm=floats(2, 100),
        advance_mm_s=floats(0, 200),
    ),
    technique("squeezing", speed_mm_s=floats(5, 200), return_level=floats(0, 1)),
    technique("kneading", rate_cpm=floats(1, 600), circle_mm=floats(2, 100), advance_mm_s=floats(0, 200)),
    technique(
        "pressing",
        attack_s=floats(0.2, 20),
        hold_s=floats(0, 120),
        release_s=floats(0.2, 20),
        spacing_mm=floats(5, 400),
    ),
    technique(
        "vibration", frequency_hz=floats(1, 400), circle_mm=floats(2, 100), advance_mm_s=floats(0, 200)
    ),
    technique("tapping", rate_hz=floats(0.2, 20), onset_s=floats(0, 1), advance_mm_s=floats(0, 200)),
)


@st.composite
def curves(draw):
    preset = draw(st.sampled_from(["hold", "rise", "light-strong-light", "wave", None]))
    if preset:
        return preset
    unit = draw(st.sampled_from(["fraction", "seconds"]))
    steps = draw(st.lists(st.integers(1, 200), min_size=2, max_size=6))
    times = np.cumsum(steps) / (1000 if unit == "fraction" else 100)
    times = times / max(1.0, times[-1]) if unit == "fraction" else times
    return {"unit": unit, "points": [[float(t), draw(floats(0, 1))] for t in times]}


def places():
    zones = st.lists(st.sampled_from(ZONE_NAMES), min_size=1, max_size=4)
    rare = st.lists(st.sampled_from(ZONE_NAMES + FORBIDDEN_NAMES), min_size=1, max_size=3)
    on_the_back = st.tuples(floats(-220, 220), floats(-700, 700))
    anywhere = st.tuples(floats(-1700, 1700), floats(-1700, 1700))  # the path may not be longer than 20 m
    path = st.lists(st.one_of(on_the_back, on_the_back, on_the_back, anywhere), min_size=1, max_size=5)
    return st.one_of(
        zones.map(lambda names: {"zones": names}),
        zones.map(lambda names: {"zones": names}),
        path.map(lambda points: {"path": [list(point) for point in points]}),
        st.lists(on_the_back, min_size=1, max_size=2).map(lambda p: {"path": [list(point) for point in p]}),
        rare.map(lambda names: {"zones": names}),
    )


@st.composite
def guides(draw):
    """A step for hands, the device off or at what the file takes for a settling floor."""
    step = {"name": "guided", "technique": GUIDE, "duration_s": draw(floats(0.5, 5))}
    if draw(st.booleans()):
        step |= {"zones": [draw(st.sampled_from(ZONE_NAMES))], "level": draw(floats(0.01, 1))}
    return step


@st.composite
def steps(draw):
    if draw(st.sampled_from([False] * 7 + [True])):
        return draw(guides())
    kinds = ["vibration", "kneading", "pressure"]
    step = {
        "name": "any",
        "technique": draw(TECHNIQUES),
        "duration_s": draw(st.one_of(floats(0.5, 3), floats(0.5, 20))),
        "level": draw(st.one_of(st.just(1.0), floats(0, 1))),
        "curve": draw(curves()),
        "crossfade_s": draw(floats(0, 30)),
        "hands": draw(st.sampled_from(["auto", "both", "alternate"])),
        **draw(places()),
    }
    if draw(st.booleans()):
        step["on"] = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=3))
    return step


@st.composite
def profiles(draw, longest=40.0):
    """Any profile that pydantic accepts, of at most `longest` seconds."""
    chosen, left = [], longest
    for step in draw(st.lists(steps(), min_size=1, max_size=4)):
        step["duration_s"] = max(0.5, min(step["duration_s"], left))
        step["repeats"] = draw(st.integers(1, max(1, min(5, int(left // step["duration_s"])))))
        left -= step["duration_s"] * step["repeats"]
        chosen.append(step)
        if left < 0.5:
            break
    return Profile.model_validate(
        {
            "name": "any",
            "envelope": draw(curves()),
            "fade_in_s": draw(floats(0, 60)),
            "fade_out_s": draw(floats(0, 60)),
            "step": chosen,
        }
    )


class Eye:
    """Sees every millisecond that a cushion puts out, and judges it by the cushion's own table."""

    def __init__(self):
        self.drive_parts, self.rate_parts, self.events = [], [], []

    def output(self, output):
        self.drive_parts.append(np.array(output.drive))
        self.rate_parts.append(np.array(output.rate))

    def accepted(self, due_ms, drives):
        pass

    def event(self, at_ms, event, **fields):
        self.events.append((at_ms, event, fields))

    def named(self, event):
        return [(at, fields) for at, name, fields in self.events if name == event]

    def assert_limits(self, cushion, *, budget=True, cuts=False):
        """Every limit on every millisecond; `cuts`: a drop may be sudden where power was cut."""
        table = cushion.table
        drive = np.vstack(self.drive_parts).astype(np.int64)
        rate = np.vstack(self.rate_parts).astype(np.int64)
        excluded = np.array([bool(info.excluded) for info in table])
        assert not drive[:, excluded].any()
        assert (drive.max(axis=0) <= [info.ceiling for info in table]).all()
        caps = [min(i.rate_max, KNEADING_MAX_CPM) if i.kind == Kind.KNEADING else i.rate_max for i in table]
        assert (rate.max(axis=0) <= caps).all()
        assert not rate[drive == 0].any()
        assert ((rate >= [info.rate_min for info in table]) | (drive == 0)).all()
        if budget:
            assert drive.sum(axis=1).max() <= cushion.identity.power_budget
        attack = np.array([info.attack for info in table])
        release = np.array([info.release for info in table])
        # A drive is told rounded down, and a millisecond's slew is rounded up to 1/256 of a drive unit.
        for span in (1, 20, 250):
            change = drive[span:] - drive[:-span]
            room = span / 1000 + span / 256 / attack
            assert (change <= np.ceil(attack * room) + 1).all()
            if not cuts:
                room = span / 1000 + span / 256 / release
                assert (-change <= np.ceil(release * room) + 1).all()
        for column in np.flatnonzero(drive.any(axis=0)):
            assert longest_work(drive[:, column] > 0) <= DWELL_MS, table[column].id


def longest_work(on):
    """Most milliseconds at work without an unbroken rest of two seconds."""
    edges = np.flatnonzero(np.diff(on, prepend=False, append=False))
    starts, ends = edges[::2], edges[1::2]
    most = work = 0
    for k, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if k and start - ends[k - 1] >= REST_MS:
            work = 0
        work += end - start
        most = max(most, work)
    return most


class Run:
    """One score played on a cushion of this process, seen millisecond by millisecond."""

    def __init__(self, score, description, *, faults=(), seed=0, limit=1.0, allowed_s=None):
        self.eye = Eye()
        self.clock = VirtualClock()
        self.cushion = Cushion(description, seed=seed, observer=self.eye)
        self.link = VirtualLink(self.cushion, self.clock, FaultyLine(faults, seed))
        layout = place_device(description, score.body)
        self.session = Session(
            score, layout, WireDevice(self.link, self.clock), self.clock, limit=limit, allowed_s=allowed_s
        )

    def play(self):
        yield from self.session.play()

    def finish(self):
        """Play to the end and let the cushion live on for two seconds."""
        try:
            for _ in self.play():
                pass
        finally:
            self.linger()
        return self

    def linger(self):
        self.clock.sleep(2.0)
        self.cushion.advance(int(self.clock.now() * 1000))


@pytest.fixture(scope="session")
def run():
    """The maker of runs: `run(score, description, faults=(), seed=0, limit=1.0)`."""
    return Run


@pytest.fixture(scope="session")
def any_profile():
    """The strategy: `any_profile(longest=40.0)`."""
    return profiles


@pytest.fixture(scope="session")
def devices():
    """Shipped device descriptions by name."""
    return cache(load_device)
