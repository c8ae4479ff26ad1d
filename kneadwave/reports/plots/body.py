"""The body of the picture: silhouette, zones, excluded zones and actuators, true to scale in mm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.devices.layout import Layout
from profiles.body import DEFAULT_STATURE_M, BodyMap, body_map

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SKIN, ZONE_EDGE, BAN, BAN_TINT = "#f1edf0", "#cbc3cc", "#8a2a3b", "#ead6da"
INK, FAINT = "#2b2b33", "#77757f"

# The right half of a standing figure from the crown down, x and y in mm at a stature of 1.70 m. For the eye
# only: no limit and no placement is taken from it.
_FIGURE_MM = """
0 955  40 948  69 920  81 875  78 825  69 780  66 740  70 695  88 660  134 643  190 622  232 596  256 545
268 470  282 380  298 280  314 170  326 100  329 40  312 -5  290 -8  272 30  254 95  238 170  224 270
210 380  201 470  194 490  190 430  181 350  171 270  164 200  171 130  190 60  200 -20  199 -110  188 -240
166 -380  152 -470  155 -560  146 -660  120 -790  124 -850  142 -960  126 -1025  80 -1030  44 -1015  46 -900
56 -790  44 -680  36 -580  42 -480  34 -380  22 -240  14 -130  8 -90  0 -84
"""


def draw_body(
    axes: Axes, layout: Layout, colours: Sequence[object | None], numbers: Mapping[int, str]
) -> None:
    """Draw a layout on the body seen from behind; a colour for each actuator, None where it did not work.

    `numbers` are written on the discs by actuator index. Excluded actuators are marked with a cross.
    """
    from matplotlib.patches import Circle, Polygon

    body = body_map(layout.stature_m)
    scale = body.stature_m / DEFAULT_STATURE_M
    points_per_mm = _set_window(axes, layout, body, scale)

    figure = Polygon(silhouette() * scale, facecolor=SKIN, edgecolor="#b9b0bb", lw=1.2, zorder=1)
    axes.add_patch(figure)
    for zone in body.zones:
        edge = Polygon(zone.outline, facecolor="none", edgecolor=ZONE_EDGE, lw=0.8, zorder=2)
        axes.add_patch(edge)
        edge.set_clip_path(figure)
    for side, word in ((-1, "left"), (1, "right")):
        axes.text(side * 215 * scale, 672 * scale, word, size=9.5, style="italic", color=FAINT, ha="center")
    for banned in body.excluded:
        # A round pen of twice the margin draws the zone grown by its margin.
        pen = 2 * banned.margin * points_per_mm
        axes.add_patch(
            Polygon(
                banned.outline, facecolor=BAN_TINT, edgecolor=BAN_TINT, lw=pen, joinstyle="round", zorder=3
            )
        )
    for banned in body.excluded:
        axes.add_patch(
            Polygon(
                banned.outline, facecolor="none", edgecolor=BAN, hatch="//////", lw=0.0, alpha=0.4, zorder=3.5
            )
        )
    for actuator, colour in zip(layout.actuators, colours, strict=True):
        if not actuator.placed:
            continue
        x, y, r = actuator.x_mm, actuator.y_mm, actuator.radius_mm
        if actuator.excluded:
            axes.add_patch(Circle((x, y), r, facecolor="white", edgecolor=BAN, lw=1.0, alpha=0.9, zorder=4))
            arm = r * 0.55
            for sign in (-1, 1):
                axes.plot((x - arm, x + arm), (y - sign * arm, y + sign * arm), color=BAN, lw=1.6, zorder=5)
            continue
        face = "white" if colour is None else colour
        axes.add_patch(Circle((x, y), r, facecolor=face, edgecolor=INK, lw=0.9, zorder=6))
        if actuator.index in numbers:
            ink = "white" if _is_dark(colour) else INK
            axes.text(
                x, y, numbers[actuator.index], size=8, color=ink, ha="center", va="center_baseline", zorder=7
            )


def _set_window(axes: Axes, layout: Layout, body: BodyMap, scale: float) -> float:
    """Set limits that keep mm true in both directions; return points (1/72 inch) a mm."""
    placed = [a for a in layout.actuators if a.placed]
    top = 965 * scale
    hips = min(y for zone in body.zones_named("gluteal") for _, y in zone.outline)
    bottom = min([hips, *(a.y_mm - a.radius_mm for a in placed)]) - 30 * scale
    half = max([335 * scale, *(abs(a.x_mm) + a.radius_mm + 10 for a in placed)])
    box = axes.get_window_extent()
    per_mm = min(box.height / (top - bottom), box.width / (2 * half))  # pixels
    middle = (top + bottom) / 2
    axes.set_xlim(-box.width / per_mm / 2, box.width / per_mm / 2)
    axes.set_ylim(middle - box.height / per_mm / 2, middle + box.height / per_mm / 2)
    axes.axis("off")
    figure = axes.get_figure()
    assert figure is not None
    return per_mm * 72.0 / figure.get_dpi()


def silhouette() -> NDArray[np.float64]:
    """Return the closed outline: a Catmull-Rom curve through the figure's points and their mirror images."""
    right = np.array(_FIGURE_MM.split(), dtype=np.float64).reshape(-1, 2)
    left = right[-2:0:-1] * (-1.0, 1.0)
    p = np.concatenate((right, left))
    before, after, beyond = np.roll(p, 1, axis=0), np.roll(p, -1, axis=0), np.roll(p, -2, axis=0)
    u = np.linspace(0.0, 1.0, 8, endpoint=False)[:, None, None]
    curve = 0.5 * (
        2 * p
        + (after - before) * u
        + (2 * before - 5 * p + 4 * after - beyond) * u**2
        + (3 * p - before - 3 * after + beyond) * u**3
    )
    outline: NDArray[np.float64] = curve.transpose(1, 0, 2).reshape(-1, 2)
    return outline


def _is_dark(colour: object) -> bool:
    from matplotlib.colors import to_rgb

    if colour is None:
        return False
    red, green, blue = to_rgb(colour)  # type: ignore[arg-type]
    return 0.299 * red + 0.587 * green + 0.114 * blue < 0.5
