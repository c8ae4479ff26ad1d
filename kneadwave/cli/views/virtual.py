"""A virtual cushion on the terminal: where it is, and what happens on it."""

import signal
import sys
from typing import Any, Final

from firmware_bridge import MonotonicClock
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.terminal.signals import Signals
from kneadwave.devices import described_by
from kneadwave.errors import Interrupted
from kneadwave.reports.events import in_words
from kneadwave.sessions.events import Event
from kneadwave.sessions.virtual import VirtualRequest, VirtualServed, VirtualTold, VirtualUnplugged
from kneadwave.sessions.virtual import serve as serve_cushion
from kneadwave.text import clean, word_of_command

EXPLAINED: Final[dict[tuple[str, Any], str]] = {
    ("stop", "stop frame"): ", as by each session when it ends",
    ("stop", "stop zeros"): ", as by each session when it ends",
    ("link", "lost"): ": nothing came for a moment; it goes on with what comes next",
}
"""What is added here to an event, by its reason or state, where nobody tells the other half of it."""


def serve(out: Output, asked: VirtualRequest) -> None:
    """Serve until Ctrl-C, which is the ordinary end; another signal raises Interrupted."""
    with Signals() as signals:
        signals.gentle = True
        serve_cushion(asked, lambda event: _tell(out, event), signals.waiting, MonotonicClock())
    if signals.received not in (None, signal.SIGINT):
        raise Interrupted(signals.received)


def _tell(out: Output, event: Event) -> None:
    match event:
        case VirtualServed(device, port, path, scheme):
            out.say(f"{device} on {path or port}" + (f" -> {port}" if path else ""))
            on = f" --on {device}" if scheme and described_by(scheme) != device else ""
            out.say(
                f"play on it:  knead run felt-check --device {word_of_command(f'{scheme}{path or port}')}{on}"
            )
            out.say("end it with Ctrl-C")
            sys.stdout.flush()  # a reader of a pipe knows at once which port it is
        case VirtualTold(t, what, details):
            more = EXPLAINED.get((what, details.get("reason") or details.get("state")), "")
            out.tell(f"{t:9.3f} s  {clean(in_words(what, details))}{more}")
        case VirtualUnplugged():
            out.say("the virtual cushion is unplugged, as asked for")
