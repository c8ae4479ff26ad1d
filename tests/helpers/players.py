"""Links that listen in, sessions that are steered at given times, and a score with a step for hands."""

from collections.abc import Callable
from typing import Any

from firmware_bridge.play.session import Session, Update
from firmware_bridge.wire.framing import FrameDecoder
from profiles.files.load import from_data
from profiles.score import Score, compose
from simulator.link import VirtualLink

Make = Callable[..., Any]


class Tap:
    """A virtual link that keeps what went through it, with the time of both ends."""

    def __init__(self, link: VirtualLink) -> None:
        self.link = link
        self.name = link.name
        self.writes: list[tuple[float, bytes]] = []
        self.late_by = 0.0

    def write(self, data: bytes) -> None:
        self.writes.append((self.link.clock.now(), data))
        self.link.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.link, name)

    def frames(self) -> list[tuple[float, Any]]:
        decoder = FrameDecoder()
        return [(at, frame) for at, data in self.writes for frame in decoder.feed(data)]


def play_with(session: Session, controls: dict[float, Callable[[], None]]) -> list[Update]:
    """Play to the end; each control acts at the first update at or after its time in the score."""
    updates, waiting = [], sorted(controls.items())
    for update in session.play():
        updates.append(update)
        while waiting and update.elapsed >= waiting[0][0]:
            waiting.pop(0)[1]()
    assert not waiting
    return updates


def guided_score(**floor: object) -> Score:
    """Three seconds of strokes, three for hands, three of strokes; the device waits at a `floor`, if any."""
    stroke = {"technique": {"kind": "stroking"}, "zones": ["lumbar", "upper-back"], "level": 0.4}
    hands = {"technique": {"kind": "guide", "instruction": "Breathe.", "part": "breath"}, **floor}
    steps = [
        {"name": name, "duration_s": 3.0, "crossfade_s": 0.5, **what}
        for name, what in (("first", stroke), ("hands", hands), ("last", stroke))
    ]
    return compose(
        from_data({"schema": 1, "name": "mixed", "fade_in_s": 0.2, "fade_out_s": 0.2, "step": steps})
    )
