"""A unified diff on the screen: coloured where the terminal takes it, as it is everywhere else."""

import sys
from typing import Final

from kneadwave.cli.terminal.output import Output, may_style, shown

COLOURS: Final = {"+": "32", "-": "31", "@": "36"}
HEADS: Final = ("+++", "---")


def say_diff(out: Output, diff: str) -> None:
    """Print a diff line by line, without anything in it that could steer a terminal."""
    styled = may_style(sys.stdout)
    for line in diff.splitlines():
        plain = "".join(c if c.isprintable() or c == "\t" else "?" for c in line)
        code = "1" if plain.startswith(HEADS) else COLOURS.get(plain[:1])
        for part in shown(plain, sys.stdout).split("\n"):
            out.put(f"\x1b[{code}m{part}\x1b[0m" if styled and code else part)
