"""The virtual cushion neither moves nor fails, whatever the bytes."""

import random
import struct

import numpy as np
import pytest
from depth import at_depth
from hostile_life import lived
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.devices.load import load_device
from firmware_bridge.wire.messages import (
    ARM,
    DESCRIBE,
    HEARTBEAT,
    HELLO,
    LIMITS,
    RESET,
    SETPOINTS,
    STOP,
    DeviceState,
)
from simulator.cushion import VirtualCushion


@st.composite
def hostile_bytes(draw):
    """Noise, zeros, and frames whose check passes but which need not make sense."""
    frame = st.tuples(
        st.integers(0, 255),
        st.integers(0, 255),
        st.integers(0, 0xFFFF),
        st.binary(max_size=64),
        st.booleans(),
    )
    return draw(st.lists(st.one_of(st.binary(max_size=100), frame), max_size=20))


KINDS_WITHOUT_ARM = [HELLO, DESCRIBE, SETPOINTS, HEARTBEAT, STOP, RESET, LIMITS, 0x81, 0x00, 0xFF]


@settings(max_examples=at_depth(150))
@given(hostile_bytes(), st.integers(1, 400))
def test_a_disarmed_cushion_never_moves_and_never_raises(raw_host, stream, pause):
    host = raw_host()
    host.greet()
    for item in stream:
        if isinstance(item, bytes):
            host.cushion.receive(item, host.now)
        else:
            kind, epoch, t_ms, payload, right = item
            kind = KINDS_WITHOUT_ARM[kind % len(KINDS_WITHOUT_ARM)]
            host.send(kind, payload, t_ms=t_ms, epoch=host.cushion.epoch if right else epoch)
        host.wait(pause, each=50)
    assert host.state in (DeviceState.DISARMED,)
    assert host.trace.last_moving() == -1


def limits_kept(host):
    """Ceilings, exclusions, rate caps and slew on every millisecond that was traced."""
    drives, rates = host.trace.drives.astype(int), host.trace.rates
    table = host.cushion.table
    assert (drives.max(axis=0) <= [0 if a.excluded else a.ceiling for a in table]).all()
    assert (rates.max(axis=0) <= [a.rate_max for a in table]).all()
    steps = np.diff(drives, axis=0, prepend=0)
    assert (steps.max(axis=0) <= [-(-(a.attack * 256) // 1000) // 256 + 1 for a in table]).all()


@settings(max_examples=at_depth(60))
@given(hostile_bytes(), st.integers(1, 200))
def test_an_armed_cushion_keeps_its_limits_whatever_comes(raw_host, stream, pause):
    host = raw_host().ready()
    host.set({"sacrum": 200, "knead-l": 200}, ahead=150)
    for item in stream:
        if isinstance(item, bytes):
            host.raw(item)
        else:
            kind, epoch, t_ms, payload, right = item
            kind = (SETPOINTS, HEARTBEAT, STOP, HELLO)[kind % 4]
            host.send(
                kind, payload, t_ms=host.now + t_ms % 700 - 100, epoch=host.cushion.epoch if right else epoch
            )
        host.wait(pause, each=50)
    limits_kept(host)
    host.wait(2000, each=100)
    assert host.cushion.output_sum == 0


def mutated(rng, frame):
    """A valid frame, damaged in one of several ways, or left alone."""
    match rng.randrange(6):
        case 0:
            return frame
        case 1:
            at = rng.randrange(len(frame))
            return frame[:at] + bytes([rng.randrange(256)]) + frame[at + 1 :]
        case 2:
            return frame[: rng.randrange(len(frame))]
        case 3:
            at = rng.randrange(len(frame))
            return frame[:at] + rng.randbytes(rng.randrange(1, 40)) + frame[at:]
        case 4:
            return frame[:-1]
        case _:
            return frame + frame


@pytest.mark.no_cover
def test_damaged_frames_neither_move_it_nor_break_it(raw_host):
    """No arm request among them is whole; whatever else comes, a disarmed cushion stays still."""
    rng = random.Random(20240501)
    host = raw_host()
    host.greet()
    count = 0
    while count < at_depth(1_000_000):  # bytes
        burst = b""
        while len(burst) < 4000:
            kind = rng.choice(KINDS_WITHOUT_ARM)
            payload = rng.choice(
                [
                    b"",
                    b"\x01",
                    host.payload({"sacrum": 100}),
                    rng.randbytes(rng.randrange(65)),
                    struct.pack("<I", 7),
                ]
            )
            epoch = rng.choice([0, host.cushion.epoch, rng.randrange(256)])
            burst += mutated(rng, host.frame(kind, payload, t_ms=host.now + rng.randrange(600), epoch=epoch))
            if rng.random() < 0.1:
                burst += rng.randbytes(rng.randrange(200))
        host.cushion.receive(burst, host.now)
        host.cushion.transmit()
        host.now += 7
        host.cushion.advance(host.now)
        count += len(burst)
    assert host.state is DeviceState.DISARMED
    host.wait(1000, each=100)
    assert host.trace.last_moving() == -1
    host.playing({"sacrum": 100}, ms=400)
    assert host.state is DeviceState.PLAYING, "and it still works"


def test_the_same_bytes_cut_anywhere_have_the_same_effect(raw_host):
    host = raw_host()
    host.greet()
    host.limits()
    session_hash = struct.pack("<I", host.cushion.machine.limits.hash)
    stream = host.frame(HELLO, b"\x02", epoch=0)
    stream += host.frame(LIMITS, struct.pack("<BH", 0, 1200) + b"\xff" * 16) + host.frame(ARM, session_hash)
    for k in range(10):
        stream += host.frame(SETPOINTS, host.payload({"sacrum": 10 * k + 10}), t_ms=20 * (k + 1))
    outputs = []
    for size in (1, 2, 3, 7, 50, len(stream)):
        other = raw_host()
        for at in range(0, len(stream), size):
            other.raw(stream[at : at + size])
        other.wait(400)
        outputs.append(other.trace.drives.tolist())
    assert all(output == outputs[0] for output in outputs)
    assert max(map(max, outputs[0])) > 50


def test_nobody_needs_to_watch():
    cushion = VirtualCushion(load_device("seat-pad-8"))
    cushion.advance(5000)
    cushion.press_button(5000)
    assert cushion.state is DeviceState.TRIPPED
    assert cushion.output_sum == 0


# -- watched or not ---------------------------------------------------------------------------------------


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(at_depth(16)))
def test_it_comes_out_the_same_whether_somebody_watches_or_not(raw_host, seed):
    """The output is worked out late; whatever happens has to happen at its own millisecond all the same."""
    assert lived(raw_host(seed=seed), seed, watched=False) == lived(raw_host(seed=seed), seed, watched=True)
