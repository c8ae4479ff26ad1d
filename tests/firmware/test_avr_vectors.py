"""The vectors of docs/wire.md on an ATmega328P and an ATmega2560 in simavr: by its UART, and its timers."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from avr_board import PERMIT, REASON, STATE, AvrBoard, board_named
from depth import thinned
from kernel import changes
from reference_wire import HELLO, STATUS, Receiver, WireFrame, encode

VECTORS = Path(__file__).parents[1] / "vectors"
FILES = {
    name: json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8")) for name in ("playout", "states")
}
FRAMES = json.loads((VECTORS / "frames.json").read_text(encoding="utf-8"))
POWERED = (2, 3, 4)
MOST_BYTES = 80
"""In one tick: what the test image has time for in it."""
TAIL_TICKS = 40
"""Until everything is sent."""


BOARDS = {name: board_named(name) for name in ("uno", "mega")}


def fits(board, content, case):
    """Whether a board has room for the device, and ways to be told of all that happens, when it does.

    A tick looks at the button before it looks at what came.
    """
    bytes_in = {}
    for t, what, *of_it in case["in"]:
        if what == "dtr" or (what == "button" and t in bytes_in):
            return False
        bytes_in[t] = bytes_in.get(t, 0) + (len(of_it[0]) // 2 if what == "frame" else 0)
    small = content["devices"][case["device"]]["identity"]["actuators"] <= len(board.actuators)
    return small and max(bytes_in.values(), default=0) <= MOST_BYTES


CASES = [
    (name, file, case)
    for name, board in BOARDS.items()
    for file, content in FILES.items()
    for case in content["cases"]
    if fits(board, content, case)
]


class Life:
    """What the board makes of a case."""

    def __init__(self, simulator, image, button, content, case):
        named = content["devices"][case["device"]]
        told = named["identity"], named["table"]
        self.board = AvrBoard(simulator, image, case["epoch"], button=button, told=told)
        self.width = len(named["table"])
        self.drives, self.states = [[0] + [0] * self.width], [[0, 0, 0, 0]]
        self.now = 0
        acts = []  # the number of ticks that are over, an order within that, and what to do then
        for t, what, *of_it in case["in"]:
            if what == "frame":
                acts.append((t - 1, 1, lambda data=of_it[0]: self.board.feed(bytes.fromhex(data))))
            elif what == "break":
                acts.append((t - 1, 1, self.board.line_break))
            elif what == "button":
                acts.append((t - 1, 1, lambda: self.board.button(open=True)))
                acts.append((t, 0, lambda: self.board.button(open=False)))
            else:
                acts.append((t, 0, lambda epoch=of_it[0]: self.restart(epoch)))
        for t, _, act in sorted(acts, key=lambda act: act[:2]):
            self.play(t)
            act()
        self.play(case["until"])
        self.board.play(TAIL_TICKS)
        self.sent = self.board.sent()[0]

    def restart(self, epoch):
        self.board.keep_epoch_before(epoch)
        self.board.reset()
        self.states = [row for row in self.states if row[0] < self.now]
        self.states += [[self.now, 0, 0, 0]] if any(self.states[-1][1:]) else []

    def play(self, until):
        if until <= self.now:
            return
        played = self.board.play(until - self.now)
        start, self.now = self.now + 1, until
        assert not played.drives[:, self.width :].any()
        self.drives += changes(start, played.drives[:, : self.width], self.drives[-1][1:])
        states = played.facts[:, [STATE, REASON, PERMIT]]
        self.states += changes(start, states, self.states[-1][1:])


def at_the_end_of_ticks(states):
    """The last state of each tick, where it is another than that of the tick before."""
    last = {t: values for t, *values in states}
    found = [[t, *values, int(values[0] in POWERED)] for t, values in last.items()]
    return found[:1] + [row for before, row in pairwise(found) if row[1:] != before[1:]]


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("name", "file", "case"), thinned(CASES), ids=lambda part: part if isinstance(part, str) else part["name"]
)
def test_a_case_comes_out_as_the_reference_device_has_it(simulator, test_images, name, file, case):
    life = Life(simulator, test_images[name], BOARDS[name].button.pin, FILES[file], case)
    assert life.drives == case["drives"]
    assert life.states == at_the_end_of_ticks(case["states"])
    expected = "".join(frame for _, frame in case["out"])
    assert life.sent.hex()[: len(expected)] == expected
    rest = life.sent[len(expected) // 2 :]
    assert len(rest) <= 2 * 23, "statuses of the ticks behind the case alone"


STREAM_TICKS = 200


@pytest.mark.parametrize("name", BOARDS)
@pytest.mark.parametrize("stream", FRAMES["streams"], ids=lambda stream: stream["name"])
def test_a_stream_has_the_faults_that_stand_there(simulator, images, name, stream):
    """The very image that is flashed tells how many frames it dropped."""
    board = AvrBoard(simulator, images[name], button=BOARDS[name].button.pin)
    board.feed(encode(WireFrame(HELLO, 1, 0, 0, 0, b"\2")))
    board.play(STREAM_TICKS)
    board.feed(bytes.fromhex(stream["wire"]))
    board.play(STREAM_TICKS)
    frames = [frame for frame in Receiver().take(board.sent()[0]) if frame is not None]
    last = [frame for frame in frames if frame.type == STATUS][-1]
    assert int.from_bytes(last.payload[6:8], "little") == stream["discarded"]


@pytest.mark.parametrize("name", BOARDS)
def test_most_cases_are_played(name):
    every = sum(len(content["cases"]) for content in FILES.values())
    played = sum(board == name for board, *_ in CASES)
    assert played >= 0.8 * every, f"{played} of {every}"
