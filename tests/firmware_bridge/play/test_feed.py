"""Setpoints on demand: a cut is seamless, and whatever is steered, the frames obey the slew limits."""

from collections.abc import Callable

import numpy as np
import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.devices.footprint import footprint_limits
from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device
from firmware_bridge.devices.response import Response
from firmware_bridge.play.feed import BLOCK_FRAMES, EASED, INTENSITY_MIN, INTENSITY_STEP, Feed, QueuedFrame
from firmware_bridge.safety.interlock import Interlock, InterlockEvent
from firmware_bridge.safety.limiter import Limiter
from firmware_bridge.wire.messages import Arm
from profiles.score import Score
from profiles.waveform import FRAME_RATE_HZ, Renderer, Sampler, Waveform

LAYOUT = place_device(load_device("reference-cushion"))
WIDTH = len(LAYOUT.actuators)
Feeds = Callable[..., Feed]


@pytest.fixture(scope="module")
def short() -> Score:
    from profiles.profile import load_profile
    from profiles.score import compose

    return compose(load_profile("felt-check"))


@pytest.fixture
def feed(score: Score) -> Feeds:
    def make(limit: float = 1.0, played: Score = score, renderer: Sampler | None = None) -> Feed:
        frames = round(played.duration * FRAME_RATE_HZ)
        return Feed(renderer or rendered(played), Limiter(LAYOUT), frames, WIDTH, limit)

    return make


def rendered(score: Score) -> Renderer:
    return Renderer(score, LAYOUT.places())


class Turning:
    """A renderer that changes its mind, once somebody asks it anew."""

    def __init__(self, score: Score) -> None:
        self.renderer = rendered(score)
        self.silent = False

    def render(self, start_frame: int, n_frames: int) -> Waveform:
        wave = self.renderer.render(start_frame, n_frames)
        level = wave.level * (0.0 if self.silent else 1.0)
        return Waveform(wave.start, level, wave.rate, wave.step)


def take(feed: Feed, count: int) -> list[QueuedFrame]:
    return [feed.next() for _ in range(count)]


def take_all(feed: Feed, most: int = 5000) -> list[QueuedFrame]:
    cues = []
    while not feed.over:
        cues.append(feed.next())
        assert len(cues) < most
    return cues


def peak(cues: list[QueuedFrame]) -> int:
    return max(max(cue.setpoints.drives) for cue in cues)


def test_the_whole_score_is_handed_out_once_and_in_order(feed: Feeds, score: Score) -> None:
    made = feed()
    cues = take_all(made)
    frames = round(score.duration * FRAME_RATE_HZ)
    assert [c.position for c in cues if c.position >= 0] == list(range(frames))
    assert made.position == frames
    assert made.over
    assert made.at_rest
    assert not any(cues[-1].setpoints.drives)
    assert peak(cues) > 0
    assert [c.step for c in cues[:300]] == [0] * 300
    assert cues[frames - 1].step == 1


def test_after_the_end_there_is_silence_for_ever(feed: Feeds) -> None:
    made = feed()
    take_all(made)
    for cue in take(made, 200):
        assert (cue.position, cue.step) == (-1, -1)
        assert not any(cue.setpoints.drives + cue.setpoints.rates)
    assert made.over


@pytest.mark.parametrize("at", [0, 1, 37, BLOCK_FRAMES - 1, BLOCK_FRAMES, BLOCK_FRAMES + 1, 230])
def test_a_cut_that_changes_nothing_cannot_be_felt(feed: Feeds, at: int) -> None:
    whole = take_all(feed())
    made = feed()
    cues = take(made, at)
    made.jump(made.position)
    cues += take_all(made)
    assert cues == whole


@pytest.mark.parametrize("at", [1, 99, 100, 173])
def test_what_was_handed_out_before_a_control_does_not_depend_on_it(feed: Feeds, at: int) -> None:
    whole = take_all(feed())
    for control in (Feed.pause, Feed.resume, lambda f: f.change_intensity(-0.5), lambda f: f.jump(400)):
        made = feed()
        before = take(made, at)
        control(made)
        made.next()
        assert before == whole[:at]


@pytest.mark.parametrize("at", [60, 100, 149])
def test_a_pause_fades_out_and_a_resume_goes_on_at_the_same_frame(feed: Feeds, at: int) -> None:
    made = feed()
    take(made, at)
    before = take(made, 1)[0]
    made.pause()
    assert made.paused
    still = take(made, 100)
    assert {(c.position, c.step) for c in still} == {(-1, -1)}
    assert max(still[0].setpoints.drives) <= max(before.setpoints.drives)
    assert not any(still[-1].setpoints.drives)
    assert made.at_rest
    assert not made.over
    assert made.position == at + 1
    made.resume()
    assert not made.paused
    assert [c.position for c in take(made, 120)] == list(range(at + 1, at + 121))


def test_a_pause_is_silent_within_the_release_of_the_slowest_actuator(feed: Feeds) -> None:
    made = feed()
    take(made, 120)
    made.pause()
    slowest = min(max(1, a.release // FRAME_RATE_HZ) for a in LAYOUT.allowed)
    assert not any(take(made, -(-255 // slowest))[-1].setpoints.drives)


def test_less_intensity_is_weaker_and_more_is_stronger(feed: Feeds) -> None:
    full, soft = feed(), feed()
    soft.change_intensity(-0.5)
    assert soft.intensity == 0.5
    strong, weak = take(full, 250), take(soft, 250)
    assert 0 < peak(weak) < peak(strong)
    assert all(
        w <= s
        for a, b in zip(strong, weak, strict=True)
        for s, w in zip(a.setpoints.drives, b.setpoints.drives, strict=True)
    )


@pytest.mark.parametrize("limit", [1.0, 0.7, 0.33349, 0.3336, INTENSITY_MIN, 0.1, 0.0])
def test_intensity_stays_between_its_least_and_the_limit(feed: Feeds, limit: float) -> None:
    made = feed(limit)
    assert made.intensity == limit
    least = min(INTENSITY_MIN, limit)
    for by in [INTENSITY_STEP] * 3 + [-INTENSITY_STEP] * 14 + [INTENSITY_STEP] * 14 + [5.0, -5.0, 5.0]:
        made.change_intensity(by)
        assert least <= made.intensity <= limit
    assert made.intensity == pytest.approx(limit, abs=1e-3)


def test_a_limit_of_nothing_drives_nothing(feed: Feeds) -> None:
    made = feed(0.0)
    made.change_intensity(1.0)
    assert peak(take(made, 300)) == 0


def test_a_jump_goes_on_there_without_a_jolt(feed: Feeds) -> None:
    made = feed()
    take(made, 100)
    made.jump(350)
    assert [c.position for c in take(made, 100)] == list(range(350, 450))


def test_jumping_to_the_end_is_over_when_all_is_at_rest(feed: Feeds, score: Score) -> None:
    made = feed()
    take(made, 120)
    assert not made.at_rest
    made.jump(round(score.duration * FRAME_RATE_HZ))
    assert not made.over
    tail = take_all(made)
    assert 0 < len(tail) < 40
    assert not any(tail[-1].setpoints.drives)


def test_limit_events_are_those_of_frames_that_were_handed_out(
    feed: Feeds, scored: Callable[..., Score]
) -> None:
    """A block that was cut takes back what it reported of its discarded rest, and repeats nothing."""
    strong = scored(level=1.0)
    whole = feed(played=strong)
    take(whole, 400)
    expected = [(e.frame, e.actuator, e.kind) for e in whole.events if e.frame < 350]
    made = feed(played=strong)
    for _ in range(50):
        take(made, 7)
        made.jump(made.position)
    assert [(e.frame, e.actuator, e.kind) for e in made.events] == expected


# -- easing -------------------------------------------------------------------------------------------

LOWER = [a.index for a in LAYOUT.actuators if a.zone.startswith(("sacrum", "lumbar"))]


def test_eased_actuators_do_a_part_of_what_they_would(feed: Feeds) -> None:
    whole = take_all(feed())
    made = feed()
    before = take(made, 60)
    made.ease(LOWER)
    after = take_all(made)
    assert before == whole[:60]
    fell = 60 + 30
    for cue, full in zip((before + after)[fell:], whole[fell:], strict=True):
        for index, (eased, usual) in enumerate(zip(cue.setpoints.drives, full.setpoints.drives, strict=True)):
            if index not in LOWER:
                assert eased == usual
                continue
            actuator = LAYOUT.actuators[index]
            felt = float(Response.felt_for(usual, actuator.start, actuator.exponent))
            most = Response.drive_for(EASED * felt, actuator.start, actuator.exponent)
            assert eased <= max(int(most), actuator.start) + 1
    assert any(any(cue.setpoints.drives[i] for i in LOWER) for cue in after[30:]), "eased, not off"


def test_an_easing_holds_against_louder_and_stays_after_a_jump(
    feed: Feeds, scored: Callable[..., Score]
) -> None:
    made = feed(0.5, played=scored(level=1.0))
    take(made, 60)
    made.ease(LOWER)
    take(made, 30)
    most = EASED * Response.felt_for(LAYOUT.ceilings, LAYOUT.starts, LAYOUT.exponents)
    bounds = Response.drive_for(most, LAYOUT.starts, LAYOUT.exponents)
    for control in (
        lambda: made.change_intensity(1.0),
        made.pause,
        made.resume,
        lambda: made.jump(350),
        lambda: made.change_intensity(-0.2),
    ):
        control()
        for cue in take(made, 60):
            assert all(cue.setpoints.drives[i] <= bounds[i] for i in LOWER)


@pytest.mark.parametrize(("intensity", "later"), [(1.0, 0.9), (0.3, 0.3)])
def test_what_hurt_never_comes_back_neither_by_louder_nor_by_stronger_steps(
    feed: Feeds, scored: Callable[..., Score], intensity: float, later: float
) -> None:
    """Weak at first, or by a low intensity; then as strong as can be."""
    turning = Turning(scored(level=0.3))
    made = feed(renderer=turning)
    made.change_intensity(intensity - 1.0)
    hurt = np.array([list(cue.setpoints.drives) for cue in take(made, 250)])[:, LOWER]
    made.ease(LOWER)
    take(made, 30)
    made.change_intensity(1.0)
    turning.renderer = rendered(scored(level=later))
    after = np.array([list(cue.setpoints.drives) for cue in take_all(made)])
    starts, exponents = LAYOUT.starts[LOWER], LAYOUT.exponents[LOWER]
    felt = Response.felt_for(hurt, starts, exponents).max()
    assert after[:, LOWER].any(), "eased, not off"
    assert (after[:, LOWER] <= Response.drive_for(EASED * felt, starts, exponents) + 1).all()


def test_an_easing_of_nothing_changes_nothing(feed: Feeds) -> None:
    whole = take_all(feed())
    made = feed()
    cues = take(made, 70)
    made.ease([])
    assert cues + take_all(made) == whole


CONTROLS = st.lists(
    st.tuples(
        st.sampled_from(["pause", "resume", "resume", "louder", "softer", "jump", "ease"]),
        st.integers(0, 130),
        st.integers(0, 1500),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=at_depth(30))
@given(CONTROLS, st.sampled_from([1.0, 0.5]))
def test_whatever_the_controls_every_frame_is_one_the_interlock_permits(
    short: Score, controls: list[tuple[str, int, int]], limit: float
) -> None:
    frames = round(short.duration * FRAME_RATE_HZ)
    made = Feed(Renderer(short, LAYOUT.places()), Limiter(LAYOUT), frames, WIDTH, limit)
    footprints = footprint_limits(LAYOUT.description.actuators, LAYOUT.stature_m)
    interlock = Interlock(LAYOUT.actuators, LAYOUT.power_budget, 1, footprints)
    interlock.admit(Arm(1))
    interlock.observe(InterlockEvent.ARM_CONFIRMED)
    cues = take(made, 100)
    for name, count, frame in controls:
        match name:
            case "jump":
                made.jump(frame)
            case "ease":
                made.ease([frame % WIDTH])
            case "louder" | "softer":
                made.change_intensity(INTENSITY_STEP if name == "louder" else -INTENSITY_STEP)
            case _:
                getattr(made, name)()
        cues += take(made, count)
    for cue in cues:
        interlock.admit(cue.setpoints)
    drives = np.array([list(cue.setpoints.drives) for cue in cues])
    steps = np.diff(drives, axis=0, prepend=np.zeros((1, WIDTH), int))
    assert (steps <= [a.attack // FRAME_RATE_HZ for a in LAYOUT.actuators]).all()
    assert (-steps <= [a.release // FRAME_RATE_HZ for a in LAYOUT.actuators]).all()


@pytest.mark.parametrize("at", [1, 37, BLOCK_FRAMES, BLOCK_FRAMES + 1, 230])
def test_a_refresh_takes_hold_at_the_next_frame_and_nothing_before_it_changes(
    feed: Feeds, score: Score, at: int
) -> None:
    whole = take_all(feed())
    turning = Turning(score)
    made = feed(renderer=turning)
    before = take(made, at)
    turning.silent = True
    made.refresh()
    after = take_all(made)
    assert before == whole[:at]
    assert [c.position for c in after if c.position >= 0] == list(range(at, made.position))
    slowest = min(max(1, a.release // FRAME_RATE_HZ) for a in LAYOUT.allowed)
    assert not any(peak([cue]) for cue in after[-(-255 // slowest) :])
