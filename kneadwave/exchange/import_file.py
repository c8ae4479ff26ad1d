"""From a foreign file to a profile of ours: the curve of one technique over zones; never raw drives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kneadwave.errors import ExchangeRemedy, UsageError
from kneadwave.exchange.fields import KIND
from kneadwave.exchange.fit import EnvelopeFit, fit_envelope
from kneadwave.exchange.formats import read_signal
from kneadwave.exchange.signal import ForeignSignal
from kneadwave.text import clean, clock_text
from profiles.body import BodyMap, Zone, body_map
from profiles.errors import ProfileError
from profiles.files.load import from_data
from profiles.model import MAX_TEXT, Profile
from profiles.rules.limits import SESSION_MAX_S
from profiles.technique import KNEADING_MAX_CPM, RUBBING_MAX_CPM, TECHNIQUES

ZONES: Final = ("sacrum", "lumbar", "upper-back")
"""Where it is played unless somebody says where, or the file does."""
LEVEL: Final = 0.4
"""What the file's full level becomes; project's choice: between light and strong, and a zone may lower it."""
STROKES_S: Final = 60.0
"""Strokes before and after (83); project's choice: three of them (177)."""
PART_MAX_S: Final = SESSION_MAX_S - 2.0 * STROKES_S
"""So much of a file has room in a session (84), seconds."""
PART_MIN_S: Final = 0.5
"""The shortest step."""
ARRIVE_MAX, LEAVE_SHARE = 0.2, 0.8
"""Level of the first strokes at the most (30), and what the last ones have of it (117); project's choice."""
RATES_MAX: Final = {"kneading": (KNEADING_MAX_CPM, 64), "rubbing": (RUBBING_MAX_CPM, 53)}
"""Cycles a minute of the techniques that have a rate, and the rule behind it."""
SILENT: Final = 0.005
"""A file that never reaches it is silent, of full level; project's choice."""


@dataclass(frozen=True)
class ImportRequest:
    """What is to become of a file; None and () leave it to the file, or to what is usual."""

    path: Path
    technique: str = "stroking"
    zones: tuple[str, ...] = ()
    name: str | None = None
    level: float | None = None
    smooth_s: float | None = None
    rate_cpm: float | None = None


@dataclass(frozen=True)
class ImportedProfile:
    """A profile, and what was kept and lost on the way: `figures` for programs, `notes` in sentences."""

    profile: Profile
    figures: dict[str, Any]
    notes: tuple[str, ...]


def import_file(asked: ImportRequest) -> ImportedProfile:
    """Make a profile of a foreign file.

    ExchangeError for a file that is none of the formats or not as it should be, UsageError for what was
    asked, ProfileError for a rate above the limit of the technique (53, 64). The check is the caller's.
    """
    body = body_map()
    technique = _technique_named(asked.technique)
    asked_zones = _known(asked.zones, body)
    signal = read_signal(asked.path)
    envelope = signal.envelope.cut(PART_MAX_S)
    notes = list(signal.notes)
    if signal.lasts_s > PART_MAX_S:
        notes.append(
            f"the file lasts {clock_text(signal.lasts_s)}; what comes after {clock_text(PART_MAX_S)} is left "
            f"out: a session has {SESSION_MAX_S / 60:g} minutes, strokes before and after included (rule 84)"
        )
    file = clean(str(asked.path))
    if envelope.duration < PART_MIN_S:
        raise KIND.fail(
            f"lasts {envelope.duration:g} s; a step has {PART_MIN_S:g} s at least",
            path=file,
            hint="import a longer one",
        )
    if envelope.peak < SILENT:
        raise KIND.fail("is silent throughout", path=file, hint="there is nothing to import")
    found = fit_envelope(envelope, asked.smooth_s)
    zones, placed = (asked_zones, []) if asked_zones else _touched(signal, body)
    settings, rated = _settings(technique, asked, signal)
    lowest = min((zone for name in zones for zone in body.zones_named(name)), key=lambda zone: zone.ceiling)
    level, lowered = _level(asked, lowest)
    notes += [*placed, *rated, *lowered, _smoothed(found)]
    arrive = round(min(ARRIVE_MAX, level * found.curve.peak, lowest.ceiling), 3)
    profile = _profile(asked, signal.format, envelope.duration, found, zones, settings, level, arrive, notes)
    return ImportedProfile(profile, _figures(signal, found, profile, zones), tuple(notes))


def name_of(path: Path) -> str:
    """Return the name of a profile for a file's: lower case, digits and dashes."""
    words = re.sub(r"[^a-z0-9]+", "-", path.name.casefold().split(".")[0])
    return words.strip("-")[:40].strip("-") or "imported"


def _technique_named(kind: str) -> str:
    moving = [each for each in TECHNIQUES if each != "guide"]
    if kind not in moving:
        raise UsageError(f"'{clean(kind)}' is no technique to import as", hint=f"one of {', '.join(moving)}")
    return kind


def _known(zones: tuple[str, ...], body: BodyMap) -> tuple[str, ...]:
    for zone in zones:
        try:
            body.zones_named(zone)
        except ProfileError as error:
            if error.rule is not None:  # an excluded zone: no matter of spelling
                raise
            raise UsageError(clean(error.message), hint=error.hint) from error
    return tuple(dict.fromkeys(zones))


def _touched(signal: ForeignSignal, body: BodyMap) -> tuple[tuple[str, ...], list[str]]:
    """The zones that a contact of the file passes, toward the neck (86), and what to say of it."""
    if not signal.touched:
        return ZONES, [f"played over {', '.join(ZONES)}, as the file says no place on the back"]
    excluded = sum(body.exclusion_at(x, y) is not None for x, y in signal.touched)
    clear = (place for place in signal.touched if body.exclusion_at(*place) is None)
    found = dict.fromkeys(zone for place in clear if (zone := body.zone_at(*place)) is not None)
    upwards = sorted(found, key=lambda zone: min(y for _, y in zone.outline))
    zones = tuple(dict.fromkeys(zone.name for zone in upwards))
    notes = [f"its places on the back become the zones {', '.join(zones or ZONES)}, upwards on both sides"]
    if excluded:
        share = excluded / len(signal.touched)
        notes.append(f"{share:.0%} of its way lies over spine or kidneys and is left out (rules 85, 21)")
    return zones or ZONES, notes


def _settings(kind: str, asked: ImportRequest, signal: ForeignSignal) -> tuple[dict[str, Any], list[str]]:
    """The table of the technique, and what is to be said of its rate."""
    limit = RATES_MAX.get(kind)
    if limit is None:
        if asked.rate_cpm is not None:
            raise UsageError(f"{kind} has no rate", hint=f"a rate goes with {' or '.join(RATES_MAX)}")
        strokes = signal.strokes_cpm
        lost = [f"left out: its {strokes:.0f} strokes a minute; {kind} has no rate"] if strokes else []
        return {"kind": kind}, lost
    rate = asked.rate_cpm if asked.rate_cpm is not None else signal.strokes_cpm
    if rate is None:
        return {"kind": kind}, []
    most, rule = limit
    if rate > most:
        source = "asked for" if asked.rate_cpm is not None else "the file's strokes"
        raise ProfileError(
            f"{source}: {rate:.4g} a minute; {kind} has {most:g} at most",
            path=clean(str(asked.path)),
            hint=ExchangeRemedy.OTHER_RATE,
            rule=rule,
        )
    rate = max(1.0, round(rate, 1))
    said = f"{kind} at {rate:g} a minute"
    if asked.rate_cpm is None:
        said += ", as often as the file's strokes"
    elif signal.strokes_cpm is not None:
        said += f", in place of the file's {signal.strokes_cpm:.0f}"
    return {"kind": kind, "rate_cpm": rate}, [said]


def _level(asked: ImportRequest, lowest: Zone) -> tuple[float, list[str]]:
    """What the file's full level becomes where `lowest` has the lowest ceiling, and what to say of it."""
    if asked.level is not None:
        return asked.level, []
    level = min(LEVEL, lowest.ceiling)
    why = f", the ceiling of {lowest.name}" if level < LEVEL else ""
    return level, [f"full level becomes {level:.0%}{why}"]


def _smoothed(found: EnvelopeFit) -> str:
    return (
        f"smoothed over {found.smooth_s:.2g} s, and drawn with {len(found.curve.points)} points: they keep "
        f"to the smoothed level within {found.error:.1%} of full level, and to that of the file within "
        f"{found.off_most:.0%} of it, {found.off_mean:.1%} of it on average"
    )


def _profile(
    asked: ImportRequest,
    format_: str,
    lasts_s: float,
    found: EnvelopeFit,
    zones: tuple[str, ...],
    settings: dict[str, Any],
    level: float,
    arrive: float,
    notes: list[str],
) -> Profile:
    stroking = {"technique": {"kind": "stroking"}, "zones": list(zones), "duration_s": STROKES_S}
    file = clean(asked.path.name)
    lost = "; ".join(notes)
    step = {
        "name": f"{settings['kind']} as in {file}"[:80],
        "technique": settings,
        "zones": list(zones),
        "duration_s": round(lasts_s, 1),
        "level": level,
        "curve": {"unit": "seconds", "points": [list(point) for point in found.curve.points]},
        "crossfade_s": min(2.0, round(lasts_s / 2.0, 1)),
    }
    data = {
        "schema": 1,
        "name": asked.name or name_of(asked.path),
        "title": f"Imported from {file}"[:80],
        "description": f"From {file} ({format_}). What changed: {lost}."[:MAX_TEXT],
        "step": [
            {"name": "strokes to arrive", **stroking, "level": arrive},
            step,
            {"name": "strokes to leave", **stroking, "level": round(arrive * LEAVE_SHARE, 3)},
        ],
    }
    return from_data(data)


def _figures(
    signal: ForeignSignal, found: EnvelopeFit, profile: Profile, zones: tuple[str, ...]
) -> dict[str, Any]:
    step = profile.step[1]
    return {
        "format": signal.format,
        "lasts_s": round(signal.lasts_s, 3),
        "imported_s": step.duration_s,
        "technique": step.technique.kind,
        "zones": list(zones),
        "level": step.level,
        "peak": round(step.peak, 4),
        "points": len(found.curve.points),
        "smooth_s": round(found.smooth_s, 3),
        "error": round(found.error, 4),
        "off_mean": round(found.off_mean, 4),
        "off_most": round(found.off_most, 4),
    }
