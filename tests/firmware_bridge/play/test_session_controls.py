"""What the player is told on the way: pause, softer, skip, stop, and where it hurts."""

from collections.abc import Callable
from typing import Any

import pytest
from players import Make, Tap, guided_score, play_with

from firmware_bridge.clock import Files, never
from firmware_bridge.devices.response import Response
from firmware_bridge.play.ending import EndReason, SessionEnd
from firmware_bridge.play.feed import EASED
from firmware_bridge.play.session import Phase
from firmware_bridge.wire.messages import DeviceState
from profiles.score import Score
from simulator.clock import VirtualClock


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


def test_what_changes_nothing_says_so(rig: Make) -> None:
    session = rig(limit=0.4).session
    wishes = (session.louder, session.softer, session.softer, session.softer, session.louder)
    assert [wish() for wish in wishes] == [False, True, True, False, True]
    assert [session.skip_to_closing(), session.skip_to_closing()] == [True, False]


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
    updates = play_with(session, {3.0: lambda: session.stop(EndReason.BY_KEY)})
    session.stop(EndReason.TIME_OVER)
    assert updates[-1].phase is Phase.STOPPED
    assert session.stopped == SessionEnd(EndReason.BY_KEY)
    assert session.stop_reason == "stopped by a key"
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


BACK = {"sacrum", "lumbar", "flank", "upper-back"}
"""Where the strokes of the short score go."""


def test_the_zone_that_works_is_eased_for_the_rest_of_the_session(rig: Make, score: Score) -> None:
    made = rig(score)
    session, eased = made.session, []
    updates = play_with(session, {3.0: lambda: eased.append(session.ease())})
    assert eased[0] in BACK
    layout = made.layout
    mine = [a.index for a in layout.actuators if a.zone.startswith(eased[0])]
    most = EASED * Response.felt_for(layout.ceilings, layout.starts, layout.exponents)
    bounds = Response.drive_for(most, layout.starts, layout.exponents)
    assert all(u.drives[i] <= bounds[i] for u in updates if u.elapsed > 3.6 for i in mine)
    assert session.trips == 0
    assert updates[-1].phase is Phase.DONE


def test_in_a_pause_the_zone_that_worked_last_is_meant(rig: Make, score: Score) -> None:
    made = rig(score)
    session, seen = made.session, []
    for update in session.play():
        if update.elapsed >= 3.0 and not seen:
            session.pause()
            seen.append(None)
        elif session.paused and session.feed.at_rest:
            seen.append(session.ease())
            session.resume()
    assert seen[1] in BACK


def test_before_anything_moved_there_is_nothing_to_ease(rig: Make, score: Score) -> None:
    made = rig(score)
    assert made.session.ease() == ""


def test_while_hands_work_there_is_nothing_to_ease(rig: Make) -> None:
    made = rig(guided_score())
    session, eased = made.session, []
    play_with(session, {4.5: lambda: eased.append(session.ease())})
    assert eased == [""]


def test_a_control_that_waits_before_the_first_frame_waits_for_it(rig: Make, score: Score) -> None:
    seen: list[float] = []
    made = rig(score, wake=lambda: not seen)  # over a clock that stands still while anybody is to wake
    for update in made.session.play():
        seen.append(update.elapsed)
        assert made.clock.now() < 60.0
    assert seen[0] < 0.5
    assert seen[-1] == score.duration


class SeenLink(Tap):
    """Whatever arrives is seen where it waits for files."""

    files = ()


class WatchedClock(VirtualClock):
    """Keeps what it was told to wait for."""

    def __init__(self) -> None:
        super().__init__()
        self.polled: list[bool] = []

    def sleep(self, seconds: float, wake: Callable[[], bool] = never, files: Files = None) -> None:
        self.polled.append(files is None)
        super().sleep(seconds, wake, files)


@pytest.mark.parametrize(
    ("controls", "polled"),
    [({}, False), ({"wake": lambda: False}, True), ({"wake": lambda: False, "wake_files": tuple}, False)],
)
def test_it_polls_only_where_a_control_may_come_unseen(
    rig: Make, scored: Make, controls: dict[str, Any], polled: bool
) -> None:
    clock = WatchedClock()
    made = rig(scored(2.0, 1.5), clock=clock, wrap=SeenLink, **controls)
    updates = made.session.play()
    next(updates)
    clock.polled.clear()
    assert list(updates)[-1].phase is Phase.DONE
    assert polled == any(clock.polled[:50])
