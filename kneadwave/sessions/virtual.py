"""`knead virtual`: the virtual cushion on a pseudo-terminal, for other programs to open as a serial port."""

import os
import signal
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from firmware_bridge.clock import MonotonicClock
from firmware_bridge.devices.layout import Layout
from firmware_bridge.devices.load import load_device, place_device
from firmware_bridge.recording.writer import Recorder, open_recorder
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.terminal.signals import Signals
from kneadwave.errors import Interrupted, UsageError
from simulator.cushion import VirtualCushion
from simulator.faults import Fault, FaultyLine
from simulator.watch import Watch

PSEUDO_TERMINALS = hasattr(os, "openpty")


class ToldWatch(Watch):
    """A watch that also tells of states and trips as they happen."""

    def __init__(self, layout: Layout, recorder: Recorder | None, out: Output) -> None:
        super().__init__(layout, recorder, thin=True)
        self.last_s = 0.0
        self._out = out

    def event(self, at_ms: int, event: str, **fields: Any) -> None:
        """Note it, record it, tell it."""
        super().event(at_ms, event, **fields)
        self.last_s = at_ms / 1000
        about = ", ".join(str(value) for value in fields.values() if value not in ("", "none"))
        self._out.tell(
            f"{at_ms / 1000:9.3f} s  {event}: {about}" if about else f"{at_ms / 1000:9.3f} s  {event}"
        )


def serve(
    out: Output, *, device: str, path: Path | None, record: Path | None, faults: list[Fault], seed: int
) -> None:
    """Serve until Ctrl-C, which is the ordinary end; another signal raises Interrupted."""
    if not PSEUDO_TERMINALS:
        raise UsageError(
            "knead virtual needs pseudo-terminals, which this system does not have",
            hint="knead run PROFILE --device sim: plays on a cushion in the same process",
        )
    from simulator.pty import PtyCushion, PtyError

    description = load_device(device)
    layout = place_device(description)
    clock = MonotonicClock()
    with ExitStack() as stack:
        signals = stack.enter_context(Signals())
        signals.gentle = True
        recorder = stack.enter_context(open_recorder(record)) if record is not None else None
        if recorder is not None:
            recorder.header(layout, "", "device", description.name)
        watch = ToldWatch(layout, recorder, out)
        cushion = VirtualCushion(description, seed=seed, output=watch)
        line = FaultyLine(faults, seed)
        try:
            pty = PtyCushion(cushion, clock, path, line)
        except PtyError as error:
            raise UsageError(str(error), hint="choose another --path") from error
        stack.callback(pty.close)
        born = clock.now()
        out.say(f"{description.name} on {path or pty.port}" + (f" -> {pty.port}" if path else ""))
        out.say(f"play on it:  knead run felt-check --device {path or pty.port}")
        out.say("end it with Ctrl-C")
        flush()
        pty.serve(until=lambda: signals.received is not None)
        if recorder is not None:
            ended = max(watch.last_s, recorder.t, clock.now() - born)
            recorder.end(ended, True, "unplugged" if line.unplugged else "ended")
    if line.unplugged:
        out.say("the virtual cushion is unplugged, as asked for")
    if signals.received not in (None, signal.SIGINT):
        raise Interrupted(signals.received)


def flush() -> None:
    """Let a reader of a pipe know at once which port it is."""
    import sys

    sys.stdout.flush()
