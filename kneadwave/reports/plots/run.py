"""A picture of a run: the body with its actuators at the left, what was felt over time at the right.

matplotlib is an optional extra and slow to import: it is imported inside the functions. It is used through
Figure objects alone, so that no state of pyplot is touched.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

from firmware_bridge.devices.layout import Layout
from firmware_bridge.recording.summary import RunSummary
from kneadwave.reports.plots.body import draw_body
from kneadwave.reports.plots.figure import PlotUnavailable, new_figure, save
from kneadwave.reports.plots.waves import (
    FAINT,
    INK,
    Steps,
    actuator_rows,
    draw_rows,
    draw_steps,
    draw_total,
    from_head_down,
    zone_rows,
)
from kneadwave.text import clock_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["PlotUnavailable", "plot_run"]

SIZE_IN = (14.0, 9.0)  # 1400 x 900 pixels
ROWS_MAX = 24  # more actuators than this are drawn as zones
TICKS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300)


def plot_run(
    summary: RunSummary,
    layout: Layout,
    title: str,
    path: str | os.PathLike[str],
    steps: Steps = (),
    ceilings: str = "ceilings",
) -> None:
    """Draw a run to `path` (.png, .svg or .pdf; 1400 x 900 pixels), written beside and then renamed.

    `steps` are (name, start, end) in seconds, `ceilings` says whose they are. PlotUnavailable without
    matplotlib, or if the path will not do.
    """
    figure = new_figure(path, SIZE_IN)
    _compose(figure, summary, layout, title, steps, ceilings)
    save(figure, path)


def _compose(
    figure: Figure, summary: RunSummary, layout: Layout, title: str, steps: Steps, ceilings: str
) -> None:
    import matplotlib
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, Normalize
    from matplotlib.ticker import MultipleLocator

    # magma, light to dark: even steps to the eye, and to colour-blind eyes.
    colours = ListedColormap(matplotlib.colormaps["magma_r"](np.linspace(0.04, 0.88, 256)))
    history = summary.history
    peak = float(history.felt_peak.max(initial=0.0))
    norm = Normalize(0.0, min(max(np.ceil(peak * 10) / 10, 0.1), 1.0))

    figure.text(0.022, 0.955, title, size=17, weight="bold", color=INK, va="center", parse_math=False)
    figure.text(
        0.022, 0.921, _subtitle(summary, layout), size=10.5, color=FAINT, va="center", parse_math=False
    )

    numbers = {a.index: str(n) for n, a in enumerate(from_head_down(layout.actuators), start=1)}
    body = figure.add_axes((0.012, 0.125, 0.285, 0.775))
    levels = [row.mean * summary.duration / row.felt_s if row.felt_s else 0.0 for row in summary.actuators()]
    shown = numbers if len(numbers) <= ROWS_MAX else {}
    draw_body(body, layout, [colours(norm(level)) if level else None for level in levels], shown)

    scale = figure.add_axes((0.055, 0.075, 0.2, 0.016))
    bar = figure.colorbar(ScalarMappable(norm, colours), cax=scale, orientation="horizontal")
    bar.outline.set_visible(False)
    bar.set_label("felt level (discs: mean while felt)", size=9, color=INK, labelpad=3)
    scale.tick_params(labelsize=8.5, color=FAINT, labelcolor=INK, length=3)

    end = max(summary.duration + (float(history.t[0]) if len(history.t) else 0.0), 1.0)
    strip = figure.add_axes((0.395, 0.835, 0.585, 0.065))
    total = figure.add_axes((0.395, 0.7, 0.585, 0.125), sharex=strip)
    waves = figure.add_axes((0.395, 0.075, 0.585, 0.605), sharex=strip)
    strip.set_xlim(float(history.t[0]) if len(history.t) else 0.0, end)
    draw_steps(strip, (total, waves), steps, end)
    draw_total(total, history, layout)
    if len(numbers) <= ROWS_MAX:
        draw_rows(
            waves,
            actuator_rows(history, layout, numbers),
            history,
            colours,
            norm.vmax or 1.0,
            layout,
            numbers,
        )
    else:
        draw_rows(waves, zone_rows(history, layout), history, colours, norm.vmax or 1.0, layout, {})
    for axes in (strip, total):
        axes.tick_params(labelbottom=False, length=0)
    waves.xaxis.set_major_formatter(lambda s, _: clock_text(s))
    waves.xaxis.set_major_locator(MultipleLocator(next((s for s in TICKS_S if end / s <= 16), 600)))
    waves.set_xlabel(f"time, min:s   ·   dotted: {ceilings}", size=9.5, color=INK, labelpad=2)


def _subtitle(summary: RunSummary, layout: Layout) -> str:
    dwell_id, dwell = summary.longest_dwell
    off = len(layout.excluded)
    parts = [
        f"{layout.description.title} · {clock_text(summary.duration)} min",
        f"{len(layout.actuators) - off} actuators work, {off} stay off",
    ]
    if dwell_id:
        parts.append(f"longest work at one point {dwell:.1f} s ({dwell_id})")
    return "   ·   ".join(parts)
