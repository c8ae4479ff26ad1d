"""Plays a score on a device: keeps the device fed a little ahead of time, listens, and can always stop.

One thread, one loop, and time is an argument: over a virtual clock twenty minutes take a second or two.
"""

from collections.abc import Callable, Iterator

from firmware_bridge.clock import Clock, Files, by_time_alone, never, together, unseen
from firmware_bridge.devices.layout import Layout, actuators_of, strongest_zone
from firmware_bridge.devices.person import limited
from firmware_bridge.errors import DeviceRefused, InterlockTrip
from firmware_bridge.limits import SESSION_MAX_S, frames
from firmware_bridge.play.burst import FRAME_MS, send_due
from firmware_bridge.play.device import OpenedDevice
from firmware_bridge.play.ending import EndReason, SessionEnd
from firmware_bridge.play.feed import INTENSITY_STEP, Feed, QueuedFrame
from firmware_bridge.play.health import doubt
from firmware_bridge.play.line_watch import LINK_LOST_S, LineWatch
from firmware_bridge.play.time_limit import NOTABLE_S, Allotment
from firmware_bridge.play.updates import Listener, Phase, Update
from firmware_bridge.safety.joined_limiter import limiter_for
from firmware_bridge.safety.limiter import Shaper
from firmware_bridge.wire.messages import DeviceState, Reason, Status
from firmware_bridge.wire.reasons import reason_text
from profiles.score import Score
from profiles.waveform import FRAME_RATE_HZ, Renderer, Sampler

__all__ = ["Phase", "Session", "Update"]

PRIME_MS = 150
TOP_UP_S = 0.04
"""How often the loop tops up the device, seconds: a stall of 200 ms after any of them is not noticed."""
SPARE_S = 1.0
"""So much sooner than the device the host ends a session whose time is over, seconds; project's choice."""
REPORT_S = 0.25
LONGEST_FRAMES = frames(SESSION_MAX_S - 0.3)
"""Frames of the longest score: the last drives come to rest within the 20 minutes of rule 84."""


class Session:
    """One massage on one device that somebody has opened.

    `limit` (0 to 1) scales every level, bounds live intensity, and lowers every ceiling; `most` (0 to 1) is
    the most that may be felt anywhere, and scales nothing. `wake` turns true when a control waits to be
    handled between two updates, `wake_files` tells of it. `recorder` hears of what was commanded. `allowed_s`
    is the longest that it may take from when it is armed, pauses included; 20 minutes at most (rule 84).
    `renderer` says what is felt; without one, the score, by `written` where that samples it at the places of
    the layout. `shaper` is the limiter's, the definition's unless one is given.
    `armed` is called when the device is armed and nothing moves yet; what it raises stops the device.
    """

    def __init__(
        self,
        score: Score,
        layout: Layout,
        device: OpenedDevice,
        clock: Clock,
        *,
        limit: float = 1.0,
        most: float = 1.0,
        wake: Callable[[], bool] = never,
        wake_files: Callable[[], Files] | None = None,
        recorder: Listener | None = None,
        allowed_s: float | None = None,
        renderer: Sampler | None = None,
        written: Renderer | None = None,
        shaper: Shaper | None = None,
        armed: Callable[[], object] = never,
        top_up_s: float = TOP_UP_S,
    ) -> None:
        self.score, self.device = score, device
        self.layout = layout = limited(layout, min(limit, most))
        self.trips = self.shifts = 0
        """How often the session had to be moved back because this program or the line stalled."""
        length = min(round(score.duration * FRAME_RATE_HZ), LONGEST_FRAMES)
        if written is None or not written.renders(score, layout.places()):
            written = Renderer(score, layout.places())
        self._written = written if renderer is None else None
        self._from = 0.0  # where in the score it begins
        width = len(layout.actuators)
        self.feed = Feed(renderer or written, limiter_for(layout, shaper), length, width, limit)
        self._clock, self.most, self._top_up_s = clock, most, top_up_s
        self._wake, self._armed, self._recorder = wake, armed, recorder
        self._wake_files = wake_files or (by_time_alone if wake is never else unseen)
        self.stopped: SessionEnd | None = None
        """Why the session was stopped before its end; None when it was not."""
        self.stop_confirmed = False
        """Whether the device confirmed, at the end, that nothing moves."""
        self.hurried = False
        """Whether it went on to its end early, to end within the time allowed."""
        most_s = SESSION_MAX_S - SPARE_S
        self._allowed_s = most_s if allowed_s is None else min(allowed_s, most_s)
        self.time = Allotment(score, self._allowed_s)  # when it goes to its closing
        self._line = LineWatch(device)
        self.losses = self._line.losses
        self._began = self.took = self._due_ms = 0.0  # took: as of the last update
        self._over_ms: float | None = None  # when the device will have played the score to its end
        self._sent = self._position = 0
        self._waiting: QueuedFrame | None = None
        self._last: QueuedFrame | None = None
        self._moved = b""  # the last drives that were not all zero

    @property
    def paused(self) -> bool:
        """Whether the score stands still."""
        return self.feed.paused

    @property
    def elapsed(self) -> float:
        """How far in the score it is, seconds."""
        return self._position / FRAME_RATE_HZ

    @property
    def stop_reason(self) -> str:
        """`stopped` in the words of a recording; empty when it was not."""
        return "" if self.stopped is None else str(self.stopped)

    @property
    def substitutions(self) -> tuple[str, ...]:
        """Sentences for what the device plays otherwise than the score asks, of steps there is time for."""
        if self._written is None:
            return ()
        return self._written.substitutions_without(self.time.skipped(self._from))

    # -- controls; each takes hold at the next frame ---------------------------------------------------

    def pause(self) -> None:
        """Fade out; the device stays armed, at rest."""
        self.feed.pause()

    def resume(self) -> None:
        """Go on where the pause began."""
        self.feed.resume()

    def louder(self) -> bool:
        """One step more intensity, at most up to the session's limit; whether that changed anything."""
        return self.feed.change_intensity(INTENSITY_STEP)

    def softer(self) -> bool:
        """One step less intensity; whether that changed anything."""
        return self.feed.change_intensity(-INTENSITY_STEP)

    def skip_to_closing(self) -> bool:
        """Go to the closing strokes; False where they have begun."""
        return self.go_to(self.score.closing_start)

    def go_to(self, seconds: float) -> bool:
        """Go on at a later time of the score; False where it is past that."""
        frame = round(seconds * FRAME_RATE_HZ)
        if frame <= self.feed.position:
            return False
        self.feed.jump(frame)
        return True

    def begin_at(self, seconds: float) -> None:
        """Begin at a later time of the score; before it is played."""
        self.go_to(seconds)
        self._position = self.feed.position
        self._from = self.elapsed

    def refresh(self) -> None:
        """Render anew what was not handed out yet: the renderer has changed its mind."""
        self.feed.refresh()

    def ease(self) -> str:
        """Bring the zone that works now down for the rest of the session, both sides of it.

        Gives its name; "" when nothing has worked, or a guided step without the device is under way.
        """
        now = b"" if self._last is None else self._last.setpoints.drives
        by_hand = self.score.step_at(self.elapsed).guide is not None
        zone = strongest_zone(self.layout, now)
        if not zone and not by_hand:
            zone = strongest_zone(self.layout, self._moved)
        if zone:
            self.feed.ease(actuators_of(self.layout, zone))
        return zone

    def stop(self, reason: EndReason = EndReason.STOPPED, detail: str = "") -> None:
        """End the session at the next turn of the loop; the first reason counts."""
        self.stopped = self.stopped or SessionEnd(reason, detail)

    # -- the loop --------------------------------------------------------------------------------------

    def play(self) -> Iterator[Update]:
        """Play to the end, yielding an update about five times a second.

        Whatever ends it (the end, a stop, an error, the caller leaving), the device is stopped first.
        Raises InterlockTrip, LinkLost, LinkTimeout or DeviceRefused.
        """
        try:
            self._open()
            yield from self._loop()
        except InterlockTrip:
            self.trips += 1
            raise
        finally:
            self.stop_confirmed = self.device.stop()
        yield self._update(Phase.STOPPED if self.stopped else Phase.DONE)

    def _open(self) -> None:
        able = self.device.capabilities
        if not able.clock or not 0.0 < able.watchdog_s <= LINK_LOST_S:
            raise DeviceRefused(f"{self.device.name} does not stop by itself when nobody speaks to it")
        self.device.identify()
        self.device.arm(self.layout, self._allowed_s + SPARE_S)
        self._armed()
        self._began = self._clock.now()
        self._line.begin(self._began)
        self._due_ms = self.device.time_ms(self._clock.now()) + PRIME_MS
        # The device draws a line from where it is to the first frame: silence first, so that no work is done
        # before the score begins.
        self._waiting = self.feed.silence()

    def _loop(self) -> Iterator[Update]:
        next_report, step = self._clock.now(), -1
        while self.stopped is None:
            self._listen()
            now = self._clock.now()  # once all was read: what was read before a stall is no news
            self._line.turn(now)
            self._keep_time(now)
            self._pump(now)
            if self._finished(now):
                return
            last = self._last
            if last is not None and (now >= next_report or last.step != step or self._wake()):
                step = last.step
                next_report = now + REPORT_S
                yield self._update(Phase.PAUSED if self.feed.paused else Phase.PLAYING)
            files = together([self._wake_files(), self.device.files])
            self._clock.sleep(self._pause_length(now), self._wake_now, files)

    def _wake_now(self) -> bool:
        # Before the first frame is out there is nothing to tell, and so nothing to wake for.
        asked = self._last is not None and self._wake()
        return self.stopped is not None or asked or self.device.waiting()

    def _listen(self) -> None:
        reports = self.device.read()
        now = self._clock.now()
        self._line.turn(now)  # first: what the device made of a stall is no news
        for report in reports:
            if isinstance(report, Status):
                self._look_at(report)
        self._line.refuse_silence(now)
        self.device.beat()

    def _look_at(self, status: Status) -> None:
        self._line.count(status)
        doubted = doubt(status, len(self.layout.actuators), self.layout.power_budget)
        if doubted:
            self.device.trip(f"the device cannot be trusted: {doubted}")
        if status.state == DeviceState.TRIPPED:
            if status.reason == Reason.LINK_LOST:
                raise self._line.lost(self._clock.now())
            self.device.trip(f"the device tripped: {reason_text(status.reason)}")
        elif status.state in (DeviceState.DISARMED, DeviceState.STOPPING):
            self.stop(EndReason.BY_DEVICE, reason_text(status.reason))
        self._line.look_at_each(self._clock.now())

    def _keep_time(self, now: float) -> None:
        if self.time.over(now - self._began):
            self.stop(EndReason.TIME_OVER)
        elif not self.feed.paused:
            position = self.feed.position / FRAME_RATE_HZ
            onward = self.time.onward(now - self._began, position)
            if onward is not None:
                self.hurried = self.hurried or onward - position > NOTABLE_S
                self.go_to(onward)

    def _pump(self, now: float) -> None:
        device_now = self.device.time_ms(now)
        if self._due_ms <= device_now:
            self.shifts += 1
            self._due_ms = device_now + PRIME_MS
        device, ahead_ms = self.device, self.device.ahead_ms
        at_once = device.takes_bursts and self._recorder is None
        # Silence follows the end until that has been played: the device must not take it for a lost link.
        while self._due_ms - device_now < ahead_ms:
            if at_once and self._waiting is None:
                sent = send_due(self.feed, device, now, self._due_ms, device_now, ahead_ms)
                if sent is not None:
                    self._note_sent(*sent)
                    continue
            cue = self._waiting or self.feed.next()
            if device.wait_for_room(cue.setpoints, now):
                self._waiting = cue
                break
            self._waiting = None
            device.send(cue.setpoints, now, due_ms=round(self._due_ms))
            self._note_sent(cue, self._due_ms + FRAME_MS)
        device.flush()

    def _note_sent(self, cue: QueuedFrame, due_ms: float, frames: int = 1) -> None:
        """So many were sent, `cue` as the last of them; the next one is due at `due_ms`."""
        self._last, self._due_ms, self._moved = cue, due_ms, self.feed.moved
        if cue.position >= 0:
            self._position = cue.position + 1
        if self.feed.over and self._over_ms is None:
            self._over_ms = due_ms
        self._sent += frames
        if self._recorder is not None:
            self._recorder.tick(self._sent * FRAME_MS / 1000, cue.setpoints.drives, cue.setpoints.rates)

    def _finished(self, now: float) -> bool:
        return self._over_ms is not None and self.device.time_ms(now) >= self._over_ms

    def _pause_length(self, now: float) -> float:
        if self._waiting is None:
            return self._top_up_s
        return self.device.wait_for_room(self._waiting.setpoints, now) + 0.001

    def _update(self, phase: Phase) -> Update:
        cue = self._last
        self.took = self._clock.now() - self._began if self._sent else 0.0
        left = min(self.score.duration - self.elapsed, self._allowed_s - self.took)
        return Update(
            phase=phase,
            elapsed=self.elapsed,
            left=max(0.0, left),
            step=-1 if cue is None else cue.step,
            intensity=self.feed.intensity,
            drives=b"" if cue is None else cue.setpoints.drives,
            rates=b"" if cue is None else cue.setpoints.rates,
            status=self.device.status,
            took=self.took,
        )
