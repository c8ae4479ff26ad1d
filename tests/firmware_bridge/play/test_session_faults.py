"""The player and a device with a mind of its own, on a line that fails."""

import io
from collections.abc import Callable
from contextlib import suppress

import pytest
from players import Make, Tap, play_with

from firmware_bridge.devices.load import load_device
from firmware_bridge.errors import DeviceRemedy, InterlockTrip, LimitsMismatch, LinkLost, LinkTimeout
from firmware_bridge.play.ending import EndReason, SessionEnd
from firmware_bridge.play.session import Phase, Session
from firmware_bridge.recording.writer import Recorder
from firmware_bridge.wire.messages import SETPOINTS, DeviceState, Reason
from profiles.score import Score
from profiles.waveform import FRAME_RATE_HZ
from simulator.watch import Watch

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
    assert made.session.stopped == SessionEnd(EndReason.BY_DEVICE, word)
    assert made.session.stop_reason == f"stopped by the device: {word}"


def test_a_device_latched_by_a_lost_host_is_taken_up_again(rig: Make, score: Score) -> None:
    made = rig(score)
    made.device.stop = lambda: False  # the host dies: it cannot stop anything
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
    assert caught.value.hint is DeviceRemedy.CLEAR_TRIP
    assert made.session.trips == 1
    assert made.cushion.state is DeviceState.TRIPPED


def test_a_device_with_other_limits_is_not_armed(rig: Make, score: Score) -> None:
    made = rig(score)
    other = rig(score, description=load_device("seat-pad-8"))
    session = made.another_session(score, layout=other.layout)
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
    link = made.wire
    with pytest.raises(LinkLost, match="silent") as told:
        play_with(made.session, {3.0: lambda: setattr(link.link, "read", lambda: b"")})
    assert told.value.hint == "check cable and power"
    assert not made.session.stop_confirmed


def test_where_the_link_faltered_before_a_busy_computer_is_named(rig: Make) -> None:
    made = rig(wrap=Tap, faults=("stall@4s+0.5s",))
    link = made.wire
    with pytest.raises(LinkLost, match="silent") as told:
        play_with(made.session, {8.0: lambda: setattr(link.link, "read", lambda: b"")})
    assert made.session.losses.count == 1
    assert str(told.value.hint).startswith("close other programs if this computer is busy")


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
    begun = next(at for at, f in made.wire.frames() if f.type == SETPOINTS)
    waiting, most, last = 0.0, 0.0, begun
    for at, data in made.wire.writes:
        if at < begun + 0.1 or data.startswith(bytes(4)):
            continue  # requests are stop-and-wait, and a virtual device answers in no time
        waiting = max(0.0, waiting - (at - last) * 11520) + len(data)
        most, last = max(most, waiting), at
    assert most <= 128 + 1e-6


def test_nothing_is_left_unsent_when_the_line_is_narrow(rig: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last frame, which is silent, goes out even if it has to wait for room."""
    from firmware_bridge.play import connection

    monkeypatch.setattr(connection, "IN_FLIGHT_MAX", 40)
    made = rig(wrap=Tap)
    assert list(made.session.play())[-1].phase is Phase.DONE
    points = [f for _, f in made.wire.frames() if f.type == SETPOINTS]
    assert len(points) >= round(made.session.score.duration * FRAME_RATE_HZ)
    assert points[-1].payload == b"\0\0"
    assert made.session.shifts == 0


def test_a_host_that_stalls_too_long_finds_the_device_switched_off(rig: Make) -> None:
    made = rig()
    with pytest.raises(LinkLost, match="this computer did not run"):
        play_with(made.session, {3.0: lambda: made.clock.sleep(2.0)})
    assert made.session.trips == 0
    assert made.cushion.state is DeviceState.TRIPPED
    assert made.cushion.output_sum == 0


def test_what_was_commanded_is_recorded_frame_by_frame(rig: Make, score: Score) -> None:
    stream = io.StringIO()
    made = rig(score, wrap=Tap)
    recorder = Recorder(stream)
    recorder.header(made.layout, "short", "host", "reference-cushion")
    session = Session(score, made.layout, made.device, made.clock, recorder=recorder)
    list(session.play())
    sent = [f for _, f in made.wire.frames() if f.type == SETPOINTS]
    lines = stream.getvalue().splitlines()[1:]
    assert len(lines) == len(sent)
    assert '"t":0.02,' in lines[0]
    assert f'"t":{len(sent) / FRAME_RATE_HZ!r},' in lines[-1]


@pytest.mark.parametrize(
    "stalls", [(), ("stall@4s+0.4s",), ("stall@2s+0.5s", "stall@4s+0.3s", "stall@6s+0.1s")]
)
def test_losses_that_it_went_on_after_are_counted_as_the_device_does(
    rig: Make, monkeypatch: pytest.MonkeyPatch, stalls: tuple[str, ...]
) -> None:
    lost: list[int] = []
    event = Watch.event

    def noted(self: Watch, at_ms: int, name: str, **fields: object) -> None:
        lost.extend([at_ms] if name == "link" else [])
        event(self, at_ms, name, **fields)

    monkeypatch.setattr(Watch, "event", noted)
    made = rig(faults=stalls)
    assert list(made.session.play())[-1].phase is Phase.DONE
    assert made.session.losses.count == len(lost) == sum("0.1s" not in each for each in stalls)
