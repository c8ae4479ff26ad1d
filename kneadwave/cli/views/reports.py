"""A run as a recording tells of it, as text: facts, zones and actuators against their limits, events."""

from typing import Final, NamedTuple

from firmware_bridge import DWELL_MAX_S
from kneadwave.cli.terminal.columns import bar, paragraph, rows_within, width
from kneadwave.cli.terminal.output import Output
from kneadwave.reports.events import FREQUENT, told
from kneadwave.reports.report import RunReport, ZoneFigures
from kneadwave.text import clean, clock_text, plainly, zones_explained

BAR: Final = 8
EVENTS_MAX: Final = 60
"""Events that are listed; a page and JSON have more."""
GAP: Final = 2

EXPLAINED: Final = {
    "dose s": "dose: felt level times seconds, which no rule limits",
    "dwell s": f"dwell: the longest work of one actuator without a rest, {DWELL_MAX_S:.0f} s at the most",
    "device %": "device: its own ceiling, whoever lies there",
    "peak drive": "drive: what a motor is given, 0 to 255, of its ceiling",
    "off by": "off by, at most: how many steps of drive lie between what was asked and what was put out",
}
"""What a column says, by its head; what its name tells needs no more."""

RECORDED: Final = {"device": "what the device put out", "host": "what it was asked for"}
"""What is recorded on either side."""
WORKED: Final = "worked"
"""As knead history calls it, which counts the work of hands as well."""
Cells = list[str]


class Column(NamedTuple):
    """A column of a table; of those that do not fit the width, the one with the highest rank goes first."""

    head: str
    cells: Cells
    right: bool = True
    rank: int = 0


def print_report(out: Output, report: RunReport) -> None:
    """Everything that is told of a run; tables fit the width."""
    out.say(out.bold(clean(report.title)))
    if report.several:
        alone = "; --session N tells of one of them alone" if len(report.sessions) > 1 else ""
        for line in paragraph(f"{report.several}{alone}"):
            out.say(line)
    for name, value in _facts(report):
        for line in paragraph(value, first=name, indent=16):
            out.say(line)
    for text in report.breaches:
        for line in paragraph(clean(text), first="limit broken", indent=16):
            out.say(out.bold(line))
    out.say()
    heads = _fitting(out, _zones(report, out.ascii_only))
    out.say()
    heads += _fitting(out, _actuators(report))
    if heads:
        out.say()
    told = [f"max: {report.ceilings_told}"] if "max %" in heads else []
    told += [text for head, text in EXPLAINED.items() if head in heads]
    told += zones_explained(zone.title for zone in report.zones())
    for line in paragraph("; ".join(told)):
        out.say(line)
    _print_idle(out, report)
    out.say()
    _print_events(out, report)
    notes = [report.gaps_told, *report.notes] if report.gaps else list(report.notes)
    if notes:
        out.say()
    for note in notes:
        for line in paragraph(note, first="note: ", indent=6):
            out.say(line)


def _facts(report: RunReport) -> list[tuple[str, str]]:
    peak, mean = report.summary.levels
    dwell_id, dwell_s = report.summary.longest_dwell
    dwell = (
        f"{report.at_least}{dwell_s:.1f} s of {DWELL_MAX_S:.0f} s, {clean(dwell_id)}" if dwell_id else "none"
    )
    facts = [
        *([("began", report.when)] if report.when else []),
        *([("for", clean(report.recipient))] if report.recipient else []),
        ("device", clean(report.layout.description.name)),
        ("tells", " and ".join(RECORDED.get(source, source) for source in report.sources)),
        ("time", f"{clock_text(report.duration)} min by the clock {report.of_allowed}".rstrip()),
        (WORKED, f"{report.at_least}{clock_text(report.summary.moved_s)} min, in which the device moved"),
        (
            "ended",
            "not recorded" if report.end is None else clean(plainly(report.end.reason)) or "no reason told",
        ),
        (
            "felt level",
            f"peak {report.at_least}{_percent(peak)} %; "
            f"{_percent(mean)} % on average over the run, of the strongest zone",
        ),
        ("longest dwell", dwell if dwell_id else "none"),
        ("trips", str(report.counts.get("trip", 0))),
    ]
    if report.apart_told:
        facts.append(("as asked", clean(report.apart_told)))
    return facts


def _zones(report: RunReport, ascii_only: bool) -> list[Column]:
    zones, least = report.zones(), ">=" if report.gaps else ""

    def bars(values: list[tuple[float, float]]) -> Cells:
        return [bar(value, most, BAR, ascii_only=ascii_only) for value, most in values]

    return [
        Column("zone", [clean(zone.title) for zone in zones], right=False),
        Column("dose s", [f"{least}{zone.dose:.1f}" for zone in zones], rank=1),
        Column("dwell s", [f"{least}{zone.dwell_s:.1f}" for zone in zones]),
        Column(f"of {DWELL_MAX_S:.0f} s", bars([(z.dwell_s, DWELL_MAX_S) for z in zones]), False, 4),
        Column("peak %", [_percent(zone.peak) for zone in zones]),
        Column("max %", [_percent(zone.ceiling) for zone in zones], rank=2),
        *([Column("device %", _device_ceilings(zones), rank=3)] if report.device_allows_more else []),
        Column("of max", bars([(zone.peak, zone.ceiling) for zone in zones]), False, 4),
        Column("felt min", [clock_text(zone.felt_s) for zone in zones], rank=3),
    ]


def _device_ceilings(zones: list[ZoneFigures]) -> Cells:
    return ["" if zone.ceiling_device is None else _percent(zone.ceiling_device) for zone in zones]


def _actuators(report: RunReport) -> list[Column]:
    least = ">=" if report.gaps else ""
    rows = [(i, row) for i, row in enumerate(report.rows) if row.peak_drive]
    columns = [
        Column("actuator", [clean(row.id) for _, row in rows], right=False),
        Column("peak drive", [f"{row.peak_drive} of {row.ceiling}" for _, row in rows]),
        Column("dwell s", [f"{least}{row.longest_dwell_s:.1f}" for _, row in rows]),
        Column("worked min", [f"{least}{clock_text(row.active_s)}" for _, row in rows], rank=1),
        Column("peak %", [_percent(row.peak) for _, row in rows], rank=3),
    ]
    if report.apart is not None:
        apart = [report.apart[i] for i, _ in rows]
        columns.append(Column("off by", [f"{each.mean:.1f}" for each in apart], rank=2))
        columns.append(Column("at most", [str(each.most) for each in apart], rank=2))
    return columns


def _fitting(out: Output, columns: list[Column]) -> list[str]:
    """A table of the columns that fit, and their heads; names take several lines where even those do not."""
    if not columns[0].cells:
        out.say(f"no {columns[0].head} worked")
        return []
    while _length(columns) > width() and (least := max(column.rank for column in columns)):
        columns = [column for column in columns if column.rank < least]
    names = width() - _length(columns[1:]) - GAP
    rows = list(zip(*(column.cells for column in columns), strict=True))
    limits = [max(names, 8), *(0 for _ in columns[1:])]
    right = [i for i, column in enumerate(columns) if column.right]
    heads = [column.head for column in columns]
    out.table(heads, rows_within(rows, limits), right=right)
    return heads


def _length(columns: list[Column]) -> int:
    widths = [max(len(text) for text in (column.head, *column.cells)) for column in columns]
    return sum(widths) + GAP * (len(widths) - 1)


def _print_idle(out: Output, report: RunReport) -> None:
    """Which actuators did nothing, and which must not."""
    rows = report.rows
    idle = [
        a.id
        for a, row in zip(report.layout.actuators, rows, strict=True)
        if not (a.excluded or row.peak_drive)
    ]
    for words, names in (("never worked", idle), ("off throughout", [a.id for a in report.layout.excluded])):
        if names:
            out.say()
            for line in paragraph(f"{words}: {', '.join(map(clean, names))}", indent=2):
                out.say(line)


def _print_events(out: Output, report: RunReport) -> None:
    shown = [(event, words) for event, words in told(report.events) if event.event not in FREQUENT]
    out.say(out.bold("events"))
    for event, words in shown[:EVENTS_MAX]:
        for line in paragraph(clean(words), first=f"{clock_text(event.t):>6}", indent=8):
            out.say(line)
    counted = [f"{n} of '{kind}'" for kind, n in sorted(report.counts.items()) if kind in FREQUENT]
    if len(shown) > EVENTS_MAX:
        counted.append(f"{len(shown) - EVENTS_MAX} of other kinds")
    if counted:
        out.say(f"        and {', '.join(counted)}")
    if not (shown or counted):
        out.say("        none")


def _percent(level: float) -> str:
    return f"{level * 100:.0f}"
