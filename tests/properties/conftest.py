"""What every property needs: any profile that the model accepts, and an eye on every millisecond put out."""

from functools import cache

import numpy as np
import pytest
from drawn_techniques import GUIDE, choices
from eye import Eye
from hypothesis import strategies as st
from takes import Takes

from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device
from firmware_bridge.play.session import Session
from firmware_bridge.play.wire_device import WireDevice
from profiles.model import Profile
from profiles.technique import TECHNIQUES as TECHNIQUE_MODELS
from simulator.clock import VirtualClock
from simulator.cushion import VirtualCushion
from simulator.faults import FaultyLine
from simulator.link import VirtualLink

ZONE_NAMES = [
    *("neck", "shoulder", "scapular", "upper-back", "flank", "lumbar"),
    *("sacrum", "gluteal", "thigh", "calf", "foot", "arm"),
    *("shoulder-left", "lumbar-right", "sacrum-left", "scapular-right"),
]
FORBIDDEN_NAMES = ["spine", "kidney-left", "kidney-right", "kidney", "nowhere"]


def floats(low, high):
    """Numbers of the whole range, its ends more often than chance has it."""
    ends = [float(low), float(high)] + [5e-324] * (low == 0)
    return st.one_of(st.sampled_from(ends), st.floats(low, high, allow_nan=False))


def technique(kind, **figures):
    """Any form and path that there is; any parameter may be left out."""
    words = {name: st.sampled_from(allowed) for name, allowed in choices(TECHNIQUE_MODELS[kind]).items()}
    return st.fixed_dictionaries({"kind": st.just(kind)}, optional=words | figures)


FIGURES = {
    "stroking": {"speed_mm_s": floats(5, 400), "return_level": floats(0, 1)},
    "rubbing": {"rate_cpm": floats(1, 600), "circle_mm": floats(2, 100), "advance_mm_s": floats(0, 200)},
    "squeezing": {"speed_mm_s": floats(5, 200), "return_level": floats(0, 1)},
    "kneading": {"rate_cpm": floats(1, 600), "circle_mm": floats(2, 100), "advance_mm_s": floats(0, 200)},
    "pressing": {
        "attack_s": floats(0.2, 20),
        "hold_s": floats(0, 120),
        "release_s": floats(0.2, 20),
        "spacing_mm": floats(5, 400),
    },
    "vibration": {
        "frequency_hz": floats(1, 400),
        "circle_mm": floats(2, 100),
        "advance_mm_s": floats(0, 200),
    },
    "tapping": {"rate_hz": floats(0.2, 20), "onset_s": floats(0, 1), "advance_mm_s": floats(0, 200)},
}
"""The parameters of each technique that moves; a technique that is new has to be drawn, too."""
TECHNIQUES = st.one_of([technique(kind, **FIGURES[kind]) for kind in TECHNIQUE_MODELS if kind != "guide"])


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


class Run:
    """One score played on a cushion of this process, seen millisecond by millisecond."""

    def __init__(self, score, description, *, faults=(), seed=0, limit=1.0, allowed_s=None):
        self.eye = Eye()
        self.clock = VirtualClock()
        self.cushion = VirtualCushion(description, seed=seed, output=self.eye, warm=True)
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


@pytest.fixture(scope="session")
def takes(shared):
    """Recordings of shipped profiles on shipped devices: `takes.take(profile, device)`."""
    return Takes(shared)
