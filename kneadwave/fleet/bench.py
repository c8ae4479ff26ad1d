"""How many paced sessions this computer can drive at once: in real time, over virtual cushions of its own.

The ports are those that it makes itself, and no other can be named: nobody sits on them, so nobody is asked.
"""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import Any, Final

import psutil

from firmware_bridge import BridgeError, Clock, MonotonicClock, SerialLink, Session, WireDevice
from kneadwave.descriptions import load_described
from kneadwave.errors import UsageError
from kneadwave.sessions.prepare import leaving_stops, place, prepare
from profiles.body import DEFAULT_STATURE_M

ROUTINE: Final = "relaxing-back"
CUSHIONS_EACH: Final = 50
"""Virtual cushions of one process: a core plays them beside others. Project's choice."""
BEGUN_WITHIN_S: Final = 30.0
"""What does not play by then counts as lost. Project's choice."""


@dataclass(frozen=True)
class FleetBench:
    """What so many sessions in one process took. Shares are of one core, memory is in bytes."""

    sessions: int
    seconds: float
    """How long all of them played while it was measured."""
    host_share: float
    cushions_share: float
    """What the virtual cushions took, in processes of their own."""
    held: int
    """Sessions whose cushion held at least once: what it was to play next had not come in time."""
    lost: int
    """Sessions that ended by an error, or did not begin."""
    begun_s: float
    """How long it took until the last one played; all were asked to begin in the same moment."""
    memory_each: int
    """What each session takes in the host's process."""


class BenchedSession:
    """A session that a thread plays to a virtual cushion: when it began, and what it was lost by."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self.session = session
        self.begun: float | None = None
        self.lost = ""
        self._clock = clock

    @property
    def settled(self) -> bool:
        """Whether it plays, or never will."""
        return self.begun is not None or bool(self.lost)

    def play(self, begin: threading.Barrier) -> None:
        """Wait for all others, then play until it is stopped."""
        begin.wait()
        updates = self.session.play()
        try:
            with leaving_stops(updates):
                for _ in updates:
                    self.begun = self.begun or self._clock.now()
        except BridgeError as error:
            self.lost = str(error)


class CushionProcess:
    """A process of virtual cushions, which ends when this one does. UsageError where there are no more."""

    def __init__(self, count: int, device: str) -> None:
        self._channel, far = socket.socketpair()
        command = [sys.executable, "-m", "kneadwave.sessions.many_cushions", str(count), device]
        with far:
            self._process = subprocess.Popen([*command, str(far.fileno())], pass_fds=[far.fileno()])
        self._lines = self._channel.makefile("r", encoding="utf-8")
        self.pid = self._process.pid

    def ports(self) -> list[str]:
        """Where its cushions are, once they are there."""
        return list(self._said())

    def end(self) -> list[int]:
        """Let it end; how often each cushion held."""
        self._channel.shutdown(socket.SHUT_WR)
        return list(self._said())

    def close(self) -> None:
        """Let it end, however far it is."""
        self._lines.close()
        self._channel.close()
        self._process.wait()

    def _said(self) -> Any:
        line = self._lines.readline()
        if not line:
            raise UsageError(
                "this computer gives no more virtual cushions",
                hint="ask for fewer sessions: each takes a pseudo-terminal and a thread",
            )
        return json.loads(line)


def bench(count: int, seconds: float, device: str, tell: Callable[[str], None]) -> FleetBench:
    """Play `count` sessions at once for `seconds`, each on a virtual cushion built to `device`.

    `tell` hears how far it is. UsageError where there are not so many virtual cushions to be had.
    """
    described, clock = load_described(device), MonotonicClock()
    with ExitStack() as stack:
        processes = [
            stack.enter_context(closing(CushionProcess(min(CUSHIONS_EACH, count - first), device)))
            for first in range(0, count, CUSHIONS_EACH)
        ]
        ports, pids = [port for each in processes for port in each.ports()], [each.pid for each in processes]
        tell(f"{count} sessions are made ready")
        before, played = _memory(), []
        for port in ports:
            link = SerialLink(port)
            stack.callback(link.close)
            placed = place(prepare(ROUTINE, DEFAULT_STATURE_M), described, touches=False)
            wire = WireDevice(link, clock)
            session = Session(placed.score, placed.layout, wire, clock, written=placed.rendered)
            played.append(BenchedSession(session, clock))
        with _playing(played) as begin:
            tell(f"{count} sessions begin")
            asked = clock.now()
            begin.wait()
            clock.sleep(BEGUN_WITHIN_S, lambda: all(each.settled for each in played))
            tell(f"they play for {seconds:g} s")
            began, host, theirs = clock.now(), _busy_s([os.getpid()]), _busy_s(pids)
            clock.sleep(seconds)
            took = clock.now() - began
            host, theirs = _busy_s([os.getpid()]) - host, _busy_s(pids) - theirs
            memory = _memory() - before
        holds = [held for each in processes for held in each.end()]
    return FleetBench(
        sessions=count,
        seconds=took,
        host_share=host / took,
        cushions_share=theirs / took,
        held=sum(each > 0 for each in holds),
        lost=sum(each.begun is None or bool(each.lost) for each in played),
        begun_s=max((each.begun - asked for each in played if each.begun is not None), default=0.0),
        memory_each=memory // count,
    )


@contextmanager
def _playing(played: Sequence[BenchedSession]) -> Iterator[threading.Barrier]:
    """A thread for each session, which begin together; all of them are stopped at the end."""
    begin = threading.Barrier(len(played) + 1)
    threads = [threading.Thread(target=each.play, args=(begin,), daemon=True) for each in played]
    for thread in threads:
        thread.start()
    try:
        yield begin
    finally:
        begin.abort()
        for each in played:
            each.session.stop()
        for thread in threads:
            thread.join()


def _busy_s(pids: Sequence[int]) -> float:
    """Processor time of processes, seconds."""
    return sum(times.user + times.system for times in (psutil.Process(pid).cpu_times() for pid in pids))


def _memory() -> int:
    return int(psutil.Process().memory_info().rss)
