"""Parts of a page: facts, notes, the steps, marks on the slider, what each zone feels, the events."""

from __future__ import annotations

from collections.abc import Sequence

from firmware_bridge.limits import DWELL_MAX_S
from firmware_bridge.recording.reader import RecordedEvent
from kneadwave.reports.events import FREQUENT, told
from kneadwave.reports.page.markup import bar, escaped
from kneadwave.reports.report import RunReport
from kneadwave.text import clock_text

ALARMS = frozenset({"trip", "stop", "pain", "link"})
"""Events that stand out."""


def notes(report: RunReport) -> str:
    """The notes above everything else: limits that were broken, then what the recording leaves out."""
    broken = [f"A limit was broken: {text}" for text in report.breaches]
    items = "".join(f'<li class="alarm">{escaped(_sentence(text))}</li>' for text in broken)
    more = [report.gaps_told, *report.notes] if report.gaps else report.notes
    items += "".join(f"<li>{escaped(_sentence(text))}</li>" for text in more)
    return f'<ul class="notes">{items}</ul>' if items else ""


def facts(report: RunReport) -> str:
    """The figures at the head of the page, each with its name: time, device, level, longest work, trips."""
    peak, mean = report.summary.levels
    dwell_id, dwell_s = report.summary.longest_dwell
    rows = [
        *([("Began", report.when, "by the clocks there")] if report.when else []),
        *([("For", report.recipient, "")] if report.recipient else []),
        ("Time", f"{clock_text(report.duration)} min", f"by the clock {report.of_allowed}".rstrip()),
        (
            "Worked",
            f"{report.at_least}{clock_text(report.summary.moved_s)} min",
            "in which the device moved, as the history counts it",
        ),
        ("Device", report.layout.description.name, f"{len(report.layout.allowed)} actuators work"),
        (
            "Felt level",
            f"{peak * 100:.0f} % at its peak",
            f"{mean * 100:.0f} % on average, of the strongest zone",
        ),
        ("Longest work at one point", f"{report.at_least}{dwell_s:.1f} s", _of_dwell(dwell_id)),
        ("Trips", str(report.counts.get("trip", 0)), "of host or device"),
    ]
    if report.apart_told:
        value, _, more = report.apart_told.partition(", ")
        rows.append(("Done as asked", value, more))
    return "\n".join(
        f"<div><dt>{escaped(term)}</dt><dd>{escaped(value)} <small>{escaped(more)}</small></dd></div>"
        for term, value, more in rows
    )


def marks(report: RunReport) -> str:
    """Lines where something happened, on the track of the slider; the list of events says what."""
    shown = [
        event
        for event, _ in told(report.events)
        if event.event in ALARMS or event.event in ("step", "intensity")
    ]
    if not report.duration:
        return ""
    return "".join(_mark(event, 1000 * event.t / report.duration) for event in shown)


def _mark(event: RecordedEvent, x: float) -> str:
    if event.event in ALARMS:
        return f'<line class="alarm" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="10"/>'
    return f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{0 if event.event == "step" else 5}" y2="10"/>'


def zones_now(report: RunReport) -> str:
    """A row a zone: its mean at first, and what it feels at a moment once the script runs."""
    return "\n".join(
        f"<li><span>{escaped(zone.title)}</span>{bar(zone.mean, 1.0, mark=zone.ceiling)}"
        f"<b>{zone.mean * 100:.0f} %</b></li>"
        for zone in report.zones()
    )


def steps_strip(steps: Sequence[tuple[str, float, float]]) -> str:
    """The steps side by side, as long as they took; `page_waves.widths` has their lengths."""
    if not steps:
        return ""
    items = "".join(
        f'<li data-step="{i}" data-t="{start:.3f}">{escaped(name)}</li>'
        for i, (name, start, _) in enumerate(steps)
    )
    return f'<ol class="steps" aria-label="Steps"><li role="presentation"></li>{items}</ol>'


def events_table(report: RunReport) -> str:
    """What happened, and when."""
    if not report.events:
        return "<p>Nothing is recorded.</p>"
    rows = "\n".join(
        f'<tr{_alarm(event)}><td data-t="{event.t:.3f}">{clock_text(event.t)}</td>'
        f'<td class="words">{escaped(words)}</td></tr>'
        for event, words in told(report.events)
    )
    return (
        f"<table><caption>{escaped(_counted(report))}</caption><thead><tr>"
        '<th scope="col">Time</th><th scope="col" class="words">Event</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _counted(report: RunReport) -> str:
    left = sum(report.counts.values()) - len(report.events)
    text = f"{len(list(told(report.events)))} events in order of time"
    return (
        f"{text}; {left} more, most of them {' and '.join(sorted(FREQUENT))}, are left out" if left else text
    )


def _alarm(event: RecordedEvent) -> str:
    return ' class="alarm-row"' if event.event in ("trip", "pain") else ""


def _of_dwell(actuator: str) -> str:
    return f"of {DWELL_MAX_S:.0f} s, at {actuator}" if actuator else f"of {DWELL_MAX_S:.0f} s"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
