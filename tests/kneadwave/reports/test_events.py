"""Events are kept within bounds and said in a few words."""

import json
from typing import Any

import pytest

from firmware_bridge.recording.reader import RecordedEvent
from firmware_bridge.recording.writer import EVENTS
from kneadwave.reports.events import EVENTS_MAX, FIELDS_MAX, FREQUENT, TEXT_MAX, Events, said


def test_so_many_of_each_kind_are_kept_and_all_are_counted() -> None:
    events = Events()
    for i in range(EVENTS_MAX + 3):
        for kind in ("limit", "state"):
            events.keep(RecordedEvent(float(i), kind, {}))
    kept = events.since(0.0, 1e9)
    assert events.counts == {"limit": EVENTS_MAX + 3, "state": EVENTS_MAX + 3}
    assert sum(event.event == "state" for event in kept) == EVENTS_MAX
    assert sum(event.event == "limit" for event in kept) == EVENTS_MAX // 4


def test_events_come_in_order_of_time_and_within_the_run() -> None:
    events = Events()
    for t in (9.0, 2.0, 30.0):
        events.keep(RecordedEvent(t, "state", {}))
    assert [event.t for event in events.since(5.0, 10.0)] == [0.0, 4.0, 10.0]


def test_no_field_grows_beyond_bounds() -> None:
    events = Events()
    wild: dict[str, Any] = {f"{'k' * 300}{i}": "x" * 100_000 for i in range(40)}
    events.keep(RecordedEvent(0.0, "stop", wild))
    events.keep(
        RecordedEvent(
            0.0, "stop", {"a": {"b": []}, "n": 10**400, "s": ["x", "y"], "l": [1], "ok": True, "t": 0.5}
        )
    )
    first, second = events.since(0.0, 1.0)
    assert len(first.fields) <= FIELDS_MAX
    assert max(len(str(value)) for value in first.fields.values()) == TEXT_MAX
    assert second.fields == {"a": "…", "n": "…", "s": "x, y", "l": "…", "ok": True, "t": 0.5}
    json.dumps(second.fields, allow_nan=False)


@pytest.mark.parametrize(
    ("event", "fields", "words"),
    [
        ("step", {"step": 2, "name": "soft rubbing"}, "step 2: soft rubbing"),
        ("state", {"state": "armed", "reason": "none"}, "armed"),
        ("state", {"state": "tripped", "reason": "button"}, "tripped: its button was pressed"),
        ("trip", {"reason": "ceiling"}, "trip: asked for more than the ceiling"),
        ("stop", {"reason": ""}, "stopped"),
        ("stop", {"reason": "stop frame"}, "told to stop"),
        ("stop", {"reason": "stopped by a key"}, "stopped by a key"),
        ("link", {"state": "lost"}, "link lost, as on a busy computer"),
        ("dwell", {"actuator": "upper-r"}, "upper-r rests after the longest work at one point"),
        ("limit", {"actuator": "all", "limit": "power"}, "all held back: power"),
        ("pain", {"zone": "lumbar", "action": "eased"}, "it hurt: the lower back zone was made softer"),
        ("pain", {"zone": "scapular", "action": "eased"}, "it hurt: the shoulder blade zone was made softer"),
        ("intensity", {"intensity": 0.8}, "intensity 80 %"),
        ("intensity", {"intensity": "much"}, "intensity"),
    ],
)
def test_an_event_is_said_in_a_few_words(event: str, fields: dict[str, Any], words: str) -> None:
    assert said(RecordedEvent(0.0, event, fields)) == words


def test_every_event_is_said_whatever_its_fields_are() -> None:
    for event in EVENTS:
        for value in ({}, {"state": 3, "reason": True, "step": None, "zone": 1.5, "intensity": True}):
            assert said(RecordedEvent(0.0, event, value)).strip()
    assert FREQUENT < EVENTS
