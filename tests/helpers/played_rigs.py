"""Rigs of the output contract for what is no dialect of bytes: sound, and a device of our own wire."""

import numpy as np

from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device
from firmware_bridge.errors import DeviceRefused, LinkTimeout
from firmware_bridge.guard.output import NoOutput
from firmware_bridge.guard.outputs.output import OutputRefused, Traits
from firmware_bridge.guard.outputs.sound import SoundOutput
from firmware_bridge.guard.outputs.tones import FULL_SCALE, ToneBank
from firmware_bridge.limits import FRAME_S, SESSION_MAX_S
from firmware_bridge.play.wire_device import WIRE, WireDevice
from firmware_bridge.wire.messages import Setpoints
from kneadwave.testing.rig import Ability
from simulator.clock import VirtualClock
from simulator.cushion import VirtualCushion
from simulator.faults import FaultyLine
from simulator.link import VirtualLink

SLICE_S = 0.005
SAMPLES = 8000
HEARD_S = 0.03
"""More than a period of the lowest tone that is asked for: its peak is its level."""
HZ = 40


class SlicedClock(VirtualClock):
    """Passes in slices, after each of which `tick` is called with its length."""

    def __init__(self, tick):
        super().__init__()
        self._tick = tick

    def sleep(self, seconds, wake=lambda: False, files=None):
        end = self.now() + seconds
        while self.now() < end and not wake():
            before = self.now()
            super().sleep(min(SLICE_S, end - before), files=files)
            self._tick(self.now() - before)


class SoundRig:
    """A sound card that calls for samples as time passes; its levels are the peaks of what it plays."""

    timed = True
    abilities = frozenset({Ability.MUTE, Ability.VANISH})
    name, latency_s, falls_silent, gaps = "card", 0.04, True, 0

    def __init__(self, channels=2):
        self.clock = SlicedClock(self._play)
        self.highest, self.rates = b"\xff" * channels, bytes([HZ]) * channels
        self.heard = []
        self._stalled = self._gone = False
        self._bank = ToneBank(channels, SAMPLES)
        self._played = np.zeros((1, channels))
        self.output = SoundOutput(self._bank, self, self.clock.now, self.clock.sleep)

    @property
    def levels(self):
        peaks = np.abs(self._played[-round(HEARD_S * SAMPLES) :]).max(axis=0)
        return bytes(int(level) for level in np.round(peaks / FULL_SCALE * 255))

    def mute(self):
        self._stalled = True

    def vanish(self):
        self._gone = True

    def playing(self):
        return not self._gone

    def close(self):
        self._stalled = True

    def _play(self, seconds):
        if not self._stalled and not self._gone:
            sound = self._bank.render(max(1, round(seconds * SAMPLES)))
            self._played = np.concatenate([self._played, sound])[-SAMPLES:]
            self.heard.append((self.clock.now(), self.levels))


class WireOutput:
    """A WireDevice as an output: it keeps the slew of its actuators, as the limiter would."""

    def __init__(self, device, layout, clock):
        self.traits = Traits(
            channels=len(layout.actuators),
            steps=255,
            refresh_s=FRAME_S,
            gap_s=0.0,
            latency_s=0.4,  # a rise of 150 drive units, at 8 a frame
            stops_after_s=0.5,
            readback=WIRE.readback,
            rated=False,
        )
        self._device, self._layout, self._clock = device, layout, clock
        self._armed = False
        self._drives = bytes(len(layout.actuators))
        self._due_ms = 0.0

    def ask(self, _):
        try:
            if not self._armed:
                self._device.identify()
                self._device.arm(self._layout, SESSION_MAX_S)
                self._armed = True
        except LinkTimeout:
            return False
        except DeviceRefused as error:
            raise OutputRefused(str(error)) from error
        return True

    def put(self, drives, _, now):
        self.ask(now)
        self.tend(now)
        ahead_ms = self._device.time_ms(self._clock.now()) + 60
        if self._due_ms < ahead_ms - 200:
            self._due_ms = ahead_ms - 20
        while self._due_ms + 20 <= ahead_ms:
            self._due_ms += 20
            self._drives = bytes(map(self._step, self._layout.actuators, self._drives, drives))
            frame = Setpoints(self._drives, bytes(len(self._drives)))
            self._device.send(frame, now, due_ms=round(self._due_ms))
        self._device.flush()

    def tend(self, _):
        self._device.read()
        if self._armed:
            self._device.beat()

    def zero(self):
        self._device.stop()
        self._armed, self._drives = False, bytes(len(self._drives))

    def close(self):
        self._device.link.close()

    @staticmethod
    def _step(actuator, last, wanted):
        rise, fall = actuator.attack // 50, actuator.release // 50
        return max(last - fall, min(last + rise, wanted, actuator.ceiling))


class NoisyLink(VirtualLink):
    """A link on which a device can be made to say anything, or nothing."""

    answers, said = True, b""

    def read(self):
        said, self.said = self.said, b""
        return said + super().read() if self.answers else b""


class PutOut(NoOutput):
    """What a cushion puts out, and when."""

    def __init__(self, count):
        self.levels = bytes(count)
        self.heard = []

    def output(self, output):
        if len(output.drive):
            self.levels = output.drive[-1].tobytes()
            self.heard.append((output.start / 1000, self.levels))


class WireRig:
    """The virtual cushion of four motors at the end of our own wire."""

    timed = True
    abilities = frozenset({Ability.MUTE, Ability.SPEAK, Ability.VANISH})

    def __init__(self):
        description = load_device("cushion-4")
        layout = place_device(description)
        self.clock = SlicedClock(self._play)
        self.highest = bytes(actuator.ceiling for actuator in layout.actuators)
        self.rates = bytes(len(self.highest))
        self._put_out = PutOut(len(self.highest))
        self.heard = self._put_out.heard
        self._cushion = VirtualCushion(description, output=self._put_out, warm=True)
        self._line = FaultyLine()
        self._link = NoisyLink(self._cushion, self.clock, self._line)
        self.output = WireOutput(WireDevice(self._link, self.clock), layout, self.clock)

    @property
    def levels(self):
        self._play(0.0)
        return self._put_out.levels

    def mute(self):
        self._link.answers = False

    def say(self, data):
        self._link.said += data

    def vanish(self):
        self._line.unplugged = True

    def _play(self, _):
        self._cushion.play_out(round(self.clock.now() * 1000))
