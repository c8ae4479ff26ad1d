"""Short runs in virtual time, recorded by the device, by the host, or by both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from firmware_bridge.devices.load import load_device, place_device
from firmware_bridge.play.session import Session
from firmware_bridge.play.wire_device import WireDevice
from firmware_bridge.recording.writer import open_recorder
from profiles.body import body_map
from profiles.profile import parse
from profiles.score import compose
from simulator.clock import VirtualClock
from simulator.cushion import VirtualCushion
from simulator.link import VirtualLink
from simulator.run import Simulation
from simulator.watch import Watch

SHORT = """
schema = 1
name = "short"
audience = "test"
fade_in_s = 0.5
fade_out_s = 0.5

[[step]]
name = "up the back"
technique = { kind = "stroking", speed_mm_s = 150 }
zones = ["lumbar", "upper-back", "shoulder"]
duration_s = 8
level = 0.4
crossfade_s = 1

[[step]]
name = "buzz"
technique = { kind = "vibration", frequency_hz = 50 }
zones = ["upper-back"]
duration_s = 6
level = 0.5
crossfade_s = 1
"""


def by_device(path: Path, device: str = "reference-cushion", stature_m: float = 1.7) -> Simulation:
    """Record a short run on a virtual device; the simulation that played it."""
    score = compose(parse(SHORT), body_map(stature_m))
    with open_recorder(path, live=False) as recorder:
        simulation = Simulation(score, load_device(device), stature_m=stature_m, recorder=recorder)
        for _ in simulation.play():
            pass
    return simulation


def by_both(
    device_path: Path, host_path: Path, *, sessions: int = 1, idle_s: float = 8.0, stall_s: float = 0.0
) -> None:
    """Record a waiting device in thin ticks, and the last of so many sessions on it as its host does.

    In the middle of each the host stands still for `stall_s`.
    """
    description = load_device("reference-cushion")
    layout, clock, score = place_device(description), VirtualClock(), compose(parse(SHORT))
    with open_recorder(device_path, live=False) as recorder:
        recorder.header(layout, "", "device", description.name)
        watch = Watch(layout, recorder, thin=True)
        cushion = VirtualCushion(description, output=watch, warm=True)
        link = VirtualLink(cushion, clock)
        for number in range(sessions):
            clock.sleep(idle_s)
            last = number == sessions - 1
            with open_recorder(host_path, live=False) as host:
                host.header(layout, score.name, "host", description.name)
                session = Session(score, layout, WireDevice(link, clock), clock, recorder=host)
                if not last:
                    session.softer()
                step, stalled = -1, not stall_s
                for update in session.play():
                    if not stalled and update.elapsed > 4.0:
                        stalled = True
                        clock.sleep(stall_s)
                    if update.step > step:
                        step = update.step
                        host.event(host.t, "step", **score.steps[step].as_dict())
                host.end(host.t, True, "completed")
        clock.sleep(idle_s)
        cushion.play_out(round(clock.now() * 1000))
        watch.flush()
        recorder.end(clock.now(), True, "ended")


def rewritten(path: Path, header: Any = None, line: Any = None) -> Path:
    """Change a recording in place: `header` and `line` take an object of it each and may change it."""
    lines = [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()]
    for number, found in enumerate(lines):
        change = line if number else header
        if change is not None:
            change(found)
    path.write_text("".join(json.dumps(found) + "\n" for found in lines), encoding="utf-8")
    return path


def without(*keys: str) -> Any:
    """A change that takes keys away, of the header's actuators as well."""

    def change(found: dict[str, Any]) -> None:
        for part in (found, *found.get("actuators", ())):
            for key in keys:
                part.pop(key, None)

    return change
