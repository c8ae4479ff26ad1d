"""The body map of a page: silhouette, zones, what is never touched, and the actuators, in mm."""

from __future__ import annotations

from collections.abc import Sequence

from firmware_bridge.devices.layout import Actuator, Layout
from firmware_bridge.limits import FELT_FLOOR
from kneadwave.reports.page.markup import escaped
from kneadwave.reports.plots.body import silhouette
from kneadwave.reports.report import RunReport
from profiles.body import DEFAULT_STATURE_M, BodyMap, body_map

RADIUS_MIN_MM = 13
"""Smaller actuators are drawn with this radius, so that their level can be seen."""


def body_svg(report: RunReport, top: float) -> str:
    """The body seen from behind, each actuator at its mean felt level; `top` is drawn strongest."""
    layout = report.layout
    body = body_map(layout.stature_m)
    scale = layout.stature_m / DEFAULT_STATURE_M
    left, right, high, low = _window(layout, body, scale)
    rows = report.rows
    means = [row.mean * report.duration / row.felt_s if row.felt_s else 0.0 for row in rows]
    # The excluded ones first: none of them ever covers one that works.
    ordered = sorted((a for a in layout.actuators if a.placed), key=lambda a: not a.excluded)
    off = [a for a in ordered if a.excluded]
    return "\n".join(
        [
            f'<svg id="body-map" role="img" aria-labelledby="map-title map-words" '
            f'viewBox="{left:.0f} {-high:.0f} {right - left:.0f} {high - low:.0f}">',
            '<title id="map-title">Where the actuators lie, and how strongly each is felt</title>',
            f'<desc id="map-words">{escaped(_words(layout, off))}</desc>',
            '<defs><pattern id="hatch" width="14" height="14" patternUnits="userSpaceOnUse" '
            'patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="14"/></pattern>'
            f'<clipPath id="inside"><path d="{_path((silhouette() * scale).tolist())}"/></clipPath></defs>',
            f'<path class="skin" d="{_path((silhouette() * scale).tolist())}"/>',
            '<g clip-path="url(#inside)">',
            *(f'<path class="zone" d="{_path(zone.outline)}"/>' for zone in body.zones),
            "</g>",
            # A round pen of twice the margin draws a zone grown by its margin.
            *(
                f'<path class="ban-edge" stroke-width="{2 * zone.margin:.1f}" d="{_path(zone.outline)}"/>'
                for zone in body.excluded
            ),
            *(f'<path fill="url(#hatch)" d="{_path(zone.outline)}"/>' for zone in body.excluded),
            f'<text class="side" x="{-215 * scale:.0f}" y="{-672 * scale:.0f}">left</text>',
            f'<text class="side" x="{215 * scale:.0f}" y="{-672 * scale:.0f}">right</text>',
            *(_off(a) if a.excluded else _disc(a, means[a.index], top) for a in ordered),
            "</svg>",
        ]
    )


def _window(layout: Layout, body: BodyMap, scale: float) -> tuple[float, float, float, float]:
    """Left, right, top and bottom of what is shown, mm: down to the hips, or to the lowest actuator."""
    placed = [a for a in layout.actuators if a.placed]
    hips = min(y for zone in body.zones_named("gluteal") for _, y in zone.outline)
    bottom = min([hips, *(a.y_mm - a.radius_mm for a in placed)]) - 30 * scale
    half = max([335 * scale, *(abs(a.x_mm) + a.radius_mm + 10 for a in placed)])
    return -half, half, 965 * scale, bottom


def _words(layout: Layout, off: Sequence[Actuator]) -> str:
    words = f"The back of a body with {len(layout.allowed)} actuators that work"
    if off:
        words += f" and {len(off)} that stay off: {', '.join(a.id for a in off)}"
    return f"{words}. Spine and kidneys are drawn hatched; nothing ever works there."


def _path(points: Sequence[Sequence[float]]) -> str:
    return "M" + "L".join(f"{x:.0f} {-y:.0f}" for x, y in points) + "Z"


def _disc(actuator: Actuator, level: float, top: float) -> str:
    radius = max(actuator.radius_mm, RADIUS_MIN_MM)
    share = min(1.0, level / top)
    step = max(1, min(8, -int(-share * 8 // 1))) if level >= FELT_FLOOR else 0
    inner = radius * (0.35 + 0.65 * share**0.5) if step else 0.0
    place = f'cx="{actuator.x_mm}" cy="{-actuator.y_mm}"'
    return (
        f'<g data-actuator="{actuator.index}" data-radius="{radius}"><title>{escaped(actuator.id)}</title>'
        f'<circle class="halo l{step or 1}" {place} r="{2.1 * radius:.0f}"/>'
        f'<circle class="rim" {place} r="{radius}"/>'
        f'<circle class="disc l{step}" {place} r="{inner:.1f}"/></g>'
    )


def _off(actuator: Actuator) -> str:
    x, y, arm = actuator.x_mm, -actuator.y_mm, 0.55 * max(actuator.radius_mm, RADIUS_MIN_MM)
    return (
        f'<g class="off"><title>{escaped(actuator.id)}, stays off</title>'
        f'<circle class="rim" cx="{x}" cy="{y}" r="{max(actuator.radius_mm, RADIUS_MIN_MM)}"/>'
        f'<line x1="{x - arm:.1f}" y1="{y - arm:.1f}" x2="{x + arm:.1f}" y2="{y + arm:.1f}"/>'
        f'<line x1="{x - arm:.1f}" y1="{y + arm:.1f}" x2="{x + arm:.1f}" y2="{y - arm:.1f}"/></g>'
    )
