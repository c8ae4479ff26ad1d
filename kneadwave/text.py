"""Text that is safe to show, names that are safe to use, and lengths of time in words."""

import os
import shlex
from collections.abc import Iterable, Sequence
from typing import Final

from profiles.time_text import clock_text as clock_text

LINE_MAX = 2000  # characters of one line; project's choice: an error never floods a terminal


_RESERVED = frozenset(
    [
        "con",
        "prn",
        "aux",
        "nul",
        "conin$",
        "conout$",
        *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"),
    ]
)


def is_reserved(name: str) -> bool:
    """Whether Windows takes a file of this name for a device, as con.toml or COM1: nobody uses it then."""
    return name.split(".")[0].strip().casefold() in _RESERVED


def clean(text: str) -> str:
    """`text` on one line of at most `LINE_MAX` characters, without anything that could steer a terminal."""
    flat = " ".join(text.split())
    shown = "".join(c if c.isprintable() else "?" for c in flat)
    return shown if len(shown) <= LINE_MAX else shown[: LINE_MAX - 3] + "..."


PLAIN: Final = {
    "stopped by a signal": "ended by Ctrl-C or by another program",
    "stopped by its controls": "stopped on the page or by another program",
    "flooded by its controls": "stopped because more lines of controls came than a session can take",
    "out of time": "its time was over",
    "tripped": "stopped because a limit was reached",
    "hung up": "ended because the terminal or the program that steered it went away",
    "link": "the connection was lost",
    "stop frame": "told to stop",
    "stop zeros": "told to stop",
    "ended": "the program that played or recorded it was ended",
    "unplugged": "its cable was pulled out",
    "line break": "the line to it was interrupted",
    "line dropped": "the program that played on it went away",
    "button": "its button was pressed",
    "link lost": "nothing was heard from the program that played on it",
    "session over": "its time was over",
    "ceiling": "asked for more than the ceiling",
    "excluded": "asked for what has to stay off",
    "rate": "asked for a rate that it does not allow",
    "too far ahead": "sent too far ahead",
    "malformed": "got something that it does not understand",
    "not armed": "was not switched on",
    "wrong limits": "has other limits than the program expected",
    "resting": "has to rest",
    "wrong epoch": "got something of a session before",
    "no such actuator": "asked for a motor that it does not have",
    "power": "asked for more power than it allows",
    "busy": "plays for another program",
}
"""What ledger, recordings and JSON call why something ended, in plain words."""


ZONE_WORDS: Final = {"scapular": "shoulder blade", "lumbar": "lower back", "gluteal": "buttock"}
"""Names of zones that few people know, and what they call them."""


def zone_said(zone: str) -> str:
    """The name of a zone, "scapular", as people call it: "shoulder blade"."""
    for name, word in ZONE_WORDS.items():
        zone = zone.replace(name, word)
    return zone


def zones_explained(zones: Iterable[str]) -> list[str]:
    """What names among `zones` mean that few people know: "scapular: of the shoulder blade".

    Of the flanks, too, why they are worked where no step names them.
    """
    told = " ".join(zones)
    words = [f"{name}: of the {word}" for name, word in ZONE_WORDS.items() if name in told]
    return words + ["flank: of the side, which hands on the back reach as well"] * ("flank" in told)


def plainly(reason: str) -> str:
    """Why something ended, "stopped by the device: stop zeros", in plain words, where PLAIN has some."""
    first, semicolon, rest = reason.partition(";")
    words = (part.partition(" (") for part in first.split(": "))
    told = ": ".join(f"{PLAIN.get(word, word)}{bracket}{rule}" for word, bracket, rule in words)
    return f"{told}{semicolon}{zone_said(rest)}"


def listed(words: Sequence[str]) -> str:
    """Words one after the other, "a, b and c"; "" for none."""
    return " and ".join(([", ".join(words[:-1])] if len(words) > 1 else []) + list(words[-1:]))


def times(count: int) -> str:
    """How often: "once", "twice", "3 times"."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def word_of_command(text: str) -> str:
    """`text` as one word of a command line that somebody copies: quoted where it has to be."""
    if os.name == "nt":
        return f'"{text}"' if " " in text else text
    return shlex.quote(text)
