"""The report of a run, made of its recording: what text, picture and page show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.devices.layout import Actuator, Layout
from firmware_bridge.limits import DWELL_MAX_S, FELT_FLOOR, KNEADING_MAX_CPM, SESSION_MAX_S
from firmware_bridge.recording.reader import End, RecordedEvent
from firmware_bridge.recording.summary import ActuatorRow, RunSummary
from kneadwave.reports.events import told
from kneadwave.reports.frames import Gap
from kneadwave.reports.session_spans import SessionSpan
from kneadwave.text import clock_text, plainly
from profiles.technique import Modality

GAPS_TOLD = 5
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RunColumns:
    """The run in columns of `column_s` (the last may be shorter), a column of each array an actuator.

    Drives 0 to 255, felt levels 0 to 1; means, and the peak of what was put out. None: not recorded.
    """

    column_s: float
    asked: Floats | None
    put: Floats | None
    put_peak: Floats | None
    felt: Floats


@dataclass(frozen=True, slots=True)
class Apart:
    """How far drives asked for and put out lie apart while either moves, 0 to 255."""

    mean: float
    most: int


@dataclass(frozen=True, slots=True)
class ZoneFigures:
    """One zone over the run, by the strongest of its actuators; felt levels 0 to 1, times in s."""

    zone: str
    title: str  # what it is called: without a side where only the middle line is worked on
    dose: float  # felt level times seconds
    dose_most: float  # what its ceiling would come to over the whole run; no rule limits it
    dwell_s: float  # the longest work of one of its actuators without a full rest
    peak: float
    ceiling: float  # the lowest that is known: of the session where its host recorded it
    mean: float  # while it was felt
    felt_s: float
    ceiling_device: float | None  # the device's own; None where only the host recorded


@dataclass(frozen=True)
class RunReport:
    """A run as a recording tells of it. Times are seconds from `start_s` of the recording on.

    `summary` counts what was put out; what was asked for where only that is known.
    """

    profile: str
    sources: tuple[str, ...]  # "device", "host", or both
    layout: Layout
    summary: RunSummary
    course: RunColumns
    start_s: float
    apart: tuple[Apart, ...] | None  # an actuator each; None where one side is not known
    ceilings: tuple[float, ...]  # felt, an actuator each
    events: tuple[RecordedEvent, ...]
    counts: dict[str, int]  # of all events by kind, also of those that were not kept
    end: End | None  # None: cut, or still growing
    notes: tuple[str, ...]
    began: datetime | None = None  # where that is recorded
    allowed_s: float | None = None  # how long it might take; None: not recorded
    recipient: str = ""
    sessions: tuple[SessionSpan, ...] = ()  # of a device that waits: all that it played
    several: str = ""  # which of them the figures are of, where it holds more than one
    device_ceilings: tuple[float, ...] | None = None  # the device's own, felt; None: it recorded nothing
    knows_person: bool = True  # whether `ceilings` are what the session allowed; else they are the device's
    gaps: tuple[Gap, ...] = ()  # of which nothing is known: dose, dwell and peak are at least what is told

    @cached_property
    def rows(self) -> list[ActuatorRow]:
        """What each actuator did, in the order of the layout."""
        return self.summary.actuators()

    @property
    def duration(self) -> float:
        """How long it took, s."""
        return self.summary.duration

    @cached_property
    def first_felt(self) -> float:
        """The first moment at which anything is felt, s; 0 where nothing is."""
        felt = np.any(self.course.felt >= FELT_FLOOR, axis=1)
        return float(np.argmax(felt)) * self.course.column_s if felt.any() else 0.0

    @property
    def when(self) -> str:
        """Day and time of its beginning, by the clocks of its place; "" where that is not recorded."""
        return "" if self.began is None else f"{self.began:%Y-%m-%d %H:%M}"

    @property
    def of_allowed(self) -> str:
        """How long it might take, "of 10:00 allowed"; "" where that is not recorded."""
        if self.allowed_s is None:
            return ""
        after = ", and the moment until all was at rest" if self.duration > self.allowed_s else ""
        return f"of {clock_text(self.allowed_s)} allowed{after}"

    @property
    def apart_told(self) -> str:
        """How far what was put out lay from what was asked for, in words; "" where one side is not known."""
        if self.apart is None:
            return ""
        actuator, most = max(
            zip(self.layout.actuators, (each.most for each in self.apart), strict=True),
            key=lambda pair: pair[1],
        )
        if not most:
            return "yes, throughout"
        mean = sum(each.mean for each in self.apart) / len(self.apart)
        why = ", as where the link was lost for a moment" if self.counts.get("link") else ""
        return f"within {mean:.1f} of 255 steps on average, {most} at the most ({actuator.id}){why}"

    @property
    def ceilings_told(self) -> str:
        """Whose the ceilings are, in words."""
        if self.knows_person:
            return "the ceiling there in this session"
        own = "the ceiling there, the device's own"
        return own if self.profile else f"{own}: it knows no person, whose limit may be lower"

    @property
    def device_allows_more(self) -> bool:
        """Whether the device's own ceilings are told beside lower ones of the session."""
        return self.device_ceilings is not None and self.device_ceilings != self.ceilings

    @property
    def at_least(self) -> str:
        """What stands before a figure that may be higher in truth: "at least " where there are gaps."""
        return "at least " if self.gaps else ""

    @property
    def gaps_told(self) -> str:
        """Where nothing is recorded, in words; "" where there are no gaps."""
        if not self.gaps:
            return ""
        told = self.gaps if len(self.gaps) == GAPS_TOLD + 1 else self.gaps[:GAPS_TOLD]
        shown = [f"{_minutes(gap.start)} to {_minutes(gap.end)}" for gap in told]
        more = f" and {len(self.gaps) - len(told)} more" if len(self.gaps) > len(told) else ""
        seconds = sum(gap.end - gap.start for gap in self.gaps)
        return (
            f"{seconds:.1f} s are not recorded ({', '.join(shown)}{more}): dose, dwell and peak are at least "
            "what is told"
        )

    @property
    def title(self) -> str:
        """What was played on what."""
        return f"{self.profile or 'a run'} on {self.layout.description.name}"

    @property
    def steps(self) -> tuple[tuple[str, float, float], ...]:
        """Name, start and end of each step that began."""
        begun = self._begun
        ends = [*(event.t for event in begun[1:]), self.duration]
        return tuple(
            (str(event.fields.get("name", "")), event.t, max(event.t, end))
            for event, end in zip(begun, ends, strict=False)
        )

    @property
    def step_numbers(self) -> tuple[str, ...]:
        """The number of each of `steps` in its profile."""
        return tuple(str(event.fields.get("step", "")) for event in self._begun)

    @property
    def _begun(self) -> list[RecordedEvent]:
        return [event for event in self.events if event.event == "step"]

    def zones(self) -> list[ZoneFigures]:
        """The zones that may be worked on, from the head down, left before right."""
        heights = {a.zone: a.y_mm for a in self.layout.allowed}
        for actuator in self.layout.allowed:
            heights[actuator.zone] = max(heights[actuator.zone], actuator.y_mm)
        return sorted(self._zones(), key=lambda zone: (-heights[zone.zone], zone.zone))

    def _zones(self) -> list[ZoneFigures]:
        return [
            ZoneFigures(
                zone=row.zone,
                title=row.title,
                dose=row.mean * row.active_s,
                dose_most=self._ceiling(row.zone) * self.duration,
                dwell_s=max(self.rows[a.index].longest_dwell_s for a in self._of_zone(row.zone)),
                peak=row.peak,
                ceiling=self._ceiling(row.zone),
                ceiling_device=self._device_ceiling(row.zone),
                mean=row.mean,
                felt_s=row.active_s,
            )
            for row in self.summary.zones()
        ]

    @cached_property
    def breaches(self) -> tuple[str, ...]:
        """Limits that the run broke, in words; a device that guards itself breaks none."""
        found = [
            text for a, row in zip(self.layout.actuators, self.rows, strict=True) for text in _broken(a, row)
        ]
        if self.profile and self.duration > SESSION_MAX_S:
            took, most = clock_text(self.duration), clock_text(SESSION_MAX_S)
            found.append(f"it took {took} min, more than {most} min")
        return tuple(found)

    def figures(self) -> dict[str, Any]:
        """Everything but the course over time, in types that JSON knows."""
        actuators = [
            asdict(row) | {"ceiling_felt": ceiling} | self._apart_fields(i)
            for i, (row, ceiling) in enumerate(zip(self.rows, self.ceilings, strict=True))
        ]
        dwell_id, dwell_s = self.summary.longest_dwell
        peak, mean = self.summary.levels
        return _rounded(
            {
                "profile": self.profile,
                "device": self.layout.description.name,
                "sources": list(self.sources),
                "stature_m": self.layout.stature_m,
                "began": None if self.began is None else self.began.isoformat(),
                "recipient": self.recipient,
                "several": self.several,
                "sessions": [{"start": each.start, "end": each.end} for each in self.sessions],
                "start_s": self.start_s,
                "duration_s": self.duration,
                "duration_max_s": SESSION_MAX_S,
                "moved_s": self.summary.moved_s,
                "allowed_s": self.allowed_s,
                "completed": None if self.end is None else self.end.ok,
                "reason": "" if self.end is None else self.end.reason,
                "says": "" if self.end is None else plainly(self.end.reason),
                "cut": self.end is None,
                "breaches": list(self.breaches),
                "trips": self.counts.get("trip", 0),
                "peak": peak,
                "mean": mean,
                "longest_dwell": {"actuator": dwell_id, "s": dwell_s, "max_s": DWELL_MAX_S},
                "ceilings_of": "session" if self.knows_person else "device",
                "zones": [asdict(zone) for zone in self.zones()],
                "actuators": actuators,
                "excluded": [{"id": name, "reason": why} for name, why in self.summary.excluded],
                "steps": [{"name": name, "start": start, "end": end} for name, start, end in self.steps],
                "events": list(self._told()),
                "counts": self.counts,
                "notes": [*filter(None, (self.several,)), *self.notes],
                "gaps": [{"start": gap.start, "end": gap.end} for gap in self.gaps],
            }
        )

    def _told(self) -> Iterator[dict[str, Any]]:
        """The events with what text says of each; "" where it says nothing."""
        words = {id(event): text for event, text in told(self.events)}
        for event in self.events:
            says = words.get(id(event), "")
            yield {**event.fields, "t": event.t, "event": event.event, "says": says}

    def _apart_fields(self, index: int) -> dict[str, float | None]:
        if self.apart is None:
            return {"apart_mean": None, "apart_most": None}
        return {"apart_mean": self.apart[index].mean, "apart_most": self.apart[index].most}

    def _ceiling(self, zone: str) -> float:
        """The highest felt level that an actuator of a zone is allowed."""
        return max(self.ceilings[a.index] for a in self._of_zone(zone))

    def _device_ceiling(self, zone: str) -> float | None:
        own = self.device_ceilings
        return None if own is None else max(own[a.index] for a in self._of_zone(zone))

    def _of_zone(self, zone: str) -> list[Actuator]:
        return [actuator for actuator in self.layout.allowed if actuator.zone == zone]


def _broken(actuator: Actuator, row: ActuatorRow) -> Iterator[str]:
    """The limits that one actuator broke."""
    if actuator.excluded and row.peak_drive:
        yield f"{row.id} has to stay off and was driven up to {row.peak_drive}"
    elif row.peak_drive > row.ceiling:
        yield f"{row.id} was driven up to {row.peak_drive}, above its ceiling of {row.ceiling}"
    if row.longest_dwell_s > DWELL_MAX_S:
        yield f"{row.id} worked {row.longest_dwell_s:.1f} s at one point, more than {DWELL_MAX_S:.0f} s"
    if actuator.kind is Modality.KNEADING and row.peak_rate > KNEADING_MAX_CPM:
        yield f"{row.id} kneaded {row.peak_rate} times a minute, more than {KNEADING_MAX_CPM}"


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{seconds % 60:04.1f}"


def _rounded(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: _round(value) for key, value in fields.items()}


def _round(value: Any) -> Any:
    """The same with every number rounded to 4 decimals, through lists and mappings."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return _rounded(value)
    if isinstance(value, list):
        return [_round(each) for each in value]
    return value
