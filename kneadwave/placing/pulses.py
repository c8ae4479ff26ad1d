"""A device whose motors are placed, open for short soft pulses: through the interlock, behind its guard.

Between two pulses nothing is armed. Each pulse is a session of its own: silence for as long as a motor has to
rest, the pulse, and a stop. Somebody may think for as long as they like in between: a guard that is lost
meanwhile is started anew before the next pulse.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import numpy as np

from firmware_bridge.clock import Clock, never
from firmware_bridge.errors import LinkError
from firmware_bridge.limits import (
    DRIVE_MAX,
    PLACING_DRIVE_MAX,
    PLACING_PULSE_MAX_S,
    PLACING_REST_S,
    PLACING_TOTAL_S,
)
from firmware_bridge.play.ending import EndReason
from firmware_bridge.play.placing_device import PlacingDevice
from firmware_bridge.play.session import Session
from kneadwave.errors import StoppedOutside
from kneadwave.placing.confirm import NobodyOnIt
from kneadwave.sessions.prepare import leaving_stops
from kneadwave.sessions.record import now
from kneadwave.sessions.registry import CHECK_EVERY_S, Registration
from profiles.body import body_map
from profiles.curve import IntensityCurve
from profiles.score import Score, ScoreStep
from profiles.waveform import FRAME_RATE_HZ, Waveform

if TYPE_CHECKING:
    from kneadwave.guards.launch import GuardLink

REST_FRAMES: Final = round(PLACING_REST_S * FRAME_RATE_HZ) + 5
"""Silence before a pulse, with a little more than has to be."""
WANTED_FRAMES: Final = 16
"""Frames at the level: with the way up, within them, and the way down 0.38 s, well below the limit."""
TAIL_FRAMES: Final = 10
SLACK_S: Final = 5.0
"""Seconds that a pulse's session may take longer than planned."""


class PulseDevice:
    """An open device; `stop_asked` tells whether somebody elsewhere wants it to stop.

    Where a pulse may last `lag_s` longer at the device, it is as much shorter here.
    """

    def __init__(
        self,
        device: PlacingDevice,
        clock: Clock,
        stop_asked: Callable[[], bool] = never,
        lag_s: float = 0.0,
    ) -> None:
        self._lag_s = lag_s
        self._device = device
        self._clock = clock
        self.stop_asked = stop_asked
        self.at_rest = True
        """Whether it confirmed that nothing moves, after the last pulse."""

    @property
    def may_pulse(self) -> bool:
        """Whether there may be one more pulse."""
        return self._device.spent_s + PLACING_PULSE_MAX_S <= PLACING_TOTAL_S

    @property
    def spent_s(self) -> float:
        """Seconds of pulses that it has had, those of earlier runs included."""
        return self._device.spent_s

    def pulse(self, channel: int, leave: Callable[[], bool] = never) -> None:
        """Let one channel move, after the rest that it owes; returns once it is at rest again.

        Whoever sits there ends it by `leave`. Raises StoppedOutside where another process asked for a stop,
        InterlockTrip (for one pulse too many, too), DeviceRefused and link errors.
        """
        layout = self._device.turn(channel)
        sampler = SinglePulse(channel, len(layout.actuators), self._lag_s)
        session = Session(
            _score(sampler.seconds),
            layout,
            self._device,
            self._clock,
            wake=lambda: self.stop_asked() or leave(),
            allowed_s=sampler.seconds + SLACK_S,
            renderer=sampler,
        )
        self.at_rest = False
        updates = session.play()
        with leaving_stops(updates):
            for _ in updates:
                if self.stop_asked():
                    session.stop(EndReason.BY_REQUEST)
                elif leave():
                    session.stop(EndReason.BY_KEY)
        self.at_rest = session.stop_confirmed
        if session.stopped is not None and session.stopped.reason is not EndReason.BY_KEY:
            raise StoppedOutside(session.stopped)


class LastingDevice:
    """Pulses of one device for as long as somebody takes; what `open_link` opens is its guard.

    A guard that was lost between two pulses is started anew by the next one. `spent_s` are the seconds of
    pulses that the device had in runs before.
    """

    def __init__(
        self, open_link: "Callable[[], GuardLink]", channels: int, spent_s: float, clock: Clock, lag_s: float
    ) -> None:
        self.stop_asked: Callable[[], bool] = never
        """Whether somebody elsewhere wants it to stop."""
        self._open_link = open_link
        self._about = channels, clock, lag_s
        self._link = open_link()
        self._lost = False
        self._device = self._opened(spent_s)

    def _opened(self, spent_s: float) -> PulseDevice:
        channels, clock, lag_s = self._about
        device = PlacingDevice(self._link, clock, channels, spent_s)
        return PulseDevice(device, clock, lambda: self.stop_asked(), lag_s)

    @property
    def may_pulse(self) -> bool:
        """Whether there may be one more pulse."""
        return self._device.may_pulse

    @property
    def at_rest(self) -> bool:
        """Whether nothing moves: the device confirmed it, or was told so after its guard was lost."""
        return self._link.off if self._lost else self._device.at_rest

    def pulse(self, channel: int, leave: Callable[[], bool] = never) -> None:
        """As PulseDevice has it; after a link error `at_rest` tells whether everything is off.

        What is lost before anything moved is tried once more.
        """
        try:
            if self._lost or not self._heard():
                self._begin_anew()
            spent_s = self._device.spent_s
            try:
                self._device.pulse(channel, leave)
            except LinkError:
                if self._device.spent_s > spent_s:
                    raise
                self._begin_anew()
                self._device.pulse(channel, leave)
        except LinkError:
            self._give_up()
            raise

    def close(self) -> None:
        """Give the device up: everything is off when this returns, or was told to be."""
        self._link.close()

    def _begin_anew(self) -> None:
        self._give_up()
        self._link = self._open_link()
        self._lost, self._device = False, self._opened(self._device.spent_s)

    def _give_up(self) -> None:
        self._lost = True
        self._link.close()

    def _heard(self) -> bool:
        """Whether the guard is there; what it said meanwhile is no news."""
        try:
            while self._link.read():
                pass
        except LinkError:
            return False
        return True


class SinglePulse:
    """A Sampler: one channel at the most that placing allows, after its rest; the limiter makes it soft."""

    def __init__(self, channel: int, channels: int, lag_s: float = 0.0) -> None:
        self._channel, self._channels = channel, channels
        self._wanted = WANTED_FRAMES - round(lag_s * FRAME_RATE_HZ)
        self.seconds = (REST_FRAMES + WANTED_FRAMES + TAIL_FRAMES) / FRAME_RATE_HZ

    def render(self, start_frame: int, n_frames: int) -> Waveform:
        """Return the frames; silence but for the pulse."""
        level = np.zeros((n_frames, self._channels))
        frame = start_frame + np.arange(n_frames)
        on = (frame >= REST_FRAMES) & (frame < REST_FRAMES + self._wanted)
        level[on, self._channel] = PLACING_DRIVE_MAX / DRIVE_MAX
        return Waveform(start_frame, level, np.zeros_like(level), np.zeros(n_frames, dtype=np.int_))


def _score(seconds: float) -> Score:
    """A score without a contact: what stands for a pulse where a session wants one."""
    return Score(
        name="placing",
        duration=seconds,
        steps=(ScoreStep(0, "pulse", "placing", 0.0, seconds),),
        cues=(),
        body=body_map(),
        envelope=IntensityCurve.preset("hold"),
        fade_in=0.0,
        fade_out=0.0,
    )


@contextmanager
def opened_for_pulses(
    url: str, port: str, channels: int, spent_s: float, confirmed: NobodyOnIt, clock: Clock
) -> Iterator[LastingDevice]:
    """The device of `url` behind a guard that lets pulses through alone.

    `port` is how other processes know it; `spent_s` are the seconds of pulses that it had in runs before.
    NotCleared unless nobody is on it; raises what opening it raises.
    """
    confirmed.check(now())
    from kneadwave.guards.dialects import guarded
    from kneadwave.guards.launch import GuardLink

    def open_link() -> GuardLink:
        return GuardLink(url, "", clock, placing=channels)

    device = LastingDevice(open_link, channels, spent_s, clock, guarded(url).lag_s)
    try:
        with Registration((port,), "placing") as registration:
            device.stop_asked = _Stops(registration, clock)
            try:
                yield device
            finally:
                registration.confirmed = device.at_rest
    finally:
        device.close()


class _Stops:
    """Whether another process asked for a stop; looks every CHECK_EVERY_S."""

    def __init__(self, registration: Registration, clock: Clock) -> None:
        self._registration, self._clock = registration, clock
        self._next = 0.0

    def __call__(self) -> bool:
        if not self._registration.stop_asked and self._clock.now() >= self._next:
            self._next = self._clock.now() + CHECK_EVERY_S
            return self._registration.requested()
        return self._registration.stop_asked
