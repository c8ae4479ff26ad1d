"""A commented profile to tune, and edits for it."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from kneadwave.tuning.workspace import look, open_desk
from profiles.curve import IntensityCurve
from profiles.profile import Profile

COMMENTED = """\
# My own evening. The order of the steps matters to me.
schema = 1
name = "evening"   # as I call it
audience = "quick"
fade_in_s = 2
fade_out_s = 4

# Soft to begin with.
[[step]]
name = "strokes"
technique = { kind = "stroking", speed_mm_s = 95 }   # not too fast
zones = ["sacrum", "lumbar",  "upper-back"]
duration_s = 120     # two minutes
level = 0.28
curve = [            # in fraction of the step
  [0,    0.50], # settles
  [0.25, 0.70], # awake
  # from here on as it is
  [0.6,  0.90],
  [1,    1.00], # and over
] # end of the curve
crossfade_s = 3

# Then the hands go in.
[[step]]
name = "kneading"
technique = { kind = "kneading", rate_cpm = 36 }
zones = ["lumbar", "upper-back", "shoulder"]
duration_s = 120
level = 0.45
curve = { unit = "seconds", points = [[0, 0.5], [40, 1.0], [80, 1.0], [120, 0.6]] } # up and down

# And home.
[[step]]
name = "closing"
technique = { kind = "stroking" }
zones = ["sacrum", "lumbar", "upper-back"]
duration_s = 60
level = 0.2
curve = "hold" # nothing happens any more
"""

Change = Callable[[Profile], Profile]


def with_step(index: int, **changes: object) -> Change:
    """Change fields of a step (numbers from 0)."""

    def change(profile: Profile) -> Profile:
        step = profile.step[index].model_copy(update=changes)
        return profile.model_copy(update={"step": (*profile.step[:index], step, *profile.step[index + 1 :])})

    return change


def with_points(index: int, *points: tuple[float, float]) -> Change:
    """Give a step other points, in the unit that it has."""

    def change(profile: Profile) -> Profile:
        curve = IntensityCurve(points=points, unit=profile.step[index].curve.unit)
        return with_step(index, curve=curve)(profile)

    return change


def with_level(index: int, level: float) -> Change:
    """Give a step another level."""
    return with_step(index, level=level)


AT = datetime(2026, 3, 4, 18, 0, tzinfo=timezone(timedelta(hours=1)))


def at_desk(path, *edits):
    """Make edits, each at a desk of its own; the last desk as it was left."""
    for number, change in enumerate(edits, start=1):
        with open_desk(str(path), now=lambda: AT) as desk:
            desk.edit(f"edit {number}", change)
    return look(str(path))


def files_of(folder):
    return {entry: entry.read_bytes() for entry in folder.rglob("*") if entry.is_file()}
