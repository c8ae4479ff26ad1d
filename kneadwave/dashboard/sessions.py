"""All sessions of the page, and whoever watches them."""

import asyncio
import struct
from collections import deque
from collections.abc import Coroutine, Iterable
from dataclasses import asdict
from itertools import count
from typing import Any, Final

from kneadwave.calls.child import Child, Line, confirms_stop
from kneadwave.calls.command_line import CommandLine
from kneadwave.dashboard.elsewhere import SessionsElsewhere
from kneadwave.dashboard.errors import NoSession
from kneadwave.dashboard.live_session import CONFIRM_S, LiveSession
from kneadwave.dashboard.tally import Tally

WAITING_MAX: Final = 2000
"""Events that may wait for one browser; one that lets so many wait does not read, and is let go."""
FRAMES_MAX: Final = 50
"""Frames that may wait for one browser, a second of them; older ones give way."""
ENDED_KEPT: Final = 8
"""Sessions that are over and still told of."""
FRAME_OF: Final = struct.Struct("<I")
"""Before each frame: the number of its session."""


class Watcher:
    """One browser: what is to be sent to it. Events are never dropped; frames give way."""

    def __init__(self) -> None:
        self.gone = False
        """It does not read: it is to be let go."""
        self._events: deque[Line] = deque()
        self._frames: deque[bytes] = deque(maxlen=FRAMES_MAX)
        self._ready = asyncio.Event()

    def tell(self, event: Line) -> None:
        """An event for it."""
        if len(self._events) >= WAITING_MAX:
            self.gone = True
        else:
            self._events.append(event)
        self._ready.set()

    def draw(self, frame: bytes) -> None:
        """A frame for it."""
        self._frames.append(frame)
        self._ready.set()

    async def next(self) -> tuple[list[Line], list[bytes]]:
        """What has come since, once there is something."""
        await self._ready.wait()
        self._ready.clear()
        events, frames = list(self._events), list(self._frames)
        self._events.clear()
        self._frames.clear()
        return events, frames


class Sessions:
    """Starts sessions, finds them, stops them, and hands on what they tell."""

    def __init__(self, *, pause_after_s: float, stop_after_s: float) -> None:
        self.tally = Tally()
        self._after = {"pause_after_s": pause_after_s, "stop_after_s": stop_after_s}
        self._numbers = count(1)
        self._sessions: dict[str, LiveSession] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._watchers: set[Watcher] = set()
        self._elsewhere = SessionsElsewhere()
        self._stops = 0
        """How often everything was asked to stop."""
        self._seen_to: set[str] = set()
        """Sessions whose stop is being seen to."""

    def watch(self) -> Watcher:
        """A browser that is told of everything from now on."""
        watcher = Watcher()
        self._watchers.add(watcher)
        return watcher

    @property
    def watching(self) -> int:
        """Browsers that are told."""
        return len(self._watchers)

    def leave(self, watcher: Watcher) -> None:
        """It is not told any more."""
        self._watchers.discard(watcher)

    def all(self) -> list[Line]:
        """A snapshot of each session, those that ended a while ago left out."""
        return [self.snapshot(session) for session in self._sessions.values()]

    @staticmethod
    def snapshot(session: LiveSession) -> Line:
        """How a session stands, and the number of the latest delta in it."""
        return {"number": session.number, **asdict(session.snapshot)}

    def of(self, identity: str) -> LiveSession:
        """A session by what it is called; NoSession where there is none."""
        if identity not in self._sessions:
            raise NoSession(f"there is no session {identity}")
        return self._sessions[identity]

    async def start(self, line: CommandLine, *, frames: bool = True) -> LiveSession:
        """Start a command that plays, and takes controls by its standard input.

        Where everything was asked to stop while its process began, it is stopped before it opens anything.
        """
        stops = self._stops
        child = await Child.begin(line.with_option("--control", "stdin"), frames=frames)
        identity = str(next(self._numbers))
        session = LiveSession(identity, child, line, self._tell, self._draw, self._left, **self._after)
        self._forget_ended()
        self._sessions[identity] = session
        self.tally.started += 1
        self._go(self._run(session))
        if self._stops != stops:
            self.stop([session])
        return session

    def stop_all(self) -> list[LiveSession]:
        """Stop everything that plays or is about to; those that play."""
        self._stops += 1
        playing = self.playing()
        self.stop(playing)
        return playing

    async def stop_elsewhere(self) -> dict[str, bool]:
        """Stop what else plays on this computer: whether each device confirmed it, by its name."""
        return await self._elsewhere.stop({session.pid for session in self.playing()})

    def stop(self, sessions: Iterable[LiveSession]) -> None:
        """Ask these to stop, at once; where a device does not confirm it, `knead stop` sees to it."""
        for session in sessions:
            session.stop()
            if not session.over and session.id not in self._seen_to:
                self._seen_to.add(session.id)
                self._go(self._see_to_it(session))

    def playing(self) -> list[LiveSession]:
        """Those that are not over."""
        return [session for session in self._sessions.values() if not session.over]

    def hang_up(self) -> None:
        """The server goes: every session stops, and what is about to begin does not."""
        self._stops += 1
        for session in self.playing():
            session.hang_up()

    async def close(self) -> None:
        """The server goes; until every session has stopped."""
        self.hang_up()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _run(self, session: LiveSession) -> None:
        await session.run()
        self.tally.ended(session)

    async def _see_to_it(self, session: LiveSession) -> None:
        try:
            await asyncio.sleep(CONFIRM_S)
            if not session.over:
                devices = session.snapshot.devices or session.snapshot.ports
                answers = await asyncio.gather(*map(confirms_stop, devices))
                if not session.over:
                    session.confirm(confirmed=bool(answers) and all(answers))
        finally:
            self._seen_to.discard(session.id)

    def _left(self, session: LiveSession) -> None:
        self.stop([session])

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _tell(self, session: LiveSession, delta: Line) -> None:
        for watcher in list(self._watchers):
            watcher.tell({"session": session.id, "number": session.number, "delta": delta})

    def _draw(self, session: LiveSession, frame: bytes) -> None:
        numbered = FRAME_OF.pack(int(session.id)) + frame
        for watcher in self._watchers:
            watcher.draw(numbered)

    def _forget_ended(self) -> None:
        ended = [session.id for session in self._sessions.values() if session.over]
        for identity in ended[:-ENDED_KEPT]:
            del self._sessions[identity]
