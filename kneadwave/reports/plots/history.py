"""A picture of the days: minutes a day as bars, coloured by profile, and below what each zone received.

matplotlib is imported inside the functions, and used through Figure objects alone.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kneadwave.reports.plots.figure import new_figure, save
from kneadwave.reports.plots.waves import FAINT, GRID, INK
from kneadwave.text import zone_said
from profiles.body import body_map

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE_IN = (12.0, 7.0)  # 1200 x 700 pixels
DAYS_MIN, DAYS_MAX = 14, 60  # project's choice: two weeks, and as many days as can be told apart
LABELS_MAX = 15  # words that fit below the days

# Okabe-Ito, told apart by every eye; the hatches tell them apart in grey as well.
LOOKS = (
    ("#0072b2", ""),
    ("#e69f00", "///"),
    ("#009e73", "..."),
    ("#f0e442", "xxx"),
    ("#d55e00", "\\\\\\"),
    ("#56b4e9", "ooo"),
    ("#cc79a7", "+++"),
)
OTHERS = ("#b5b3ba", "---")
OTHERS_NAME = "others"


@dataclass(frozen=True)
class PlottedSession:
    """A session for the picture: its day, its profile, its minutes.

    `doses` are mean felt level (0 to 1) times minutes, for zone ids of the body map.
    """

    day: date
    profile: str
    minutes: float
    doses: Mapping[str, float] = field(default_factory=dict)


def plot_history(
    sessions: Sequence[PlottedSession], today: date, title: str, path: str | os.PathLike[str]
) -> None:
    """Draw the days up to today to `path` (.png, .svg, .pdf; 1200 x 700 pixels), written beside and renamed.

    Two weeks at the least, 60 days at the most. PlotUnavailable without matplotlib, or if the path will not
    do.
    """
    figure = new_figure(path, SIZE_IN)
    days = days_shown(sessions, today)
    shown = [session for session in sessions if session.day in set(days)]
    figure.text(0.06, 0.945, title, size=16, weight="bold", color=INK, va="center", parse_math=False)
    figure.text(0.06, 0.905, _subtitle(shown, days), size=10.5, color=FAINT, va="center", parse_math=False)
    bars = figure.add_axes((0.1, 0.5, 0.69, 0.36))
    strip = figure.add_axes((0.1, 0.1, 0.69, 0.33))
    _draw_bars(bars, shown, days)
    _draw_doses(figure, strip, shown, days)
    for axes in (bars, strip):
        axes.set_xlim(-0.5, len(days) - 0.5)
        _label_days(axes, days)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        for side in ("left", "bottom"):
            axes.spines[side].set_color(FAINT)
    bars.tick_params(labelbottom=False)
    save(figure, path)


def days_shown(sessions: Sequence[PlottedSession], today: date) -> list[date]:
    """Return the days of the picture, oldest first."""
    last = max([today, *(session.day for session in sessions)])
    first = min([last, *(session.day for session in sessions)])
    count = min(max((last - first).days + 1, DAYS_MIN), DAYS_MAX)
    return [last - timedelta(days=back) for back in reversed(range(count))]


def zone_doses(sessions: Sequence[PlottedSession], days: Sequence[date]) -> dict[str, NDArray[np.float64]]:
    """Return zone -> dose on each day, from head to foot; of both sides the one that received more."""
    sides: dict[str, NDArray[np.float64]] = {}
    for session in sessions:
        for zone_id, dose in session.doses.items():
            sides.setdefault(zone_id, np.zeros(len(days)))[days.index(session.day)] += dose
    zones = sorted(body_map().zones, key=lambda zone: -max(y for _, y in zone.outline))
    found: dict[str, NDArray[np.float64]] = {}
    for zone in zones:
        if zone.id in sides:
            found[zone.name] = np.maximum(found.get(zone.name, 0.0), sides[zone.id])
    return found


def looks_of(sessions: Sequence[PlottedSession]) -> dict[str, tuple[str, str]]:
    """Return profile -> colour and hatch; those played most have looks of their own."""
    minutes: dict[str, float] = {}
    for session in sessions:
        minutes[session.profile] = minutes.get(session.profile, 0.0) + session.minutes
    most = sorted(minutes, key=lambda name: (-minutes[name], name))
    own = len(LOOKS) if len(most) <= len(LOOKS) else len(LOOKS) - 1
    return {name: LOOKS[i] if i < own else OTHERS for i, name in enumerate(most)}


def _draw_bars(axes: Axes, sessions: Sequence[PlottedSession], days: Sequence[date]) -> None:
    from matplotlib.ticker import MaxNLocator

    looks = looks_of(sessions)
    base = np.zeros(len(days))
    labelled: set[str] = set()
    for profile, (colour, hatch) in looks.items():
        heights = np.zeros(len(days))
        for session in sessions:
            if session.profile == profile:
                heights[days.index(session.day)] += session.minutes
        name = OTHERS_NAME if (colour, hatch) == OTHERS else profile
        axes.bar(
            range(len(days)),
            heights,
            width=0.72,
            bottom=base,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=1.0,
            label=name if name not in labelled else "_nolegend_",
        )
        labelled.add(name)
        base += heights
    axes.set_ylim(0.0, max(20.0, float(base.max(initial=0.0)) * 1.08))
    axes.set_ylabel("minutes worked a day", size=9.5, color=INK)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
    axes.tick_params(labelsize=9, colors=INK, length=0)
    axes.yaxis.grid(True, color=GRID, lw=0.7)
    axes.set_axisbelow(True)
    if looks:
        legend = axes.legend(
            loc="upper left", bbox_to_anchor=(1.02, 1.0), frameon=False, fontsize=9, handleheight=1.6
        )
        for text in legend.get_texts():
            text.set_parse_math(False)
            text.set_color(INK)
    else:
        axes.text(0.5, 0.5, "no session yet", transform=axes.transAxes, ha="center", va="bottom", color=FAINT)


def _draw_doses(figure: Figure, axes: Axes, sessions: Sequence[PlottedSession], days: Sequence[date]) -> None:
    import matplotlib
    from matplotlib.colors import ListedColormap

    doses = zone_doses(sessions, days)
    if not doses:
        axes.set_yticks([])
        axes.text(
            0.5, 0.5, "no zone was worked on by a device", transform=axes.transAxes, ha="center", color=FAINT
        )
        return
    # magma, light to dark: even steps to the eye, to colour-blind eyes and in grey.
    colours = ListedColormap(matplotlib.colormaps["magma_r"](np.linspace(0.04, 0.88, 256)))
    table = np.array(list(doses.values()))
    # Where nothing was felt nothing is drawn: the lightest colour is little, not none.
    drawn = np.ma.masked_less_equal(table, 0.0)
    mesh = axes.pcolormesh(
        np.arange(len(days) + 1) - 0.5,
        np.arange(len(doses) + 1) - 0.5,
        drawn,
        cmap=colours,
        vmin=0.0,
        vmax=float(table.max(initial=0.0)) or 1.0,
        edgecolors="white",
        linewidth=1.2,
    )
    axes.set_yticks(range(len(doses)), [zone_said(zone) for zone in doses])
    axes.set_ylim(len(doses) - 0.5, -0.5)
    axes.tick_params(labelsize=9, colors=INK, length=0)
    bar = figure.colorbar(mesh, cax=figure.add_axes((0.815, 0.1, 0.014, 0.33)))
    bar.outline.set_visible(False)
    bar.set_label(
        "dose: mean felt level x minutes\n(of both sides the higher)", size=9, color=INK, labelpad=8
    )
    bar.ax.tick_params(labelsize=8.5, colors=INK)


def _label_days(axes: Axes, days: Sequence[date]) -> None:
    every = -(-len(days) // LABELS_MAX)
    places = list(range(len(days) - 1, -1, -every))[::-1]
    axes.set_xticks(places, [f"{days[i].day} {days[i]:%b}" for i in places])
    axes.tick_params(axis="x", labelsize=8.5, colors=INK, length=0)


def _subtitle(sessions: Sequence[PlottedSession], days: Sequence[date]) -> str:
    minutes = round(sum(session.minutes for session in sessions))
    count = len(sessions)
    sittings = f"{count} sitting{'' if count == 1 else 's'}"
    return f"{days[0]} to {days[-1]}   ·   {sittings}   ·   {minutes} minutes in all"
