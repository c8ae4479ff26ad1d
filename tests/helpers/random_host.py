"""A host drawn by lot, for a device drawn by lot: it plays, loses frames, falls silent, breaks every rule.

It talks to a guard as it goes, for a frame speaks of statuses and hashes. What it did is kept as the vectors
keep it, so that any device can be given the same.
"""

import random
import struct
from collections.abc import Callable
from typing import Any

from random_device import Fields
from reference_wire import (
    ARM,
    ARMED,
    DESCRIBE,
    DISARMED,
    HEARTBEAT,
    HELLO,
    HOLDING,
    KNEADING,
    LIMITS,
    LIMITS_HASH,
    PLAYING,
    RESET,
    SETPOINTS,
    STATUS,
    STOP,
    TRIPPED,
    Receiver,
    WireFrame,
    encode,
)


class RandomHost:
    """Acts on `device`, whose `receive`, `happen` and `transmit` it calls, and keeps `events`.

    The device has `now`, `state` and `play(until)`.
    """

    def __init__(self, rng: random.Random, identity: Fields, table: list[Fields], device: Any) -> None:
        self.rng, self.identity, self.table, self.device = rng, identity, table, device
        self.events: list[list[Any]] = []
        self.receiver = Receiver()
        self.seq = self.echo = self.hash = 0
        self.ceilings = [0] * len(table)
        self.drives = [0.0] * len(table)
        self.loss = rng.choice([0, 0, 0.02, 0.3])  # of frames
        self.gain = rng.choice([0.2, 0.6, 1.0])
        self.calm = rng.random() < 0.3  # plays for long, so that points come to their rest

    # What it does to the device

    def act(self, what: str, *of_it: Any) -> None:
        """One event, in the form of the vectors."""
        self.events.append([self.device.t, what, *of_it])
        self.device.happen(what, *of_it)
        self.listen()

    def wait(self, ms: int) -> None:
        """Let time pass."""
        self.device.play(self.device.t + ms)
        self.listen()

    def listen(self) -> None:
        """Read what the device says."""
        for frame in self.receiver.take(self.device.transmit()):
            if frame is not None and frame.type == STATUS:
                self.echo = frame.seq
            if frame is not None and frame.type == LIMITS_HASH:
                self.hash = struct.unpack_from("<I", frame.payload)[0]

    def raw(self, data: bytes) -> None:
        """Bytes, as they are."""
        self.act("frame", data.hex())

    def frame(self, kind: int, payload: bytes = b"", **fields: int) -> bytes:
        """The next frame; mostly it speaks of the status that came last."""
        self.seq = (self.seq + 1) % 256
        echo = (
            self.echo
            if self.rng.random() < 0.9
            else self.rng.choice([0, self.echo - 1, self.rng.randrange(256)])
        )
        header = {"seq": self.seq, "t_ms": 0, "epoch": self.device.epoch, "echo": echo % 256} | fields
        return encode(WireFrame(type=kind, payload=payload, **header))

    def send(self, kind: int, payload: bytes = b"", **fields: int) -> None:
        """A frame, unless the line loses it."""
        frame = self.frame(kind, payload, **fields)
        if self.rng.random() >= self.loss:
            self.raw(frame)

    # Orderly

    def hello(self) -> None:
        """HELLO, mostly of this protocol."""
        payload = self.rng.choice([b"\2", b"\2", b"\2", b"\3", b"\1\2\3", b"\2\2", b""])
        self.send(HELLO, payload, epoch=self.rng.choice([0, self.device.epoch]))

    def limits(self) -> None:
        """What a person may have: everything, or a part."""
        rng, count = self.rng, len(self.table)
        most = rng.choice([255, 255, rng.randrange(256)])
        told = [most if rng.random() < 0.9 else rng.randrange(256) for _ in range(count)]
        seconds = rng.choice([1200, 1200, 1200, 65535, 20, 3, 1, 0])
        for first in range(0, count, 61):
            self.send(LIMITS, struct.pack("<BH", first, seconds) + bytes(told[first : first + 61]))
        own = [0 if actuator["excluded"] else actuator["ceiling"] for actuator in self.table]
        self.ceilings = [min(pair) for pair in zip(own, told, strict=True)]

    def arm(self) -> None:
        """ARM, mostly right."""
        self.send(ARM, struct.pack("<I", self.hash ^ int(self.rng.random() < 0.03)))

    def make_ready(self) -> None:
        """All that comes before a session."""
        self.send(HELLO, b"\2", epoch=0)
        if self.device.state == TRIPPED:
            if self.rng.random() < 0.5:
                self.act("button")
            self.send(RESET)
        self.limits()
        self.arm()

    def setpoints(self, ahead: int, change: Callable[[list[int], list[int]], None] | None = None) -> None:
        """SETPOINTS within every limit, but for a `change` of drives and rates."""
        drives = [min(int(drive), most) for drive, most in zip(self.drives, self.ceilings, strict=True)]
        total, budget = sum(drives), self.identity["power_budget"]
        if total > budget:
            drives = [drive * budget // total for drive in drives]
        while sum(map(bool, drives)) + self.rated(drives) + (len(drives) + 7) // 8 > 64:
            drives[drives.index(max(drives))] = 0
        rates = [self.rate(actuator) for actuator in self.table]
        if change is not None:
            change(drives, rates)
        mask = sum(1 << i for i, drive in enumerate(drives) if drive)
        payload = mask.to_bytes((len(drives) + 7) // 8, "little") + bytes(filter(None, drives))
        paced = [rate for i, rate in enumerate(rates) if drives[i] and self.table[i]["rate_max"]]
        self.send(SETPOINTS, (payload + bytes(paced))[:70], t_ms=(self.device.own_time + ahead) % 65536)

    def rated(self, drives: list[int]) -> int:
        """How many of those that are on carry a rate."""
        return sum(
            1 for drive, actuator in zip(drives, self.table, strict=True) if drive and actuator["rate_max"]
        )

    def rate(self, actuator: Fields) -> int:
        """A rate that the actuator may have."""
        most = min(actuator["rate_max"], 60) if actuator["kind"] == KNEADING else actuator["rate_max"]
        return self.rng.randint(min(actuator["rate_min"], most), most)

    def stream(self) -> None:
        """Setpoints for a while, each 20 to 100 ms."""
        rng = self.rng
        each, ahead = rng.choice([20, 20, 40, 100]), rng.choice([30, 150, 250, 400])
        length = 300 if self.calm else rng.choice([2, 3, 5, 10, 20, 40])
        for _ in range(max(1, length * 20 // each)):
            if self.device.state not in (ARMED, PLAYING, HOLDING):
                return
            if rng.random() < 0.1:  # others take over: rises that meet releases
                self.drives = [rng.choice([0, 0, 0, 255]) for _ in self.drives]
            else:
                self.drives = [self.moved(drive) for drive in self.drives]
            self.setpoints(ahead + rng.choice([0, 0, 0, rng.randrange(-10, 10)]))
            self.wait(each)

    def moved(self, drive: float) -> float:
        """A drive that goes on, jumps, or is off."""
        if self.rng.random() < 0.95:
            return min(255.0, max(0.0, drive + self.rng.uniform(-12, 12)))
        return self.rng.choice([0, 0, 1, 255 * self.gain, self.rng.uniform(0, 255) * self.gain])

    def beats(self) -> None:
        """Heartbeats alone."""
        for _ in range(self.rng.choice([1, 3, 15])):
            self.send(HEARTBEAT)
            self.wait(self.rng.choice([20, 99, 100, 200, 260]))

    # Disorderly

    def silence(self) -> None:
        """Nothing for a while, about as long as something falls due."""
        due = self.rng.choice([1, 1, 10, 30, 75, 75, 250, 250, 250, 500, 1000, 2000])
        self.wait(max(1, due + self.rng.randrange(-3, 4)))

    def violation(self) -> None:
        """Setpoints that break a limit, or just do not."""
        rng, i = self.rng, self.rng.randrange(len(self.table))
        edge = rng.choice([-1, 0, 1])

        def change(drives: list[int], rates: list[int]) -> None:
            what = rng.randrange(5)
            if what == 0:
                drives[i] = min(255, max(0, self.table[i]["ceiling"] + edge))
            elif what == 1:
                drives[i] = min(255, max(0, self.ceilings[i] + edge))
            elif what == 2:
                rates[i] = min(
                    255, max(0, rng.choice([self.table[i]["rate_min"], self.table[i]["rate_max"]]) + edge)
                )
            elif what == 3:
                drives[:] = [min(255, most + (edge > 0)) for most in self.ceilings]

        self.setpoints(rng.choice([20, 499, 500, 501, 0, -1, -400, 32000]), change)

    def nonsense(self) -> None:
        """A frame of any type, epoch and payload."""
        rng = self.rng
        kind = rng.choice([HELLO, DESCRIBE, ARM, SETPOINTS, HEARTBEAT, STOP, RESET, LIMITS, 0, 9, 0x81, 255])
        payload = rng.choice(
            [b"", bytes([rng.randrange(70)]), rng.randbytes(rng.randrange(65)), rng.randbytes(4)]
        )
        if kind == LIMITS and rng.random() < 0.7:
            payload = struct.pack(
                "<BH", rng.randrange(len(self.table) + 1), rng.randrange(5)
            ) + rng.randbytes(3)
        epoch = rng.choice([self.device.epoch, self.device.epoch, 0, rng.randrange(256)])
        self.raw(
            self.frame(kind, payload, epoch=epoch, t_ms=(self.device.own_time + rng.randrange(600)) % 65536)
        )

    def noise(self) -> None:
        """Bytes that are no frame, or were one."""
        rng = self.rng
        frame = self.frame(HEARTBEAT)
        at = rng.randrange(len(frame))
        self.raw(
            rng.choice(
                [
                    rng.randbytes(rng.randrange(1, 90)),
                    frame[:at],
                    frame[:at] + bytes([frame[at] ^ 1 << rng.randrange(8)]) + frame[at + 1 :],
                    frame + frame,
                    bytes(rng.randrange(1, 7)),
                    bytes(rng.randrange(1, 256) for _ in range(rng.randrange(70, 90))) + b"\0",
                ]
            )
        )

    def flood(self) -> None:
        """More frames in a moment than there are numbers for what answers them."""
        for _ in range(self.rng.choice([100, 300])):
            self.send(self.rng.choice([HELLO, DESCRIBE, STOP, RESET]), self.rng.choice([b"", b"\2"]))
            self.wait(self.rng.choice([0, 0, 1, 2]))

    def stop(self) -> None:
        """A stop by one of its ways."""
        self.rng.choice(
            [
                lambda: self.send(STOP, self.rng.choice([b"", b"any"]), epoch=self.rng.randrange(256)),
                lambda: self.raw(bytes(4)),
                lambda: self.act("break"),
                lambda: self.act("dtr"),
            ]
        )()

    def restart(self) -> None:
        """The power fails for a moment."""
        self.act("restart", self.device.epoch % 255 + 1)
        self.echo = 0

    def live(self, until: int) -> None:
        """Whatever comes, up to about `until`."""
        rng = self.rng
        odd = [self.silence, self.violation, self.nonsense, self.noise, self.stop, self.beats, self.hello]
        odd += [
            self.arm,
            self.limits,
            lambda: self.send(RESET),
            lambda: self.act("button"),
            self.restart,
            self.flood,
        ]
        weights = [6, 3, 4, 3, 3, 4, 1, 1, 1, 2, 1, 0.5, 0.4]
        while self.device.t < until:
            if self.device.state in (DISARMED, TRIPPED) and rng.random() < 0.5:
                self.make_ready()
                self.wait(rng.choice([1, 20, 100]))
            if self.device.state in (ARMED, PLAYING, HOLDING) and rng.random() < (0.9 if self.calm else 0.5):
                self.stream()
            else:
                rng.choices(odd, weights)[0]()
                self.wait(rng.choice([0, 0, 1, 5, 40]))
