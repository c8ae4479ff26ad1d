"""A calibration of a virtual cushion in virtual time by a scripted person, and what it takes.

The figures:  PYTHONPATH=.:tests/helpers .venv/bin/python -m calibrations [DEVICE]
"""

import sys
from dataclasses import dataclass, replace
from random import Random

from feelers import Feeler, other_motors
from felt import drained

from firmware_bridge.devices.calibration import probing
from firmware_bridge.devices.load import load_device, place_device
from firmware_bridge.play.session import Session
from firmware_bridge.play.wire_device import WireDevice
from firmware_bridge.recording.dose import DoseMeter
from kneadwave.cli.terminal.keys import AnswerKeys
from kneadwave.cli.trials.calibrate import SHARE, felt_profile, subjects_of
from kneadwave.sessions.controls import Inbox
from kneadwave.sessions.felt_bounds import Bounded
from kneadwave.sessions.felt_test import IDLE_MAX_S, SPARE_S, FeltControls, feel_session
from kneadwave.sessions.record import Keeper
from kneadwave.tuning.calibration.sitting import Examiner
from profiles.score import compose
from simulator.clock import VirtualClock
from simulator.cushion import VirtualCushion
from simulator.link import VirtualLink


@dataclass(frozen=True)
class Sitting:
    """What was found in one sitting, and what it took (seconds); `held` are the limits that held it back."""

    found: dict
    left: list
    wall_s: float
    moved_s: float
    held: set


def sit(device, names, *, seed=1, reaction_s=0.35, before=None, **motors):
    """One sitting over the actuators `names`, on motors as `motors` says; `before` sees the person."""
    description = load_device(device)
    layout = place_device(description)
    clock, bare = VirtualClock(), probing(layout, SHARE)
    person = Feeler(other_motors(layout, **motors), clock, seed=seed, reaction_s=reaction_s)
    if before is not None:
        before(person)
    link = VirtualLink(VirtualCushion(description, output=person, warm=True), clock)
    profile = felt_profile()
    score = compose(profile)
    score = replace(score, duration=score.duration + IDLE_MAX_S - SPARE_S)
    strongest = max(step.level for step in profile.step)
    examiner = Examiner(
        lambda placed, intensity: subjects_of(placed, intensity, strongest, names), person, Random(seed)
    )
    sampler = examiner.sampler(bare)
    controls = FeltControls(Inbox(AnswerKeys(person)), clock, examiner)
    keeper = Keeper()
    keeper.meter = DoseMeter(bare)
    session = Session(
        score, bare, WireDevice(link, clock), clock,
        wake=controls.waiting, recorder=keeper.meter, renderer=Bounded(sampler, score, bare),
    )  # fmt: skip
    drained(feel_session(session, controls, keeper))
    return Sitting(
        found=dict(person.results),
        left=[name for name in names if name not in person.results],
        wall_s=clock.now(),
        moved_s=person.moved_ms / 1000,
        held={event.kind for event in session.feed.events},
    )


def main(device="seat-pad-8"):
    """Sit as often as it takes, and say how long each took."""
    left = [actuator.id for actuator in place_device(load_device(device)).allowed]
    while left:
        sitting = sit(device, left)
        sys.stdout.write(
            f"{device}: {len(sitting.found)} actuators in {sitting.wall_s:.0f} s, "
            f"{sitting.moved_s:.0f} s of them in movement\n"
        )
        left = sitting.left


if __name__ == "__main__":
    main(*sys.argv[1:])
