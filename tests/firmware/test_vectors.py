"""The kernel passes the vectors of docs/wire.md, which another device wrote that shares nothing with it."""

import json
from pathlib import Path

import pytest
from depth import thinned
from kernel import KernelDevice, changes, decoded

POWERED = (2, 3, 4)
"""Playing, holding, stopping: the only states in which the actuators have power."""
VECTORS = Path(__file__).parents[1] / "vectors"
FRAMES = json.loads((VECTORS / "frames.json").read_text(encoding="utf-8"))
FILES = {
    name: json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8")) for name in ("playout", "states")
}


@pytest.mark.parametrize("frame", FRAMES["frames"], ids=lambda frame: frame["name"])
def test_a_frame_is_read_and_written_as_it_stands_there(library, frame):
    wire = bytes.fromhex(frame["wire"])
    assert decoded(library, wire) == ([wire], 0, 0)


@pytest.mark.parametrize("stream", FRAMES["streams"], ids=lambda stream: stream["name"])
def test_a_stream_holds_what_stands_there(library, stream):
    named = {frame["name"]: bytes.fromhex(frame["wire"]) for frame in FRAMES["frames"]}
    frames = [named[name] for name in stream["frames"]]
    assert decoded(library, bytes.fromhex(stream["wire"])) == (frames, stream["discarded"], stream["stops"])


class Life:
    """What the kernel makes of a case: all that a vector holds."""

    def __init__(self, library, content, case):
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

    def start(self, epoch):
        self.born = self.now
        self.device = KernelDevice(self.library, self.named["identity"], self.named["table"], epoch)
        self.note()

    def happen(self, what, of_it=None):
        if what == "frame":
            for byte in bytes.fromhex(of_it):
                self.device.receive(bytes([byte]))
                self.note()
        elif what == "restart":
            self.start(of_it)
        else:
            self.device.happen(what)
        self.note()

    def play(self, until):
        while self.now < until:
            start = self.now + 1
            drives, rates, states = self.device.play(until - self.born)
            self.now += len(drives)
            self.drives += changes(start, drives, self.drives[-1][1:])
            self.rates += changes(start, rates, self.rates[-1][1:])
            self.states += changes(start, states, self.states[-1][1:])
            self.note()

    def note(self):
        state = list(self.device.state)
        if not self.states or self.states[-1][1:] != state:
            self.states.append([self.now, *state])
        self.out += [[self.now, frame.hex() + "00"] for frame in self.device.transmit().split(b"\0") if frame]


CASES = [(file, case) for file, content in FILES.items() for case in content["cases"]]


def check(library, file, case):
    life = Life(library, FILES[file], case)
    assert life.drives == case["drives"]
    assert life.rates == case["rates"]
    assert life.states == [[t, state, why, state in POWERED] for t, state, why in case["states"]]
    assert life.out == case["out"]


@pytest.mark.parametrize(
    ("file", "case"), CASES, ids=lambda part: part if isinstance(part, str) else part["name"]
)
def test_a_case_comes_out_as_the_reference_device_has_it(library, file, case):
    check(library, file, case)


@pytest.mark.parametrize("name", ["pad", "slews", "power"])
def test_a_small_board_makes_the_same_of_its_cases(small_library, name):
    cases = [(file, case) for file, case in CASES if case["device"] == name]
    assert cases
    for file, case in thinned(cases):
        check(small_library, file, case)
