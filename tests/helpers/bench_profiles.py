"""Profiles of seconds and minutes, for whole runs: they lie in the folder of each bench."""

SHORT = """
schema = 1
name = "short"
audience = "test"
fade_in_s = 0.3
fade_out_s = 0.3

[[step]]
name = "one stroke"
technique = { kind = "stroking", speed_mm_s = 190, return_level = 1.0 }
zones = ["gluteal", "sacrum", "lumbar", "upper-back", "scapular", "shoulder"]
on = ["vibration", "kneading", "pressure"]
hands = "both"
duration_s = 3
level = 0.45
crossfade_s = 0.5
"""

STROKE = """
[[step]]
name = "{name}"
technique = {{ kind = "stroking" }}
zones = ["lumbar", "upper-back", "shoulder"]
duration_s = {seconds}
level = {level}
crossfade_s = {fade}
"""
HEAD = 'schema = 1\nname = "{name}"\naudience = "quick"\nfade_in_s = 0.5\nfade_out_s = 0.5\n'
LONG = (
    HEAD.format(name="long")
    + STROKE.format(name="opening", seconds=150, level=0.3, fade=2)
    + STROKE.format(name="closing", seconds=30, level=0.2, fade=2)
)
TURN = 'kind = "guide", instruction = "Turn over, slowly.", part = "posture", posture = "supine"'
BREATHE = """
[[step]]
name = "breathe"
technique = {{ kind = "guide", instruction = "Breathe with the bar.", part = "breath", breath = {breath} }}
duration_s = 3
repeats = {repeats}
"""
BREATH = "{ inhale_s = 1, hold_s = 1, exhale_s = 1 }"
MIXED = (
    HEAD.format(name="mixed")
    + STROKE.format(name="up", seconds=3, level=0.3, fade=0.5)
    + f'[[step]]\nname = "turn"\ntechnique = {{ {TURN} }}\nduration_s = 2\n'
    + BREATHE.format(breath=BREATH, repeats=2)
    + STROKE.format(name="down", seconds=3, level=0.2, fade=0.5)
)
HANDS = HEAD.format(name="hands") + BREATHE.format(breath=BREATH, repeats=10)
PROFILES = {"short": SHORT, "long": LONG, "mixed": MIXED, "hands": HANDS}
