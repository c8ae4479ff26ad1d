"""A session on the virtual cushion, in virtual time: what a person does with it and how it ends."""

import io
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest

from firmware_bridge.device import load_device
from firmware_bridge.errors import InterlockTrip, LimitsMismatch, LinkLost, LinkTimeout
from firmware_bridge.framing import FrameDecoder
from firmware_bridge.interlock import State
from firmware_bridge.messages import HEARTBEAT, SETPOINTS, DeviceState, Reason
from firmware_bridge.player import LOOKAHEAD_MS, PRIME_MS, Phase, Session, Update, play
from firmware_bridge.recording import Recorder
from profiles.score import Score
from profiles.waveform import FRAME_RATE_HZ
from simulator.link import VirtualLink

Make = Callable[..., Any]


class Tap:
    """A virtual link that keeps what went through it, with the time of both ends."""

    def __init__(self, link: VirtualLink) -> None:
        self.link = link
        self.name = link.name
        self.writes: list[tuple[float, bytes]] = []
        self.late_by = 0.0

    def write(self, data: bytes) -> None:
        self.writes.append((self.link._clock.now(), data))
        self.link.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.link, name)

    def frames(self) -> list[tuple[float, Any]]:
        decoder = FrameDecoder()
        return [(at, frame) for at, data in self.writes for frame in decoder.feed(data)]


def play_with(session: Session, controls: dict[float, Callable[[], None]]) -> list[Update]:
    """Play to the end; each control acts at the first update at or after its time in the score."""
    updates, waiting = [], sorted(controls.items())
    for update in session.play():
        updates.append(update)
        while waiting and update.elapsed >= waiting[0][0]:
            waiting.pop(0)[1]()
    assert not waiting
    return updates


# -- to the end ---------------------------------------------------------------------------------------


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
    assert made.session.connection.interlock.state is State.DISARMED
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
    frames = [f for _, f in made.session._link.frames() if f.type == SETPOINTS]
    tail = len(frames) - round(score.duration * FRAME_RATE_HZ)  # what the last release takes
    assert 0 <= tail < FRAME_RATE_HZ
    assert last.status.late == last.status.bad == 0
    gaps = {(b.t_ms - a.t_ms) % 65536 for a, b in pairwise(frames)}
    assert gaps <= {19, 20, 21}


def test_the_device_is_fed_a_little_ahead_and_never_far(rig: Make, score: Score) -> None:
    made = rig(score, wrap=Tap)
    list(made.session.play())
    points = [(at, f) for at, f in made.session._link.frames() if f.type == SETPOINTS]
    ahead = [f.t_ms - int(at * 1000) for at, f in points]
    assert PRIME_MS - 15 <= ahead[0] <= PRIME_MS + 15
    assert max(ahead) <= LOOKAHEAD_MS + 15 < 500
    assert min(ahead) > 0


def test_one_heartbeat_goes_out_for_each_status(rig: Make, score: Score) -> None:
    made = rig(score, wrap=Tap)
    list(made.session.play())
    beats = [(at, f) for at, f in made.session._link.frames() if f.type == HEARTBEAT]
    assert len({f.payload for _, f in beats}) == len(beats)
    assert max(b - a for (a, _), (b, _) in pairwise(beats)) < 0.45
    assert beats[-1][0] > score.duration - 0.45


def test_the_same_seed_gives_the_same_bytes(rig: Make, score: Score) -> None:
    runs = []
    for seed in (3, 3, 5):
        made = rig(score, seed=seed, wrap=Tap)
        list(made.session.play())
        runs.append(made.session._link.writes)
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]  # another epoch


def test_the_short_way_plays_the_same(rig: Make, score: Score) -> None:
    first, second = rig(score), rig(score)
    whole = list(first.session.play())
    assert list(play(score, second.layout, second.link, second.clock)) == whole


# -- controls -----------------------------------------------------------------------------------------


def test_a_pause_fades_out_and_a_resume_plays_the_rest(rig: Make, score: Score) -> None:
    made = rig(score)
    session, updates, paused_at = made.session, [], None
    for update in session.play():
        updates.append(update)
        if paused_at is None and update.elapsed >= 3.0:
            session.pause()
            paused_at = made.clock.now()
        elif paused_at is not None and session.feed.paused and made.clock.now() > paused_at + 5.0:
            assert made.cushion.output_sum == 0
            assert made.cushion.state is DeviceState.PLAYING
            session.resume()
    paused = [u for u in updates if u.phase is Phase.PAUSED]
    assert len(paused) > 15
    assert max(u.elapsed for u in paused) - 3.0 < 0.5
    assert not any(paused[-1].drives)
    assert updates[-1].phase is Phase.DONE
    assert updates[-1].elapsed == score.duration
    assert made.clock.now() > score.duration + 5.0
    assert (session.trips, session.shifts) == (0, 0)


def test_softer_and_louder_stay_within_the_limit(rig: Make) -> None:
    made = rig(limit=0.6)
    session = made.session
    updates = play_with(
        session,
        {
            1.0: session.softer,
            2.0: session.softer,
            3.0: session.louder,
            4.0: session.louder,
            5.0: session.louder,
        },
    )
    seen = [u.intensity for u in updates]
    assert [round(min(seen), 3), max(seen), seen[0], seen[-1]] == [0.4, 0.6, 0.6, 0.6]
    assert session.trips == 0


def test_softer_is_felt(rig: Make, score: Score) -> None:
    loud, soft = rig(score), rig(score, limit=0.5)
    list(loud.session.play())
    list(soft.session.play())
    strong, weak = ({z.zone: z.peak for z in made.watch.summary.zones()} for made in (loud, soft))
    assert max(weak.values()) < max(strong.values())


def test_skip_to_closing_goes_there_once(rig: Make, score: Score) -> None:
    made = rig(score)
    session = made.session
    updates = play_with(session, {2.0: session.skip_to_closing, 8.0: session.skip_to_closing})
    assert updates[-1].phase is Phase.DONE
    assert not [u for u in updates if 3.0 < u.elapsed < score.closing_start]
    assert made.clock.now() < score.duration - 2.0
    assert session.trips == 0


def test_a_stop_ends_it_softly_and_says_why(rig: Make) -> None:
    made = rig()
    session = made.session
    updates = play_with(session, {3.0: lambda: session.stop("a key")})
    session.stop("too late")
    assert updates[-1].phase is Phase.STOPPED
    assert session.stop_reason == "a key"
    assert session.stop_confirmed
    assert made.cushion.state is DeviceState.DISARMED
    assert made.cushion.output_sum == 0


def test_a_control_that_waits_is_handled_soon(rig: Make) -> None:
    """The session yields as soon as `wake` is true, not at its next report."""
    pressed: list[bool] = []
    made = rig(wake=lambda: bool(pressed))
    updates = made.session.play()
    for _ in range(10):
        next(updates)
    pressed.append(True)
    before = made.clock.now()
    next(updates)
    assert made.clock.now() - before <= 0.11
    pressed.clear()
    assert list(updates)[-1].phase is Phase.DONE


@pytest.mark.parametrize("after", [1, 5, 20])
def test_leaving_early_stops_the_device(rig: Make, after: int) -> None:
    made = rig()
    updates = made.session.play()
    for _ in range(after):
        next(updates)
    assert made.cushion.state in (DeviceState.ARMED, DeviceState.PLAYING)
    updates.close()
    assert made.session.stop_confirmed
    assert made.cushion.state is DeviceState.DISARMED
    assert made.cushion.output_sum == 0


def test_an_error_of_the_caller_stops_the_device(rig: Make) -> None:
    made = rig()
    updates = made.session.play()
    next(updates)
    with pytest.raises(ZeroDivisionError):
        updates.throw(ZeroDivisionError())
    assert made.session.stop_confirmed
    assert made.cushion.state is DeviceState.DISARMED


# -- the device has its own mind ----------------------------------------------------------------------


def test_a_trip_of_the_device_surfaces_with_its_reason(rig: Make) -> None:
    made = rig()
    button = lambda: made.cushion.press_button(int(made.clock.now() * 1000))  # noqa: E731
    with pytest.raises(InterlockTrip, match="the device tripped: button"):
        play_with(made.session, {3.0: button})
    assert made.session.trips == 1
    assert made.cushion.state is DeviceState.TRIPPED
    assert made.session.stop_confirmed


@pytest.mark.parametrize(("what", "word"), [("line_break", "line break"), ("line_dropped", "line dropped")])
def test_a_stop_on_the_device_ends_the_session(rig: Make, what: str, word: str) -> None:
    made = rig()
    updates = play_with(
        made.session, {3.0: lambda: getattr(made.cushion, what)(int(made.clock.now() * 1000))}
    )
    assert updates[-1].phase is Phase.STOPPED
    assert made.session.stop_reason == f"stopped by the device: {word}"


def test_a_device_latched_by_a_lost_host_is_taken_up_again(rig: Make, score: Score) -> None:
    made = rig(score)
    made.session._dialogue.stop = lambda: False  # the host dies: it cannot stop anything
    updates = made.session.play()
    for _ in range(15):
        next(updates)
    updates.close()
    made.pass_time(0.3)
    made.pass_time(3.0)
    assert (made.cushion.state, made.cushion.reason) == (DeviceState.TRIPPED, Reason.LINK_LOST)
    again = made.another_session(score)
    assert list(again.play())[-1].phase is Phase.DONE
    assert again.trips == 0


def test_a_device_latched_by_anything_else_needs_a_person(rig: Make) -> None:
    made = rig()
    made.cushion.press_button(0)
    with pytest.raises(InterlockTrip, match="latched after a trip: button") as caught:
        list(made.session.play())
    assert "knead stop --reset" in (caught.value.hint or "")
    assert made.session.trips == 1
    assert made.cushion.state is DeviceState.TRIPPED


def test_a_device_with_other_limits_is_not_armed(rig: Make, score: Score) -> None:
    made = rig(score)
    other = rig(score, description=load_device("seat-pad-8"))
    session = Session(score, other.layout, made.link, made.clock)
    with pytest.raises(LimitsMismatch):
        list(session.play())
    assert made.cushion.state is DeviceState.DISARMED


# -- the line -----------------------------------------------------------------------------------------


def test_a_line_that_is_pulled_out_is_a_lost_link_and_the_device_comes_to_rest(rig: Make) -> None:
    made = rig(faults=("unplug@4s",))
    with pytest.raises(LinkLost, match="unplugged"):
        list(made.session.play())
    assert not made.session.stop_confirmed
    made.cushion.advance(int(made.clock.now() * 1000) + 2000)
    assert made.cushion.output_sum == 0
    assert made.cushion.state is DeviceState.TRIPPED


def test_a_line_dead_from_the_start_is_a_timeout(rig: Make) -> None:
    made = rig(faults=("drop=100%",))
    with pytest.raises(LinkTimeout, match="does not answer"):
        list(made.session.play())
    assert not made.session.stop_confirmed


def test_a_device_that_restarts_is_a_lost_link(rig: Make) -> None:
    made = rig(faults=("reset@4s",))
    with pytest.raises(LinkLost):
        list(made.session.play())
    assert made.cushion.output_sum == 0
    assert made.cushion.state is DeviceState.DISARMED


def test_a_silent_device_is_given_up_within_a_second(rig: Make) -> None:
    made = rig(wrap=Tap)
    link = made.session._link
    with pytest.raises(LinkLost, match="silent"):
        play_with(made.session, {3.0: lambda: setattr(link.link, "read", lambda: b"")})
    assert not made.session.stop_confirmed


@pytest.mark.parametrize("stall", ["stall@4s+0.2s", "stall@4s+0.5s"])
def test_a_short_stall_of_the_line_is_survived(rig: Make, stall: str) -> None:
    made = rig(faults=(stall,))
    assert list(made.session.play())[-1].phase is Phase.DONE
    assert made.watch.trips == 0


def test_a_long_stall_of_the_line_ends_at_rest(rig: Make) -> None:
    made = rig(faults=("stall@4s+3s",))
    with pytest.raises((LinkLost, InterlockTrip)):
        list(made.session.play())
    made.pass_time(4.0)
    assert made.cushion.output_sum == 0


@pytest.mark.parametrize("pause", [0.3, 0.6])
def test_a_host_that_stalls_moves_the_session_back(rig: Make, pause: float) -> None:
    made = rig()
    stall = lambda: made.clock.sleep(pause)  # noqa: E731
    updates = play_with(made.session, {3.0: stall})
    assert updates[-1].phase is Phase.DONE
    assert made.session.shifts >= 1
    assert made.watch.trips == 0
    elapsed = [u.elapsed for u in updates]
    assert elapsed == sorted(elapsed)
    assert made.clock.now() > 10.0 + pause - 0.3


@pytest.mark.parametrize("faults", [("drop=1%",), ("flip=0.2%",), ("duplicate=10%",), ("delay=10%",)])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_bad_line_ends_well_or_is_told_but_never_breaks_a_limit(
    rig: Make, faults: tuple[str, ...], seed: int
) -> None:
    made = rig(faults=faults, seed=seed)
    with suppress(LinkLost, LinkTimeout, InterlockTrip):
        assert list(made.session.play())[-1].phase in (Phase.DONE, Phase.STOPPED)
    made.cushion.advance(int(made.clock.now() * 1000) + 3000)
    assert made.cushion.output_sum == 0
    assert made.clock.now() < 30.0


def test_no_more_waits_on_the_line_than_may_be_in_flight(rig: Make, scored: Callable[..., Score]) -> None:
    """A queue that empties at the baud rate, on the device with the longest frames."""
    mat = load_device("mat-64")
    made = rig(scored(level=1.0), description=mat, wrap=Tap)
    list(made.session.play())
    begun = next(at for at, f in made.session._link.frames() if f.type == SETPOINTS)
    waiting, most, last = 0.0, 0.0, begun
    for at, data in made.session._link.writes:
        if at < begun + 0.1 or data.startswith(bytes(4)):
            continue  # requests are stop-and-wait, and a virtual device answers in no time
        waiting = max(0.0, waiting - (at - last) * 11520) + len(data)
        most, last = max(most, waiting), at
    assert most <= 128 + 1e-6


def test_nothing_is_left_unsent_when_the_line_is_narrow(rig: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last frame, which is silent, goes out even if it has to wait for room."""
    from firmware_bridge import connection

    monkeypatch.setattr(connection, "IN_FLIGHT_MAX", 40)
    made = rig(wrap=Tap)
    assert list(made.session.play())[-1].phase is Phase.DONE
    points = [f for _, f in made.session._link.frames() if f.type == SETPOINTS]
    assert len(points) >= round(made.session.score.duration * FRAME_RATE_HZ)
    assert points[-1].payload == b"\0\0"
    assert made.session.shifts == 0


def test_a_host_that_stalls_too_long_finds_the_device_switched_off(rig: Make) -> None:
    made = rig()
    with pytest.raises(LinkLost, match="the device lost the link"):
        play_with(made.session, {3.0: lambda: made.clock.sleep(2.0)})
    assert made.session.trips == 0
    assert made.cushion.state is DeviceState.TRIPPED
    assert made.cushion.output_sum == 0


def test_what_was_commanded_is_recorded_frame_by_frame(rig: Make, score: Score) -> None:
    stream = io.StringIO()
    made = rig(score, wrap=Tap)
    recorder = Recorder(stream)
    recorder.header(made.layout, "short", "host", "reference-cushion")
    session = Session(score, made.layout, Tap(made.link), made.clock, recorder=recorder)
    list(session.play())
    sent = [f for _, f in session._link.frames() if f.type == SETPOINTS]  # type: ignore[attr-defined]
    lines = stream.getvalue().splitlines()[1:]
    assert len(lines) == len(sent)
    assert '"t":0.02,' in lines[0]
    assert f'"t":{len(sent) / FRAME_RATE_HZ!r},' in lines[-1]
