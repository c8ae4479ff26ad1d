"""The public names of `profiles`, for other packages; each is loaded when it is first used."""

from .body import DEFAULT_STATURE_M, BodyMap, Zone, body_map, zone_name
from .contact import Contact
from .curve import PRESETS, IntensityCurve
from .errors import ProfileError
from .files.load import parse
from .files.save import dump
from .hands import contacts
from .model import Indication, Profile, indications, json_schema
from .profile import load_profile, profile_source, shipped_profiles
from .rules.book import Rule, contradictions
from .rules.check import check
from .rules.finding import Finding
from .score import Cue, Score, ScoreStep, compose
from .step import Step
from .technique import (
    TECHNIQUES,
    Breath,
    Guide,
    Kneading,
    Modality,
    Posture,
    Pressing,
    Rubbing,
    Squeezing,
    Stroking,
    Tapping,
    Technique,
    Vibration,
)
from .waveform import FRAME_RATE_HZ, Place, Renderer, Sampler, Waveform, session_level
from .zone_order import order_named

__all__ = [
    "DEFAULT_STATURE_M",
    "FRAME_RATE_HZ",
    "PRESETS",
    "TECHNIQUES",
    "BodyMap",
    "Breath",
    "Contact",
    "Cue",
    "Finding",
    "Guide",
    "Indication",
    "IntensityCurve",
    "Kneading",
    "Modality",
    "Place",
    "Posture",
    "Pressing",
    "Profile",
    "ProfileError",
    "Renderer",
    "Rubbing",
    "Rule",
    "Sampler",
    "Score",
    "ScoreStep",
    "Squeezing",
    "Step",
    "Stroking",
    "Tapping",
    "Technique",
    "Vibration",
    "Waveform",
    "Zone",
    "body_map",
    "check",
    "compose",
    "contacts",
    "contradictions",
    "dump",
    "indications",
    "json_schema",
    "load_profile",
    "order_named",
    "parse",
    "profile_source",
    "session_level",
    "shipped_profiles",
    "zone_name",
]
