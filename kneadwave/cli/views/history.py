"""What `knead history` has to say: the days of a recipient, and what is left of today. It only reads."""

import csv
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from math import floor
from pathlib import Path
from typing import Any, Final

from firmware_bridge import DWELL_MAX_S
from kneadwave.cli.exits import worded
from kneadwave.cli.terminal.columns import bar, paragraph, rows_within, width
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.terminal.plot_option import drawing
from kneadwave.people import ledger
from kneadwave.people import recipient as recipients
from kneadwave.people.allowance import PART_S, parts_used
from kneadwave.people.day_left import Standing, standing
from kneadwave.people.history import History, Received, history
from kneadwave.people.recipient import Recipient
from kneadwave.people.screening import answers_of_day, verdict
from kneadwave.people.zones_today import zones_today
from kneadwave.store.log_lines import NOTICED, LogEntry
from kneadwave.text import clean, clock_text, plainly, times

DAYS: Final = 14
"""Days of the chart."""
ROWS: Final = 20
"""Sittings in the table; JSON has all of them."""
RUNNING: Final = "still running"
HEADS: Final = ("date", "start", "profile", "worked", "mean %", "peak %", "ended")
WORKED: Final = (
    "worked: minutes in which the device moved or hands worked; what a session took by the clock, with its "
    "pauses, is more. A session starts when its device is armed."
)
LEVELS: Final = (
    "mean, peak: the level of a zone while it is worked on, over all zones; knead report tells the mean of "
    "the strongest zone over the whole run, which is another figure."
)
CSV_HEADS: Final = (
    "date", "start", "ended", "profile", "device", "seconds", "mean", "peak", "reason", "kind", "took_s",
    "losses",
)  # fmt: skip
ENDED_MIN: Final = 12
BAR_MAX: Final = 40
DAY_MIN: Final = 20.0
"""Minutes at which the bar of a day is at its full length, unless a day had more."""


def show_history(out: Output, name: str | None, plot: Path | None, now: datetime) -> None:
    """The sittings, the minutes a day, and what is left of today; a picture of it where one is asked for."""
    recipient = recipients.load(recipients.chosen(name))
    view = ledger.view(recipient.name)
    entries, broken = view.entries, view.broken
    past = history(entries)
    if broken:  # the next run will notice it, and what is noticed counts for the day
        past = replace(past, noticed=(*past.noticed, now))
    running = past.is_going_on(now)
    left = _blocked(standing(recipient, past, now), entries, now)
    for sitting in past.sittings:
        out.event("session", **_fields(sitting, now))
    for entry in _noticed(entries):
        out.event("noticed", at=entry.at.isoformat(), why=_why(entry))
    if broken:
        out.event("noticed", at=now.isoformat(), why=broken)
    zones, parts = _zones_fields(recipient, past, now), _parts_fields(past, now)
    out.event("today", **_today_fields(left, past, now), running=running, zones=zones, parts=parts)
    if not out.as_json:
        out.say(out.bold(f"{recipient.name}, day by day"))
        out.say()
        _print(out, past.sittings, now)
        _tell_changes(out, _noticed(entries), broken)
        _tell_today(out, left, now, running=running)
    if plot is not None:
        _draw(recipient.name, past, now, plot)
        out.end["plot"] = str(plot)
        out.say()
        out.say(f"picture: {plot}")


def _blocked(left: Standing, entries: Sequence[LogEntry], now: datetime) -> Standing:
    """The same, but nothing where today's screening blocks."""
    answers = answers_of_day(entries, now)
    found = verdict(answers).blocked if answers is not None else ()
    if not found:
        return left
    why, rule = f"today's screening blocks it: {found[0].title}", found[0].rules[0]
    return replace(left, left=0, seconds=0.0, felt_s=0.0, start=None, why=why, rule=rule, hint="")


def print_csv(name: str | None, now: datetime) -> None:
    """Every sitting as a line of a table, oldest first."""
    recipient = recipients.load(recipients.chosen(name))
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(CSV_HEADS)
    for sitting in history(ledger.view(recipient.name).entries).sittings:
        fields = _fields(sitting, now)
        table.writerow([_cell(fields[head]) for head in CSV_HEADS])


def _cell(value: Any) -> Any:
    """A value that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def mean_level(sitting: Received) -> float:
    """The mean felt level over all zones and the time that they were worked on; 0 where none was."""
    seconds = sum(dose.active_s for dose in sitting.zones.values())
    felt = sum(dose.mean * dose.active_s for dose in sitting.zones.values())
    return felt / seconds if seconds else 0.0


def peak_level(sitting: Received) -> float:
    """The highest felt level on any zone."""
    return max((dose.peak for dose in sitting.zones.values()), default=0.0)


def reason_of(sitting: Received, now: datetime) -> str:
    """Why it ended; one without an end that was written down seconds ago is still running."""
    return RUNNING if sitting.is_going_on(now) else clean(sitting.reason)


def _print(out: Output, sittings: Sequence[Received], now: datetime) -> None:
    if sittings:
        _table(out, sittings, now)
        out.say()
        _chart(out, sittings, now.date())
    else:
        out.say("Nothing yet: no session is written down.")
        out.say("To begin: knead screen, then knead run first-session")


def _tell_changes(out: Output, noticed: Sequence[LogEntry], broken: str) -> None:
    told = [
        f"On {_minute(entry.at)} it was noticed that this record had been changed by something else "
        f"({_why(entry)}). That day counted as used up."
        for entry in noticed
    ]
    if broken:
        told.append(
            f"This record has been changed by something else ({clean(broken)}). The next run will write that "
            "down, and that day counts as used up."
        )
    for text in told:
        out.say()
        for line in paragraph(text):
            out.say(line)


def _tell_today(out: Output, left: Standing, now: datetime, *, running: bool) -> None:
    out.say()
    out.say(out.bold("left today"))
    if running:
        text = "A session is running right now. What is left shows when it has ended."
        for line in paragraph(text):
            out.say(line)
        return
    for text in _today(left, now):
        for line in paragraph(text):
            out.say(line)


def _table(out: Output, sittings: Sequence[Received], now: datetime) -> None:
    shown = sittings[-ROWS:]
    rows = [
        (
            sitting.date.isoformat(),
            sitting.at.strftime("%H:%M"),
            clean(sitting.profile),
            clock_text(sitting.seconds),
            f"{mean_level(sitting) * 100:.0f}" if sitting.zones else "-",
            f"{peak_level(sitting) * 100:.0f}" if sitting.zones else "-",
            _ended(sitting, now),
        )
        for sitting in shown
    ]
    taken = sum(max(len(row[i]) for row in [HEADS, *rows]) + 2 for i in range(len(HEADS) - 1))
    room = width() - taken
    if room < ENDED_MIN:  # too narrow for a table: each sitting is a short paragraph
        for day, start, profile, minutes, mean, peak, ended in rows:
            felt = "" if mean == "-" else f" mean {mean} %, peak {peak} %,"
            for line in paragraph(
                f"{profile}, worked {minutes} min,{felt} {ended}", first=f"{day} {start} ", indent=2
            ):
                out.say(line)
    else:
        out.table(HEADS, rows_within(rows, (0, 0, 0, 0, 0, 0, room)), right=(3, 4, 5))
    before = len(sittings) - len(shown)
    if before:
        out.say(f"... and {before} before; --json has all of them")
    for text in (WORKED, LEVELS) if any(sitting.zones for sitting in shown) else (WORKED,):
        for line in paragraph(text):
            out.say(line)


def _ended(sitting: Received, now: datetime) -> str:
    lost = f"; the link was lost {times(sitting.losses)}" if sitting.losses else ""
    reason = reason_of(sitting, now)
    kind = "" if sitting.session or reason == RUNNING else f" ({KINDS[sitting.kind]})"
    return plainly(reason) + lost + kind


KINDS: Final = {"felt test": "short, no session", "by hand": "by hand"}
"""What a sitting that is no session is called."""


def _chart(out: Output, sittings: Sequence[Received], today: date) -> None:
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    minutes = {day: sum(s.seconds for s in sittings if s.date == day) / 60 for day in days}
    top = max(DAY_MIN, *minutes.values())
    length = min(BAR_MAX, width() - 22)
    out.say(out.bold("minutes worked a day"))
    for day, value in minutes.items():
        filled = bar(value, top, length, ascii_only=out.ascii_only)
        figure = "" if value == 0 else " <1" if value < 1 else f" {value:.0f}"
        out.say(f"{day:%a %d %b}  {filled}{figure}".rstrip())


def _today(left: Standing, now: datetime) -> list[str]:
    felt = f"Runs of a minute or less are no sessions; {clock_text(left.felt_s)} min of them are left today."
    if left.start is None:
        helps = [f"{_sentence(worded(left.hint))}."] if left.hint else []
        return [f"No session: {clean(left.why)}.", *helps, felt]
    begins = _moment(left.start, now)
    lasts = f"up to {floor(left.seconds / 6) / 10:g} min"
    why = f" {_sentence(clean(left.why))}." if left.why else ""
    if left.left == 0:
        return [f"No session; the next one may start {begins}.{why}", felt]
    count = f"{left.left} session{'' if left.left == 1 else 's'}"
    return [
        f"{count}, {lasts}{' each' if left.left > 1 else ''}; the next one may start {begins}.{why}",
        felt,
    ]


def _moment(at: datetime, now: datetime) -> str:
    if at <= now:
        return "now"
    word = "after" if at.second or at.microsecond else "at"
    return f"{word} {at:%H:%M}" if at.date() == now.date() else f"{word} {at:%H:%M} on {at.date()}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d} at {at:%H:%M}"


def _noticed(entries: Sequence[LogEntry]) -> list[LogEntry]:
    return [entry for entry in entries if entry.event == NOTICED]


def _why(entry: LogEntry) -> str:
    return clean(str(entry.fields.get("why", "")))


def _fields(sitting: Received, now: datetime) -> dict[str, Any]:
    return {
        "date": sitting.date.isoformat(),
        "start": sitting.at.isoformat(),
        "ended": sitting.ended.isoformat(),
        "profile": sitting.profile,
        "device": sitting.device,
        "seconds": round(sitting.seconds, 3),
        "took_s": round(sitting.took_s, 3),
        "losses": sitting.losses,
        "mean": round(mean_level(sitting), 4),
        "peak": round(peak_level(sitting), 4),
        "reason": reason_of(sitting, now),
        "says": plainly(reason_of(sitting, now)),
        "counts": sitting.session,
        "kind": sitting.kind,
        "zones": {
            zone: {"peak": d.peak, "mean": d.mean, "active_s": d.active_s, "dwell_s": d.dwell_s}
            for zone, d in sitting.zones.items()
        },
        "parts": dict(sitting.parts),
    }


def _today_fields(left: Standing, past: History, now: datetime) -> dict[str, Any]:
    return {
        "date": now.date().isoformat(),
        "sessions": left.had,
        "sessions_left": left.left,
        "seconds_each": left.seconds,
        "felt_s_left": round(left.felt_s, 3),
        "next": left.start.isoformat() if left.start is not None else None,
        "why": left.why,
        "rule": left.rule,
        "sittings": len(past.sittings),
    }


def _zones_fields(recipient: Recipient, past: History, now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "zone": each.zone,
            "active_s": round(each.active_s, 3),
            "peak": each.peak,
            "ceiling": round(each.ceiling, 4),
            "dwell_s": each.dwell_s,
            "dwell_most_s": DWELL_MAX_S,
        }
        for each in zones_today(recipient, past, now)
    ]


def _parts_fields(past: History, now: datetime) -> list[dict[str, Any]]:
    return [
        {"part": part, "s": round(seconds, 3), "most_s": PART_S}
        for part, seconds in parts_used(past, now).items()
    ]


def _draw(name: str, past: History, now: datetime, path: Path) -> None:
    from kneadwave.reports.plots.history import PlottedSession, plot_history

    sessions = [
        PlottedSession(
            day=sitting.date,
            profile=sitting.profile,
            minutes=sitting.seconds / 60,
            doses={zone: dose.mean * dose.active_s / 60 for zone, dose in sitting.zones.items()},
        )
        for sitting in past.sittings
    ]
    with drawing():
        plot_history(sessions, now.date(), f"{name}, day by day", path)
