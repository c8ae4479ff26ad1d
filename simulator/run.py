"""A whole massage without hardware: the real player, the real wire, the virtual cushion, virtual time.

A `Simulation` looks at its run and can record it; an `OutputRun` keeps the frames alone. The drives of the
host do not depend on the motors, so one run serves any number of variants of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ctypes import CDLL

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import DeviceDescription
from firmware_bridge.guard.output import NoOutput
from firmware_bridge.guard.output_stage import OutputBlock
from firmware_bridge.play.ending import EndReason
from firmware_bridge.play.session import Session, Update
from firmware_bridge.play.wire_device import WireDevice
from firmware_bridge.recording.writer import Recorder
from firmware_bridge.safety.native import part_of_ours
from firmware_bridge.safety.native_shaper import SHAPING, NativeShaper
from firmware_bridge.safety.native_veto import VETO
from profiles.body import DEFAULT_STATURE_M, body_map
from profiles.score import Score
from profiles.waveform import FRAME_RATE_HZ, Renderer
from simulator.clock import VirtualClock
from simulator.cushion import virtual_cushion
from simulator.faults import Fault, FaultyLine
from simulator.link import VirtualLink
from simulator.spread import Frames, Wire
from simulator.watch import TICK_MS, Watch

TOP_UP_S = 0.098
"""How often the player tops up a virtual cushion, seconds: in virtual time nothing stalls, and turns cost.

Just below QUIET_S, so that no heartbeat goes before each turn.
"""


def native_veto(library: CDLL | None) -> CDLL | None:
    """The veto in C, where the kernel in C plays."""
    return None if library is None else part_of_ours(VETO)


def native_shaper(library: CDLL | None) -> NativeShaper | None:
    """The shaping in C, where the kernel in C plays."""
    part = None if library is None else part_of_ours(SHAPING)
    return None if part is None else NativeShaper(part)


class Simulation:
    """One run of `score` on a virtual cushion built to `description`.

    The same arguments give the same bytes and the same recording. `stature_m` is the recipient's, in metres.
    Where there is a `library`, the cushion is played by the firmware's kernel in it, to the same bytes.
    What the score was `rendered` by is asked again, where it lies on the same places.
    """

    def __init__(
        self,
        score: Score,
        description: DeviceDescription,
        *,
        limit: float = 1.0,
        most: float = 1.0,
        allowed_s: float | None = None,
        seed: int = 0,
        faults: Sequence[Fault] = (),
        stature_m: float = 1.70,
        recorder: Recorder | None = None,
        library: CDLL | None = None,
        rendered: Renderer | None = None,
    ) -> None:
        self.clock = VirtualClock()
        self.layout = place_device(description, body_map(stature_m))
        self.watch = Watch(self.layout, recorder)
        self.cushion = virtual_cushion(library, description, seed=seed, output=self.watch, warm=True)
        self.line = FaultyLine(faults, seed)
        self.link = VirtualLink(self.cushion, self.clock, self.line)
        device = WireDevice(self.link, self.clock, native=native_veto(library))
        self.session = Session(
            score,
            self.layout,
            device,
            self.clock,
            top_up_s=TOP_UP_S,
            limit=limit,
            most=most,
            allowed_s=allowed_s,
            written=rendered,
            shaper=native_shaper(library),
        )
        self._recorder = recorder
        self._name = score.name

    @property
    def trips(self) -> int:
        """How often host or device tripped; a trip that both report counts once."""
        return max(self.session.trips, self.watch.trips)

    def _note_step(self, index: int) -> None:
        """Record that a step begins: its first frame is on its way, and put out within a quarter second."""
        self.watch.remark("step", **self.session.score.steps[index].as_dict())

    def play(self) -> Iterator[Update]:
        """Play to the end; raises what `Session.play` raises. The recording ends in any case."""
        if self._recorder is not None:
            self._recorder.header(self.layout, self._name, "device", self.layout.description.name)
        reason, ok = "interrupted", False
        try:
            step = -1
            for update in self.session.play():
                if update.step > step:
                    step = update.step
                    self._note_step(step)
                yield update
            reason, ok = self.session.stop_reason or EndReason.COMPLETED, self.session.stopped is None
        except Exception as error:
            reason = str(error)
            raise
        finally:
            self.clock.sleep(TICK_MS / 1000)  # one tick more, so that the recording shows the rest at the end
            self.link.close()
            self.watch.flush()
            if self._recorder is not None:
                self._recorder.end(self.clock.now(), ok, reason)


class _FrameKeeper(NoOutput):
    """Keeps what a cushion puts out: every twentieth millisecond, and the step that plays then."""

    def __init__(self) -> None:
        self.drive: list[Wire] = []
        self.rate: list[Wire] = []
        self.step: list[NDArray[np.uint8]] = []
        self.frames = 0
        self.now = 0

    def output(self, output: OutputBlock) -> None:
        """Keep what was put out: every twentieth millisecond of it."""
        skip = -output.start % TICK_MS
        drive = output.drive[skip::TICK_MS]
        if len(drive):
            self.drive.append(drive.copy())
            self.rate.append(output.rate[skip::TICK_MS].copy())
            self.step.append(np.full(len(drive), self.now, dtype=np.uint8))
            self.frames += len(drive)


class OutputRun:
    """One run of `score` on a virtual cushion, its frames kept; the same arguments give the same frames.

    A frame counts to the step that played when it was put out, to within a quarter of a second. `library` is
    that of `Simulation`.
    """

    def __init__(
        self,
        score: Score,
        description: DeviceDescription,
        *,
        stature_m: float = DEFAULT_STATURE_M,
        library: CDLL | None = None,
    ) -> None:
        self.layout = place_device(description, body_map(stature_m))
        self._clock = VirtualClock()
        self._keeper = _FrameKeeper()
        cushion = virtual_cushion(library, description, output=self._keeper, warm=True)
        self._link = VirtualLink(cushion, self._clock)
        device = WireDevice(self._link, self._clock, native=native_veto(library))
        self.session = Session(
            score, self.layout, device, self._clock, top_up_s=TOP_UP_S, shaper=native_shaper(library)
        )

    @property
    def frames(self) -> int:
        """How many frames there are so far."""
        return self._keeper.frames

    @property
    def expected(self) -> int:
        """About how many frames there will be."""
        return round(self.session.score.duration * FRAME_RATE_HZ)

    def play(self) -> Iterator[Update]:
        """Play to the end; raises what `Session.play` raises."""
        try:
            for update in self.session.play():
                self._keeper.now = max(self._keeper.now, update.step)  # after the end there is no step
                yield update
        finally:
            self._clock.sleep(TICK_MS / 1000)
            self._link.close()

    def taken(self) -> Frames:
        """Return all frames so far."""
        keeper = self._keeper
        if not keeper.drive:
            nothing = np.zeros((0, len(self.layout.actuators)), dtype=np.uint8)
            return Frames(nothing, nothing, np.zeros(0, dtype=np.uint8))
        if len(keeper.drive) > 1:
            keeper.drive = [np.concatenate(keeper.drive)]
            keeper.rate = [np.concatenate(keeper.rate)]
            keeper.step = [np.concatenate(keeper.step)]
        return Frames(keeper.drive[0], keeper.rate[0], keeper.step[0])
