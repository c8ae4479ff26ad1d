"""What a recording tells of a run, read a line at a time: memory does not grow with the session."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from firmware_bridge.errors import RecordingError
from firmware_bridge.limits import FRAME_S, frames
from firmware_bridge.recording.reader import (
    Damage,
    End,
    RecordedEvent,
    Recording,
    RecordingHeader,
    read_recording,
)
from kneadwave.errors import UsageError
from kneadwave.reports.align import Aligned, align, paired
from kneadwave.reports.collect import Collector
from kneadwave.reports.events import TEXT_MAX, Events
from kneadwave.reports.frames import FrameRun, Gap, runs
from kneadwave.reports.recorded_device import shortened
from kneadwave.reports.report import RunReport
from kneadwave.reports.session_spans import SessionSpan, spans_of
from kneadwave.text import clock_text

SESSIONS_TOLD = 8
SLACK_FRAMES = frames(2.0)
"""So long a device may play on after the last frame of its host; project's choice."""


def read_report(path: Path, other: Path | None = None, session: int | None = None) -> RunReport:
    """Read a recording; `other` is the other side's recording of the same run.

    `session` is one of those that the recording of a device that waits holds, from 1; any other recording is
    one session.

    A recording that was cut is told up to its last whole line. RecordingError where one is not valid, and
    where the two are not of one run.
    """
    first = read_recording(path)
    if other is None:
        return _report_of(first, session)
    device, host = paired(first, read_recording(other))
    return _report_of_both(device, host, align(device, host))


def _report_of(recording: Recording, session: int | None) -> RunReport:
    sessions = spans_of(recording)
    whole = SessionSpan(0.0, float("inf"))
    held = sessions or (whole,)
    if session is not None and not 1 <= session <= len(held):
        raise UsageError(
            f"{recording.path}: there is no session {session}",
            hint="it holds one session" if len(held) == 1 else f"it holds {len(held)} sessions",
        )
    span = whole if session is None else held[session - 1]
    closing = held[(session or 1) - 1].closing if session is not None or len(held) == 1 else None
    first = round(span.start / FRAME_S)
    collector, events, missing, end = _collected(recording), Events(), Missing(), None
    for item in runs(recording):
        if isinstance(item, FrameRun):
            if item.at >= first and item.at * FRAME_S <= span.end:
                collector.take(item)
        elif isinstance(item, RecordedEvent):
            if span.start <= item.t <= span.end:
                events.keep(item)
        elif isinstance(item, End):
            end = item
        else:
            missing.note(item)
    # A device that waits ends its recording long after a session, or never.
    end = closing or end
    return _report(recording.header, recording.header, collector, events, missing, end, sessions, session)


def _report_of_both(device: Recording, host: Recording, aligned: Aligned) -> RunReport:
    collector, events, missing, reached = _collected(device, host.header), Events(), Missing(), 0
    commands = _Commands(host, aligned)
    first_s, last_s = aligned.shift * FRAME_S, (aligned.last + SLACK_FRAMES) * FRAME_S
    for item in runs(device):
        if isinstance(item, FrameRun):
            reached = item.at + item.length
            for run in commands.beside(item):
                collector.take(run)
        elif isinstance(item, RecordedEvent) and first_s - FRAME_S <= item.t <= last_s:
            events.keep(item)
        elif isinstance(item, Gap | Damage):
            missing.note(item)
    for event in host.events():
        events.keep(RecordedEvent(event.t + first_s, event.event, event.fields))
    for item in commands.missing:
        if isinstance(item, Gap):
            missing.note(Gap(item.start + first_s, item.end + first_s))
        else:
            missing.note(item)
    # How the session ended is for the host to say: a device serves many, and its recording may still grow.
    end = host.end if reached >= aligned.still else None
    return _report(device.header, host.header, collector, events, missing, end)


def _collected(recording: Recording, host: RecordingHeader | None = None) -> Collector:
    if not recording.header.actuators:
        raise RecordingError(f"{recording.path}: has no actuators", hint="there is nothing to report")
    return Collector(recording.header, host)


class Missing:
    """What a recording does not tell: gaps in its time, and lines that cannot be read."""

    def __init__(self) -> None:
        self._gaps: list[Gap] = []
        self._lines: list[Damage] = []

    def note(self, item: Gap | Damage) -> None:
        """Take one of either."""
        if isinstance(item, Gap):
            self._gaps.append(item)
        else:
            self._lines.append(item)

    def since(self, start_s: float, duration: float) -> tuple[Gap, ...]:
        """The gaps within a run, in order of time, told from its start on."""
        moved = (Gap(max(0.0, g.start - start_s), min(duration, g.end - start_s)) for g in self._gaps)
        return tuple(sorted(gap for gap in moved if gap.start < gap.end))

    def damage(self) -> Iterator[str]:
        """Which lines cannot be read, in words."""
        if self._lines:
            count = sum(each.last - each.first + 1 for each in self._lines)
            first = self._lines[0]
            where = f"line {first.first}" if len(self._lines) == 1 else f"the first is line {first.first}"
            lines = "1 line is" if count == 1 else f"{count} lines are"
            yield f"{lines} damaged and passed over ({where}); events may be missing as well"


def _report(
    header: RecordingHeader,
    named: RecordingHeader,
    collector: Collector,
    events: Events,
    missing: Missing,
    end: End | None,
    sessions: tuple[SessionSpan, ...] = (),
    session: int | None = None,
) -> RunReport:
    """What came of it; `named` is the header that says what was played."""
    collector.close()
    by_device = header.source == "device"
    course = collector.course(by_device)
    start_s = collector.start_s
    gaps = missing.since(start_s, collector.summary.duration)
    notes = [
        *missing.damage(),
        *_notes(by_device, course.asked is not None, collector, cut=end is None),
    ]
    return RunReport(
        profile=shortened(named.profile),
        sources=(header.source,) if named is header else (header.source, named.source),
        layout=collector.layout,
        summary=collector.summary,
        course=course,
        start_s=start_s,
        apart=collector.apart() if by_device and course.asked is not None else None,
        ceilings=collector.ceilings(),
        device_ceilings=collector.device_ceilings() if by_device else None,
        knows_person=not by_device or named is not header,
        events=events.since(start_s, collector.summary.duration),
        counts=dict(events.counts),
        end=None if end is None else End(end.t, end.ok, shortened(end.reason, TEXT_MAX)),
        notes=tuple(notes),
        gaps=gaps,
        began=_began(named, header, start_s),
        allowed_s=named.allowed_s,
        recipient=shortened(named.recipient or ""),
        sessions=sessions,
        several=_several(sessions, session),
    )


def _began(named: RecordingHeader, header: RecordingHeader, start_s: float) -> datetime | None:
    """When the run began: what the host says, or a device that waited, and for how long."""
    try:
        began = datetime.fromisoformat(named.began or header.began or "")
        return began if named.began and named is not header else began + timedelta(seconds=start_s)
    except (ValueError, OverflowError):
        return None


def _several(sessions: tuple[SessionSpan, ...], session: int | None) -> str:
    """That a recording holds several sessions, where, and which of them is told; "" where it does not."""
    if session is not None:
        return f"this is session {session} of {max(1, len(sessions))} in the recording"
    if len(sessions) > 1:
        shown = ", ".join(
            f"{n} from {clock_text(each.start)}" for n, each in enumerate(sessions[:SESSIONS_TOLD], 1)
        )
        more = ", ..." if len(sessions) > SESSIONS_TOLD else ""
        return (
            f"the recording holds {len(sessions)} sessions ({shown}{more} of its time); the figures are of "
            "all of them together"
        )
    return ""


def _notes(by_device: bool, asked: bool, collector: Collector, *, cut: bool) -> Iterator[str]:
    """What whoever reads the report has to know."""
    if cut:
        yield "the recording was cut, or still grows: this is what its whole lines tell"
    if not by_device:
        yield "this is the host's recording: it tells what was asked for, not what was put out"
    elif not asked:
        yield "the recording does not tell what was asked for"
    if collector.start_s > 0:
        at = f"{clock_text(collector.start_s)} min into the recording"
        yield f"longer silence at the ends is left out: 0:00 here is {at}"
    if not collector.meter.by_response:
        yield "the recording is an old one: felt levels are the share of full drive"
    elif not collector.meter.by_motor:
        yield "the recording tells nothing of the motors: felt levels are those of drives that hold"


class _Commands:
    """What the host sent, beside what the device put out, in ascending order of time."""

    def __init__(self, host: Recording, aligned: Aligned) -> None:
        self.missing: list[Gap | Damage] = []
        """Those that were met so far."""
        self._runs = self._met(host)
        self._aligned = aligned
        self._run: FrameRun | None = next(self._runs, None)
        self._nothing = bytes(len(host.header.actuators))

    def _met(self, host: Recording) -> Iterator[FrameRun]:
        for item in runs(host):
            if isinstance(item, FrameRun):
                yield item
            elif isinstance(item, Gap | Damage):
                self.missing.append(item)

    def beside(self, run: FrameRun) -> Iterator[FrameRun]:
        """The part of `run` that lies within the host's session, with what was asked for."""
        low = max(run.at, self._aligned.shift)
        high = min(run.at + run.length, self._aligned.last + SLACK_FRAMES)
        if run.asked is not None:
            if low < high:
                yield run._replace(at=low, length=high - low)
            return
        for frame in range(low, high):
            yield run._replace(at=frame, length=1, asked=self._sent(frame - self._aligned.shift))

    def _sent(self, frame: int) -> bytes:
        while self._run is not None and self._run.at + self._run.length <= frame:
            self._run = next(self._runs, None)
        return self._run.drive if self._run is not None and self._run.at <= frame else self._nothing
