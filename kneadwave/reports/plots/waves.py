"""The right half of the picture: steps, intensity and power, and a waveform for each actuator or zone."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.devices.layout import Actuator, Layout
from firmware_bridge.devices.response import Response
from firmware_bridge.recording.summary import RunHistory
from profiles.body import body_map

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

INK, FAINT, PALE, GRID = "#2b2b33", "#77757f", "#e9e4ee", "#dcdae0"
POWER = "#0072b2"  # blue of the Okabe-Ito palette: told apart from the level colours by every eye
LETTERS = ((8.5, 6.9, 3), (7.5, 5.8, 4))  # font size of step names, pixels a letter on average, most lines

Steps = Sequence[tuple[str, float, float]]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """One waveform: an actuator, or a zone by the strongest of its actuators."""

    label: str
    mean: Floats  # felt level 0 to 1, a value a column of the history
    peak: Floats
    ceiling: float  # felt level


def from_head_down(actuators: Sequence[Actuator]) -> list[Actuator]:
    return sorted(actuators, key=lambda a: (bool(a.excluded), -a.y_mm, a.x_mm))


def actuator_rows(history: RunHistory, layout: Layout, numbers: Mapping[int, str]) -> list[Row]:
    return [
        Row(
            f"{a.id}  {numbers[a.index]:>2}",
            history.felt[:, a.index],
            history.felt_peak[:, a.index],
            _felt_ceiling(a),
        )
        for a in from_head_down(layout.allowed)
    ]


def zone_rows(history: RunHistory, layout: Layout) -> list[Row]:
    rows = []
    body = body_map(layout.stature_m)
    zones = {a.zone for a in layout.allowed}
    for zone in sorted(zones, key=lambda zone: (-max(y for _, y in body.zone(zone).outline), zone)):
        mine = [a for a in layout.allowed if a.zone == zone]
        columns = [a.index for a in mine]
        mean, peak = history.felt[:, columns].max(axis=1), history.felt_peak[:, columns].max(axis=1)
        rows.append(Row(f"{zone}  ({len(mine)})", mean, peak, max(map(_felt_ceiling, mine))))
    return rows


def _felt_ceiling(actuator: Actuator) -> float:
    return float(Response.felt_for(actuator.ceiling, actuator.start, actuator.exponent))


def draw_steps(strip: Axes, below: Sequence[Axes], steps: Steps, end: float) -> None:
    strip.set_ylim(0, 1)
    strip.axis("off")
    numbered: list[str] = []
    pixels = strip.bbox.width / (strip.get_xlim()[1] - strip.get_xlim()[0])
    for i, (name, t0, t1) in enumerate(steps):
        stop = min(t1, end)
        if stop <= t0:
            continue
        strip.axvspan(t0, stop, color=("#d5d0dd", "#e7e3ec")[i % 2], lw=0)
        for axes in below:
            axes.axvline(t0, color="#b3adbd", lw=0.8, ls=(0, (4, 3)), zorder=0.5)
        lines, size = _fitted(name, (stop - t0) * pixels)
        if not lines:
            numbered.append(f"{i + 1} {name}")
            lines, size = _fitted(str(i + 1), (stop - t0) * pixels)
        middle, text = (t0 + stop) / 2, "\n".join(lines)
        strip.text(middle, 0.5, text, size=size, color=INK, ha="center", va="center", parse_math=False)
    if numbered:
        note = textwrap.shorten(" · ".join(numbered), 140, placeholder=" …")
        below[-1].text(
            1,
            -0.115,
            note,
            size=8,
            color=INK,
            ha="right",
            va="bottom",
            transform=below[-1].transAxes,
            parse_math=False,
        )


def _fitted(name: str, width: float) -> tuple[list[str], float]:
    """Return the name in lines that fit a width in pixels, and the font size; no lines if it does not fit."""
    for size, letter, most in LETTERS:
        letters = int(width / letter)
        lines = textwrap.wrap(name, max(letters, 1), break_long_words=False)
        if len(lines) <= most and all(len(line) <= letters for line in lines):
            return lines, size
    return [], LETTERS[-1][0]


def draw_total(axes: Axes, history: RunHistory, layout: Layout) -> None:
    t = _middles(history)
    strongest = history.felt.max(axis=1) if history.felt.size else np.zeros(len(t))
    power = history.drive.sum(axis=1) / layout.power_budget
    axes.fill_between(t, strongest, color="#b9aec8", lw=0, label="strongest felt level")
    axes.plot(t, power, color=POWER, lw=1.3, label="power, share of the budget")
    axes.axhline(1.0, color=INK, lw=0.8, ls=(0, (2, 2)))
    axes.set_ylim(0, 1.42)
    axes.set_yticks([0, 0.5, 1.0])
    axes.tick_params(labelsize=8.5, color=FAINT, labelcolor=INK, length=3)
    axes.grid(axis="y", color=GRID, lw=0.6)
    axes.set_axisbelow(True)
    axes.legend(loc="upper right", ncols=2, fontsize=8.5, frameon=False, borderpad=0.1, borderaxespad=0.2)
    _bare(axes)


def draw_rows(
    axes: Axes,
    rows: Sequence[Row],
    history: RunHistory,
    colours: Colormap,
    top: float,
    layout: Layout,
    numbers: Mapping[int, str],
) -> None:
    t = _middles(history)
    off = [a for a in from_head_down(layout.actuators) if a.excluded and a.index in numbers]
    left, right = axes.get_xlim()
    gap = 1.16  # of a row's height, so that a full row never touches the one above
    labels = [row.label for row in rows]
    for i, row in enumerate(rows):
        base = -(i + 1) * gap
        axes.fill_between(t, base, base + row.peak / top, color=PALE, lw=0)
        if len(t):
            area = axes.fill_between(t, base, base + row.mean / top, color="none", lw=0)
            extent = (float(t[0]), float(t[-1]), base, base + 1)
            image = axes.imshow(
                row.mean[None, :], cmap=colours, vmin=0, vmax=top, extent=extent, aspect="auto", zorder=2
            )
            image.set_clip_path(area.get_paths()[0], axes.transData)
        if row.ceiling <= top:
            axes.plot(
                (left, right), [base + row.ceiling / top] * 2, color=INK, lw=0.7, ls=(0, (2, 3)), alpha=0.55
            )
        axes.plot((left, right), (base, base), color=GRID, lw=0.7)
    for i, actuator in enumerate(off, start=len(rows)):
        base = -(i + 1) * gap
        labels.append(f"{actuator.id}  {numbers[actuator.index]:>2}")
        axes.fill_between(
            (left, right), base + 0.15, base + 0.85, facecolor="none", edgecolor="#d8d3de", hatch="////", lw=0
        )
        reason = textwrap.shorten(actuator.excluded, 100, placeholder=" …")
        axes.text(
            left + (right - left) * 0.012, base + 0.5, f"off: {reason}", size=8.5, color=INK, va="center",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5}, parse_math=False,
        )  # fmt: skip
    axes.set_xlim(left, right)
    axes.set_ylim(-len(labels) * gap - 0.1, 0.05)
    axes.set_yticks([-(i + 1) * gap + 0.4 for i in range(len(labels))], labels, size=9)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.tick_params(axis="x", labelsize=9, color=FAINT, labelcolor=INK)
    _bare(axes)


def _bare(axes: Axes) -> None:
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)


def _middles(history: RunHistory) -> Floats:
    return history.t + history.column_s / 2
