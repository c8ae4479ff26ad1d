"""The waveforms of a page: what each actuator was asked for and put out; the script draws them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from firmware_bridge.recording.summary import ActuatorRow
from kneadwave.reports.page.markup import escaped
from kneadwave.reports.plots.waves import from_head_down
from kneadwave.reports.report import RunReport

POINTS_MAX = 600
"""Points of the curve that is drawn without a script."""
PUT_KEY = (
    '<span class="key"><svg viewBox="0 0 34 16" aria-hidden="true" focusable="false">'
    '<path class="peak" d="M0 16V4L17 1L34 6V16Z"/><path class="put" d="M0 16V9L17 6L34 11V16Z"/></svg>'
    "put out: mean, and paler its peak</span>"
)
ASKED_KEY = (
    '<span class="key"><svg viewBox="0 0 34 16" aria-hidden="true" focusable="false">'
    '<path class="asked" d="M0 10L17 3L34 8"/></svg>asked for: a line</span>'
)
CEILING_KEY = (
    '<span class="key"><svg viewBox="0 0 34 16" aria-hidden="true" focusable="false">'
    '<path class="ceiling" d="M0 5H34"/></svg>ceiling: dotted</span>'
)


def worked(report: RunReport) -> list[int]:
    """The actuators that were asked for anything or put out anything, from the head down."""
    rows = report.rows
    asked = set() if report.course.asked is None else set(np.flatnonzero(report.course.asked.any(axis=0)))
    return [
        a.index for a in from_head_down(report.layout.allowed) if rows[a.index].peak_drive or a.index in asked
    ]


def waves(report: RunReport) -> str:
    """A drawing for each actuator that worked, its text alternative included."""
    return "\n".join(_wave(report, report.rows[i], i) for i in worked(report))


def _wave(report: RunReport, row: ActuatorRow, index: int) -> str:
    zone = escaped(report.layout.zone_title(row.zone))
    return (
        f'<figure class="wave"><figcaption>{escaped(row.id)} <small>{zone}</small></figcaption>'
        f'<canvas role="img" data-actuator="{index}" data-ceiling="{row.ceiling}" height="56" '
        f'aria-label="{escaped(_words(report, row, index))}"></canvas></figure>'
    )


def waves_note(report: RunReport) -> str:
    """What the lines and areas mean."""
    keys = (PUT_KEY if report.course.put is not None else "") + (
        ASKED_KEY if report.course.asked is not None else ""
    )
    return f"{keys}{CEILING_KEY}"


def no_script() -> str:
    """What stands in the place of the drawings where no script runs."""
    return (
        '<p class="note without-script">The waveforms of the actuators are drawn by a script; '
        "the tables below hold their figures.</p>"
    )


def strongest(report: RunReport) -> str:
    """The strongest felt level over the run, drawn without a script."""
    felt = report.course.felt.max(axis=1) if len(report.course.felt) else np.zeros(1)
    step = -(-len(felt) // POINTS_MAX)
    heights = [100 * float(felt[at : at + step].max()) for at in range(0, len(felt), step)]
    line = "L".join(f"{i} {100 - height:.0f}L{i + 1} {100 - height:.0f}" for i, height in enumerate(heights))
    peak, mean = report.summary.levels
    words = (
        f"Strongest felt level over the run: {peak * 100:.0f} % at its peak, {mean * 100:.0f} % on average."
    )
    return (
        f'<svg role="img" viewBox="0 0 {len(heights)} 100" preserveAspectRatio="none" aria-label="{words}">'
        f'<path class="strongest" d="M0 100L{line}L{len(heights)} 100Z"/></svg>'
    )


def widths(steps: Sequence[tuple[str, float, float]], duration: float) -> str:
    """Style rules that make each step of the strip as long as it took; figures alone, no names."""
    if not steps:
        return ""
    lengths = [steps[0][1], *(max(0.0, min(end, duration) - start) for _, start, end in steps)]
    return "".join(
        f".steps li:nth-child({i}) {{ flex-grow: {length:.2f}; }}\n"
        for i, length in enumerate(lengths, start=1)
    )


def _words(report: RunReport, row: ActuatorRow, index: int) -> str:
    what = "asked for" if report.course.put is None else "put out"
    words = f"Drive of {row.id} over time: {what} up to {row.peak_drive} of {row.ceiling}"
    words += f", worked {row.active_s:.0f} s"
    if report.apart is not None:
        apart = report.apart[index]
        words += f"; what was done is off by {apart.mean:.1f} of 255 on average, {apart.most} at the most"
    return f"{words}."
