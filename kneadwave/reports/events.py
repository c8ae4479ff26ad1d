"""The events of a recording, kept within bounds: anybody may have written them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from firmware_bridge.limits import SESSION_MAX_S
from firmware_bridge.recording.reader import RecordedEvent
from kneadwave.reports.recorded_device import shortened
from kneadwave.text import clock_text, plainly, zone_said

EVENTS_MAX: Final = 500
"""Events of a kind that are kept; more are counted only. Project's choice: a page stays readable."""
FREQUENT: Final = frozenset({"limit", "dwell"})
"""What a limiter does may fill a page; a quarter of that is kept of these."""
TEXT_MAX, FIELDS_MAX = 120, 12
"""Characters of a text in an event, and fields of an event, that are kept: no file can fill a page."""


class Events:
    """The first events of each kind, and how many there were."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._kept: list[RecordedEvent] = []

    def keep(self, event: RecordedEvent) -> None:
        """Take the next event; beyond the bound of its kind it is counted only."""
        self.counts[event.event] += 1
        if self.counts[event.event] <= (EVENTS_MAX // 4 if event.event in FREQUENT else EVENTS_MAX):
            fields = list(event.fields.items())[:FIELDS_MAX]
            bearable = {shortened(key): _bearable(value) for key, value in fields}
            self._kept.append(RecordedEvent(event.t, event.event, bearable))

    def since(self, start_s: float, duration: float) -> tuple[RecordedEvent, ...]:
        """What was kept in order of time, told from `start_s` on and held within the run."""
        told = (
            RecordedEvent(min(max(event.t - start_s, 0.0), duration), event.event, event.fields)
            for event in self._kept
        )
        return tuple(sorted(told, key=lambda event: event.t))


def told(events: Iterable[RecordedEvent]) -> Iterator[tuple[RecordedEvent, str]]:
    """Events in order of time, each in a few words.

    An intensity that nobody changed is recorded where a run begins, and where it goes on at another place.
    """
    before: Any = None
    for event in events:
        words = said(event)
        if event.event == "intensity":
            level, begins = event.fields.get("intensity"), "limit" in event.fields
            if begins:
                words = f"begins at {words}"
            elif level == before:
                words = _goes_on(event.fields.get("elapsed"))
            before = level
            if begins and level == 1.0:
                continue
        yield event, words


def _goes_on(elapsed: Any) -> str:
    known = isinstance(elapsed, float | int) and 0.0 <= elapsed <= SESSION_MAX_S
    return f"goes on at {clock_text(elapsed)} of the profile" if known else "goes on at another place"


def said(event: RecordedEvent) -> str:
    """An event in a few words."""
    return in_words(event.event, event.fields)


def in_words(event: str, fields: Mapping[str, Any]) -> str:
    """An event of this name, with these fields, in a few words."""

    def named(name: str) -> str:
        value = fields.get(name, "")
        return "" if value in ("", "none", None) else str(value)

    match event:
        case "step":
            return f"step {named('step')}: {named('name')}"
        case "state":
            return _with_reason(named("state") or "state", named("reason"))
        case "stop":
            return plainly(named("reason")) or "stopped"
        case "dwell":
            return f"{named('actuator')} rests after the longest work at one point"
        case "limit":
            return f"{named('actuator')} held back: {named('limit')}"
        case "pain":
            where = f"the {zone_said(named('zone'))} zone" if named("zone") else "something"
            zone = f"{where} was made softer"
            return "it hurt: it was stopped" if named("action") == "stopped" else f"it hurt: {zone}"
        case "intensity":
            level = fields.get("intensity")
            return f"intensity {level * 100:.0f} %" if isinstance(level, float | int) else "intensity"
        case "pulse":
            return f"channel {named('channel')} pulsed for {named('ms')} ms, alone: a motor is being placed"
        case "link" if named("state").startswith("lost"):
            return f"link {named('state')}, as on a busy computer"
        case "link":
            return _with_reason("link " + named("state"), named("reason"))
        case _:
            return _with_reason(event, named("reason"))


def _with_reason(what: str, reason: str) -> str:
    return f"{what.strip()}: {plainly(reason)}" if reason else what.strip()


def _bearable(value: Any) -> Any:
    """A value that JSON, a table and a page can bear."""
    if isinstance(value, str):
        return shortened(value, TEXT_MAX)
    if isinstance(value, bool | float | None):
        return value
    if isinstance(value, int):
        return value if abs(value) < 1 << 53 else "…"
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return shortened(", ".join(value), TEXT_MAX)
    return "…"
