"""A run as one page: everything that it shows lies in the file, and it asks nothing of any network.

Names come from a recording, which anybody may have written: every text is escaped for the place where it
goes, and the policy of the page lets nothing run or load but what was put in here.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np

from firmware_bridge.limits import FELT_FLOOR
from kneadwave.reports.page.body import body_svg
from kneadwave.reports.page.markup import escaped
from kneadwave.reports.page.parts import events_table, facts, marks, notes, steps_strip, zones_now
from kneadwave.reports.page.tables import actuators_table, zones_table
from kneadwave.reports.page.waves import no_script, strongest, waves, waves_note, widths, worked
from kneadwave.reports.report import Floats, RunReport
from kneadwave.text import clock_text, plainly

ASSETS = Path(__file__).parent / "assets"
_PLACE = re.compile(r"@([a-z_]+)@")


def page(report: RunReport) -> str:
    """The page of a run; about 100 kB and a few bytes more for each actuator and moment, 1 MB at the most."""
    top = level_top(report)
    style = _asset("page.css") + widths(report.steps, report.duration)
    script = _asset("page.js")
    places = {
        "policy": _policy(style, script),
        "title": escaped(report.title),
        "style": style,
        "lead": escaped(_lead(report)),
        "notes": notes(report),
        "facts": facts(report),
        "marks": marks(report),
        "last": str(max(1, ceil(report.duration))),
        "body": body_svg(report, top),
        "body_caption": _body_caption(report),
        "now": zones_now(report),
        "top": f"{top * 100:.0f}",
        "waves_note": waves_note(report),
        "steps": steps_strip(report.steps),
        "strongest": strongest(report),
        "waves": waves(report),
        "no_script": no_script(),
        "zones": zones_table(report),
        "actuators": actuators_table(report),
        "events": events_table(report),
        "data": _data(report, top),
        "script": script,
    }
    # In one go, so that nothing that was put in is ever taken for a place itself.
    return _PLACE.sub(lambda found: places[found[1]], _asset("page.html"))


def level_top(report: RunReport) -> float:
    """The felt level at which colours are at their strongest: the run's peak, rounded up to a tenth."""
    peak, _ = report.summary.levels
    return min(max(ceil(peak * 10 - 1e-9) / 10, 0.1), 1.0)


def _lead(report: RunReport) -> str:
    ended = "not told how it ended" if report.end is None else plainly(report.end.reason)
    sources = " and ".join(f"the {source}" for source in report.sources)
    several = f"; {report.several}" if report.several else ""
    return f"{clock_text(report.duration)} min, {ended}; recorded by {sources}{several}"


def _body_caption(report: RunReport) -> str:
    off = len(report.layout.excluded)
    tall = f"{report.layout.stature_m:.2f} m tall"
    whose = tall if report.knows_person else f"drawn as if {tall}: the device knows no person"
    words = f"Seen from behind, {whose}. Hatched: spine and kidneys, never touched."
    return f"{words} Crossed: {off} actuators that stay off." if off else words


def _data(report: RunReport, top: float) -> str:
    """What the script needs, as JSON in which nothing can end its element."""
    course, allowed = report.course, report.layout.allowed
    fields: dict[str, Any] = {
        "duration": round(report.duration, 3),
        "first": round(report.first_felt, 3),
        "column_s": round(course.column_s, 4),
        "columns": len(course.felt),
        "floor": FELT_FLOOR,
        "top": top,
        "drive_top": _drive_top(report),
        "steps": [
            {"number": number, "name": name, "start": round(start, 3)}
            for number, (name, start, _) in zip(report.step_numbers, report.steps, strict=True)
        ],
        "zones": [
            {"name": zone.title, "actuators": [a.index for a in allowed if a.zone == zone.zone]}
            for zone in report.zones()
        ],
        "asked": _packed(course.asked),
        "put": _packed(course.put),
        "peak": _packed(course.put_peak),
        "felt": _packed(course.felt * 255),
    }
    text = json.dumps(fields, allow_nan=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _drive_top(report: RunReport) -> int:
    """Where the top of every waveform lies, in drive units."""
    peaks = [row.peak_drive for row in report.rows]
    asked = float(report.course.asked.max(initial=0.0)) if report.course.asked is not None else 0.0
    return ceil(
        1.06 * max([1.0, asked, *peaks, *(report.layout.actuators[i].ceiling for i in worked(report))])
    )


def _packed(values: Floats | None) -> str | None:
    """0 to 255, a byte a value, one actuator after another."""
    if values is None:
        return None
    return base64.b64encode(np.rint(values.clip(0, 255)).astype(np.uint8).T.tobytes()).decode()


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")
