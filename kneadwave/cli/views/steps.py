"""What `knead profile show` has to say: a profile's head, its steps in words, its intensity, its zones."""

import sys
from typing import Any, Final

from kneadwave.cli.terminal.columns import area, axis, paragraph, rows_within, width
from kneadwave.cli.terminal.output import Output, is_terminal
from kneadwave.cli.terminal.pending_edits import tell_unsaved
from kneadwave.cli.views.wording import duration, sentence
from kneadwave.text import clean, clock_text
from profiles.body import body_map
from profiles.model import Profile, indications
from profiles.outline import Timed, hands_work, intensity, parts, timed, visits, zones_of
from profiles.posture import SAID, needs_helper
from profiles.profile import load_profile
from profiles.technique import Guide
from profiles.zone_order import order_named

INDENT: Final = 13
"""Columns before the words of a step: its number and its time."""
CHART_ROWS: Final = 6
LEVELS: Final = 60
"""Values of the intensity that JSON has of a session; project's choice."""
TICK_MIN: Final = (0.25, 0.5, 1, 2, 5, 10, 15, 30, 60)
HANDS_MARK: Final = "h"
ZONES: Final = ("zone", "about min", "peak %", "ceiling %")
ZONES_EXPLAINED: Final = (
    "about min: the time of its steps, shared evenly by their zones; for how long each is felt on a device, "
    "knead simulate tells. peak: the most that the profile asks for there. ceiling: the most that is allowed."
)
ZONES_WIDTH: Final = 46
"""What the table of zones needs for its longest name."""
FIGURES_MIN: Final = 24
"""Columns for zones and names in the table of figures, at least; the sentences have the same figures."""
FIGURES: Final = ("from", "s", "technique", "level %", "zones", "step")


def show_profile(out: Output, name: str) -> None:
    """Everything about a profile; a locked one is told as well, with the reason why nothing plays it."""
    profile = load_profile(name)
    tell_unsaved(out, name)
    rows = timed(profile)
    if out.as_json:
        out.event("profile", **_fields(profile, rows))
        return
    _head(out, profile)
    _sentences(out, profile, rows)
    if not profile.guided_only:
        _chart(out, profile)
        _zones(out, profile)
    _by_hand(out, profile)
    _figures(out, rows)
    out.say()
    out.say(f"{clock_text(profile.duration_s)} min in {_steps(len(rows))}")


def _head(out: Output, profile: Profile) -> None:
    for line in paragraph(f"{profile.name}  {clean(profile.title)}"):
        out.say(out.bold(line))
    for line in paragraph(clean(profile.description)):
        out.say(line)
    out.say()
    steps = _steps(len(profile.played))
    rest = f", then {duration(profile.rest_s)} of rest" if profile.rest_s else ""
    variant = (
        f" ({clean(profile.variant)} of the 27 sequences in the source article)" if profile.variant else ""
    )
    head = [
        ("purpose", f"{profile.purpose.replace('-', ' ')}{variant}"),
        ("for", "; ".join(indications()[name].title for name in profile.good_for)),
        ("posture", ": ".join(filter(None, (profile.posture, SAID.get(profile.posture))))),
        ("helper", "needs a second person: hands work on the body" if needs_helper(profile) else ""),
        ("order", _order(profile)),
        ("duration", f"{clock_text(profile.duration_s)} min in {steps}{rest}"),
        (
            "by oneself",
            "each part of the body five minutes at most (rule 288)" if profile.self_massage else "",
        ),
        *(("exception", f"rule {each.rule}: {clean(each.reason)}") for each in profile.exception),
        (
            "locked",
            f"never played on anything: {clean(profile.locked_for)} (rule 98)" if profile.locked_for else "",
        ),
    ]
    for word, text in head:
        for line in paragraph(text, first=word, indent=INDENT):
            out.say(line)


def _steps(count: int) -> str:
    return f"{count} step{'' if count == 1 else 's'}"


def _order(profile: Profile) -> str:
    if profile.order is None:
        return ""
    order = order_named(profile.order)
    rules = ", ".join(str(rule) for rule in order.rules)
    return f"{order.name}: {clean(order.title)} (rule{'s' if len(order.rules) > 1 else ''} {rules})"


def _sentences(out: Output, profile: Profile, rows: list[Timed]) -> None:
    out.say()
    out.say(out.bold("steps"))
    before = [-1, *profile.origins[:-1]]
    for row, origin, last in zip(rows, profile.origins, before, strict=True):
        first = f"{row.number + '.':>5} {clock_text(row.start):>5}"
        for line in paragraph(clean(row.step.name), first=first, indent=INDENT):
            out.say(out.bold(line))
        for line in paragraph(sentence(row.step), first=" " * INDENT, indent=INDENT):
            out.say(line)
        by_hand = clean(profile.step[origin].by_hand)
        if by_hand and last != origin:  # said once for all regions of an order
            text = "Where a device has nothing: " + by_hand.replace("{region}", "[region]")
            for line in paragraph(text, first=" " * INDENT, indent=INDENT):
                out.say(line)


def _chart(out: Output, profile: Profile) -> None:
    margin = 6
    columns = width() - margin - 2
    levels = intensity(profile, columns)
    top = max(0.1, -(-max(levels) // 0.1) / 10)
    out.say()
    out.say(out.bold("intensity over time"))
    lines = area(levels, CHART_ROWS, top, ascii_only=out.ascii_only)
    for index, line in enumerate(lines):
        share = top * (CHART_ROWS - index) / CHART_ROWS
        label = f"{share * 100:.0f} %" if index % (CHART_ROWS // 2) == 0 else ""
        out.say(f"{label:>{margin}}|{line}".rstrip())
    by_hand = hands_work(profile, columns)
    floor = "".join(HANDS_MARK if hands else "-" for hands in by_hand)
    out.say(f"{'0 %':>{margin}}+{floor}")
    out.say(" " * (margin + 1) + axis(_ticks(profile.duration_s, columns), columns))
    if any(by_hand):
        out.say(" " * (margin + 1) + f"{HANDS_MARK}: done by hand, no device moves")


def _ticks(seconds: float, columns: int) -> list[tuple[int, str]]:
    minutes = seconds / 60
    every = next((step for step in TICK_MIN if minutes / step <= 10), TICK_MIN[-1])
    count = int(minutes / every + 1e-9)
    ticks = [(round(n * every / minutes * columns), f"{n * every:g}") for n in range(count + 1)]
    last, word = ticks[-1]
    return [*ticks[:-1], (last, f"{word} min")]


def _zones(out: Output, profile: Profile) -> None:
    out.say()
    out.say(out.bold("zones visited"))
    rows = [
        (each.zone, clock_text(each.seconds), f"{each.peak * 100:.0f}", f"{each.ceiling * 100:.0f}")
        for each in visits(profile, body_map())
    ]
    out.table(ZONES if width() >= ZONES_WIDTH else ("zone", "min", "%", "max %"), rows, right=(1, 2, 3))
    for line in paragraph(ZONES_EXPLAINED):
        out.say(line)


def _by_hand(out: Output, profile: Profile) -> None:
    found = parts(profile)
    if not found:
        return
    out.say()
    out.say(out.bold("by hand"))
    rows = [(part or "anywhere", clock_text(seconds)) for part, seconds in found.items()]
    out.table(("part", "min"), rows, right=(1,))


def _figures(out: Output, rows: list[Timed]) -> None:
    cells: list[tuple[str, ...]] = [
        (
            clock_text(row.start),
            f"{row.end - row.start:.0f}",
            row.step.technique.kind,
            f"{row.step.peak * 100:.0f}" if row.step.moves else "-",
            _zone_cell(row),
            clean(row.step.name),
        )
        for row in rows
    ]
    if is_terminal(sys.stdout):
        # A pipe gets one line a step, as scripts take it apart; a terminal gets what fits.
        room = width() - sum(max(len(c[i]) for c in [FIGURES, *cells]) + 2 for i in range(4)) - 2
        if room < FIGURES_MIN:
            return
        zones = min(room // 2, max(len(cell[4]) for cell in [FIGURES, *cells]))
        cells = rows_within(cells, (0, 0, 0, 0, zones, room - zones))
    out.say()
    out.say(out.bold("figures"))
    out.table(FIGURES, cells, right=(0, 1, 3))


def _zone_cell(row: Timed) -> str:
    step = row.step
    if step.path is not None:
        return f"path of {len(step.path)} points"
    return ", ".join(step.zones) if step.zones else "-"


def _fields(profile: Profile, rows: list[Timed]) -> dict[str, Any]:
    body = body_map()
    return {
        "name": profile.name,
        "title": profile.title,
        "description": profile.description,
        "duration_s": profile.duration_s,
        "step": [_step(row) for row in rows],
        "purpose": profile.purpose,
        "variant": profile.variant,
        "good_for": list(profile.good_for),
        "posture": profile.posture,
        "helper": needs_helper(profile),
        "order": profile.order,
        "rest_s": profile.rest_s,
        "self_massage": profile.self_massage,
        "locked": profile.locked_for,
        "guided_only": profile.guided_only,
        "exception": [{"rule": each.rule, "reason": each.reason} for each in profile.exception],
        "zones": [
            {"zone": v.zone, "s": round(v.seconds, 3), "peak": v.peak, "ceiling": v.ceiling}
            for v in visits(profile, body)
        ],
        "by_hand": [{"part": part, "s": round(s, 3)} for part, s in parts(profile).items()],
        "intensity": {
            "every_s": profile.duration_s / LEVELS,
            "levels": [round(level, 4) for level in intensity(profile, LEVELS)],
        },
    }


def _step(row: Timed) -> dict[str, Any]:
    step, technique = row.step, row.step.technique
    return {
        "start_s": row.start,
        "end_s": row.end,
        "technique": technique.kind,
        "zones": _zone_cell(row),
        "level": step.peak,
        "name": step.name,
        "number": row.number,
        "says": sentence(step),
        "zone_list": list(zones_of(step, body_map())),
        "moves": step.moves,
        "repeats": step.repeats,
        "by_hand": step.by_hand,
        "part": technique.part if isinstance(technique, Guide) else "",
        "parameters": technique.model_dump(mode="json", exclude={"kind"}),
    }
