"""Device descriptions as text, whole and with one line of them changed."""

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
