"""Actuators for an output stage, and its drives tick for tick."""

import numpy as np

from firmware_bridge.guard.output_stage import CHUNK_MS, REST_MS, Keyframe, OutputStage
from firmware_bridge.wire.messages import ActuatorInfo, Kind


def actuator(index, ceiling=255, attack=4000, release=4000, excluded=0, **place):
    where = {"x_mm": 80 + 50 * index, "y_mm": 300, "radius_mm": 20} | place
    return ActuatorInfo(
        index=index,
        kind=Kind.VIBRATION,
        excluded=excluded,
        **where,
        ceiling=ceiling,
        start=0,
        hold=0,
        exponent_percent=100,
        attack=attack,
        release=release,
        rate_min=0,
        rate_max=255,
        id=f"a{index}",
    )


# Slews that divide evenly and ones that do not, a ceiling below the drive, and one that is excluded.
TABLE = (
    actuator(0, ceiling=204, attack=800, release=1600),
    actuator(1, attack=4000, release=4000),
    actuator(2, ceiling=100, attack=50, release=1020),
    actuator(3, attack=333, release=1111),
    actuator(4, excluded=1),
)
WIDTH = len(TABLE)
FREE = (actuator(0),)
AMPLE = 64 * 255
SLOTS = 32


def stage(table, budget=AMPLE, *, cold=False):
    """An output stage at time 0 under the ceilings of its table; unless it is `cold`, it has had its rest."""
    made = OutputStage(table, budget, SLOTS)
    made.cap(bytes(0 if a.excluded else a.ceiling for a in table))
    if not cold:
        made.now = -REST_MS
        while made.now < 0:
            made.advance(made.now + CHUNK_MS)
    return made


def play(playout, until, splits=()):
    """Drives and rates of every tick up to `until`, advanced in pieces of at most a chunk."""
    drives, rates, splits = [], [], list(splits)
    while playout.now < until:
        size = splits.pop(0) if splits else CHUNK_MS
        start = playout.now
        output = playout.advance(min(until, playout.now + size))
        assert output.start == start + 1
        assert output.drive.shape == output.rate.shape == (playout.now - start, len(playout.resting))
        assert output.drive.dtype == output.rate.dtype == np.uint8
        if output.silent:
            assert not output.drive.any()
        drives += output.drive.tolist()
        rates += output.rate.tolist()
    return drives, rates


def only(drives):
    return [row[0] for row in drives]


def held(playout, level, until, rate=0):
    """Hold `level` up to `until` (the line to it takes one millisecond); the drives of each tick."""
    playout.push(Keyframe(playout.now + 1, bytes([level]), bytes([rate]), 1))
    return only(play(playout, until)[0])
