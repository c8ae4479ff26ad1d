"""Bytes a second on the wire, beside the same updates in the protocols of devices that people own today.

An update is the whole state, 50 times a second: one level for each of the actuators that may be driven at
all. The peers are given the best case: no rates, no time stamps, no check, and actuators that stay off are
left out. Their forms are those of their public documentation.
"""

import json

from benchmarks.measure import row
from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device
from firmware_bridge.play.feed import Feed
from firmware_bridge.safety.limiter import Limiter
from profiles.profile import load_profile
from profiles.score import compose
from profiles.waveform import FRAME_RATE_HZ, Renderer
from simulator.run import Simulation


def firmata(drives: list[int]) -> int:
    """PWM is 3 bytes on pins 0 to 15, an extended analog message of 6 bytes above."""
    return sum(3 if pin < 16 else 6 for pin in range(len(drives)))


def tcode(drives: list[int]) -> int:
    """T-Code v0.3: four digits a channel, ramped over the 20 ms of a frame, one line an update."""
    return (
        len(" ".join(f"V{channel}{drive * 9999 // 255:04d}I20" for channel, drive in enumerate(drives))) + 1
    )


def hf8(drives: list[int]) -> int:
    """HF8: one command a motor."""
    return sum(len(f"M{motor}{drive}\r") for motor, drive in enumerate(drives))


def buttplug(drives: list[int]) -> int:
    """Buttplug v4: one OutputCmd a feature, as compact JSON."""
    commands = (
        {"Id": 1, "DeviceIndex": 0, "FeatureIndex": i, "Command": {"Vibrate": {"Value": drive}}}
        for i, drive in enumerate(drives)
    )
    return sum(len(json.dumps([{"OutputCmd": command}], separators=(",", ":"))) for command in commands)


def main() -> None:
    """Print a row for each protocol."""
    description = load_device("reference-cushion")
    score = compose(load_profile("relaxing-back"))
    simulation = Simulation(score, description)
    for _ in simulation.play():
        pass
    ours = simulation.session.device.bytes_sent / score.duration
    layout = place_device(description)
    frames = round(score.duration * FRAME_RATE_HZ)
    feed = Feed(Renderer(score, layout.places()), Limiter(layout), frames, len(layout.actuators))
    allowed = [actuator.index for actuator in layout.allowed]
    totals = dict.fromkeys((firmata, tcode, hf8, buttplug), 0)
    changed = 0
    before = [0] * len(allowed)
    for _ in range(frames):
        state = feed.next().setpoints.drives
        drives = [state[i] for i in allowed]
        for protocol in totals:
            totals[protocol] += protocol(drives)
        changed += 3 * sum(a != b for a, b in zip(drives, before, strict=True))
        before = drives
    peers = {protocol.__name__: total / score.duration for protocol, total in totals.items()}
    smallest = min(peers.values())
    row(
        "relaxing-back, Kneadwave, all bytes from host to device",
        f"{ours:.0f} bytes/s",
        "under a third of the",
        None,
    )
    for name, rate in peers.items():
        row(f"  the same updates, {name}", f"{rate:.0f} bytes/s", "", None)
    row("Kneadwave / smallest of them", f"{ours / smallest:.2f}", "at most 0.33", ours <= 0.33 * smallest)
    row(
        "  (Firmata, were only changes sent, any lost one for good)",
        f"{changed / score.duration:.0f} bytes/s",
        "",
        None,
    )


if __name__ == "__main__":
    main()
