"""A computer that stands still costs a pause at most, or a clean stop that says so; wherever it happens."""

from itertools import product

import numpy as np
import pytest
from depth import thinned
from eye import DWELL_MS, Eye, longest_work
from players import Make, Tap, play_with

from firmware_bridge.clock import never
from firmware_bridge.errors import LinkError, LinkLost
from firmware_bridge.limits import DWELL_LIMIT_FRAMES, FRAME_S
from firmware_bridge.play.connection import Connection
from firmware_bridge.play.session import Session
from firmware_bridge.play.updates import Phase
from firmware_bridge.wire.messages import DeviceState
from profiles.waveform import Waveform
from simulator.clock import VirtualClock

MOMENTS = range(1, 560, 6)
"""Looks at the clock, from the first to the last of a session of 3.5 s, at which it stands still."""


class StallingClock(VirtualClock):
    """Stands still for `seconds` at the look at it, or the sleep, of that number."""

    def __init__(self, number, seconds):
        super().__init__()
        self._left, self._seconds = number, seconds

    def now(self):
        self._stall()
        return super().now()

    def sleep(self, seconds, wake=never, files=None):
        self._stall()
        super().sleep(seconds, wake, files)

    def _stall(self):
        self._left -= 1
        if self._left == 0:
            super().sleep(self._seconds)


@pytest.mark.parametrize(("number", "seconds"), thinned(product(MOMENTS, [0.05, 0.3, 0.8])))
def test_most_of_a_second_anywhere_costs_no_session(rig: Make, scored: Make, number, seconds):
    made = rig(scored(2.0, 1.5), clock=StallingClock(number, seconds))
    assert list(made.session.play())[-1].phase is Phase.DONE
    assert made.session.trips == 0
    assert made.cushion.state is DeviceState.DISARMED


PLAYING_FROM = 160
"""A look at the clock at which what lies ahead has been sent: before it nothing moves yet."""


@pytest.mark.parametrize("number", thinned(range(PLAYING_FROM, 900, 7)))
def test_a_fifth_of_a_second_anywhere_is_not_noticed(rig: Make, scored: Make, number):
    """What is ahead of the device lasts that long, and so does what it was last told, whatever the phase."""
    made = rig(scored(2.0, 1.5), clock=StallingClock(number, 0.2))
    assert list(made.session.play())[-1].phase is Phase.DONE
    assert (made.session.losses.count, made.session.shifts, made.session.device.status.late) == (0, 0, 0)


@pytest.mark.parametrize(("number", "seconds"), thinned(product(MOMENTS, [1.2, 5.0])))
def test_more_is_a_clean_stop_that_says_so(rig: Make, scored: Make, number, seconds):
    made = rig(scored(2.0, 1.5), clock=StallingClock(number, seconds))
    errors = []
    try:
        list(made.session.play())
    except LinkError as error:
        errors.append(str(error))
    began = made.session.feed.position > 0
    assert all("this computer did not run for" in error for error in errors if began)
    assert made.session.trips == 0
    made.clock.sleep(2.0)
    made.cushion.play_out(round(made.clock.now() * 1000))
    assert made.cushion.output_sum == 0


def test_an_answer_that_took_no_time_is_the_shortest_way_there_is():
    """An answer that a stall held up set the device's clock ahead, by which it was told too far ahead."""
    connection = Connection()
    connection.note_round_trip(0.0)
    connection.note_round_trip(0.8)
    assert connection.device_time(1.0) == 1000.0


def go_deaf(link):
    """From now on the device hears nothing of what is written; what it says arrives."""
    link.link.write = lambda _: None


@pytest.mark.parametrize("apart", [0.0, 2.0])
def test_a_lost_link_is_blamed_on_a_stall_only_when_it_follows_at_once(rig: Make, apart):
    made = rig(wrap=Tap)
    stall, deaf = lambda: made.clock.sleep(0.4), lambda: go_deaf(made.wire)
    controls = {2.0: stall, 2.0 + apart: deaf} if apart else {2.0: lambda: (stall(), deaf())}
    with pytest.raises(LinkLost) as caught:
        play_with(made.session, controls)
    blamed = "this computer did not run for 0.4 s" in str(caught.value)
    assert blamed is (apart == 0.0)
    assert blamed or "the device lost the link" in str(caught.value)


def slow_follower(made, seconds):
    for number, _ in enumerate(made.session.play()):
        if number == 5:
            made.clock.sleep(seconds)


def test_who_follows_the_session_may_take_a_while(rig: Make):
    made = rig()
    slow_follower(made, 0.4)
    assert made.session.stopped is None


def test_who_follows_the_session_for_too_long_ends_it(rig: Make):
    with pytest.raises(LinkLost, match=r"this computer did not run for 3\.[01] s"):
        slow_follower(rig(), 3.0)


class AgainAndAgain(VirtualClock):
    """Stands still for 0.45 s in each second and a half."""

    def now(self):
        if self._now % 1.5 >= 1.05:
            self._now += 1.5 - self._now % 1.5
        return self._now


class OnePoint:
    """Works the actuator `index` of `width`, and never lets it rest."""

    substitutions = ()

    def __init__(self, index, width):
        self._index, self._width = index, width

    def render(self, start, count):
        level = np.zeros((count, self._width))
        level[:, self._index] = 0.3
        return Waveform(start, level, np.full_like(level, 30.0), np.zeros(count, dtype=int))


def test_a_span_that_stalls_stretch_is_ended_by_the_device(rig: Make, scored: Make):
    """Limiter and interlock count frames, so they let it go on; docs/safety.md says so."""
    made = rig(clock=AgainAndAgain())
    index = made.layout.allowed[0].index
    made.session = Session(
        scored(20.0, 5.0),
        made.layout,
        made.device,
        made.clock,
        renderer=OnePoint(index, len(made.layout.actuators)),
    )
    made.cushion.machine.output = eye = Eye()
    assert list(made.session.play())[-1].phase is Phase.DONE
    made.link.close()
    work = longest_work(np.vstack(eye.drive_parts)[:, index] > 0)
    assert DWELL_LIMIT_FRAMES * FRAME_S * 1000 < work <= DWELL_MS
    assert eye.named("dwell")
