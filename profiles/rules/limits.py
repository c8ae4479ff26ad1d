"""The figures that the check holds a profile against, each with its unit, and its rule or "project's choice".

What belongs to a technique or to a zone stands with it (`technique`, body.toml). Levels are felt levels,
0 to 1.
"""

from __future__ import annotations

from profiles.technique import POINT_MAX_S, SETTLING_MAX

__all__ = [
    "POINT_MAX_S",
    "SETTLING_MAX",
]  # those that stand with the techniques; all of this module is public

TOLERANCE = 1e-9  # levels are products of two decimals
JND = 0.2  # what is just told apart: a fifth more (domain figures)

# The session as a whole.
SESSION_MAX_S = 1200.0  # rule 84: 20 minutes at most
SESSION_USUAL_S = 900.0  # rule 84: 15 minutes at least
FIRST_SESSION_MAX_S = 900.0  # rules 167, 224: 15 minutes at most
FIRST_SESSION_USUAL_S = 600.0  # rule 224: 10 to 15 minutes; the lower one is our default
REST_MIN_S = 60.0  # rules 70, 187, 279: rest afterwards; the source lost its figure: project's choice

# From light to strong to light.
SETTLE_S = 30.0  # rules 30, 271: settle first; 30 to 60 s, the lower one: project's choice
SETTLE_SHARE = 0.1  # of a session shorter than five minutes; project's choice: 30 s of those five minutes
SETTLE_LEVEL = 0.2  # the most that is felt while settling; project's choice: a light touch
WARM_UP_S = 60.0  # rules 36, 43: start light; 60 s is the project's choice
WARM_UP_SHARE = 0.2  # of a session shorter than five minutes; project's choice: 60 s of those
WARM_UP_LEVEL = 0.35  # rule 47: the first stage is soft and light; project's choice
CROSSFADE_MIN_S = 1.0  # rule 164: no abrupt transition; project's choice
JUMP = 0.1  # level; rule 164, project's choice: half the difference that is felt at mid-scale
VARIED_S = 10.0  # project's choice: what lasts less changes nothing between two equal steps
CONSTANT_MAX_S = 90.0  # rule 282: force and rhythm vary; project's choice
CONSTANT_SPREAD = 0.1  # project's choice: a level that varies by less than this part of itself is constant

# Single techniques.
VIBRATION_MIN_HZ = 5.0  # rule 110: quick; project's choice: slower is a swaying, and no trembling
VIBRATION_LEVEL = 0.6  # rule 110: quick but weak; project's choice
PINCHING_LEVEL = 0.4  # rule 97: pinches are light; project's choice
SHAKING_LEVEL = 0.4  # rule 205: limbs are shaken slightly; project's choice
SHAKEN_ZONES = ("thigh", "calf", "arm")  # rule 205
UNVIBRATED_ZONES = ("neck", "foot")  # rule 204 names back, chest and buttocks
HOLD_MIN_S = 2.0  # rule 109: pressure lasts several seconds; project's choice
TAP_ONSET_MIN_S = 0.04  # rule 108: taps come softly; project's choice

# How fast a hand goes on, in mm a second; project's choice: a third above what is usual.
# A toning massage is quicker (210), and a test may be.
CALM_MM_S = 150.0  # rules 47, 177: strokes, calm and unhurried; 246: whatever works on the lower back
SLOW_MM_S = 100.0  # rule 58: squeezing; rules 62, 65: kneading

# Time at one point. POINT_MAX_S (rule 55) is for one span of work; rule 54, on an area, has no figure.
STAY_MM = 20.0  # project's choice: nearer than that a hand has not gone on, however wide it is
STAY_REST_S = 5.0  # project's choice: a turn of the other hand (hands.HAND_S), seen ten times a second
STAY_WINDOW_S = 30.0  # project's choice: three spans, so that a hand that takes turns has come back
STAY_MAX_S = 15.0  # rule 54: half of that; project's choice: of two hands at one point each has a half
POINT_SUM_MAX_S = 240.0  # rule 54: a fifth of the longest session (84); project's choice

# How often and how fully.
OPENING_ROUNDS = 3.0  # rule 177: 3 to 4 strokes
RUBBING_PASSES = 3.0  # rule 178: 3 to 4 times over the surface; there and back are two: project's choice
CLOSING_ROUNDS = 2.0  # rule 181: 2 to 3 strokes
ROUND_SLACK = 0.1  # project's choice: a repetition is that close to a whole number of strokes or rubs
COVERED_MIN = 0.9  # rules 115, 178: each centimetre, the whole surface; nine tenths: project's choice
COVERED_FROM_S = 30.0  # project's choice: a shorter step is a touch, not the working of a zone
GAP_MAX_S = 0.3  # rules 6, 34, 179, 193, 219, 281: no pause, always in touch; project's choice

# Hands, breath and the person's own hands.
BREATH_HOLD_MAX_S = 10.0  # rule 317
BREATH_MIN_S = 1.0  # of breathing in and out around a hold; project's choice: else it goes on
PART_MAX_S = 300.0  # rule 288: five minutes a part of the body
PART_USUAL_S = 180.0  # rule 288: three to five minutes
