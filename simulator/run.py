"""A whole massage without hardware: the real player, the real wire, the virtual cushion, virtual time."""

from collections.abc import Iterator, Sequence

from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import DeviceDescription
from firmware_bridge.guard.device import Cushion
from firmware_bridge.play.session import Session, Update
from firmware_bridge.recording.writer import Recorder
from profiles.body import body_map
from profiles.score import Score
from simulator.clock import VirtualClock
from simulator.faults import Fault, FaultyLine
from simulator.link import VirtualLink
from simulator.watch import TICK_MS, Watch


class Simulation:
    """One run of `score` on a virtual cushion built to `description`.

    The same arguments give the same bytes and the same recording. `stature_m` is the recipient's, in metres.
    """

    def __init__(
        self,
        score: Score,
        description: DeviceDescription,
        *,
        limit: float = 1.0,
        seed: int = 0,
        faults: Sequence[Fault] = (),
        stature_m: float = 1.70,
        recorder: Recorder | None = None,
    ) -> None:
        self.clock = VirtualClock()
        self.layout = place_device(description, body_map(stature_m))
        self.watch = Watch(self.layout, recorder)
        self.cushion = Cushion(description, seed=seed, observer=self.watch)
        self._link = VirtualLink(self.cushion, self.clock, FaultyLine(faults, seed))
        self.session = Session(score, self.layout, self._link, self.clock, limit=limit)
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
            reason, ok = self.session.stop_reason or "completed", not self.session.stop_reason
        except Exception as error:
            reason = str(error)
            raise
        finally:
            self.clock.sleep(TICK_MS / 1000)  # one tick more, so that the recording shows the rest at the end
            self._link.close()
            self.watch.flush()
            if self._recorder is not None:
                self._recorder.end(self.clock.now(), ok, reason)
