"""Where each motor lies, asked on a terminal: what has to be so first, a pulse, what somebody says of it."""

import shutil
from collections.abc import Callable
from typing import Final

from firmware_bridge import (
    EndReason,
    LinkError,
    MonotonicClock,
    SessionEnd,
    local_now,
    place_device,
)
from kneadwave.cli.exits import worded
from kneadwave.cli.terminal import prompts
from kneadwave.cli.terminal.bodymap import FULL, draw_body, legend
from kneadwave.cli.terminal.columns import HELD, paragraph
from kneadwave.cli.terminal.keys import Keys
from kneadwave.cli.terminal.output import Output
from kneadwave.devices import port_of
from kneadwave.errors import StoppedOutside, UsageError
from kneadwave.placing.confirm import PROMISES, NobodyOnIt
from kneadwave.placing.places import Measured, Off, zone_names
from kneadwave.placing.procedure import QUIT, Placing
from kneadwave.placing.pulses import LastingDevice, opened_for_pulses
from kneadwave.placing.written import description_of_notes
from kneadwave.text import clean

KEYS: Final = (
    "Where was it?",
    "  9r, or thigh right: a zone and a side, as the person on the device calls it",
    "  85 -220: millimetres to the right of the midline (left is negative), and up from the seat",
    "  n: nothing was felt; off: and why, such as off: its wire is torn",
    "  Enter: once more; m: the map; b: back to the one before; q, at any time: leave, what was said is kept",
)
LEAVE: Final = ("q", "\x1b", "\x04")
"""Keys that leave while something moves: q, Esc, Ctrl-D."""
CLEAR: Final = "  is the motor clear of spine and kidneys, by two fingers or more? [y/n] "


class SomebodyLeft(Exception):
    """Somebody left before the first channel."""


def typed(prompt: str) -> str:
    """A line that somebody typed; q, whenever it was typed, leaves."""
    try:
        text = prompts.from_terminal(prompt, always=QUIT)
    except EOFError:
        raise SomebodyLeft from None
    if text.lower() in QUIT:
        raise SomebodyLeft
    return text


def ask_places(out: Output, placing: Placing, url: str) -> None:
    """Ask for each channel of the device of `url` that nobody spoke of; `placing` keeps what is said.

    Raises what opening and moving it raises, NotCleared where somebody may be on it, and SomebodyLeft.
    """
    confirmed = _ask_promises(out)
    _map(out, placing)
    spent_s, channels = placing.spent_s, placing.notes.channels
    clock = MonotonicClock()
    with opened_for_pulses(url, port_of(url), channels, spent_s, confirmed, clock) as device:
        while placing.turn is not None:
            if placing.wants_pulse:
                _pulse(out, placing, placing.turn, device)
            if placing.turn is not None:
                _ask_one(out, placing, placing.turn, device.stop_asked)


def _ask_promises(out: Output) -> NobodyOnIt:
    out.tell("Before anything moves:")
    for promise in PROMISES:
        prompts.show_item(promise.say)
    agreed = prompts.ask_yes_no("Is all of this so?", typed)
    promised = frozenset(promise.id for promise in PROMISES if agreed)
    confirmed = NobodyOnIt(promised, local_now())
    confirmed.check(local_now())
    return confirmed


def _pulse(out: Output, placing: Placing, channel: int, device: LastingDevice) -> None:
    if not device.may_pulse:
        out.tell("the minute of pulses is used up: what you measured, or know, can still be said")
        placing.goes_without()
        return
    last = placing.notes.channels - 1
    out.tell(
        f"channel {channel} of 0 to {last}: a soft pulse comes in a moment; keep your hand on the device"
    )
    placing.moves()
    pressed: list[str] = []
    with Keys() as keys:

        def leaves() -> bool:
            pressed.extend(keys.typed())
            return keys.gone or any(key in LEAVE for key in pressed)

        try:
            device.pulse(channel, leaves)
        except LinkError as error:
            if not device.at_rest:
                error.hint = "pull its plug: it may still move"
                raise
            out.tell(f"the pulse was cut off: {clean(str(error))}")
            if error.hint:
                out.tell(f"hint: {clean(worded(error.hint))}")
            out.tell("everything is off, and what was said is kept; Enter tries it once more")
        if leaves():
            placing.take("q")
        else:
            prompts.tell_early("".join(pressed).split())


def _ask_one(out: Output, placing: Placing, channel: int, stop_asked: Callable[[], bool]) -> None:
    try:
        prompt = CLEAR if placing.unclear is not None else f"channel {channel}> "
        text = prompts.from_terminal(prompt, stop_asked, always=QUIT)
    except EOFError:
        text = "q"
    if stop_asked():
        raise StoppedOutside(SessionEnd(EndReason.BY_REQUEST))
    if text.lower() in ("m", "map", "?"):
        _map(out, placing)
        return
    try:
        at = placing.take(text)
    except UsageError as error:
        out.tell(f"{error}; {error.hint}")
        return
    if at is not None:
        _tell_placed(out, channel, at)


def _tell_placed(out: Output, channel: int, at: Measured | Off) -> None:
    if isinstance(at, Off):
        out.tell(f"  channel {channel} stays off: {at.why}")
    else:
        across, up = "left" if at.x_mm < 0 else "right", "below" if at.y_mm < 0 else "above"
        out.tell(
            f"  channel {channel} lies {abs(at.x_mm)} mm to the {across} of the midline, "
            f"{abs(at.y_mm)} mm {up} the seat"
        )


def _map(out: Output, placing: Placing) -> None:
    layout = place_device(description_of_notes("map", placing.notes))
    width = min(FULL[0], shutil.get_terminal_size((80, 24)).columns)
    for line in draw_body(layout, width=width, ascii_only=out.ascii_only):
        out.tell(line.rstrip())
    out.tell(legend(levels=False, ascii_only=out.ascii_only))
    zones = ", ".join(f"{n}{HELD}{name}" for n, name in enumerate(zone_names(), start=1))
    for line in (*paragraph(zones), *KEYS):
        out.tell(line)
