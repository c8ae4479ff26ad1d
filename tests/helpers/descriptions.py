"""Device descriptions: as text, whole and with one line of them changed, and parts of a cushion."""

from firmware_bridge.devices.description import DeviceDescription
from firmware_bridge.devices.load import load_device

ACTUATOR = """
[[actuator]]
id = "{id}"
kind = "vibration"
x_mm = 80
y_mm = 140
radius_mm = 20
ceiling = 0.8
attack_per_s = 800
release_per_s = 1600
response = {{ start = 60, hold = 40, exponent = 0.5 }}
motor = {{ tau_ms = 60, full_hz = 70.0 }}
"""
HEAD = 'schema = 1\nname = "test"\ntitle = "Test"\npower_budget = 1000\n'


def text(count=4, head=HEAD):
    return head + "".join(ACTUATOR.format(id=f"erm-{index}") for index in range(count))


def edited(old, new, which=3):
    """A description of four in which `old` reads `new` in one of the actuators."""
    parts = text().split("[[actuator]]")
    assert old in parts[which + 1]
    parts[which + 1] = parts[which + 1].replace(old, new)
    return "[[actuator]]".join(parts)


def part_of_cushion(name, ids):
    """The reference cushion with some of its actuators alone."""
    whole = load_device("reference-cushion")
    own = [spec for spec in whole.actuators if spec.id in ids]
    return DeviceDescription(**whole.model_dump(by_alias=True) | {"name": name, "actuator": own})


def two_parts():
    """Two devices that share no point."""
    lower = part_of_cushion("feet", ("lumbar-r", "lumbar-l"))
    return lower, part_of_cushion("pad", ("upper-r", "upper-l", "scapula-r"))
