"""Excerpts: half a minute of a step, rising from nothing, nowhere stronger than in the session."""

import numpy as np
import pytest

from kneadwave.errors import NotPlayable
from kneadwave.tuning.trials.clips import FADE_S
from kneadwave.tuning.trials.excerpt import PREVIEW_S, excerpt
from profiles.files.load import from_data
from profiles.profile import load_profile, shipped_profiles
from profiles.rules.check import check
from profiles.score import compose
from profiles.waveform import session_level

PLAYED = [name for name in shipped_profiles() if not load_profile(name).locked_for]
STROKE = {"technique": {"kind": "stroking"}, "zones": ["lumbar", "upper-back"]}


def three(envelope: object = "hold", seconds: float = 60.0, **more: object) -> object:
    steps = [
        {"name": name, **STROKE, "duration_s": seconds, "level": level, **more}
        for name, level in (("a", 0.2), ("b", 0.4), ("c", 0.2))
    ]
    return from_data({"schema": 1, "name": "three", "envelope": envelope, "step": steps})


def turned() -> object:
    """Seated at first; then the recipient turns over, and a stroke follows."""
    turn = {"kind": "guide", "instruction": "Turn over.", "part": "posture", "posture": "prone"}
    steps = [
        {"name": "a", **STROKE, "duration_s": 20.0, "level": 0.3},
        {"name": "turn", "technique": turn, "duration_s": 5.0},
        {"name": "b", **STROKE, "duration_s": 20.0, "level": 0.3},
    ]
    return from_data({"schema": 1, "name": "turned", "posture": "seated", "step": steps})


def test_the_gate_is_told_the_posture_of_the_step_not_that_of_the_beginning() -> None:
    assert [excerpt(turned(), index).profile.posture for index in (0, 2)] == ["seated", "prone"]


def test_it_rises_over_five_seconds_and_a_third_of_a_short_one() -> None:
    long = excerpt(three(), 1)
    assert (long.fade, long.profile.duration_s, long.speed) == (FADE_S, PREVIEW_S, 2.0)
    assert not long.whole
    short = excerpt(three(seconds=9.0), 1)
    assert (short.fade, short.profile.duration_s, short.speed) == (3.0, 9.0, 1.0)
    assert short.whole
    score = compose(long.profile)
    t = np.linspace(0.0, FADE_S, 50)
    assert session_level(score, t)[0] == 0.0
    assert (np.diff(session_level(score, t)) > 0).all()


def test_where_in_the_step_a_moment_of_it_lies() -> None:
    long = excerpt(three(), 1)
    assert [long.at(t) for t in (-1.0, 0.0, 15.0, 30.0, 99.0)] == [0.0, 0.0, 30.0, 60.0, 60.0]
    many = excerpt(three(seconds=12.0, repeats=5), 1)
    assert many.clip.repeats == 2
    assert [many.at(t) for t in (0.0, 6.0, 12.0, 18.0, 24.0)] == [0.0, 6.0, 0.0, 6.0, 12.0]
    kneaded = excerpt(three(technique={"kind": "kneading"}, zones=["shoulder"]), 1)
    assert kneaded.lead == FADE_S
    assert kneaded.at(FADE_S) == 0.0
    assert kneaded.at(PREVIEW_S - 2.0) == pytest.approx(60.0)


@pytest.mark.parametrize(
    "envelope",
    [
        "hold",
        [[0.0, 0.3], [0.5, 1.0], [1.0, 0.2]],
        [[0.0, 1.0], [0.45, 1.0], [0.46, 0.1], [0.47, 1.0], [1.0, 1.0]],
        [[0.0, 0.0], [1.0, 1.0]],
    ],
)
@pytest.mark.parametrize("index", [0, 1, 2])
@pytest.mark.parametrize("technique", ["stroking", "kneading"])
def test_it_is_nowhere_stronger_than_in_the_session(envelope: object, index: int, technique: str) -> None:
    more = {} if technique == "stroking" else {"technique": {"kind": "kneading"}, "zones": ["shoulder"]}
    profile = three(envelope, 60.0, **more)
    part = excerpt(profile, index)
    here, there = compose(part.profile), compose(profile)
    t = np.linspace(part.lead, part.lead + part.clip.total_s, 4001)[:-1]
    inside = there.steps[index].start + (t - part.lead) * part.speed
    assert (session_level(here, t) <= session_level(there, inside) + 1e-9).all()
    if envelope == "hold" and index == 1:
        middle = (t > FADE_S + 0.01) & (t < here.duration - 2.1)
        assert session_level(here, t[middle]).min() == pytest.approx(1.0)


@pytest.mark.parametrize("name", PLAYED)
def test_every_step_of_a_shipped_profile_that_a_device_plays_can_be_previewed(name: str) -> None:
    profile = load_profile(name)
    for index, step in enumerate(profile.step):
        try:
            part = excerpt(profile, index)
        except NotPlayable:
            assert not step.moves or step.is_guide
            continue
        assert part.profile.duration_s <= PREVIEW_S + 0.01
        assert part.clip.peak <= step.peak
        assert not [found for found in check(part.profile) if found.severity == "error"]
