"""After the end: stay lying for a while. A countdown on a terminal, which any key ends."""

from contextlib import suppress

from firmware_bridge import Clock
from kneadwave.cli.terminal.keys import Keys
from kneadwave.cli.terminal.output import Output, wants_view
from kneadwave.cli.terminal.prompts import take_typed_ahead
from kneadwave.cli.terminal.signals import Signals
from kneadwave.errors import Interrupted
from kneadwave.text import clock_text

STEP_S = 0.25


def rest(out: Output, seconds: float, clock: Clock, *, seated: bool = False) -> None:
    """Say that it is time to rest (rules 70, 187, 279); on a terminal count it down.

    A signal ends it as it ends everything (Interrupted); without a terminal this returns at once.
    """
    words = "stay sitting" if seated else "stay lying"
    take_typed_ahead()
    out.say(f"{words} for {clock_text(seconds)} min, and get up slowly")
    if not wants_view(out):
        return
    with Signals() as signals, Keys() as keys:
        signals.gentle = True
        if keys.active:
            with suppress(OSError):  # the terminal went away; the session is over, and nobody counts
                _count_down(seconds, words, clock, keys, signals)
    if signals.received is not None:
        raise Interrupted(signals.received)


def _count_down(seconds: float, words: str, clock: Clock, keys: Keys, signals: Signals) -> None:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    def over() -> bool:
        return keys.waiting() or signals.received is not None

    console = Console(highlight=False, markup=False, emoji=False)
    until = clock.now() + seconds
    with Live(console=console, auto_refresh=False, transient=True) as live:
        while (left := until - clock.now()) > 0 and not over():
            live.update(Text(f"{words}  {clock_text(left + 0.999)}   any key ends it", "dim"), refresh=True)
            clock.sleep(min(left, STEP_S), over)
    keys.typed()
