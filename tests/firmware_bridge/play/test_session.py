"""The player plays to the end and in time, whoever renders what it plays."""

from itertools import pairwise

import numpy as np
import pytest
from players import Make, Tap, guided_score, play_with

from firmware_bridge.devices.response import Response
from firmware_bridge.play.connection import QUIET_S
from firmware_bridge.play.device import LOOKAHEAD_MS
from firmware_bridge.play.ending import EndReason
from firmware_bridge.play.session import PRIME_MS, Phase, Session
from firmware_bridge.safety.interlock import State
from firmware_bridge.wire.messages import HEARTBEAT, SETPOINTS, DeviceState
from profiles.score import Score
from profiles.technique import SETTLING_MAX
from profiles.waveform import FRAME_RATE_HZ, Waveform


def test_a_massage_plays_to_its_end(rig: Make, score: Score) -> None:
    made = rig(score)
    updates = list(made.session.play())
    last = updates[-1]
    assert (last.phase, last.elapsed, last.left) == (Phase.DONE, score.duration, 0.0)
    assert made.session.stop_reason == ""
    assert made.session.stop_confirmed
    assert (made.session.trips, made.session.shifts, made.watch.trips) == (0, 0, 0)
    assert made.cushion.state is DeviceState.DISARMED
    assert made.cushion.output_sum == 0
    assert made.device.connection.interlock.state is State.DISARMED
    assert not any(last.drives)
    assert max(max(u.drives) for u in updates) > 0
    assert score.duration < made.clock.now() < score.duration + 1.5


def test_updates_tell_where_the_session_stands(rig: Make, score: Score) -> None:
    made = rig(score)
    updates = list(made.session.play())
    elapsed = [u.elapsed for u in updates]
    assert elapsed == sorted(elapsed)
    assert all(b - a < 0.5 for a, b in pairwise(elapsed))
    assert all(u.left == pytest.approx(score.duration - u.elapsed) for u in updates)
    assert {u.step for u in updates if u.elapsed < score.duration} == {0, 1}
    assert {u.phase for u in updates[:-1]} == {Phase.PLAYING}
    assert all(u.status is not None and len(u.drives) == len(u.rates) == 16 for u in updates)


def test_every_setpoint_is_played_in_time_by_the_device(rig: Make, score: Score) -> None:
    made = rig(score, wrap=Tap)
    last = list(made.session.play())[-1]
    frames = [f for _, f in made.wire.frames() if f.type == SETPOINTS]
    tail = len(frames) - round(score.duration * FRAME_RATE_HZ)  # what the last release takes
    assert 0 <= tail < FRAME_RATE_HZ
    assert last.status.late == last.status.bad == 0
    gaps = {(b.t_ms - a.t_ms) % 65536 for a, b in pairwise(frames)}
    assert gaps <= {19, 20, 21}


def test_the_device_is_fed_a_little_ahead_and_never_far(rig: Make, score: Score) -> None:
    made = rig(score, wrap=Tap)
    list(made.session.play())
    points = [(at, f) for at, f in made.wire.frames() if f.type == SETPOINTS]
    ahead = [f.t_ms - int(at * 1000) for at, f in points]
    assert PRIME_MS - 15 <= ahead[0] <= PRIME_MS + 15
    assert max(ahead) <= LOOKAHEAD_MS + 15 < 500
    assert min(ahead) > 0


def test_every_frame_speaks_of_a_fresh_status_and_a_heartbeat_fills_silence_alone(rig: Make) -> None:
    made = rig(wrap=Tap)
    list(made.session.play())
    frames = made.wire.frames()
    points = [(at, frame) for at, frame in frames if frame.type == SETPOINTS]
    assert all(frame.echo for _, frame in points)
    assert len({frame.echo for _, frame in points}) > 100
    for (before, _), (at, frame) in pairwise(frames):
        assert frame.type != HEARTBEAT or at - before >= QUIET_S - 1e-6


def test_the_same_seed_gives_the_same_bytes(rig: Make, score: Score) -> None:
    runs = []
    for seed in (3, 3, 5):
        made = rig(score, seed=seed, wrap=Tap)
        list(made.session.play())
        runs.append(made.wire.writes)
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]  # another epoch


def test_the_short_way_plays_the_same(rig: Make, score: Score) -> None:
    first, second = rig(score), rig(score)
    whole = list(first.session.play())
    assert list(Session(score, second.layout, second.device, second.clock).play()) == whole


def test_in_a_guided_step_the_device_is_still(rig: Make) -> None:
    made = rig(guided_score())
    updates = list(made.session.play())
    assert not any(any(u.drives) for u in updates if 4.0 < u.elapsed < 5.0)
    assert any(any(u.drives) for u in updates if u.elapsed > 6.0)
    assert (made.session.trips, made.watch.trips, made.session.stop_reason) == (0, 0, "")


def test_at_its_settling_floor_the_device_moves_hardly_at_all(rig: Make) -> None:
    made = rig(guided_score(zones=["lumbar", "upper-back"], level=SETTLING_MAX))
    updates = [u for u in made.session.play() if 4.0 < u.elapsed < 5.5]
    layout = made.layout
    felt = [Response.felt_for(list(u.drives), layout.starts, layout.exponents).max() for u in updates]
    assert 0.0 < max(felt) <= SETTLING_MAX + 0.01
    assert (made.session.trips, made.watch.trips) == (0, 0)


def test_a_session_that_is_too_long_goes_to_its_closing_and_ends_in_time(rig: Make, score: Score) -> None:
    made = rig(score, allowed_s=8.0)
    session = made.session
    updates = list(session.play())
    assert updates[-1].phase is Phase.DONE
    assert session.hurried
    assert updates[-1].elapsed == score.duration
    assert made.clock.now() < 8.0 + 0.5
    assert not [u for u in updates if 3.5 < u.elapsed < score.closing_start]
    assert {u.step for u in updates} >= {0, 1}
    assert session.trips == 0


def test_a_session_that_fits_is_not_hurried(rig: Make, score: Score) -> None:
    made = rig(score, allowed_s=score.duration + 1.5)
    assert list(made.session.play())[-1].phase is Phase.DONE
    assert not made.session.hurried


def test_pauses_count_and_a_pause_without_end_is_ended_gently(rig: Make, score: Score) -> None:
    made = rig(score, allowed_s=30.0)
    session = made.session
    updates = play_with(session, {2.0: session.pause})
    assert updates[-1].phase is Phase.STOPPED
    assert session.stop_reason == EndReason.TIME_OVER
    assert session.stop_confirmed
    assert 30.0 <= made.clock.now() < 31.0
    assert (session.trips, made.cushion.output_sum) == (0, 0)


def test_a_renderer_of_ones_own_is_played_and_may_change_its_mind(rig: Make, score: Score) -> None:
    class Two:
        level = 0.2

        def render(self, start_frame: int, n_frames: int) -> Waveform:
            level, rate = np.zeros((2, n_frames, 16))
            level[:, lumbar] = self.level
            return Waveform(start_frame, level, rate, np.zeros(n_frames, dtype=np.int_))

    two = Two()
    made = rig(score, renderer=two)
    lumbar = next(a.index for a in made.layout.allowed if a.zone.startswith("lumbar"))

    def louder() -> None:
        two.level = 0.4
        made.session.refresh()

    updates = play_with(made.session, {4.0: louder})
    assert made.session.substitutions == ()
    assert {index for u in updates for index, drive in enumerate(u.drives) if drive} == {lumbar}
    felt = [
        (u.elapsed, made.layout.starts[lumbar] < u.drives[lumbar], u.drives[lumbar])
        for u in updates
        if u.drives
    ]
    before = {drive for elapsed, on, drive in felt if 1.0 < elapsed < 4.0 and on}
    after = {drive for elapsed, on, drive in felt if 5.0 < elapsed < 9.0 and on}
    assert len(before) == len(after) == 1
    assert max(before) < max(after)
    assert (made.session.trips, made.watch.trips) == (0, 0)
