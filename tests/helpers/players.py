"""Links that listen in, and sessions that are steered at given times."""

from collections.abc import Callable
from typing import Any

from firmware_bridge.play.session import Session, Update
from firmware_bridge.wire.framing import FrameDecoder
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
