"""Profiles for tests of what is told about one: with an order, with guided steps, locked."""

from pathlib import Path

EVENING = """\
schema = 1
name = "evening"
title = "An evening with everything, and a title that is too long for one line of eighty"
description = "Back and legs, breath and hands."
variant = "V15"
purpose = "whole-body"
order = "order-a"
posture = "prone"
good_for = ["sedentary", "pregnancy"]
self_massage = true
rest_s = 300

[[exception]]
rule = 86
reason = "The source goes down here."

[[step]]
name = "strokes"
technique = { kind = "stroking" }
in_order = true
duration_s = 180
level = 0.3
by_hand = "Stroke the {region} slowly with both hands."

[[step]]
name = "breathing"
duration_s = 22
repeats = 10
[step.technique]
kind = "guide"
instruction = "Sit and breathe"
part = "breath"
breath = { inhale_s = 4, hold_s = 10, exhale_s = 8 }

[[step]]
name = "waiting"
technique = { kind = "guide", instruction = "Rub the scalp lightly.", part = "head" }
zones = ["lumbar", "upper-back"]
level = 0.12
duration_s = 60

[[step]]
name = "backs of the legs"
technique = { kind = "pressing" }
zones = ["thigh"]
duration_s = 120
level = 0.6

[[step]]
name = "along a line"
technique = { kind = "rubbing", path = "longitudinal" }
path = [[72, 420], [72, 540]]
on = ["vibration", "kneading"]
duration_s = 20
repeats = 3
level = 0.65
curve = [[0.0, 1.0], [0.5, 0.4], [1.0, 1.0]]

[[step]]
name = "the end"
technique = { kind = "stroking", direction = "away" }
zones = ["shoulder-left"]
duration_s = 30
level = 0.2
"""

BREATHING = """\
schema = 1
name = "breathing"
purpose = "guided"
posture = "seated"

[[step]]
name = "breathe"
duration_s = 10
repeats = 3
[step.technique]
kind = "guide"
instruction = "Breathe slowly."
part = "breath"
breath = { inhale_s = 4, exhale_s = 6 }

[[step]]
name = "turn over"
technique = { kind = "guide", instruction = "Turn over.", part = "posture", posture = "supine" }
duration_s = 5
"""

CHILD = """\
schema = 1
name = "little-one"
title = "For a child"
variant = "V5"
purpose = "locked"
locked = "hands only, by the parents"

[[step]]
name = "strokes"
technique = { kind = "stroking" }
zones = ["lumbar", "upper-back"]
duration_s = 600
level = 0.2
"""


def write(folder: Path, text: str) -> str:
    """Write a profile under its own name; its path."""
    name = text.split('name = "', 1)[1].split('"', 1)[0]
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)
