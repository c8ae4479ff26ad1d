"""What docs/safety.md says that a layer holds alone: that layer, asked for the breach.

Limiter (3), interlock (4) and device (5) get what breaks one limit, with no other layer before or behind.
"""

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from eye import DWELL_MS, longest_work
from hostile_host import RawHost
from limiting import block, limited

from firmware_bridge.devices.footprint import footprint_limits
from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device
from firmware_bridge.devices.points import shared_points
from firmware_bridge.errors import InterlockTrip
from firmware_bridge.limits import DRIVE_MAX, KNEADING_MAX_CPM, SESSION_MAX_S
from firmware_bridge.safety.interlock import Interlock, InterlockEvent
from firmware_bridge.wire.messages import Arm, Setpoints
from profiles.technique import Modality
from profiles.waveform import FRAME_RATE_HZ

FRAME_MS = 1000 // FRAME_RATE_HZ
SESSION_HASH = 1
SAFETY = Path(__file__).parents[2] / "docs" / "safety.md"
ROW = re.compile(r"\| (H\d+) \|.*\| ([^|\n]+) \|[^|\n]+\|")


class Played(NamedTuple):
    """Drives and rates (moments, actuators), a row each `ms` milliseconds."""

    drive: np.ndarray
    rate: np.ndarray
    ms: int


# -- what is asked for: frames that break one limit and keep the others --------------------------------


def frames(layout, seconds):
    shape = (round(seconds * FRAME_RATE_HZ), len(layout.actuators))
    return Played(np.zeros(shape, dtype=np.uint8), np.zeros(shape, dtype=np.uint8), FRAME_MS)


def risen(layout, wanted, seconds=1.0, rate=None):
    """The drives `wanted` by index, risen to as fast as each actuator may; at `rate`, or their lowest."""
    played = frames(layout, seconds)
    for index, drive in wanted.items():
        actuator = layout.actuators[index]
        rise = np.arange(1, len(played.drive) + 1) * (actuator.attack // FRAME_RATE_HZ)
        played.drive[:, index] = np.minimum(drive, rise)
        played.rate[:, index] = actuator.rate_min if rate is None else rate
    return played


def joined(*parts):
    return Played(np.vstack([p.drive for p in parts]), np.vstack([p.rate for p in parts]), FRAME_MS)


def over(layout, place):
    return risen(layout, {a.index: 100 for a in layout.excluded if place in a.excluded})


def too_strong(layout):
    return risen(layout, {a.index: 255 for a in layout.allowed[:3]}, 2.0)


def too_long(layout):
    """Two actuators at one point take turns: neither works for long, the point does."""
    (members,) = shared_points(layout.actuators)
    return joined(*(risen(layout, {members[k % 2]: 40}, 2.5) for k in range(6)))


def too_fast(layout):
    kneading = next(a for a in layout.allowed if a.kind is Modality.KNEADING)
    return risen(layout, {kneading.index: 60}, rate=KNEADING_MAX_CPM + 1)


def too_sudden(layout):
    played = frames(layout, 0.5)
    played.drive[10:, layout.allowed[0].index] = 100
    return played


def too_late(layout):
    return joined(frames(layout, SESSION_MAX_S), risen(layout, {layout.allowed[0].index: 60}))


def too_much(layout):
    return risen(layout, {a.index: a.ceiling for a in layout.allowed if a.kind is not Modality.PRESSURE}, 2.0)


ASKED = {
    "H1": lambda layout: over(layout, "spine"),
    "H2": lambda layout: over(layout, "kidney"),
    "H3": too_strong,
    "H4": too_long,
    "H5": too_fast,
    "H7": too_sudden,
    "H8": too_late,
    "H9": too_much,
    "H19": lambda layout: over(layout, "place"),
}


# -- whether the limit is broken by what came of it ----------------------------------------------------


def drives_over(layout, played, place):
    return played.drive[:, [a.index for a in layout.excluded if place in a.excluded]].any()


def above_a_ceiling(layout, played):
    return (played.drive > layout.ceilings).any()


def a_point_works_on(layout, played):
    (members,) = shared_points(layout.actuators)
    return longest_work(np.repeat(played.drive[:, members].any(axis=1), played.ms)) > DWELL_MS


def kneads_too_fast(layout, played):
    kneading = [a.index for a in layout.actuators if a.kind is Modality.KNEADING]
    return (played.rate[:, kneading] > KNEADING_MAX_CPM).any()


def leaps(layout, played):
    """A drive rises in a frame's time by more than its attack, and what rounding may add."""
    apart = FRAME_MS // played.ms
    before = np.vstack((np.zeros((apart, played.drive.shape[1])), played.drive[:-apart]))
    attack = np.array([a.attack for a in layout.actuators]) / FRAME_RATE_HZ
    return (played.drive - before > np.ceil(attack) + 1).any()


def moves_after_the_session(_, played):
    return played.drive[round(SESSION_MAX_S * 1000) // played.ms + 1 :].any()


def takes_too_much_power(layout, played):
    return (played.drive.sum(axis=1, dtype=int) > layout.power_budget).any()


BROKEN = {
    "H1": lambda layout, played: drives_over(layout, played, "spine"),
    "H2": lambda layout, played: drives_over(layout, played, "kidney"),
    "H3": above_a_ceiling,
    "H4": a_point_works_on,
    "H5": kneads_too_fast,
    "H7": leaps,
    "H8": moves_after_the_session,
    "H9": takes_too_much_power,
    "H19": lambda layout, played: drives_over(layout, played, "place"),
}


# -- one layer alone -----------------------------------------------------------------------------------


def by_limiter(layout, asked):
    drive, rate, _ = limited(layout, block(asked.drive / DRIVE_MAX, asked.rate))
    return Played(drive, rate, asked.ms)


def by_interlock(layout, asked):
    """What is let through; nothing is, once it has tripped."""
    footprints = footprint_limits(layout.description.actuators, layout.stature_m)
    interlock = Interlock(layout.actuators, layout.power_budget, SESSION_HASH, footprints)
    interlock.admit(Arm(SESSION_HASH))
    interlock.observe(InterlockEvent.ARM_CONFIRMED)
    passed = Played(np.zeros_like(asked.drive), np.zeros_like(asked.rate), asked.ms)
    for k, (drive, rate) in enumerate(zip(asked.drive, asked.rate, strict=True)):
        try:
            interlock.admit(Setpoints(drive.tobytes(), rate.tobytes()))
        except InterlockTrip:
            return passed
        passed.drive[k], passed.rate[k] = drive, rate
    return asked


def by_device(layout, asked):
    """What a host that knows no limit makes it put out, from when it is armed."""
    host = RawHost(layout.description).ready()
    armed = host.now
    silent = int(np.argmax(asked.drive.any(axis=1)))
    for _ in range(silent // 10):  # often enough that the line does not count as lost
        host.set({})
        host.wait(10 * FRAME_MS, each=10 * FRAME_MS)
    for drive, rate in zip(asked.drive[silent:].tolist(), asked.rate[silent:].tolist(), strict=True):
        on = [index for index, each in enumerate(drive) if each]
        host.set({index: drive[index] for index in on}, {index: rate[index] for index in on})
        host.wait(FRAME_MS, each=FRAME_MS)
    return Played(host.trace.drives[armed:], host.trace.rates[armed:], 1)


LAYERS = {"3": by_limiter, "4": by_interlock, "5": by_device}
ROWS = dict(ROW.findall(SAFETY.read_text(encoding="utf-8")))
CELLS = [(hazard, layer) for hazard in ASKED for layer in LAYERS if layer in re.findall(r"\d", ROWS[hazard])]


@pytest.fixture(scope="module")
def layout():
    """The reference cushion with two of its motors at one place, and one at none."""
    cushion = load_device("reference-cushion")
    places = {a.id: {"x_mm": a.x_mm, "y_mm": a.y_mm} for a in cushion.actuators}
    moved = {"scapula-r": places["upper-r"], "flank-l": {"x_mm": None, "y_mm": None}}
    actuators = tuple(a.model_copy(update=moved.get(a.id, {})) for a in cushion.actuators)
    return place_device(cushion.model_copy(update={"actuators": actuators}))


@pytest.mark.parametrize("hazard", ASKED)
def test_what_is_asked_for_breaks_the_limit(layout, hazard):
    assert BROKEN[hazard](layout, ASKED[hazard](layout))


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_lets_pass_what_breaks_none(layout, layer):
    index = layout.allowed[0].index
    assert LAYERS[layer](layout, risen(layout, {index: 60})).drive[:, index].max() >= 60


@pytest.mark.parametrize(("hazard", "layer"), CELLS)
def test_a_layer_holds_alone_what_safety_md_says(layout, hazard, layer):
    assert not BROKEN[hazard](layout, LAYERS[layer](layout, ASKED[hazard](layout)))


def test_safety_md_says_so_of_every_limit_that_drives_can_break():
    assert len(CELLS) == 26  # three layers each; that a session is over, only interlock and device know
