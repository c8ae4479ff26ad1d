"""`knead virtual`: the virtual cushion on a pseudo-terminal, for other programs to open as a serial port."""

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from firmware_bridge.clock import Clock
from firmware_bridge.devices.layout import Layout, place_device
from firmware_bridge.guard.output_stage import OutputBlock
from firmware_bridge.limits import PLACING_PULSE_MAX_S
from firmware_bridge.recording.writer import Recorder, open_recorder
from kneadwave.descriptions import load_described
from kneadwave.errors import SessionRemedy, UsageError
from kneadwave.guards.dialects import SCHEMES, UDP, WS
from kneadwave.sessions.events import Event
from kneadwave.sessions.kernel import playing
from kneadwave.sessions.record import now
from kneadwave.sessions.virtual_devices import announced
from kneadwave.store.outputs import RECORDING, refuse_input, refuse_taken, refuse_twice
from simulator.cushion import virtual_cushion
from simulator.faults import Fault, FaultyLine
from simulator.kernel_library import Kernel
from simulator.watch import Watch

if TYPE_CHECKING:
    from simulator.pty import Endpoint

PSEUDO_TERMINALS = hasattr(os, "openpty")
INTIFACE = "ws://127.0.0.1:12345"
"""Where Intiface is found if nobody says otherwise."""
Tell = Callable[[Event], None]
Until = Callable[[], bool]


@dataclass(frozen=True)
class VirtualServed(Event):
    """A virtual device waits on `port`, and under the name `path` where one was asked for."""

    device: str
    port: str
    path: str = ""
    scheme: str = ""
    """What a URL of it begins with, where it is no serial port that speaks docs/wire.md."""


@dataclass(frozen=True)
class VirtualTold(Event):
    """Something happened on a virtual cushion: what, when (seconds), and its fields."""

    t: float
    what: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class VirtualUnplugged(Event):
    """The virtual cushion is gone, as a fault asked for."""


@dataclass(frozen=True)
class VirtualRequest:
    """Which device, under which name (`path`), recorded to which file, with which faults.

    `dialect` is that of a device without a guard of its own, one of TWINS; empty for a cushion. `place` is
    where such a one is found on a network, such as `ws://127.0.0.1:12345`; else it is on a pseudo-terminal.
    """

    device: str
    path: Path | None = None
    record: Path | None = None
    replace: bool = False
    """Whether the recording takes the place of whatever lies there."""
    faults: tuple[Fault, ...] = ()
    seed: int = 0
    dialect: str = ""
    place: str = ""
    kernel: Kernel | None = None
    """What plays a cushion; None is the kernel in C where it is built."""


def place_for(dialect: str, asked: str | None, path: Path | None) -> str:
    """Where a twin is found on a network; empty for a pseudo-terminal. UsageError for another place."""
    known = SCHEMES[dialect].networks if dialect else ()
    usual = "" if not dialect or SCHEMES[dialect].ports else INTIFACE
    place = asked or usual
    if not place:
        return ""
    if not place.startswith(known or "-"):
        raise UsageError(f"such a device is not found at {place}", hint=SessionRemedy.CHOOSE_PLACE)
    if path is not None:
        raise UsageError("a device on a network has no port to link to", hint=SessionRemedy.PLACE_OR_PATH)
    if place.startswith(WS):
        from kneadwave.guards.web import need_web

        need_web(place)
    return place


class ToldWatch(Watch):
    """A watch that also tells of states and trips as they happen."""

    def __init__(self, layout: Layout, recorder: Recorder | None, tell: Tell) -> None:
        super().__init__(layout, recorder, thin=True)
        self.last_s = 0.0
        self._tell = tell

    def event(self, at_ms: int, event: str, **fields: Any) -> None:
        """Note it, record it, tell it."""
        super().event(at_ms, event, **fields)
        self.last_s = at_ms / 1000
        self._tell(VirtualTold(self.last_s, event, fields))


def serve(asked: VirtualRequest, tell: Tell, until: Until, clock: Clock) -> None:
    """Serve until `until` turns true or the cushion is unplugged; `tell` hears what happens meanwhile."""
    if not PSEUDO_TERMINALS and not asked.place:
        raise UsageError(
            "a virtual cushion on a port needs pseudo-terminals, which this system does not have",
            hint=SessionRemedy.RUN_SIMULATED,
        )
    from simulator.pty import PtyCushion, PtyError, refuse_link

    if asked.dialect and asked.kernel is not None:
        raise UsageError("a device of another dialect has no kernel", hint=SessionRemedy.NO_KERNEL)
    library = None if asked.dialect else playing(asked.kernel)
    refuse_twice(asked.path, asked.record)
    if asked.record is not None:
        refuse_input(asked.record, asked.device)
        refuse_taken(asked.record, RECORDING, force=asked.replace)
    try:
        if asked.path is not None:  # before the recording is begun: it may be that of the device there
            refuse_link(asked.path, replace=asked.replace)
    except PtyError as error:
        raise UsageError(str(error), hint=_path_remedy(asked.path)) from error
    description = load_described(asked.device)
    layout = place_device(description)
    with ExitStack() as stack:
        recorder = stack.enter_context(open_recorder(asked.record)) if asked.record is not None else None
        if recorder is not None:
            recorder.header(layout, "", "device", description.name, began=now())
        if asked.dialect:
            _serve_twin(asked, layout, recorder, tell, until, clock)
            return
        watch = ToldWatch(layout, recorder, tell)
        cushion = virtual_cushion(library, description, seed=asked.seed, output=watch)
        line = FaultyLine(asked.faults, asked.seed)
        try:
            pty = PtyCushion(cushion, clock, asked.path, line, replace=asked.replace)
        except PtyError as error:
            raise UsageError(str(error), hint=_path_remedy(asked.path)) from error
        stack.callback(pty.close)
        born = clock.now()
        tell(VirtualServed(description.name, pty.port, str(asked.path or "")))
        with announced(_named(asked, pty.port), description.name):
            pty.serve(until=until)
        if recorder is not None:
            ended = max(watch.last_s, recorder.t, clock.now() - born)
            recorder.end(ended, True, "unplugged" if line.unplugged else "ended")
    if line.unplugged:
        tell(VirtualUnplugged())


class PulsesTold:
    """Tells of each pulse that places a motor: one channel alone moves from rest to rest, for a moment."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._moving: frozenset[int] = frozenset()
        self._alone: tuple[int, int] | None = None  # which channel, since when in ms

    def show(self, levels: bytes, ms: int) -> None:
        """From `ms` on these levels, 0 to 255 each."""
        before, self._moving = self._moving, frozenset(n for n, level in enumerate(levels) if level)
        if self._moving == before:
            return
        if self._alone is not None and not self._moving:
            channel, since = self._alone
            if ms - since <= PLACING_PULSE_MAX_S * 1000:
                lasted = {"channel": channel, "ms": ms - since}
                self._tell(VirtualTold(since / 1000, "pulse", lasted))
        self._alone = (min(self._moving), ms) if len(self._moving) == 1 and not before else None


class LevelsShown:
    """Shows a watch the levels of a device of another dialect, as if it had put them out each millisecond."""

    def __init__(self, watch: Watch, width: int, tell: Tell) -> None:
        self.ms = 0
        self._watch = watch
        self._levels = bytes(width)
        self._pulses = PulsesTold(tell)

    def show(self, levels: bytes, ms: int) -> None:
        """From `ms` on these; up to then those before."""
        if ms > self.ms:
            row = np.frombuffer(self._levels, np.uint8)
            drive = np.broadcast_to(row, (ms - self.ms, len(row)))
            self._watch.output(OutputBlock(self.ms + 1, drive, np.zeros_like(drive), not row.any()))
            self.ms = ms
        self._levels = levels
        self._pulses.show(levels, ms)


def _serve_twin(
    asked: VirtualRequest, layout: Layout, recorder: Recorder | None, tell: Tell, until: Until, clock: Clock
) -> None:
    """Serve a device that has no guard of its own, as the documentation of its dialect has it."""
    from simulator.pty import serve_twin
    from simulator.twins import TWINS, left_by, over_web

    make = over_web if asked.place.startswith(WS) else lambda scheme, motors: TWINS[scheme](motors)
    twin = make(asked.dialect, len(layout.actuators))
    place = _place(asked, left_by(twin))
    shown = LevelsShown(Watch(layout, recorder, thin=True), len(layout.actuators), tell)
    tell(VirtualServed(layout.description.name, place.port, str(asked.path or ""), f"{asked.dialect}:"))
    with announced(_named(asked, place.port), layout.description.name):
        serve_twin(twin, place, clock, shown.show, until)
    if recorder is not None:
        recorder.end(max(shown.ms / 1000, recorder.t), True, "ended")


def _named(asked: VirtualRequest, port: str) -> str:
    """What `--device` takes for it, from whichever folder."""
    scheme = f"{asked.dialect}:" if asked.dialect else ""
    return f"{scheme}{port if asked.path is None else os.path.abspath(asked.path)}"


def _path_remedy(path: Path | None) -> str:
    """What helps where a link cannot be made: only the place of another link can be taken."""
    if path is not None and not path.parent.is_dir():
        return SessionRemedy.MAKE_FOLDER.of(path=str(path.parent))
    if path is None or not path.is_symlink():
        return SessionRemedy.OTHER_PATH
    return SessionRemedy.CHOOSE_PATH


def _place(asked: VirtualRequest, left: Callable[[], None]) -> "Endpoint":
    """Where the twin is found; UsageError for a place that cannot be had."""
    from simulator.network import DatagramPort, NetworkError, WebSocketPort
    from simulator.pty import PtyError, Terminal

    try:
        if asked.place.startswith(UDP):
            return DatagramPort(asked.place)
        if asked.place.startswith(WS):
            return WebSocketPort(asked.place, left)
        return Terminal(asked.path, replace=asked.replace)
    except PtyError as error:
        raise UsageError(str(error), hint=_path_remedy(asked.path)) from error
    except NetworkError as error:
        raise UsageError(str(error), hint=SessionRemedy.CHOOSE_PLACE) from error
