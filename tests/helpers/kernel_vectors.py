"""The vectors of docs/wire.md, played on the kernel: whatever it runs on."""

import json
from pathlib import Path
from typing import Any

from kernel import KernelDevice, changes

POWERED = (2, 3, 4)
"""Playing, holding, stopping: the only states in which the actuators have power."""
VECTORS = Path(__file__).parents[1] / "vectors"
FRAMES = json.loads((VECTORS / "frames.json").read_text(encoding="utf-8"))
NAMED = {frame["name"]: bytes.fromhex(frame["wire"]) for frame in FRAMES["frames"]}
FILES = {
    name: json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8")) for name in ("playout", "states")
}
SOUND = FILES["states"]["sound"]
"""Devices, and whether each may start."""
CASES = [(file, case) for file, content in FILES.items() for case in content["cases"]]


class Life:
    """What the kernel makes of a case: all that a vector holds."""

    def __init__(self, library: Any, content: Any, case: Any) -> None:
        self.library, self.named = library, content["devices"][case["device"]]
        width = len(self.named["table"])
        self.drives, self.rates, self.states = [[0] + [0] * width], [[0] + [0] * width], []
        self.out = []
        self.now = 0
        self.start(case["epoch"])
        for t, *happening in case["in"]:
            self.play(t)
            self.happen(*happening)
        self.play(case["until"])

    def start(self, epoch: int) -> None:
        """A device begins."""
        self.born = self.now
        self.device = KernelDevice(self.library, self.named["identity"], self.named["table"], epoch)
        self.note()

    def happen(self, what: str, of_it: Any = None) -> None:
        """An event of the vectors."""
        if what == "frame":
            for byte in bytes.fromhex(of_it):
                self.device.receive(bytes([byte]))
                self.note()
        elif what == "restart":
            self.start(of_it)
        else:
            self.device.happen(what)
        self.note()

    def play(self, until: int) -> None:
        """Let time pass."""
        while self.now < until:
            start = self.now + 1
            drives, rates, states = self.device.play(until - self.born)
            self.now += len(drives)
            self.drives += changes(start, drives, self.drives[-1][1:])
            self.rates += changes(start, rates, self.rates[-1][1:])
            self.states += changes(start, states, self.states[-1][1:])
            self.note()

    def note(self) -> None:
        """Keep what it says, and what it is doing where that has changed."""
        state = list(self.device.state)
        if not self.states or self.states[-1][1:] != state:
            self.states.append([self.now, *state])
        self.out += [[self.now, frame.hex() + "00"] for frame in self.device.transmit().split(b"\0") if frame]


def check(library: Any, file: str, case: Any) -> None:
    """Whether the case comes out as it stands there."""
    life = Life(library, FILES[file], case)
    assert life.drives == case["drives"]
    assert life.rates == case["rates"]
    assert life.states == [[t, state, why, state in POWERED] for t, state, why in case["states"]]
    assert life.out == case["out"]
