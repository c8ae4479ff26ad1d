"""Tables of a page: zones and actuators against their limits."""

from __future__ import annotations

from firmware_bridge.limits import DWELL_MAX_S
from kneadwave.reports.page.markup import bar, escaped
from kneadwave.reports.plots.waves import from_head_down
from kneadwave.reports.report import RunReport, ZoneFigures
from kneadwave.text import clock_text, zones_explained

ZONES_CAPTION = (
    f"Dwell is the longest work at one point without a rest, {DWELL_MAX_S:.0f} s at the most. Peak is held "
    "against {ceiling}. Dose is felt level times seconds; no rule limits it, so "
    "its bar shows the share of what the ceiling would come to over the whole run."
)


def zones_table(report: RunReport) -> str:
    """Dose, dwell and level of each zone, each with a bar against its limit."""
    if not report.zones():
        return "<p>No zone may be worked on.</p>"
    rows = "\n".join(_zone_row(zone, report.at_least) for zone in report.zones())
    words = "".join(f" {told}." for told in zones_explained(zone.title for zone in report.zones()))
    caption = escaped(f"{ZONES_CAPTION.format(ceiling=report.ceilings_told)}{words}")
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("Zone", "Dwell", "Peak", "Dose", "Felt for"))
    return _scrolling(
        "Zones",
        f"<table><caption>{caption}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>",
    )


def _zone_row(zone: ZoneFigures, least: str) -> str:
    return (
        f'<tr><th scope="row">{escaped(zone.title)}</th>'
        f"{_limited(f'{least}{zone.dwell_s:.1f} s', f'of {DWELL_MAX_S:.0f} s', zone.dwell_s, DWELL_MAX_S)}"
        f"{_limited(_percent(zone.peak), f'of {_percent(zone.ceiling)}', zone.peak, zone.ceiling)}"
        f"{_limited(f'{least}{zone.dose:.1f} s', f'of {zone.dose_most:.0f} s', zone.dose, zone.dose_most)}"
        f"<td>{clock_text(zone.felt_s)} min</td></tr>"
    )


def _limited(value: str, limit: str, figure: float, most: float) -> str:
    return f'<td class="limited">{value} <small>{limit}</small>{bar(figure, most)}</td>'


def actuators_table(report: RunReport) -> str:
    """Drives, ceilings and times of each actuator, from the head down; of those that stay off, why."""
    heads = ["Actuator", "Zone", "Peak drive", "Peak felt", "Dwell", "Worked"]
    if report.apart is not None:
        heads += ["Apart, mean", "Apart, most"]
    rows = "\n".join(_actuator_row(report, a.index) for a in from_head_down(report.layout.allowed))
    off = "\n".join(
        f'<tr><th scope="row">{escaped(a.id)}</th><td class="words" colspan="{len(heads) - 1}">off: '
        f"{escaped(a.excluded)}</td></tr>"
        for a in from_head_down(report.layout.excluded)
    )
    columns = "".join(f'<th scope="col"{_words(i)}>{head}</th>' for i, head in enumerate(heads))
    apart = (
        " Apart is how far drives asked for and put out differ while either moves." if report.apart else ""
    )
    return _scrolling(
        "Actuators",
        f'<table class="figures"><caption>From the head down. Drives go from 0 to 255.{apart}</caption>'
        f"<thead><tr>{columns}</tr></thead><tbody>{rows}{off}</tbody></table>",
    )


def _scrolling(name: str, table: str) -> str:
    """A table that scrolls by itself where it is wider than the page."""
    return f'<div class="scroll" role="region" aria-label="{name}" tabindex="0">{table}</div>'


def _words(column: int) -> str:
    return ' class="words"' if column == 1 else ""


def _actuator_row(report: RunReport, index: int) -> str:
    row = report.rows[index]
    apart = (
        ""
        if report.apart is None
        else f"<td>{report.apart[index].mean:.1f}</td><td>{report.apart[index].most}</td>"
    )
    zone, worked = report.layout.zone_title(row.zone), clock_text(row.active_s)
    return (
        f'<tr><th scope="row">{escaped(row.id)}</th><td class="words">{escaped(zone)}</td>'
        f"<td>{row.peak_drive} of {row.ceiling}</td><td>{_percent(row.peak)}</td>"
        f"<td>{report.at_least}{row.longest_dwell_s:.1f} s</td><td>{worked} min</td>{apart}</tr>"
    )


def _percent(level: float) -> str:
    return f"{level * 100:.0f} %"
