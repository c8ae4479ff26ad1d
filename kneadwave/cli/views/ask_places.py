"""Where each motor lies, asked of somebody: what has to be so first, a pulse, what they say of it.

Who is asked sits at a terminal, or behind a program (place_dialog.py).
"""

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Final, Protocol

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
from kneadwave.cli.terminal.output import Output, show_line
from kneadwave.devices import port_of
from kneadwave.errors import StoppedOutside, UsageError
from kneadwave.placing.confirm import PROMISES, NobodyOnIt, Promise
from kneadwave.placing.places import Measured, Off, zone_names
from kneadwave.placing.procedure import QUIT, Placing
from kneadwave.placing.pulses import LastingDevice, opened_for_pulses
from kneadwave.placing.written import description_of_notes
from kneadwave.text import clean, listed

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
COMING: Final = (
    "The motors of the device are found one by one, in a few minutes: each gives a soft pulse while nobody "
    "is on the device, and you say where you felt it. q leaves at any time, and what was said is kept."
)
MOUNTINGS: Final = {"u": "under", "b": "behind", "o": "on"}


class SomebodyLeft(Exception):
    """Somebody left before the first channel."""


class Placer(Protocol):
    """Who says where the motors lie."""

    def mounting(self) -> str:
        """Where the device is used: a value of MOUNTINGS, "" where that stays open. SomebodyLeft."""
        ...

    def promises(self, asked: Sequence[Promise]) -> bool:
        """Whether all of it is so. SomebodyLeft."""
        ...

    def begins(self, placing: Placing) -> None:
        """It is about to begin."""
        ...

    def pulse(self, channel: int, channels: int) -> AbstractContextManager[Callable[[], bool]]:
        """A pulse comes; while it lasts, what is given tells whether they want to leave."""
        ...

    def pulse_lost(self, error: LinkError) -> None:
        """The pulse was cut off, and everything is off."""
        ...

    def no_more_pulses(self) -> None:
        """The minute of pulses is used up."""
        ...

    def place(self, placing: Placing, channel: int, stop_asked: Callable[[], bool]) -> str:
        """What they say of a channel; anything once `stop_asked`."""
        ...

    def refused(self, error: UsageError) -> None:
        """What was said means nothing."""
        ...

    def placed(self, channel: int, at: Measured | Off, too: Sequence[int]) -> None:
        """Where it lies then, and which other channels were said to lie there, too."""
        ...

    def ended(self, *, at_rest: bool) -> None:
        """It is over; whether nothing moves."""
        ...


def ask_places(placing: Placing, url: str, who: Placer) -> None:
    """Ask for each channel of the device of `url` that nobody spoke of; `placing` keeps what is said.

    Raises what opening and moving it raises, NotCleared
    where somebody may be on it, and SomebodyLeft.
    """
    agreed = who.promises(PROMISES)
    confirmed = NobodyOnIt(frozenset(promise.id for promise in PROMISES if agreed), local_now())
    confirmed.check(local_now())
    who.begins(placing)
    spent_s, channels = placing.spent_s, placing.notes.channels
    clock = MonotonicClock()
    with opened_for_pulses(url, port_of(url), channels, spent_s, confirmed, clock) as device:
        try:
            while placing.turn is not None:
                if placing.wants_pulse:
                    _pulse(placing, placing.turn, device, who)
                if placing.turn is not None:
                    _ask_one(placing, placing.turn, device.stop_asked, who)
        finally:
            who.ended(at_rest=device.at_rest)


def _pulse(placing: Placing, channel: int, device: LastingDevice, who: Placer) -> None:
    if not device.may_pulse:
        who.no_more_pulses()
        placing.goes_without()
        return
    with who.pulse(channel, placing.notes.channels) as leaves:
        placing.moves()
        try:
            device.pulse(channel, leaves)
        except LinkError as error:
            if not device.at_rest:
                error.hint = "pull its plug: it may still move"
                raise
            who.pulse_lost(error)
        if leaves():
            placing.take("q")


def _ask_one(placing: Placing, channel: int, stop_asked: Callable[[], bool], who: Placer) -> None:
    text = who.place(placing, channel, stop_asked)
    if stop_asked():
        raise StoppedOutside(SessionEnd(EndReason.BY_REQUEST))
    try:
        at = placing.take(text)
    except UsageError as error:
        who.refused(error)
        return
    if at is not None:
        who.placed(channel, at, placing.notes.at_one_place(channel))


def one_place(channel: int, too: Sequence[int]) -> str:
    """What is told of channels that were said to lie at one place."""
    others = f"{listed([f'channel {other}' for other in too])} {'does' if len(too) == 1 else 'do'}"
    return (
        f"channel {channel} is said to lie where {others}: of a zone alone its middle is taken; "
        "say the millimetres of each, measured"
    )


def typed(prompt: str) -> str:
    """A line that somebody typed; q, whenever it was typed, leaves."""
    try:
        text = prompts.from_terminal(prompt, always=QUIT)
    except EOFError:
        raise SomebodyLeft from None
    if text.lower() in QUIT:
        raise SomebodyLeft
    return text


class PlacerAtTerminal:
    """Somebody at the terminal."""

    def __init__(self, out: Output) -> None:
        self._out = out

    def mounting(self) -> str:
        """By a letter, once it is said what is coming."""
        for line in paragraph(COMING):
            self._out.tell(line)
        question = "Is it under (u), behind (b) or on (o) the person? Enter leaves that open: "
        while True:
            word = typed(question).lower()
            if not word or word in (*MOUNTINGS, *MOUNTINGS.values()):
                return MOUNTINGS.get(word, word)
            show_line("type u, b or o, or press Enter alone", sys.stderr)

    def promises(self, asked: Sequence[Promise]) -> bool:
        """All of them at once."""
        self._out.tell("Before anything moves:")
        for promise in asked:
            prompts.show_item(promise.say)
        return prompts.ask_yes_no("Is all of this so?", typed)

    def begins(self, placing: Placing) -> None:
        """With the map."""
        self._map(placing)

    @contextmanager
    def pulse(self, channel: int, channels: int) -> Iterator[Callable[[], bool]]:
        """Keys that leave do so while it moves; others were typed too early."""
        self._out.tell(
            f"channel {channel} of 0 to {channels - 1}: a soft pulse comes in a moment; "
            "keep your hand on the device"
        )
        pressed: list[str] = []
        with Keys() as keys:

            def leaves() -> bool:
                pressed.extend(keys.typed())
                return keys.gone or any(key in LEAVE for key in pressed)

            yield leaves
            if not leaves():
                prompts.tell_early("".join(pressed).split())

    def pulse_lost(self, error: LinkError) -> None:
        """With its hint."""
        self._out.tell(f"the pulse was cut off: {clean(str(error))}")
        if error.hint:
            self._out.tell(f"hint: {clean(worded(error.hint))}")
        self._out.tell("everything is off, and what was said is kept; Enter tries it once more")

    def no_more_pulses(self) -> None:
        """In words."""
        self._out.tell("the minute of pulses is used up: what you measured, or know, can still be said")

    def place(self, placing: Placing, channel: int, stop_asked: Callable[[], bool]) -> str:
        """A line; the map where that is asked for."""
        prompt = CLEAR if placing.unclear is not None else f"channel {channel}> "
        while True:
            try:
                text = prompts.from_terminal(prompt, stop_asked, always=QUIT)
            except EOFError:
                return "q"
            if stop_asked() or text.lower() not in ("m", "map", "?"):
                return text
            self._map(placing)

    def refused(self, error: UsageError) -> None:
        """With what can be said."""
        self._out.tell(f"{error}; {error.hint}")

    def placed(self, channel: int, at: Measured | Off, too: Sequence[int]) -> None:
        """In millimetres."""
        if isinstance(at, Off):
            self._out.tell(f"  channel {channel} stays off: {at.why}")
            return
        across, up = "left" if at.x_mm < 0 else "right", "below" if at.y_mm < 0 else "above"
        self._out.tell(
            f"  channel {channel} lies {abs(at.x_mm)} mm to the {across} of the midline, "
            f"{abs(at.y_mm)} mm {up} the seat"
        )
        if too:
            self._out.tell(f"  {one_place(channel, too)}; b goes back to it")

    def ended(self, *, at_rest: bool) -> None:
        """What is not at rest is told as an error."""

    def _map(self, placing: Placing) -> None:
        out = self._out
        layout = place_device(description_of_notes("map", placing.notes))
        width = min(FULL[0], shutil.get_terminal_size((80, 24)).columns)
        for line in draw_body(layout, width=width, ascii_only=out.ascii_only):
            out.tell(line.rstrip())
        out.tell(legend(levels=False, ascii_only=out.ascii_only))
        zones = ", ".join(f"{n}{HELD}{name}" for n, name in enumerate(zone_names(), start=1))
        for line in (*paragraph(zones), *KEYS):
            out.tell(line)
