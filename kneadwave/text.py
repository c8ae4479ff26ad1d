"""Text that is safe to show, names that are safe to use, and lengths of time in words."""

import os
import shlex

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


def clock_text(seconds: float) -> str:
    """Seconds as minutes and seconds, "7:05"; a negative time is 0:00."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def word_of_command(text: str) -> str:
    """`text` as one word of a command line that somebody copies: quoted where it has to be."""
    if os.name == "nt":
        return f'"{text}"' if " " in text else text
    return shlex.quote(text)
