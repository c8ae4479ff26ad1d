"""A profile with comments of its own, and its source after a change to a step."""

from profiles.curve import IntensityCurve
from profiles.profile import dump, parse

HEAD = """# mine
schema = 1
name = "mine"   # short
audience = "quick"

[[step]] # the first
name = "up"
technique = { kind = "stroking", speed_mm_s = 80 }   # not too fast
# the lower back alone
zones = ["sacrum",  "lumbar"]
duration_s = 30     # half a minute
level = 0.2
"""
TAIL = """
# Part two: the same again.
[[step]]
name = "again"
technique = { kind = "stroking" }
zones = ["lumbar"]
duration_s = 30
level = 0.2
"""
LINES = """curve = [  # in fraction
  # begins soft
  [0,    0.5], # soft
  [0.25, 0.8], # on the way

  # ends strong
  [1,    1.0]  # strong
] # that was it
"""
PLAIN = HEAD + TAIL


def with_step(profile, index=0, **changes):
    step = profile.step[index].model_copy(update=changes)
    return profile.model_copy(update={"step": (*profile.step[:index], step, *profile.step[index + 1 :])})


def rewritten(source, index=0, **changes):
    """The source after a change to a step, which it says afterwards."""
    wanted = with_step(parse(source), index, **changes)
    text = dump(wanted, source)
    assert parse(text) == wanted
    assert dump(wanted, text) == text
    return text


def curve(*points, unit="fraction"):
    return IntensityCurve(points=points, unit=unit)
