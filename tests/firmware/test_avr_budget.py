"""Whatever comes over the line, and however much of it: no tick takes more than 80 % of its cycles."""

import random
import struct

import pytest
from avr_board import BUSY, STATE
from avr_playing import BUSY_MOST, DRIVE, EPOCH, GREETING, PoweredBoard
from reference_wire import ARM, DESCRIBE, HEARTBEAT, HELLO, LIMITS, RESET, SETPOINTS, STOP, WireFrame, encode

from firmware_bridge.wire.messages import DeviceState

LONGEST = bytes(range(1, 65))
ROUNDS, ROUND_TICKS, ROUND_BYTES = 4, 20, 235
"""As many bytes as a line that is full carries in so many ticks."""


def frame(kind, payload=b"", *, epoch=EPOCH, echo=0):
    return encode(WireFrame(kind, 1, 0, epoch, echo, payload))


def damaged(data):
    """The same with another bit in its check, or what would be one."""
    return data[:-2] + bytes([data[-2] ^ 0x80 or 0x40]) + data[-1:]


WELL_FORMED = {
    "HELLO": frame(HELLO, b"\2"),
    "HELLO of no epoch": GREETING,
    "HELLO of another protocol": frame(HELLO, b"\3" + LONGEST[1:]),
    "DESCRIBE": frame(DESCRIBE, b"\0"),
    "DESCRIBE of nothing": frame(DESCRIBE, b"\xff"),
    "HEARTBEAT": frame(HEARTBEAT),
    "HEARTBEAT with an echo": frame(HEARTBEAT, echo=200),
    "RESET": frame(RESET),
    "ARM with another hash": frame(ARM, b"\1\2\3\4"),
    "LIMITS": frame(LIMITS, struct.pack("<BH", 0, 60) + b"\xff" * 8),
    "LIMITS, the longest": frame(LIMITS, struct.pack("<BH", 0, 60) + b"\xff" * 61),
    "STOP": frame(STOP),
    "STOP with a payload": frame(STOP, LONGEST),
    "SETPOINTS that are late": frame(SETPOINTS, b"\1\1"),
}
NOISE = {
    "zeros": bytes(ROUND_BYTES),
    "no zero at all": b"\1" * ROUND_BYTES,
    "delimiters": b"\1\0" * 8,
    "three zeros and a byte": b"\0\0\0\1",
    "any bytes": random.Random(1).randbytes(ROUND_BYTES),
}
FLOODS = WELL_FORMED | NOISE
for name, data in WELL_FORMED.items():
    FLOODS[f"{name}, its check damaged"] = damaged(data)
for kind in (HELLO, DESCRIBE, ARM, SETPOINTS, HEARTBEAT, STOP, RESET, LIMITS, 0x7F):
    FLOODS[f"type {kind} with the longest payload"] = frame(kind, LONGEST)
    FLOODS[f"type {kind} with no payload"] = frame(kind)
    FLOODS[f"type {kind} of another epoch"] = frame(kind, LONGEST, epoch=EPOCH + 1)

HARMLESS = [flood for flood in WELL_FORMED if not flood.startswith(("STOP", "SETPOINTS"))]


def drawn_by_lot(seed):
    """Everything, one after the other, for as long as it takes to draw a hundred."""
    lot = random.Random(seed)
    return b"".join(lot.choice(list(FLOODS.values()))[:80] for _ in range(100))


@pytest.mark.no_cover
@pytest.mark.parametrize("name", ["uno", "mega"])
def test_no_flood_while_it_plays_takes_longer(simulator, images, name):
    board = PoweredBoard(simulator, images, name)
    most, played = {}, 0
    for flood, data in FLOODS.items():
        if board.now().facts[0, STATE] != DeviceState.PLAYING:
            send = board.start_to_play()
        busy = 0
        for _ in range(ROUNDS):
            fed = send()
            board.feed(data * ((ROUND_BYTES - fed) // len(data)))
            busy = max(busy, board.play(ROUND_TICKS).facts[:, BUSY].max())
        played += board.now().facts[0, STATE] == DeviceState.PLAYING
        most[flood] = busy
    assert played > len(FLOODS) / 2
    assert {flood: busy for flood, busy in most.items() if busy > BUSY_MOST} == {}


@pytest.mark.no_cover
@pytest.mark.parametrize("name", ["uno", "mega"])
def test_no_flood_while_it_does_nothing_takes_longer(simulator, images, name):
    """Here LIMITS and ARM are taken, too."""
    board = PoweredBoard(simulator, images, name)
    board.hello()
    taken = {
        "ARM": board.arm(),
        "LIMITS and ARM": board.limits() + board.arm(),
        "SETPOINTS": board.setpoints(40),
    }
    most = {}
    for flood, data in (FLOODS | taken).items():
        board.feed(data * -(-ROUNDS * ROUND_BYTES // len(data)))
        most[flood] = board.play(ROUNDS * ROUND_TICKS).facts[:, BUSY].max()
    assert {flood: busy for flood, busy in most.items() if busy > BUSY_MOST} == {}


LONG_TICKS = 2000
"""In so many, what comes over the line meets the beginning of a tick at every cycle."""
LONG_FLOODS = WELL_FORMED | {f"drawn by lot, {seed}": drawn_by_lot(seed) for seed in range(4)}


@pytest.mark.no_cover
@pytest.mark.parametrize("name", ["uno", "mega"])
@pytest.mark.parametrize("flood", LONG_FLOODS)
def test_no_long_flood_takes_longer(simulator, images, name, flood):
    """Nothing is begun at the end of one tick that belongs into the next: that would be on top of both."""
    board = PoweredBoard(simulator, images, name)
    board.hello()
    board.feed(LONG_FLOODS[flood] * -(-LONG_TICKS * ROUND_BYTES // ROUND_TICKS // len(LONG_FLOODS[flood])))
    assert board.play(LONG_TICKS).facts[:, BUSY].max() <= BUSY_MOST


@pytest.mark.no_cover
@pytest.mark.parametrize("name", ["uno", "mega"])
def test_no_long_flood_while_it_plays_takes_longer(simulator, images, name):
    """Of what leaves it playing, at the half of what the line carries."""
    board = PoweredBoard(simulator, images, name)
    send = board.start_to_play()
    lot = random.Random(1)
    most = 0
    for _ in range(LONG_TICKS // ROUND_TICKS):
        fed = send()
        while fed < ROUND_BYTES // 2:
            data = WELL_FORMED[lot.choice(HARMLESS)]
            board.feed(data)
            fed += len(data)
        most = max(most, board.play(ROUND_TICKS).facts[:, BUSY].max())
    assert board.now().facts[0, STATE] == DeviceState.PLAYING
    assert most <= BUSY_MOST


@pytest.mark.parametrize("name", ["uno", "mega"])
def test_breaks_one_after_the_other_take_no_longer(simulator, images, name):
    board = PoweredBoard(simulator, images, name)
    board.start_to_play()
    for _ in range(ROUND_BYTES):
        board.line_break()
    assert board.play(2 * ROUND_TICKS).facts[:, BUSY].max() <= BUSY_MOST


@pytest.mark.parametrize("name", ["uno", "mega"])
def test_no_moment_takes_longer(simulator, images, name):
    """HELLO, which costs most, in ticks of every kind and at every moment of a tick, while it plays."""
    board = PoweredBoard(simulator, images, name)
    send = board.start_to_play()
    most = 0
    for k in range(150):
        send()
        if k % 3 == 0:
            board.feed(GREETING, at=board.ticks + k % 20)
        most = max(most, board.play(20).facts[:, BUSY].max())
    assert board.now().facts[0, STATE] == DeviceState.PLAYING
    assert most <= BUSY_MOST


def swings(count):
    """Half of the motors fall while the others rise: together they pass the power budget."""
    half = count // 2
    return bytes([DRIVE] * half + [0] * half), bytes([0] * half + [DRIVE] * half)


@pytest.mark.parametrize("name", ["uno", "mega"])
@pytest.mark.parametrize("every", [3, 5, 7, 11])
def test_lines_that_end_all_the_time_take_no_longer(simulator, images, name, every):
    """A keyframe costs a division for each motor, the power budget one more and a factor for each."""
    board = PoweredBoard(simulator, images, name)
    board.start_to_play()
    one, other = swings(len(board.ceilings))
    most = 0
    for _ in range(60):
        one, other = other, one
        board.feed(board.setpoints(ahead=25, drives=one))
        most = max(most, board.play(every).facts[:, BUSY].max())
    assert board.now().facts[0, STATE] == DeviceState.PLAYING
    assert most <= BUSY_MOST
