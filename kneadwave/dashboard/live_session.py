"""A session that the page started: one `knead run`, its snapshot and deltas, and who steers it.

Whoever watches gets a snapshot and then numbered deltas; of a gap, it asks for a snapshot anew. Pages that
steer it say every second that they are there. Where none did for `PAUSE_AFTER_S`, it pauses, and after
`STOP_AFTER_S` it stops: nobody is there any more who could. Both may be made shorter, never longer.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from kneadwave.calls.child import Child, Line
from kneadwave.calls.command_line import CommandLine
from kneadwave.sessions.snapshot import Snapshot

PAUSE_AFTER_S: Final = 3.0
STOP_AFTER_S: Final = 30.0
LOOK_S: Final = 0.25
"""How often it is looked whether somebody is there."""
CONFIRM_S: Final = 2.0
"""How long a stop may take to be confirmed before `knead stop` is asked to see to it; the ramp takes 0.25
s."""
KEPT: Final = 200
"""Deltas kept, for a page that missed a few."""


class LiveSession:
    """Runs one child to its end. `tell` hears each delta, `draw` each frame, `left` that nobody is there."""

    def __init__(
        self,
        identity: str,
        child: Child,
        line: CommandLine,
        tell: Callable[["LiveSession", Line], None],
        draw: Callable[["LiveSession", bytes], None],
        left: Callable[["LiveSession"], None],
        *,
        pause_after_s: float = PAUSE_AFTER_S,
        stop_after_s: float = STOP_AFTER_S,
    ) -> None:
        self.snapshot = Snapshot(identity, " ".join(line.about), line.values("--device"))
        self.number = 0
        """Of the latest delta."""
        self.stop_asked_at: float | None = None
        self.stop_took_s: float | None = None
        """Seconds from when a stop was asked for to when the device was at rest."""
        self._child = child
        self._tell, self._draw, self._left = tell, draw, left
        self._pause_after_s = min(pause_after_s, PAUSE_AFTER_S)
        self._stop_after_s = min(stop_after_s, STOP_AFTER_S)
        self._heard_at = self._now()
        self._deltas: deque[tuple[int, Line]] = deque(maxlen=KEPT)

    @property
    def id(self) -> str:
        """What it is called here."""
        return self.snapshot.id

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.snapshot.state == "over"

    def somebody_is_there(self) -> None:
        """A page that steers it is alive."""
        self._heard_at = self._now()

    def control(self, name: str) -> None:
        """Ask for a control, by its name in docs/json.md."""
        if name == "resume":
            self.snapshot.unattended = False
        self._child.control({"control": name})

    def key(self, key: str) -> None:
        """Answer a felt test, as by a key."""
        self._child.control({"control": "key", "key": key})

    def say(self, text: str) -> None:
        """Answer where a motor lies."""
        self._child.control({"control": "say", "text": text})

    @property
    def pid(self) -> int:
        """Of which process."""
        return self._child.pid

    def stop(self) -> None:
        """Ask it to stop, once more where that was done before; nothing else is waited for."""
        self._child.control({"control": "stop"})
        if self.stop_asked_at is None and not self.over:
            self.stop_asked_at = self._now()
            self.snapshot.stop = "asked"
            self.publish({"event": "stop", "stop": "asked"})

    def confirm(self, *, confirmed: bool) -> None:
        """Somebody else saw to the stop."""
        self.snapshot.stop = "confirmed" if confirmed else "not confirmed"
        self.publish({"event": "stop", "stop": self.snapshot.stop})

    def hang_up(self) -> None:
        """The server goes: the session stops."""
        self._child.hang_up()

    async def run(self) -> None:
        """Follow it to its end."""
        tasks = [asyncio.create_task(self._watch()), asyncio.create_task(self._follow_frames())]
        try:
            async for event in self._child.events():
                self._take(event)
        finally:
            self._child.hang_up()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def since(self, number: int) -> list[tuple[int, Line]] | None:
        """The deltas after `number`; None where some of them are gone."""
        if number > self.number or (self._deltas and number < self._deltas[0][0] - 1):
            return None
        return [delta for delta in self._deltas if delta[0] > number]

    def _take(self, event: Line) -> None:
        before = self.snapshot.stop
        self.snapshot.take(event)
        if self.snapshot.stop != before and self.stop_asked_at is not None and self.stop_took_s is None:
            self.stop_took_s = self._now() - self.stop_asked_at
        self.publish(event)
        if self.snapshot.stop != before:
            self.publish({"event": "stop", "stop": self.snapshot.stop})

    def publish(self, delta: Line) -> None:
        """Number a delta, and tell it."""
        self.number += 1
        self._deltas.append((self.number, delta))
        self._tell(self, delta)

    async def _follow_frames(self) -> None:
        while frame := await self._child.next_frame():
            self._draw(self, frame)

    async def _watch(self) -> None:
        """Pause, then stop, where nobody is there any more."""
        while not self.over:
            await asyncio.sleep(LOOK_S)
            self._child.control({"control": "here"})  # it stops where the server hangs
            alone = self._now() - self._heard_at
            if alone > self._stop_after_s:
                if self.stop_asked_at is None:
                    self._left(self)
            elif alone > self._pause_after_s and not self.snapshot.unattended:
                self.snapshot.unattended = True
                self._child.control({"control": "pause"})
                self.publish({"event": "unattended"})

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
