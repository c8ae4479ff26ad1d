"""How a case of tests/vectors is told: a host's acts, tick by tick, on the reference device.

A story says what it is about with `is_in`, `puts_out` and `answered`: they raise AssertionError where the
device does something else, so that a case cannot show something other than its name says.
"""

import struct
from collections.abc import Mapping
from typing import Any, Self

from reference_device import ReferenceDevice
from reference_wire import (
    ANSWER,
    ARM,
    HEARTBEAT,
    HELLO,
    LIMITS,
    REASONS,
    SETPOINTS,
    STATES,
    STATUS,
    WireFrame,
    decode,
    encode,
)
from vector_devices import DEVICES

EPOCH = 7
KEYFRAME_MS = 200
RATE = 30
FIRST_DRIVE = 2001
"""The first tick that may drive anything after the start."""


def play_case(case: Mapping[str, Any], devices: Mapping[str, Any]) -> ReferenceDevice:
    """The reference device after it has been through a case."""
    named = devices[case["device"]]
    device = ReferenceDevice(named["identity"], named["table"], case["epoch"])
    events = list(case["in"])
    while device.now < case["until"]:
        device.tick()
        while events and events[0][0] == device.now:
            _, what, *of_it = events.pop(0)
            act(device, what, *of_it)
    return device


def act(device: ReferenceDevice, what: str, of_it: Any = None) -> None:
    """One event of a case."""
    if what == "frame":
        device.receive(bytes.fromhex(of_it))
    elif what == "restart":
        device.restart(of_it)
    else:
        {"break": device.line_break, "dtr": device.line_dropped, "button": device.press_button}[what]()


class Story:
    """One case as it is being told. Every act happens in the present tick, `now`."""

    def __init__(self, name: str, device: str = "pad") -> None:
        named = DEVICES[device]
        self.name, self.device_name = name, device
        self.table = named["table"]
        self.device = ReferenceDevice(named["identity"], named["table"], EPOCH)
        self.events: list[list[Any]] = []
        self.seq = 0
        self.frames: list[tuple[int, WireFrame]] = []
        self.session_hash = 0
        self.echoes = True
        """Whether frames echo the status that came last."""

    @property
    def now(self) -> int:
        """The present tick."""
        return self.device.now

    def case(self) -> dict[str, Any]:
        """The case as the vectors keep it, until now."""
        return {
            "name": self.name,
            "device": self.device_name,
            "epoch": EPOCH,
            "in": self.events,
            "until": self.now,
            "drives": self.device.drives,
            "rates": self.device.rates,
            "states": self.device.states,
            "out": [[t, data.hex()] for t, data in self.device.out],
        }

    # Time

    def at(self, t: int) -> Self:
        """On to tick `t`: it is put out, and what is due in it is done."""
        assert t >= self.now, f"{self.name}: tick {t} is over"
        while self.now < t:
            self.device.tick()
        return self

    def after(self, ms: int) -> Self:
        """On by so many ticks."""
        return self.at(self.now + ms)

    # What happens

    def event(self, what: str, *of_it: Any) -> Self:
        """Anything that a case can hold."""
        self.events.append([self.now, what, *of_it])
        act(self.device, what, *of_it)
        return self

    def bytes(self, data: bytes) -> Self:
        """Bytes arrive."""
        return self.event("frame", data.hex())

    def frame(
        self,
        kind: int,
        payload: bytes = b"",
        *,
        epoch: int | None = None,
        echo: int | None = None,
        t_ms: int = 0,
    ) -> bytes:
        """The next frame of the host, as bytes."""
        self.seq = (self.seq + 1) % 256
        if echo is None:
            echo = self.status_seq if self.echoes else 0
        if epoch is None:
            epoch = self.device.epoch
        return encode(WireFrame(kind, self.seq, t_ms, epoch, echo, payload))

    def send(self, kind: int, payload: bytes = b"", **fields: int) -> Self:
        """A frame arrives."""
        return self.bytes(self.frame(kind, payload, **fields))

    def hello(self) -> Self:
        """HELLO, before the epoch is known."""
        return self.send(HELLO, b"\2", epoch=0)

    def limits(self, seconds: int = 60, ceilings: list[int] | None = None, first: int = 0) -> Self:
        """LIMITS: all that the device allows, unless told otherwise."""
        told = [255] * min(61, len(self.table)) if ceilings is None else ceilings
        self.send(LIMITS, struct.pack("<BH", first, seconds) + bytes(told))
        self.session_hash = self.device.session_hash()
        return self

    def arm(self, wrong: int = 0, **fields: int) -> Self:
        """ARM with the hash at hand, or with bits of it wrong."""
        return self.send(ARM, struct.pack("<I", self.session_hash ^ wrong), **fields)

    def ready(self, seconds: int = 60) -> Self:
        """HELLO, LIMITS and ARM."""
        return self.hello().limits(seconds).arm().is_in("armed")

    def beat(self, **fields: int) -> Self:
        """HEARTBEAT."""
        return self.send(HEARTBEAT, **fields)

    def beat_until(self, t: int, every: int = 100) -> Self:
        """A heartbeat every so many ticks, the last one before `t`."""
        while self.now + every < t:
            self.after(every).beat()
        return self.at(t)

    def setpoints(
        self, drives: Mapping[int, int], rates: Mapping[int, int] | None = None, *, to: int, **fields: int
    ) -> Self:
        """SETPOINTS for tick `to`."""
        payload = self.setpoints_payload(drives, rates or {})
        return self.send(SETPOINTS, payload, t_ms=(to - self.device.started) % 65536, **fields)

    def setpoints_payload(self, drives: Mapping[int, int], rates: Mapping[int, int]) -> bytes:
        """Mask, drives, rates."""
        mask = sum(1 << i for i in drives).to_bytes((len(self.table) + 7) // 8, "little")
        paced = [rates.get(i, RATE) for i in sorted(drives) if self.table[i]["rate_max"]]
        return mask + bytes(drives[i] for i in sorted(drives)) + bytes(paced)

    def line_to(self, t: int, drives: Mapping[int, int]) -> Self:
        """On to `t` by keyframes, each sent when the one before is due, in time to stay in playing."""
        while self.now < t:
            mark = min(t, self.now + KEYFRAME_MS)
            self.setpoints(drives, to=mark).at(mark)
        return self

    def work(self, begin: int, end: int, drives: Mapping[int, int]) -> Self:
        """Drives of at most 4 from tick `begin` to tick `end` - 1, nothing before and after."""
        self.line_to(begin - 1, {}).line_to(begin, drives).line_to(end - 1, drives)
        return self.line_to(end, {})

    # What has to come of it

    def is_in(self, state: str, reason: str = "") -> Self:
        """The present state, and why; where that is not given, the only reason there can be."""
        reason = reason or ("link lost" if state == "holding" else "none")
        found = STATES[self.device.state], REASONS[self.device.reason]
        assert found == (state, reason), f"{self.name}: {found} at {self.now}"
        return self

    def puts_out(self, drives: Mapping[int, int]) -> Self:
        """The present drives."""
        found = {i: drive for i, drive in enumerate(self.device.playout.drives) if drive}
        assert found == drives, f"{self.name}: {found} at {self.now}"
        return self

    def answered(self, reason: str) -> Self:
        """The last ANSWER, sent in this tick."""
        answers = [(t, frame.payload[2]) for t, frame in self.sent() if frame.type == ANSWER]
        assert answers, f"{self.name}: no answer at {self.now}"
        assert (answers[-1][0], REASONS[answers[-1][1]]) == (self.now, reason), f"{self.name}: {answers[-1]}"
        return self

    def silent(self) -> Self:
        """Nothing was sent in this tick."""
        assert all(t < self.now for t, _ in self.device.out), f"{self.name}: an answer at {self.now}"
        return self

    def rests(self, *actuators: int) -> Self:
        """These are kept off, and no others."""
        assert self.device.playout.resting == sum(1 << i for i in actuators), f"{self.name}: at {self.now}"
        return self

    def sent(self) -> list[tuple[int, WireFrame]]:
        """What the device sent."""
        for t, data in self.device.out[len(self.frames) :]:
            frame = decode(data[:-1])
            assert frame is not None
            self.frames.append((t, frame))
        return self.frames

    @property
    def status_seq(self) -> int:
        """The seq of the status that came last."""
        return next((frame.seq for _, frame in reversed(self.sent()) if frame.type == STATUS), 0)
