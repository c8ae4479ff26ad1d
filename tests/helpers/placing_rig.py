"""A device whose motors are placed, in virtual time: the guard that is built for it, its gate, and a twin."""

from firmware_bridge.guard.device import Guard
from firmware_bridge.guard.outputs.hf8 import Hf8
from firmware_bridge.guard.outputs.stream import StreamOutput
from firmware_bridge.guard.outputs.tcode import TCode
from firmware_bridge.guard.pulses import PulsesOnly
from firmware_bridge.play.placing_device import PlacingDevice
from firmware_bridge.wire.placing import placing_self
from simulator.clock import VirtualClock
from simulator.link import VirtualLink
from simulator.twins.hf8 import VirtualHf8
from simulator.twins.tcode import VirtualTCode

UPDATE_MS = 20
KINDS = {"hf8": (8, Hf8, VirtualHf8), "tcode": (4, lambda: TCode(4), lambda: VirtualTCode(4))}


class Wire:
    """A Pipe to a twin that takes all at once."""

    def __init__(self, twin):
        self.twin, self._answers = twin, b""

    def send(self, data):
        self._answers += self.twin.take(data)
        return len(data)

    def receive(self):
        answers, self._answers = self._answers, b""
        return answers

    def arrived(self):
        return True

    def discard(self):
        pass

    def close(self):
        pass


class PlacingRig:
    """The whole way of a pulse but for the two processes; `history` is the twin's own recording.

    `pulses` may be given before none is left; `gated` is off where the guard alone is looked at.
    """

    def __init__(self, kind="hf8", *, pulses=120, spent_s=0.0, gated=True):
        self.channels, dialect, twin = KINDS[kind]
        self.clock = VirtualClock()
        self.twin = twin()
        self.history = [(0.0, self.twin.levels)]
        self.left = pulses
        output = StreamOutput(dialect(), Wire(self.twin), self.clock.now, self.clock.sleep)
        self.gate = PulsesOnly(output, self._another, 0.0) if gated else output
        built = placing_self(self.channels)
        guard = Guard(built.identity, built.table, seed=1, output=self, cuts=True)
        self.link = VirtualLink(guard, self.clock)
        self.device = PlacingDevice(self.link, self.clock, self.channels, spent_s)

    def _another(self):
        self.left -= 1
        return self.left >= 0

    # -- a DriveOutput ---------------------------------------------------------------------------------

    def output(self, block):
        for row, (drives, rates) in enumerate(zip(block.drive, block.rate, strict=True)):
            at = block.start + row
            if at % UPDATE_MS == 0:
                self.gate.put(drives.tobytes(), rates.tobytes(), at / 1000)
                self.gate.tend(at / 1000)
                if self.twin.levels != self.history[-1][1]:
                    self.history.append((at / 1000, self.twin.levels))

    def accepted(self, due_ms, drives):
        pass

    def event(self, at_ms, event, **fields):
        pass


def pulses_in(history):
    """What a twin recorded, pulse by pulse: when it began and ended, its channels, the most of it."""
    pulses, began = [], None
    for at, levels in history:
        on = {channel for channel, level in enumerate(levels) if level}
        if on and began is None:
            began, channels, most = at, set(on), max(levels)
        elif on:
            channels, most = channels | on, max(most, *levels)
        elif began is not None:
            pulses.append((began, at, channels, most))
            began = None
    assert began is None
    return pulses


def assert_only_pulses(history, spent_s=0.0, soonest=None):
    """The limits of placing, held against what a twin recorded; the pulses.

    `soonest`: when each line can have arrived at the soonest, where it was seen later. Nothing is taken for
    too long or too early that may just have been seen late.
    """
    pulses = pulses_in(history)
    arrived = (
        history if soonest is None else [(at, row) for at, (_, row) in zip(soonest, history, strict=True)]
    )
    ends = [ended for _, ended, *_ in pulses_in(arrived)]
    for (began, _, channels, most), ended in zip(pulses, ends, strict=True):
        assert most <= 51
        assert len(channels) == 1
        assert ended - began <= 0.5
    for ended, after in zip(ends, pulses[1:], strict=False):
        assert after[0] - ended >= 2.0 - 1e-9
    assert spent_s + sum(ended - began for began, ended, *_ in pulses) <= 60.0
    return pulses
