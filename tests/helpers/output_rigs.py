"""Rigs of the output contract over a real port, or a real network, and over our own wire."""

from served_twins import ServedTwin

from firmware_bridge.clock import MonotonicClock
from kneadwave.guards.dialects import open_output
from kneadwave.testing.rig import Ability
from simulator.twins import left_by


class Outspoken:
    """A twin that can be made to say anything, or nothing."""

    def __init__(self, twin):
        self._twin = twin
        self.answers, self.said = True, b""

    @property
    def levels(self):
        return self._twin.levels

    def leave(self):
        left_by(self._twin)()

    def take(self, data):
        answer, said, self.said = self._twin.take(data), self.said, b""
        return said + answer if self.answers else b""


class ServedRig:
    """The device of `scheme`, `twin`, on a pseudo-terminal or on a network, in real time."""

    timed = False

    def __init__(self, scheme, twin, network=""):
        self.abilities = frozenset(Ability) - ({Ability.CLOG} if network == "udp" else set())
        self.clock = MonotonicClock()
        self._twin = Outspoken(twin)
        self.served = ServedTwin(self._twin, network)
        self.highest, self.rates = b"\xff" * len(twin.levels), bytes(len(twin.levels))
        opened = open_output(f"{scheme}:{self.served.port}", self.clock, len(twin.levels))
        self.output = opened.output

    @property
    def levels(self):
        return self.served.twin.levels

    @property
    def heard(self):
        return self.served.history

    def mute(self):
        self._twin.answers = False

    def say(self, data):
        self._twin.said = data[:4000]

    def take_nothing(self):
        self.served.take_nothing()

    def take_again(self):
        self.served.reading.set()

    def vanish(self):
        self.served.unplug()

    def close(self):
        self.output.close()
        self.served.unplug()
