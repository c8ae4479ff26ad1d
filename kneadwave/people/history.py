"""What a recipient received, read from the lines of the ledger: sittings, their doses, their days."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Literal

from kneadwave.store.log_lines import NOTICED, LogEntry
from profiles.body import body_map, zone_name
from profiles.reach import PART_OF_ZONE

GOING_S: Final = 15.0
"""Seconds between two lines of a run that goes on: one without an end counts that much further."""
FELT_S: Final = 60.0
"""Seconds moved in all up to which a run is a felt test and no session; project's choice."""
FELT_DAY_S: Final = 300.0
"""Seconds of felt tests a day; beyond that a short run is a session as well. Project's choice."""
BROKEN_OFF: Final = "broken off"
LINE_LATE: Final = timedelta(seconds=5)
"""How much later than planned a line of a session that is going on may come; project's choice."""
LINK: Final = "link"
"""With this begins why a sitting ended that lost its device."""
GO_ON_FOR: Final = timedelta(minutes=10)
"""So long a sitting that lost its device may be taken up; project's choice."""
Kind = Literal["session", "felt test", "by hand"]


@dataclass(frozen=True)
class Dose:
    """What one zone received: levels 0 to 1, seconds in all and in the longest stay at one place."""

    peak: float = 0.0
    mean: float = 0.0
    active_s: float = 0.0
    dwell_s: float = 0.0


@dataclass(frozen=True)
class Received:
    """One sitting as the ledger knows it."""

    at: datetime
    ended: datetime
    profile: str
    device: str
    seconds: float
    """Seconds that the device moved or hands worked; pauses do not count."""
    zones: dict[str, Dose] = field(default_factory=dict)
    """Zone id of the body map -> what it received; nothing for what hands did."""
    parts: dict[str, float] = field(default_factory=dict)
    """Part of the body -> seconds, by device and by hand."""
    reason: str = ""
    kind: Kind = "session"
    took_s: float = 0.0
    """Seconds from its begin to its end, pauses included; without the time for which it had no device."""
    losses: int = 0
    """How often the link to the device was lost for a moment, and it went on by itself."""

    @property
    def session(self) -> bool:
        """Whether it counts as a session; a felt test does not, and neither does work by hand alone."""
        return self.kind == "session"

    def may_go_on(self, profile: str, now: datetime) -> bool:
        """Whether it lost its device less than GO_ON_FOR ago, and `profile` is what was played."""
        lost = self.reason.partition(":")[0] == LINK
        recent = timedelta(0) <= now - self.ended < GO_ON_FOR
        return lost and recent and bool(self.device) and self.profile == profile

    def is_going_on(self, now: datetime) -> bool:
        """Whether it has no end yet, and a line of it was written seconds ago."""
        return self.reason == BROKEN_OFF and self.ended + LINE_LATE >= now

    @property
    def date(self) -> date:
        """The day on which it began, where it was played."""
        return self.at.date()


@dataclass(frozen=True)
class History:
    """Everything that bears on what may be played next."""

    sittings: tuple[Received, ...] = ()
    """Oldest first."""
    noticed: tuple[datetime, ...] = ()
    """When it was noticed that the ledger had been changed."""
    last: datetime | None = None
    """The latest time in the ledger."""

    def is_going_on(self, now: datetime) -> bool:
        """Whether a sitting is going on, in this process or another."""
        return bool(self.sittings) and self.sittings[-1].is_going_on(now)


def sessions(entries: Iterable[LogEntry]) -> list[Received]:
    """Every sitting in the ledger, oldest first; its `kind` tells what it counts as.

    One without an end counts as broken off, GOING_S after its last line. One that went on after it had lost
    its device is one sitting.
    """
    found: list[_Running] = []
    running: _Running | None = None
    for entry in entries:
        if entry.event == "began":
            before = found.pop().received() if found and _goes_on(entry, found[-1].received()) else None
            running = _Running(entry, before)
            found.append(running)
        elif running is not None and entry.event in ("going", "ended"):
            running.add(entry)
            if entry.event == "ended":
                running = None
    return _told_apart([each.received() for each in found])


def history(entries: Sequence[LogEntry]) -> History:
    """The same with what else the ledger tells."""
    return History(
        sittings=tuple(sessions(entries)),
        noticed=tuple(entry.at for entry in entries if entry.event == NOTICED),
        last=max((entry.at for entry in entries), default=None),
    )


def same_day(then: datetime, now: datetime) -> bool:
    """Whether `then` lies on the day of `now`, by the calendar of either place: the stricter one counts."""
    here, there = then.astimezone(now.tzinfo).date(), now.astimezone(then.tzinfo).date()
    return now.date() in (here, then.date()) or there == then.date()


def part_of(zone: str) -> str:
    """The part of the body that a zone belongs to; a part is its own ("neck-left" and "neck" -> "neck")."""
    name = zone_name(zone)
    return PART_OF_ZONE.get(name, "back") if name in _zone_names() else zone


def is_zone(key: str) -> bool:
    """Whether a key of a dose is a zone of the body map, else a part that hands work on."""
    return key != zone_name(key) and zone_name(key) in _zone_names()


class _Running:
    """A sitting while its lines are read."""

    def __init__(self, began: LogEntry, before: Received | None = None) -> None:
        self._before = before
        self._began = began
        self._latest = began
        self._zones: dict[str, Dose] = {}

    def add(self, entry: LogEntry) -> None:
        self._latest = entry
        dose = entry.fields.get("dose")
        if isinstance(dose, dict):
            self._zones.update({zone: _dose(figures) for zone, figures in dose.items()})

    def received(self) -> Received:
        over = self._latest.event == "ended"
        seconds = _number(self._latest.fields.get("seconds")) + (0.0 if over else GOING_S)
        end = self._latest.at if over else self._latest.at + timedelta(seconds=GOING_S)
        end = max(end, self._began.at)
        own = Received(
            at=self._began.at,
            ended=end,
            profile=str(self._began.fields.get("profile", "")),
            device=str(self._began.fields.get("device", "")),
            seconds=seconds,
            zones={key: dose for key, dose in self._zones.items() if is_zone(key)},
            parts=_parts(self._zones, 0.0 if over else GOING_S, seconds),
            reason=str(self._latest.fields.get("reason", "")) if over else BROKEN_OFF,
            took_s=max((end - self._began.at).total_seconds(), seconds),  # a clock may have been set back
            losses=int(_number(self._latest.fields.get("losses"))),
        )
        return own if self._before is None else _joined(self._before, own)


def _goes_on(began: LogEntry, before: Received) -> bool:
    return began.fields.get("goes_on") is True and before.may_go_on(
        str(began.fields.get("profile", "")), began.at
    )


def _joined(first: Received, then: Received) -> Received:
    """Both as one sitting."""
    return replace(
        then,
        at=first.at,
        seconds=first.seconds + then.seconds,
        took_s=first.took_s + then.took_s,
        losses=first.losses + then.losses,
        zones={
            zone: _added(first.zones.get(zone, Dose()), then.zones.get(zone, Dose()))
            for zone in (first.zones | then.zones)
        },
        parts={
            part: first.parts.get(part, 0.0) + then.parts.get(part, 0.0)
            for part in (first.parts | then.parts)
        },
    )


def _added(first: Dose, then: Dose) -> Dose:
    active_s = first.active_s + then.active_s
    total = first.mean * first.active_s + then.mean * then.active_s
    return Dose(
        peak=max(first.peak, then.peak),
        mean=total / active_s if active_s else 0.0,
        active_s=active_s,
        dwell_s=max(first.dwell_s, then.dwell_s),
    )


def _parts(zones: Mapping[str, Dose], more: float, most: float) -> dict[str, float]:
    """Seconds for each part: both sides of a zone work at once, its zones one after the other."""
    by_name: dict[str, float] = {}
    for key, dose in zones.items():
        name = zone_name(key)
        by_name[name] = max(by_name.get(name, 0.0), dose.active_s)
    parts: dict[str, float] = {}
    for name, seconds in by_name.items():
        if seconds > 0:
            parts[part_of(name)] = parts.get(part_of(name), 0.0) + seconds
    return {part: min(seconds + more, most) for part, seconds in parts.items()}


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    return frozenset(zone.name for zone in body_map().zones)


def _told_apart(sittings: list[Received]) -> list[Received]:
    """Mark what had no device, and the felt tests: short ones that stay within FELT_DAY_S on their day."""
    felt: dict[date, float] = {}
    told = []
    for each in sittings:
        if not each.device:
            told.append(replace(each, kind="by hand"))
            continue
        so_far = felt.get(each.date, 0.0) + each.seconds
        is_felt = each.seconds <= FELT_S and so_far <= FELT_DAY_S
        if is_felt:
            felt[each.date] = so_far
        told.append(replace(each, kind="felt test" if is_felt else "session"))
    return told


def _dose(figures: Any) -> Dose:
    if not isinstance(figures, dict):
        return Dose()
    return Dose(*(_number(figures.get(key)) for key in ("peak", "mean", "active_s", "dwell_s")))


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
