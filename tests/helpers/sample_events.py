"""One event of every kind that a session tells, with some value for each of its parts."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from firmware_bridge.devices.layout import Layout
from firmware_bridge.devices.load import load_device, place_device
from firmware_bridge.play.updates import Phase, Update
from kneadwave.sessions import hold  # noqa: F401  (its events are events, too)
from kneadwave.sessions.events import Event
from profiles.files.load import from_data
from profiles.rules.finding import Finding
from profiles.score import Score, ScoreStep, compose

BREATHE = {
    "name": "breathe", "technique": {"kind": "guide", "instruction": "Breathe."}, "duration_s": 10
}  # fmt: skip


def kinds(kind: type[Event] = Event) -> Iterator[type[Event]]:
    """Every kind of event."""
    for each in kind.__subclasses__():
        yield each
        yield from kinds(each)


def sample_events() -> list[Event]:
    """One of each kind."""
    return [_sample(kind) for kind in kinds()]


def _sample(kind: type[Event]) -> Event:
    hints = get_type_hints(kind)
    return kind(**{each.name: _value(hints[each.name]) for each in fields(kind)})


def _value(hint: Any) -> Any:
    score = compose(from_data({"schema": 1, "name": "routine", "step": [BREATHE]}))
    ready: dict[Any, Any] = {
        str: "x",
        float: 1.0,
        int: 1,
        bool: True,
        Score: score,
        ScoreStep: score.steps[0],
        Layout: place_device(load_device("seat-pad-8")),
        Update: Update(Phase.PLAYING, 1.0, 1.0, 0, 1.0, b"", b"", None),
        Finding: Finding("warning", 1, "step[1]", "x", "y"),
    }
    if hint in ready:
        return ready[hint]
    parts = get_args(hint)
    if get_origin(hint) is tuple:
        return (_value(parts[0]),)
    if get_origin(hint) in (dict, Mapping):
        return {}
    return _value(next(part for part in parts if part is not NoneType))
