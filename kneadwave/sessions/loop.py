"""The loop of every session in real time: play, heed the controls, keep the ledger, tell, show."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Protocol

from firmware_bridge.play.updates import Phase, Update
from kneadwave.cli.terminal.live import Shown, live_view
from kneadwave.cli.terminal.output import Output, may_style
from kneadwave.cli.terminal.signals import Signals
from kneadwave.cli.views.session import Narrator
from kneadwave.sessions.controls import Controls, Steered
from kneadwave.sessions.prepare import leaving_stops
from kneadwave.sessions.record import Keeper


class Followed(Steered, Shown, Protocol):
    """A session that can be steered and shown."""


def follow(
    session: Followed, controls: Controls, narrator: Narrator, keeper: Keeper, out: Output, port: str
) -> None:
    """Play to the end. Whatever goes wrong here, telling and drawing included, the session is stopped."""
    with ExitStack() as stack:
        show = None
        if wants_view(out):
            keys = controls.keys.active
            show = stack.enter_context(live_view(session, port, keys=keys, ascii_only=out.ascii_only))
        # Closing the generator stops the device.
        updates = session.play()
        stack.enter_context(leaving_stops(updates))
        for update in _gently(updates, controls.signals):
            controls.attend(session, update)
            keeper.follow(session, update)
            narrator.update(update)
            if show is not None and update.phase in (Phase.PLAYING, Phase.PAUSED):
                show(update, controls.awaiting, controls.eased)


def wants_view(out: Output) -> bool:
    """Whether there is a terminal to draw on."""
    return not out.as_json and may_style(sys.stdout)


def _gently(updates: Iterator[Update], signals: Signals) -> Iterator[Update]:
    """Let a signal cut the opening short; from the first update on, it is only noted."""
    for update in updates:
        signals.gentle = True
        yield update
